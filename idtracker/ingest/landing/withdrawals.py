"""Withdrawal notices of the inbox: claims, which are held against what is on record before they count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from idtracker.ingest.landing.arrival import Visit
from idtracker.ingest.landing.inbox import WITHDRAWAL
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.ingest.landing.side_file import instant_of, read_side_file, stated_party, stated_text
from idtracker.model.config.programme import Programme
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home

_WHAT = "withdrawal notice"


def notices(home: Home, source_id: str) -> list[Path]:
    """Notices that wait in the inbox of a source."""
    return sorted((home.inbox / source_id).glob(f"*{WITHDRAWAL}"))


def closings_of(programme: Programme, source_id: str) -> list[datetime]:
    """From when on periods are closed to a source."""
    own = [lock for lock in programme.locks if not lock.sources or source_id in lock.sources]
    return [datetime.combine(lock.on, time(), UTC) + timedelta(days=1) for lock in own]


def take_notice(
    ledger: Ledger,
    source_id: str,
    path: Path,
    visit: Visit,
    until: datetime | None,
    closings: Sequence[datetime] = (),
) -> tuple[list[str], list[str]]:
    """Withdraw what a notice names and remove it: the submissions, and what must be said of it.

    It counts from the instant that it states, but never from before the arrival of what it withdraws, which would wipe out
    what was known, nor from later than now; from before its own arrival only where the source has the right to that, and
    never from before the beginning of a lock (`closings`) that was in force when it came. One for later than `until`
    waits. IdtrackerError where it cannot be used.
    """
    document = read_side_file(path, _WHAT)
    stated = instant_of(path, _WHAT, document, "at")
    if until is not None and stated is not None and stated > until:
        return [], []
    name, by, why = (
        stated_text(path, _WHAT, document, "withdraws"),
        stated_party(path, _WHAT, document, "by"),
        stated_text(path, _WHAT, document, "why"),
    )
    if not (name and by and why):
        missing = ", ".join(f"`{k}`" for k, v in (("withdraws", name), ("by", by), ("why", why)) if not v)
        raise IdtrackerError(f"the {_WHAT} {path.name} does not say {missing}; complete or remove it")
    named = [r for r in ledger.receipts(source_id) if r.file_name == name and not r.is_refused]
    if not named:
        raise IdtrackerError(f"no received file is called {name}")
    doubts = []
    for receipt in named:
        at, doubt = _instant(receipt, stated, path, visit, closings)
        if doubt and stated is not None:
            told = f"the notice about {receipt.file_name} is dated {stated:%Y-%m-%d %H:%M} UTC, {doubt}"
            doubts.append(f"{told}; it counts from now on")
        ledger.withdraw(source_id, receipt.submission_id, at=at, by=by, why=why)
    path.unlink()
    return [r.submission_id for r in named], doubts


def _instant(
    receipt: Receipt, stated: datetime | None, path: Path, visit: Visit, closings: Sequence[datetime]
) -> tuple[datetime, str]:
    """From when a withdrawal counts, and what to say where that is not as stated."""
    latest = max(visit.now, receipt.received_at)
    if stated is None:
        return latest, ""
    if stated < receipt.received_at:
        return latest, "before that file arrived"
    at, doubt = visit.instant(stated, path)
    if not doubt and any(at < begins <= visit.arrival_of(path, is_claimed=True) for begins in closings):
        doubt = "before periods were closed that are closed now"
    return (latest, doubt) if doubt else (max(at, receipt.received_at), "")
