"""Staggered starts: an oracle in plain loops, the trap of two-way fixed effects, coverage, and published effects where the data are."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from idtracker.analyse.effect.staggered import NEVER, Controls, group_time_effects
from idtracker.model.errors import UsageError

SHARED = Path(os.environ.get("IDTRACKER_SHARED_DATA", Path(__file__).parents[5] / "shared" / "data"))
MPDTA = SHARED / "11_effect" / "mpdta.csv"


def two_way(outcomes: np.ndarray, first: np.ndarray) -> float:
    """The coefficient of treatment in a regression with fixed effects of units and periods."""
    began = (first[:, None] != NEVER) & (np.arange(outcomes.shape[1])[None, :] >= first[:, None])
    left = began - began.mean(1, keepdims=True) - began.mean(0, keepdims=True) + began.mean()
    return float((left * outcomes).sum() / (left * began).sum())


@settings(phases=[Phase.generate], max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from(["never", "not_yet"]))
def test_effects_are_those_of_plain_loops(seed: int, controls: Controls) -> None:
    rng = np.random.default_rng(seed)
    first = np.array([NEVER, NEVER, 1, 2, 2, 3, 3, *rng.integers(-1, 4, 4)])
    outcomes = rng.normal(size=(len(first), 5))
    found = group_time_effects(outcomes, first, controls=controls)
    wanted, weights = {}, {}
    for g in (1, 2, 3):
        for t in range(1, 5):
            base = g - 1 if t >= g else t - 1
            mine = [i for i, f in enumerate(first) if f == g]
            others = [
                i for i, f in enumerate(first) if f == NEVER or (controls == "not_yet" and f > max(t, base) and f != g)
            ]
            change = [outcomes[i][t] - outcomes[i][base] for i in range(len(first))]
            wanted[g, t] = np.mean([change[i] for i in mine]) - np.mean([change[i] for i in others])
            weights[g, t] = len(mine) if t >= g else 0
    got = found.effects.set_index(["group", "period"])["effect"].to_dict()
    assert got == pytest.approx(wanted)
    mean = sum(wanted[k] * weights[k] for k in wanted) / sum(weights.values())
    assert found.effect == pytest.approx(mean)
    assert found.left_out == int((first == 0).sum())


def test_two_way_fixed_effects_are_the_trap() -> None:
    """Effects that grow: every true effect is positive, and the regression gives a mean below every mean of them."""
    first = np.array([1] * 20 + [4] * 20 + [NEVER] * 2)
    step = np.maximum(np.arange(6)[None, :] - first[:, None] + 1, 0) * (first[:, None] != NEVER)
    outcomes = 10.0 + np.arange(6)[None, :] * 0.3 + step**2
    found = group_time_effects(outcomes, first)
    truth = {(g, t): (t - g + 1) ** 2 for g in (1, 4) for t in range(1, 6) if t >= g}
    after = found.effects[found.effects["period"] >= found.effects["group"]]
    assert after.set_index(["group", "period"])["effect"].to_dict() == pytest.approx(truth)
    assert found.effect == pytest.approx(np.mean([*truth.values()]))
    assert two_way(outcomes, first) < 0.5 * np.mean([*truth.values()])


@pytest.mark.parametrize(
    ("controls", "effect", "error"),
    [("never", 1.0418139385615093, 0.21873947185679893), ("not_yet", 1.0430955925551517, 0.21193703551451457)],
)
def test_effect_and_error_are_those_of_another_program(controls: Controls, effect: float, error: float) -> None:
    """What CallawaySantAnna of the package diff-diff 3.13.0 gives for the same panel."""
    rng = np.random.default_rng(2)
    first = np.repeat([NEVER, 2, 3, 4], [60, 30, 50, 10])
    began = (first[:, None] != NEVER) & (np.arange(6) >= first[:, None])
    outcomes = rng.normal(size=(150, 1)) + rng.normal(size=(150, 6)).cumsum(1) + 1.0 * began
    found = group_time_effects(outcomes, first, controls=controls)
    assert found.effect == pytest.approx(effect)
    assert found.error == pytest.approx(error)


def test_intervals_cover_the_mean_effect() -> None:
    rng = np.random.default_rng(41)
    covered = 0
    for _ in range(300):
        first = rng.choice([NEVER, 2, 3], 120, p=[0.5, 0.25, 0.25])
        began = (first[:, None] != NEVER) & (np.arange(5) >= first[:, None])
        outcomes = rng.normal(size=(120, 1)) + rng.normal(size=(120, 5)).cumsum(1) + 1.5 * began
        found = group_time_effects(outcomes, first, controls="not_yet")
        assert found.lower is not None and found.upper is not None
        covered += found.lower <= 1.5 <= found.upper
    assert 0.86 <= covered / 300 <= 0.94


def test_few_units_are_said_and_what_cannot_be_compared_is_left_out() -> None:
    first = np.array([NEVER, 1, 1, 0])
    found = group_time_effects(np.arange(12, dtype=float).reshape(4, 3), first)
    assert found.cautions == ("few_clusters",) and found.left_out == 1
    alone = group_time_effects(np.zeros((3, 3)), np.array([1, 1, 1]))
    assert (alone.effect, alone.lower, len(alone.effects)) == (None, None, 0)
    with pytest.raises(UsageError, match="balanced panel"):
        group_time_effects(np.array([[1.0, np.nan]]), np.array([1]))
    with pytest.raises(UsageError, match="outside the 2 periods"):
        group_time_effects(np.zeros((1, 2)), np.array([2]))


PUBLISHED = [-0.0105, -0.0704, -0.1373, -0.1008, -0.0046, -0.0412, -0.0261]
"""Callaway and Sant'Anna's effects of minimum wages on the log of teen employment, from 2004, 2006 and 2007 on, to 2007."""
MEANS_OF_MPDTA = {  # first year: counties, mean of `lemp` in 2003 to 2007
    0: (309, [5.65463, 5.592, 5.6048084, 5.6388963, 5.6611325]),
    2004: (20, [6.1796968, 6.1065636, 6.0594521, 6.0267044, 6.085388]),
    2006: (40, [6.5739936, 6.5178837, 6.5279413, 6.5574346, 6.543041]),
    2007: (131, [5.8429065, 5.8107831, 5.8208657, 5.8238664, 5.8200482]),
}


def hold_against_published(outcomes: np.ndarray, start: np.ndarray) -> None:
    first = np.where(start == 0, NEVER, start - 2003).astype(np.intp)
    found = group_time_effects(outcomes, first)
    after = found.effects[found.effects["period"] >= found.effects["group"]]
    assert after["effect"].round(4).tolist() == PUBLISHED
    assert found.effect is not None and round(found.effect, 5) == -0.03995
    assert round(two_way(outcomes, first), 5) == -0.03655


def test_the_published_effects_of_minimum_wages_follow_from_the_means_of_each_group() -> None:
    """Effects and the regression that is the trap rest on the counties of a group by their number and mean alone; errors do not."""
    sizes = [size for size, _ in MEANS_OF_MPDTA.values()]
    outcomes = np.repeat([means for _, means in MEANS_OF_MPDTA.values()], sizes, axis=0)
    assert outcomes.shape == (500, 5)
    hold_against_published(outcomes, np.repeat(list(MEANS_OF_MPDTA), sizes))


@pytest.mark.skipif(not MPDTA.is_file(), reason="mpdta.csv (R package did) is not among the shared data")
def test_the_published_effects_of_minimum_wages_are_those_of_its_counties() -> None:
    rows = pd.read_csv(MPDTA)
    wide = rows.pivot(index="countyreal", columns="year", values="lemp")
    start = rows.groupby("countyreal")["first.treat"].first().reindex(wide.index).to_numpy()
    hold_against_published(wide.to_numpy(), start)
    by_group = rows.pivot_table(index="first.treat", columns="year", values="lemp").round(7)
    assert by_group.to_numpy().tolist() == [means for _, means in MEANS_OF_MPDTA.values()]
