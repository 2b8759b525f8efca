"""Shapley values: efficiency, symmetry, dummies, independence of order, and sampled ones within their error."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.analyse.change.game import Game, Leaf, Rules
from idtracker.analyse.change.levels import divide
from idtracker.analyse.change.shapley import shapley_values
from tests.unit.analyse.change.programmes import state, whole_value

RULES = Rules({"A": 0.5, "B": 0.5}, "arithmetic", "geometric", 1.0, 2 / 3)


def by_every_order(value: np.ndarray, count: int) -> list[float]:
    gains = [0.0] * count
    orders = list(permutations(range(count)))
    for order in orders:
        there = 0
        for player in order:
            gains[player] += value[there | 1 << player] - value[there]
            there |= 1 << player
    return [gain / len(orders) for gain in gains]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(0, 10**6))
def test_exact_values_are_the_mean_over_every_order(count: int, seed: int) -> None:
    value = np.random.default_rng(seed).normal(size=2**count)
    found = shapley_values(value)
    assert found == pytest.approx(by_every_order(value, count), abs=1e-12)
    assert found.sum() == pytest.approx(value[-1] - value[0], abs=1e-12)


def leaves(count: int, seed: int = 1) -> list[Leaf]:
    draw = np.random.default_rng(seed)
    made = []
    for n in range(count):
        old, new, revised = draw.uniform(5, 95, 3)
        moved = {("NEW_DATA", "x"): new - old, ("REVISION", "y"): revised - new}
        made.append(Leaf(f"{n:02}", "AB"[n % 2], state(old), state(revised), moved))
    return made


def points(game: Game, **more: int) -> dict[tuple[str, str], float]:
    return {(p.cause, game.leaf(p.dimension, p.place).indicator_id): p.points for p in divide(game, **more)}


def test_changes_that_are_alike_have_the_same_part_and_one_that_changes_nothing_has_none() -> None:
    twin = {("NEW_DATA", "x"): 30.0}
    alike = [Leaf(name, "A", state(20.0), state(50.0), twin) for name in ("1", "2")]
    idle = Leaf("3", "B", state(40.0, weight=0.0), state(70.0, weight=0.0), {("NEW_DATA", "x"): 30.0})
    still = Leaf("4", "B", state(60.0), state(60.0))
    found = points(Game([*alike, idle, still], RULES, RULES, 0.0, is_dimension=False))
    assert found["NEW_DATA", "1"] == pytest.approx(found["NEW_DATA", "2"], abs=1e-12)
    assert found["NEW_DATA", "3"] == pytest.approx(0.0, abs=1e-12)


def test_the_order_of_the_indicators_does_not_matter() -> None:
    made = leaves(8)
    one, other = (points(Game(m, RULES, RULES, 0.0, is_dimension=False)) for m in (made, made[::-1]))
    assert one == pytest.approx(other, abs=1e-9)


def test_causes_have_their_shapley_value_however_finely_they_are_listed() -> None:
    game = Game(leaves(8), RULES, RULES, 0.0, is_dimension=False)
    from idtracker.analyse.change.levels import _Whole

    whole = shapley_values(_Whole(game).value)
    for number, cause in enumerate(game.causes):
        parts = [p.points for p in divide(game) if p.cause == cause]
        assert sum(parts) == pytest.approx(whole[number], abs=1e-9)


@pytest.mark.parametrize("count", [8, 14])
def test_sampled_parts_lie_within_their_error_of_the_exact_ones_and_are_the_same_each_time(count: int) -> None:
    other = Rules(RULES.weights, "geometric", "geometric", 1.0, 2 / 3)
    game = Game(leaves(count), other, other, 0.0, is_dimension=False)
    sampled = divide(game, most_exact=3)
    assert sampled == divide(game, most_exact=3)
    before, after = whole_value(game)
    assert sum(p.points for p in sampled) == pytest.approx(after - before, abs=1e-9)
    assert all(p.error > 0 for p in sampled)
    if count == 8:
        for part, exact in zip(sampled, divide(game), strict=True):
            assert exact.error == 0
            assert abs(part.points - exact.points) <= 5 * part.error + 1e-9
