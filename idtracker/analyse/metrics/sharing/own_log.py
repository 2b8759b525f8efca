"""What the system itself has seen being shared: reports that came in, and rounds that were published.

A report is available to whoever owes it from the end of its period, and shared when it arrived. A round is available from the
day on which its inputs were frozen, and shared with the organisations of HMG that attended it or whose observations it rests on
when it was published, for a publication is for HMG. Who reads what is published is in reads.py.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs, plain_rows
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.quarter import Quarter, day_number
from idtracker.analyse.metrics.sharing.events import Entitlement

REPORTS, ROUNDS = "reports", "rounds"
OWN_LOG_INPUTS = {
    "obligation": ["source_id", "org_id", "period", "period_end", "overdue_on", "received_at", "is_derogated"],
    "round": ["round_id", "frozen_at", "published_at"],
    "round_organisation": ["round_id", "org_id"],
}
"""What a metric of the system's own log reads, beside the traits of organisations."""
_REPORT = ["source_id", "org_id", "period", "state"]
_ROUND = ["round_id", "org_id", "has_attended", "has_contributed"]


def reported(inputs: Inputs, quarter: Quarter) -> list[Entitlement]:
    """Reports owed for periods that ended in the four quarters to this one, derogations left out.

    One that has not come is owed to somebody from the day on which it is overdue.
    """
    first, last = quarter.window()[0].start, inputs.last_day(quarter)

    def make() -> list[Entitlement]:
        table, until = inputs.table("obligation"), day_number(last)
        ended, derogated = table["period_end"].to_numpy(), table["is_derogated"].to_numpy(dtype=bool, na_value=False)
        places = np.flatnonzero((ended >= first.to_datetime64()) & (ended <= last.to_datetime64()) & ~derogated)
        rows = plain_rows(table, ("org_id", "period_end", "received_at", "overdue_on"), places)
        return [
            _waited(REPORTS, place, org, None, end, came, until, overdue)
            for place, (org, end, came, overdue) in zip(places.tolist(), rows, strict=True)
        ]

    return inputs.remember_for_both(("reported", quarter), make)


def published(inputs: Inputs, quarter: Quarter) -> list[Entitlement]:
    """Rounds frozen in the four quarters to this one, for each organisation of HMG that took part in them."""
    first, last = day_number(quarter.window()[0].start), day_number(inputs.last_day(quarter))
    traits, stands_for = inputs.traits(quarter), inputs.successors(quarter)
    rounds = {
        name: (frozen, out) for name, frozen, out in inputs.values("round", "round_id", "frozen_at", "published_at")
    }
    found = []
    for place, (name, org) in enumerate(inputs.values("round_organisation", "round_id", "org_id")):
        frozen, out = rounds.get(name, (None, None))
        known = traits.get(stands_for.get(org, org))
        if frozen is not None and first <= frozen <= last and known is not None and known.is_hmg:
            found.append(_waited(ROUNDS, place, None, org, frozen, out, last, None))
    return found


def own_evidence(inputs: Inputs, items: list[Entitlement]) -> list[Evidence]:
    """The obligations and the organisations of rounds behind items."""
    return [
        Evidence("obligation", partial(own_rows, inputs, items, REPORTS), _REPORT),
        Evidence("round_organisation", partial(own_rows, inputs, items, ROUNDS), _ROUND),
    ]


def own_rows(inputs: Inputs, items: list[Entitlement], log: str) -> pd.DataFrame:
    """The rows behind the items of one log, with their `unit` and whether they count (were shared)."""
    table, named = ("obligation", _REPORT[:3]) if log == REPORTS else ("round_organisation", _ROUND[:2])
    of = [item for item in items if item.log == log]
    rows = inputs.table(table).take([item.place for item in of])
    units = [" ".join(map(str, cells)) for cells in plain_rows(rows, tuple(named))]
    return rows.assign(unit=pd.Series(units, rows.index, dtype="str"), counts=[item.is_shared for item in of])


def _waited(
    log: str,
    place: int,
    holder: str | None,
    taker: str | None,
    begun: int,
    ended: int | None,
    until: int,
    due: int | None,
) -> Entitlement:
    is_shared = ended is not None and ended <= until
    days = max((ended if is_shared and ended is not None else until) - begun, 0)
    return Entitlement(log, place, days, is_shared, holder, taker, is_shared or due is None or due <= until)
