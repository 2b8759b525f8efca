"""Power of a design: how often the very interval that the estimator publishes lies wholly on the side of a true effect.

A constant effect moves estimate and interval alike, so of every programme it is known how large an effect would have to be to be shown: its
threshold. The power of an effect is the share of programmes whose threshold lies below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import floor, sqrt
from typing import Protocol

import numpy as np
import numpy.typing as npt

from idtracker.analyse.effect.contrast import LEVEL

Array = npt.NDArray[np.float64]
_NODES, _NODES_OF_TWO = 8, 14
"""Nodes for the spread of an arm; that of two places is steep at 0. Powers are right to 0.003 with two in each arm, to 0.001 else."""


class Power(Protocol):
    """The power of one design for any effect above 0, in outcome units."""

    def power(self, effect: float) -> float:
        """Share of programmes in which the interval lies wholly above 0; of an effect of 0 it is that of false alarms."""
        ...

    def monte_carlo_error(self, effect: float) -> float:
        """Standard error of `power` where it is simulated (never 0: Agresti and Coull 1998), else 0."""
        ...

    def detectable(self, power: float) -> float | None:
        """The smallest effect that is shown with this power; None where none is, however large."""
        ...


@dataclass(frozen=True, slots=True)
class ContrastPower:
    """Of the interaction contrast of four cells: Welch's interval, integrated over what the four spreads may turn out to be.

    `error` is the true standard error of the contrast, `critical` what the contrast must exceed in multiples of it, `weights` how probable.
    """

    error: float
    critical: Array
    weights: Array

    def power(self, effect: float) -> float:
        from scipy.special import ndtr

        return float(np.clip(self.weights @ ndtr(effect / self.error - self.critical), 0, 1))

    def monte_carlo_error(self, effect: float) -> float:
        return 0.0

    def detectable(self, power: float) -> float | None:
        from scipy.optimize import brentq

        upper = self.error
        while self.power(upper) < power:
            upper *= 2
        return float(brentq(lambda effect: self.power(effect) - power, 0.0, upper)) if self.power(0) < power else 0.0


def contrast_power(sds: Sequence[float], sizes: Sequence[int], level: float = LEVEL) -> ContrastPower:
    """The power of `interaction_contrast` of four cells of `sizes` places (2 or more) with `sds` in outcome units, normal outcomes.

    Given the four sample variances the contrast is normal, and Welch's degrees of freedom are known; the variances are independent
    chi-squares, integrated by Gauss-Laguerre quadrature. Nothing is simulated.
    """
    from scipy import stats
    from scipy.special import gamma, roots_genlaguerre

    known, chances = [], []
    for sd, size in zip(sds, sizes, strict=True):
        half = (size - 1) / 2
        if half > _LARGE:
            nodes, chance = _normal_nodes(half)
        else:
            nodes, chance = roots_genlaguerre(_NODES if size > 2 else _NODES_OF_TWO, half - 1)
            chance = chance / gamma(half)
        known.append(sd**2 * nodes / half / size)
        chances.append(chance)
    grids = np.meshgrid(*known, indexing="ij")
    total = sum(grids)
    freedom = total**2 / sum(grid**2 / (size - 1) for grid, size in zip(grids, sizes, strict=True))
    error = sqrt(sum(sd**2 / size for sd, size in zip(sds, sizes, strict=True)))
    critical = stats.t.ppf((1 + level) / 2, freedom) * np.sqrt(total) / error
    weights = reduce(np.multiply.outer, chances)
    return ContrastPower(error, critical.ravel(), weights.ravel())


_LARGE = 50
"""Half the degrees of freedom above which the weights of Laguerre would overflow, and a chi-square is near its cube-root normal."""


def _normal_nodes(half: float) -> tuple[Array, Array]:
    """Nodes and weights of a gamma variable of shape `half` by Wilson and Hilferty."""
    nodes, chance = np.polynomial.hermite_e.hermegauss(_NODES)
    part = 1 / (9 * half)
    return half * (1 - part + nodes * sqrt(part)) ** 3, chance / chance.sum()


@dataclass(frozen=True, slots=True)
class SimulatedPower:
    """Of an estimator without a closed form: the thresholds of simulated programmes, sorted; infinite where nothing is ever shown."""

    thresholds: Array

    def power(self, effect: float) -> float:
        return float(np.searchsorted(self.thresholds, effect, side="left") / len(self.thresholds))

    def monte_carlo_error(self, effect: float) -> float:
        count = len(self.thresholds) + 4
        share = (self.power(effect) * len(self.thresholds) + 2) / count
        return sqrt(share * (1 - share) / count)

    def detectable(self, power: float) -> float | None:
        found = float(self.thresholds[min(floor(power * len(self.thresholds)), len(self.thresholds) - 1)])
        return max(found, 0.0) if np.isfinite(found) else None
