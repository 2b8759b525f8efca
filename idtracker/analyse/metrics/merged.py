"""Merged cells quarter by quarter: those that were stated anew, and the age of every series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import groups_of
from idtracker.analyse.metrics.quarter import Quarter

_NAMED = ["indicator_id", "place_id", "submission_id", "waiver", "unit"]
_DAY = pd.Timedelta(days=1)
_NONE = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class _Series:
    """Every cell with the `origin_day` of its value, and the cells of each series one after the other, youngest first."""

    cells: pd.DataFrame
    order: npt.NDArray[np.intp]
    codes: npt.NDArray[np.intp]


def stated_cells(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The cells of the quarter that are not carried forward, with `unit` and `counts`: two or more organisations."""

    def make() -> tuple[pd.DataFrame, dict[str, npt.NDArray[np.intp]]]:
        rows = _named(inputs)
        rows = rows[~rows["is_carried"].fillna(False).astype(bool)]
        rows = rows.assign(counts=rows["org_count"].ge(2).eq(True))
        return rows[[*_NAMED, "org_ids", "counts"]], dict(groups_of(rows["period"]))

    rows, places = inputs.remember_for_both(("stated_cells",), make)
    return rows.take(places.get(quarter.code, _NONE))


def cells_of(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """All cells of the quarter with `unit`, `weight` and `age` (days from the end of its origin period to the quarter's)."""
    cells = _series(inputs).cells
    return _aged(cells[cells["period_end"].to_numpy() == quarter.end.to_datetime64()], quarter)


def latest_cells(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The youngest cell of every series up to the quarter, with `unit`, `age` and `max_age_days`."""
    series = _series(inputs)
    has_ended = series.cells["period_end"].to_numpy() <= quarter.end.to_datetime64()
    places = series.order[has_ended[series.order]]
    firsts = np.flatnonzero(np.diff(series.codes[places], prepend=-1))
    return _aged(series.cells.take(places[firsts]), quarter)


def _aged(cells: pd.DataFrame, quarter: Quarter) -> pd.DataFrame:
    return cells.assign(age=float((quarter.end - pd.Timestamp(0)) // _DAY) - cells["origin_day"])


def _series(inputs: Inputs) -> _Series:
    def make() -> _Series:
        traits = inputs.table("indicator")[["indicator_id", "weight", "max_age_days"]].drop_duplicates("indicator_id")
        cells = _named(inputs)[[*_NAMED, "origin_period", "period_end", "age_days"]]
        cells = cells.merge(traits, on="indicator_id", how="left")
        origin_end = cells["period_end"] - pd.to_timedelta(cells["age_days"].fillna(0).astype("float64"), unit="D")
        day = ((origin_end - pd.Timestamp(0)) // _DAY).astype("float64")
        codes, _ = pd.factorize(cells["unit"], sort=True)
        order = np.lexsort((cells["period_end"].to_numpy(), -day.to_numpy(), codes))
        return _Series(cells.assign(origin_day=day), order, codes)

    return inputs.remember_for_both(("series",), make)


def _named(inputs: Inputs) -> pd.DataFrame:
    def make() -> pd.DataFrame:
        rows = inputs.table("merged_cell").rename(columns={"submission_ids": "submission_id", "waivers": "waiver"})
        return rows.assign(unit=rows["indicator_id"] + " " + rows["place_id"])

    return inputs.remember_for_both(("named_cells",), make)
