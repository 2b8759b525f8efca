"""Outcomes by place: the actual values of a result indicator of an activity, and how they are compared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from idtracker.analyse.metrics.effects.arms import departments_by_place, divisions
from idtracker.analyse.metrics.inputs import ROW, Inputs
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.quarter import Quarter

OUTCOME_INPUTS: Mapping[str, list[str]] = {
    "result_value": [
        "activity_id",
        "result_indicator",
        "place_id",
        "period_end",
        "end_on",
        "is_ascending",
        "baseline",
        "target",
        "actual",
        "unit",
        "disaggregation",
    ]
}
"""What outcomes are read from."""
_SHOWN = ["result_indicator", "place_id", "period", "actual"]


class Series(NamedTuple):
    """One result indicator of one activity."""

    activity: str
    indicator: str

    @property
    def scope(self) -> str:
        return f"activity={self.activity} indicator={self.indicator}"


class Outcomes(NamedTuple):
    """The outcome of each area (higher is better) with its rows, and in what direction and unit; None where rows differ in it."""

    values: dict[str, float]
    rows: dict[str, list[int]]
    manner: tuple[bool, str | None] | None


class Comparison(NamedTuple):
    """One series and two departments, with the areas in which neither, the first, the second or both are at work."""

    series: Series
    pair: tuple[str, str]
    arms: dict[str, str]

    @property
    def scope(self) -> str:
        return f"{self.series.scope} pair={self.pair[0]}+{self.pair[1]}"


def rows_ending_in(inputs: Inputs, quarter: Quarter) -> list[int]:
    """The places of the result rows whose period, or last day, lies in the quarter, in order."""
    by_period = set(inputs.places_in("result_value", "period_end", quarter).tolist())
    dated = inputs.places_in("result_value", "end_on", quarter).tolist()
    ends = inputs.table("result_value")["period_end"].isna().to_numpy()
    return sorted(by_period | {row for row in dated if ends[row]})


def review_name(activity: str, end: object) -> str:
    """The name of a review: its activity, and the last day (since 1970) that it is about."""
    return f"{activity}, {pd.Timestamp(0) + pd.Timedelta(days=int(str(end))):%Y-%m-%d}"


def outcomes(inputs: Inputs, quarter: Quarter) -> dict[Series, Outcomes]:
    """The outcome of every series by area in a quarter: the mean of its rows, turned so that higher is better.

    Rows of a breakdown, without an actual value, or at no place below a country are left out.
    """

    def make() -> dict[Series, Outcomes]:
        columns = ("activity_id", "result_indicator", "place_id", "is_ascending", "actual", "unit", "disaggregation")
        every, areas = inputs.values("result_value", *columns), divisions(inputs)
        found: dict[Series, dict[str, list[tuple[int, float]]]] = {}
        manners: dict[Series, set[tuple[bool, str | None]]] = {}
        for row in rows_ending_in(inputs, quarter):
            activity, indicator, place, ascending, actual, unit, breakdown = every[row]
            if actual is None or breakdown or place not in areas:
                continue
            series, is_rising = Series(activity, indicator), ascending is not False
            manners.setdefault(series, set()).add((is_rising, unit))
            value = float(actual) if is_rising else -float(actual)
            found.setdefault(series, {}).setdefault(areas[place], []).append((row, value))
        return {series: _outcomes(found[series], manners[series]) for series in sorted(found)}

    return inputs.remember(("effect outcomes", quarter), make)


def comparisons(inputs: Inputs, quarter: Quarter) -> list[tuple[Comparison, Outcomes]]:
    """Every series with two departments that are at work together in one of its areas at least, in order.

    Areas in which a third department is at work as well are in no arm.
    """
    at_work, found = departments_by_place(inputs, quarter), []
    for series, seen in outcomes(inputs, quarter).items():
        here = at_work.get(series.activity, {})
        departments = sorted({org for area in seen.values for org in here.get(area, ())})
        for pair in combinations(departments, 2):
            arms = {area: arm for area in seen.values if (arm := _arm(here.get(area, frozenset()), pair))}
            if "both" in arms.values():
                found.append((Comparison(series, pair, arms), seen))
    return found


def outcome_evidence(inputs: Inputs, rows: Mapping[str, list[int]]) -> Evidence:
    """The result rows of each unit."""
    return Evidence("result_value", partial(_rows, inputs, rows), _SHOWN)


def _rows(inputs: Inputs, rows: Mapping[str, list[int]]) -> pd.DataFrame:
    pairs = [(row, unit) for unit, of in rows.items() for row in of]
    table = inputs.table("result_value").take([row for row, _ in pairs])
    return table[[c for c in (*_SHOWN, *ROW) if c in table]].assign(unit=[unit for _, unit in pairs])


def _outcomes(of: Mapping[str, list[tuple[int, float]]], manners: set[tuple[bool, str | None]]) -> Outcomes:
    manner = next(iter(manners)) if len(manners) == 1 else None
    values = {area: float(np.mean([value for _, value in rows])) for area, rows in sorted(of.items())}
    return Outcomes(values, {area: [row for row, _ in rows] for area, rows in sorted(of.items())}, manner)


def _arm(departments: frozenset[str], pair: tuple[str, str]) -> str | None:
    """The arm of an area; None where others than the two are at work there."""
    if departments - set(pair):
        return None
    a, b = (org in departments for org in pair)
    return ("both" if b else "a") if a else "b" if b else "neither"
