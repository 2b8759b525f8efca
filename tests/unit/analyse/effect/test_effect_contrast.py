"""The interaction contrast: worked numbers, published ones, what is refused, and coverage over simulated programmes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from idtracker.analyse.effect.cells import Cells, cells_of, cells_of_counts
from idtracker.analyse.effect.contrast import Contrast, interaction_contrast
from idtracker.model.errors import UsageError

# Peas, pounds a plot: the factorial experiment of Venables and Ripley 2002 (data set `npk`), in the order of its plots.
NITROGEN = "010111000110110010101100"
POTASH = "100101100101011000111010"
PEAS = [49.5, 62.8, 46.8, 57.0, 59.8, 58.5, 55.5, 56.0, 62.8, 55.8, 69.5, 55.0]
PEAS += [62.0, 48.8, 45.5, 44.2, 52.0, 51.5, 49.8, 48.8, 57.2, 59.0, 53.2, 56.0]
ISIS_2 = (568, 461, 448, 343), (4300, 4295, 4300, 4292)
"""Vascular deaths in five weeks with neither drug, with aspirin, with streptokinase and with both (Lancet 1988; ii: 349)."""


def cells(*parts: list[float]) -> Cells:
    """The cells of units in the order neither, A, B, both."""
    values = np.array([value for part in parts for value in part])
    arm = np.repeat(range(4), [len(part) for part in parts])
    made = cells_of(values, np.isin(arm, (1, 3)), np.isin(arm, (2, 3)))
    assert isinstance(made, Cells)
    return made


def test_the_worked_numbers() -> None:
    found = interaction_contrast(cells([50], [54], [55], [63]))
    assert (found.contrast, found.joint, found.parts) == (4, 13, 9)
    assert found.ratio == pytest.approx(1.444, abs=5e-4) and found.share == pytest.approx(0.308, abs=5e-4)


def test_isis_2_shows_no_synergy() -> None:
    made = cells_of_counts(*ISIS_2)
    assert isinstance(made, Cells)
    found = interaction_contrast(made)
    assert found.contrast == pytest.approx(0.000489, abs=5e-7)
    assert (found.lower, found.upper) == pytest.approx((-0.0149, 0.0159), abs=5e-5)
    assert found.verdict == "not synergy"
    assert found.ratio is None and found.share is None, "both drugs lower deaths"


def test_nitrogen_and_potash_give_less_together() -> None:
    made = cells_of(np.array(PEAS), np.array([*NITROGEN]) == "1", np.array([*POTASH]) == "1")
    assert isinstance(made, Cells)
    assert [cell.n for cell in made.each] == [6, 6, 6, 6]
    assert interaction_contrast(made).contrast == pytest.approx(-4.70, abs=1e-9)


def test_the_interval_is_that_of_welch() -> None:
    parts = ([1.0, 2.0, 4.0], [3.0, 5.0], [2.0, 2.5, 6.0, 8.0], [9.0, 14.0, 11.0])
    found = interaction_contrast(cells(*parts), level=0.95)
    squared = [np.var(part, ddof=1) / len(part) for part in parts]
    freedom = sum(squared) ** 2 / sum(s**2 / (len(p) - 1) for s, p in zip(squared, parts, strict=True))
    half = _t_quantile(0.975, float(freedom)) * np.sqrt(sum(squared))
    assert found.contrast == pytest.approx(
        np.mean(parts[3]) - np.mean(parts[1]) - np.mean(parts[2]) + np.mean(parts[0])
    )
    assert (found.lower, found.upper) == pytest.approx((found.contrast - half, found.contrast + half), abs=5e-3)


def _t_quantile(share: float, freedom: float) -> float:
    """Student's quantile by summing its density, on a fine grid."""
    grid = np.linspace(0, 200, 400_001)
    density = (1 + grid**2 / freedom) ** (-(freedom + 1) / 2)
    mass = np.cumsum(density)
    return float(grid[np.searchsorted(mass / mass[-1], 2 * share - 1)])


