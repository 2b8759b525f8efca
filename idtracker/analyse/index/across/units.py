"""Which places and quarters have to be looked at together before some of them can be scored.

The units of a statistic are the first-level divisions of one country in one quarter, as known at one instant: the panel. The country itself
is held against them and is not among them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from idtracker.model.composite.definition import Index
from idtracker.model.composite.reach import whole_reach
from idtracker.model.periods import quarter_code, quarter_number, quarters_between

MEMBER = "adm1"


def with_panel(index: Index, place: pd.DataFrame, wanted: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """`wanted` (the columns `by`), and behind its rows all others that its scores rest on; without doubles."""
    reach, names = whole_reach(index), list(by)
    own = wanted[names]
    if reach.is_local:
        return own
    parts = [own]
    if reach.is_across or reach.reference:
        parts.append(_others(own, place, names))
    near = pd.concat(parts, ignore_index=True).drop_duplicates(names, ignore_index=True)
    if reach.back:
        number = near["period"].map(quarter_number)
        parts += [
            near.assign(period=[quarter_code(n - back) for n in number]) for back in range(1, reach.back + 1)
        ]  # fmt: skip
    if reach.reference:
        quarters = pd.DataFrame({"period": quarters_between(*reach.reference)}, dtype="str")
        parts.append(near.drop(columns="period").drop_duplicates().merge(quarters, how="cross")[names])
    return pd.concat(parts, ignore_index=True).drop_duplicates(names, ignore_index=True)


def members_of(place: pd.DataFrame) -> pd.DataFrame:
    """place_id and country of the places that statistics are taken over."""
    found = place.loc[place["level"] == MEMBER, ["place_id", "parent_id"]]
    return found.rename(columns={"parent_id": "country"}).astype("object")


def country_of(place: pd.DataFrame) -> dict[str, str]:
    """Place -> the country whose panel it belongs to or is held against; itself where it lies in none."""
    is_inside = (place["level"] == MEMBER) & place["parent_id"].notna()
    country = place["parent_id"].where(is_inside, place["place_id"])
    return dict(zip(place["place_id"].astype(str), country.astype(str), strict=True))


def whole_panels(place: pd.DataFrame) -> pd.DataFrame:
    """place_id and country of all places of panels: members, and the countries beside them."""
    country = country_of(place)
    return pd.DataFrame({"place_id": list(country), "country": list(country.values())}, dtype="object")


def _others(own: pd.DataFrame, place: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Every place of the panels of some places and quarters."""
    whole = whole_panels(place[place["level"].isin([MEMBER, "country"])])
    panels = own.assign(country=own["place_id"].map(country_of(place))).drop(columns="place_id").drop_duplicates()
    return panels.merge(whole, on="country")[names]


def panel_numbers(units: pd.DataFrame, place: pd.DataFrame, parts: Sequence[str]) -> pd.DataFrame:
    """Units with `panel` (those of one country, quarter and part have one number), `series` (one place and part), `quarter` and `is_member`."""
    country = units["place_id"].map(country_of(place))
    members = set(place.loc[place["level"] == MEMBER, "place_id"])
    quarter = units["period"].map({code: quarter_number(code) for code in units["period"].unique()})
    part_number = np.zeros(len(units), dtype=np.int64)
    for name in parts:
        part_number = pd.factorize(pd.MultiIndex.from_arrays([part_number, units[name]]))[0]
    world = pd.factorize(pd.MultiIndex.from_arrays([country, part_number]))[0]
    return units.assign(
        quarter=quarter.to_numpy(dtype=np.int64),
        panel=pd.factorize(pd.MultiIndex.from_arrays([country, units["period"], part_number]))[0],
        world=world,
        series=pd.factorize(pd.MultiIndex.from_arrays([units["place_id"], part_number]))[0],
        is_member=units["place_id"].isin(members).to_numpy(dtype=bool),
    )
