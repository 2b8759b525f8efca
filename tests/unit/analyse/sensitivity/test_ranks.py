"""Ranks of draws against scipy's, which the program does without: importing it takes longer than ranking."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from idtracker.analyse.sensitivity.ranks import _first_ranks


@pytest.mark.parametrize("decimals", [0, 1, 9])
def test_ranks_are_those_of_scipy_where_many_are_tied_and_where_none_is(decimals: int) -> None:
    random = np.random.default_rng(20261130)
    values = np.round(random.normal(size=(200, 12)), decimals)
    values[random.random(values.shape) < 0.1] = np.inf  # what is missing comes last
    assert (len(np.unique(values[0])) < 12) or decimals == 9
    assert np.array_equal(_first_ranks(values), rankdata(values, method="min", axis=1))


def test_one_place_is_the_first() -> None:
    assert _first_ranks(np.array([[3.0], [np.inf]])).tolist() == [[1.0], [1.0]]
