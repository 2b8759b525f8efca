"""Opening what is published, as it is now or as it was known."""

from __future__ import annotations

from pathlib import Path

import duckdb

from idtracker.model.errors import NotPublishedError
from idtracker.model.home import Settings
from idtracker.publish.audience import audience
from idtracker.publish.manifest import DATABASE


def snapshot_database(settings: Settings, audience_id: str) -> Path:
    """The current snapshot's database, as a path that stays what it is when a newer one appears."""
    link = settings.published / audience(audience_id).id / "current"
    path = link.resolve() / DATABASE
    if not path.exists():
        raise NotPublishedError(f"Nothing is published in {settings.published} yet; run `idtracker run` first.")
    return path


def open_current(settings: Settings, audience_id: str) -> duckdb.DuckDBPyConnection:
    """A read-only connection to what is published now."""
    return duckdb.connect(str(snapshot_database(settings, audience_id)), read_only=True)


def open_published(settings: Settings, audience_id: str, as_known_at: str | None = None) -> duckdb.DuckDBPyConnection:
    """A connection to what is published, now or as it was known at a day or instant (UTC) that somebody typed."""
    if not as_known_at:
        return open_current(settings, audience_id)
    from idtracker.publish.tracker import instant, open_snapshot

    return open_snapshot(settings, audience_id, instant(as_known_at))
