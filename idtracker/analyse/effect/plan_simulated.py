"""Power of starts at once and of staggered starts, by seeded simulation of programmes without an effect, many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, sqrt

import numpy as np
import numpy.typing as npt

from idtracker.analyse.effect.cells import ARMS
from idtracker.analyse.effect.contrast import LEVEL, normal_quantile
from idtracker.analyse.effect.plan_noise import Noise
from idtracker.analyse.effect.plan_power import SimulatedPower
from idtracker.analyse.effect.randomisation import assignments
from idtracker.analyse.effect.staggered import NEVER

Array = npt.NDArray[np.float64]
STAGGERED, LARGE, AT_ONCE = 6_000, 2_000, 2_000
"""How many programmes are simulated; of staggered starts fewer where one has more than _LARGE_PANEL outcomes."""
_LARGE_PANEL = 600
_HELD = 2_000_000
"""Numbers held at a time."""
_TIE = 1e-9


def at_once_power(
    noise: Noise, treated: int, controls: int, *, level: float = LEVEL, programmes: int = AT_ONCE, seed: int = 0
) -> SimulatedPower:
    """The power of `difference_in_differences` with one period before and one after, by its own randomisation intervals.

    Places of arm A, of which `treated` join B after the first period. `noise` in outcome units, normal.
    """
    first = np.where(np.arange(treated + controls) < treated, 1, NEVER)
    sets = np.concatenate(list(assignments(first != NEVER)))
    found = []
    for outcomes in simulated(noise, first, 2, programmes, seed, held=max(1, _HELD // len(sets))):
        found.append(-randomisation_lower(outcomes[:, :, 1] - outcomes[:, :, 0], treated, sets, level))
    return SimulatedPower(np.sort(np.concatenate(found)))


def randomisation_lower(changes: Array, treated: int, sets: npt.NDArray[np.intp], level: float) -> Array:
    """The lower end of the interval of `randomise` for each of many programmes, -inf where it has none.

    `changes` is (programmes, places) with the treated places first; `sets` (assignments, treated) as `assignments` gives them.
    """
    places = changes.shape[1]
    weights = np.full((len(sets), places), -1 / (places - treated))
    np.put_along_axis(weights, sets, 1 / treated, axis=1)
    other = changes @ weights.T
    overlap = weights[:, :treated].sum(axis=1)
    actual = (changes[:, :treated].mean(axis=1) - changes[:, treated:].mean(axis=1))[:, None]
    never = (np.abs(1 - overlap) < _TIE) | (np.abs(1 + overlap) < _TIE)
    with np.errstate(divide="ignore", invalid="ignore"):
        lowest = np.minimum((actual - other) / (1 - overlap), (actual + other) / (1 + overlap))
    lowest = np.where(never, -np.inf, np.minimum(lowest, actual))
    at = floor((1 - level) * len(sets) + _TIE)
    return np.asarray(np.partition(lowest, at, axis=1)[:, at])


def staggered_power(
    noise: Noise,
    first: npt.NDArray[np.intp],
    periods: int,
    *,
    level: float = LEVEL,
    programmes: int | None = None,
    seed: int = 0,
) -> SimulatedPower:
    """The power of `group_time_effects` against places that never begin, for an effect that is the same in every period after a start.

    `first` (places,) as the estimator takes it, none of it 0. Places work in arm A and join B. `noise` in outcome units, normal.
    """
    size = len(first) * periods
    count = programmes or (STAGGERED if size <= _LARGE_PANEL else LARGE)
    held = max(1, _HELD // size)
    quantile, found = normal_quantile(level), []
    for outcomes in simulated(noise, first, periods, count, seed, held):
        effect, error = staggered_means(outcomes, first)
        found.append(quantile * error - effect)
    return SimulatedPower(np.sort(np.concatenate(found)))


def staggered_means(outcomes: Array, first: npt.NDArray[np.intp]) -> tuple[Array, Array]:
    """Effect and error of `group_time_effects` for each of many programmes, `outcomes` of shape (programmes, places, periods)."""
    count, places, periods = outcomes.shape
    is_control = first == NEVER
    pairs = [(group, period) for group in sorted({*first.tolist()} - {NEVER}) for period in range(group, periods)]
    member = np.array([first == group for group, _ in pairs], dtype=float)
    share = member.mean(axis=1)
    total = share.sum()
    effects, of_effects = np.empty((count, len(pairs))), np.zeros((count, places))
    for i, (group, period) in enumerate(pairs):
        change, is_treated = outcomes[:, :, period] - outcomes[:, :, group - 1], first == group
        sides = [(is_treated, 1.0), (is_control, -1.0)]
        means = [change[:, side].mean(axis=1) for side, _ in sides]
        effects[:, i] = means[0] - means[1]
        for (side, sign), mean in zip(sides, means, strict=True):
            of_effects[:, side] += sign * share[i] / total * (change[:, side] - mean[:, None]) / side.mean()
    mean = effects @ share / total
    of_shares = (effects - mean[:, None]) / total @ (member - share[:, None])
    return mean, np.sqrt(((of_effects + of_shares) ** 2).mean(axis=1) / places)


def simulated(
    noise: Noise, first: npt.NDArray[np.intp], periods: int, programmes: int, seed: int, held: int
) -> Iterator[Array]:
    """Outcomes without an effect, shape (at most `held`, places, periods): a place has the noise of A, once it began that of both.

    The whole noise of a place in a period is its arm's spread times what the place keeps plus what changes (first order, stationary).
    """
    rng = np.random.default_rng(seed)
    began = (first[:, None] != NEVER) & (np.arange(periods)[None, :] >= first[:, None])
    spread = np.where(began, noise.sd[ARMS.index("both")], noise.sd[ARMS.index("a")])
    kept = noise.icc or 0.0
    root = np.linalg.cholesky(noise.correlation(periods))
    for start in range(0, programmes, held):
        shape = (min(held, programmes - start), len(first))
        own, changing = rng.normal(size=(*shape, 1)), rng.normal(size=(*shape, periods)) @ root.T
        yield spread * (sqrt(kept) * own + sqrt(1 - kept) * changing)
