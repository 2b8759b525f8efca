"""Weights that the comparison with stated ones estimates."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from benchmarks.matching.estimated import estimate
from idtracker.analyse.matching.scorer import Measure


def test_estimated_weights_come_near_those_of_the_world_that_made_the_pairs() -> None:
    random = np.random.default_rng(7)
    is_same = random.random(20_000) < 0.2
    agree_same, agree_other = {"a": 0.9, "b": 0.8, "c": 0.95}, {"a": 0.05, "b": 0.1, "c": 0.02}
    similarity = {
        name: np.where(is_same, random.random(20_000) < agree_same[name], random.random(20_000) < agree_other[name])
        * 1.0
        for name in agree_same
    }
    scorer = estimate([Measure(name, (0.5,), (-1.0, 1.0)) for name in agree_same], similarity)
    assert 1 / (1 + exp(-scorer.prior)) == pytest.approx(0.2, abs=0.01)
    for measure in scorer.measures:
        wanted = np.log(agree_same[measure.field] / agree_other[measure.field])
        assert measure.weights[1] == pytest.approx(wanted, abs=0.15)
