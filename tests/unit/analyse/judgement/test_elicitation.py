"""Four-point ranges at one confidence: worked numbers, clipping, and what is no range."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idtracker.analyse.judgement.elicitation import LIKELIHOOD_LIMITS, standardised


@pytest.mark.parametrize(
    ("low", "best", "high", "confidence", "to", "expected"),
    [
        (20, 40, 60, 90, 90, (20, 40 + 20)),
        (20, 40, 60, 60, 90, (10, 70)),
        (20, 40, 60, 80, 90, (40 - 22.5, 40 + 22.5)),
        (20, 40, 50, 50, 80, (8, 56)),
        (20, 40, 60, 100, 90, (22, 58)),
        (2, 10, 95, 50, 90, (0, 100)),  # clipped to what a likelihood can be
        (40, 40, 40, 70, 90, (40, 40)),
    ],
)
def test_ranges_are_stretched_from_the_best_estimate(
    low: float, best: float, high: float, confidence: float, to: float, expected: tuple[float, float]
) -> None:
    found = standardised(low, best, high, confidence, LIKELIHOOD_LIMITS, to)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("low", "best", "high", "confidence"),
    [
        (20, 40, 60, 0),
        (20, 40, 60, -5),
        (20, 40, 60, 101),
        (20, 40, 60, None),
        (20, 70, 60, 80),
        (50, 40, 60, 80),
        (None, 40, 60, 80),
        (20, 40, None, 80),
        (20, None, 60, 80),
        (20, 40, math.nan, 80),
        (20, 40, math.inf, 80),
        (90, 120, 130, 80),
    ],
)
def test_what_is_no_range_stays_none(
    low: float | None, best: float | None, high: float | None, confidence: float | None
) -> None:
    assert standardised(low, best, high, confidence, LIKELIHOOD_LIMITS) is None


@given(st.tuples(*[st.floats(0, 100)] * 3), st.floats(1, 100))
def test_the_best_estimate_stays_inside(points: tuple[float, ...], confidence: float) -> None:
    low, best, high = sorted(points)
    found = standardised(low, best, high, confidence, LIKELIHOOD_LIMITS)
    assert found is not None and 0 <= found[0] <= best <= found[1] <= 100
