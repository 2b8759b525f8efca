"""No hidden count of people can be worked out from totals and the other parts; held against linear programming, as auditors of tables do it."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np
import pytest
from scipy.optimize import linprog

from idtracker.store.release.small_counts import Cell, hidden_counts

PARENTS = {"JO-AM": "JO", "JO-IR": "JO", "JO-MA": "JO", "JO-AM-1": "JO-AM", "JO-AM-2": "JO-AM", "JO-AM-3": "JO-AM", "JO-IR-1": "JO-IR", "JO-IR-2": "JO-IR"}  # fmt: skip


def cell(place: str) -> Cell:
    return "PEOPLE", "2025-Q4", place


def additive(chance: random.Random) -> dict[Cell, float]:
    """Counts whose parts add up, as an attacker may assume of them."""
    counts: dict[str, float] = {}
    for place in ("JO-AM-1", "JO-AM-2", "JO-AM-3", "JO-IR-1", "JO-IR-2", "JO-MA"):
        counts[place] = float(chance.choice([0, 1, 2, 3, 4, 7, 12, 50]))
    for total in ("JO-AM", "JO-IR", "JO"):
        counts[total] = sum(counts[part] for part, above in PARENTS.items() if above == total)
    return {cell(place): value for place, value in counts.items()}


def known_exactly(counts: Mapping[Cell, float], hidden: set[Cell]) -> list[Cell]:
    """The hidden counts that anybody can work out: least and most that every sum, and counts not being negative, allow."""
    names = sorted(hidden)
    rows, sums = [], []
    for total in {*PARENTS.values()}:
        parts = [cell(part) for part, above in PARENTS.items() if above == total]
        signs = {**dict.fromkeys(parts, 1.0), cell(total): -1.0}
        rows.append([signs.get(name, 0.0) for name in names])
        sums.append(-sum(sign * counts[name] for name, sign in signs.items() if name not in hidden))
    exact = []
    for at, name in enumerate(names):
        goal = np.zeros(len(names))
        goal[at] = 1
        ends = [
            linprog(way * goal, A_eq=np.array(rows), b_eq=np.array(sums), bounds=[(0, None)] * len(names))
            for way in (1, -1)
        ]
        assert all(end.status in (0, 3) for end in ends)
        if all(end.status == 0 for end in ends) and abs(ends[0].fun + ends[1].fun) < 1e-9:
            exact.append(name)
    return exact


@pytest.mark.parametrize("seed", range(60))
def test_no_small_count_can_be_worked_out(seed: int) -> None:
    counts = additive(random.Random(seed))
    hidden = hidden_counts({name: (value, value) for name, value in counts.items()}, 5, PARENTS)
    small = {name for name, value in counts.items() if 0 < value < 5}
    assert small <= hidden
    assert not small & set(known_exactly(counts, hidden))


def test_hiding_the_small_ones_alone_would_give_some_away() -> None:
    given_away = 0
    for seed in range(60):
        counts = additive(random.Random(seed))
        given_away += len(known_exactly(counts, {name for name, value in counts.items() if 0 < value < 5}))
    assert given_away > 20


def test_counts_without_totals_hide_no_others() -> None:
    counts = {cell("JO-AM"): (3.0, 3.0), cell("JO-IR"): (30.0, 30.0)}
    assert hidden_counts(counts, 5, PARENTS) == {cell("JO-AM")}


def test_what_one_file_shows_small_is_hidden_in_every_file() -> None:
    assert hidden_counts({cell("JO-MA"): (4.0, 44.0)}, 5, PARENTS) == {cell("JO-MA")}
