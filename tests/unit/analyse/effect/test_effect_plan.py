"""Plans: what is promised keeps its promise, what is refused says what it would take, and what cannot be planned is named."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product
from math import inf, nan, sqrt
from typing import Any

import numpy as np
import pytest

from idtracker.analyse.effect.cells import Cells, cells_of
from idtracker.analyse.effect.contrast import interaction_contrast
from idtracker.analyse.effect.plan import LEAST_POWER, Design, Plan, Question, plan_comparison
from idtracker.analyse.effect.plan_designs import at_once, four_cells, staggered
from idtracker.analyse.effect.plan_noise import Noise, noise_seen
from idtracker.analyse.effect.plan_power import contrast_power
from idtracker.analyse.effect.plan_problems import PlanError
from idtracker.analyse.effect.staggered import NEVER, group_time_effects

NOISE = Noise((3.0, 3.0, 3.0, 3.0), icc=0.7, autocorrelation=0.3)
QUESTION = Question(effect=6.0, places=24, noise=NOISE, costs=(20.0, 100.0, 80.0, 150.0), periods=6)


def of_kind(plan: Plan, kind: str) -> list[Design]:
    return [design for design in plan.designs if design.layout.kind == kind]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_comparison(QUESTION)


def test_every_kind_is_promised_and_keeps_to_the_places(plan: Plan) -> None:
    assert {design.layout.kind for design in plan.designs} == {"four_cells", "at_once", "staggered"}
    assert plan.refused == ()
    for design in plan.designs:
        assert design.layout.places <= 24
        assert design.power is not None
        assert design.power >= LEAST_POWER
        assert 0 < design.false_alarms <= 0.10
        assert "chosen_places" in design.limits
        assert ("second_only" in design.limits) == (design.layout.kind != "four_cells")


def test_prices_are_places_times_quarters_times_cost(plan: Plan) -> None:
    for design in of_kind(plan, "four_cells"):
        layout = design.layout
        assert layout.price == layout.periods * sum(n * c for n, c in zip(layout.sizes, QUESTION.costs, strict=True))
    for design in [*of_kind(plan, "at_once"), *of_kind(plan, "staggered")]:
        layout, price = design.layout, 0.0
        assert len(layout.first) == layout.places
        for start in layout.first:
            began = [start != NEVER and period >= start for period in range(layout.periods)]
            price += sum(150.0 if joined else 100.0 for joined in began)
        assert layout.price == pytest.approx(price)


def test_the_plans_own_designs_are_realised(plan: Plan) -> None:
    """The dearest design of four cells over one quarter, and the cheapest staggered one, through the estimators."""
    rng, programmes = np.random.default_rng(8), 600
    cells = next(design for design in of_kind(plan, "four_cells") if design.layout.periods == 1)
    arm = np.repeat(np.arange(4), cells.layout.sizes)
    shown = 0
    for _ in range(programmes):
        found = cells_of(3 * rng.normal(size=len(arm)) + 6.0 * (arm == 3), np.isin(arm, (1, 3)), arm > 1)
        assert isinstance(found, Cells)
        shown += interaction_contrast(found).verdict == "synergy"
    assert cells.power is not None
    assert shown / programmes == pytest.approx(cells.power, abs=3 * sqrt(0.25 / programmes))
    waves = of_kind(plan, "staggered")[0]
    first, periods, shown = waves.layout.first, waves.layout.periods, 0
    began = (first[:, None] != NEVER) & (np.arange(periods) >= first[:, None])
    for _ in range(200):
        changing = [rng.normal(size=len(first))]
        for _ in range(periods - 1):
            changing.append(0.3 * changing[-1] + sqrt(1 - 0.09) * rng.normal(size=len(first)))
        lower = group_time_effects(3 * sqrt(0.3) * np.stack(changing, 1) + 6.0 * began, first).lower
        shown += lower is not None and lower > 0
    assert waves.power is not None
    assert shown / 200 == pytest.approx(waves.power, abs=3 * sqrt(0.25 / 200))


def test_the_cheapest_promised_design_of_four_cells_has_none_before_it(plan: Plan) -> None:
    cheapest = next(d for d in of_kind(plan, "four_cells") if d.layout.periods == 1)
    path = four_cells(NOISE, QUESTION.costs, 1, 24)
    before = path[: path.index(cheapest.layout)]
    powers = [contrast_power(NOISE.sd, layout.sizes).power(6.0) for layout in [*before, cheapest.layout]]
    assert before
    assert max(powers[:-1]) < LEAST_POWER <= powers[-1] == cheapest.power


def test_no_four_cells_of_the_price_have_a_smaller_error() -> None:
    """Greedy layouts against all there are: at each price none has less variance, but for whole places."""
    costs, sds = (1.0, 2.0, 2.0, 3.0), (1.0, 1.0, 2.0, 1.0)
    path = four_cells(Noise(sds), costs, 1, 22)
    every = [sizes for sizes in product(range(2, 12), repeat=4) if sum(sizes) <= 22]

    def variance(sizes: tuple[int, ...]) -> float:
        return sum(sd**2 / n for sd, n in zip(sds, sizes, strict=True))

    for layout in path[2:]:
        least = min(
            variance(sizes) for sizes in every if sum(n * c for n, c in zip(sizes, costs, strict=True)) <= layout.price
        )
        assert variance(layout.sizes) <= least * 1.08


@pytest.mark.parametrize(
    "layouts",
    [
        at_once(NOISE, QUESTION.costs, 30),
        staggered(NOISE, QUESTION.costs, 6, 3, 30),
        four_cells(NOISE, (1, 2, 3, 4), 2, 30),
    ],
)
def test_each_layout_has_one_place_more_and_costs_more(layouts: list[Any]) -> None:
    assert len(layouts) > 20
    assert [later.places - layout.places for layout, later in pairwise(layouts)] == [1] * (len(layouts) - 1)
    assert all(layout.price < later.price for layout, later in pairwise(layouts))


def test_below_a_power_of_a_half_nothing_is_promised() -> None:
    few = plan_comparison(replace(QUESTION, effect=5.0, places=10, noise=Noise((3.0,) * 4), periods=1))
    (refused,) = [of for of in few.refused if of.kind == "four_cells"]
    assert of_kind(few, "four_cells") == []
    assert refused.reason == "low_power"
    assert refused.largest is not None
    assert refused.largest.power is None
    assert refused.largest.layout.places == 10
    assert refused.needed is not None
    assert refused.needed.layout.places > 10
    before = four_cells(Noise((3.0,) * 4), QUESTION.costs, 1, refused.needed.layout.places - 1)[-1]
    powers = [contrast_power((3.0,) * 4, of.sizes).power(5.0) for of in (before, refused.needed.layout)]
    assert powers[0] < LEAST_POWER <= powers[1]
    again = plan_comparison(
        replace(QUESTION, effect=5.0, places=refused.needed.layout.places, noise=Noise((3.0,) * 4), periods=1)
    )
    assert [design.layout for design in of_kind(again, "four_cells")] == [refused.needed.layout]


@pytest.mark.parametrize(
    "change, kind, reason",
    [
        ({"places": 6}, "four_cells", "few_places"),
        ({"budget": 100.0}, "four_cells", "low_budget"),
        ({"budget": 100.0}, "staggered", "low_budget"),
        ({"periods": 1}, "at_once", "few_periods"),
        ({"periods": 2}, "staggered", "few_periods"),
        ({"places": 4, "effect": 60.0}, "staggered", "false_alarms"),
        ({"places": 4, "effect": 60.0}, "at_once", "low_power"),
    ],
)
def test_refusals_say_why(change: dict[str, Any], kind: str, reason: str) -> None:
    found = plan_comparison(replace(QUESTION, **change))
    assert [of.reason for of in found.refused if of.kind == kind] == [reason]
    assert of_kind(found, kind) == []


def test_an_effect_that_nothing_shows_needs_no_design() -> None:
    found = plan_comparison(replace(QUESTION, effect=0.001, places=10))
    assert found.designs == ()
    assert [(of.reason, of.needed) for of in found.refused] == [("low_power", None)] * 3


def test_an_effect_of_harm_is_planned_as_one_of_good() -> None:
    few = replace(QUESTION, places=9)
    assert plan_comparison(replace(few, effect=-6.0)).designs == plan_comparison(few).designs != ()


def test_more_places_or_budget_and_less_noise_never_promise_less() -> None:
    base = replace(QUESTION, effect=5.0, places=10, budget=4_500.0)
    of_base = {kind: _best(plan_comparison(base), kind) for kind in ("four_cells", "at_once", "staggered")}
    assert max(of_base.values()) > 0
    for better in ({"places": 12}, {"budget": 6_000.0}, {"noise": NOISE.scaled(0.8)}):
        more = plan_comparison(replace(base, **better))
        for kind, power in of_base.items():
            assert _best(more, kind) >= power - 0.03


def _best(plan: Plan, kind: str) -> float:
    return max((design.power or 0.0 for design in of_kind(plan, kind)), default=0.0)


def test_noise_that_may_be_larger_is_planned_for_as_well() -> None:
    found = plan_comparison(replace(QUESTION, places=12, noise_factor=1.5, effect=9.0))
    louder = contrast_power(tuple(1.5 * sd for sd in NOISE.sd), found.designs[0].layout.sizes)
    assert found.designs[0].layout.periods == 1
    assert found.designs[0].power_if_noisier == pytest.approx(louder.power(9.0))
    assert ("noise_unsure" in found.designs[0].limits) == (louder.power(9.0) < 0.5)
    assert any("noise_unsure" in design.limits for design in found.designs)
    assert any("noise_unsure" not in design.limits for design in found.designs)


@pytest.mark.parametrize(
    "change, code",
    [
        ({"effect": 0.0}, "effect_zero"),
        ({"effect": nan}, "effect_zero"),
        ({"costs": (1.0, 0.0, 1.0, 1.0)}, "cost_positive"),
        ({"costs": (1.0, 1.0, -1.0, 1.0)}, "cost_positive"),
        ({"costs": (1.0, 1.0, 1.0, inf)}, "cost_positive"),
        ({"noise": Noise((1.0, 1.0, 1.0, -1.0))}, "noise_positive"),
        ({"noise": Noise((0.0, 1.0, 1.0, 1.0))}, "noise_positive"),
        ({"noise": Noise((1.0,) * 4, icc=1.2)}, "share_range"),
        ({"noise": Noise((1.0,) * 4, icc=0.2, autocorrelation=1.0)}, "share_range"),
        ({"places": 1}, "one_place"),
        ({"places": 3}, "arms_over_places"),
        ({"places": -3}, "one_place"),
        ({"places": 501}, "many_places"),
        ({"budget": 0.0}, "budget_positive"),
        ({"budget": nan}, "budget_positive"),
        ({"periods": 0}, "periods_waves"),
        ({"waves": 1}, "periods_waves"),
        ({"noise_factor": 0.5}, "noise_factor"),
    ],
)
def test_what_cannot_be_planned_is_named_in_both_languages(change: dict[str, Any], code: str) -> None:
    with pytest.raises(PlanError) as problem:
        plan_comparison(replace(QUESTION, **change))
    assert problem.value.code == code
    assert problem.value.said.en == str(problem.value)
    assert problem.value.said.ar not in ("", problem.value.said.en)


def test_noise_of_a_made_panel_is_read_back() -> None:
    """Ten thousand places whose noise is known, a tide that lifts all, and places with gaps that are left out."""
    rng, icc, lag, sd = np.random.default_rng(2), 0.6, 0.4, 5.0
    changing = [rng.normal(size=10_000)]
    for _ in range(5):
        changing.append(lag * changing[-1] + sqrt(1 - lag**2) * rng.normal(size=10_000))
    values = sd * (sqrt(icc) * rng.normal(size=(10_000, 1)) + sqrt(1 - icc) * np.stack(changing, 1)) + 9.0 * np.arange(
        6
    )
    values[:7, 3] = np.nan
    seen = noise_seen(values)
    assert (seen.places, seen.periods, seen.left_out, seen.n) == (9_993, 6, 7, 9_993 * 6)
    assert seen.sd == pytest.approx(sd, rel=0.02)
    assert seen.icc == pytest.approx(icc, abs=0.03)
    assert seen.autocorrelation == pytest.approx(lag, abs=0.03)
    assert seen.lower < seen.sd < seen.upper


def test_noise_interval_holds_the_truth_nine_times_in_ten() -> None:
    rng, inside = np.random.default_rng(3), 0
    for _ in range(2_000):
        seen = noise_seen(np.repeat(4.0 * rng.normal(size=(6, 1)), 3, axis=1))
        inside += seen.lower <= 4.0 <= seen.upper
    assert inside / 2_000 == pytest.approx(0.90, abs=0.02)


@pytest.mark.parametrize("values", [np.ones((2, 3)), np.full((5, 3), np.nan), np.ones((5, 0)), np.ones((5, 3))])
def test_a_past_that_shows_no_noise_is_refused(values: np.ndarray) -> None:
    with pytest.raises(PlanError):
        noise_seen(values)


def test_one_and_two_periods_tell_less() -> None:
    rng = np.random.default_rng(1)
    one, two = noise_seen(rng.normal(size=(50, 1))), noise_seen(rng.normal(size=(50, 2)))
    assert (one.icc, one.autocorrelation) == (None, None)
    assert two.autocorrelation is None
    assert two.icc == pytest.approx(0.0, abs=0.3)
