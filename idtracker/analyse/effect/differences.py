"""Difference in differences of units that all began at once, with randomisation inference.

For units that began at different times see `staggered`: a regression with two-way fixed effects is not offered, since it
compares late starters with early ones and can give an effect of the wrong sign (Goodman-Bacon 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from idtracker.analyse.effect.contrast import LEVEL, welch_freedom
from idtracker.analyse.effect.randomisation import Alternative, Randomised, randomise
from idtracker.model.errors import UsageError

Caution = Literal["few_clusters", "interval_without_end"]
FEW = 10
"""Fewer units than this on a side are few: tests that rest on many clusters reject too often (MacKinnon and Webb 2020)."""
POWER = 0.80


@dataclass(frozen=True, slots=True)
class DifferenceInDifferences:
    """The effect (treated change minus control change, outcome units), what randomisation says of it, and its limits.

    `detectable` is the smallest true effect that a two-sided test at 1 - level finds with a probability of 80 %, from the spread
    of the changes; None where no side has two units.
    """

    effect: float
    randomised: Randomised
    treated: int
    controls: int
    detectable: float | None
    cautions: tuple[Caution, ...]


def difference_in_differences(
    before: npt.NDArray[np.float64],
    after: npt.NDArray[np.float64],
    is_treated: npt.NDArray[np.bool_],
    *,
    alternative: Alternative = "two-sided",
    level: float = LEVEL,
    seed: int = 0,
) -> DifferenceInDifferences:
    """The effect on units (clusters, where treatment went by cluster) seen `before` and `after`, arrays of shape (units,).

    It rests on parallel trends, which nothing here tests. UsageError for shapes that differ, values that are not finite, or a
    side without a unit.

    Source: Card and Krueger 1994 (estimator); MacKinnon and Webb 2020 (randomisation with few treated clusters).
    """
    first, last, treated = np.asarray(before, float), np.asarray(after, float), np.asarray(is_treated, bool)
    if first.shape != last.shape:
        raise UsageError(f"a value before and after is needed of each unit, not {first.shape} and {last.shape}.")
    changes = last - first
    randomised = randomise(changes, treated, alternative=alternative, level=level, seed=seed)
    counts = int(treated.sum()), int((~treated).sum())
    cautions: list[Caution] = ["few_clusters"] if min(counts) < FEW else []
    if randomised.lower is None or randomised.upper is None:
        cautions.append("interval_without_end")
    detectable = detectable_effect(changes[treated], changes[~treated], level=level)
    return DifferenceInDifferences(randomised.difference, randomised, *counts, detectable, tuple(cautions))


def detectable_effect(
    treated: npt.NDArray[np.float64], controls: npt.NDArray[np.float64], *, level: float = LEVEL, power: float = POWER
) -> float | None:
    """The minimum detectable effect of a difference of two means, in outcome units: (t of the test + t of the power) x error.

    Both sides (units,) have their own variance, with the degrees of freedom of Welch; a side with one unit borrows that of the other.
    None where neither has two units. Source: Bloom 1995.
    """
    from scipy.special import stdtrit

    sides = [np.asarray(side, float) for side in (treated, controls)]
    spreads = [float(side.var(ddof=1)) if len(side) > 1 else None for side in sides]
    known = [spread for spread in spreads if spread is not None]
    if not known:
        return None
    parts = [(known[0] if spread is None else spread) / len(side) for spread, side in zip(spreads, sides, strict=True)]
    error = sqrt(sum(parts))
    if error == 0:
        return 0.0
    if len(known) < len(sides):
        freedom = float(max(len(side) for side in sides) - 1)
    else:
        freedom = welch_freedom(parts, [len(side) for side in sides])
    return float(stdtrit(freedom, (1 + level) / 2) + stdtrit(freedom, power)) * error
