"""The baseline of changes in culture: the quarter that the programme names, else the first with answers; one function says it."""

from __future__ import annotations

import pandas as pd
import pytest
import yaml

from idtracker.analyse.metrics.culture.baseline import baseline_of
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.values import measure
from idtracker.model.config.programme import load_programme
from idtracker.model.config.rounds import Baseline
from idtracker.model.errors import DefinitionError
from tests.unit.analyse.metrics.metrics_given import Frames, read_reference, table

QUARTERS = ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"]
LEVELS = {"2025-Q2": 1, "2025-Q3": 2, "2026-Q1": 4}
ORGS = ["GB-GOV-1", "GB-GOV-6", "GB-GOV-8"]


def _rounds() -> Frames:
    """Three departments rate each other and a barrier alike in three of four quarters."""
    pairs = [(a, b) for a in ORGS for b in ORGS if a != b]
    ties = [
        {"period": period, "from_org_id": a, "to_org_id": b, "frey_level": str(level)}
        for period, level in LEVELS.items()
        for a, b in pairs
    ]
    rated = [
        {"scope_id": "P", "barrier_code": "B1", "period": period, "org_id": org, "rating": str(level)}
        for period, level in LEVELS.items()
        for org in ORGS
    ]
    return {
        "collaboration_tie": table("collaboration_tie", pd.DataFrame(ties)),
        "enabler_assessment": table("enabler_assessment", pd.DataFrame(rated)),
    }


def _changes(baseline: str | None) -> pd.DataFrame:
    at, of = pd.Timestamp("2026-06-30"), ["IM-25", "IM-27"]
    found = measure(_rounds(), read_reference(), QUARTERS, at, metric_ids=of, baseline=baseline)
    chosen = found["measure"].isin(["value_change", "median_change"]) & found["scope"].isin(["programme", "barrier=B1"])
    return found[chosen].pivot(index="period", columns="metric_id", values="value")


@pytest.mark.parametrize(
    ("baseline", "changes"),
    [
        (None, {"2025-Q3": 1.0, "2026-Q1": 3.0}),
        ("2025-Q2", {"2025-Q3": 1.0, "2026-Q1": 3.0}),
        ("2025-Q3", {"2026-Q1": 2.0}),
        ("2025-Q4", {}),  # nobody answered in it
        ("2026-Q1", {}),
        ("2020-Q1", {}),
    ],
)
def test_change_is_measured_from_the_baseline(baseline: str | None, changes: dict[str, float]) -> None:
    found = _changes(baseline)
    for metric_id in ("IM-25", "IM-27"):
        assert found[metric_id].dropna().to_dict() == changes


def test_one_function_says_the_baseline() -> None:
    def inputs(baseline: str | None) -> Inputs:
        return Inputs({}, read_reference(), pd.Timestamp("2026-06-30"), baseline=baseline)

    quarter = Quarter.of("2026-Q1")
    assert baseline_of(inputs(None), quarter, lambda: None) is None
    assert baseline_of(inputs(None), quarter, lambda: "2025-Q3") == Quarter.of("2025-Q3")
    assert baseline_of(inputs("2025-Q4"), quarter, lambda: "2025-Q3") == Quarter.of("2025-Q4")
    assert baseline_of(inputs("2026-Q1"), quarter, lambda: "2025-Q3") is None
    assert baseline_of(inputs("2025-Q4").as_is(), quarter, lambda: "2025-Q3") == Quarter.of("2025-Q4")


def test_a_round_stands_for_its_quarter() -> None:
    assert Baseline(round="R-2").quarter({"R-1": "2025-Q1", "R-2": "2025-Q2"}) == "2025-Q2"
    assert Baseline(period="2025-Q3").quarter({}) == "2025-Q3"
    with pytest.raises(
        DefinitionError, match=r"baseline: round: there is no round `R-9`; there are: R-1\. Name one of these"
    ):
        Baseline(round="R-9").quarter({"R-1": "2025-Q1"})
    with pytest.raises(DefinitionError, match="there are: none yet"):
        Baseline(round="R-9").quarter({})


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        ({"period": "2025"}, "2025 is a year: name a quarter, such as 2024-Q1"),
        ({"period": "2025-Q1", "round": "R"}, "name either `period` or `round`"),
        ({}, "name either `period` or `round`"),
        ({"period": "soon"}, "soon"),
        ({"quarter": "2025-Q1"}, "quarter"),
    ],
)
def test_a_wrong_baseline_is_refused_where_it_stands(stated: dict[str, str], problem: str, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("sources")
    (folder / "programme.yml").write_text(yaml.safe_dump({"title": "P", "country": "JO", "baseline": stated}))
    with pytest.raises(DefinitionError) as refused:
        load_programme(folder)
    assert "baseline" in str(refused.value) and problem in str(refused.value)
