"""Which comparison would show a synergy, with which power, at which price; nothing is promised below a power of 50 %.

Outcomes are taken as normal and places as independent, as the estimators take them. A power is that of the interval which the
estimator publishes: shown is an effect whose whole interval lies on its side of 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Literal

from idtracker.analyse.effect.cells import ARMS
from idtracker.analyse.effect.contrast import LEVEL
from idtracker.analyse.effect.differences import FEW
from idtracker.analyse.effect.differences import POWER as WANTED
from idtracker.analyse.effect.plan_designs import (
    KINDS,
    MOST_PLACES,
    Costs,
    Kind,
    Layout,
    at_once,
    four_cells,
    is_hopeless,
    power_of,
    staggered,
)
from idtracker.analyse.effect.plan_noise import Noise
from idtracker.analyse.effect.plan_power import Power
from idtracker.analyse.effect.plan_problems import PlanError

LEAST_POWER = 0.50
"""Below this nothing is promised."""
_LEAST_PLACES = 4
_SURE = 2.0  # Monte Carlo errors by which a simulated power must lie above what is promised
Limit = Literal[
    "chosen_places",
    "one_quarter",
    "second_only",
    "parallel_trends",
    "constant_effect",
    "few_places",
    "no_icc",
    "no_lag",
    "noise_unsure",
]
Reason = Literal["low_power", "false_alarms", "few_places", "few_periods", "low_budget"]


@dataclass(frozen=True, slots=True)
class Question:
    """What a plan is asked.

    `effect` in outcome units: the contrast in four cells, or what joining adds where places join. `places` at most; `costs` of one place
    for one period by arm, in the order of ARMS, and `budget` in the same unit (None: no limit); `periods` that the comparison may last;
    `waves` in which places join in staggered designs; `noise_factor` how many times larger the noise may be than stated (1: not
    known). `seed` of what is simulated.
    """

    effect: float
    places: int
    noise: Noise
    costs: Costs
    budget: float | None = None
    periods: int = 1
    waves: int = 2
    noise_factor: float = 1.0
    level: float = LEVEL
    seed: int = 0

    def checked(self) -> Question:
        """Itself; PlanError where no plan can be made of it."""
        if not (isfinite(self.effect) and self.effect != 0):
            raise PlanError("effect_zero", value=self.effect)
        for arm, cost in zip(ARMS, self.costs, strict=True):
            if not (isfinite(cost) and cost > 0):
                raise PlanError("cost_positive", arm=arm, value=cost)
        if self.places < _LEAST_PLACES:
            name = "one_place" if self.places < 2 else "arms_over_places"
            raise PlanError(name, places=self.places, least=_LEAST_PLACES)
        if self.places > MOST_PLACES:
            raise PlanError("many_places", places=self.places, most=MOST_PLACES)
        if self.budget is not None and not self.budget > 0:
            raise PlanError("budget_positive", value=self.budget)
        if self.periods < 1 or self.waves < 2:
            raise PlanError("periods_waves", periods=self.periods, waves=self.waves)
        if not (isfinite(self.noise_factor) and self.noise_factor >= 1):
            raise PlanError("noise_factor", value=self.noise_factor)
        self.noise.checked()
        return self


@dataclass(frozen=True, slots=True)
class Design:
    """A layout and what it would show.

    `power` for the effect asked, None where it is not promised, with the Monte Carlo error (0 where nothing is simulated);
    `power_if_noisier` the same with the largest noise; `detectable` the smallest effect shown four times in five, in outcome units, None where
    none is; `false_alarms` how often it would show an effect that is not there (the interval promises 0.05); `limits` what it cannot tell.
    """

    layout: Layout
    power: float | None
    monte_carlo_error: float
    power_if_noisier: float | None
    detectable: float | None
    false_alarms: float
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A kind of design that is not promised within the places and the budget: why, and the smallest that would be (None: none up to MOST_PLACES).

    `largest` is the largest that the places and the budget allow, None where they allow none.
    """

    kind: Kind
    reason: Reason
    largest: Design | None
    needed: Design | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Designs that are promised, by kind and price, and kinds that are not."""

    question: Question
    designs: tuple[Design, ...]
    refused: tuple[Refused, ...]


def plan_comparison(question: Question) -> Plan:
    """The smallest design of each kind with a power of 50 %, the smallest with 80 %, and the largest within places and budget.

    Four cells ask for a synergy and are planned over one period, and over `periods` where places do not keep all of their noise;
    the others ask what joining adds. PlanError where the question cannot be planned for.
    """
    question.checked()
    designs, refused = list[Design](), list[Refused]()
    for kind in KINDS:
        searches = [_Search(question, layouts) for layouts in _layouts(question, kind)]
        of_kind = [design for search in searches for design in search.promised()]
        designs += sorted(of_kind, key=lambda design: design.layout.price)
        refused += [] if of_kind else [min((search.refused(kind) for search in searches), key=_price_needed)]
    return Plan(question, tuple(designs), tuple(refused))


def _layouts(question: Question, kind: Kind) -> list[list[Layout]]:
    noise, costs, periods = question.noise, question.costs, question.periods
    if kind == "four_cells":
        lasts = [1] if periods == 1 or noise.icc in (None, 1) else [1, periods]
        return [four_cells(noise, costs, last, MOST_PLACES) for last in lasts]
    if kind == "at_once":
        return [at_once(noise, costs, MOST_PLACES) if periods > 1 else []]
    return [staggered(noise, costs, periods, question.waves, MOST_PLACES) if periods > question.waves else []]


@dataclass(slots=True)
class _Search:
    """Layouts of one kind, each larger than the one before, and the powers that were asked for."""

    question: Question
    layouts: list[Layout]
    _powers: dict[int, Power] = field(default_factory=dict)

    @property
    def allowed(self) -> int:
        """How many of the layouts keep to places and budget."""
        budget = self.question.budget
        return sum(
            layout.places <= self.question.places and (budget is None or layout.price <= budget)
            for layout in self.layouts
        )

    def promised(self) -> list[Design]:
        """Those that are promised within places and budget: of 50 %, of 80 %, the largest."""
        last = self.allowed - 1
        if last < 0 or not self.reaches(last, LEAST_POWER):
            return []
        least = self.smallest(LEAST_POWER, last)
        good = self.smallest(WANTED, last) if self.reaches(last, WANTED) else last
        return [self.design(at) for at in sorted({least, good, last})]

    def refused(self, kind: Kind) -> Refused:
        """Why none is promised, and the smallest that would be."""
        if not self.layouts:
            return Refused(kind, "few_periods", None, None)
        last, needed = self.allowed - 1, self.needed()
        if last < 0:
            reason: Reason = "few_places" if self.layouts[0].places > self.question.places else "low_budget"
            return Refused(kind, reason, None, needed)
        return Refused(kind, "low_power" if not self.is_narrow(last) else "false_alarms", self.design(last), needed)

    def needed(self) -> Design | None:
        """The smallest that is promised whatever places and budget; looked for in steps that double, for the largest take long."""
        at, end = max(self.allowed - 1, 0), len(self.layouts) - 1
        while not self.reaches(at, LEAST_POWER):
            if at == end:
                return None
            at = min(2 * at + 1, end)
        return self.design(self.smallest(LEAST_POWER, at))

    def reaches(self, at: int, power: float) -> bool:
        """Whether a layout has so much power, beyond what simulation may err by, and keeps what its interval promises."""
        effect = abs(self.question.effect)
        if at not in self._powers and is_hopeless(
            self.layouts[at], self.question.noise, effect, power, self.question.level
        ):
            return False
        of = self.power(at)
        return not self.is_narrow(at) and of.power(effect) - _SURE * of.monte_carlo_error(effect) >= power

    def is_narrow(self, at: int) -> bool:
        """Whether the interval shows an effect that is not there more than twice as often as it promises."""
        return self.power(at).power(0.0) > 1 - self.question.level

    def smallest(self, power: float, last: int) -> int:
        """The first layout that reaches the power, by halving; that of `last` does."""
        return _first(lambda at: self.reaches(at, power), last)

    def power(self, at: int) -> Power:
        if at not in self._powers:
            asked = self.question
            self._powers[at] = power_of(self.layouts[at], asked.noise, level=asked.level, seed=asked.seed)
        return self._powers[at]

    def design(self, at: int) -> Design:
        of, effect, factor = self.power(at), abs(self.question.effect), self.question.noise_factor
        is_promised = self.reaches(at, LEAST_POWER)
        noisier = of.power(effect / factor) if is_promised and factor > 1 else None
        is_unsure = noisier is not None and noisier < LEAST_POWER
        return Design(
            self.layouts[at],
            of.power(effect) if is_promised else None,
            of.monte_carlo_error(effect),
            noisier,
            of.detectable(WANTED),
            of.power(0.0),
            _limits(self.layouts[at], self.question.noise, is_unsure),
        )


def _price_needed(refused: Refused) -> float:
    return inf if refused.needed is None else refused.needed.layout.price


def _first(is_met: Callable[[int], bool], last: int) -> int:
    low, high = 0, last
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_met(middle) else (middle + 1, high)
    return low


def _limits(layout: Layout, noise: Noise, is_unsure: bool) -> tuple[Limit, ...]:
    """What a design cannot tell, and what it takes for granted."""
    limits: list[Limit] = ["chosen_places"]
    if layout.kind == "four_cells":
        limits += ["one_quarter"] if layout.periods > 1 else []
    else:
        limits += ["second_only", "parallel_trends", "constant_effect"]
        limits += ["few_places"] if min(n for n in layout.sizes if n) < FEW else []
        limits += ["no_icc"] if noise.icc is None else []
    is_long = layout.periods > 1 and noise.icc is not None
    limits += ["no_lag"] if is_long and noise.autocorrelation is None else []
    limits += ["noise_unsure"] if is_unsure else []
    return tuple(limits)
