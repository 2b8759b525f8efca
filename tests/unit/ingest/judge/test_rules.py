"""Every rule of the catalogue, broken once and kept once, through the whole judgement of a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml
from rule_cases import ACTOR_HEAD, ACTORS, BASE, CASES, ELSEWHERE, GOOD, HEAD, OBS_HEAD, OBSERVATION, SCORES, obs, row

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.definition import check_source
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.findings import rules
from idtracker.model.register.register import Register

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    sources = tmp_path_factory.mktemp("sources")
    (sources / "_reference").mkdir()
    (sources / "_reference" / "indicators.csv").write_text(
        "indicator_id,name,unit,direction,weight,level,frequency,roll_up,max_age_days,merge_policy\n"
        "IND-1,First indicator,points,1,1,adm1,quarter,mean,200,median\n"
        "IND-2,A share,%,1,1,adm1,quarter,mean,200,median\n"
        "IND-3,A wait,minutes,-1,1,adm1,quarter,mean,200,median\n"
    )
    (sources / "_reference" / "places.csv").write_text(
        "place_id,name,level,parent_id,valid_from,valid_to\nJO-OLD,Old Town,adm2,JO-MA,,2020-12-31\n"
    )
    return Register.load(sources)


Judge = Callable[..., Assessment]


@pytest.fixture(scope="module")
def judge(register: Register, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    folder = tmp_path_factory.mktemp("returns")

    def run(changes: dict[str, object], content: str | bytes, others: dict[str, Source] | None = None) -> Assessment:
        base = {k: v for k, v in BASE.items() if "parts" not in changes or k not in ("feeds", "key", "columns")}
        source = Source.model_validate({**base, **changes}).located("returns", folder, "x")
        assert check_source(source, register) == []
        data = content.encode() if isinstance(content, str) else content
        return assess(
            data, f"returns.{source.format.kind}", source, ProgrammeCatalogue(Programme(title="-", country=""), others or {}, register, {}),
            submission_id="s", received_at=pd.Timestamp("2026-04-20"),
        )  # fmt: skip

    return run


@pytest.mark.parametrize(("rule_id", "changes", "good", "bad", "where"), CASES, ids=[c[0] for c in CASES])
def test_a_broken_rule_is_found_where_it_is_broken(
    judge: Judge, rule_id: str, changes: dict[str, object], good: str | bytes, bad: str | bytes, where: list[int]
) -> None:
    result = judge(changes, bad)
    found = [g for g in result.findings.groups if g.rule.id == rule_id]
    assert found, result.findings.to_frame()[["rule", "row", "value"]]
    assert sorted(r for g in found for r in g.rows) == where
    assert result.rows_read == result.rows_accepted + result.rows_held + result.rows_repeated
    severity = rules()[rule_id].severity
    if severity == "error":
        held = set(result.held["row_number"])
        assert set(where) <= held and all(rule_id in reasons for reasons in result.held["rules"] if rule_id in reasons)
        assert any(rule_id in reasons.split(";") for reasons in result.held["rules"])
    if severity == "critical":
        assert result.rows_accepted == 0 and result.verdict in ("held", "rejected")
    if severity in ("warning", "advisory"):
        assert not result.findings.is_critical and not set(where) & set(result.held["row_number"])


@pytest.mark.parametrize(
    ("rule_id", "changes", "good"), [(c[0], c[1], c[2]) for c in CASES if c[2]], ids=[c[0] for c in CASES if c[2]]
)
def test_a_kept_rule_is_not_reported(judge: Judge, rule_id: str, changes: dict[str, object], good: str | bytes) -> None:
    result = judge(changes, good)
    assert rule_id not in {g.rule.id for g in result.findings.groups}
    assert result.rows_accepted == result.rows_read > 0


def test_a_score_is_read_in_the_scheme_that_its_row_names(judge: Judge) -> None:
    typed = [
        *("A,Review,2025/26,fcdo_ar,a+", "B,Review,2025/26,ICAI,Green-amber", "C,Review,2025/26,ICAI,أحمر"),
        *("D,Review,2025/26,ICAI,A+", "E,Review,2025/26,CSSF_AR_V1,A", "F,Review,2019/20,CSSF_AR_V1,A"),
        "G,Review,2025/26,,A",
    ]
    result = judge(SCORES, "\n".join(["reference,result_indicator,period,score_scheme,score_code", *typed]))
    (facts,) = result.facts.values()
    assert facts[["activity_id", "score_scheme", "score_code"]].fillna("").values.tolist() == [
        *(["A", "FCDO_AR", "A+"], ["B", "ICAI", "GREEN_AMBER"], ["C", "ICAI", "RED"], ["F", "CSSF_AR_V1", "A"]),
        ["G", "", "A"],
    ]
    found = {(g.rule.id, *g.rows) for g in result.findings.groups}
    assert found >= {("value.code", 5), ("value.code_validity", 6), ("cross.score_without_scheme", 8)}


def test_every_rule_has_a_case() -> None:
    assert {c[0] for c in CASES} | set(ELSEWHERE) == set(rules())


def test_a_case_that_stands_elsewhere_is_there() -> None:
    assert ELSEWHERE
    for rule, where in ELSEWHERE.items():
        path, _, what = where.partition(": ")
        text = (ROOT / path).read_text("utf-8")
        assert f"def {what}(" in text if what.startswith("test_") else what, rule


def test_every_rule_speaks_both_languages() -> None:
    for rule in rules().values():
        for field in (rule.text, rule.remedy):
            assert set(field) == {"en", "ar"} and all(field.values())
        assert any("\u0600" <= c <= "\u06ff" for c in rule.text["ar"])


def test_a_sheet_that_is_missing_is_named(judge: Judge) -> None:
    import io

    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Other"
    book.active.append(["ref", "governorate"])
    content = io.BytesIO()
    book.save(content)
    result = judge({"format": {"kind": "xlsx"}, "layout": {"sheet": "Returns"}}, content.getvalue())
    assert [g.rule.id for g in result.findings.groups] == ["file.sheet_missing"]


def test_a_misdirected_file_names_its_source(judge: Judge) -> None:
    other = Source.model_validate({**BASE, **OBSERVATION}).located("survey", Path(), "y")
    result = judge({}, OBS_HEAD + obs(), {"survey": other})
    assert [g.message() for g in result.findings.groups if g.rule.id == "file.other_source"] != []
    assert "survey" in next(g.message() for g in result.findings.groups if g.rule.id == "file.other_source")
    assert result.verdict == "rejected"


def test_held_rows_keep_everything_they_said(judge: Judge) -> None:
    result = judge({}, HEAD + GOOD + row(start="2026-02-30", reached="-4"))
    (held,) = result.held.to_dict("records")
    assert (held["row_number"], held["rules"]) == (4, "value.date;value.range")
    assert yaml.safe_load(held["cells"])["start"] == "2026-02-30"


def test_an_actor_named_in_clear_is_held_and_not_named_again(judge: Judge) -> None:
    assessment = judge(ACTORS, ACTOR_HEAD + "ACT-01,ACCESS,2026-01-05,2\nDeputy Minister,ACCESS,2026-01-05,2\n")
    [found] = [group for group in assessment.findings.groups if group.rule.id == "judgement.actor_in_clear"]
    assert list(found.rows) == [3] and not any(found.values)
    assert not assessment.findings.to_frame().astype("str").stack().str.contains("Deputy Minister").any()
    assert next(iter(assessment.facts.values()))["actor_id"].tolist() == ["ACT-01"]


def test_a_row_held_for_a_mistake_of_one_period_leaves_the_other_periods(judge: Judge) -> None:
    wide = {
        "feeds": "observation",
        "key": ["indicator", "place", "period"],
        "unpivot": {"columns": r"(?P<period>\d{4}-Q\d)"},
        "columns": [{"field": "indicator"}, {"field": "place"}, {"field": "period"}, {"field": "value"}],
    }
    result = judge(wide, "indicator,place,2025-Q3,2025-Q4,2026-Q1\nIND-1,JO-MA,40,oops,42\n")
    assert (result.rows_read, result.rows_accepted, result.rows_held) == (3, 2, 1)
    (record,) = [r for r in result.findings.to_frame().to_dict("records") if r["severity"] == "error"]
    assert (record["cell"], record["value"]) == ("D2", "oops")
    assert sorted(result.facts["observation"]["period"]) == ["2025-Q3", "2026-Q1"]


def test_a_share_outside_0_to_100_is_held(judge: Judge) -> None:
    result = judge({**OBSERVATION}, OBS_HEAD + obs(indicator="IND-2", value="150", lower="", upper=""))
    assert [g.rule.id for g in result.findings.groups] == ["value.range"]


def test_the_example_of_the_design_is_a_source(register: Register) -> None:
    text = """
