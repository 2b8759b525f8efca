"""Formulas against vectors worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from idtracker.analyse.metrics.indices import (
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
    [([4, 1, 1, 1, 1], 1.0), ([2, 2, 2, 2, 2], 0.0), ([4, 4, 4, 4, 4], 0.0), ([1, 1], None), ([], None)],
    ids=["star", "ring", "complete", "two", "nobody"],
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
