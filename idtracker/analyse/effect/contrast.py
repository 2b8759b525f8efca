"""The interaction contrast on the mean scale: did both together do more than the sum of what each did alone?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from idtracker.analyse.effect.cells import Cell, Cells, Refusal

Verdict = Literal["synergy", "not synergy", "less than the sum", "undetermined"]
LEVEL = 0.90


@dataclass(frozen=True, slots=True)
class Contrast:
    """The contrast and what it is made of, in outcome units.

    `joint` = m11 - m00, `parts` = (m10 - m00) + (m01 - m00), `contrast` = joint - parts. `ratio` = joint / parts only where
    both single effects are at least 0 and their sum is above 0; `share` = contrast / joint only where the joint effect is
    above 0. `lower` and `upper` are None where `refusal` says why there is no interval.
    """

    contrast: float
    joint: float
    parts: float
    ratio: float | None
    share: float | None
    error: float | None
    lower: float | None
    upper: float | None
    refusal: Refusal | None
    n: int

    @property
    def verdict(self) -> Verdict:
        """`synergy` only where the whole interval lies above 0; without an interval nothing is said."""
        if self.lower is None or self.upper is None:
            return "undetermined"
        if self.lower > 0:
            return "synergy"
        return "less than the sum" if self.upper < 0 else "not synergy"


def interaction_contrast(cells: Cells, level: float = LEVEL) -> Contrast:
    """m11 - m10 - m01 + m00 of four cells, with a two-sided interval at `level`, in outcome units.

    Of samples each cell has its own variance, and Student's t has the degrees of freedom of Welch and Satterthwaite: with two
    or three units in a cell that is wider than needed, never narrower for units of one spread. It takes two units in every cell
    (`too_few_units`) and some spread (`no_spread`). Of counts the variances are binomial and the quantile is normal.

    Source: Rothman, Greenland and Lash, Modern Epidemiology, 3rd ed., ch. 5 (contrast); Welch 1947 (degrees of freedom).
    """
    neither, a, b, both = cells.each
    joint, alone_a, alone_b = both.mean - neither.mean, a.mean - neither.mean, b.mean - neither.mean
    parts, contrast = alone_a + alone_b, both.mean - a.mean - b.mean + neither.mean
    error, quantile, refusal = _error(cells, level)
    half = None if error is None else quantile * error
    return Contrast(
        contrast,
        joint,
        parts,
        joint / parts if alone_a >= 0 and alone_b >= 0 and parts > 0 else None,
        contrast / joint if joint > 0 else None,
        error,
        None if half is None else contrast - half,
        None if half is None else contrast + half,
        refusal,
        sum(cell.n for cell in cells.each),
    )


def _error(cells: Cells, level: float) -> tuple[float | None, float, Refusal | None]:
    """Standard error of the contrast and the quantile that belongs to it, or why there is none."""
    from scipy.special import stdtrit

    parts = [_squared_error(cell) for cell in cells.each]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None, 0.0, "too_few_units"
    if sum(known) <= 0:
        return None, 0.0, "no_spread"
    if cells.spread == "binomial":
        return sqrt(sum(known)), normal_quantile(level), None
    freedom = welch_freedom(known, [cell.n for cell in cells.each])
    return sqrt(sum(known)), float(stdtrit(freedom, (1 + level) / 2)), None


def _squared_error(cell: Cell) -> float | None:
    return None if cell.variance is None else cell.variance / cell.n


def welch_freedom(squared_errors: Sequence[float], sizes: Sequence[int]) -> float:
    """Degrees of freedom of a sum of means, each with its squared error (some above 0) and its size (2 or more); Welch 1947."""
    total = sum(squared_errors)
    return 1 / sum((part / total) ** 2 / (size - 1) for part, size in zip(squared_errors, sizes, strict=True))


def normal_quantile(level: float) -> float:
    """The quantile of the normal distribution that a two-sided interval at `level` takes."""
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))
