"""A tree of any depth scores the tracker: as the two-level method where it says the same, as the oracle where it is deeper."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from idtracker.analyse.index.nodes import errors_of
from idtracker.analyse.index.score import score_states
from idtracker.analyse.index.tree import tree_states
from idtracker.analyse.merge.quarters import grid
from idtracker.model.composite.definition import Index
from tests.support.index_oracle import nodes_of

HEAD = {"method_version": "T-1", "title": "test", "source": "none", "defaults": {"weights": "relative"}}
QUARTERS = ["2026-Q1", "2026-Q2"]
NAMES = ["BSF1_A", "BSF1_B", "BSF2_A", "BSF2_B", "BSF3_A"]


def tree_index(tree: dict[str, Any], names: list[str] = NAMES, **rules: Any) -> Index:
    labelled = {name: {"label": name, "normalise": "register", **rules.get(name, {})} for name in names}
    return Index.model_validate({**HEAD, "indicators": labelled, "tree": tree})


@pytest.fixture
def made(cells, indicators, places):
    """Cells of five indicators in two places and quarters, with gaps, and the places and quarters to score."""
    rows = [
        {
            "indicator_id": name, "place_id": place, "period": quarter, "score": 20.0 + 13 * n + 3 * at,
            "score_error": None if n == 3 else 2.0 + n, "is_carried": n == 1,
        }
        for n, name in enumerate(NAMES)
        for at, (place, quarter) in enumerate((p, q) for p in ("JO", "JO-AM") for q in QUARTERS)
        if (n, at) not in ((0, 1), (2, 3), (3, 3))
    ]  # fmt: skip
    wanted = places[["place_id"]].merge(grid(QUARTERS)[["period"]], how="cross")
    return cells(rows), indicators(**{name: {} for name in NAMES}), places, wanted


def test_a_tree_that_says_what_the_two_level_method_says_scores_the_same(made, method):
    frame, indicator, places, wanted = made
    children = [
        {"code": code, "weight": 0.2, "children": [n for n in NAMES if n.startswith(code)]}
        for code in ("BSF1", "BSF2", "BSF3")
    ]
    index = tree_index({"code": "STABILITY", "aggregation": "geometric", "floor": 1.0, "children": children})
    three = {c: d.model_copy(update={"weight": 1 / 3}) for c, d in method.dimensions.items() if c[-1] in "123"}
    alike = method.model_copy(update={"dimensions": three})
    old = score_states(frame, indicator, places, alike, wanted).set_index(["place_id", "period", "node_code"])
    new = tree_states(frame, indicator, places, index, alike, wanted).set_index(["place_id", "period", "node_code"])
    new = new.loc[old.index]
    same = ["score", "score_alternative", "completeness", "carried_share", "indicator_count", "expected_count"]
    same += ["error_coverage", "error_estimated", "error_assumed", "band", "band_scheme", "aggregation"]
    pd.testing.assert_frame_equal(old[same], new[same], rtol=0, atol=2e-9, check_dtype=False)
    assert (new["high"] - new["low"] >= old["high"] - old["low"] - 1e-9)[old["low"].notna()].all()
    dimensions = [code != "STABILITY" for *_, code in old.index]
    pd.testing.assert_series_equal(old["error"][dimensions], new["error"][dimensions], rtol=1e-12)


DEEP = {
    "code": "WHOLE", "aggregation": "power", "exponent": 0.5, "coverage": 0.5,
    "children": [
        {"code": "PEOPLE", "weight": 0.7, "aggregation": "geometric", "floor": 1.0, "coverage": 0.3, "children": [
            {"code": "LOCAL", "weight": 2, "aggregation": "harmonic", "coverage": 0.5, "children": ["BSF1_A", "BSF1_B"]},
            {"code": "WORK", "weight": 1, "aggregation": "arithmetic", "coverage": 0.5, "children": ["BSF2_A", "BSF2_B"]},
        ]},
        {"code": "BORDER", "weight": 0.3, "aggregation": "minimum", "coverage": 1.0, "children": ["BSF3_A"]},
    ],
}  # fmt: skip


def test_a_three_level_tree_scores_as_the_independent_recomputation(made, method):
    frame, indicator, places, wanted = made
    found = tree_states(frame, indicator, places, tree_index(DEEP), method, wanted)
    scores = {
        (p, q, n): s for p, q, n, s in found[["place_id", "period", "node_code", "score"]].itertuples(index=False)
    }
    known = frame.set_index(["indicator_id", "place_id", "period"])["score"].to_dict()
    units = list(wanted.itertuples(index=False, name=None))
    data = {name: [known.get((name, *unit)) for unit in units] for name in NAMES}
    plain = {name: {"normalise": {"method": "goalposts", "low": 0, "high": 100, "scale": [0, 100]}} for name in NAMES}
    again = nodes_of({"indicators": plain, "tree": DEEP}, data)
    compared = 0
    for code in ("WHOLE", "PEOPLE", "LOCAL", "WORK", "BORDER"):
        for unit, expected in zip(units, again[code], strict=True):
            score = scores[(*unit, code)]
            assert (expected is None and math.isnan(score)) or score == pytest.approx(expected, abs=1e-8)
            compared += expected is not None
    assert compared > 15


def test_a_leaf_with_a_rule_of_its_own_reads_the_value_and_its_error(cells, indicators, places, method):
    frame = cells([{"indicator_id": "BSF1_A", "value": 30.0, "standard_error": 4.0, "score": 70.0, "score_error": 1.0}])
    own = {"normalise": {"method": "goalposts", "low": 0, "high": 40}, "scale": [0, 100], "direction": -1}
    index = tree_index({"code": "R", "children": ["BSF1_A"]}, ["BSF1_A"], BSF1_A=own)
    wanted = pd.DataFrame({"place_id": ["JO-AM"], "period": ["2026-Q2"]})
    row = tree_states(frame, indicators(BSF1_A={}), places, index, method, wanted).iloc[0]
    assert row["score"] == pytest.approx(25.0)
    assert row["error"] == pytest.approx(10.0)


def test_a_leaf_is_rounded_as_it_says_and_its_error_is_not(cells, indicators, places, method):
    frame = cells([{"indicator_id": "BSF1_A", "value": 17.0, "standard_error": 0.1, "score": 70.0, "score_error": 1.0}])
    own = {"normalise": {"method": "goalposts", "low": 0, "high": 40}, "scale": [0, 100], "round": -1}
    index = tree_index({"code": "R", "children": ["BSF1_A"]}, ["BSF1_A"], BSF1_A=own)
    wanted = pd.DataFrame({"place_id": ["JO-AM"], "period": ["2026-Q2"]})
    row = tree_states(frame, indicators(BSF1_A={}), places, index, method, wanted).iloc[0]
    assert (row["score"], row["error"]) == (40.0, pytest.approx(0.25))


@pytest.mark.parametrize("aggregation", ["geometric", "harmonic", "minimum", "mazziotta_pareto"])
def test_an_error_is_no_less_than_a_small_step_says(aggregation):
    """By a gradient of tiny steps (delta method), where the aggregation bends."""
    tree = tree_index({"code": "R", "aggregation": aggregation, "children": ["A", "B"]}, ["A", "B"]).hierarchy
    x = {"A": np.array([40.0, 2.0, 50.0]), "B": np.array([60.0, 90.0, 50.5])}
    one = {"A": np.full(3, 5.0), "B": np.full(3, 5.0)}
    tiny = {code: np.full(3, 1e-4) for code in x}
    together = {"A": "A", "B": "B"}
    wide, delta = errors_of(tree, x, one, together)["R"], errors_of(tree, x, tiny, together)["R"] * 5e4
    assert (wide >= delta * (1 - 1e-6)).all()


def test_an_indicator_that_counts_in_two_places_errs_in_both_at_once():
    tree = tree_index({"code": "R", "children": ["A", "B"]}, ["A", "B"]).hierarchy
    x = {"A": np.array([40.0]), "B": np.array([40.0])}
    error = {"A": np.array([5.0]), "B": np.array([5.0])}
    assert errors_of(tree, x, error, {"A": "A", "B": "B"})["R"] == pytest.approx(5 / math.sqrt(2))
    assert errors_of(tree, x, error, {"A": "A", "B": "A"})["R"] == pytest.approx(5)
