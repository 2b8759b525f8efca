"""Which departments are at work where in an activity: what decides in which arm of a comparison a place is.

It comes from participations alone. A department is at work in a place where its participation names the place, or one within it,
and its dates (else those of the activity, without which it counts nowhere) meet the quarter. A participation that names no place, or a whole country, is the same
for every place and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import pandas as pd

from idtracker.analyse.metrics.delivery.rows import CANCELLED
from idtracker.analyse.metrics.inputs import ROW, Inputs, plain_rows
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.organisations import unknown
from idtracker.analyse.metrics.quarter import Quarter, day_number
from idtracker.model.register.places_above import with_areas

ARM_INPUTS: Mapping[str, list[str]] = {
    "participation": ["activity_id", "org_id", "place_id", "start_on", "end_on", "period_start", "period_end"],
    "activity": ["activity_id", "status", "start_on", "end_on", "period_start", "period_end"],
    "organisation": ["org_id", "group_code", "is_hmg", "successor_org_id", "valid_from", "valid_to"],
    "place": ["place_id", "level", "parent_id"],
}
"""What decides arms."""
_OWN = ("start_on", "end_on", "period_start", "period_end")
_SHOWN = ["activity_id", "org_id", "role", "place_id"]
Departments = dict[str, frozenset[str]]
"""Departments by place."""


class Part(NamedTuple):
    """A participation: where its row is, the area that it names (None: none or a country), first and last day (None: open).

    `cancelled` is the day from which its activity is said to be cancelled and nothing else, up to `restored`.
    """

    row: int
    activity: str
    org: str
    area: str | None
    first: int | None
    last: int | None
    cancelled: int
    restored: int


def parts(inputs: Inputs) -> list[Part]:
    """Every participation that has dates, or an activity that says its own."""
    tables = [inputs.table(name) for name in ("participation", "activity", "place")]

    def make() -> list[Part]:
        areas, described = divisions(inputs), _described(inputs)
        columns = ("activity_id", "org_id", "place_id", *_OWN)
        found = []
        for row, (activity, org, place, *own) in enumerate(inputs.values("participation", *columns)):
            of = described.get(activity, _UNKNOWN)
            is_dated = any(day is not None for day in own)
            if org is not None and (is_dated or of.restored != _NEVER):
                days = _span(*own) if is_dated else of.days
                found.append(Part(row, activity, org, areas.get(place), *days, of.cancelled, of.restored))
        return found

    return inputs.remember_while(("effect parts",), tables, make)


def divisions(inputs: Inputs) -> dict[str, str]:
    """The first-level division that each place is or lies in; a country is in none, a place without a country is itself."""
    place = inputs.table("place")

    def make() -> dict[str, str]:
        rows = plain_rows(with_areas(place), ("place_id", "division_id", "country_id"))
        return {p: division or p for p, division, country in rows if division or not country}

    return inputs.remember_while(("effect divisions",), [place], make)


def departments_by_place(inputs: Inputs, quarter: Quarter) -> dict[str, Departments]:
    """The departments at work in each activity by area, of the participations of the quarter that name one."""

    def make() -> dict[str, Departments]:
        found: dict[str, dict[str, set[str]]] = {}
        for part, org in present(inputs, quarter):
            if part.area is not None:
                found.setdefault(part.activity, {}).setdefault(part.area, set()).add(org)
        return {
            activity: {area: frozenset(orgs) for area, orgs in sorted(places.items())}
            for activity, places in sorted(found.items())
        }

    return inputs.remember(("effect arms", quarter), make)


def departments_of(inputs: Inputs, quarter: Quarter) -> dict[str, frozenset[str]]:
    """The departments that take part in each activity in the quarter, wherever; activities that name none have an empty set."""

    def make() -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {part.activity: set() for part in parts(inputs) if _meets(part, quarter)}
        for part, org in present(inputs, quarter):
            found[part.activity].add(org)
        return {activity: frozenset(orgs) for activity, orgs in found.items()}

    return inputs.remember(("effect departments", quarter), make)


def present(inputs: Inputs, quarter: Quarter) -> list[tuple[Part, str]]:
    """The participations of departments in the quarter, each with who the department is then."""
    here = [part for part in parts(inputs) if _meets(part, quarter)]
    units, known = [f"{part.activity} {part.area}" for part in here], inputs.traits(quarter)
    members = inputs.members(units, [part.org for part in here], quarter)
    pairs = [(part, org) for part, org in zip(here, members, strict=True) if org is not None]
    return [(part, org) for part, org in pairs if (known.get(org) or unknown(org)).is_department]


def first_start(inputs: Inputs, activity: str, quarter: Quarter) -> int | None:
    """The first day (since 1970), up to the end of the quarter, on which a department was at work at a place of the activity.

    None where one of these participations has no first day.
    """
    known, stands_for, ends = inputs.traits(quarter), inputs.successors(quarter), day_number(quarter.end)
    days = [
        part.first
        for part in parts(inputs)
        if part.activity == activity and part.area is not None and (part.first is None or part.first <= ends)
        if (known.get(org := stands_for.get(part.org, part.org)) or unknown(org)).is_department
    ]
    return None if None in days else min((day for day in days if day is not None), default=None)


def part_evidence(inputs: Inputs, quarter: Quarter, units: Mapping[tuple[str, str], str]) -> Evidence:
    """The participations that put places into arms; `units` names the unit of each activity and area."""
    return Evidence("participation", partial(_rows, inputs, quarter, units), _SHOWN)


def _rows(inputs: Inputs, quarter: Quarter, units: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    here = ((part.row, (part.activity, part.area or "")) for part, _ in present(inputs, quarter))
    named = [(row, units[key]) for row, key in here if key in units]
    rows = inputs.table("participation").take([row for row, _ in named])
    return rows[[c for c in (*_SHOWN, *ROW) if c in rows]].assign(unit=[unit for _, unit in named])


class _Described(NamedTuple):
    """What the rows of an activity say: its days, from when it is cancelled, from when it is not (the first day of such rows)."""

    days: tuple[int | None, int | None]
    cancelled: int
    restored: int


_EVER, _NEVER = -(10**9), 10**9
_UNKNOWN = _Described((None, None), _NEVER, _NEVER)


def _described(inputs: Inputs) -> dict[str, _Described]:
    """What is said of each activity. Of several rows that are not cancelled the one that begins first gives the days.

    A row counts from its first day on, so that none changes what was so before.
    """
    found: dict[str, _Described] = {}
    for activity, status, *own in inputs.values("activity", "activity_id", "status", *_OWN):
        first = min((day for day in own if day is not None), default=_EVER)
        before = found.get(activity, _UNKNOWN)
        if status == CANCELLED:
            found[activity] = before._replace(cancelled=min(before.cancelled, first))
        elif first < before.restored:
            found[activity] = before._replace(days=_span(*own), restored=first)
    return found


def _span(
    start: int | None, end: int | None, period_start: int | None, period_end: int | None
) -> tuple[int | None, int | None]:
    """The days of a row: its dates, else its period; a missing end is open."""
    return (period_start, period_end) if start is None and end is None else (start, end)


def _meets(part: Part, quarter: Quarter) -> bool:
    ends = day_number(quarter.end)
    if part.cancelled <= ends < part.restored:
        return False
    begun = part.first is None or part.first <= ends
    return begun and (part.last is None or part.last >= day_number(quarter.start))
