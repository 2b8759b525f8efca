"""Share events: items as they become available to those entitled to them, and who shared them with whom."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs, plain_rows
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.organisations import Traits, unknown
from idtracker.analyse.metrics.quarter import Quarter, day_number

EVENTS = "events"
_TABLE = "share_event"
SHARE_EVENT = {_TABLE: ["object_id", "from_org_id", "to_org_id", "available_on", "shared_on"]}
"""What a metric of share events reads."""
_SHOWN = ["object_id", "from_org_id", "to_org_id"]


class Entitlement(NamedTuple):
    """An item available to a recipient for some days, shared by the last of them or not yet.

    `log` says where it was seen, `place` is that of its row; holder and taker are None where it is the programme itself.
    `is_owed` tells whether it ought to have been shared by the last day; `by` is the place of the read, of what is shared by being read.
    """

    log: str
    place: int
    days: int
    is_shared: bool
    holder: str | None
    taker: str | None
    is_owed: bool = True
    by: int = -1


class Member(NamedTuple):
    """An organisation as it was in a quarter."""

    org: str
    traits: Traits


class Transfer(NamedTuple):
    """An item that was shared in a quarter."""

    place: int
    giver: Member
    taker: Member


def logged(inputs: Inputs, quarter: Quarter) -> list[Entitlement]:
    """What became available in the four quarters to this one; what was shared before it was available was shared at once."""
    first, last = quarter.window()[0].start, inputs.last_day(quarter)

    def make() -> list[Entitlement]:
        table, until = inputs.table(_TABLE), day_number(last)
        begun = table["available_on"].to_numpy()
        places = np.flatnonzero((begun >= first.to_datetime64()) & (begun <= last.to_datetime64()))
        rows = plain_rows(table, ("available_on", "shared_on", "from_org_id", "to_org_id"), places)
        shares = [(*row, row[1] is not None and row[1] <= until) for row in rows]
        return [
            Entitlement(EVENTS, place, max((end if is_shared else until) - start, 0), is_shared, holder, taker)
            for place, (start, end, holder, taker, is_shared) in zip(places.tolist(), shares, strict=True)
        ]

    return inputs.remember_for_both(("logged", quarter), make)


def shared(inputs: Inputs, quarter: Quarter) -> list[Transfer]:
    """What was shared in the quarter."""

    def make() -> list[Transfer]:
        table = inputs.table(_TABLE)
        day = table["shared_on"].to_numpy()
        first, last = quarter.start.to_datetime64(), inputs.last_day(quarter).to_datetime64()
        places = np.flatnonzero((day >= first) & (day <= last))
        rows = plain_rows(table, ("from_org_id", "to_org_id"), places)
        met = _as_members(inputs, [org for pair in rows for org in pair], quarter)
        return [Transfer(p, met[giver], met[taker]) for p, (giver, taker) in zip(places.tolist(), rows, strict=True)]

    return inputs.remember(("shared", quarter), make)


def members(inputs: Inputs, quarter: Quarter) -> list[Member]:
    """Holders and entitled recipients of the four quarters to this one, once each."""

    def make() -> list[Member]:
        table = inputs.table(_TABLE)
        begun, ended = table["available_on"].to_numpy(), table["shared_on"].to_numpy()
        recent = (begun >= quarter.window()[0].start.to_datetime64()) | (ended >= quarter.start.to_datetime64())
        places = np.flatnonzero(recent & (begun <= quarter.end.to_datetime64()))
        named = [org for pair in plain_rows(table, ("from_org_id", "to_org_id"), places) for org in pair]
        return sorted(set(_as_members(inputs, named, quarter).values()), key=lambda member: member.org)

    return inputs.remember(("members", quarter), make)


def names_of(inputs: Inputs, places: Sequence[int]) -> list[str]:
    """The names of events by place."""
    return [f"{share} {fact}" for share, fact in plain_rows(inputs.table(_TABLE), ("share_id", "fact_id"), places)]


def event_rows(inputs: Inputs, places: Sequence[int], units: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows of some events with their `unit`: their own name where no other is given."""
    return inputs.table(_TABLE).take(places).assign(unit=names_of(inputs, places) if units is None else list(units))


def event_evidence(inputs: Inputs, places: Sequence[int], units: Sequence[str] | None = None) -> list[Evidence]:
    """The same as evidence."""
    return [Evidence(_TABLE, partial(event_rows, inputs, places, units), _SHOWN)]


def _as_members(inputs: Inputs, orgs: Sequence[str], quarter: Quarter) -> dict[str, Member]:
    """Each identifier with who it is in the quarter."""
    stands_for, traits = inputs.successors(quarter), inputs.traits(quarter)
    present = {org: stands_for.get(org, org) for org in orgs}
    return {org: Member(now, traits.get(now) or unknown(now)) for org, now in present.items()}
