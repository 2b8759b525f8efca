"""The whole of a home looked at, from the received bytes to what is published; with `deep`, made again and compared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.landing.audit import Audited, audit_heads, audit_landing
from idtracker.ingest.landing.chain import Chain
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.operate.custody.audit import REBUILD, audit_accepted, audit_publications, audit_store
from idtracker.operate.custody.audit_indices import audit_indices
from idtracker.operate.custody.audit_rounds import audit_rounds
from idtracker.operate.custody.rebuild import Listener, rebuild
from idtracker.operate.run_log import logged_runs
from idtracker.operate.step import Context
from idtracker.operate.steps.files import files_due
from idtracker.store.connection import writing_turn


def verify(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, deep: bool = False, listen: Listener | None = None
) -> Audited:
    """Look at landing area, ledger, chain, accepted rows, store and publications; nothing is changed. StoreBusyError."""
    if not home.landing.is_dir():
        raise UsageError(f"{home.root} has received nothing yet; name the home with --home.")
    audited, catalogue = Audited(), catalogue.on(now)
    with writing_turn(home):
        receipts = audit_landing(home, _today(catalogue, now), audited)
        heads = [(f"runs.jsonl, run {run.get('run_id')}", str(run.get("chain") or "")) for run in logged_runs(home)]
        anchors, problem = Chain(home).anchors()
        audited.notes += [problem] if problem else []
        audit_heads(home, [*heads, *anchors], audited)
        audit_accepted(home, receipts, audited)
        hashes = audit_store(home, catalogue, receipts, audited)
        audit_publications(home, catalogue.programme.audience_by_id, hashes, audited)
        if due := files_due(Context(home, catalogue, now)):
            names = ", ".join(step.subject for step in due)
            audited.notes.append(f"formats of the publication for {names} are not all there; the next run writes them")
        audit_indices(home, audited)
        audit_rounds(home, catalogue, audited, with_store=bool(hashes))
        if deep and hashes and not any(p.check in ("landing", "ledger") for p in audited.problems):
            _compare(home, catalogue, now, audited, listen)
    return audited


def _today(catalogue: ProgrammeCatalogue, now: datetime) -> datetime:
    """A programme whose clock stands still lives on that day, which may lie ahead."""
    clock = catalogue.programme.clock
    return (
        now if clock is None else max(now, datetime(clock.year, clock.month, clock.day, tzinfo=UTC) + timedelta(days=1))
    )


def _compare(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, audited: Audited, listen: Listener | None
) -> None:
    """Make everything again in a folder that is removed, and compare it with the store."""
    with TemporaryDirectory(dir=home.root, prefix=".verify-") as folder:
        again = rebuild(home, catalogue, now, into=Path(folder), listen=listen)
    place = home.store.relative_to(home.root).as_posix()
    for problem in again.problems:
        audited.add("rebuild", place, problem, REBUILD)
    for table in again.differing:
        message = f"{table.table}: {table.missing} rows do not follow from what was received, {table.added} are missing"
        audited.add("rebuild", place, message, REBUILD)
    audited.counts["tables_compared"] = sum(t.hash_before is not None for t in again.tables)
    audited.notes += again.notes
