"""The four cells of a comparison: neither, A alone, B alone, both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from idtracker.model.errors import UsageError

ARMS = ("neither", "a", "b", "both")
Refusal = Literal["missing_cells", "too_few_units", "no_spread"]
Spread = Literal["sample", "binomial"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One arm: how many units, their mean, and the variance of one unit (None where one unit alone tells none)."""

    n: int
    mean: float
    variance: float | None


class Cells(NamedTuple):
    """The four arms in the order of ARMS; `spread` says whether variances are of a sample or of shares of events."""

    each: tuple[Cell, Cell, Cell, Cell]
    spread: Spread = "sample"


def cells_of(
    outcomes: npt.NDArray[np.float64], has_a: npt.NDArray[np.bool_], has_b: npt.NDArray[np.bool_]
) -> Cells | Refusal:
    """The cells of units: `outcomes` in outcome units and whether A and B are at work with each, all of shape (units,).

    `missing_cells` where an arm has no unit. UsageError where the shapes differ or an outcome is not a finite number.
    """
    values, a, b = np.asarray(outcomes, dtype=np.float64), np.asarray(has_a, dtype=bool), np.asarray(has_b, dtype=bool)
    if not values.shape == a.shape == b.shape or values.ndim != 1:
        raise UsageError(f"outcomes and arms of one row per unit are needed, not {values.shape}, {a.shape}, {b.shape}.")
    if not np.isfinite(values).all():
        raise UsageError("an outcome is missing or infinite: leave the unit out and say so.")
    parts = [
        values[(a == has) & (b == also)] for has, also in ((False, False), (True, False), (False, True), (True, True))
    ]
    if not all(len(part) for part in parts):
        return "missing_cells"
    neither, alone_a, alone_b, both = (_cell(part) for part in parts)
    return Cells((neither, alone_a, alone_b, both))


def cells_of_counts(events: tuple[int, int, int, int], totals: tuple[int, int, int, int]) -> Cells | Refusal:
    """The cells of counts: events among the units of each arm, in the order of ARMS; a mean is the share of events.

    `missing_cells` where an arm has no unit. UsageError for counts that are negative or above their total.
    """
    if any(count < 0 or count > total for count, total in zip(events, totals, strict=True)):
        raise UsageError(f"events {events} do not lie between 0 and the units {totals} of each arm.")
    if not all(totals):
        return "missing_cells"
    shares = [count / total for count, total in zip(events, totals, strict=True)]
    neither, a, b, both = (Cell(n, share, share * (1 - share)) for share, n in zip(shares, totals, strict=True))
    return Cells((neither, a, b, both), "binomial")


def _cell(values: npt.NDArray[np.float64]) -> Cell:
    return Cell(len(values), float(values.mean()), float(values.var(ddof=1)) if len(values) > 1 else None)
