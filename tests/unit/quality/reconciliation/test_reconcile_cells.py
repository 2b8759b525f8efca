"""The account of observations against the merge, which shares no code with it, and that it does not close over a fault."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.model.method import Method, load_method
from idtracker.model.periods import bounds_frame
from idtracker.model.tables import TABLES, conform_types
from idtracker.quality.reconciliation.cells import account_of, count_cells
from idtracker.quality.reconciliation.facts_and_scores import ReconciliationResult
from tests.unit.analyse.figures import merge_cells

METHOD = load_method()
QUARTERS = ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]
PERIODS = [*QUARTERS, "2025-Q1", "2025-10", "2025-11", "2025-12", "2025-H2", "2025/26", "2025", "2026-02-14", "2027-Q1"]
PERIODS += ["2025-W40", "2025-W41", "2026-W14", "2025-10/P1Y", "2025-10/P6M", "2025-11/P1Y"]
WEEKS = [f"2025-W{number}" for number in range(40, 53)]  # every Thursday of 2025-Q4
DEFAULT = {
    "source_id": "one",
    "submission_id": "sub-1",
    "indicator_id": "trust",
    "place_id": "JO-AM",
    "period": "2026-Q2",
    "org_id": "GB-GOV-1",
    "value": 40.0,
    "recorded_from": "2026-07-20",
    "classification": "OFFICIAL",
    "originator_org_id": "GB-GOV-1",
}
NAMES = [f"I{n}" for n in range(5)]
"""Indicators of one example, each with terms of its own: a merge takes as long for one of them as for all."""
report = st.fixed_dictionaries(
    {
        "place_id": st.sampled_from(["JO", "JO-AM", "JO-IR"]),
        "period": st.sampled_from(PERIODS),
        "org_id": st.sampled_from(["GB-GOV-1", "GB-GOV-8", None]),
        "value": st.none() | st.integers(-20, 120).map(float),
        "disaggregation": st.sampled_from([None, None, "sex=f"]),
        "reliability": st.sampled_from([None, "A", "D", "E", "F"]),
        "credibility": st.sampled_from([None, "1", "5", "6"]),
        "origin": st.sampled_from([None, None, "ACLED"]),
        "obs_status": st.sampled_from([None, "A", "O"]),
        "source_id": st.sampled_from(["one", "two"]),
        "submission_id": st.sampled_from(["sub-1", "sub-2", "sub-3"]),
        "indicator_id": st.sampled_from([*NAMES, "gone", "gone"]),
    }
)


def account_cells(
    observation: pd.DataFrame, cells: pd.DataFrame, indicator: pd.DataFrame, periods: list[str], method: Method
) -> ReconciliationResult:
    """The account per source of the observations known (reported and derived ones together) and the merged cells.

    Failing are observations without a fate, and cells whose `obs_count` or `submission_ids` are not those that follow.
    """
    counted = count_cells([observation], cells, indicator, periods, method)
    rows_in = {str(s): int(n) for s, n in observation.groupby("source_id").size().items()}
    return account_of(counted.fates, rows_in, counted.failing)


def _observations(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame([{**DEFAULT, "fact_id": f"f{n:03d}", **row} for n, row in enumerate(rows)])
    bounds = bounds_frame(frame["period"].astype("str"))
    return conform_types(frame.assign(period_start=bounds["start"], period_end=bounds["end"]), TABLES["observation"])


def _indicator(**change: Any) -> pd.DataFrame:
    plain = {"indicator_id": "trust", "name": "Trust", "dimension_code": "BSF4", "unit": "%", "direction": 1}
    terms = {"goalpost_low": 0, "goalpost_high": 100, "weight": 1, "level": "adm1", "frequency": "quarter"}
    return conform_types(
        pd.DataFrame([{**plain, **terms, "roll_up": "mean", "max_age_days": 200, **change}]), TABLES["indicator"]
    )


PLACE = conform_types(
    pd.DataFrame(
        [
            {"place_id": "JO", "name": "Jordan", "level": "country"},
            {"place_id": "JO-AM", "name": "Amman", "level": "adm1", "parent_id": "JO", "population": 4},
            {"place_id": "JO-IR", "name": "Irbid", "level": "adm1", "parent_id": "JO", "population": 3},
        ]
    ),
    TABLES["place"],
)


def _fates(account: ReconciliationResult) -> dict[str, int]:
    return {r: int(n) for r, n in account.rows.groupby("reason")["rows"].sum().items()}


def _merged(rows: list[dict[str, Any]], **change: Any) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    observation, indicator = _observations(rows), _indicator(**change)
    return observation, merge_cells(observation, indicator, PLACE, METHOD, QUARTERS), indicator


change = st.fixed_dictionaries(
    {
        "roll_up": st.sampled_from(["mean", "sum", "last"]),
        "frequency": st.sampled_from(["month", "quarter", "year"]),
        "max_age_days": st.sampled_from([0, 100, 400]),
        "merge_policy": st.sampled_from(["priority", "quality_weighted", "median", "adjudicated"]),
        "priority_org_id": st.just("GB-GOV-8"),
    }
)


@settings(max_examples=12, derandomize=True)
@given(
    rows=st.lists(report, min_size=60, max_size=160),
    terms=st.tuples(*[change] * len(NAMES)),
    lost=st.integers(0, 999),
)
def test_every_observation_has_one_fate_and_every_cell_its_observations(
    rows: list[dict[str, Any]], terms: tuple[dict[str, Any], ...], lost: int
) -> None:
    observation = _observations(rows)
    indicator = pd.concat([_indicator(indicator_id=name, **t) for name, t in zip(NAMES, terms, strict=True)])
    cells = merge_cells(observation, indicator, PLACE, METHOD, QUARTERS)
    account = account_cells(observation, cells, indicator, QUARTERS, METHOD)
    assert account.is_whole, account.failing
    assert account.rows["rows"].sum() == len(rows)
    own = cells[~cells["method"].str.startswith("NATIONAL") & ~cells["is_carried"]]
    if len(own):
        less = cells.drop(index=own.index[lost % len(own)])
        assert not account_cells(observation, less, indicator, QUARTERS, METHOD).is_whole


@pytest.mark.parametrize(
    ("rows", "change", "reason"),
    [
        ([{"value": None}], {}, "no_value"),
        ([{"disaggregation": "sex=f"}], {}, "breakdown"),
        ([{"obs_status": METHOD.not_merged[0]}], {}, "status_not_merged"),
        ([{"indicator_id": "gone"}], {}, "indicator_unknown"),
        ([{"period": "2019-Q1"}], {}, "outside_quarters"),
        ([{"period": "2025"}], {"roll_up": "sum"}, "too_long_to_divide"),
        ([{"period": "2025-10"}], {"roll_up": "sum"}, "sum_incomplete"),
        ([{}, {"period": "2026-04"}], {}, "outranked_in_report"),
        ([{"origin": "ACLED"}, {"origin": "ACLED", "org_id": "GB-GOV-8"}], {}, "quoted_twice"),
        ([{}, {"org_id": "GB-GOV-8", "reliability": "E", "credibility": "1"}], {}, "unusable"),
    ],
)
def test_each_reason_is_told(rows: list[dict[str, Any]], change: dict[str, Any], reason: str) -> None:
    observation, cells, indicator = _merged(rows, **change)
    account = account_cells(observation, cells, indicator, QUARTERS, METHOD)
    assert account.is_whole, account.failing
    assert _fates(account) == ({reason: 1, "used": 1} if len(rows) == 2 else {reason: 1})


@pytest.mark.parametrize(
    ("periods", "fates"),
    [
        (["2025-W40"], {"sum_incomplete": 1}),
        (WEEKS, {"used": 13}),
        (WEEKS[1:], {"sum_incomplete": 12}),
    ],
)
def test_weeks_have_the_fate_that_the_merge_gives_them(periods: list[str], fates: dict[str, int]) -> None:
    observation, cells, indicator = _merged([{"period": code} for code in periods], roll_up="sum", goalpost_high=900)
    account = account_cells(observation, cells, indicator, QUARTERS, METHOD)
    assert account.is_whole
    assert _fates(account) == fates


def test_a_carried_copy_does_not_stand_in_for_the_cell_that_it_copies() -> None:
    observation, cells, indicator = _merged([{"period": "2026-Q1"}])
    is_own = (cells["place_id"] == "JO-AM") & ~cells["is_carried"]
    assert (cells["place_id"] == "JO-AM").sum() == 2 and is_own.sum() == 1
    assert account_cells(observation, cells, indicator, QUARTERS, METHOD).is_whole
    lost = account_cells(observation, cells[~is_own], indicator, QUARTERS, METHOD)
    assert lost.failing["one"] == ["f000"]


def test_a_lost_a_doubled_and_a_foreign_report_are_named() -> None:
    observation, cells, indicator = _merged([{}, {"org_id": "GB-GOV-8", "submission_id": "sub-2"}])
    at = cells["place_id"] == "JO-AM"
    lost = account_cells(observation, cells[~at], indicator, QUARTERS, METHOD)
    assert not lost.is_whole
    assert lost.failing["one"] == ["f000", "f001"]
    assert _fates(lost)["unexplained"] == 2
    doubled = account_cells(observation, cells.assign(obs_count=cells["obs_count"] + 1), indicator, QUARTERS, METHOD)
    assert doubled.failing == {"merged_cell": ["trust|JO-AM|2026-Q2: due 2 observations, obs_count 3"]}
    foreign = account_cells(observation, cells.assign(submission_ids="sub-9"), indicator, QUARTERS, METHOD)
    assert foreign.failing == {
        "merged_cell": ["trust|JO-AM|2026-Q2: due 2 observations, obs_count 2, other submissions"]
    }
    assert not foreign.is_whole
