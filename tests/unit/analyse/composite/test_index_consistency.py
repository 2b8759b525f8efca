"""What the data say of a structure: alpha by hand, pairs that say the same, children that run against their node."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from indices import index_of

from idtracker.analyse.composite.consistency import Consistency, alpha, consistency_of
from idtracker.analyse.composite.engine import compute


def found_in(values: dict[str, list[float]], **rules: object) -> Consistency:
    index = index_of({code: dict(rules.get(code, {})) for code in values})  # type: ignore[call-overload]
    return consistency_of(index.hierarchy, compute(index, pd.DataFrame(values)))


def test_alpha_by_hand() -> None:
    """Variances 2.5 and 2.5, covariance 2: 2^2 * 2 / (2.5 + 2.5 + 2 + 2) = 8 / 9."""
    children = np.array([[1.0, 2], [2, 1], [3, 3], [4, 5], [5, 4]])
    assert alpha(children) == pytest.approx(8 / 9)
    k, total = 2, children.sum(axis=1).var(ddof=1)
    assert alpha(children) == pytest.approx(k / (k - 1) * (1 - children.var(axis=0, ddof=1).sum() / total))


@pytest.mark.parametrize("children", [np.ones((5, 1)), np.ones((2, 3)), np.ones((5, 3)), np.full((5, 2), math.nan)])
def test_alpha_that_is_not_defined(children: np.ndarray) -> None:
    assert alpha(children) is None


def test_pairs_that_say_the_same_are_told_the_closest_first() -> None:
    a = [1.0, 2, 3, 4, 5, 7]
    found = found_in({"A": a, "B": [x + 0.01 * x**2 for x in a], "C": [1.0, 3, 2, 4, 6, 7], "D": [3.0, 1, 4, 1, 5, 2]})
    assert found.pairs[0][:2] == ("A", "B")
    assert next(f.where for f in found.findings if f.rule == "correlated") == "A"


def test_an_error_of_direction_shows() -> None:
    values = {"A": [1.0, 2, 3, 4, 5, 6], "B": [1.0, 3, 2, 4, 6, 5], "C": [6.0, 5, 4, 3, 2, 2]}
    assert [f.where for f in found_in(values).findings if f.rule == "against-its-node"] == ["C"]
    turned = found_in(values, C={"direction": -1, "normalise": "min_max"})
    assert [f.rule for f in turned.findings if f.rule == "against-its-node"] == []


def test_of_two_that_run_against_each_other_both_are_told() -> None:
    found = found_in({"A": [1.0, 2, 3, 4, 5], "B": [5.0, 3, 4, 2, 1]})
    assert [f.where for f in found.findings if f.rule == "against-its-node"] == ["A", "B"]


def test_few_units_say_nothing_of_directions() -> None:
    assert found_in({"A": [1.0, 2, 3], "B": [3.0, 2, 1]}).pairs == ()
    assert [f.rule for f in found_in({"A": [1.0, 2, 3], "B": [3.0, 2, 1]}).findings if f.rule != "low-alpha"] == []
