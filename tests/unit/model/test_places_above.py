"""The division and the country of a place, through any number of places between."""

from __future__ import annotations

import pandas as pd

from idtracker.model.register.places_above import areas_of, places_above, with_areas
from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Place

ROWS = [
    ("camp", "site", "village"),
    ("village", "adm4", "subdistrict"),
    ("subdistrict", "adm3", "district"),
    ("district", "adm2", "division"),
    ("division", "adm1", "country"),
    ("crossing", "site", "country"),
    ("country", "country", None),
    ("lost", "site", "nobody"),
    ("left", "site", "right"),
    ("right", "adm5", "left"),
]


def places() -> pd.DataFrame:
    rows = [{"place_id": p, "name": p, "level": level, "parent_id": parent} for p, level, parent in ROWS]
    return conform_types(pd.DataFrame(rows), Place)


def test_a_place_lies_in_the_nearest_division_and_country_above_it() -> None:
    found = with_areas(places()).astype(object)
    where = {
        p: (d, c) for p, d, c in found[["place_id", "division_id", "country_id"]].fillna("").itertuples(index=False)
    }
    inside = dict.fromkeys(("camp", "village", "subdistrict", "district", "division"), ("division", "country"))
    outside = {"crossing": ("", "country"), "country": ("", "country")}
    assert where == {**inside, **outside, **dict.fromkeys(("lost", "left", "right"), ("", ""))}


def test_a_place_counts_in_its_division_else_its_country_else_itself() -> None:
    areas = areas_of(places())
    assert (areas["camp"], areas["crossing"], areas["country"], areas["lost"]) == (
        "division",
        "country",
        "country",
        "lost",
    )


def test_a_circle_ends_where_it_closes() -> None:
    assert places_above(places())["left"] == ("left", "right")