@pytest.mark.parametrize("empty", range(4))
def test_a_comparison_without_one_of_its_cells_is_refused(empty: int) -> None:
    arm = np.array([n for n in range(4) if n != empty] * 3)
    assert cells_of(np.ones(9), np.isin(arm, (1, 3)), np.isin(arm, (2, 3))) == "missing_cells"
    totals = tuple(0 if n == empty else 5 for n in range(4))
    assert cells_of_counts((0, 0, 0, 0), totals) == "missing_cells"  # type: ignore[arg-type]


def test_a_cell_with_one_unit_has_a_contrast_and_no_interval() -> None:
    found = interaction_contrast(cells([50, 51], [54], [55, 56], [63, 64]))
    assert found.contrast == pytest.approx(4.5)
    assert (found.lower, found.upper, found.refusal, found.verdict) == (None, None, "too_few_units", "undetermined")
    tiny = interaction_contrast(cells([0, 1e-155], [2, 2], [2, 2], [9, 9]))
    assert tiny.verdict == "synergy", "a spread of which the square is no number any more"
    flat = interaction_contrast(cells([1, 1], [2, 2], [2, 2], [9, 9]))
    assert (flat.lower, flat.refusal, flat.verdict) == (None, "no_spread", "undetermined")


def test_a_ratio_exists_only_where_both_parts_help() -> None:
    assert interaction_contrast(cells([50], [49], [60], [70])).ratio is None
    assert interaction_contrast(cells([50], [50], [50], [70])).ratio is None
    assert interaction_contrast(cells([50], [51], [52], [50])).share is None


def test_values_that_cannot_be_are_no_cells() -> None:
    with pytest.raises(UsageError, match="missing or infinite"):
        cells_of(np.array([1.0, np.nan]), np.array([True, False]), np.array([True, False]))
    with pytest.raises(UsageError, match="one row per unit"):
        cells_of(np.ones(3), np.ones(2, bool), np.ones(3, bool))
    with pytest.raises(UsageError, match="do not lie between"):
        cells_of_counts((6, 1, 1, 1), (5, 5, 5, 5))


_PART = st.lists(st.floats(-100, 100), min_size=2, max_size=4)


@settings(phases=[Phase.generate], max_examples=60)
@given(st.tuples(_PART, _PART, _PART, _PART), st.floats(-50, 50), st.floats(0.5, 3))
def test_a_shift_changes_nothing_and_a_unit_scales_everything(
    parts: tuple[list[float], ...], shift: float, unit: float
) -> None:
    before = interaction_contrast(cells(*parts))
    moved = interaction_contrast(cells(*([value * unit + shift for value in part] for part in parts)))
    assert moved.contrast == pytest.approx(before.contrast * unit, abs=1e-6)
    exchanged = interaction_contrast(cells(parts[0], parts[2], parts[1], parts[3]))
    assert exchanged.contrast == pytest.approx(before.contrast, abs=1e-9)
    if before.error is not None and before.error > 1e-3:
        assert moved.error == pytest.approx(before.error * unit, abs=5e-3)


def simulated(synergy: float, programmes: int = 200, places: int = 5) -> list[Contrast]:
    """Contrasts of programmes with so many places in each arm, where A adds 4, B adds 5 and both together `synergy` more."""
    rng = np.random.default_rng(51)
    means = np.array([50, 54, 55, 59 + synergy])
    drawn = rng.normal(means[None, :, None], 2.0, (programmes, 4, places))
    return [interaction_contrast(cells(*(part.tolist() for part in programme))) for programme in drawn]


def test_a_planted_null_is_called_an_effect_in_a_tenth_of_programmes() -> None:
    found = simulated(0.0)
    false = sum(contrast.verdict != "not synergy" for contrast in found)
    assert 14 <= false <= 26, "7 to 13 % of 200"
    assert sum(contrast.verdict == "synergy" for contrast in found) <= 20


def test_a_planted_synergy_is_found_with_its_sign_and_covered() -> None:
    found = simulated(8.0)
    assert all(contrast.contrast > 0 for contrast in found)
    assert sum(contrast.verdict == "synergy" for contrast in found) > 190
    covered = sum(c.lower < 8.0 < c.upper for c in found if c.lower is not None and c.upper is not None)
    assert 174 <= covered <= 186
