"""Small made-up sets of indicators, places and reports for hypothesis: every policy, kind of period, grade and status."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from recomputed.given import Row

from idtracker.periods import period_bounds

ORGS = ["GB-GOV-1", "GB-GOV-8", "XX-LOCAL-A", "XX-LOCAL-B"]
QUARTERS = ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"]
PERIODS = [
    *QUARTERS, "2025-Q1", "2025-10", "2025-11", "2025-12", "2026-01", "2025-W40", "2025-W43", "2025-W44", "2025-11-07",
    "2025-H2", "2025", "2025/26",
]  # fmt: skip
ARRIVED = datetime(2026, 2, 1)


def places(populations: list[int | None]) -> list[Row]:
    """A country and its three governorates."""
    inside = [
        {"place_id": f"JO-{n}", "name": n, "level": "adm1", "parent_id": "JO", "population": people}
        for n, people in zip(("AJ", "AM", "IR"), populations, strict=True)
    ]
    return [{"place_id": "JO", "name": "Jordan", "level": "country", "parent_id": None, "population": None}, *inside]


PLACES = st.sampled_from([[10, 60, 30], [10, 10, 10], [10, None, 30]]).map(places)


@st.composite
def indicators(draw: st.DrawFn, policies: tuple[str, ...]) -> list[Row]:
    """Two indicators of different dimensions."""
    return [draw(_indicator(f"{code}-A", code, policies)) for code in ("BSF1", "BSF2")]


def _indicator(name: str, dimension: str, policies: tuple[str, ...]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries({
        "indicator_id": st.just(name), "name": st.just(name), "dimension_code": st.just(dimension),
        "unit": st.just("percent"), "direction": st.sampled_from([1, -1]),
        "goalposts": st.sampled_from([(0.0, 100.0), (80.0, 16.0), (2.0, 66.0)]),
        "weight": st.just(1.0), "level": st.sampled_from(["adm1", "country", "both"]),
        "frequency": st.sampled_from(["month", "quarter", "half_year", "year"]),
        "roll_up": st.sampled_from(["mean", "sum", "last"]), "max_age_days": st.sampled_from([0, 100, 190]),
        "merge_policy": st.sampled_from(policies), "priority_org_id": st.just("GB-GOV-1"),
        "derived_from": st.none(), "owner_org_id": st.none(), "retired_on": st.none(),
    }).map(_with_goalposts)  # fmt: skip


def _with_goalposts(row: Row) -> Row:
    low, high = row.pop("goalposts")
    return {**row, "goalpost_low": low, "goalpost_high": high}


def observations(most: int = 14, periods: list[str] = PERIODS, dense: bool = False) -> st.SearchStrategy[list[Row]]:
    """Rows that arrived one after another."""
    mostly = st.sampled_from([None, None, None, "XX"])
    row = st.fixed_dictionaries({
        "indicator_id": st.sampled_from(["BSF1-A", "BSF1-A", "BSF2-A"]),
        "place_id": st.sampled_from(["JO-AJ", "JO-AJ"] if dense else ["JO", "JO-AJ", "JO-AM", "JO-IR"]),
        "period": st.sampled_from(periods), "org_id": st.sampled_from(ORGS),
        "origin": st.sampled_from([None, None, None, "Observatory", "Atlas"]),
        "value": st.sampled_from([None, 0, 5, 10, 12, 20, 25.5, 40, 64, 90, 110]),
        "standard_error": st.sampled_from([None, 0.0, 1.5, 4.0]),
        "bounds": st.sampled_from([None, None, (1.0, 4.0)]),
        "disaggregation": mostly.map(lambda v: None if v is None else "sex=f"),
        "obs_status": st.sampled_from([None, None, "A", "P", "E", "B", "U", "L", "F"]),
        "reliability": st.sampled_from([None, "A", "B", "C", "D", "E", "F"]),
        "credibility": st.sampled_from(["1", "2", "3", "4", "5", "6"]),
        "releasable_to": st.sampled_from([None, "HMG", "HMG;PARTNERS", "PARTNERS;PUBLIC"]),
        "handling": st.sampled_from([None, "HMG USE ONLY"]),
        "classification": st.sampled_from(["OFFICIAL", "OFFICIAL-SENSITIVE"]),
        "waiver": st.sampled_from([None, None, "GB-GOV-1: agreed"]),
    })  # fmt: skip
    return st.lists(row, max_size=most).map(lambda rows: [_whole(n, r) for n, r in enumerate(rows)])


def _whole(n: int, row: Row) -> Row:
    """The row with its days, and an arrival of its own so that the newest is never in doubt."""
    low, high = row["bounds"] or (None, None)
    start, end = period_bounds(row["period"])
    rest: dict[str, Any] = {
        "lower": low, "upper": high, "period_start": start, "period_end": end,
        "fact_id": f"f{n:02}", "source_id": "s", "submission_id": f"s{n % 4}", "sheet": "-", "row_number": n,
        "content_hash": f"h{n:02}", "recorded_from": ARRIVED + timedelta(hours=n), "recorded_to": None,
        "originator_org_id": row["org_id"],
    }  # fmt: skip
    return {k: v for k, v in row.items() if k != "bounds"} | rest
