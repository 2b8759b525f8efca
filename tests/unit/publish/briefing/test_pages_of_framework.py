"""The pages about the framework over a few rows: evidence, direction, answers, disagreement and what is missing, as published."""

from __future__ import annotations

from typing import Any

import pytest

from idtracker.model.messages import LANGS, Lang
from idtracker.publish.briefing.pages.framework import pages, stages_section
from tests.unit.publish.briefing.pages_of_rows import (
    HOSTILE,
    QUARTER,
    check_numbers,
    edition,
    published,
    row_with,
    said,
    section,
)
from tests.unit.publish.export.published_rows import Rows, row_of

COUNTS = (
    *("roster", "answered", "silent", "yes", "partly", "no", "not_yet", "na", "other_stage", "cited"),
    *("confidence_high", "confidence_moderate", "confidence_low", "confidence_unstated", "paired", "rose", "fell"),
    *("evidence", "value", "missing", "improved", "worsened", "unchanged", "indistinct", "no_interval", "unjudged", "unknown"),
    *("point_better", "point_worse", "overdue"),
)  # fmt: skip


def view(question: str, stage: str, **values: Any) -> dict[str, Any]:
    same = {f"{name}_count": 0 for name in COUNTS}
    same |= {"is_disagreement": None, "lowest_answer": None, "highest_answer": None, "last_answered_period": None}
    same |= {"baseline_period": None, "function_code": "F1", "framework_version": "IDF 1", "scope": "programme"}
    return row_of("kpq_view", question_code=question, stage_code=stage, **{**QUARTER, **same, **values})


def answer(org: str, **values: Any) -> dict[str, Any]:
    same = {
        "question_code": "K1",
        "stage_code": "ANALYSE",
        "org_id": org,
        "scope_id": "P",
        "framework_version": "IDF 1",
    }
    same |= dict.fromkeys(("answer", "ancr", "has_evidence", "rank_difference", "baseline_period", "baseline_answer"))
    return row_of("framework_answer", **QUARTER, **{**same, "last_answered_period": None, **values})


def gap(kind: str, **values: Any) -> dict[str, Any]:
    same = {"subject_code": "K1", "subject_kind": "QUESTION", "gap": kind, "framework_version": "IDF 1"}
    same |= dict.fromkeys(
        ("evidence_code", "scope", "suppressed_reason", "source_id", "org_id", "scope_id", "report_period")
    )
    return row_of("framework_gap", **QUARTER, **{**same, **values})


def rows() -> Rows:
    asked = {"roster_count": 3, "answered_count": 2, "silent_count": 1, "yes_count": 1, "not_yet_count": 1, "is_disagreement": True,
             "lowest_answer": "NOT_YET", "highest_answer": "YES", "confidence_low_count": 1, "confidence_unstated_count": 1,
             "paired_count": 2, "rose_count": 1, "baseline_period": "2025-Q2", "evidence_count": 4, "value_count": 3,
             "improved_count": 1, "no_interval_count": 2, "overdue_count": 1}  # fmt: skip
    figure = {"subject_code": "K1", "subject_kind": "QUESTION", "evidence_code": "IM-01", "metric_id": "IM-01", "measure": "value",
              "scope": "programme", "unit": "%", "baseline_value": 20.5, "change": 9.5, "change_lower": 1.25, "change_upper": 17.75,
              "direction": "BETTER", "lower": None, "upper": None, "suppressed_reason": None}  # fmt: skip
    labels = {("kpq_answer", "YES"): "Yes", ("kpq_answer", "NOT_YET"): "Not yet", ("ancr", "LOW"): "Low",
              ("framework_direction", "BETTER"): "Better than at the baseline", ("suppression_reason", "no_units"): "Nothing to count"}  # fmt: skip
    return {
        "organisation": [row_of("organisation", org_id="A", name=HOSTILE, name_ar=None, short_name=None)],
        "codelist": [
            row_of("codelist", scheme=scheme, version="1", code=code, label_en=label, label_ar="نص", valid_from=None)
            for (scheme, code), label in labels.items()
        ],
        "kpq_view": [
            view("K10", "REVIEW"), view("K1", "ANALYSE", **asked), view("K2", "ANALYSE", roster_count=2, last_answered_period="2026-Q1"),
            view("K1", "ANALYSE", scope="org=A", roster_count=1), view("K1", "ANALYSE", **{**asked, "value_count": 1, "period": "2026-Q1"}),
        ],
        "framework_answer": [
            answer("A", answer="YES", ancr="LOW", has_evidence=False, baseline_answer="NOT_YET"),
            answer("B", answer="NOT_YET", has_evidence=True), answer("C", last_answered_period="2025-Q4"),
        ],
        "framework_gap": [
            gap("OVERDUE_REPORT", source_id="returns", org_id="A", report_period="2026-Q1"),
            gap("SILENT_TEAM", org_id="C", scope_id="P"),
            gap("NO_VALUE", evidence_code="IM-03", scope="programme", suppressed_reason="no_units"),
        ],
        "framework_evidence": [
            row_of("framework_evidence", **{**figure, "value": 30.0, "n": 12}, **QUARTER),
            row_of("framework_evidence", **{**figure, "evidence_code": "IM-03", "metric_id": "IM-03", "value": None, "change": None,
                                            "change_lower": None, "change_upper": None, "direction": "MISSING", "suppressed_reason": "no_units"}, **QUARTER),
        ],
        "framework_element": [
            row_of("framework_element", element_code="B1", group_code="B", states="change", framework_version="IDF 1",
                   **{f"{n}_count": 0 for n in COUNTS[17:]}, **QUARTER),
        ],
    }  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_has_its_address(lang: Lang) -> None:
    source = published(rows())
    figures, counts = check_numbers(source, [*pages(source, edition(lang))])
    assert figures > 40 and counts == 3
    assert check_numbers(source, stages_section(source, edition(lang)))[0] == 3 * 7  # type: ignore[arg-type]


