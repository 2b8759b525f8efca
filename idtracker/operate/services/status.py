"""State of sources and published tables on a day, for `status`.

The document is put together without its model, `idtracker.operate.documents.status.Status`, which takes longer to import
than everything else here; its parts were made by it when they were worked out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from idtracker.ingest.landing.ledger import parse_instant
from idtracker.model.home import DEFAULT_AUDIENCE, Settings
from idtracker.operate.run_log import logged_runs
from idtracker.operate.services.kept_status import Kept, keep, kept_status, signature_of
from idtracker.publish.manifest import read_manifest
from idtracker.store.knowledge_date import latest_knowledge

_OF_RUN = ("run_id", "started_at", "ended_at", "outcome", "submissions_count", "message")


def state_of(settings: Settings, now: datetime, as_of: str | None = None) -> dict[str, Any]:
    """The document of `status`: sources, tables, last run, exit code. A home without a publication has nothing yet."""
    signature = signature_of(settings)
    kept = kept_status(settings, signature)
    day = _day(settings, kept, now) if kept and as_of is None else None
    if kept is None or day is None or not kept.speaks_of(day):
        from idtracker.operate.services.source_states import worked_out

        kept, day = worked_out(settings, now, as_of)
        if as_of is None:
            keep(settings, signature, kept)
    runs = logged_runs(settings)
    last = _run(runs[-1]) if runs else None
    manifest = read_manifest(settings, DEFAULT_AUDIENCE) or {}
    return {
        "as_of": day.isoformat(),
        "notice": manifest.get("notice", kept.notice),
        "sources": kept.states,
        "tables": kept.tables,
        "last_run": last,
        "exit_code": 2 if last and last["outcome"] == "failed" else kept.exit_code,
    }


def _day(settings: Settings, kept: Kept, now: datetime) -> datetime:
    return (
        latest_knowledge(settings, kept.clock, [s["id"] for s in kept.states], now).astimezone(UTC).replace(tzinfo=None)
    )


def _run(line: dict[str, Any]) -> dict[str, Any]:
    run = {name: line.get(name) for name in _OF_RUN}
    instants = {name: str(run[name]) for name in ("started_at", "ended_at") if run[name]}
    return run | {name: parse_instant(at).replace(tzinfo=None).isoformat() for name, at in instants.items()}
