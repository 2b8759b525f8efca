"""Withdrawal notices of the inbox: claims, which are held against what is on record before they count."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from idtracker.ingest.landing.inbox import WITHDRAWAL
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.ingest.landing.side_file import instant_of, read_side_file, stated_party, stated_text
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home

_WHAT = "withdrawal notice"


def notices(home: Home, source_id: str) -> list[Path]:
    """Notices that wait in the inbox of a source."""
    return sorted((home.inbox / source_id).glob(f"*{WITHDRAWAL}"))


def take_notice(
    ledger: Ledger, source_id: str, path: Path, now: datetime, until: datetime | None
) -> tuple[list[str], list[str]]:
    """Withdraw what a notice names and remove it: the submissions, and what must be said of it.

    It counts from the instant that it states, but never from before the arrival of what it withdraws, which would wipe out
    what was known, nor from later than `now`. One for later than `until` waits. IdtrackerError where it cannot be used.
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
        at, doubt = _instant(receipt, stated, now)
        doubts += [doubt] if doubt else []
        ledger.withdraw(source_id, receipt.submission_id, at=at, by=by, why=why)
    path.unlink()
    return [r.submission_id for r in named], doubts


def _instant(receipt: Receipt, stated: datetime | None, now: datetime) -> tuple[datetime, str]:
    """From when a withdrawal counts, and what to say where that is not as stated."""
    latest = max(now, receipt.received_at)
    if stated is None or receipt.received_at <= stated <= latest:
        return stated or latest, ""
    what = "before that file arrived" if stated < receipt.received_at else "in the future"
    return (
        latest,
        f"the notice about {receipt.file_name} is dated {stated:%Y-%m-%d %H:%M} UTC, {what}; it counts from now on",
    )
