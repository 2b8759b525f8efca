"""Krippendorff's alpha: the published worked example, limits, and a plain oracle that pairs values one by one."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idtracker.analyse.metrics.krippendorff import Level, alpha

_ = math.nan
# Krippendorff (2011), section D: four observers, twelve units, values missing.
PUBLISHED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
LEVELS: dict[Level, float] = {"nominal": 0.743421, "ordinal": 0.815388, "interval": 0.849107, "ratio": 0.797403}
# The example of three coders and fifteen units, of which a short form stands in encyclopaedias: .691, .807, .811
THREE_CODERS = [
    [_, _, _, _, _, 3, 4, 1, 2, 1, 1, 3, 3, _, 3],
    [1, _, 2, 1, 3, 3, 4, 3, _, _, _, _, _, _, _],
    [_, _, 2, 1, 3, 4, 4, _, 2, 1, 1, 3, 3, _, 4],
]


@pytest.mark.parametrize(("level", "published"), LEVELS.items())
def test_the_published_example(level: Level, published: float) -> None:
    found = alpha(PUBLISHED, level)
    assert found is not None and round(found, 6) == published


@pytest.mark.parametrize(("level", "published"), [("nominal", 0.691), ("ordinal", 0.807), ("interval", 0.811)])
def test_the_example_of_three_coders(level: Level, published: float) -> None:
    found = alpha(THREE_CODERS, level)
    assert found is not None and round(found, 3) == published


def test_two_coders_and_a_binary_question() -> None:
    grid = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert alpha(grid, "nominal") == pytest.approx(0.095, abs=5e-4)  # Krippendorff (2011), section A


@pytest.mark.parametrize("grid", [[], [[]], [[1.0, 2.0]], [[1.0, _], [_, 2.0]], [[3.0, 3.0], [3.0, 3.0]]])
def test_without_two_different_values_to_pair_there_is_no_alpha(grid: list[list[float]]) -> None:
    assert alpha(grid, "ordinal") is None


def test_full_agreement_is_one() -> None:
    assert alpha([[1, 2, 3], [1, 2, 3]], "ordinal") == 1


GRIDS = st.integers(1, 7).flatmap(
    lambda units: st.lists(
        st.lists(st.one_of(st.just(_), st.integers(0, 5).map(float)), min_size=units, max_size=units),
        min_size=1,
        max_size=5,
    )
)


@given(grid=GRIDS, level=st.sampled_from([*LEVELS]))
def test_a_plain_oracle_agrees(grid: list[list[float]], level: Level) -> None:
    found, expected = alpha(np.array(grid), level), _oracle(grid, level)
    assert (found is None) == (expected is None)
    if found is not None:
        assert found == pytest.approx(expected, abs=1e-9)


def _oracle(grid: list[list[float]], level: Level) -> float | None:
    """Observed over expected disagreement, from pairs of single statements."""
    units = [[v for v in unit if v == v] for unit in zip(*grid, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    every = [v for unit in units for v in unit]
    if len(set(every)) < 2:
        return None
    observed = sum(
        _distance(a, b, every, level) / (len(unit) - 1) for unit in units for a, b in itertools.permutations(unit, 2)
    ) / len(every)
    chance = [_distance(a, b, every, level) for a, b in itertools.permutations(every, 2)]
    return 1 - observed / (sum(chance) / len(chance))


def _distance(a: float, b: float, every: list[float], level: Level) -> float:
    if level == "nominal":
        return float(a != b)
    if level == "ordinal":
        low, high = min(a, b), max(a, b)
        between = sum(low <= v <= high for v in every)
        return (between - (every.count(a) + every.count(b)) / 2) ** 2
    return (a - b) ** 2 if level == "interval" else ((a - b) / (a + b)) ** 2 if a + b else 0.0
