"""Activities and who takes part in them, quarter by quarter: what the metrics of the network family count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import NamedTuple

import pandas as pd

from idtracker.analyse.metrics.delivery.rows import at_work_rows, participation_rows, spend_rows, taking_part_rows
from idtracker.analyse.metrics.inputs import ROW, Inputs, plain_rows
from idtracker.analyse.metrics.known.delivered import Spend, TakingPart, Working
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.organisations import Traits, unknown
from idtracker.analyse.metrics.quarter import Quarter, overlaps
from idtracker.model.register.places_above import areas_of


class Participation(NamedTuple):
    """An organisation, as it was in a quarter, that takes part in an activity at a place."""

    unit: str
    times: int
    org: str
    place: str | None
    traits: Traits


class Activity(NamedTuple):
    """An activity at work (or so many that look the same), with how many different organisations take part in it."""

    unit: str
    times: int
    departments: int
    outsiders: int
    other_departments: int


class Tie(NamedTuple):
    """Two organisations that share as many activities as `weight` says."""

    unit: str
    a: str
    b: str
    weight: int


class Network(NamedTuple):
    """Who works with whom in a quarter: every organisation that could take part, and each pair that shares an activity."""

    roster: list[str]
    ties: list[Tie]


def at_work(inputs: Inputs, quarter: Quarter) -> list[Working]:
    """Activities at work in the quarter, at each of their places: as in rows.at_work_rows()."""
    if inputs.delivered is not None:
        return inputs.delivered.at_work(quarter)

    rows = at_work_rows(inputs, quarter)

    def make() -> list[Working]:
        return [Working(unit, 1, place) for unit, place in plain_rows(rows, ("unit", "place_id"))]

    return inputs.remember_while(("at_work", quarter), [rows], make)


def participations(inputs: Inputs, quarter: Quarter) -> list[Participation]:
    """Who takes part in the activities at work: as in rows.taking_part_rows()."""
    rows = _taking_part(inputs, quarter)

    def make() -> list[Participation]:
        known = inputs.traits(quarter)
        present = inputs.members([row.unit for row in rows], [row.org_id for row in rows], quarter)
        return [
            Participation(row.unit, row.times, org, row.place_id, known.get(org) or unknown(org))
            for row, org in zip(rows, present, strict=True)
            if org is not None
        ]

    return inputs.remember_while(("participations", quarter, inputs.mode), [rows, inputs.reading(quarter)], make)


def activities(inputs: Inputs, quarter: Quarter) -> list[Activity]:
    """The activities at work, in order."""
    working, taking_part = at_work(inputs, quarter), participations(inputs, quarter)

    def make() -> list[Activity]:
        departments, outsiders, others = Counter[str](), Counter[str](), Counter[str]()
        for (unit, _), traits in {(row.unit, row.org): row.traits for row in taking_part}.items():
            departments[unit] += traits.is_department
            outsiders[unit] += traits.is_external
            others[unit] += traits.is_department and not traits.is_traditional
        times = {row.unit: row.times for row in working}
        return [Activity(unit, times[unit], departments[unit], outsiders[unit], others[unit]) for unit in sorted(times)]

    return inputs.remember_while(("activities", quarter, inputs.mode), [working, taking_part], make)


def located(inputs: Inputs, quarter: Quarter) -> list[tuple[str, Activity]]:
    """The activities at work once per area (as in register.places_above) that they work in."""
    working, taking_part, area = at_work(inputs, quarter), participations(inputs, quarter), _areas(inputs)

    def make() -> list[tuple[str, Activity]]:
        active = {activity.unit: activity for activity in activities(inputs, quarter)}
        places = chain(((r.unit, r.place_id) for r in working), ((r.unit, r.place) for r in taking_part))
        found = dict.fromkeys((unit, area.get(place, place)) for unit, place in places if place is not None)
        return [(place, active[unit]) for unit, place in found]

    return inputs.remember_while(("located", quarter, inputs.mode), [working, taking_part, inputs.table("place")], make)


def paid(inputs: Inputs, quarter: Quarter) -> dict[tuple[str, str | None], Spend]:
    """Positive spend of the activities by activity and area, and everywhere (no place): as in rows.spend_rows()."""
    if inputs.delivered is not None:
        return inputs.delivered.paid(quarter)
    rows, area = spend_rows(inputs, quarter), _areas(inputs)
    rows = rows.assign(place_id=rows["place_id"].map(lambda place: area.get(place, place), na_action="ignore"))
    parts: list[pd.DataFrame] = [
        rows.groupby("unit", as_index=False).agg(spent=("spent", "sum")).assign(place_id=None),
        rows.groupby(["unit", "place_id"], as_index=False).agg(spent=("spent", "sum")),
    ]
    sums = (row for part in parts for row in plain_rows(part, ("unit", "place_id", "spent")))
    return {(unit, place): Spend(spent, 1) for unit, place, spent in sums if spent > 0}


def spend_currency(inputs: Inputs, quarter: Quarter) -> str | None:
    """The currency of paid(): the one that most cells of the quarter with spend state; None where none states any."""
    if inputs.delivered is not None:
        return inputs.delivered.currency(quarter)
    stated = spend_rows(inputs, quarter)["spend_currency"].dropna()
    return str(stated.iloc[0]) if len(stated) else None


def places_known(inputs: Inputs) -> set[str]:
    """Every place at which an activity known is located, in whatever quarter."""
    if inputs.delivered is not None:
        return set(inputs.delivered.places)
    tables = ("activity", "participation", "activity_cell")
    return {place for name in tables for place in inputs.table(name)["place_id"].dropna()}


def roster(inputs: Inputs, quarter: Quarter) -> list[str]:
    """Organisations that owe a report, hold a governance role or took part in any of the four quarters to this one.

    Silent ones stay; one that ended before the quarter without a successor does not.
    """
    named = inputs.remember_for_both(("named", quarter), lambda: _named(inputs, quarter))
    stands_for, known = inputs.successors(quarter), inputs.traits(quarter)
    present = {stands_for.get(org, org) for org in named}
    return sorted(org for org in present if org not in known or known[org].is_current)


def network(inputs: Inputs, quarter: Quarter) -> Network:
    """The co-delivery network: organisations on the roster, tied where they share an activity at work."""

    return inputs.remember(("network", quarter), lambda: network_of(inputs, quarter, roster(inputs, quarter)))


def network_of(inputs: Inputs, quarter: Quarter, members: list[str]) -> Network:
    """The co-delivery network of some organisations."""
    sides = set(members)
    present = {(row.unit, row.org): row.times for row in participations(inputs, quarter) if row.org in sides}
    weights = Counter[tuple[str, str, str]]()
    for activity, a, b in _pairs(present):
        weights[tie_name(a, b), a, b] += present[activity, a]
    return Network(members, [Tie(*tie, weight) for tie, weight in sorted(weights.items())])


def tie_name(a: str, b: str) -> str:
    """The name of a pair of organisations."""
    return f"{a} – {b}"


def tie_evidence(inputs: Inputs, quarter: Quarter) -> list[Evidence]:
    """The participations behind each pair of network()."""
    return [Evidence("participation", partial(_tie_rows, inputs, quarter), ["activity_id", "org_id", "role"])]


def _tie_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    rows = participation_rows(inputs, quarter)
    rows = rows[rows["org"].isin(roster(inputs, quarter))]
    pairs = _pairs(dict.fromkeys(zip(rows["unit"].tolist(), rows["org"].tolist(), strict=True)))
    sides = [(tie_name(a, b), activity, org) for side in (0, 1) for activity, a, b in pairs for org in [(a, b)[side]]]
    named = pd.DataFrame(sides, columns=["unit", "activity_id", "org"], dtype="str")
    return named.merge(rows[["activity_id", "org", "org_id", "role", "table", *ROW]])


def _pairs(sides: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Every pair of organisations within each activity: the activity and the two in order."""
    together: dict[str, list[str]] = {}
    for activity, org in sides:
        together.setdefault(activity, []).append(org)
    return [(activity, a, b) for activity, orgs in together.items() for a in orgs for b in orgs if a < b]


def _taking_part(inputs: Inputs, quarter: Quarter) -> list[TakingPart]:
    if inputs.delivered is not None:
        return inputs.delivered.taking_part(quarter)

    rows = taking_part_rows(inputs, quarter)

    def make() -> list[TakingPart]:
        return [TakingPart(unit, 1, *ids) for unit, *ids in plain_rows(rows, ("unit", "org_id", "place_id"))]

    return inputs.remember_while(("taking_part", quarter), [rows], make)


def _areas(inputs: Inputs) -> dict[str, str]:
    """The area that each place counts in."""
    place = inputs.table("place")
    return inputs.remember_while(("areas",), [place], lambda: areas_of(place))


def _named(inputs: Inputs, quarter: Quarter) -> set[str]:
    """The organisations of roster() as reported."""
    window, organisations = quarter.window(), set[str]()
    for table in ("obligation", "governance_role"):
        rows = inputs.table(table)
        meets = overlaps(rows["period_start"], rows["period_end"], window[0].start, quarter.end)
        organisations.update(rows["org_id"].array[meets.to_numpy()].dropna().tolist())
    for q in window:
        organisations.update(row.org_id for row in _taking_part(inputs, q) if row.org_id is not None)
    return organisations
