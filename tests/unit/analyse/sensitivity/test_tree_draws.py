"""A tree that scores the tracker under draws: as published where nothing is wrong, by plain loops where something is."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from tracker_rounds import BEFORE, NOW, PLACES, index_of, methods_of, round_tables

from idtracker.analyse.sensitivity.derive import round_problem, worked_out
from idtracker.analyse.sensitivity.outcome import drawn
from idtracker.analyse.sensitivity.problem import ERRORS, METHOD
from idtracker.analyse.sensitivity.sample import evaluated, sample_of
from idtracker.analyse.sensitivity.streams import Streams
from idtracker.model.composite.definition import Index

OWN: dict[str, Any] = {
    "I_A": {"normalise": {"method": "goalposts", "low": 0, "high": 40}, "scale": [0, 100], "direction": -1},
    "I_C": {"normalise": {"method": "goalposts", "low": 1, "high": 60}, "scale": [0, 100], "transform": "log"},
    "I_E": {"normalise": {"method": "bins", "edges": [30, 38], "scores": [10, 55, 90]}},
}
FLAT = {"code": "WHOLE", "coverage": 0, "children": ["I_A", "I_B", "I_C", "I_D", "I_E"]}
ROUNDED = {**OWN, "I_A": {**OWN["I_A"], "round": 0}}
INDICES = {
    "rounded": index_of(**ROUNDED),
    "register": index_of(),
    "own": index_of(**OWN),
    "flat": index_of(FLAT, **OWN),
}


def scores_of(tables: Any, period: str = NOW) -> dict[tuple[str, str], float]:
    rows = tables.scores[tables.scores["period"] == period]
    return {
        (n, p): s
        for n, p, s in rows[["node_code", "place_id", "score"]].astype({"score": float}).itertuples(index=False)
    }


@pytest.mark.parametrize("name", INDICES)
@pytest.mark.parametrize("error", [None, 0.0, 3.0])
def test_the_point_is_the_published_score(name: str, error: float | None) -> None:
    methods = methods_of(INDICES[name])
    tables = round_tables(methods, error)
    for period in (NOW, BEFORE):
        problem, _ = round_problem(tables, methods, period)
        published, compared = scores_of(tables, period), 0
        for code, values in evaluated(problem).items():
            for place, value in zip(problem.places, values[0], strict=True):
                assert value == pytest.approx(published[code, place], abs=1e-9, nan_ok=True), (code, place)
                compared += not math.isnan(value)
        assert compared >= (4 if name == "flat" else 16)


@pytest.mark.parametrize("name", INDICES)
def test_without_errors_every_draw_is_the_published_score(name: str) -> None:
    methods = methods_of(INDICES[name])
    tables = round_tables(methods, 0.0)
    problem, _ = round_problem(tables, methods, NOW)
    assert not set(ERRORS) & set(problem.varied())
    found, published = drawn(problem, 50, only=ERRORS), scores_of(tables)
    for at, node in enumerate(problem.nodes):
        expected = np.array([published[node.code, place] for place in problem.places])
        assert np.abs(np.nan_to_num(found.values[at] - expected)).max() < 1e-9
        assert np.array_equal(np.isnan(found.values[at]).all(axis=0), np.isnan(expected))


def _mean(values: list[float], weights: list[float], form: str, floor: float | None, exponent: float) -> float:
    if form == "minimum":
        return min(values)
    held = values if floor is None else [max(v, floor) for v in values]
    share = [w / math.fsum(weights) for w in weights]
    if form == "geometric":
        return math.exp(math.fsum(w * math.log(v) for w, v in zip(share, held, strict=True)))
    power = {"arithmetic": 1.0, "harmonic": -1.0, "power": exponent}[form]
    return float(math.fsum(w * v**power for w, v in zip(share, held, strict=True)) ** (1 / power))


def _scale(leaf: str, value: float) -> float:
    if leaf == "I_A":
        return 100 - 100 * min(1.0, max(0.0, value / 40))
    if leaf == "I_C":
        return 100 * min(1.0, max(0.0, math.log(value) / math.log(60)))
    if leaf == "I_E":
        return 10.0 if value < 30 else 55.0 if value < 38 else 90.0
    return min(100.0, max(0.0, 2 * value))


def test_draws_agree_with_plain_loops() -> None:
    """Values, errors, weights, means and rounding stages of a deep tree, without anything of the package."""
    index = INDICES["own"]
    methods = methods_of(index)
    tables = round_tables(methods)
    problem, _ = round_problem(tables, methods, NOW)
    streams = Streams("loops")
    streams.begin(40)
    sample = sample_of(problem, streams, 40)
    values = evaluated(problem, sample)
    cells = tables.cells[tables.cells["period"] == NOW].set_index(["indicator_id", "place_id"])["value"]
    decimals, compared = {"WHOLE": 1, "WORK": 0}, 0
    for draw in range(40):
        for at, place in enumerate(problem.places):
            known: dict[str, float] = {}
            for n, leaf in enumerate(problem.leaves):
                if (leaf, place) in cells.index:
                    error = float(sample.errors["measurement"][n][draw, at])  # type: ignore[index]
                    error = error if leaf in OWN else error / 2
                    known[leaf] = _scale(leaf, float(cells[leaf, place]) + error)
            for node in problem.nodes:
                if not problem.covered[node.code][at]:
                    continue
                there = [n for n, child in enumerate(node.children) if child in known]
                drawn_weights = sample.weights[node.code][draw] if node.code in sample.weights else node.weights
                form = node.forms[int(sample.forms[node.code][draw])] if node.code in sample.forms else node.forms[0]
                floor = 1.0 if form == "geometric" or node.code == "PEOPLE" else None
                value = _mean(
                    [known[node.children[n]] for n in there], [float(drawn_weights[n]) for n in there], form, floor, 0.5
                )
                if node.code in decimals:
                    factor = 10 ** decimals[node.code]
                    value = math.floor(value * factor + 0.5) / factor
                known[node.code] = value
                assert values[node.code][draw, at] == pytest.approx(value, abs=1e-7), (draw, place, node.code)
                compared += 1
    assert compared > 500


def test_tables_of_a_tree_are_whole() -> None:
    bands = [
        {"classes": [{"label": "low", "low": 0, "high": 45}, {"label": "good", "low": 45, "high": 100}], "round": 0}
    ]
    methods = methods_of(index_of(more={"bands": bands}, **OWN))
    tables = round_tables(methods)
    found = worked_out(tables, methods, NOW, 200)
    scores = found.frames["score_uncertainty"]
    assert set(scores["node_code"]) == {"WHOLE", "PEOPLE", "LOCAL", "WORK", "BORDER"}
    whole = scores[scores["node_code"] == "WHOLE"]
    assert (whole["low"] <= whole["median"]).all() and (whole["low"] < whole["high"]).all()
    assert whole["change"].notna().all() and whole["change_probability"].between(0, 1).all()
    sums = found.frames["band_probability"].groupby(["place_id", "node_code"])["share"].sum()
    assert set(found.frames["band_probability"]["band"]) == {"low", "good"} and np.allclose(sums, 1)
    assert found.not_varied["aggregation of LOCAL"].startswith("harmonic has no alternative")
    assert "aggregation of BORDER" not in found.not_varied, "every aggregation of one child is that child"
    trust = found.frames["score_reliability"]
    assert trust.loc[trust["reliability_index"].isna(), "place_id"].tolist() == ["JO-MA"], "WORK has no value there"
    assert trust["reliability_index"].dropna().between(0, 10).all()


def test_the_interval_is_as_wide_as_the_errors_make_it() -> None:
    """One leaf, a straight line: the quantiles are those of a normal distribution."""
    methods = methods_of(index_of({"code": "WHOLE", "coverage": 0, "children": ["I_A", "I_B", "I_C", "I_D", "I_E"]}))
    tables = round_tables(methods, 2.0)
    problem, _ = round_problem(tables, methods, NOW)
    found = drawn(problem, 20_000, only=ERRORS)
    at = PLACES.index("JO")
    error = math.sqrt(5 * 4.0**2) / 5
    low, high = np.quantile(found.values[-1][:, at], [0.05, 0.95])
    assert high - low == pytest.approx(2 * NormalDist().inv_cdf(0.95) * error, rel=0.03)


def test_a_value_that_a_draw_cannot_take_is_told_and_not_skipped() -> None:
    """A leaf at 0 under a geometric mean: the node does not go on without it. Of a logarithm that is every value up to its goalpost."""
    tree = {"code": "WHOLE", "coverage": 0, "aggregation": "geometric", "children": ["I_A", "I_B", "I_C", "I_D", "I_E"]}
    methods = methods_of(index_of(tree, I_C=OWN["I_C"]))
    tables = round_tables(methods, 3.0, I_C=3.0)
    problem, _ = round_problem(tables, methods, NOW)
    found = drawn(problem, 2_000, only=ERRORS)
    lost = found.lost[-1] / 2_000
    below = NormalDist(3.0, 3.0).cdf(OWN["I_C"]["normalise"]["low"])
    has = np.array([place not in ("JO-MA",) for place in problem.places])
    assert lost[has] == pytest.approx(np.full(has.sum(), below), abs=0.03)
    assert lost[~has].tolist() == [0.0]


def test_choices_of_the_method_alone_leave_the_leaves_as_they_are() -> None:
    methods = methods_of(INDICES["register"])
    problem, _ = round_problem(round_tables(methods), methods, NOW)
    found = drawn(problem, 100, only=METHOD)
    border = [node.code for node in problem.nodes].index("BORDER")
    assert np.ptp(found.values[border], axis=0).max() == 0.0
    assert np.nanmax(np.ptp(found.values[-1], axis=0)) > 1.0


def test_a_leaf_that_counts_twice_errs_in_both_at_once() -> None:
    file = index_of(FLAT, I_A={"shared": True}).model_dump(exclude_unset=True)
    file["indicators"]["AGAIN"] = {"label": "again", "column": "I_A", "normalise": "register", "shared": True}
    file["tree"]["children"] += ({"code": "AGAIN"},)
    methods = methods_of(Index.model_validate(file))
    problem, _ = round_problem(round_tables(methods), methods, NOW)
    streams = Streams("twice")
    streams.begin(10)
    errors = sample_of(problem, streams, 10).errors["measurement"]
    first, second = (errors[problem.leaves.index(leaf)] for leaf in ("I_A", "AGAIN"))
    assert first is not None and second is not None and np.array_equal(first, second)