title: HMRC capacity-building records
publisher: GB-GOV-11
description: One row per training or advisory activity delivered with a Jordanian counterpart.
received: {by: folder, pattern: "hmrc_capacity_*.json"}
format: {kind: json, records: activities}
cadence: {every: quarter, due_after_days: 20, calendar: [GB, JO]}
feeds: activity
key: [reference, period]
revision: replace_period
columns:
  - {field: reference,  heading: ref,          type: text,   required: true}
  - {field: period,     heading: quarter,      type: period, required: true}
  - {field: partner,    heading: counterpart,  type: organisation}
  - {field: place,      heading: governorate,  type: place}
  - {field: people_reached, heading: participants, type: integer, minimum: 0}
ignore: [internal_notes]
bounds: {rows: [20, 400], filled: {partner: 0.9}, held_rate: 0.1}
handling: {classification: OFFICIAL, releasable_to: [HMG]}
"""
    source = Source.model_validate(yaml.safe_load(text)).located("hmrc_capacity_records", Path(), "z")
    assert check_source(source, register) == []
    assert dataclasses.is_dataclass(Assessment)


# Rows that repeat others


@pytest.mark.parametrize(
    ("second", "en", "ar"),
    [
        (row(), "This row says the same as another row of the file to the letter;", "في الملف حرفياً،"),
        (row(governorate="عجلون"), "though not to the letter (governorate);", "وإن لم يكن حرفياً (governorate)،"),
        (row(governorate="ajloun"), "though not to the letter (governorate);", "(governorate)،"),
    ],
)
def test_to_the_letter_is_said_only_of_what_is_so(judge: Judge, second: str, en: str, ar: str) -> None:
    result = judge({}, HEAD + row() + second)
    (group,) = result.findings.groups
    assert (group.rule.id, list(group.rows), result.rows_repeated) == ("row.duplicate", [3], 1)
    assert en in group.message("en") and ar in group.message("ar")


def test_a_column_that_is_not_read_may_be_what_differs(judge: Judge) -> None:
    head, plain = HEAD.strip() + ",remarks\n", row().strip()
    result = judge({}, head + plain + ",a\n" + plain + ",b\n" + plain + ",a\n")
    groups = [g for g in result.findings.groups if g.rule.id == "row.duplicate"]
    assert [(list(g.rows), "(remarks)" in g.message("en")) for g in groups] == [([4], False), ([3], True)]
