"""How far the values of a series scatter about its own trend, and how fast the series itself drifts.

The model is a random walk with a trend, seen through noise (Harvey 1989, Forecasting, structural time series models and the
Kalman filter, chapter 2): value = level + noise with variance r; from one quarter to the next the level moves by the trend b
and a random step with variance q. A value is looked at together with the values reported in the `window` quarters up to its
own. A quarter without one is left out, and so is one whose report was made for an earlier quarter already: a figure of a year
stands in four quarters and is one observation. With n values at the times t, as shares of r, the covariance of the values at the
ratio k = q/r is V = I + k·min(t_i - t_1, t_j - t_1), and with X = (1, t) for level and trend
  P = V⁻¹ - V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹    S = x'Px (not below floor²)    r = S/(n - 2)    b = second of (X'V⁻¹X)⁻¹X'V⁻¹x
  likelihood of k = |V|^(-1/2) · |X'V⁻¹X|^(-1/2) · S^(-(n - 2)/2)        (restricted: Patterson and Thompson 1971)
A dozen values say little about k. So r, drift = k·r and trend² are averages over the ratios 0, 0.003, 0.01, 0.03, 0.1, 0.3
and 1, weighted by their likelihood, where trend² = b² - r·(second of the diagonal of (X'V⁻¹X)⁻¹), what of b² is not its own
uncertainty, not below 0.

Where several reports stand behind a value, their differences say the squared error of one report (`apart`): the mean over the
window, weighted by degrees of freedom.

Chosen by simulation, thousands of series of 12 values for each of several ratios and trends: the mean of r was 0.9 to 1.04 of
the truth for ratios up to 0.2 whatever the trend, and 1.5 at ratio 1 (too wide). Moments of first and second differences
were right on average but scattered twice as far; the residuals about a straight line were right up to a ratio of 0.05, and
1.2 to 1.9 of the truth for ratios from 0.2 to 1.

Each series is worked out by itself, term by term in a fixed order: a matrix product would let the last digit depend on
which other series are worked out with it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.model.method import KNOWING_NOTHING, HistoryRule

_RATIOS = np.array([0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0])
_TREND = 2  # level and trend: what the values have to tell before anything is left for their scatter
Floats = npt.NDArray[np.float64]


def scatter_of_histories(positions: pd.DataFrame, rule: HistoryRule) -> pd.DataFrame:
    """Rows of series, quarter, noise, drift, trend, apart and degrees for the values of which any of these is known.

    `positions` has the columns series (integer), quarter (running number), position (points of the 0-100 scale), is_new,
    apart and degrees (errors.positions), each quarter of a series once. `noise` is a standard error in points, between the
    rule's floor and that of knowing nothing; `drift` a variance in points² per quarter, `trend` the square of points per
    quarter; these three are missing with fewer than `minimum_points` in the window.
    """
    rows = positions.sort_values(["series", "quarter"], ignore_index=True)
    values, apart, degrees = _windows(rows, rule.window)
    present = ~np.isnan(values)
    noise, drift, trend = (np.full(len(rows), np.nan) for _ in range(3))
    patterns = (present * (1 << np.arange(rule.window, dtype="int64"))[:, None]).sum(axis=0)
    for pattern in np.unique(patterns[present.sum(axis=0) >= rule.minimum_points]):
        at = np.flatnonzero(patterns == pattern)
        lags = np.flatnonzero(present[:, at[0]])
        variance, drift[at], trend[at] = _scatter(values[np.ix_(lags, at)], tuple(lags.tolist()), rule.floor)
        noise[at] = np.sqrt(variance).clip(rule.floor, KNOWING_NOTHING)
    told = {"noise": noise, "drift": drift, "trend": trend, "apart": apart, "degrees": degrees}
    known = rows[["series", "quarter"]].assign(**told)
    return known[known["noise"].notna() | (known["degrees"] > 0)].reset_index(drop=True)


def _windows(rows: pd.DataFrame, window: int) -> tuple[Floats, Floats, Floats]:
    """What was reported in the window of each value (columns).

    Positions by lag in quarters (rows, 0 first) as distances from the value, missing where none was; the mean squared error
    of a report by the differences between reports, missing where there is none, and its degrees of freedom.
    """
    series, quarter = (rows[name].to_numpy(dtype="int64") for name in ("series", "quarter"))
    position, degrees, apart = (rows[name].to_numpy(dtype="float64") for name in ("position", "degrees", "apart"))
    is_new = rows["is_new"].to_numpy(dtype="bool")
    degrees = np.where(is_new & ~np.isnan(apart), degrees, 0.0)
    squares = np.where(degrees > 0, degrees * apart, 0.0)
    found = np.full((window, len(rows)), np.nan)
    total, freedom = np.zeros(len(rows)), np.zeros(len(rows))
    for back in range(min(window, len(rows))):
        later = np.arange(back, len(rows))
        lag = quarter[later] - quarter[later - back]
        later = later[(series[later] == series[later - back]) & (lag < window) & is_new[later - back]]
        earlier = later - back
        found[quarter[later] - quarter[earlier], later] = position[earlier] - position[later]
        total[later] += squares[earlier]
        freedom[later] += degrees[earlier]
    with np.errstate(invalid="ignore"):
        return found, total / freedom, freedom


def _scatter(values: Floats, lags: tuple[int, ...], floor: float) -> tuple[Floats, Floats, Floats]:
    """Variance of the noise, drift per quarter and squared trend of values (rows: `lags`, columns: one value each)."""
    forms, slopes, doubts, constants = _forms(lags)
    shape = (len(_RATIOS), values.shape[1])
    squares, slope = np.zeros(shape), np.zeros(shape)
    for i, first in enumerate(values):
        slope += slopes[:, i, None] * first
        for j in range(i + 1):
            twice = 1.0 if i == j else 2.0
            squares += (twice * forms[:, i, j, None]) * (first * values[j])
    squares = np.maximum(squares, floor**2)
    freedom = len(lags) - _TREND
    likelihood = constants[:, None] - freedom / 2 * np.log(squares)
    weight = np.exp(likelihood - likelihood.max(axis=0))
    variance = squares / freedom
    trend = np.maximum(slope * slope - doubts[:, None] * variance, 0)
    total, noise, moved, led = (np.zeros(shape[1]) for _ in range(4))
    for n in range(len(_RATIOS)):
        total += weight[n]
        noise += weight[n] * variance[n]
        moved += weight[n] * (_RATIOS[n] * variance[n])
        led += weight[n] * trend[n]
    return noise / total, moved / total, led / total


@lru_cache(maxsize=4096)
def _forms(lags: tuple[int, ...]) -> tuple[Floats, Floats, Floats, Floats]:
    """For every ratio the matrix P, the row that gives the trend, its variance as share of r, and the part of the log likelihood without the values."""
    times = -np.array(lags, dtype="float64")
    times -= times.min()
    shared = np.minimum.outer(times, times)
    design = np.column_stack([np.ones_like(times), times])
    forms, slopes, doubts, constants = [], [], [], []
    for ratio in _RATIOS:
        inverse = np.linalg.inv(np.eye(len(times)) + ratio * shared)
        information = design.T @ inverse @ design
        fit = np.linalg.solve(information, design.T @ inverse)
        forms.append(inverse - inverse @ design @ fit)
        slopes.append(fit[1])
        doubts.append(np.linalg.inv(information)[1, 1])
        constants.append((np.linalg.slogdet(inverse)[1] - np.linalg.slogdet(information)[1]) / 2)
    return np.array(forms), np.array(slopes), np.array(doubts), np.array(constants)
