"""Randomisation inference and difference in differences: published examples and an oracle that runs through every assignment."""

from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from idtracker.analyse.effect.differences import detectable_effect, difference_in_differences
from idtracker.analyse.effect.randomisation import MOST_EXACT, randomise
from idtracker.model.errors import UsageError

# Share of a village's budget for sanitation, two of seven village councils with a woman at the head: Gerber and Green 2012, ch. 3.
VILLAGES = [15, 15, 20, 20, 10, 15, 30], [0, 6]
# Eight people, four of them treated: Cunningham 2021, Causal Inference: The Mixtape, ch. 4 (Fisher's sharp null).
EIGHT = [10, 5, 16, 3, 5, 7, 8, 10], [0, 1, 2, 3]
# Packs of cigarettes sold a head, summed over the years before and from 1989: Abadie, Diamond and Hainmueller 2010; the rows of
# `california_prop99` of the R package synthdid, added up.
PROPOSITION_99 = Path(__file__).parent / "published" / "proposition_99.csv"


def treated(of: int, which: list[int]) -> np.ndarray:
    return np.isin(np.arange(of), which)


def test_two_villages_of_seven() -> None:
    values, which = VILLAGES
    found = randomise(np.array(values, float), treated(7, which), alternative="greater")
    assert found.difference == 6.5
    assert (found.p_value, found.assignments, found.is_exact) == (5 / 21, 21, True)


def test_four_of_eight() -> None:
    values, which = EIGHT
    found = randomise(np.array(values, float), treated(8, which))
    assert (found.difference, found.assignments, found.is_exact) == (1, 70, True)
    assert round(found.p_value, 4) == 0.8571


def test_proposition_99() -> None:
    with PROPOSITION_99.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    before = np.array([float(row["packs_1970_1988"]) for row in rows]) / 19
    after = np.array([float(row["packs_1989_2000"]) for row in rows]) / 12
    found = difference_in_differences(before, after, np.array([row["state"] == "California" for row in rows]))
    assert round(found.effect, 4) == -27.3491
    assert (found.randomised.p_value, found.randomised.assignments) == (5 / 39, 39)
    assert (found.treated, found.controls) == (1, 38) and "few_clusters" in found.cautions
    assert found.randomised.lower is not None and found.randomised.lower < found.effect
    assert found.detectable is not None and found.detectable > abs(found.effect), "one state tells little"


def test_the_worked_difference() -> None:
    found = difference_in_differences(np.array([50.0, 51.0]), np.array([63.0, 55.0]), np.array([True, False]))
    assert found.effect == 9
    assert (found.randomised.p_value, found.detectable) == (1.0, None)
    assert found.cautions == ("few_clusters", "interval_without_end")


_VALUES = st.lists(st.integers(-20, 20), min_size=4, max_size=7)


@settings(phases=[Phase.generate], max_examples=40)
@given(_VALUES, st.integers(1, 3), st.sampled_from(["two-sided", "greater", "less"]))
def test_every_assignment_is_looked_at(values: list[int], k: int, alternative: str) -> None:
    found = randomise(np.array(values, float), treated(len(values), [*range(k)]), alternative=alternative)  # type: ignore[arg-type]
    assert found.p_value == _p_of(values, k, alternative)


def _p_of(values: list[int], k: int, alternative: str) -> float:
    """The share of assignments at least as extreme, in plain loops over whole numbers."""
    n, differences = len(values), []
    for chosen in combinations(range(n), k):
        inside = sum(values[i] for i in chosen)
        differences.append(inside * (n - k) - (sum(values) - inside) * k)  # n k times the difference
    actual = differences[0]
    extreme = {
        "greater": [d >= actual for d in differences],
        "less": [d <= actual for d in differences],
        "two-sided": [abs(d) >= abs(actual) for d in differences],
    }[alternative]
    return sum(extreme) / len(extreme)


@settings(phases=[Phase.generate], max_examples=25)
@given(st.lists(st.integers(-20, 20), min_size=6, max_size=7), st.integers(2, 3))
def test_the_interval_holds_the_effects_that_are_not_rejected(values: list[int], k: int) -> None:
    outcomes, which = np.array(values, float), treated(len(values), [*range(k)])
    found = randomise(outcomes, which, level=0.8)
    for effect in np.linspace(-60, 60, 81) + 0.0123:
        is_kept = randomise(outcomes - effect * which, which).p_value > 0.2 + 1e-12
        lower = -np.inf if found.lower is None else found.lower
        upper = np.inf if found.upper is None else found.upper
        assert is_kept == (lower <= effect <= upper), effect


def test_beyond_ten_thousand_assignments_a_seeded_sample_is_drawn() -> None:
    rng = np.random.default_rng(3)
    values, which = rng.normal(size=20), treated(20, [*range(8)])
    found, again = randomise(values, which, seed=5), randomise(values, which, seed=5)
    assert (found.assignments, found.is_exact) == (10_000, False)
    assert found == again
    exact = [values[list(c)].mean() - np.delete(values, list(c)).mean() for c in combinations(range(20), 8)]
    assert len(exact) > MOST_EXACT
    share = np.mean(np.abs(exact) >= abs(found.difference) - 1e-12)
    assert found.p_value == pytest.approx(share, abs=0.015)


def test_a_planted_null_is_rejected_in_at_most_a_tenth() -> None:
    rng = np.random.default_rng(12)
    which = treated(12, [0, 1, 2, 3])
    rejected = [randomise(rng.standard_t(3, 12), which).p_value <= 0.1 for _ in range(200)]
    assert 14 <= sum(rejected) <= 26


def test_the_detectable_effect_is_found_four_times_in_five() -> None:
    rng = np.random.default_rng(8)
    detected, sizes = 0, []
    for _ in range(400):
        noise = rng.normal(size=(2, 8))
        size = detectable_effect(np.array([-1.0, 1.0] * 4), np.array([-1.0, 1.0] * 4))
        assert size is not None
        sizes.append(size)
        scaled = size / np.sqrt(8 / 7)  # the spread of the sample that the size was made for is sqrt(8/7)
        values = np.concatenate([noise[0] + scaled, noise[1]])
        detected += randomise(values, treated(16, [*range(8)])).p_value <= 0.1
    assert 0.74 <= detected / 400 <= 0.86
    assert len(set(sizes)) == 1


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one of each"):
        randomise(np.ones(3), np.ones(3, bool))
    with pytest.raises(UsageError, match="missing or infinite"):
        randomise(np.array([1.0, np.nan]), np.array([True, False]))
    with pytest.raises(UsageError, match="before and after"):
        difference_in_differences(np.ones(3), np.ones(2), np.array([True, False, False]))
