"""The tables of the framework, by worked examples: evidence, answers, what is missing, markings."""

from __future__ import annotations

import pandas as pd
import pytest
from framework_given import QUARTERS, Given, record, records, small_framework

from idtracker.analyse.framework.answers import unknown_questions
from idtracker.analyse.framework.gaps import fact_tables_of
from idtracker.analyse.framework.intervals import newcombe
from idtracker.model.tables import TABLES, conform_types


def test_evidence_is_compared_with_its_first_quarter_and_says_no_more_than_its_interval() -> None:
    given = Given()
    for quarter, count, total in zip(QUARTERS, (None, 6, 7, 19, 11), (0, 12, 12, 24, 12), strict=True):
        if count is not None:
            given.share("IM-01", quarter, count, total)
    frame = given.frames()["framework_evidence"]
    rows = {row["period"]: row for row in records(frame, subject_code="K1", evidence_code="IM-01")}
    assert [rows[q]["direction"] for q in QUARTERS] == ["MISSING", "UNKNOWN", "NOT_DISTINGUISHABLE", "BETTER", "BETTER"]
    assert [rows[q]["baseline_period"] for q in QUARTERS] == [None, None, "2025-Q2", "2025-Q2", "2025-Q2"]
    last = rows["2025-Q4"]
    assert (last["value"], last["baseline_value"]) == pytest.approx((100 * 19 / 24, 50))
    ends = [100 * end for end in newcombe((19, 24), (6, 12))]
    assert (last["change_lower"], last["change_upper"]) == pytest.approx(ends)
    assert {rows[q]["interval_basis"] for q in QUARTERS[2:]} == {"COUNTS"}
    assert rows["2025-Q3"]["point_direction"] == "BETTER"


@pytest.mark.parametrize("baseline, change", [(None, 40), ("2025-Q2", 20), ("2024-Q1", None), ("2025-Q4", None)])
def test_a_named_baseline_counts_for_evidence_and_answers_and_no_other_stands_in_for_it(
    baseline: str | None, change: float | None
) -> None:
    given = Given(baseline=baseline)
    for quarter, count in (("2025-Q1", 2), ("2025-Q2", 4), ("2025-Q3", 6)):
        given.share("IM-01", quarter, count, 10)
        given.answer("K1", quarter, "FOR", "YES")
    tables = given.frames()
    row = record(tables["framework_evidence"], subject_code="K1", evidence_code="IM-01", period="2025-Q3")
    first = baseline or "2025-Q1"
    assert (row["change"], row["baseline_period"]) == (change, first if change else None)
    answered = records(tables["kpq_view"], question_code="K1", period="2025-Q3")
    assert {row["baseline_period"] for row in answered} == {first if first < "2025-Q3" else None}


def test_a_figure_without_an_interval_claims_nothing_and_days_are_better_when_fewer() -> None:
    given = Given()
    given.value("IM-31", "2025-Q1", 50.0, measure="median_days")
    given.value("IM-31", "2025-Q2", 20.0, measure="median_days")
    row = record(given.frames()["framework_evidence"], subject_code="K2", period="2025-Q2")
    assert (row["direction"], row["point_direction"], row["change"], row["change_lower"]) == (
        "NO_INTERVAL",
        "BETTER",
        -30,
        None,
    )


def test_a_suppressed_figure_stays_suppressed_in_every_column_and_is_no_baseline() -> None:
    given = Given()
    small = {"numerator": 2, "denominator": 3, "n": 3, "suppressed_reason": "below_minimum_denominator"}
    given.value("IM-01", "2025-Q1", None, **small)
    given.share("IM-01", "2025-Q2", 5, 10)
    given.value("IM-01", "2025-Q3", None, **small)
    tables = given.frames()
    rows = {r["period"]: r for r in records(tables["framework_evidence"], subject_code="K1", evidence_code="IM-01")}
    for quarter in ("2025-Q1", "2025-Q3"):
        row = rows[quarter]
        numbers = [row[n] for n in ("value", "lower", "upper", "change", "change_lower", "change_upper")]
        assert numbers == [None] * 6 and row["direction"] == "MISSING"
        assert row["suppressed_reason"] == "below_minimum_denominator"
    assert rows["2025-Q2"]["direction"] == "UNKNOWN", "a suppressed quarter is no baseline"
    gap = record(tables["framework_gap"], subject_code="K1", period="2025-Q3", evidence_code="IM-01")
    assert (gap["gap"], gap["suppressed_reason"], gap["source_id"]) == ("NO_VALUE", "below_minimum_denominator", None)


