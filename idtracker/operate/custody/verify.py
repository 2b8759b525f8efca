"""The whole of a home looked at, from the received bytes to what is published; with `deep`, made again and compared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.ingest.landing.audit import Audited, audit_heads, audit_landing
from idtracker.model.errors import UsageError
from idtracker.model.home import Settings
from idtracker.operate.custody.audit import REBUILD, audit_accepted, audit_publications, audit_store
from idtracker.operate.custody.rebuild import Listener, rebuild
from idtracker.operate.run_log import logged_runs
from idtracker.store.connection import writing_turn


def verify(
    settings: Settings, catalogue: Catalogue, now: datetime, deep: bool = False, listen: Listener | None = None
) -> Audited:
    """Look at landing area, ledger, chain, accepted rows, store and publications; nothing is changed. StoreBusyError."""
    if not settings.landing.is_dir():
        raise UsageError(f"{settings.home} has received nothing yet; name the home with --home.")
    found = Audited()
    with writing_turn(settings):
        receipts = audit_landing(settings, _today(catalogue, now), found)
        heads = [(f"runs.jsonl, run {run.get('run_id')}", str(run.get("chain") or "")) for run in logged_runs(settings)]
        audit_heads(settings, heads, found)
        audit_accepted(settings, receipts, found)
        hashes = audit_store(settings, catalogue, receipts, found)
        audit_publications(settings, hashes, found)
        if deep and hashes and not any(p.check in ("landing", "ledger") for p in found.problems):
            _compare(settings, catalogue, now, found, listen)
    return found


def _today(catalogue: Catalogue, now: datetime) -> datetime:
    """A programme whose clock stands still lives on that day, which may lie ahead."""
    clock = catalogue.programme.clock
    return (
        now if clock is None else max(now, datetime(clock.year, clock.month, clock.day, tzinfo=UTC) + timedelta(days=1))
    )


def _compare(settings: Settings, catalogue: Catalogue, now: datetime, found: Audited, listen: Listener | None) -> None:
    """Make everything again in a folder that is removed, and compare it with the store."""
    with TemporaryDirectory(dir=settings.home, prefix=".verify-") as folder:
        again = rebuild(settings, catalogue, now, into=Path(folder), listen=listen)
    place = settings.store.relative_to(settings.home).as_posix()
    for problem in again.problems:
        found.add("rebuild", place, problem, REBUILD)
    for table in again.differing:
        said = f"{table.table}: {table.missing} rows do not follow from what was received, {table.added} are missing"
        found.add("rebuild", place, said, REBUILD)
    found.counts["tables_compared"] = sum(t.hash_before is not None for t in again.tables)
    found.notes += again.notes
