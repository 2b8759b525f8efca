"""The reliability index and its parts by hand."""

from __future__ import annotations

import numpy as np
import pytest
from problems import deep

from idtracker.analyse.sensitivity.adapters.trust import weights_below
from idtracker.analyse.sensitivity.reliability import level_of, reliability

NOTHING = np.zeros((1, 4), dtype=bool)


def test_the_index_by_hand() -> None:
    """M = (missing .25 + carried .25), A = mean(1, 0, .5), Q = 1 - mean(.8, .5 ungraded, 1), K = 1/3."""
    found = reliability(
        np.full((1, 4), 0.25),
        np.array([[True, True, True, False]]),
        np.array([[True, False, False, False]]),
        np.array([[2.0, 0.0, 0.5, np.nan]]),
        np.array([[0.8, np.nan, 1.0, np.nan]]),
        np.array([[True, False, False, True]]),
    )
    parts = (0.5, 0.5, 1 - 2.3 / 3, 1 / 3)
    assert [found.missing[0], found.age[0], found.quality[0], found.single[0]] == pytest.approx(parts)
    assert found.index[0] == pytest.approx(10 * (0.4 * 0.5 + 0.3 * 0.5 + 0.2 * parts[2] + 0.1 / 3))
    assert found.ungraded[0] == pytest.approx(1 / 3)


def test_without_any_value_there_is_no_index() -> None:
    found = reliability(np.ones((1, 4)), NOTHING, NOTHING, np.zeros((1, 4)), np.zeros((1, 4)), NOTHING)
    assert np.isnan(found.index[0]) and level_of(found.index[0]) == "NO_VALUE" and found.missing[0] == 1


@pytest.mark.parametrize(
    ("index", "level"),
    [(0, "RELIABLE"), (5, "RELIABLE"), (5.01, "LOW_RELIABILITY"), (7, "LOW_RELIABILITY"), (7.01, "SUPPRESSED")],
)
def test_levels(index: float, level: str) -> None:
    assert level_of(index) == level


def test_what_is_not_expected_shares_its_weight_among_its_siblings() -> None:
    problem = deep(("A",))
    expected = np.array([[False, True, True, True]])  # w is not expected
    assert weights_below(problem, expected)["ROOT"][0] == pytest.approx([0, 0.2, 0.3, 0.5])
