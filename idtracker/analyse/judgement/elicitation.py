"""Four-point elicitation: ranges stated with different confidence, made comparable.

Hemming et al. (2018), A practical guide to structured expert elicitation using the IDEA protocol.
"""

from __future__ import annotations

import math

STANDARD_PCT = 90.0
"""Confidence, per cent, of the ranges that are published."""
LIKELIHOOD_LIMITS = (0.0, 100.0)
NO_LIMITS = (-math.inf, math.inf)


def standardised(
    low: float | None,
    best: float | None,
    high: float | None,
    confidence_pct: float | None,
    limits: tuple[float, float] = NO_LIMITS,
    to_pct: float = STANDARD_PCT,
) -> tuple[float, float] | None:
    """The range at `to_pct` confidence: each side stretched from the best estimate by `to_pct` / confidence, clipped to `limits`.

    None where there is no range to stretch: a point is missing or no number, the best lies outside the range or the limits,
    no confidence is stated, or one of 0 or less or above 100.
    """
    points = [low, best, high, confidence_pct]
    if low is None or best is None or high is None or confidence_pct is None or not all(map(math.isfinite, points)):  # type: ignore[arg-type]
        return None
    least, most = limits
    if not (low <= best <= high and least <= best <= most and 0 < confidence_pct <= 100):
        return None
    stretch = to_pct / confidence_pct
    return max(least, best - (best - low) * stretch), min(most, best + (high - best) * stretch)
