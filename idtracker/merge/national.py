"""Cells of the governorates -> the country's cell, where no national report says it.

From the governorates' own cells of the quarter (carried ones do not count; the national cell is carried on its own):
the population-weighted mean (NATIONAL_MEAN), once governorates with the method's coverage share of the population have
a cell; for indicators that are summed, the sum (NATIONAL_SUM), only once every governorate has one, because no report
is not zero. Where any governorate of the country states no population, all weigh the same.

The goalposts of a summed indicator are made for one governorate, so the score of a NATIONAL_SUM is the
population-weighted mean of the governorates' scores, not its own value between them. With factors f (the population
shares, 1 for a sum) and standard errors s the error is sqrt(sum(f²·s²)), where a governorate without an error is taken
to be as uncertain as the stated ones on average. A disagreement inside a governorate is marked there, not here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.merge.marking import combine_markings
from idtracker.merge.method import Method
from idtracker.merge.policy import with_scores

_SCALE = ["goalpost_low", "goalpost_high", "direction"]


def national_cells(cells: pd.DataFrame, indicator: pd.DataFrame, place: pd.DataFrame, method: Method) -> pd.DataFrame:
    """Further cells, one per country, indicator and quarter that has governorate cells and no cell of its own.

    Only indicators of level `adm1` or `both`. A NATIONAL_SUM has no meaning between goalposts made for a governorate:
    its score is the population-weighted mean of the governorates' scores.
    """
    parts = _governorate_cells(cells, indicator, place)
    if parts.empty:
        return cells.iloc[:0]
    groups = parts.groupby("nation")
    made = groups[["indicator_id", "country_id", "quarter", "roll_up", *_SCALE]].first()
    made = made.rename(columns={"country_id": "place_id"})
    present = groups["weight"].sum()
    is_sum = made["roll_up"] == "sum"
    parts["share"] = parts["weight"] / parts["nation"].map(present)
    factor = parts["share"].where(parts["roll_up"] != "sum", 1.0)
    made["value"] = _total(parts, factor * parts["value"])
    made["standard_error"] = _combined_error(parts, factor, "standard_error")
    mean_score = _total(parts, parts["share"] * parts["score"])
    mean_error = _combined_error(parts, parts["share"], "score_error")
    made = with_scores(made)
    made["score"] = made["score"].where(~is_sum, mean_score)
    made["score_error"] = made["score_error"].where(~is_sum, mean_error)
    made["method"] = np.where(is_sum, "NATIONAL_SUM", "NATIONAL_MEAN")
    made["obs_status"] = _status(parts, method)
    made["obs_count"] = groups["obs_count"].sum()
    made["org_count"] = groups["org_count"].min()  # governorates told by different organisations corroborate nothing
    made["is_ungraded"] = groups["is_ungraded"].any()
    made["is_disagreement"], made["spread"] = False, np.nan
    made = made.join(combine_markings(parts, "nation"))
    is_covered = method.is_covered(present)
    is_covered = is_covered.where(~is_sum, groups.size() == groups["siblings"].first())
    return made[is_covered].drop(columns=["roll_up", *_SCALE]).reset_index(drop=True)


def governorate_weights(place: pd.DataFrame) -> pd.DataFrame:
    """Each governorate's country and its share of the country's population (equal where one is not stated)."""
    parts = place[(place["level"] == "adm1") & place["parent_id"].notna()]
    parts = parts[["place_id", "parent_id", "population"]].rename(columns={"parent_id": "country_id"})
    population = parts["population"].astype("float64")
    is_stated = (population > 0).groupby(parts["country_id"]).transform("all")
    weight = population.where(is_stated, 1.0)
    totals = weight.groupby(parts["country_id"])
    return parts.assign(weight=weight / totals.transform("sum"), siblings=totals.transform("size"))


def _governorate_cells(cells: pd.DataFrame, indicator: pd.DataFrame, place: pd.DataFrame) -> pd.DataFrame:
    """Cells of governorates that may make a national one, with weight and `nation`, the number of that one."""
    shared = indicator.loc[indicator["level"].isin(["adm1", "both"]), ["indicator_id", "roll_up", *_SCALE]]
    parts = cells.merge(governorate_weights(place), on="place_id").merge(shared, on="indicator_id")
    known = cells[["indicator_id", "place_id", "quarter"]].rename(columns={"place_id": "country_id"})
    parts = parts.merge(known, on=["indicator_id", "country_id", "quarter"], how="left", indicator="reported")
    parts = parts[parts["reported"] == "left_only"].drop(columns="reported")
    parts = parts.sort_values(["country_id", "indicator_id", "quarter", "place_id"], ignore_index=True)
    return parts.assign(nation=parts.groupby(["country_id", "indicator_id", "quarter"]).ngroup())


def _total(parts: pd.DataFrame, values: pd.Series) -> pd.Series:
    return values.groupby(parts["nation"]).sum(min_count=1)


def _combined_error(parts: pd.DataFrame, factor: pd.Series, column: str) -> pd.Series:
    """sqrt(sum(factor²·s²)); a governorate without an error counts as the stated ones do on average, empty without any."""
    variance = parts[column] ** 2
    mean = variance.groupby(parts["nation"]).transform("mean")
    return pd.Series(np.sqrt(_total(parts, factor**2 * variance.fillna(mean))))


def _status(parts: pd.DataFrame, method: Method) -> pd.Series:
    """B where any governorate's series breaks, U where less than the coverage share is free of doubt, else E, P or A."""
    share = {code: _total(parts, parts["share"].where(parts["obs_status"] == code, 0.0)) for code in "BUEP"}
    conditions = [share["B"] > 0, ~method.is_covered(1 - share["U"]), share["E"] > 0, share["P"] > 0]
    return pd.Series(np.select(conditions, ["B", "U", "E", "P"], "A"), index=share["B"].index)
