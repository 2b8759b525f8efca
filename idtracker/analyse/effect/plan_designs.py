"""The designs of a plan: how many places in each arm, when they begin, what they cost, from the smallest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from idtracker.analyse.effect.cells import ARMS
from idtracker.analyse.effect.contrast import LEVEL, normal_quantile
from idtracker.analyse.effect.plan_noise import Noise
from idtracker.analyse.effect.plan_power import Power, contrast_power
from idtracker.analyse.effect.plan_simulated import at_once_power, staggered_power
from idtracker.analyse.effect.staggered import NEVER

Kind = Literal["four_cells", "at_once", "staggered"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Costs = tuple[float, float, float, float]
MOST_PLACES = 500
_A, _BOTH, _LEAST = ARMS.index("a"), ARMS.index("both"), 2


@dataclass(frozen=True, slots=True)
class Layout:
    """Places by arm in the order of ARMS, over `periods`; `starts` holds the period (0 is the first) in which each wave joins.

    Where arms change, places in `both` work in A until their wave joins, and those in `a` never join. `price` in the unit of the costs.
    """

    kind: Kind
    sizes: tuple[int, int, int, int]
    periods: int
    starts: tuple[int, ...]
    price: float

    @property
    def places(self) -> int:
        return sum(self.sizes)

    @property
    def first(self) -> npt.NDArray[np.intp]:
        """The period in which each place begins, as `group_time_effects` takes it: waves in turn, then those that never do."""
        joining = [self.starts[i % len(self.starts)] for i in range(self.sizes[_BOTH])]
        return np.array([*joining, *[NEVER] * self.sizes[_A]], dtype=np.intp)


def power_of(layout: Layout, noise: Noise, *, level: float = LEVEL, seed: int = 0) -> Power:
    """The power of a layout, by the interval of the estimator that its outcomes would go through; `noise` in outcome units."""
    if layout.kind == "four_cells":
        return contrast_power(noise.of_mean(layout.periods), layout.sizes, level)
    if layout.kind == "at_once":
        return at_once_power(noise, layout.sizes[_BOTH], layout.sizes[_A], level=level, seed=seed)
    return staggered_power(noise, layout.first, layout.periods, level=level, seed=seed)


def is_hopeless(layout: Layout, noise: Noise, effect: float, power: float, level: float = LEVEL) -> bool:
    """Whether a layout of starts at once falls so far short of a power that there is no need to simulate it; of others never.

    With the spread known the normal test has more power than any that has to find it out; a tenth is left for what simulation errs by.
    """
    from scipy.special import ndtr

    if layout.kind != "at_once":
        return False
    kept, changing = noise.icc or 0.0, noise.correlation(2)
    covariance = kept + (1 - kept) * changing
    before, variance = noise.sd[_A], 0.0
    for arm in (_A, _BOTH):
        weights = np.array([-before, noise.sd[arm]])
        variance += float(weights @ covariance @ weights) / layout.sizes[arm]
    return bool(ndtr(effect / np.sqrt(variance) - normal_quantile(level)) < power - 0.1)


def four_cells(noise: Noise, costs: Costs, periods: int, most: int) -> list[Layout]:
    """Layouts of four arms with two places in each and more, up to `most` places.

    Each has one place more than the one before, in the arm where it takes most variance away for its cost.
    """
    sds, sizes, found = noise.of_mean(periods), [_LEAST] * len(ARMS), []
    while sum(sizes) <= most:
        n = (sizes[0], sizes[1], sizes[2], sizes[3])
        price = periods * sum(c * k for c, k in zip(costs, sizes, strict=True))
        found.append(Layout("four_cells", n, periods, (), price))
        sizes[_next(sds, sizes, costs)] += 1
    return found


def at_once(noise: Noise, costs: Costs, most: int) -> list[Layout]:
    """Layouts of places in A seen twice, of which some join B in between, up to `most` places."""
    return _joining("at_once", noise, costs, 2, (1,), _LEAST, most)


def staggered(noise: Noise, costs: Costs, periods: int, waves: int, most: int) -> list[Layout]:
    """Layouts of places in A that join B in `waves` spread evenly over `periods` (more than waves), and some that never do."""
    starts = tuple(1 + wave * (periods - 1) // waves for wave in range(waves))
    return _joining("staggered", noise, costs, periods, starts, waves, most)


def _joining(
    kind: Kind, noise: Noise, costs: Costs, periods: int, starts: tuple[int, ...], least: int, most: int
) -> list[Layout]:
    a, both = costs[_A], costs[_BOTH]
    of_wave = [start * a + (periods - start) * both for start in starts]
    of_side = [periods * a, sum(of_wave) / len(of_wave)]
    sds, sizes, found = (noise.sd[_A], noise.sd[_BOTH]), [_LEAST, least], []
    while sum(sizes) <= most:
        joining = sum(of_wave[i % len(of_wave)] for i in range(sizes[1]))
        found.append(Layout(kind, (0, sizes[0], 0, sizes[1]), periods, starts, periods * a * sizes[0] + joining))
        sizes[_next(sds, sizes, of_side)] += 1
    return found


def _next(sds: Sequence[float], sizes: Sequence[int], costs: Sequence[float]) -> int:
    """The arm in which one place more takes most variance away for its cost; the first of equals."""
    gains = [sd**2 / (n * (n + 1)) / cost for sd, n, cost in zip(sds, sizes, costs, strict=True)]
    return gains.index(max(gains))
