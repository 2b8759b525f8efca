"""State of sources and published tables on a day, for `status`.

The document is put together without its model, `idtracker.operate.documents.status.Status`, which takes longer to import
than everything else here; its parts were made by it when they were worked out.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from idtracker.ingest.decisions.rounds import Rounds, open_actions
from idtracker.ingest.landing.chain import Chain
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.instants import parse_instant
from idtracker.operate.run_log import logged_runs
from idtracker.operate.services.stored_status import StatusSnapshot, signature_of, store_status, stored_status
from idtracker.publish.manifest import read_manifest
from idtracker.store.knowledge_date import latest_knowledge

if TYPE_CHECKING:
    from idtracker.ingest.judge.catalogue import ProgrammeCatalogue

_OF_RUN = ("run_id", "started_at", "ended_at", "outcome", "submissions_count", "message")


def state_of(
    home: Home, now: datetime, as_of: str | None = None, definitions: ProgrammeCatalogue | None = None
) -> dict[str, Any]:
    """The document of `status`: sources, tables, last run, exit code. A home without a publication has nothing yet.

    `definitions` are those of the home, where they were read already.
    """
    signature = signature_of(home)
    snapshot = stored_status(home, signature)
    day = _day(home, snapshot, now) if snapshot and as_of is None else None
    if snapshot is None or day is None or not snapshot.speaks_of(day):
        from idtracker.operate.services.source_states import worked_out

        snapshot, day = worked_out(home, now, as_of, definitions)
        if as_of is None:
            store_status(home, signature, snapshot)
    runs = logged_runs(home)
    last = _run(runs[-1]) if runs else None
    manifest = read_manifest(home, DEFAULT_AUDIENCE) or {}
    return {
        "as_of": day.isoformat(),
        "notice": manifest.get("notice", snapshot.notice),
        "sources": snapshot.states,
        "missing": snapshot.missing,
        "tables": snapshot.tables,
        "wrong_definitions": snapshot.wrong,
        "last_run": last,
        "chain": _chain(home),
        "actions": _actions(home, day, as_of),
        "exit_code": 2 if last and last["outcome"] == "failed" else snapshot.exit_code,
    }


def _day(home: Home, snapshot: StatusSnapshot, now: datetime) -> datetime:
    return (
        latest_knowledge(home, snapshot.clock, [s["id"] for s in snapshot.states], now)
        .astimezone(UTC)
        .replace(tzinfo=None)
    )


def _actions(home: Home, day: datetime, as_of: str | None) -> list[dict[str, Any]]:
    """Actions of published rounds that are open on a day, as far as they were on record then; the first due first."""
    rounds = Rounds(home, None if as_of is None else day.replace(tzinfo=UTC)).in_force()
    return [
        {
            "round_id": round_id,
            "number": action.number,
            "text": action.text.get("en") or next(iter(action.text.values())),
            "owner_org_id": action.owner_org_id,
            "due_on": action.due_on.isoformat(),
            "is_overdue": action.is_overdue(day.date()),
        }
        for round_id, action in open_actions(rounds.values())
    ]


def _chain(home: Home) -> dict[str, Any] | None:
    """The last link of the audit chain, to be noted elsewhere; None where nothing is sealed."""
    with suppress(IdtrackerError):  # `verify` says what is wrong with it
        if last := Chain(home).last():
            return {"links": last.number, "link": last.link, "sealed_at": last.at.isoformat()}
    return None


def _run(line: dict[str, Any]) -> dict[str, Any]:
    run = {name: line.get(name) for name in _OF_RUN}
    instants = {name: str(run[name]) for name in ("started_at", "ended_at") if run[name]}
    return run | {name: parse_instant(at).replace(tzinfo=None).isoformat() for name, at in instants.items()}
