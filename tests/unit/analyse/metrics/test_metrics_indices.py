"""Formulas against vectors worked by hand."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from idtracker.analyse.metrics.indices import (
    constraint,
    degree_centralisation,
    density,
    effective_number,
    ei_index,
    expected_ei,
    waiting_time,
)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([60, 20, 10, 10], 1 / 0.42),
        ([1, 1, 1], 3.0),
        ([40, 30, 10, 10, 10], 1 / 0.28),
        ([7], 1.0),
        ([], None),
        ([0], None),
    ],
)
def test_effective_number(counts: list[float], expected: float | None) -> None:
    assert effective_number(counts) == (None if expected is None else pytest.approx(expected))


def test_ei_of_groups_of_three_and_two() -> None:
    observed, expected = ei_index(1, 3), expected_ei([3, 2])
    assert observed == -0.5
    assert expected == pytest.approx(0.2)
    assert observed - expected == pytest.approx(-0.7)


def test_ei_without_ties_is_undefined_not_zero() -> None:
    assert ei_index(0, 0) is None
    assert expected_ei([1]) is None
    assert expected_ei([]) is None
    assert expected_ei([1, 1, 1]) == 1.0
    assert expected_ei([4]) == -1.0


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        ([4, 1, 1, 1, 1], 1.0),
        ([2, 2, 2, 2, 2], 0.0),
        ([4, 4, 4, 4, 4], 0.0),
        ([1, 1], None),
        ([], None),
        ([0, 0, 0], None),
    ],
    ids=["star", "ring", "complete", "two", "nobody", "no ties"],
)
def test_degree_centralisation(degrees: list[int], expected: float | None) -> None:
    assert degree_centralisation(degrees) == expected


def test_density() -> None:
    assert density(3, 4) == 0.5
    assert density(0, 1) is None


@pytest.mark.parametrize(
    ("days", "is_ended", "still_waiting", "expected"),
    [
        ([5, 10, 20, 30, 89], [1, 1, 0, 1, 0], 0.5, 30.0),  # S: 0.8, 0.6, then 0.3 at 30
        ([5, 10, 20, 30, 89], [1, 1, 0, 1, 0], 0.1, None),
        ([1, 2, 3, 4], [1, 1, 1, 1], 0.5, 2.0),  # S(2) is exactly one half
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1] * 10, 0.1, 9.0),
        ([3, 3, 3], [1, 1, 0], 0.5, 3.0),  # censored on the day of an event is still at risk: S = 1/3
        ([3, 4], [0, 0], 0.5, None),
    ],
)
def test_waiting_time(days: list[int], is_ended: list[int], still_waiting: float, expected: float | None) -> None:
    found = waiting_time(np.array(days, dtype="float64"), np.array(is_ended, dtype=bool), still_waiting)
    assert found == expected


@given(
    waits=st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=30),
    still_waiting=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9]),
)
def test_waiting_time_is_that_of_scipy(waits: list[tuple[int, bool]], still_waiting: float) -> None:
    days, is_ended = np.array([d for d, _ in waits], dtype="float64"), np.array([e for _, e in waits], dtype=bool)
    expected = None
    if is_ended.any():
        waiting = ecdf(CensoredData(uncensored=days[is_ended], right=days[~is_ended])).sf
        reached = np.flatnonzero(np.asarray(waiting.probabilities) <= still_waiting + 1e-12)
        expected = float(waiting.quantiles[reached[0]]) if len(reached) else None
    assert waiting_time(days, is_ended, still_waiting) == expected


@given(
    weights=st.dictionaries(
        st.tuples(st.integers(0, 60), st.integers(0, 60)).filter(lambda pair: pair[0] < pair[1]),
        st.integers(1, 9),
        min_size=1,
        max_size=80,
    )
)
def test_constraint_is_that_of_networkx(weights: dict[tuple[int, int], int]) -> None:
    net = nx.Graph()
    net.add_weighted_edges_from((a, b, weight) for (a, b), weight in weights.items())
    ties = {v: {w: tie["weight"] for w, tie in near.items()} for v, near in net.adjacency()}
    assert {v: constraint(ties, v) for v in ties} == nx.constraint(net, nodes=[*ties], weight="weight")
