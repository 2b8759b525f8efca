"""Trees with weights from the data and nodes that are normalised again under draws: each draw weighs and normalises anew."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from idtracker.analyse.sensitivity.aligned import aligned_to
from idtracker.analyse.sensitivity.derive import round_problem, worked_out
from idtracker.analyse.sensitivity.outcome import drawn as draws_of_round
from idtracker.analyse.sensitivity.problem import Problem
from idtracker.analyse.sensitivity.sample import evaluated, known_of, sample_of
from idtracker.analyse.sensitivity.streams import Streams
from tests.unit.analyse.index.across_places import MEMBERS, PEOPLE, QUARTERS, drawn, methods_of, round_of
from tests.unit.analyse.index.nodes.node_oracle import NodeOracle
from tests.unit.analyse.index.nodes.wide_nodes import WIDE, Z_SCORE, two_nodes

NOW = QUARTERS[-1]
Values = dict[tuple[str, str, str], float]


def problem_of(document: dict[str, Any], values: Values, error: float | None = 2.0) -> Problem:
    return round_problem(round_of(document, values, error), methods_of(document), NOW)[0]


def whole(seed: int = 4, names: str = "ACDE") -> Values:
    draw = np.random.Generator(np.random.PCG64(seed))
    return {(n, p, q): float(draw.uniform(30, 70)) for n in names for p in [*MEMBERS, "JO"] for q in QUARTERS}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("error", [None, 2.0])
def test_the_point_is_the_published_score(seed: int, error: float | None) -> None:
    tables = round_of(WIDE, drawn(seed), error)
    compared = 0
    for period in QUARTERS[-2:]:
        problem, _ = round_problem(tables, methods_of(WIDE), period)
        rows = tables.scores[tables.scores["period"] == period].set_index(["node_code", "place_id"])["score"]
        for code, found in evaluated(problem).items():
            for place, value in zip(problem.places, found[0], strict=True):
                assert value == pytest.approx(float(rows[code, place]), abs=1e-9, nan_ok=True), (code, place)
                compared += not math.isnan(value)
    assert compared > 40


@pytest.mark.parametrize("weights", ["principal_component", "inverse_standard_deviation"])
@pytest.mark.parametrize("way", [None, Z_SCORE, {"method": "percentile_rank", "ties": "average", "scale": [0, 100]}])
def test_each_draw_weighs_and_normalises_by_its_own_values(weights: str, way: dict[str, Any] | None) -> None:
    """By the plain loops on the values of each draw."""
    document = two_nodes("ACD", weights=weights, **({"normalise": way} if way else {}))
    problem = problem_of(document, whole())
    streams = Streams("T")
    streams.begin(12)
    found = known_of(problem, sample_of(problem, streams, 12, ("measurement",)))
    seen = set()
    for draw in range(12):
        values = {
            (leaf, place, NOW): float(found[leaf][draw, n]) for leaf in problem.leaves for n, place in enumerate(problem.places)
        }  # fmt: skip
        told = NodeOracle(document, values, MEMBERS, "JO", QUARTERS, PEOPLE)
        scores = told.scores(NOW)
        seen.add(tuple(told.weights["X", NOW] or ()))
        for code in ("X", "R"):
            for n, place in enumerate(problem.places):
                assert found[code][draw, n] == pytest.approx(scores[place, code][0], abs=2e-9)
    assert len(seen) == 12, "weights differ from draw to draw"


def test_a_round_is_the_same_to_the_bit_each_time_and_says_what_was_not_varied() -> None:
    tables, methods = round_of(WIDE, drawn(2)), methods_of(WIDE)
    once, again = (worked_out(tables, methods, NOW, 64) for _ in range(2))
    for name, frame in once.frames.items():
        assert len(frame) and frame.equals(again.frames[name]), name
    for node in ("LOCAL", "PEOPLE"):
        assert "worked out of the values of each draw" in once.not_varied[f"weights of {node}"]
    subjects = once.frames["sensitivity"].query("analysis == 'SWAP_WEIGHTS'")["subject"]
    assert {"LOCAL with equal weights", "PEOPLE with equal weights"} <= set(subjects)
    assert not [s for s in subjects if " and " in s and s.split(" and ")[0] in "ABC"], (
        "weights from the data are not swapped"
    )


def test_a_dropped_indicator_leaves_its_weight_to_the_others() -> None:
    document, values = two_nodes("ACD", weights="inverse_standard_deviation"), whole()
    problem = problem_of(document, values)
    at = problem.leaves.index("D")
    without = problem.values.copy()
    without[:, at] = np.nan
    found = evaluated(replace(problem, values=without))["X"][0]
    other = two_nodes("AC", weights="inverse_standard_deviation")
    told = NodeOracle(other, values, MEMBERS, "JO", QUARTERS, PEOPLE).scores(NOW)
    for n, place in enumerate(problem.places):
        assert found[n] == pytest.approx(told[place, "X"][0], abs=1e-9)


def test_reliability_weighs_by_the_weights_of_the_scores() -> None:
    """D is carried nowhere and missing in the country: what it lacks counts by its weight from the data."""
    document = two_nodes("ACD", weights="inverse_standard_deviation")
    values = whole()
    del values["D", "JO", NOW]
    tables = round_of(document, values)
    found = worked_out(tables, methods_of(document), NOW, 16).frames["score_reliability"]
    row = found[(found["node_code"] == "X") & (found["place_id"] == "JO")].iloc[0]
    told = NodeOracle(document, values, MEMBERS, "JO", QUARTERS, PEOPLE)
    told.scores(NOW)
    weights = told.weights["X", NOW]
    assert weights is not None and row["missing"] == pytest.approx(weights[2], abs=1e-9)
    assert abs(weights[2] - 1 / 3) > 0.01


def test_a_round_with_other_places_is_held_against_this_one_place_by_place() -> None:
    """The round before lacks a place, which stands first in the order: its panel is still its own."""
    document = two_nodes("ACD", weights="inverse_standard_deviation", normalise=Z_SCORE)
    problem = problem_of(document, whole())
    values = {key: v for key, v in whole(5).items() if key[1] != "JO-AJ"}
    tables = round_of(document, values)
    tables = replace(tables, scores=tables.scores[tables.scores["place_id"] != "JO-AJ"])
    before = round_problem(tables, methods_of(document), NOW)[0]
    assert len(before.places) == len(problem.places) - 1
    one, other = evaluated(before), evaluated(aligned_to(before, problem))
    for code in ("X", "R"):
        for n, place in enumerate(problem.places):
            value = other[code][0, n]
            if place == "JO-AJ":
                assert math.isnan(value)
            else:
                assert value == one[code][0, before.places.index(place)] and not math.isnan(value)
    assert draws_of_round(problem, 16, before).before is not None
