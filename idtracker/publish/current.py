"""Opening what is published, as it is now or as it was known."""

from __future__ import annotations

from pathlib import Path

import duckdb

from idtracker.model.errors import NotPublishedError, UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.publish.access import note_opened
from idtracker.publish.manifest import DATABASE
from idtracker.store.connection import connect


def known_audience(home: Home, audience_id: str) -> str:
    """The identifier itself. UsageError, with those that have a publication, where nothing is published for it; the owner's may come."""
    published = sorted(path.parent.name for path in home.published.glob("*/current"))
    if audience_id not in (DEFAULT_AUDIENCE, *published):
        known = ", ".join(dict.fromkeys([DEFAULT_AUDIENCE, *published]))
        raise UsageError(f"There is no audience `{audience_id}`. Known audiences: {known}.")
    return audience_id


def snapshot_database(home: Home, audience_id: str) -> Path:
    """The current snapshot's database, as a path that stays what it is when a newer one appears."""
    link = home.published / known_audience(home, audience_id) / "current"
    path = link.resolve() / DATABASE
    if not path.exists():
        raise NotPublishedError(f"Nothing is published in {home.published} yet; run `idtracker run` first.")
    note_opened(home, audience_id, path.parent.name)
    return path


def open_current(home: Home, audience_id: str) -> duckdb.DuckDBPyConnection:
    """A read-only connection to what is published now."""
    return connect(str(snapshot_database(home, audience_id)), read_only=True)


def open_published(home: Home, audience_id: str, as_known_at: str | None = None) -> duckdb.DuckDBPyConnection:
    """A connection to what is published, now or as it was known at a day or instant (UTC) that somebody typed."""
    if not as_known_at:
        return open_current(home, audience_id)
    from idtracker.publish.reading.known_at import instant, open_snapshot

    return open_snapshot(home, audience_id, instant(as_known_at))
