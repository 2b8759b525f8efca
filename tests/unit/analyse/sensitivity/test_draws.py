"""Draws: the same bits whatever stands beside, recomputed by loops, and honest where nothing varies or is defined."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from problems import PLACES, deep, linear, names_of

from idtracker.analyse.sensitivity import outcome
from idtracker.analyse.sensitivity.frames import band_rows, rank_rows, sensitivity_rows, uncertainty_rows
from idtracker.analyse.sensitivity.one_at_a_time import changed_one_at_a_time
from idtracker.analyse.sensitivity.outcome import drawn, interval, sensitivity, share_moving_alike
from idtracker.analyse.sensitivity.problem import Errors, Node, Problem
from idtracker.analyse.sensitivity.sample import Sample, evaluated, sample_of
from idtracker.analyse.sensitivity.streams import Streams

BANDS = [("low", 0.0), ("middle", 50.0), ("high", 60.0)]


def test_the_same_bits_with_more_places_and_in_any_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    few = drawn(deep(("B", "D")), 300)
    many = drawn(deep(("A", "B", "C", "D", "E")), 300)
    assert np.array_equal(few.values, many.values[:, :, [1, 3]])
    monkeypatch.setattr(outcome, "CELLS_OF_CHUNK", 37 * 8)
    assert np.array_equal(drawn(deep(("B", "D")), 300).values, few.values)


def test_the_same_bits_in_any_order_of_places() -> None:
    turned = drawn(deep(("D", "B", "A", "C")), 200).values
    assert np.array_equal(turned[:, :, [2, 1, 3, 0]], drawn(deep(PLACES), 200).values)


def _by_loops(problem: Problem, sample: Sample, draw: int, place: int) -> dict[str, float]:
    """One draw of one place, without anything of the package."""
    known = {}
    for at, leaf in enumerate(problem.leaves):
        drawn_error = sample.errors["measurement"][at]
        error = 0.0 if drawn_error is None else float(drawn_error[draw, place])
        known[leaf] = min(100.0, max(0.0, float(problem.values[place, at]) + error))
    for node in problem.nodes:
        weights = list(sample.weights[node.code][draw]) if node.code in sample.weights else list(node.weights)
        form = node.forms[int(sample.forms[node.code][draw]) if node.code in sample.forms else 0]
        total = math.fsum(weights)
        if form == "arithmetic":
            known[node.code] = math.fsum(w * known[c] for w, c in zip(weights, node.children, strict=True)) / total
        else:
            logs = [w * math.log(max(1.0, known[c])) for w, c in zip(weights, node.children, strict=True)]
            known[node.code] = math.exp(math.fsum(logs) / total)
    return known


def test_a_deep_tree_agrees_with_plain_loops() -> None:
    problem, streams = deep(error=30.0), Streams("loops")
    streams.begin(50)
    sample = sample_of(problem, streams, 50)
    values = evaluated(problem, sample)
    for draw in range(50):
        for place in range(len(PLACES)):
            for code, expected in _by_loops(problem, sample, draw, place).items():
                if code in values:
                    assert values[code][draw, place] == pytest.approx(expected, abs=1e-9)


def test_the_interval_of_a_mean_is_the_normal_one() -> None:
    """Within four standard errors of a quantile of 20,000 draws."""
    errors = np.array([[3.0, 1.0, 2.0]])
    problem = linear(np.array([[50.0, 60.0, 40.0]]), errors, (0.5, 0.3, 0.2))
    low, median, high = interval(drawn(problem, 20_000).values[0], 0.90)
    error = float(np.sqrt(((np.array([0.5, 0.3, 0.2]) * errors) ** 2).sum()))
    half, point = NormalDist().inv_cdf(0.95) * error, 51.0
    assert [low[0], median[0], high[0]] == pytest.approx([point - half, point, point + half], abs=4 * error * 2.1 / 141)


def test_ranks_and_bands_add_up_to_one() -> None:
    found = drawn(deep(), 400)
    for rows in (rank_rows(found), band_rows(found, BANDS)):
        assert rows.groupby(["place_id", "node_code"])["share"].sum().to_numpy() == pytest.approx(1.0, abs=1e-12)
    assert set(rank_rows(found)["rank"]) <= {1, 2, 3, 4}


def test_nothing_varied_gives_the_point_and_says_so() -> None:
    still = linear(np.array([[50.0, 60.0], [70.0, 20.0]]), np.zeros((2, 2)), (0.5, 0.5))
    before = replace(still, values=still.values - 1, period="2026-Q2")
    rows = uncertainty_rows(drawn(still, 100, before), 0.9)
    assert rows["low"].tolist() == rows["high"].tolist() == rows["score"].tolist() == [55.0, 45.0]
    assert rows["varied"].isna().all() and rows["change_probability"].isna().all()
    told = sensitivity_rows(still, sensitivity(still))
    assert set(told.loc[told["analysis"] == "NOT_VARIED", "subject"]) == {
        "measurement", "disagreement", "carried", "imputation", "normalisation", "weights", "aggregation",
    }  # fmt: skip
    assert told.loc[told["analysis"] == "NOT_VARIED", "why"].str.len().min() > 0
    assert not (told["analysis"] == "VARIANCE").any()


def test_one_place_alone_has_no_rank() -> None:
    found = drawn(deep(("A",)), 100)
    rows = uncertainty_rows(found, 0.9)
    assert rank_rows(found).empty and rows["rank"].isna().all() and rows["ranked_count"].tolist() == [1] * 4


def test_ties_share_the_better_rank() -> None:
    same = linear(np.array([[50.0], [50.0], [40.0]]), np.zeros((3, 1)), (1.0,))
    assert uncertainty_rows(drawn(same, 100), 0.9)["rank"].tolist() == [1.0, 1.0, 3.0]


def test_places_are_ranked_with_their_like() -> None:
    levels = np.array(["country", "adm1", "adm1", "adm1"], dtype=object)
    rows = uncertainty_rows(drawn(deep(ranked_within=levels), 100), 0.9).query("node_code == 'ROOT'")
    assert rows["ranked_count"].tolist() == [1, 3, 3, 3] and rows["rank"].isna().tolist() == [True] + [False] * 3


@pytest.mark.parametrize("value", [0.0, -5.0])
def test_draws_without_a_geometric_mean_are_counted(value: float) -> None:
    problem = linear(np.array([[value + 10.0, 50.0]]), np.array([[20.0, 0.0]]), (0.5, 0.5))
    node = replace(problem.nodes[0], forms=("geometric",))
    found = drawn(replace(problem, nodes=(node,)), 500)
    lost = int(uncertainty_rows(found, 0.9)["undefined_draws"].iloc[0])
    assert 0 < lost == int(np.isnan(found.values).sum())


def test_a_shared_error_moves_places_together_and_leaves_the_change_of_a_carried_value_at_nothing() -> None:
    names = np.full((4, 4), "one report", dtype=object)
    shared = deep(errors={"measurement": (Errors(np.full((4, 4), 4.0), names),)})
    streams = Streams("shared")
    streams.begin(40)
    drawn_errors = sample_of(shared, streams, 40).errors["measurement"]
    assert all(part is not None and np.ptp(part, axis=1).max() == 0 for part in drawn_errors)
    found = drawn(shared, 200, replace(shared, period="2026-Q2"))
    assert found.before is not None and np.array_equal(found.before, found.values)
    assert np.isnan(share_moving_alike(found.before[-1], found.values[-1], found.point[-1] - found.point[-1])).all()


def test_a_change_is_as_probable_as_its_errors_say() -> None:
    now = linear(np.array([[52.0]]), np.array([[1.0]]), (1.0,))
    before = replace(
        now,
        values=np.array([[50.0]]),
        errors={"measurement": (Errors(np.array([[1.0]]), names_of(("P0",), ("before",))),)},
    )
    found = drawn(now, 20_000, before)
    share = uncertainty_rows(found, 0.9)["change_probability"].iloc[0]
    assert share == pytest.approx(NormalDist().cdf(2 / math.sqrt(2)), abs=0.01)


def test_drawn_weights_keep_their_sum_and_centre() -> None:
    streams = Streams("weights")
    streams.begin(20_000)
    problem = deep()
    weights = sample_of(problem, streams, 20_000).weights
    assert set(weights) == {"INNER", "ONE", "ROOT"}
    assert weights["INNER"].sum(axis=1) == pytest.approx(3.0, abs=1e-12)
    assert weights["INNER"].mean(axis=0) == pytest.approx([2.0, 1.0], abs=0.01)
    assert weights["ROOT"].std(axis=0) == pytest.approx([0.1, 0.1], abs=0.002)


def test_one_change_at_a_time() -> None:
    problem = deep(("A", "B"))
    found = {(c.change, c.subject): c for c in changed_one_at_a_time(problem)}
    assert {subject for change, subject in found if change == "DROP_ONE"} == {"w", "x", "y", "z"}
    assert {subject for change, subject in found if change == "SWAP_WEIGHTS"} == {"w and x", "INNER and y"}
    assert ("SWAP_AGGREGATION", "ROOT arithmetic") in found
    swapped = {subject.split()[0] for change, subject in found if change == "SWAP_AGGREGATION"}
    assert swapped == {"INNER", "ONE", "ROOT"}, "TWO has one child: every aggregation of it is that child"
    without = replace(problem, values=np.where(np.array([True, False, False, False]), np.nan, problem.values))
    stated, other = (evaluated(p)["ROOT"][0] for p in (problem, without))
    assert found["DROP_ONE", "w"].score == pytest.approx(other - stated, abs=1e-12)


def test_a_sum_keeps_its_size_under_drawn_weights() -> None:
    """The other aggregations are those of the index engine; a sum is the weighted mean times the sum of the weights."""
    node = Node("ROOT", ("x0", "x1"), (1.0, 1.0), ("sum",))
    problem = replace(linear(np.array([[30.0, 30.0]]), np.zeros((1, 2)), (1.0, 1.0)), nodes=(node,))
    assert drawn(problem, 50).values == pytest.approx(60.0, abs=1e-9)
