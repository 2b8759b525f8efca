"""Published worked numbers come out of the shipped definitions."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from indices import of_shipped, rules_found

from idtracker.analyse.composite.engine import Computed, compute
from idtracker.model.composite.definition import Index
from idtracker.model.composite.load import load_index, shipped
from idtracker.model.composite.preparation import Missing

FOLDER = Path(os.environ.get("IDTRACKER_SHARED_DATA", Path(__file__).parents[5] / "shared" / "data")) / "08_composite"
STAGES = ("Denominated", "Imputed", "Treated", "Normalised", "Aggregated")
NAMES = {"Group_GDP": "GDP_group", "Group_EurAsia": "EurAsia_group", "Den_GDP": "GDP", "Den_Pop": "Population"}
NAMES |= {"Den_Area": "Area", "Den_Energy": "Energy"}

needs_asem = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the ASEM results are not at {FOLDER}")


@pytest.fixture(scope="module")
def workbook() -> dict[str, pd.DataFrame]:
    sheets = ["InputIndData", "InputDenominators", *(f"Data{stage}" for stage in STAGES)]
    found = pd.read_excel(FOLDER / "TRUTH_ASEM_results.xlsx", sheet_name=sheets, engine="calamine")
    return {name: frame.set_index("UnitCode") for name, frame in found.items()}


@pytest.fixture(scope="module")
def asem_data(workbook: dict[str, pd.DataFrame]) -> pd.DataFrame:
    denominators = workbook["InputDenominators"].filter(like="Den_")
    return workbook["InputIndData"].join(denominators).rename(columns=NAMES)


def differences(computed: Computed, published: dict[str, pd.DataFrame]) -> dict[str, float]:
    """Stage -> greatest difference from what is published; every indicator or node must be there."""
    found = {}
    for stage in STAGES:
        ours = computed.nodes if stage == "Aggregated" else getattr(computed, stage.lower())
        theirs = published[stage].loc[ours.index, list(ours.columns)].astype(float)
        assert (ours.isna() == theirs.isna()).all(axis=None)
        found[stage] = float((ours - theirs).abs().max(axis=None))
    return found


@needs_asem
def test_asem_agrees_at_every_level(workbook: dict[str, pd.DataFrame], asem_data: pd.DataFrame) -> None:
    computed = compute(load_index(shipped()["ASEM"]), asem_data)
    assert (computed.normalised.shape, computed.nodes.shape) == ((51, 49), (51, 11))
    published = {stage: workbook[f"Data{stage}"] for stage in STAGES}
    assert {s: d for s, d in differences(computed, published).items() if d > 1e-9} == {}


@needs_asem
def test_asem_with_gaps_filled_by_continent_agrees_with_the_second_published_run(asem_data: pd.DataFrame) -> None:
    index = load_index(shipped()["ASEM"])
    by_continent = index.indicator_defaults.model_copy(
        update={"missing": Missing(method="group_mean", group="EurAsia_group")}
    )
    other = Index.model_validate(index.model_dump(exclude_unset=True) | {"indicator_defaults": by_continent})
    published = {
        stage: pd.read_csv(FOLDER / "_derived" / f"example_COIN_Data_{stage}.csv").set_index("UnitCode")
        for stage in STAGES
    }
    assert {s: d for s, d in differences(compute(other, asem_data), published).items() if d > 1e-9} == {}


def test_hdi_technical_note_2020_example() -> None:
    """Technical note 1 of 2020: income index 0.5506 of 3,829 dollars; 0.6971, 0.3447 and 0.5506 give 0.510, low."""
    years = 20 + 0.6971 * 65
    schooling = {"EYS": 0.3447 * 18, "MYS": 0.3447 * 15}
    computed = of_shipped("HDI", {"example": {"LE": years, **schooling, "GNI": 3829}})
    assert round(float(computed.normalised.loc["example", "GNI"]), 4) == 0.5506
    assert round(float(computed.nodes.loc["example", "EDUCATION"]), 4) == 0.3447
    assert round(float(computed.nodes.loc["example", "HDI"]), 3) == 0.510
    assert computed.bands.loc["example", "HDI"] == "low"


def test_hdi_caps_at_its_goalposts() -> None:
    best = {"LE": 90.0, "EYS": 21.0, "MYS": 16.0, "GNI": 110000.0}
    assert of_shipped("HDI", {"best": best}).nodes.loc["best", "HDI"] == 1


def test_inform_risk_of_the_philippines_mid_2026() -> None:
    """INFORM Risk mid 2026: dimensions 8.3, 4.7 and 3.8 are published with a risk of 5.3."""
    computed = of_shipped("INFORM-RISK", {"PHL": {"HAZARD": 8.3, "VULNERABILITY": 4.7, "COPING": 3.8}})
    assert computed.nodes.loc["PHL", "RISK"] == 5.3
    assert computed.bands.loc["PHL", "RISK"] == "high"


def test_inform_risk_is_zero_where_a_dimension_is() -> None:
    computed = of_shipped("INFORM-RISK", {"x": {"HAZARD": 0.0, "VULNERABILITY": 4.7, "COPING": 3.8}})
    assert computed.nodes.loc["x", "RISK"] == 0
    assert rules_found(computed) == []


def test_inform_categories_let_the_bad_one_dominate() -> None:
    """8 and 2 give 5.787, shown as 5.8, where the arithmetic mean is 5."""
    rows = {"NATURAL": 8, "HUMAN": 2, "SOCIOECONOMIC": 5, "GROUPS": 5, "INSTITUTIONAL": 5, "INFRASTRUCTURE": 5}
    computed = of_shipped("INFORM-RISK-CATEGORIES", {"x": rows})
    assert computed.nodes.loc["x", "HAZARD"] == 5.8
    assert computed.nodes.loc["x", ["VULNERABILITY", "COPING"]].tolist() == [5, 5]
    assert computed.nodes.loc["x", "RISK"] == round((5.8 * 25) ** (1 / 3), 1)


def test_inform_severity_weighs_twenty_fifty_thirty() -> None:
    computed = of_shipped("INFORM-SEVERITY", {"x": {"IMPACT": 5, "CONDITIONS": 3, "COMPLEXITY": 2}})
    assert computed.nodes.loc["x", "SEVERITY"] == pytest.approx(0.2 * 5 + 0.5 * 3 + 0.3 * 2, abs=1e-12)


@pytest.mark.parametrize(
    ("total", "band"),
    [(29.9, "sustainable"), (30.0, "stable"), (59.9, "stable"), (60.0, "warning"), (89.9, "warning"), (90.0, "alert")],
)
def test_fragile_states_are_summed_into_the_bands_of_2015(total: float, band: str) -> None:
    index = load_index(shipped()["FSI"])
    scores = dict.fromkeys(index.indicators, round(total / 12, 1))
    scores["X1"] = round(total - 11 * scores["C1"], 1)
    computed = of_shipped("FSI", {"x": scores})
    assert (computed.nodes.loc["x", "FSI"], computed.bands.loc["x", "FSI"]) == (total, band)


_FRAGILE_2023 = {
    "Somalia": (111.9, "S1 10.0 S2 9.0 C3 8.7 E3 8.6 E2 9.1 E1 9.5 P1 9.6 P2 9.8 P3 9.0 C1 9.5 C2 10.0 X1 9.1"),
    "Yemen": (108.9, "S1 9.6 S2 9.6 C3 8.8 E3 6.4 E2 7.9 E1 9.9 P1 9.8 P2 9.6 P3 9.6 C1 8.6 C2 9.9 X1 9.2"),
    "South Sudan": (108.5, "S1 9.7 S2 10.0 C3 8.6 E3 6.5 E2 8.6 E1 8.6 P1 9.8 P2 9.7 P3 8.7 C1 9.9 C2 9.2 X1 9.2"),
    "Syria": (107.1, "S1 7.4 S2 9.1 C3 9.1 E3 8.0 E2 6.5 E1 9.6 P1 10.0 P2 9.0 P3 9.1 C1 9.4 C2 9.9 X1 10.0"),
}
"""Totals and scores as the Fund for Peace published them for 2023."""


def test_fragile_states_of_2023_have_the_totals_that_were_published() -> None:
    rows = {}
    for country, (_, scores) in _FRAGILE_2023.items():
        words = scores.split()
        rows[country] = dict(zip(words[::2], map(float, words[1::2]), strict=True))
    computed = of_shipped("FSI", rows)
    assert computed.nodes["FSI"].to_dict() == {country: total for country, (total, _) in _FRAGILE_2023.items()}
    assert set(computed.bands["FSI"]) == {"alert"}


def test_mazziotta_pareto_costs_imbalanced_units_their_variance() -> None:
    """By hand: z-scores of 100 and 10 with the deviation over all; then M - S * S / M over the three indicators."""
    rows = {u: {"A": a, "B": b, "C": c} for u, a, b, c in (("u", 1, 2, 3), ("v", 3, 6, 1), ("w", 2, 4, 5))}
    computed = of_shipped("MAZZIOTTA-PARETO", rows)
    z = 10 * 1.5**0.5
    expected = {"u": [100 - z, 100 - z, 100], "v": [100 + z, 100 + z, 100 + z], "w": [100, 100, 100 - z]}
    for unit, values in expected.items():
        assert computed.normalised.loc[unit].tolist() == pytest.approx(values, abs=1e-9)
        mean = sum(values) / 3
        variance = sum((x - mean) ** 2 for x in values) / 3
        assert computed.nodes.loc[unit, "MPI"] == pytest.approx(mean - variance / mean, abs=1e-9)


def test_return_index_runs_from_all_met_to_none() -> None:
    index = load_index(shipped()["RETURN-INDEX"])
    rows = {word: dict.fromkeys(index.indicators, word) for word in ("met", "partly", "not met")}
    assert of_shipped("RETURN-INDEX", rows).nodes["RETURN"].tolist() == [0, 50, 100]
