"""Krippendorff's alpha: how far coders agree beyond chance, for four levels of measurement.

Krippendorff, K. (2011), Computing Krippendorff's Alpha-Reliability.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Numbers = npt.NDArray[np.float64]


def alpha(reliability: npt.ArrayLike, level: Level) -> float | None:
    """Alpha of a grid with a row for each coder and a column for each unit, NaN where a coder says nothing.

    Units that fewer than two coders state count for nothing. None where fewer than two different values can be paired:
    without any difference there is nothing that chance could have made.
    """
    grid = np.asarray(reliability, dtype=np.float64)
    grid = grid[:, np.count_nonzero(~np.isnan(grid), axis=0) >= 2] if grid.size else grid
    values = np.unique(grid[~np.isnan(grid)])
    if len(values) < 2:
        return None
    counts = np.stack([np.count_nonzero(grid == value, axis=0) for value in values]).astype(np.float64)
    stated = counts.sum(axis=0)
    together = (counts / (stated - 1)) @ counts.T - np.diag((counts / (stated - 1)).sum(axis=1))
    totals = together.sum(axis=1)
    by_chance = np.outer(totals, totals) - np.diag(totals)
    distance = _DISTANCES[level](values, totals)
    expected = float((by_chance * distance).sum()) / (totals.sum() - 1)
    return 1 - float((together * distance).sum()) / expected if expected > 0 else None


def _nominal(values: Numbers, totals: Numbers) -> Numbers:
    return 1 - np.eye(len(values))


def _ordinal(values: Numbers, totals: Numbers) -> Numbers:
    """The square of how many stated values lie between two, those of the two by half."""
    middle = np.cumsum(totals) - totals / 2
    return np.subtract.outer(middle, middle) ** 2


def _interval(values: Numbers, totals: Numbers) -> Numbers:
    return np.subtract.outer(values, values) ** 2


def _ratio(values: Numbers, totals: Numbers) -> Numbers:
    sums = np.add.outer(values, values)
    return (np.subtract.outer(values, values) / np.where(sums == 0, 1, sums)) ** 2


_DISTANCES: dict[Level, Callable[[Numbers, Numbers], Numbers]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
    "ratio": _ratio,
}
