"""Which scores a change of one cell reaches: all that come out otherwise, and not those that cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from idtracker.analyse.history.reached import is_wide, reached_states
from idtracker.analyse.index.scoring import scored_states
from tests.unit.analyse.index.across_places import (
    DEEP,
    MEMBERS,
    NAMES,
    QUARTERS,
    Values,
    cells_of,
    drawn,
    index_of,
    indicators_of,
    methods_of,
    one_leaf,
    places,
    wanted_of,
)

AT = pd.Timestamp("2026-08-01")
Key = tuple[str, str]


def reached(document: dict[str, Any], indicator: str, place: str, period: str) -> set[Key]:
    changed = pd.DataFrame({"place_id": [place], "period": [period], "indicator_id": [indicator], "known_at": [AT]})
    states = reached_states(changed, index_of(document), places(), QUARTERS)
    assert (states["known_at"] == AT).all() if len(states) else True
    return set(zip(states["place_id"], states["period"], strict=True)) | {(place, period)}


def scores(values: Values) -> pd.DataFrame:
    methods = methods_of(DEEP)
    found = scored_states(
        cells_of(values), indicators_of(NAMES), places(), methods.headline, methods.merging, wanted_of(QUARTERS)
    )
    return found.set_index(["place_id", "period", "node_code"])[["score", "error", "completeness", "imputed_share"]]


@pytest.mark.parametrize("name", NAMES)
def test_every_score_that_comes_out_otherwise_is_reached(name: str) -> None:
    draw = np.random.Generator(np.random.PCG64(NAMES.index(name)))
    before = drawn(3)
    whole = scores(before)
    for _ in range(4):
        key = (name, str(draw.choice([*MEMBERS, "JO"])), str(draw.choice(QUARTERS)))
        after = {k: v for k, v in before.items() if k != key} if key in before else {**before, key: 33.0}
        other = scores(after)
        differs = ~((whole == other) | (whole.isna() & other.isna())).all(axis=1)
        moved = {(p, q) for p, q, _ in whole.index[differs]}
        assert moved <= reached(DEEP, *key), key


MIN_MAX = {"normalise": {"method": "min_max", "scale": [0, 100]}}
PANEL = {(place, "2026-Q1") for place in [*MEMBERS, "JO"]}


@pytest.mark.parametrize(
    ("rules", "place", "expected"),
    [
        ({"normalise": "register"}, "JO-AM", {("JO-AM", "2026-Q1")}),
        ({**MIN_MAX}, "JO-AM", PANEL),
        ({**MIN_MAX}, "JO", {("JO", "2026-Q1")}),
        ({"normalise": "register", "missing": {"method": "carried", "periods": 1}}, "JO-AM", {("JO-AM", "2026-Q1"), ("JO-AM", "2026-Q2")}),
        ({"normalise": {"method": "min_max", "scale": [0, 100], "reference_periods": ["2025-Q3", "2025-Q4"]}}, "JO-AM", PANEL),
    ],
)  # fmt: skip
def test_no_more_is_reached_than_may_depend_on_it(rules: dict[str, Any], place: str, expected: set[Key]) -> None:
    assert reached(one_leaf(rules), "X", place, "2026-Q1") == expected
    assert reached(one_leaf(rules), "Z", place, "2026-Q1") == {(place, "2026-Q1")}, "an indicator that it does not read"


def test_a_quarter_of_the_reference_reaches_all_quarters() -> None:
    rules = {"normalise": {"method": "min_max", "scale": [0, 100], "reference_periods": ["2025-Q3", "2025-Q4"]}}
    found = reached(one_leaf(rules), "X", "JO-AM", "2025-Q3")
    assert found == {(place, quarter) for place in [*MEMBERS, "JO"] for quarter in QUARTERS}


def test_only_trees_that_look_further_are_wide() -> None:
    assert is_wide(index_of(DEEP)) and not is_wide(index_of(one_leaf({"normalise": "register"})))
    per_head = {
        "normalise": {"method": "goalposts", "low": 0, "high": 1},
        "scale": [0, 100],
        "denominator": "population",
    }
    assert not is_wide(index_of(one_leaf(per_head))), "a denominator is of the same place"
