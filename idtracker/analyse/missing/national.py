"""The country's cell where governorates report again: the rules of merge/policies/national.py and merge/uncertainty/country.py on frames.

Its value stays what it is where there is one. Only its error changes: more governorates stand for the country.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.analyse.missing.usual import COUNTS, FIGURES
from idtracker.model.method import Method

_WEAKNESS = {"STATED": 0, "ESTIMATED": 1, "ASSUMED": 2}


def governorate_shares(place: pd.DataFrame) -> pd.DataFrame:
    """place_id, country_id, weight (share of the population, equal where one is not stated), siblings and all_squares."""
    parts = place.loc[(place["level"] == "adm1") & place["parent_id"].notna(), ["place_id", "parent_id", "population"]]
    parts = parts.rename(columns={"parent_id": "country_id"}).astype({"population": "float64"})
    is_stated = (parts["population"] > 0).groupby(parts["country_id"]).transform("all")
    parts = parts.assign(weight=parts["population"].where(is_stated, 1.0))
    country = parts.groupby("country_id")["weight"]
    parts["weight"] = parts["weight"] / country.transform("sum")
    squares = (parts["weight"] ** 2).groupby(parts["country_id"])
    return parts.assign(siblings=country.transform("size"), all_squares=squares.transform("sum")).drop(
        columns="population"
    )


def national_cells(
    again: pd.DataFrame, cells: pd.DataFrame, indicator: pd.DataFrame, place: pd.DataFrame, method: Method
) -> pd.DataFrame:
    """The country's cells that are made anew because governorates report again, with the columns of `again`.

    `again` has number, indicator_id, place_id, quarter, COUNTS and FIGURES; `cells` those of all places and quarters as they are, with
    is_carried and `method`. Own values of the country stay as they are.
    """
    shared = indicator.loc[indicator["level"].isin(["adm1", "both"]), _TERMS].assign(width=_width)
    shares, nation = governorate_shares(place), ["number", "indicator_id", "country_id", "quarter"]
    fresh = again.merge(shares, on="place_id").merge(shared, on="indicator_id")
    there = cells[~cells["is_carried"]].merge(shares, on="place_id").merge(shared, on="indicator_id")
    groups = fresh[nation].drop_duplicates()
    parts = pd.concat([fresh, groups.merge(there, on=nation[1:])], ignore_index=True)
    parts = parts.drop_duplicates([*nation, "place_id"], keep="first")
    if parts.empty:
        return again.iloc[:0]
    national = _combined(parts.sort_values([*nation, "place_id"], ignore_index=True), nation, method)
    national = national.rename(columns={"country_id": "place_id"})
    return _not_its_own(national, again, cells)[list(again.columns)]


_TERMS = ["indicator_id", "roll_up", "direction", "goalpost_low", "goalpost_high"]


def _width(rows: pd.DataFrame) -> pd.Series:
    return (rows["goalpost_high"] - rows["goalpost_low"]).abs().where(lambda width: width > 0)


def _combined(parts: pd.DataFrame, nation: list[str], method: Method) -> pd.DataFrame:
    """One row per nation that enough governorates make."""

    def total(values: pd.Series) -> pd.Series:
        return values.groupby([parts[name] for name in nation]).transform("sum")

    def mean_square(name: str) -> pd.Series:
        square = parts[name] ** 2
        return square.fillna(total(square) / total(square.notna().astype("float64")))

    parts = parts.assign(present=total(parts["weight"]))
    share = parts["weight"] / parts["present"]
    factor = share.where(parts["roll_up"] != "sum", 1.0)
    apart = parts["value"] - total(share * parts["value"])
    parts = parts.assign(
        value=factor * parts["value"],
        mean_score=share * parts["score"],
        standard_error=factor**2 * mean_square("standard_error"),
        score_error=share**2 * mean_square("score_error"),
        scatter=share * apart**2,
        share_squares=share**2,
        weight_squares=parts["weight"] ** 2,
        weakness=parts["error_basis"].map(_WEAKNESS).fillna(1),
    )
    summed = ["value", "mean_score", "standard_error", "score_error", "scatter", "share_squares", "weight_squares"]
    same = ["roll_up", "direction", "goalpost_low", "goalpost_high", "width", "present", "siblings", "all_squares"]
    groups = parts.groupby(nation, as_index=False)
    rows = groups.agg(
        **{name: (name, lambda column: column.sum(min_count=1)) for name in summed},
        **{name: (name, "first") for name in same},
        parts_count=("value", "size"),
        weakness=("weakness", "max"),
        reported_count=("reported_count", "min"),
        of_count=("of_count", "max"),
    )
    is_sum = rows["roll_up"] == "sum"
    is_covered = (rows["parts_count"] == rows["siblings"]).where(is_sum, method.is_covered(rows["present"]))
    return _with_errors(rows[is_covered.astype(bool)].reset_index(drop=True), method)


def _with_errors(rows: pd.DataFrame, method: Method) -> pd.DataFrame:
    """FIGURES of nations: sums of squares become errors, with what absent governorates add under a method with `uncertainty`."""
    is_sum, width = rows["roll_up"] == "sum", rows["width"].astype("float64")
    weakness = rows["weakness"]
    if method.uncertainty is not None:
        is_short = (rows["parts_count"] < rows["siblings"]) & width.notna()
        lone = rows["parts_count"] == 1
        between = (rows["scatter"] / (1 - rows["share_squares"]).where(~lone)).astype("float64")
        gap = 1 - rows["present"]
        part = rows["all_squares"] - rows["weight_squares"] + gap**2 * rows["share_squares"]
        added = part * between.fillna(width**2 / 12)
        rows = rows.assign(standard_error=rows["standard_error"] + added.where(is_short, 0.0))
        weakness = weakness.clip(lower=(between.isna() + 1.0).where(is_short, 0.0))
    error = np.sqrt(rows["standard_error"])
    low = rows[["goalpost_low", "goalpost_high"]].min(axis=1)
    position = ((rows["value"] - low) / width).clip(0, 1)
    score = 100 * position.where(rows["direction"] > 0, 1 - position)
    names = {number: name for name, number in _WEAKNESS.items()}
    return rows.assign(
        score=rows["mean_score"].where(is_sum, score),
        standard_error=error,
        score_error=np.sqrt(rows["score_error"]).where(is_sum, 100 * error / width),
        error_basis=weakness.astype(int).map(names),
    )


def _not_its_own(national: pd.DataFrame, again: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Without what the country reports itself; a value that is there stays."""
    key = ["indicator_id", "place_id", "quarter"]
    now = cells[[*key, "value", "score", "is_carried", "method"]]
    rows = national.merge(now, on=key, how="left", suffixes=("", "_now"))
    is_own = ~rows["is_carried"].astype("boolean").fillna(True) & ~rows["method"].fillna("").str.startswith("NATIONAL_")
    reported = rows[["number", *key]].merge(again[["number", *key]], how="left", indicator=True)["_merge"] == "both"
    rows = rows[~is_own.to_numpy(dtype=bool) & ~reported.to_numpy()]
    kept = {name: rows[f"{name}_now"].fillna(rows[name]) for name in ("value", "score")}
    return rows.assign(is_absent=rows["value_now"].isna(), **kept)


__all__ = ["COUNTS", "FIGURES", "governorate_shares", "national_cells"]
