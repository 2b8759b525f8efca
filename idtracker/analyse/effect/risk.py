"""Interaction on the risk scale: relative excess risk, attributable proportion and synergy index of two exposures."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from idtracker.analyse.effect.contrast import LEVEL, normal_quantile
from idtracker.model.errors import UsageError

Scale = Literal["risk_ratio", "odds_ratio"]
Refused = Literal["missing_cells", "zero_count", "lowers_risk"]
Counts = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate without a unit and its two-sided interval."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class RiskInteraction:
    """Measures of interaction on the additive scale; `synergy` is None where `refused` says why, and so are all for other reasons.

    `reri` = R11 - R10 - R01 + 1, `attributable` = reri / R11, `synergy` = (R11 - 1) / (R10 + R01 - 2), R the ratios to neither.
    """

    reri: Estimate | None
    attributable: Estimate | None
    synergy: Estimate | None
    ratios: tuple[float, float, float] | None
    refused: Refused | None


def risk_interaction(
    events: Counts, totals: Counts, *, scale: Scale = "risk_ratio", level: float = LEVEL
) -> RiskInteraction:
    """The measures of counts in the order neither, A, B, both: `events` among `totals` units, no unit in two of them.

    Odds ratios are for case-control studies (`totals` are cases and controls together). The measures were made for exposures
    that raise the risk: where one alone or both lower it, RERI and AP stand and the synergy index is refused (`lowers_risk`);
    turn the outcome or the exposure round. An empty arm (`missing_cells`) or an arm without events, or with nothing else under
    odds ratios (`zero_count`), refuses all. UsageError for counts that are negative or above their total.

    Source: Hosmer and Lemeshow 1992 (delta method; the index on its logarithm); Knol and VanderWeele 2012 (recoding).
    """
    if any(count < 0 or count > total for count, total in zip(events, totals, strict=True)):
        raise UsageError(f"events {events} do not lie between 0 and the units {totals} of each arm.")
    if not all(totals):
        return RiskInteraction(None, None, None, None, "missing_cells")
    if not all(events) or (scale == "odds_ratio" and any(e == t for e, t in zip(events, totals, strict=True))):
        return RiskInteraction(None, None, None, None, "zero_count")
    logs, covariance = _log_ratios(events, totals, scale)
    a, b, both = (exp(value) for value in logs)
    z = normal_quantile(level)
    reri = both - a - b + 1
    slopes = np.array([-a, -b, both])
    attributable = reri / both
    shares = np.array([-a / both, -b / both, (a + b - 1) / both])
    return RiskInteraction(
        _around(reri, slopes, covariance, z),
        _around(attributable, shares, covariance, z),
        synergy := _synergy(a, b, both, covariance, z),
        (a, b, both),
        "lowers_risk" if synergy is None else None,
    )


def _log_ratios(
    events: Counts, totals: Counts, scale: Scale
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Logarithms of the ratios of A, B and both to neither, shape (3,), and their covariance, shape (3, 3)."""
    e, n = np.array(events, dtype=np.float64), np.array(totals, dtype=np.float64)
    level, variance = _log_odds(e, n) if scale == "odds_ratio" else (np.log(e / n), 1 / e - 1 / n)
    covariance = np.full((3, 3), variance[0]) + np.diag(variance[1:])
    return level[1:] - level[0], covariance


def _log_odds(
    events: npt.NDArray[np.float64], totals: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Log odds of counts and their variances (Woolf 1955), of the shape of the counts."""
    return np.log(events / (totals - events)), 1 / events + 1 / (totals - events)


def _synergy(a: float, b: float, both: float, covariance: npt.NDArray[np.float64], z: float) -> Estimate | None:
    """The index with the interval of its logarithm; None where an exposure lowers the risk."""
    joint, parts = both - 1, a + b - 2
    if joint <= 0 or parts <= 0 or min(a, b) < 1:
        return None
    slopes = np.array([-a / parts, -b / parts, both / joint])
    spread, value = z * sqrt(float(slopes @ covariance @ slopes)), log(joint / parts)
    return Estimate(exp(value), exp(value - spread), exp(value + spread))


def _around(value: float, slopes: npt.NDArray[np.float64], covariance: npt.NDArray[np.float64], z: float) -> Estimate:
    half = z * sqrt(float(slopes @ covariance @ slopes))
    return Estimate(value, value - half, value + half)
