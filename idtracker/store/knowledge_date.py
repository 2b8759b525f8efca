"""The instant that derived tables speak of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from idtracker.ingest.decisions.adjudications import Adjudications
from idtracker.ingest.decisions.resolutions import Resolutions
from idtracker.ingest.decisions.rounds import Rounds
from idtracker.ingest.decisions.waivers import Waivers
from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc

if TYPE_CHECKING:
    import pandas as pd

    from idtracker.ingest.judge.catalogue import ProgrammeCatalogue


def day_of_knowledge(home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None) -> pd.Timestamp:
    """The instant (UTC) that derived tables speak of.

    The instant asked for; else now. A programme whose clock stands still speaks of that day, or of the latest arrival,
    withdrawal, waiver or decision where one came after it.
    """
    if until is not None:
        return naive_utc(until)
    return naive_utc(latest_knowledge(home, catalogue.programme.clock, catalogue.known, now))


def latest_knowledge(home: Home, clock: date | None, sources: Iterable[str], now: datetime) -> datetime:
    """Now; where the programme's clock stands still that day, or the latest arrival, withdrawal, waiver or decision after it."""
    if clock is None:
        return now
    known = [datetime.combine(clock, time(), UTC), *(decision.decided_at for decision in Adjudications(home).all())]
    known += [decision.decided_at for decision in Resolutions(home).all()]
    known += [act.acted_at for act in Rounds(home).acts()]
    for source_id in sources:
        for receipt in Ledger(home).receipts(source_id):
            withdrawn = [at for absence in receipt.absences for at in absence]
            known += [receipt.received_at, *withdrawn, *([receipt.withdrawn_at] if receipt.withdrawn_at else [])]
        known += [waiver.given_at for waiver in Waivers(home).of(source_id)]
    return max(known)
