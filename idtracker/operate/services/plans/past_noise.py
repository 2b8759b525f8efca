"""The noise of an outcome from what is published: an indicator by place and quarter, or a result indicator of an activity."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from idtracker.analyse.effect.plan_noise import SeenNoise, noise_seen
from idtracker.model.errors import UsageError
from idtracker.model.register.places_above import with_areas

_MOST_QUARTERS, _LEAST_PLACES = 8, 3
_CELLS = "SELECT place_id, period, value FROM merged_cell WHERE indicator_id = ? AND NOT is_carried"
_RESULTS = """
SELECT activity_id, place_id, coalesce(period_end, end_on) AS ended_on, actual AS value, unit, is_ascending
FROM result_value
WHERE result_indicator = ? AND (? IS NULL OR activity_id = ?) AND actual IS NOT NULL AND coalesce(disaggregation, '') = ''
  AND place_id IS NOT NULL AND coalesce(period_end, end_on) IS NOT NULL
"""


def past_noise(published: duckdb.DuckDBPyConnection, indicator: str, activity: str | None = None) -> SeenNoise:
    """The noise of an indicator of the register, or of a result indicator by its text, between first-level divisions.

    The last eight quarters are read, fewer where fewer than half of the places have a value in each; values carried forward are not.
    UsageError where nothing is published of it, several activities have it, or rows differ in unit or direction.
    """
    rows = published.execute(_CELLS, [indicator]).df()
    if rows.empty:
        rows = _of_results(published, indicator, activity)
    areas = with_areas(published.execute("SELECT * FROM place").df()).set_index("place_id")["division_id"]
    rows = rows.assign(area=rows["place_id"].map(areas)).dropna(subset=["area", "value"])
    if rows.empty:
        raise UsageError(
            f"`{indicator}` has no published value at a first-level division; state the noise with --noise."
        )
    return noise_seen(_panel(rows))


def _of_results(published: duckdb.DuckDBPyConnection, indicator: str, activity: str | None) -> pd.DataFrame:
    rows: pd.DataFrame = published.execute(_RESULTS, [indicator, activity, activity]).df()
    if rows.empty:
        raise UsageError(
            f"Nothing is published of `{indicator}`: name an indicator such as BSF4-WATER, or a result indicator by its text."
        )
    names = sorted(rows["activity_id"].unique())
    if len(names) > 1:
        raise UsageError(f"Several activities have `{indicator}`: choose one with --activity: {', '.join(names)}.")
    if len(rows[["unit", "is_ascending"]].drop_duplicates()) > 1:
        raise UsageError(f"The rows of `{indicator}` differ in unit or direction; state the noise with --noise.")
    ended = pd.to_datetime(rows["ended_on"])
    return rows.assign(period=ended.dt.year.astype(str) + "-Q" + ended.dt.quarter.astype(str))


def _panel(rows: pd.DataFrame) -> np.ndarray:
    """Values by place and quarter, quarters that follow each other, the latest last; NaN where there is none."""
    table = rows.pivot_table(index="area", columns="period", values="value", aggfunc="mean")
    last = pd.Period(str(max(table.columns)).replace("-", ""), freq="Q")
    quarters = [
        f"{quarter.year}-Q{quarter.quarter}" for quarter in pd.period_range(end=last, periods=_MOST_QUARTERS, freq="Q")
    ]
    whole = table.reindex(columns=quarters)
    for start in range(_MOST_QUARTERS - 1):
        part = whole.iloc[:, start:]
        if part.notna().all(axis=1).sum() >= max(_LEAST_PLACES, len(part) / 2):
            return part.to_numpy(dtype=float)
    return whole.iloc[:, -1:].to_numpy(dtype=float)