def test_a_scope_for_each_has_a_row_for_each_that_is_measured_and_says_where_none_is() -> None:
    given = Given()
    for barrier in ("barrier=B1", "barrier=B2", "objective=O1;barrier=B1"):
        given.share("IM-27", "2025-Q1", 3, 5, measure="at_least_3", scope=barrier)
    rows = records(given.frames()["framework_evidence"], subject_code="K1", evidence_code="profile", period="2025-Q1")
    assert [(row["scope"], row["value"]) for row in rows] == [("barrier=B1", 60), ("barrier=B2", 60)]
    none = Given()
    none.share("IM-01", "2025-Q1", 3, 5)
    tables = none.frames()
    row = record(tables["framework_evidence"], subject_code="K1", evidence_code="profile", period="2025-Q1")
    assert (row["scope"], row["direction"], row["n"]) == ("barrier=*", "MISSING", None)
    gap = record(tables["framework_gap"], subject_code="K1", evidence_code="profile", period="2025-Q1")
    assert gap["gap"] == "NEVER_MEASURED"


def test_an_element_of_change_reports_the_change_and_no_level() -> None:
    given = Given()
    given.value("IM-27", "2025-Q2", 0.5, measure="median_change", scope="barrier=B1")
    given.share("IM-27", "2025-Q2", 5, 5, measure="at_least_3", scope="barrier=B1")
    tables = given.frames()
    rows = records(tables["framework_evidence"], subject_code="A2", period="2025-Q2")
    assert [(r["measure"], r["value"], r["change"], r["baseline_value"]) for r in rows] == [
        ("median_change", 0.5, 0.5, None)
    ]
    row = record(tables["framework_element"], element_code="A2", period="2025-Q2")
    assert (row["states"], row["value_count"], row["no_interval_count"], row["point_better_count"]) == (
        "change",
        1,
        1,
        1,
    )


def test_answers_are_counted_with_their_confidence_and_who_differs() -> None:
    given = Given()
    given.answer("K1", "2025-Q1", "DEF", "NO", "LOW")
    given.answer("K1", "2025-Q1", "FOR", "PARTLY", "LOW")
    for org, answer, ancr in (
        ("DEF", "YES", "HIGH"),
        ("FOR", "PARTLY", None),
        ("REV", "PARTLY", "LOW"),
        ("STA", "NA", "LOW"),
    ):
        given.answer("K1", "2025-Q2", org, answer, ancr, evidence="minutes" if org == "DEF" else None)
    given.answer("K2", "2025-Q2", "DEF", "NO", stage="GROW")
    given.share("IM-01", "2025-Q1", 3, 5)
    tables = given.frames()
    row = record(tables["kpq_view"], question_code="K1", period="2025-Q2", scope="programme")
    counted = {n: row[f"{n}_count"] for n in ("roster", "answered", "silent", "yes", "partly", "no", "not_yet", "na")}
    assert counted == {"roster": 4, "answered": 4, "silent": 0, "yes": 1, "partly": 2, "no": 0, "not_yet": 0, "na": 1}
    assert [row[f"confidence_{n}_count"] for n in ("high", "moderate", "low", "unstated")] == [1, 0, 2, 1]
    assert (row["lowest_answer"], row["highest_answer"], row["is_disagreement"]) == ("PARTLY", "YES", True)
    assert (row["baseline_period"], row["paired_count"], row["rose_count"], row["fell_count"]) == ("2025-Q1", 2, 1, 0)
    assert (row["cited_count"], row["other_stage_count"], row["stage_code"]) == (1, 0, "SEED")
    team = {r["org_id"]: r for r in records(tables["framework_answer"], question_code="K1", period="2025-Q2")}
    assert {org: r["rank_difference"] for org, r in team.items()} == {"DEF": 1, "FOR": 0, "REV": 0, "STA": None}
    assert (team["FOR"]["ancr"], team["DEF"]["baseline_answer"], team["REV"]["baseline_answer"]) == (None, "NO", None)
    own = record(tables["kpq_view"], question_code="K1", period="2025-Q2", scope="org=DEF")
    assert (own["roster_count"], own["yes_count"], own["is_disagreement"], own["evidence_count"]) == (1, 1, None, None)
    other = record(tables["kpq_view"], question_code="K2", period="2025-Q2", scope="programme")
    assert (other["roster_count"], other["answered_count"], other["silent_count"], other["other_stage_count"]) == (
        4,
        1,
        3,
        0,
    )