def test_questions_stand_by_stage_in_the_order_of_the_cycle() -> None:
    made = pages(published(rows()), edition())
    assert [page.path for page in made] == [
        "framework.html",
        "framework-K1.html",
        "framework-K2.html",
        "framework-K10.html",
    ]
    assert [one.id for one in made[0].sections] == ["summary", "stage-analyse", "stage-review", "elements"]
    assert "Questions reviewed: 3. Teams disagree on: 1. Answered by nobody: 2." in said(made[0])
    assert "Is there a joint, current analysis" in said(made[0])
    assert "هل" in said(pages(published(rows()), edition("ar"))[0])


def test_a_question_says_evidence_direction_answers_disagreement_and_what_is_missing() -> None:
    own = pages(published(rows()), edition())[1]
    text = said(section([own], "said"))
    assert "Evidence: 3 of 4 figures have a value." in text
    assert "Since the baseline: 1 better, 2 without an interval, so nothing is claimed." in text
    assert "Answers: 2 of 3 teams (1 Yes, 1 Not yet); analytical confidence: 1 Low, 1 unstated." in text
    assert "Teams disagree: answers run from “Not yet” to “Yes”." in text
    assert "Since 2025-Q2, of 2 teams that answered both times 1 say more and 0 less." in text
    assert row_with(own, HOSTILE) == [HOSTILE, "P", "Yes", "Low", "none cited", "Not yet", ""]
    assert row_with(own, "C") == ["C", "P", "did not answer", "", "", "", "2025-Q4"]
    assert row_with(own, "IM-01")[2:] == ["30", "", "12", "20.5", "9.5", "1.25 to 17.75", "Better than at the baseline"]
    assert row_with(own, "IM-03")[2] == "withheld: Nothing to count"
    missing = said(section([own], "missing"))
    assert missing.index("no answer of C (last in 2025-Q4)") < missing.index("returns for 2026-Q1, overdue from")
    assert "IM-03 (nothing to count)" in missing


def test_silence_and_an_empty_roster_are_not_an_answer() -> None:
    second, third = pages(published(rows()), edition())[2:]
    assert "none of 2 teams that are asked; last answered in 2026-Q1" in said(second)
    assert "nobody answered any question in four quarters" in said(third)
    assert "Nothing that the framework asks for is missing." in said(third)
    assert "No figure of this question is in the publication." in said(third)


def test_another_framework_is_named_by_the_codelists_of_the_publication() -> None:
    own = [{**row, "framework_version": "OWN 3"} for row in rows()["kpq_view"]]
    codes = [
        *rows()["codelist"],
        row_of("codelist", scheme="kpq", version="1", code="K1", label_en="Our question?", label_ar="سؤالنا؟", valid_from=None),
    ]  # fmt: skip
    made = pages(published({**rows(), "kpq_view": own, "codelist": codes}), edition())
    assert made[1].title == "K1 Our question?"
    assert made[2].title == "K2 K2"


def test_nothing_reviewed_is_said() -> None:
    for source in (published({}), published({"kpq_view": []})):
        (only,) = pages(source, edition())
        assert "reviews no framework" in said(only)
        assert stages_section(source, edition()) == []
