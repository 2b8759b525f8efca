"""How one outcome scatters: the noise of a plan as stated, or as a panel of past values shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import numpy.typing as npt

from idtracker.analyse.effect.cells import ARMS
from idtracker.analyse.effect.contrast import LEVEL
from idtracker.analyse.effect.plan_problems import PlanError

_LEAST_PLACES = 3
_MOST_LAG = 0.95


@dataclass(frozen=True, slots=True)
class Noise:
    """The outcome of one place in one period around the mean of its arm, in outcome units.

    `sd` by arm, in the order of ARMS. `icc` is the share of its variance that a place keeps over all periods, `autocorrelation` that of
    the rest from one period to the next (first order). None is not stated: `icc` is then taken at its worst, which is 1 where
    periods are averaged and 0 where a place is compared with itself; `autocorrelation` is taken as 0.
    """

    sd: tuple[float, float, float, float]
    icc: float | None = None
    autocorrelation: float | None = None

    def checked(self) -> Noise:
        """Itself; PlanError where a spread is not above 0, or a share lies outside 0 to 1 (autocorrelation: 0 to below 1)."""
        for arm, value in zip(ARMS, self.sd, strict=True):
            if not (np.isfinite(value) and value > 0):
                raise PlanError("noise_positive", arm=arm, value=value)
        if self.icc is not None and not 0 <= self.icc <= 1:
            raise PlanError("share_range", name="icc", value=self.icc)
        if self.autocorrelation is not None and not 0 <= self.autocorrelation < 1:
            raise PlanError("share_range", name="autocorrelation", value=self.autocorrelation)
        return self

    def scaled(self, factor: float) -> Noise:
        """The same with every spread times `factor`."""
        a, b, c, d = (value * factor for value in self.sd)
        return replace(self, sd=(a, b, c, d))

    def of_mean(self, periods: int) -> tuple[float, ...]:
        """Standard deviation, by arm, of a place's mean over `periods` periods that follow each other."""
        kept = 1.0 if self.icc is None else self.icc
        lags = self.correlation(periods)
        share = kept + (1 - kept) * float(lags.mean())
        return tuple(value * sqrt(share) for value in self.sd)

    def correlation(self, periods: int) -> npt.NDArray[np.float64]:
        """Correlation of the part of the noise that a place does not keep, shape (periods, periods)."""
        steps = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
        return np.asarray(np.power(self.autocorrelation or 0.0, steps), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class SeenNoise:
    """What a panel of past values shows of the noise, and what stands behind it.

    `lower` and `upper` are the ends of a 90 % interval of the standard deviation. It counts each place once, as if it never changed from
    period to period, so it is wide rather than narrow. `left_out` counts places without a value in every period.
    """

    sd: float
    lower: float
    upper: float
    icc: float | None
    autocorrelation: float | None
    places: int
    periods: int
    left_out: int

    @property
    def n(self) -> int:
        return self.places * self.periods


def noise_seen(values: npt.NDArray[np.float64], level: float = LEVEL) -> SeenNoise:
    """The noise of past `values` in outcome units, shape (places, periods), NaN where there is none; periods follow each other.

    The variance is that between places within a period; what is the same for all places in a period is no noise. How much of it
    a place keeps comes from changes over one and two periods, which a place's own level does not touch (a variogram): with
    variances d1 and d2 the autocorrelation is d2 / d1 - 1 and what changes has the variance d1 / (2 - 2 x autocorrelation). One
    period tells neither, two no autocorrelation. PlanError with fewer than three complete places, or no scatter.
    """
    from scipy import stats

    table = np.asarray(values, dtype=np.float64)
    whole = table[np.isfinite(table).all(axis=1)] if table.ndim == 2 and table.shape[1] else table.reshape(0, 0)
    places = len(whole)
    if places < _LEAST_PLACES:
        raise PlanError("noise_few_places", places=places, least=_LEAST_PLACES)
    variance = float(whole.var(axis=0, ddof=1).mean())
    if variance <= 0:
        raise PlanError("noise_none")
    icc, lag = _kept(whole, variance)
    freedom = places - 1
    ends = (stats.chi2.ppf(share, freedom) for share in ((1 + level) / 2, (1 - level) / 2))
    lower, upper = (sqrt(variance * freedom / float(end)) for end in ends)
    return SeenNoise(sqrt(variance), lower, upper, icc, lag, places, whole.shape[1], len(table) - places)


def _kept(whole: npt.NDArray[np.float64], variance: float) -> tuple[float | None, float | None]:
    """The share of the variance that places keep, and the autocorrelation of the rest."""
    periods = whole.shape[1]
    if periods < 2:
        return None, None
    one = float(np.diff(whole, axis=1).var(axis=0, ddof=1).mean())
    if periods < 3 or one <= 0:
        return _share(1 - one / 2 / variance), None
    two = float((whole[:, 2:] - whole[:, :-2]).var(axis=0, ddof=1).mean())
    lag = min(max(two / one - 1, 0.0), _MOST_LAG)
    return _share(1 - one / (2 - 2 * lag) / variance), lag


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)