def test_who_is_silent_is_named_for_a_year_and_then_no_longer_asked() -> None:
    given = Given(periods=("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"))
    for quarter in given.periods:
        given.answer("K1", quarter, "FOR", "YES")
    given.answer("K1", "2025-Q1", "DEF", "NO")
    given.answer("K1", "2025-Q2", "DEF", None)
    tables = given.frames()
    rows = {r["period"]: r for r in records(tables["kpq_view"], question_code="K1", scope="programme")}
    assert [rows[q]["roster_count"] for q in given.periods] == [2, 2, 2, 2, 2]
    assert [rows[q]["silent_count"] for q in given.periods] == [0, 1, 1, 1, 1]
    silent = records(tables["framework_gap"], subject_code="K1", gap="SILENT_TEAM")
    assert [(g["period"], g["org_id"], g["scope_id"]) for g in silent] == [(q, "DEF", "P1") for q in given.periods[1:]]
    assert [
        r["last_answered_period"] for r in records(tables["framework_answer"], question_code="K1", org_id="DEF")
    ] == ["2025-Q1"] * 5


def test_a_survey_that_nobody_answers_says_so() -> None:
    given = Given()
    given.share("IM-01", "2025-Q1", 3, 5)
    tables = given.frames()
    row = record(tables["kpq_view"], question_code="K1", period="2025-Q3", scope="programme")
    assert (row["roster_count"], row["answered_count"], row["lowest_answer"], row["is_disagreement"]) == (
        0,
        0,
        None,
        None,
    )
    assert len(records(tables["framework_gap"], gap="EMPTY_ROSTER")) == 2 * len(QUARTERS)
    assert tables["framework_answer"].empty
    given.answer("K1", "2025-Q1", "FOR", "YES")
    given.answer("K1", "2025-Q1", "DEF", "NO")
    row = record(given.frames()["kpq_view"], question_code="K1", period="2025-Q2", scope="programme")
    assert (row["roster_count"], row["answered_count"], row["last_answered_period"]) == (2, 0, "2025-Q1")


def test_an_answer_about_no_question_of_the_framework_is_counted_apart() -> None:
    given = Given()
    given.answer("K9", "2025-Q1", "FOR", "YES")
    given.answer("K1", "2025-Q1", "FOR", "NO")
    response = conform_types(pd.DataFrame(given.responses), TABLES["kpq_response"])
    assert unknown_questions(response, ["K1", "K2"]) == {"K9": 1}


def test_a_merged_department_is_one_team_and_asked_once() -> None:
    given = Given()
    given.organisations = [
        {"org_id": org, "name": org, "group_code": "HMG_DEPT", "is_hmg": True, "is_traditional": True}
        for org in ("NEW", "OLD")
    ]
    given.organisations[1] |= {"successor_org_id": "NEW", "valid_to": pd.Timestamp("2025-03-31")}
    given.answer("K1", "2025-Q1", "OLD", "NO")
    given.answer("K1", "2025-Q2", "NEW", "YES")
    rows = {r["period"]: r for r in records(given.frames()["kpq_view"], question_code="K1", scope="programme")}
    assert [rows[q]["roster_count"] for q in ("2025-Q1", "2025-Q2")] == [1, 1]
    assert (rows["2025-Q2"]["paired_count"], rows["2025-Q2"]["rose_count"], rows["2025-Q2"]["silent_count"]) == (
        1,
        1,
        0,
    )


