"""What is worked out here to spare the import of scipy.stats says what scipy says, to the bit."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from scipy.stats import rankdata, sobol_indices

from idtracker.analyse.sensitivity.problem import Problem
from idtracker.analyse.sensitivity.ranks import ranks_of
from idtracker.analyse.sensitivity.sobol import indices_of


@pytest.mark.parametrize("inputs", [1, 2, 5])
def test_the_indices_are_those_of_scipy(inputs: int) -> None:
    dice = np.random.default_rng(inputs)
    for size in (2, 64, 1024):
        a, b = dice.normal(50, 20, (2, 3, size))
        mixed = np.where(dice.random((inputs, 3, size)) < 0.5, a, b) + dice.normal(0, 1, (inputs, 3, size))
        mixed[0, 1] = a[1]
        found = indices_of(a, b, mixed)
        for output in range(3):
            several = np.concatenate([mixed, mixed])[:, output, None]  # of one input scipy makes a bare number
            theirs = sobol_indices(func={"f_A": a[output, None], "f_B": b[output, None], "f_AB": several}, n=size)
            assert np.array_equal(found.first[:, output], np.reshape(theirs.first_order, -1)[:inputs])
            assert np.array_equal(found.total[:, output], np.reshape(theirs.total_order, -1)[:inputs])


def test_ranks_are_those_of_scipy() -> None:
    problem = cast(Problem, SimpleNamespace(places=tuple("abcde"), ranked_within=None, is_high_first=False))
    values = np.random.default_rng(3).integers(0, 4, (200, 5)).astype("float64")
    assert np.array_equal(ranks_of(problem, values), rankdata(values, method="min", axis=1))
    values[::3, 2] = np.nan
    asked = np.where(np.isnan(values), np.inf, values)
    expected = np.where(np.isnan(values), np.nan, rankdata(asked, method="min", axis=1))
    assert np.array_equal(ranks_of(problem, values), expected, equal_nan=True)
