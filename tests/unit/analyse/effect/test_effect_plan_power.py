"""Planned power is realised power: two thousand simulated programmes through the estimators themselves, and worked numbers of others."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy import stats

from idtracker.analyse.effect.cells import Cells, cells_of
from idtracker.analyse.effect.contrast import LEVEL, interaction_contrast, normal_quantile
from idtracker.analyse.effect.differences import difference_in_differences
from idtracker.analyse.effect.plan_noise import Noise
from idtracker.analyse.effect.plan_power import contrast_power
from idtracker.analyse.effect.plan_simulated import (
    at_once_power,
    randomisation_lower,
    staggered_means,
    staggered_power,
)
from idtracker.analyse.effect.randomisation import assignments, randomise
from idtracker.analyse.effect.staggered import NEVER, group_time_effects

PROGRAMMES, POINTS = 2_000, 0.03
ARMS = [(False, False), (True, False), (False, True), (True, True)]


def programme(
    rng: np.random.Generator, places: int, periods: int, icc: float, lag: float, sd: np.ndarray
) -> np.ndarray:
    """Outcomes without an effect, period by period: what a place keeps, and what follows from its last period."""
    changing = [rng.normal(size=places)]
    for _ in range(periods - 1):
        changing.append(lag * changing[-1] + sqrt(1 - lag**2) * rng.normal(size=places))
    return sd * (sqrt(icc) * rng.normal(size=(places, 1)) + sqrt(1 - icc) * np.stack(changing, axis=1))


@pytest.mark.parametrize(
    "sizes, sds, effect",
    [
        ((2, 2, 2, 2), (3.0, 3.0, 3.0, 3.0), 16.0),
        ((3, 2, 4, 2), (1.0, 2.0, 1.0, 4.0), 8.0),
        ((8, 6, 6, 4), (5.0,) * 4, 9.0),
    ],
)
def test_four_cells_show_as_often_as_planned(sizes: tuple[int, ...], sds: tuple[float, ...], effect: float) -> None:
    rng = np.random.default_rng(11)
    arm = np.repeat(np.arange(4), sizes)
    has_a, has_b = np.array(ARMS)[arm].T
    scatter, of_arm = np.array(sds)[arm], effect * (arm == 3)
    planned = contrast_power(sds, sizes)
    shown = {0.0: 0, effect: 0}
    for _ in range(PROGRAMMES):
        noise = scatter * rng.normal(size=len(arm))
        for of, moved in ((0.0, noise), (effect, noise + of_arm)):
            cells = cells_of(moved, has_a, has_b)
            assert isinstance(cells, Cells)
            shown[of] += interaction_contrast(cells).verdict == "synergy"
    assert 0.3 < planned.power(effect) < 0.95
    for of, times in shown.items():
        assert times / PROGRAMMES == pytest.approx(planned.power(of), abs=POINTS)


def test_the_mean_of_quarters_has_the_power_of_its_noise() -> None:
    """Four cells over six quarters, the noise of each place partly kept and partly carried on."""
    noise, sizes, effect = Noise((4.0,) * 4, icc=0.3, autocorrelation=0.5), (3, 3, 3, 3), 7.0
    planned = contrast_power(noise.of_mean(6), sizes).power(effect)
    rng, arm, shown = np.random.default_rng(4), np.repeat(np.arange(4), sizes), 0
    has_a, has_b = np.array(ARMS)[arm].T
    for _ in range(PROGRAMMES):
        panel = programme(rng, 12, 6, 0.3, 0.5, np.full((12, 1), 4.0))
        cells = cells_of(panel.mean(axis=1) + effect * (arm == 3), has_a, has_b)
        assert isinstance(cells, Cells)
        shown += interaction_contrast(cells).verdict == "synergy"
    assert 0.4 < planned < 0.9
    assert shown / PROGRAMMES == pytest.approx(planned, abs=POINTS)


def test_starts_at_once_show_as_often_as_planned() -> None:
    noise = Noise((1.0, 2.0, 1.0, 3.0), icc=0.5, autocorrelation=0.4)
    rng, is_treated, effect = np.random.default_rng(5), np.arange(9) < 4, 3.5
    spread = np.where(is_treated[:, None] & (np.arange(2) == 1), 3.0, 2.0)
    shown = 0
    for _ in range(PROGRAMMES):
        before, after = programme(rng, 9, 2, 0.5, 0.4, spread).T
        lower = difference_in_differences(before, after + effect * is_treated, is_treated).randomised.lower
        shown += lower is not None and lower > 0
    planned = at_once_power(noise, 4, 5).power(effect)
    assert 0.4 < planned < 0.95
    assert shown / PROGRAMMES == pytest.approx(planned, abs=POINTS)


def test_staggered_starts_show_as_often_as_planned() -> None:
    """The first hundred go through the estimator itself, whose every figure the many at once have (below)."""
    noise = Noise((2.0,) * 4, icc=0.6, autocorrelation=0.3)
    first, effect = np.array([1, 3, 1, 3, 1, NEVER, NEVER, NEVER, NEVER]), 1.2
    began = (first[:, None] != NEVER) & (np.arange(5) >= first[:, None])
    planned = staggered_power(noise, first, 5)
    rng = np.random.default_rng(6)
    panels = np.stack([programme(rng, 9, 5, 0.6, 0.3, np.full((9, 1), 2.0)) for _ in range(PROGRAMMES)])
    assert 0.4 < planned.power(effect) < 0.9
    for of in (0.0, effect):
        effects, errors = staggered_means(panels + of * began, first)
        shown = effects - normal_quantile(LEVEL) * errors > 0
        through = [group_time_effects(panel + of * began, first).lower for panel in panels[:100]]
        assert [lower is not None and lower > 0 for lower in through] == shown[:100].tolist()
        assert shown.mean() == pytest.approx(planned.power(of), abs=POINTS)


@settings(phases=[Phase.generate], max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(2, 5))
def test_many_programmes_at_once_are_each_what_the_estimator_says(seed: int, treated: int, controls: int) -> None:
    rng = np.random.default_rng(seed)
    first = np.array([1, 3] * treated + [NEVER] * controls)
    panels = rng.normal(size=(3, len(first), 5))
    effects, errors = staggered_means(panels, first)
    for panel, effect, error in zip(panels, effects, errors, strict=True):
        found = group_time_effects(panel, first)
        assert (found.effect, found.error) == pytest.approx((effect, error))
    changes, is_treated = rng.normal(size=(3, treated + controls)), np.arange(treated + controls) < treated
    sets = np.concatenate(list(assignments(is_treated)))
    for change, lower in zip(changes, randomisation_lower(changes, treated, sets, 0.9), strict=True):
        wanted = randomise(change, is_treated).lower
        assert lower == pytest.approx(-np.inf if wanted is None else wanted)


def test_published_power_of_a_t_test() -> None:
    """Cohen 1988, table 2.3.5 (d 0.50, n 64 on a side, two-sided 5 %: 0.80), and R's power.t.test(n = 20, delta = 1): 0.8689528.

    A contrast of four cells of n is a t test of two sides of 2 n - 1 (its degrees of freedom) with half the effect. Cohen's n of 65,
    one more than in the table, has 0.81.
    """
    assert contrast_power((1.0,) * 4, (33,) * 4, level=0.95).power(1.0) == pytest.approx(0.81, abs=0.006)
    exact = stats.nct.sf(stats.t.ppf(0.975, 38), 38, sqrt(10))
    assert exact == pytest.approx(0.8689528, abs=1e-5)
    noise = Noise((sqrt(0.5),) * 4, icc=0.0, autocorrelation=0.0)
    at_once = at_once_power(noise, 20, 20, level=0.95)
    assert at_once.power(1.0) == pytest.approx(0.8689528, abs=3 * at_once.monte_carlo_error(1.0))


@pytest.mark.parametrize("size", [12, 30, 60, 140])
def test_many_places_have_the_power_of_the_noncentral_t(size: int) -> None:
    freedom, effect = 4 * (size - 1), 2.4 * 2 / sqrt(size)
    wanted = stats.nct.sf(stats.t.ppf(0.95, freedom), freedom, 2.4)
    assert contrast_power((1.0,) * 4, (size,) * 4).power(effect) == pytest.approx(wanted, abs=0.004)


def test_false_alarms_of_few_places_are_those_of_counting() -> None:
    """Of three and three the actual assignment is the most extreme of 20 once in 20; of two and two nothing is ever shown."""
    noise = Noise((1.0,) * 4)
    three = at_once_power(noise, 3, 3, programmes=20_000)
    assert three.power(0.0) == pytest.approx(1 / 20, abs=4 * three.monte_carlo_error(0.0))
    two = at_once_power(noise, 2, 2)
    assert (two.power(1e9), two.detectable(0.8)) == (0.0, None)
    assert two.monte_carlo_error(1e9) > 0


def test_power_grows_with_the_effect_and_falls_with_the_noise() -> None:
    first = np.array([1, 2, 1, 2, NEVER, NEVER, NEVER])
    for quiet, loud in (
        (contrast_power((2.0,) * 4, (3,) * 4), contrast_power((3.0,) * 4, (3,) * 4)),
        (at_once_power(Noise((2.0,) * 4), 4, 4), at_once_power(Noise((3.0,) * 4), 4, 4)),
        (staggered_power(Noise((2.0,) * 4), first, 4), staggered_power(Noise((3.0,) * 4), first, 4)),
    ):
        powers = [quiet.power(effect) for effect in (0.0, 2.0, 4.0, 8.0, 16.0)]
        assert powers == sorted(powers)
        assert powers[0] < powers[2] < powers[4]
        assert loud.power(6.0) < quiet.power(6.0)
        detectable = quiet.detectable(0.8)
        assert detectable is not None
        assert quiet.power(detectable * 1.0001) == pytest.approx(0.8, abs=0.002)
        assert loud.detectable(0.8) == pytest.approx(1.5 * detectable)