def test_what_is_owed_stands_beside_what_it_would_feed() -> None:
    assert "analysis_product" in fact_tables_of("IM-01") and "observation" in fact_tables_of("IM-45")
    given = Given(sources={"log": ["analysis_product"], "survey": ["observation"], "ratings": ["enabler_assessment"]})
    given.value("IM-01", "2025-Q2", None, n=0, suppressed_reason="no_units")
    given.owes("log", "FOR", "2025-Q2")
    given.owes("log", "FOR", "2025-Q3", "due")
    given.owes("log", "FOR", "2025-Q4", "received")
    given.owes("survey", "DEF", "2025-Q2")
    tables = given.frames()
    of_question = records(tables["framework_gap"], subject_code="K1", gap="OVERDUE_REPORT")
    assert [(g["period"], g["source_id"], g["org_id"], g["report_period"]) for g in of_question] == [
        ("2025-Q2", "log", "FOR", "2025-Q2")
    ]
    figures = {g["period"]: g for g in records(tables["framework_gap"], subject_code="A1", evidence_code="IM-01")}
    assert [figures[q]["org_id"] for q in QUARTERS[1:4]] == ["FOR", "FOR", None]
    assert record(tables["framework_element"], element_code="A1", period="2025-Q2")["overdue_count"] == 1
    assert record(tables["kpq_view"], question_code="K1", period="2025-Q3", scope="programme")["overdue_count"] == 0


def test_rows_are_marked_as_everything_behind_them() -> None:
    given = Given(sources={"log": ["analysis_product"]})
    secret = {"classification": "OFFICIAL-SENSITIVE", "releasable_to": "HMG;PARTNERS"}
    given.share("IM-01", "2025-Q1", 3, 5, **secret)
    given.share("IM-01", "2025-Q2", 3, 5, releasable_to="HMG;PUBLIC")
    given.answer("K2", "2025-Q2", "FOR", "YES", **secret)
    tables = given.frames()
    then = record(tables["framework_evidence"], subject_code="K1", evidence_code="IM-01", period="2025-Q2")
    assert (then["classification"], then["releasable_to"]) == ("OFFICIAL-SENSITIVE", "HMG"), "the baseline is behind it"
    view = record(tables["kpq_view"], question_code="K2", period="2025-Q2", scope="programme")
    assert (view["classification"], view["releasable_to"]) == ("OFFICIAL-SENSITIVE", "HMG;PARTNERS")
    silent = record(tables["framework_gap"], subject_code="K1", gap="SILENT_TEAM", period="2025-Q2")
    assert silent["classification"] == "OFFICIAL-SENSITIVE", "that a team is asked follows from its answers"
    nothing = record(tables["kpq_view"], question_code="K2", period="2025-Q1", scope="programme")
    assert (nothing["classification"], nothing["releasable_to"]) == ("OFFICIAL", "HMG")


def test_another_framework_gives_tables_of_its_own_stages() -> None:
    given = Given()
    given.answer("K1", "2025-Q1", "FOR", "YES")
    label = {"en": "L", "ar": "ل"}
    other = small_framework(
        version="2",
        stages=[{"code": "ONLY", "label": label}],
        questions=[{"code": "K1", "stage": "ONLY", "label": label, "evidence": ["IM-31"]}],
        elements=[],
    )
    tables = given.frames(other)
    assert set(tables["kpq_view"]["stage_code"]) == {"ONLY"} and set(tables["kpq_view"]["framework_version"]) == {
        "SMALL 2"
    }
    assert tables["framework_element"].empty and list(tables["framework_element"].columns)
    assert record(tables["kpq_view"], period="2025-Q1", scope="programme")["other_stage_count"] == 1
