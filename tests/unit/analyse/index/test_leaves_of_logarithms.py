"""Leaves under a rising transformation that ends: what it is not defined for lies at the end of the scale, and no surer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from idtracker.analyse.index.leaves import leaf_alone
from idtracker.model.composite.definition import Index


def _index(transform: str, low: float, high: float, direction: int) -> Index:
    way = {"method": "goalposts", "low": low, "high": high, "scale": [0, 100]}
    rules = {"label": "A", "transform": transform, "direction": direction, "normalise": way}
    tree = {"code": "T", "label": "T", "children": ["A"]}
    stated = {"method_version": "X-1", "title": "X", "source": "A test", "indicators": {"A": rules}, "tree": tree}
    return Index.model_validate(stated)


def _leaf(
    values: list[float], error: float, transform: str = "log", low: float = 1, high: float = 100, direction: int = 1
) -> Any:
    value = np.array(values)
    cell = {"score": value, "error": value, "value": value, "standard_error": np.full(len(values), error)}
    return leaf_alone("A", _index(transform, low, high, direction).rules_of("A"), cell)


@pytest.mark.parametrize(("direction", "worst"), [(1, 0.0), (-1, 100.0)])
def test_a_logarithm_of_zero_or_less_lies_at_the_end(direction: int, worst: float) -> None:
    scores, _ = _leaf([-3.0, 0.0, 0.5, 10.0], 0.1, direction=direction)
    assert scores.tolist() == pytest.approx([worst, worst, worst, 50.0])


def test_no_value_is_surer_for_being_nearer_to_zero() -> None:
    values = np.array([60.0, 20.0, 6.0, 5.5, 5.2, 5.0, 4.0, 1.0, 0.0])
    _, errors = _leaf(values.tolist(), 5.0)
    assert (np.diff(errors) >= 0).all() and errors[-1] == 100.0 and errors[0] < 5
    _, unknown = _leaf([4.0, 0.0], np.nan)
    assert np.isnan(unknown).all()


def test_the_other_end_of_a_logit() -> None:
    scores, errors = _leaf([-0.1, 0.0, 0.5, 1.0, 1.2], 0.01, "logit", 0.1, 0.9)
    assert scores.tolist() == pytest.approx([0.0, 0.0, 50.0, 100.0, 100.0])
    assert errors[[0, 1, 3, 4]].tolist() == [100.0] * 4 and errors[2] < 2
