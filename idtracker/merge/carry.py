"""Carry-forward: the last known cell stands in for a quarter without one, marked, and never beyond its maximum age."""

from __future__ import annotations

import pandas as pd

from idtracker.merge.quarters import last_days, quarter_codes

_SERIES = ["indicator_id", "place_id"]


def carry_forward(cells: pd.DataFrame, indicator: pd.DataFrame, quarters: pd.DataFrame) -> pd.DataFrame:
    """Cells on the grid of quarters: each its own, or the last one before it with is_carried, obs_status I and origin_period.

    The age is the end of the quarter minus the end of the cell's own quarter, in days; beyond `max_age_days` and before
    the first cell there is none. Cells from before the grid are carried into it.
    """
    ages = indicator[["indicator_id", "max_age_days"]]
    series = cells[_SERIES].drop_duplicates().merge(ages, on="indicator_id").merge(quarters, how="cross")
    known = cells.assign(origin=cells["quarter"]).sort_values("quarter", kind="stable")
    found = pd.merge_asof(
        series.sort_values("quarter", kind="stable"), known, on="quarter", by=_SERIES, direction="backward"
    )
    found = found[found["origin"].notna()].astype({"origin": "int64"}).reset_index(drop=True)
    age = (found["period_end"] - last_days(found["origin"])).dt.days
    is_carried = found["origin"] != found["quarter"]
    found = found.assign(
        age_days=age,
        is_carried=is_carried,
        origin_period=quarter_codes(found["origin"]),
        obs_status=found["obs_status"].where(~is_carried, "I"),
    )
    return found[~is_carried | (age <= found["max_age_days"])]
