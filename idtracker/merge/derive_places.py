"""Which places a derived indicator is computed for, and which facts fall in each."""

from __future__ import annotations

import pandas as pd

_LEVELS = {"adm1": ["adm1"], "country": ["country"], "both": ["adm1", "country"]}


def with_country(facts: pd.DataFrame, place: pd.DataFrame) -> pd.DataFrame:
    """The facts with `country_id`; one without a place lies in the country of its source, where that has only one."""
    country = facts["place_id"].map(_countries(place))
    known = facts[["source_id"]].assign(country_id=country).dropna().drop_duplicates()
    single = known[~known["source_id"].duplicated(keep=False)].set_index("source_id")["country_id"]
    is_unplaced = facts["place_id"].isna()
    filled = country.where(~is_unplaced, facts["source_id"].map(single))
    return facts.assign(country_id=filled.astype("str"))


def located(facts: pd.DataFrame, level: str, place: pd.DataFrame) -> pd.DataFrame:
    """The facts (with country_id) once for every place they count for, as `place_id`.

    An indicator of level `adm1` is derived per governorate (its national cell is made when cells are merged),
    `country` for the country alone, `both` for both.
    """
    governorates = facts[facts["place_id"].map(place.set_index("place_id")["level"]) == "adm1"]
    national = facts[facts["country_id"].notna()].assign(place_id=lambda rows: rows["country_id"])
    parts = {"adm1": [governorates], "country": [national], "both": [governorates, national]}[level]
    return pd.concat(parts, ignore_index=True)


def expected_places(facts: pd.DataFrame, level: str, place: pd.DataFrame) -> pd.DataFrame:
    """Places of the level in every country that a source has facts about: columns source_id, place_id."""
    known = facts.loc[facts["country_id"].notna(), ["source_id", "country_id"]].drop_duplicates()
    wanted = place.loc[place["level"].isin(_LEVELS[level]), ["place_id"]]
    wanted = wanted.assign(country_id=wanted["place_id"].map(_countries(place)))
    return known.merge(wanted, on="country_id")[["source_id", "place_id"]].sort_values(["source_id", "place_id"])


def _countries(place: pd.DataFrame) -> pd.Series:
    """The country of each place, by place; other places than countries and first-level divisions have none."""
    country = place["place_id"].where(place["level"] == "country", place["parent_id"].where(place["level"] == "adm1"))
    return country.set_axis(place["place_id"])
