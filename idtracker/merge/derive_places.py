"""Which places a derived indicator is computed for, and which facts fall in each."""

from __future__ import annotations

import pandas as pd


def located(facts: pd.DataFrame, level: str, place: pd.DataFrame) -> pd.DataFrame:
    """The facts once for every place they count for, as `place_id`: their governorate, their country, or both.

    An indicator of level `adm1` is derived per governorate (its national cell is made when cells are merged),
    `country` for the country alone, `both` for both. A fact without a place counts for the country where there is only one.
    """
    levels = place.set_index("place_id")["level"]
    parents = place.set_index("place_id")["parent_id"]
    at_level = facts["place_id"].map(levels)
    governorates = facts[at_level == "adm1"]
    if level == "adm1":
        return governorates.reset_index(drop=True)
    country = facts["place_id"].map(parents).where(at_level == "adm1", facts["place_id"].where(at_level == "country"))
    countries = sorted(place.loc[place["level"] == "country", "place_id"])
    if len(countries) == 1:
        country = country.where(facts["place_id"].notna(), countries[0])
    national = facts.assign(place_id=country.astype("str"))
    national = national[national["place_id"].notna()]
    return pd.concat([governorates, national] if level == "both" else [national], ignore_index=True)


def expected_places(level: str, place: pd.DataFrame) -> list[str]:
    """Places for which an indicator of that level is derived, sorted."""
    levels = {"adm1": ["adm1"], "country": ["country"], "both": ["adm1", "country"]}[level]
    return sorted(place.loc[place["level"].isin(levels), "place_id"])
