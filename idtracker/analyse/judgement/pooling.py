"""Linear pools of several assessors, and the identity between the error of the crowd and those of its members."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FLOOR = 0.01
"""Smallest mean squared error that counts in a weight: nobody is trusted without bounds for a lucky run."""
FEWEST_PAST = 5
"""Resolved questions that all members of a pool must have judged before their record weighs."""


def pooled(values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """The linear pool: the weighted mean; equal weights where none are given. ValueError of nothing, or of unlike lengths."""
    if not values or (weights is not None and len(weights) != len(values)):
        raise ValueError("a pool takes values, and a weight for each where weights are given")
    if weights is None:
        return math.fsum(values) / len(values)
    return math.fsum(v * w for v, w in zip(values, weights, strict=True)) / math.fsum(weights)


def performance_weights(errors: Mapping[str, Mapping[str, float]], members: Sequence[str]) -> tuple[list[float], int]:
    """Weights of the members, and the resolved questions behind them: inverse to the mean squared error on these.

    `errors` holds for each assessor the squared error on each resolved question, 0 to 1. Only questions that all members
    judged count, so that nobody gains by easier ones. With fewer than FEWEST_PAST of them, or one member, the weights are
    equal; the second value is then how many there were.
    """
    shared = set.intersection(*(set(errors.get(member, {})) for member in members)) if members else set()
    if len(members) < 2 or len(shared) < FEWEST_PAST:
        return [1 / len(members)] * len(members), len(shared)
    inverse = [1 / max(pooled([errors[m][q] for q in sorted(shared)]), FLOOR) for m in members]
    total = math.fsum(inverse)
    return [weight / total for weight in inverse], len(shared)


@dataclass(frozen=True, slots=True)
class Dividend:
    """Squared errors about one outcome: crowd = individual - diversity."""

    crowd: float
    individual: float
    diversity: float


def dividend_of(values: Sequence[float], outcome: float) -> Dividend:
    """What asking several bought: squared error of the equal pool, mean squared error of its members, and their variance."""
    centre = pooled(values)
    return Dividend(
        (centre - outcome) ** 2,
        pooled([(value - outcome) ** 2 for value in values]),
        pooled([(value - centre) ** 2 for value in values]),
    )
