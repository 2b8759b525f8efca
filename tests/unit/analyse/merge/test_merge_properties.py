"""What must hold for any reports, and figures worked out by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.model.tables import schema_of
from idtracker.model.tables.derived import MergedCell
from tests.unit.analyse.figures import EARLIER, merge_cells

QUARTERS = ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]
PERIODS = [*QUARTERS, "2025-10", "2025-11", "2025-12", "2026-04", "2025-H2", "2025/26", "2025", "2026-02-14"]

NAMES = [f"I{n}" for n in range(8)]
"""Indicators of one example, each with terms of its own: a merge takes as long for one of them as for all."""

report = st.fixed_dictionaries(
    {
        "indicator_id": st.sampled_from(NAMES),
        "place_id": st.sampled_from(["JO", "JO-AM", "JO-IR", "JO-MA"]),
        "period": st.sampled_from(PERIODS),
        "org_id": st.sampled_from(["GB-GOV-1", "GB-GOV-8", "GB-GOV-24"]),
        "value": st.none() | st.floats(-20, 120),
        "standard_error": st.none() | st.floats(0, 10),
        "reliability": st.sampled_from([None, "A", "B", "D", "E", "F"]),
        "credibility": st.sampled_from([None, "1", "3", "5", "6"]),
        "origin": st.sampled_from([None, None, "ACLED"]),
        "obs_status": st.sampled_from([None, "A", "U", "B", "O"]),
        "classification": st.sampled_from(["OFFICIAL", "OFFICIAL-SENSITIVE"]),
        "releasable_to": st.sampled_from([None, "HMG", "HMG;PARTNERS"]),
        "source_id": st.sampled_from(["one", "two"]),
    }
)
change = st.fixed_dictionaries(
    {
        "roll_up": st.sampled_from(["mean", "sum", "last"]),
        "merge_policy": st.sampled_from(["priority", "quality_weighted", "median"]),
        "priority_org_id": st.just("GB-GOV-24"),
        "direction": st.sampled_from([1, -1]),
        "level": st.sampled_from(["adm1", "country", "both"]),
        "max_age_days": st.sampled_from([0, 100, 200]),
    }
)


@settings(max_examples=10, derandomize=True)
@given(
    rows=st.lists(report, min_size=60, max_size=160),
    terms=st.tuples(*[change] * len(NAMES)),
    seed=st.integers(0, 99),
)
def test_whatever_the_reports(observations, indicators, places, method, rows, terms, seed):
    frame = observations(rows)
    terms = indicators(*({**t, "indicator_id": name} for name, t in zip(NAMES, terms, strict=True)))
    cells = merge_cells(frame, terms, places, method, QUARTERS)
    schema_of(MergedCell).validate(cells)
    assert not cells.duplicated(["indicator_id", "place_id", "period"]).any()
    assert (cells["org_count"] <= cells["obs_count"]).all()
    assert (cells["org_count"] <= cells["org_ids"].str.split(";").str.len()).all()
    told = ~cells["method"].str.startswith("NATIONAL")
    assert (cells["org_count"] == cells["org_ids"].str.split(";").str.len())[told].all()
    assert (cells["is_carried"] == (cells["obs_status"] == "I")).all()
    assert (cells["is_carried"] == (cells["age_days"] > 0)).all()
    assert (cells["age_days"] <= cells["indicator_id"].map(terms.set_index("indicator_id")["max_age_days"])).all()
    assert (cells.loc[cells["method"] == "SINGLE", "spread"].isna()).all()
    for name, own in cells[cells["method"] != "NATIONAL_SUM"].groupby("indicator_id"):
        if terms.set_index("indicator_id").loc[name, "roll_up"] != "sum":
            values = frame.loc[frame["indicator_id"] == name, "value"].dropna()
            assert own["value"].between(values.min() - 1e-9, values.max() + 1e-9).all()
    shuffled = merge_cells(
        frame.sample(frac=1, random_state=seed), terms.iloc[::-1], places.iloc[::-1], method, QUARTERS[::-1]
    )
    pd.testing.assert_frame_equal(cells, shuffled, check_exact=True)


FIGURES = [
    # organisation, value, standard error, grade; the weights are 0.75, √(0.25 · 0.5), 1 and 0.25
    ("GB-GOV-1", 61.0, 2.5, "B2"),
    ("GB-GOV-8", 47.0, None, "D3"),
    ("GB-GOV-24", 55.0, 1.0, "A1"),
    ("GB-GOV-6", 52.0, None, "F6"),
]


def test_a_cell_worked_out_by_hand(merge):
    rows = [
        {
            "org_id": org,
            "value": value,
            "standard_error": error,
            "reliability": grade[0],
            "credibility": grade[1],
        }
        for org, value, error, grade in FIGURES
    ]
    cell = merge(rows, {"goalpost_low": 20.0, "goalpost_high": 70.0, "direction": -1}, by=EARLIER).iloc[0]

    assert cell["value"] == pytest.approx(55.39156658987944)
    assert cell["standard_error"] == pytest.approx(3.321792386272391)
    assert cell["score"] == pytest.approx(29.216866820241123)
    assert cell["score_error"] == pytest.approx(6.643584772544782)
    assert cell["spread"] == pytest.approx(28)
    assert (cell["obs_status"], cell["org_count"], bool(cell["is_ungraded"])) == ("U", 4, True)


def test_a_median_of_four_reports(merge):
    rows = [{"org_id": org, "value": value} for org, value, _, _ in FIGURES]
    assert merge(rows, {"merge_policy": "median"}).iloc[0]["value"] == 53.5
