"""What lies above each place: the first-level division and the country that facts about it fall in."""

from __future__ import annotations

import pandas as pd

from idtracker.model.frames import records


def places_above(place: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Each place followed by those that it lies in, from near to far; a circle ends where it closes."""
    parents = dict(records(place, "place_id", "parent_id"))
    lines = {}
    for place_id in parents:
        line = [str(place_id)]
        while (above := parents.get(line[-1])) and above not in line:
            line.append(str(above))
        lines[str(place_id)] = tuple(line)
    return lines


def with_areas(place: pd.DataFrame) -> pd.DataFrame:
    """The places with `division_id` and `country_id`: the first-level division and the country each of them is or lies in.

    Through any number of places between; missing where there is none above.
    """
    levels = dict(records(place, "place_id", "level"))
    lines = places_above(place)

    def nearest(level: str) -> pd.Series:
        found = [next((at for at in lines[str(p)] if levels.get(at) == level), None) for p in place["place_id"]]
        return pd.Series(found, index=place.index, dtype="str")

    return place.assign(division_id=nearest("adm1"), country_id=nearest("country"))


def areas_of(place: pd.DataFrame) -> dict[str, str]:
    """The area that each place counts in: the first-level division it is or lies in, else the country, else itself."""
    rows = records(with_areas(place), "place_id", "division_id", "country_id")
    return {str(place_id): str(division or country or place_id) for place_id, division, country in rows}
