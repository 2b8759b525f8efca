"""What holds by a count over the rows is what Great Expectations says holds; everything else is left to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from idtracker.model.tables import TABLES, conform_types
from idtracker.quality.expectations.declared import DeclaredExpectation
from idtracker.quality.expectations.judge import Judge
from idtracker.quality.expectations.run import suites_of
from idtracker.quality.expectations.suite import Expected
from tests.unit.quality.expectations.conftest import DAY
from tests.unit.quality.expectations.judged_frames import confirmed

pytest.importorskip("great_expectations")
STATED = [
    {"table": "score", "column": "completeness", "mean_between": [0.2, 0.95]},
    {"table": "score", "column": "low", "filled_at_least": 0.6},
    {"table": "score", "column": "low", "at_most_column": "high"},
    {"table": "score", "column": "place_id", "known_in": "place.place_id", "in_at_least": 0.7},
    {"table": "score", "column": "place_id", "differs_from": "node_code"},
    {"table": "merged_cell", "column": "is_carried", "share_true_at_most": 0.5},
    {"table": "merged_cell", "column": "score", "mean_between": [2, 98]},
    {"table": "score", "column": "period_end", "newest_within_days": 100},
]
NUMBERS = st.sampled_from([None, 0.0, 0.3, 0.6, 0.66, 2 / 3, 0.7, 1.0, 50.0, -1.0, 101.0, float("nan")])
ROW = st.fixed_dictionaries(
    {
        **dict.fromkeys(("score", "completeness", "low", "high"), NUMBERS),
        "place_id": st.sampled_from(["JO", "JO-AM", "XX", "it's", None]),
        "is_carried": st.booleans(),
        "node_code": st.sampled_from(["JO", "S", None]),
        "period": st.sampled_from(["2026-Q1", "2026-Q2"]),
        "period_end": st.sampled_from([DAY, DAY - pd.Timedelta(days=200), None]),
        "recorded_from": st.sampled_from([DAY, DAY + pd.Timedelta(days=1)]),
        "recorded_to": st.sampled_from([None, DAY]),
    }
)


def _suite(table: str, codes: dict[str, list[str]]) -> list[Expected]:
    common = {"severity": "warning", "dimension": "validity", "why": "so that it is known"}
    stated = [DeclaredExpectation.model_validate(line | common) for line in STATED]
    places = ["JO", "JO-AM", "it's"]
    return suites_of([table], codes, {"place": places[1:]}, lambda *_: places, as_of=DAY, stated=stated)[table]


@given(table=st.sampled_from(["score", "merged_cell"]), rows=st.lists(ROW, min_size=1, max_size=6))
@settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_whatever_the_rows_what_is_counted_to_hold_holds(
    table: str, rows: list[dict[str, Any]], codes: dict[str, list[str]], valid: Callable[[str, int], pd.DataFrame]
) -> None:
    usual = valid(table, 1).iloc[0].to_dict()
    filled = [{name: value for name, value in (usual | row).items() if name in usual} for row in rows]
    frame, suite = conform_types(pd.DataFrame(filled), TABLES[table]), _suite(table, codes)
    confirmed(table, frame, suite, Judge().outcomes(table, frame, suite, ("place_id",)), ("place_id",))


@pytest.mark.parametrize("table", ["observation", "merged_cell", "score", "metric_value", "place", "judgement"])
def test_a_table_in_which_all_holds_needs_no_great_expectations(
    table: str, codes: dict[str, list[str]], valid: Callable[[str, int], pd.DataFrame]
) -> None:
    frame = valid(table, 1)
    suite = suites_of([table], codes, {}, lambda *_: [], as_of=DAY)[table]
    outcomes = Judge().outcomes(table, frame, suite, ())
    assert confirmed(table, frame, suite, outcomes, ()).keys() == set(range(len(suite)))


def test_rows_that_fail_are_named_without_great_expectations(
    codes: dict[str, list[str]], valid: Callable[[str, int], pd.DataFrame]
) -> None:
    frame = valid("merged_cell", 4).assign(place_id=["JO", "XX", "JO", "it's"], is_carried=[True, True, True, False])
    suite = _suite("merged_cell", codes)
    outcomes = Judge().outcomes("merged_cell", frame, suite, ("place_id",))
    failed = {
        r.id: (r.failed_count, [key["place_id"] for key in r.failing_keys])
        for r in confirmed("merged_cell", frame, suite, outcomes, ("place_id",)).values()
        if not r.success
    }
    assert failed["gx.merged_cell.is_carried.share_true_at_most"] == (3, ["JO", "XX"])
    assert failed["gx.merged_cell.place_id.known"] == (3, ["JO", "XX"])  # known are JO-AM and it's


def test_a_number_that_is_not_there_or_is_none_is_missing_without_great_expectations(
    codes: dict[str, list[str]], valid: Callable[[str, int], pd.DataFrame]
) -> None:
    frame = valid("score", 4).assign(place_id=["JO", "JO-AM", "XX", "JO"], low=[None, float("nan"), 1.0, None])
    suite = _suite("score", codes)
    outcomes = Judge().outcomes("score", frame, suite, ("place_id",))
    counted = {r.id: r for r in confirmed("score", frame, suite, outcomes, ("place_id",)).values()}
    assert counted["gx.score.low.filled_at_least"].failed_count == 3


def test_a_mean_at_its_bound_holds_where_no_value_lies_beyond(
    codes: dict[str, list[str]], valid: Callable[[str, int], pd.DataFrame]
) -> None:
    suite = _suite("score", codes)
    mean = next(i for i, e in enumerate(suite) if e.id == "gx.score.completeness.mean_between")
    for values, decided in (([0.95, 0.95], True), ([0.95, 0.95 + 1e-12], False), ([0.9, 0.96], True)):
        frame = valid("score", 2).assign(completeness=values)
        outcomes = Judge().outcomes("score", frame, suite, ())
        assert (mean in confirmed("score", frame, suite, outcomes, ())) is decided
