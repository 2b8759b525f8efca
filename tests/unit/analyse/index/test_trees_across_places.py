"""Trees that divide, treat, fill and look across places: as the recomputation in plain loops, and honest about what they filled in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from idtracker.analyse.index.tree import tree_leaves, tree_states
from tests.support.panel_oracle import PanelOracle
from tests.unit.analyse.index.across_places import (
    DEEP,
    MEMBERS,
    NAMES,
    PEOPLE,
    QUARTERS,
    drawn,
    index_of,
    one_leaf,
    places,
    wanted_of,
)


@pytest.fixture(scope="module")
def scored(cells, indicators, method):
    """Scores of values by a document."""

    def build(
        document: dict[str, Any], values: dict[tuple[str, str, str], float], quarters: list[str] = QUARTERS[-1:],
        error: float | None = 2.0, place: pd.DataFrame | None = None, wanted: pd.DataFrame | None = None, **more: Any,
    ) -> pd.DataFrame:  # fmt: skip
        rows = [
            {"indicator_id": i, "place_id": p, "period": q, "value": v, "score": min(100.0, v), "standard_error": error, "score_error": error}
            for (i, p, q), v in values.items()
        ]  # fmt: skip
        names = {i: {"dimension_code": "BSF1"} for i, _, _ in values}
        where = places() if place is None else place
        asked = wanted_of(quarters) if wanted is None else wanted
        return tree_states(cells(rows), indicators(**names), where, index_of(document), method, asked)

    return build


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_deep_tree_scores_as_the_plain_loops(scored, seed):
    values = drawn(seed)
    found = scored(DEEP, values).set_index(["place_id", "node_code"])
    known = {key: min(100.0, v) if key[0] == "E" else v for key, v in values.items()}
    told = PanelOracle(DEEP, known, MEMBERS, "JO", QUARTERS, PEOPLE).scores(QUARTERS[-1])
    assert len(told) == len(found) == 8 * 5
    for key, (score, complete) in told.items():
        row = found.loc[key]
        assert (score is None and math.isnan(row["score"])) or row["score"] == pytest.approx(score, abs=1e-9), key
        assert row["completeness"] == pytest.approx(complete, abs=1e-9), key
    assert found["score"].notna().sum() > 25


def test_some_places_are_scored_as_all_are(scored):
    """Cells of the whole panel are at hand, and scores of a few places are asked for: nothing about them changes."""
    values = drawn(2)
    whole = scored(DEEP, values, QUARTERS[-2:])
    some = pd.DataFrame({"place_id": ["JO-KA", "JO-AM"], "period": QUARTERS[-2:]})
    part = scored(DEEP, values, wanted=some)
    keys = ["place_id", "period", "node_code"]
    both = part.merge(whole, on=keys, suffixes=("", "_whole"))
    assert len(both) == len(part) == 10 and both["score"].notna().sum() >= 8
    for name in (
        "score",
        "low",
        "high",
        "completeness",
        "imputed_share",
        "recorded_from",
        "classification",
        "releasable_to",
    ):
        pd.testing.assert_series_equal(both[name], both[f"{name}_whole"], check_names=False)


MIN_MAX = {"normalise": {"method": "min_max", "scale": [0, 100]}}


def test_per_head_is_place_local_and_a_place_without_people_has_no_value(scored):
    rules = {"denominator": {"column": "population", "per": 1000}, "scale": [0, 100],
             "normalise": {"method": "goalposts", "low": 0, "high": 2, "clip": "both"}}  # fmt: skip
    values = {("X", place, QUARTERS[-1]): 100.0 for place in [*MEMBERS, "JO"]}
    where = places(**{"JO-KA": None})
    found = scored(one_leaf(rules), values, place=where).set_index("place_id")
    assert found.at["JO-AJ", "score"] == pytest.approx(100 * (100 * 1000 / 180_000) / 2)
    half = found.at["JO-AJ", "high"] - found.at["JO-AJ", "score"]
    assert half == pytest.approx(1.6448536 * 100 * (2 * 1000 / 180_000) / 2, rel=1e-4), "the error is per head too"
    assert math.isnan(found.at["JO-KA", "score"]) and math.isnan(found.at["JO", "score"])
    assert not math.isnan(scored(one_leaf(rules), values).set_index("place_id").at["JO", "score"])


def told(cells, indicators, method, document, values, place=None, error=2.0):
    rows = [
        {"indicator_id": i, "place_id": p, "period": q, "value": v, "standard_error": error}
        for (i, p, q), v in values.items()
    ]
    states, _ = tree_leaves(
        cells(rows), indicators(X={"dimension_code": "BSF1"}), places() if place is None else place, index_of(document), method, wanted_of(QUARTERS[-1:])
    )  # fmt: skip
    return states.leaves()


@pytest.mark.parametrize(
    ("rules", "values", "rule", "sentence"),
    [
        (MIN_MAX, [5.0] * 7, "places-equal", "X in 2026-Q2 is the same in all places: min max"),
        (MIN_MAX, [5.0, *[None] * 6], "too-few-places", "X in 2026-Q2: 1 places have a value, and min max needs 2"),
        ({"normalise": {"method": "z_score", "mean": 50, "sd": 10, "clip": [0, 100]}}, [5.0, *[None] * 6], "too-few-places", "z score needs 2"),
        ({"normalise": "percentile_rank", "scale": [0, 100]}, [5.0] * 7, "places-equal", "percentile rank"),
        ({**MIN_MAX, "transform": "log"}, [0.0, *map(float, range(1, 7))], "at-the-end", "X of JO-AJ in 2026-Q2 is 0, of which log is not defined"),
        ({**MIN_MAX, "treatment": {"steps": ["log"]}}, [-2.0, *map(float, range(1, 7))], "at-the-end", "its treatment is not defined"),
        ({**MIN_MAX, "denominator": "population"}, [1.0] * 7, "no-denominator", "X of JO-KA in 2026-Q2 is per population"),
        ({"normalise": {"method": "distance_to_reference", "unit": "JO-XX", "factor": 50}}, [*map(float, range(1, 8))], "no-reference", "JO-XX"),
        ({**MIN_MAX, "missing": {"method": "group_mean", "groups": {"n": ["JO-AJ"]}}}, [None, *map(float, range(1, 7))], "not-imputed", "X of JO-AJ in 2026-Q2"),
    ],
)  # fmt: skip
def test_what_the_values_do_not_allow_is_told(cells, indicators, method, rules, values, rule, sentence):
    known = {("X", p, QUARTERS[-1]): v for p, v in zip(MEMBERS, values, strict=True) if v is not None}
    found = told(cells, indicators, method, one_leaf(rules), known, places(**{"JO-KA": None}))
    own = [f for f in found.findings if f.rule == rule]
    assert own and sentence in own[0].message and own[0].remedy
    if rule in ("places-equal", "too-few-places", "no-reference"):
        assert np.isnan(found.values["X"]).all()
    if rule == "at-the-end":
        assert found.values["X"][1] == 0.0 and found.errors["X"][1] == 100.0, (
            "the end of the scale, and anything may be"
        )


def test_the_best_place_is_no_surer_than_one_in_the_middle(scored):
    values = {("X", p, QUARTERS[-1]): 10.0 * n for n, p in enumerate(MEMBERS)}
    found = scored(one_leaf(MIN_MAX), values).set_index("place_id")
    width = found["error"].loc[MEMBERS]
    assert width.min() == pytest.approx(width["JO-AM"], rel=0.5) and width["JO-MA"] > 0
    assert width["JO-MA"] >= 100 * 2 / 60 - 1e-9, "its own step against the others as they stand"


def test_the_error_of_a_min_max_is_what_small_draws_say_or_more(scored):
    """By 4,000 draws of all values; moves are added in squares, as if the scale did not bend."""
    values = {("X", p, QUARTERS[-1]): 10.0 * n + 3 * (n % 2) for n, p in enumerate(MEMBERS)}
    found = scored(one_leaf(MIN_MAX), values, error=0.5).set_index("place_id")["error"].loc[MEMBERS].to_numpy()
    draw = np.random.Generator(np.random.PCG64(5))
    x = np.array(list(values.values())) + 0.5 * draw.standard_normal((4000, 7))
    low, high = x.min(axis=1, keepdims=True), x.max(axis=1, keepdims=True)
    spread = (100 * (x - low) / (high - low)).std(axis=0)
    assert (found >= spread * 0.95).all() and (found[1:-1] <= spread[1:-1] * 1.1).all()


def test_the_error_of_a_rank_is_that_of_draws(scored):
    values = {("X", p, QUARTERS[-1]): v for p, v in zip(MEMBERS, [1.0, 2.0, 2.5, 6.0, 9.0, 9.5, 20.0], strict=True)}
    rules = {"normalise": "percentile_rank", "scale": [0, 100]}
    found = scored(one_leaf(rules), values, error=0.8).set_index("place_id")["error"].loc[MEMBERS].to_numpy()
    draw = np.random.Generator(np.random.PCG64(6))
    x = np.array(list(values.values())) + 0.8 * draw.standard_normal((40_000, 7))
    ranks = (x[:, :, None] > x[:, None, :]).sum(axis=2) / 6 * 100
    assert found == pytest.approx(ranks.std(axis=0), abs=0.15)


FILLED = ["mean", "median", {"method": "neighbours", "neighbours": 3}, {"method": "value", "value": 20},
          {"method": "mean", "after": "normalisation"}]  # fmt: skip


@pytest.mark.parametrize("missing", FILLED)
def test_a_filled_value_is_less_sure_than_any_and_is_not_covered(scored, missing):
    values = {("X", p, QUARTERS[-1]): 10.0 * n + n * n for n, p in enumerate(MEMBERS) if p != "JO-BA"}
    values |= {("Y", p, QUARTERS[-1]): 50.0 + n for n, p in enumerate(MEMBERS)}
    document = one_leaf({**MIN_MAX, "missing": missing})
    document["indicators"]["Y"] = {"label": "Y", "normalise": "register"}
    document["tree"] = {"code": "R", "coverage": 0.5, "children": ["X", "Y"]}
    found = scored(document, values).set_index("place_id").loc[MEMBERS]
    others = found.drop("JO-BA")
    assert found.at["JO-BA", "error"] > others["error"].max(), "never exact, and wider than any that was reported"
    assert (found.at["JO-BA", "completeness"], found.at["JO-BA", "imputed_share"]) == (0.5, 0.5)
    assert found.at["JO-BA", "indicator_count"] == 1 and (others["imputed_share"] == 0).all()
    assert found.at["JO-BA", "error_assumed"] == pytest.approx(0.5)
    alone = scored({**document, "tree": {"code": "R", "coverage": 0.6, "children": ["X", "Y"]}}, values)
    assert math.isnan(alone.set_index("place_id").at["JO-BA", "score"]), "coverage asks for what was reported"


def test_a_value_carried_by_the_tree_grows_less_sure_and_counts_as_carried(scored, method):
    values = {("X", p, q): 50.0 for p in MEMBERS for q in QUARTERS[:2]}
    values |= {("X", "JO-AJ", QUARTERS[3]): 50.0}
    rules = {"missing": {"method": "carried", "periods": 2}, "normalise": "register"}
    document = {**one_leaf(rules), "defaults": {"coverage": 0.0}}
    document["indicators"]["Y"] = {"label": "Y", "normalise": "register"}
    document["tree"] = {"code": "R", "children": ["X", "Y"]}
    values |= {("Y", p, q): 50.0 for p in MEMBERS for q in QUARTERS}
    found = scored(document, values, QUARTERS[2:]).set_index(["place_id", "period"])
    drift = method.uncertainty.assumed.drift
    for quarters, period in ((1, QUARTERS[2]), (2, QUARTERS[3])):
        row = found.loc[("JO-AM", period)]
        assert row["error"] == pytest.approx(math.sqrt((4 + quarters * drift**2) / 4 + 1))
        assert (row["carried_share"], row["imputed_share"], row["completeness"]) == (0.5, 0.0, 0.5)
    assert found.loc[("JO-AJ", QUARTERS[3]), "carried_share"] == 0


def test_a_score_is_marked_as_all_cells_that_it_rests_on(cells, indicators, method):
    rows = [
        {"indicator_id": "X", "place_id": p, "period": QUARTERS[-1], "value": 10.0 * n, "recorded_from": f"2026-07-{10 + n}",
         "classification": "OFFICIAL-SENSITIVE" if p == "JO-MA" else "OFFICIAL", "releasable_to": "HMG" if p == "JO-AJ" else "HMG;JOR"}
        for n, p in enumerate(MEMBERS)
    ]  # fmt: skip
    wanted = pd.DataFrame({"place_id": ["JO-AM"], "period": QUARTERS[-1:]})
    row = tree_states(
        cells(rows), indicators(X={"dimension_code": "BSF1"}), places(), index_of(one_leaf(MIN_MAX)), method, wanted
    ).iloc[0]
    assert (row["classification"], row["releasable_to"]) == ("OFFICIAL-SENSITIVE", "HMG")
    assert str(row["recorded_from"])[:10] == "2026-07-16"


def test_names_of_the_programme_are_those_of_its_tree():
    assert list(DEEP["indicators"]) == NAMES
