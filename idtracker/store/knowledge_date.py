"""The instant that derived tables speak of."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from idtracker.ingest.decisions.adjudications import Adjudications
from idtracker.ingest.decisions.waivers import Waivers
from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.home import Settings
from idtracker.model.instants import naive_utc


def day_of_knowledge(settings: Settings, catalogue: Catalogue, now: datetime, until: datetime | None) -> pd.Timestamp:
    """The instant (UTC) that derived tables speak of.

    The instant asked for; else now. A programme whose clock stands still speaks of that day, or of the latest arrival,
    waiver or decision where one came after it.
    """
    if until is not None:
        return naive_utc(until)
    if catalogue.programme.clock is None:
        return naive_utc(now)
    arrivals = [naive_utc(r.received_at) for s in catalogue.sources for r in Ledger(settings).receipts(s)]
    decisions = [naive_utc(w.given_at) for s in catalogue.sources for w in Waivers(settings).of(s)]
    decisions += [naive_utc(made.decided_at) for made in Adjudications(settings).all()]
    return max([pd.Timestamp(catalogue.programme.clock), *arrivals, *decisions])
