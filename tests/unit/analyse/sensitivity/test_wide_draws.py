"""A tree that looks across places under draws: its panel is normalised anew in each, and gaps take what they were filled from."""

from __future__ import annotations

import math
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from idtracker.analyse.sensitivity.adapters.choices import only_defined
from idtracker.analyse.sensitivity.derive import round_problem, worked_out
from idtracker.analyse.sensitivity.problem import INPUTS, Problem
from idtracker.analyse.sensitivity.sample import evaluated, known_of, sample_of
from idtracker.analyse.sensitivity.streams import Streams
from tests.unit.analyse.index.across_places import (
    DEEP,
    MEMBERS,
    PEOPLE,
    QUARTERS,
    drawn,
    methods_of,
    one_leaf,
    round_of,
)

NOW = QUARTERS[-1]


def problem_of(
    document: dict[str, Any], values: dict[tuple[str, str, str], float], error: float | None = 2.0
) -> Problem:
    found, _ = round_problem(round_of(document, values, error), methods_of(document), NOW)
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("error", [None, 2.0])
def test_the_point_is_the_published_score(seed: int, error: float | None) -> None:
    values = drawn(seed)
    tables = round_of(DEEP, values, error)
    compared = 0
    for period in QUARTERS[-2:]:
        problem, _ = round_problem(tables, methods_of(DEEP), period)
        rows = tables.scores[tables.scores["period"] == period].set_index(["node_code", "place_id"])["score"]
        for code, found in evaluated(problem).items():
            for place, value in zip(problem.places, found[0], strict=True):
                assert value == pytest.approx(float(rows[code, place]), abs=1e-9, nan_ok=True), (code, place)
                compared += not math.isnan(value)
    assert compared > 40


def draws_of(problem: Problem, size: int = 64, only: tuple[str, ...] = INPUTS) -> dict[str, np.ndarray[Any, Any]]:
    streams = Streams("T")
    streams.begin(size)
    return known_of(problem, sample_of(problem, streams, size, only))


def test_each_draw_is_normalised_over_its_own_panel() -> None:
    """Values per head under their errors, by plain loops: the least of a draw is 0, the greatest 100."""
    rules = {
        "denominator": {"column": "population", "per": 1000},
        "normalise": {"method": "min_max", "scale": [0, 100]},
    }
    values = {("X", p, q): 40.0 + 9 * n for n, p in enumerate(MEMBERS) for q in QUARTERS}
    problem = problem_of(one_leaf(rules), values)
    streams = Streams("T")
    streams.begin(64)
    sample = sample_of(problem, streams, 64)
    found = known_of(problem, sample)["X"]
    errors = np.sum([part[0] for part in sample.errors.values() if part[0] is not None], axis=0)
    assert (found != found[0]).any()
    for draw in range(64):
        heads = []
        for place in MEMBERS:
            at = problem.places.index(place)
            value = values["X", place, NOW] * 1000 / PEOPLE[place]
            heads.append(value + float(errors[draw, at]))
        assert heads != sorted(heads)
        for place, x in zip(MEMBERS, heads, strict=True):
            expected = 100 * (x - min(heads)) / (max(heads) - min(heads))
            assert found[draw, problem.places.index(place)] == pytest.approx(expected, abs=1e-9)


def test_the_error_of_a_value_per_head_is_per_head() -> None:
    rules = {"denominator": {"column": "population", "per": 1000}, "normalise": "percentile_rank", "scale": [0, 100]}
    values = {("X", p, q): 40.0 + 9 * n for n, p in enumerate(MEMBERS) for q in QUARTERS}
    problem = problem_of(one_leaf(rules), values, error=3.0)
    size = sum(part.size[:, 0] for part in problem.errors["measurement"])
    told = {place: float(size[problem.places.index(place)]) for place in MEMBERS}
    assert told == pytest.approx({place: 3.0 * 1000 / PEOPLE[place] for place in MEMBERS})


@pytest.mark.parametrize("after", ["denominator", "normalisation"])
def test_a_gap_takes_the_values_that_it_was_filled_from(after: str) -> None:
    rules = {"missing": {"method": "mean", "after": after}, "scale": [0, 100], "normalise": {"method": "min_max"}}
    values = {("X", p, q): 10.0 + 5 * n for n, p in enumerate(MEMBERS) for q in QUARTERS if p != "JO-BA"}
    values |= {("Y", p, q): 50.0 for p in MEMBERS for q in QUARTERS}
    document = one_leaf(rules)
    document["indicators"]["Y"] = {"label": "Y", "normalise": "register"}
    document["tree"] = {"code": "R", "coverage": 0.5, "children": ["X", "Y"]}
    problem = problem_of(document, values, error=None)
    assert "imputation" in problem.varied()
    found = draws_of(problem, 400, ("imputation",))["X"]
    gap = found[:, problem.places.index("JO-BA")]
    steps = [100 * n / 6 for n in range(7) if n != 3]
    taken = set(np.round(gap[~np.isnan(gap)], 6))
    assert taken == set(np.round(steps, 6)), "each of the six that report, and nothing else"
    assert np.isnan(gap).any() == (after == "denominator"), "as before it may stay away where it is filled before"


def test_alternatives_may_look_across_places_where_the_method_does_not() -> None:
    document = one_leaf(
        {"normalise": {"method": "goalposts", "low": 0, "high": 100, "clip": "both"}, "scale": [0, 100]}
    )
    document["alternatives"] = {"normalisation": [{"of": ["X"], "choices": ["percentile_rank"]}]}
    values = {("X", p, q): 10.0 + n * n for n, p in enumerate(MEMBERS) for q in QUARTERS}
    problem, findings = only_defined(problem_of(document, values, error=None))
    found = draws_of(problem, 64, ("normalisation",))["X"]
    ranks = {p: 100 * n / 6 for n, p in enumerate(MEMBERS)}
    for place in MEMBERS:
        told = set(np.round(found[:, problem.places.index(place)], 9))
        assert told == {round(values["X", place, NOW], 9), round(ranks[place], 9)}
    assert not findings


def test_a_whole_round_of_such_a_tree_is_worked_out_and_says_what_it_does_not_draw() -> None:
    document = deepcopy(DEEP)
    document["indicators"]["C"]["missing"] = {"method": "value", "value": 20}
    values = {k: v for k, v in drawn(1).items() if k[:2] != ("C", "JO-AJ")}
    tables = round_of(document, values)
    found = worked_out(tables, methods_of(document), NOW, 200)
    rows = found.frames["score_uncertainty"]
    known = rows[rows["score"].notna()]
    assert (known["low"] <= known["median"]).all() and (known["median"] <= known["high"]).all() and len(known) > 20
    assert {"measurement", "imputation"} <= set(str(rows["varied"].iloc[0]).split(";"))
    assert "JO-AJ" in found.not_varied["imputation of C"]
