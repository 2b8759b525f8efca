"""Which scores a change of a cell reaches under a tree that looks beyond the cells of one place and quarter."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from idtracker.analyse.index.across.units import country_of, members_of, whole_panels
from idtracker.model.composite.definition import Index
from idtracker.model.composite.reach import OF_REGISTER, Reach, columns_of, reaches_at, whole_reach
from idtracker.model.periods import quarter_code, quarter_number

_STATE = ["place_id", "period", "known_at"]


def is_wide(method: object) -> bool:
    """Whether a method looks beyond the cells of one place and quarter."""
    return isinstance(method, Index) and not whole_reach(method).is_local


def reached_states(changed: pd.DataFrame, index: Index, place: pd.DataFrame, grid: list[str]) -> pd.DataFrame:
    """place_id, period and known_at of all scores that changes reach, beside those of the changed cells themselves.

    `changed` has place_id, period, indicator_id and known_at; `grid` are the quarters that may be in sight.
    """
    country, members = country_of(place), members_of(place)
    whole = whole_panels(place)
    changed = changed.assign(
        country=changed["place_id"].map(country), is_member=changed["place_id"].isin(members["place_id"])
    )
    found = [pd.DataFrame(columns=_STATE)]
    for reach, names in _reaches(index).items():
        found += _reached(changed[changed["indicator_id"].isin(names)], reach, whole, grid)
    states = pd.concat([f[_STATE] for f in found if len(f)] or found, ignore_index=True).astype(
        {"known_at": "datetime64[ns]"}
    )
    return states[states["period"].isin(grid)].drop_duplicates(ignore_index=True)


def _reaches(index: Index) -> dict[Reach, set[str]]:
    """Each reach of a leaf -> the indicators whose cells it carries that far."""
    found: dict[Reach, set[str]] = {}
    for code in index.indicators:
        below = index.rules_of(code).denominator
        names = {index.column_of(code)} | ({below.column} if below and below.column not in OF_REGISTER else set())
        for reach in reaches_at(index, code).values():
            if not reach.is_local:
                found.setdefault(reach, set()).update(columns_of(index) if reach.is_near else names)
    return found


def _reached(changed: pd.DataFrame, reach: Reach, whole: pd.DataFrame, grid: list[str]) -> Iterator[pd.DataFrame]:
    decides = changed["is_member"] | (changed["place_id"] == reach.place)
    of_panel = changed[decides][["country", "period", "known_at"]].drop_duplicates()
    for back in range(reach.back + 1):
        if back:
            yield _later(changed, back)
        if reach.is_across:
            yield _later(of_panel, back).merge(whole, on="country")
    if reach.reference is not None:
        inside = of_panel[of_panel["period"].between(*reach.reference)][["country", "known_at"]].drop_duplicates()
        yield inside.merge(whole, on="country").merge(pd.DataFrame({"period": grid}, dtype="str"), how="cross")


def _later(changed: pd.DataFrame, quarters: int) -> pd.DataFrame:
    return changed.assign(period=[quarter_code(quarter_number(code) + quarters) for code in changed["period"]])
