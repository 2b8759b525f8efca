"""Randomisation inference for a difference of two means: what other assignments of the treatment would have shown.

It asks for no distribution and holds for few clusters. What it rests on is that the treatment could as well have gone to any other
units; where it was not drawn by lot the p value says how unusual the difference is, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb, floor
from typing import Literal

import numpy as np
import numpy.typing as npt

from idtracker.analyse.effect.contrast import LEVEL
from idtracker.model.errors import UsageError

Alternative = Literal["two-sided", "greater", "less"]
MOST_EXACT = 10_000
"""The most assignments that are all looked at."""
_SAMPLED, _CHUNK, _TIE = 9_999, 2_000, 1e-9


@dataclass(frozen=True, slots=True)
class Randomised:
    """A difference of means (treated minus control, outcome units) among those of other assignments.

    `assignments` is how many were looked at, the actual one among them: all there are where `is_exact`, else a seeded sample.
    `lower` and `upper` hold every constant effect that is not rejected at 1 - level in two-sided tests; None is without end,
    which it is where there are too few assignments to reject anything.
    """

    difference: float
    p_value: float
    assignments: int
    is_exact: bool
    lower: float | None
    upper: float | None


def randomise(
    outcomes: npt.NDArray[np.float64],
    is_treated: npt.NDArray[np.bool_],
    *,
    alternative: Alternative = "two-sided",
    level: float = LEVEL,
    seed: int = 0,
) -> Randomised:
    """The difference of means of `outcomes` (units,) and its place among all assignments of as many treated units.

    Units are what was assigned: clusters where clusters were. All assignments where there are at most MOST_EXACT, else 9,999
    drawn with `seed` and the actual one. A difference as large as the actual one, to rounding, counts as one. UsageError where
    a side is empty, shapes differ or an outcome is not finite.

    Source: Fisher 1935; Rosenbaum 2002, ch. 2 (interval by inversion); Phipson and Smyth 2010 (the actual one counts).
    """
    values, treated = _checked(outcomes, is_treated)
    n, k = len(values), int(treated.sum())
    is_exact = comb(n, k) <= MOST_EXACT
    chunks = assignments(treated, seed)
    differences, overlaps = zip(*(_statistics(values, treated, chunk) for chunk in chunks), strict=True)
    other, overlap = np.concatenate(differences), np.concatenate(overlaps)
    actual = float(values[treated].mean() - values[~treated].mean())
    near = _TIE * max(float(np.abs(values).max()), 1e-300)
    lower, upper = _interval(actual, other, overlap, 1 - level)
    return Randomised(actual, _p_value(actual, other, alternative, near), len(other), is_exact, lower, upper)


def _checked(
    outcomes: npt.NDArray[np.float64], is_treated: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    values, treated = np.asarray(outcomes, dtype=np.float64), np.asarray(is_treated, dtype=bool)
    if values.ndim != 1 or values.shape != treated.shape:
        raise UsageError(f"one outcome and one treatment per unit are needed, not {values.shape} and {treated.shape}.")
    if not np.isfinite(values).all():
        raise UsageError("an outcome is missing or infinite: leave the unit out and say so.")
    if treated.all() or not treated.any():
        raise UsageError("treated and control units are needed, at least one of each.")
    return values, treated


def assignments(treated: npt.NDArray[np.bool_], seed: int = 0) -> Iterator[npt.NDArray[np.intp]]:
    """The sets of treated units that are looked at, in chunks of shape (sets, k): all there are, else a sample with the actual one first."""
    n, k = len(treated), int(treated.sum())
    return _every(n, k) if comb(n, k) <= MOST_EXACT else _some(treated, np.random.default_rng(seed))


def _every(n: int, k: int) -> Iterator[npt.NDArray[np.intp]]:
    """Every set of k among n units, one chunk of shape (sets, k)."""
    yield np.array(list(combinations(range(n), k)), dtype=np.intp)


def _some(treated: npt.NDArray[np.bool_], rng: np.random.Generator) -> Iterator[npt.NDArray[np.intp]]:
    """The actual set, then sets drawn at random, in chunks of shape (sets, k)."""
    n, k = len(treated), int(treated.sum())
    yield np.flatnonzero(treated)[None, :]
    for start in range(0, _SAMPLED, _CHUNK):
        draws = rng.random((min(_CHUNK, _SAMPLED - start), n))
        yield np.argpartition(draws, k - 1, axis=1)[:, :k]


def _statistics(
    values: npt.NDArray[np.float64], treated: npt.NDArray[np.bool_], sets: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Difference of means under each set, and how much of a constant effect it would show (1 for the actual set)."""
    n, k = len(values), sets.shape[1]
    total, inside = values[sets].sum(axis=1), treated[sets].sum(axis=1)
    differences = total / k - (values.sum() - total) / (n - k)
    return differences, inside / k - (k - inside) / (n - k)


def _p_value(actual: float, other: npt.NDArray[np.float64], alternative: Alternative, near: float) -> float:
    if alternative == "greater":
        extreme = other >= actual - near
    elif alternative == "less":
        extreme = other <= actual + near
    else:
        extreme = np.abs(other) >= abs(actual) - near
    return float(extreme.sum() / len(other))


def _interval(
    actual: float, other: npt.NDArray[np.float64], overlap: npt.NDArray[np.float64], alpha: float
) -> tuple[float | None, float | None]:
    """The constant effects whose p value is above alpha.

    Of an effect t an assignment is as extreme as the actual one where |d - t c| >= |actual - t|: between the two places at which
    both are equal. So the p value falls on both sides of the actual difference, and the interval ends where enough have left.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (actual - other) / (1 - overlap), (actual + other) / (1 + overlap)
    always = (np.abs(1 - overlap) < _TIE) | (np.abs(1 + overlap) < _TIE)
    below = np.sort(np.where(always, -np.inf, np.minimum(np.minimum(one, two), actual)))
    above = np.sort(np.where(always, np.inf, np.maximum(np.maximum(one, two), actual)))[::-1]
    at = floor(alpha * len(other) + _TIE)
    ends = float(below[at]), float(above[at])
    lower, upper = (end if np.isfinite(end) else None for end in ends)
    return lower, upper
