"""Values per head, per area, per another indicator: divided by what the register of places or a merged cell says."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from idtracker.analyse.composite.stage import Numbers
from idtracker.model.composite.preparation import Denominator
from idtracker.model.composite.reach import OF_REGISTER


def figures_of_places(place: pd.DataFrame, units: pd.DataFrame) -> dict[str, Numbers]:
    """Figures of the register of places by unit (place_id, period_end); not a number where none is stated.

    A country that states none has the sum of its first-level divisions that are there in the quarter, if all of these state one.
    """
    return {name: _figure(place, units, name) for name in OF_REGISTER}


def _figure(place: pd.DataFrame, units: pd.DataFrame, name: str) -> Numbers:
    if name not in place:
        return np.full(len(units), np.nan)
    stated = place[name].astype("float64")
    own = dict(zip(place["place_id"], stated, strict=True))
    found = np.array(units["place_id"].map(own), dtype=float)
    countries = set(place.loc[place["level"] == "country", "place_id"])
    open_rows = np.isnan(found) & units["place_id"].isin(countries).to_numpy()
    if not open_rows.any():
        return found
    parts = place[place["level"] == "adm1"].assign(stated=stated)
    asked = units.loc[open_rows, ["place_id", "period_end"]]
    sums = {
        (str(country), day): _sum(parts[parts["parent_id"] == country], pd.Timestamp(day))
        for country, day in asked.drop_duplicates().itertuples(index=False)
    }
    found[open_rows] = [sums[str(country), day] for country, day in asked.itertuples(index=False)]
    return found


def _sum(parts: pd.DataFrame, day: pd.Timestamp) -> float:
    """Of the places that are there on a day; not a number where one of them states nothing."""
    begins, ends = (pd.to_datetime(parts[c]) if c in parts else pd.Series(pd.NaT, index=parts.index) for c in ("valid_from", "valid_to"))  # fmt: skip
    there = parts.loc[~(begins > day) & ~(ends < day), "stated"]
    return float(there.sum()) if len(there) and (there > 0).all() else np.nan


def divided(
    values: Numbers, errors: Numbers, rule: Denominator | None, figures: Mapping[str, Mapping[str, Numbers]], places: Mapping[str, Numbers]
) -> tuple[Numbers, Numbers]:  # fmt: skip
    """Values and their standard errors per one of the denominator; not a number where it is missing, zero or negative.

    A figure of the register is taken as exact. The relative error of another indicator is added in squares.
    """
    if rule is None:
        return values, errors
    below, unsure = below_of(rule, figures, places)
    usable = below > 0
    safe = np.where(usable, below, np.nan)
    found = values * rule.per / safe
    relative = np.nan_to_num(unsure) / safe
    size = np.sqrt((errors * rule.per / safe) ** 2 + (found * relative) ** 2)
    return found, size


def below_of(
    rule: Denominator, figures: Mapping[str, Mapping[str, Numbers]], places: Mapping[str, Numbers]
) -> tuple[Numbers, Numbers]:
    """What values are divided by, and its standard error."""
    if rule.column in OF_REGISTER:
        return places[rule.column], np.zeros_like(places[rule.column])
    cell = figures[rule.column]
    return cell["value"], cell["standard_error"]
