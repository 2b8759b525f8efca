"""Merged cells quarter by quarter: those that were stated anew, and the age of every series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import groups_of
from idtracker.analyse.metrics.quarter import Quarter, day_number

_NAMED = ["indicator_id", "place_id", "submission_id", "waiver", "org_ids", "origin_period"]
_NONE = np.empty(0, dtype=np.intp)
Places = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of a quarter: their places in the table, age in days, and the weight and maximum age of their indicators."""

    places: Places
    age: Numbers
    weight: Numbers
    max_age_days: Numbers


@dataclass(frozen=True, slots=True)
class _Series:
    """Last day and day of origin of every cell, the terms of its indicator, and the cells of each series, youngest first."""

    last_day: Numbers
    origin_day: Numbers
    weight: Numbers
    max_age_days: Numbers
    order: Places
    codes: Places

    def take(self, places: Places, quarter: Quarter) -> Cells:
        age = day_number(quarter.end) - self.origin_day[places]
        return Cells(places, age, self.weight[places], self.max_age_days[places])


def stated_cells(inputs: Inputs, quarter: Quarter) -> tuple[Places, npt.NDArray[np.bool_]]:
    """The places of the cells of the quarter that are not carried forward, and which have two or more organisations."""

    def make() -> tuple[dict[str, Places], npt.NDArray[np.bool_]]:
        rows = inputs.table("merged_cell")
        is_stated = np.flatnonzero(~rows["is_carried"].to_numpy(dtype=bool, na_value=False))
        periods = {code: is_stated[at] for code, at in groups_of(rows["period"].take(is_stated))}
        return periods, rows["org_count"].to_numpy(dtype="float64", na_value=np.nan) >= 2

    periods, is_corroborated = inputs.remember_for_both(("stated_cells",), make)
    places = periods.get(quarter.code, _NONE)
    return places, is_corroborated[places]


def cells_of(inputs: Inputs, quarter: Quarter) -> Cells:
    """All cells of the quarter; age runs from the end of their origin period to the quarter's."""
    series = _series(inputs)
    return series.take(np.flatnonzero(series.last_day == day_number(quarter.end)), quarter)


def latest_cells(inputs: Inputs, quarter: Quarter) -> Cells:
    """The youngest cell of every series up to the quarter."""
    series = _series(inputs)
    places = series.order[series.last_day[series.order] <= day_number(quarter.end)]
    return series.take(places[np.flatnonzero(np.diff(series.codes[places], prepend=-1))], quarter)


def cell_rows(inputs: Inputs, places: Places, **more: npt.NDArray[Any]) -> pd.DataFrame:
    """The rows of some cells with their `unit`, and more columns."""
    rows = inputs.table("merged_cell").take(places)
    rows = rows.rename(columns={"submission_ids": "submission_id", "waivers": "waiver"})
    return rows[_NAMED].assign(unit=rows["indicator_id"] + " " + rows["place_id"], **more)


def _series(inputs: Inputs) -> _Series:
    def make() -> _Series:
        rows, indicator = inputs.table("merged_cell"), inputs.table("indicator").drop_duplicates("indicator_id")
        number, indicators = pd.factorize(rows["indicator_id"], sort=True)
        where, places = pd.factorize(rows["place_id"], sort=True)
        terms = indicator.set_index("indicator_id")[["weight", "max_age_days"]].reindex(indicators).astype("float64")
        last_day = _days(rows["period_end"])
        origin_day = last_day - rows["age_days"].to_numpy(dtype="float64", na_value=0.0)
        codes = number * len(places) + where
        weight, max_age_days = terms.to_numpy()[number].T if len(rows) else np.empty((2, 0))
        return _Series(last_day, origin_day, weight, max_age_days, np.lexsort((last_day, -origin_day, codes)), codes)

    return inputs.remember_for_both(("series",), make)


def _days(moments: pd.Series) -> Numbers:
    """Days since 1970; missing is NaN."""
    return np.asarray((moments - pd.Timestamp(0)).dt.days, dtype=np.float64)
