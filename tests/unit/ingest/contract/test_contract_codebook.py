"""Answers of a survey held against the form they were given in."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.ingest.read.structured.xlsform import read_codebook
from idtracker.model.config.discover import load_source
from idtracker.model.errors import DefinitionError

SOURCE = """
title: Household survey
publisher: GB-GOV-1
format: {kind: json, records: results, codebook: form.xlsx}
cadence: {every: as_needed}
parts:
  - feeds: survey_response
    key: [response_id, question]
    columns:
      - {field: response_id, heading: _uuid, required: true}
      - {field: question, constant: water_source}
      - {field: period, constant: 2026-Q1}
      - {field: place, constant: JO}
      - {field: answer, heading: group_wash/water_source}
    ignore: [problems]
  - name: problems
    feeds: survey_response
    key: [response_id, question, answer]
    columns:
      - {field: response_id, heading: _uuid, required: true}
      - {field: question, constant: problems}
      - {field: period, constant: 2026-Q1}
      - {field: place, constant: JO}
      - {field: answer, heading: problems, split: ""}
    ignore: ["group_wash/*"]
"""
SURVEY = [
    ["type", "name", "label::English", "label::العربية"],
    ["begin group", "group_wash", "", ""],
    ["select_one water", "water_source", "Main source", "المصدر الرئيسي"],
    ["end group", "", "", ""],
    ["select_multiple problem", "problems", "Problems", "المشكلات"],
    ["select one from colour or other", "colour", "Colour", ""],
    ["integer", "people", "People", ""],
]
CHOICES = [
    ["list_name", "name", "label::English", "label::العربية"],
    ["water", "piped", "Piped network", "شبكة عامة"],
    ["water", "truck", "Water truck", "صهريج"],
    ["problem", "cost", "Cost", "الكلفة"],
    ["problem", "taste", "Taste", "الطعم"],
    ["colour", "red", "Red", ""],
]


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "household_survey"
    folder.mkdir()
    (folder / "source.yml").write_text(SOURCE, "utf-8")
    (folder / "form.xlsx").write_bytes(workbook({"survey": SURVEY, "choices": CHOICES}))
    return tmp_path


def judge(sources: Path, records: list[dict[str, str]]) -> Assessment:
    catalogue = load_catalogue(sources)
    content = json.dumps({"results": records}).encode()
    source = catalogue.source("household_survey")
    return assess(content, "a.json", source, catalogue, submission_id="s", received_at=pd.Timestamp("2026-05-01"))


def record(uuid: str, answer: str, problems: str = "cost") -> dict[str, str]:
    return {"_uuid": uuid, "group_wash/water_source": answer, "problems": problems}


def test_a_label_in_any_language_is_read_as_its_choice(sources: Path) -> None:
    found = judge(sources, [record("a", "piped"), record("b", "Water truck"), record("c", "شبكة عامة")])
    assert found.verdict == "accepted", found.findings.to_frame()[["rule", "row", "value"]]
    assert found.facts["survey_response"]["answer"].tolist() == ["piped", "truck", "piped"]


def test_an_answer_that_the_form_does_not_offer_is_held(sources: Path) -> None:
    found = judge(sources, [record("a", "piped"), record("b", "river")])
    group = next(g for g in found.findings if g.rule.id == "choice.unknown")
    assert (list(group.rows), list(group.values), group.details["allowed"]) == ([2], ["river"], "piped, truck")
    assert (found.rows_accepted, found.rows_held) == (3, 1)


def test_each_choice_of_several_is_held_against_the_list(sources: Path) -> None:
    found = judge(sources, [record("a", "piped", "cost sabotage")])
    assert [list(g.values) for g in found.findings if g.rule.id == "choice.unknown"] == [["sabotage"]]


def test_forms_as_people_write_them() -> None:
    book = read_codebook(workbook({"Survey": SURVEY, "choices": CHOICES}), "form.xlsx")
    assert {n: (q.takes_several, q.is_open, sorted(q.choices)) for n, q in book.items()} == {
        "water_source": (False, False, ["piped", "truck"]),
        "problems": (True, False, ["cost", "taste"]),
        "colour": (False, True, ["red"]),
    }


def test_a_kobo_form_serves_as_well() -> None:
    form = {
        "content": {
            "survey": [
                {"type": "select_one", "$autoname": "q1", "select_from_list_name": "yn", "label": ["Ready?", "جاهز؟"]}
            ],
            "choices": [{"list_name": "yn", "name": "y", "label": ["Yes", "نعم"]}],
        }
    }
    book = read_codebook(json.dumps(form).encode(), "form.json")
    assert book["q1"].choices == {"y": ["Yes", "نعم"]}


def test_a_codebook_that_is_none_is_a_problem_of_the_definition(sources: Path) -> None:
    (sources / "household_survey" / "form.xlsx").write_bytes(workbook({"Sheet": [["a"]]}))
    with pytest.raises(DefinitionError, match=r"source.yml:4: .*XLSForm"):
        load_catalogue(sources)


def test_a_changed_codebook_changes_what_files_are_judged_by(sources: Path) -> None:
    before = load_source(sources / "household_survey").fingerprint
    (sources / "household_survey" / "form.xlsx").write_bytes(workbook({"survey": SURVEY, "choices": CHOICES[:3]}))
    assert load_source(sources / "household_survey").fingerprint != before


def test_real_forms_are_read(shared_data: Path) -> None:
    folder = shared_data / "07_survey"
    syria = read_codebook((folder / "subdistrict_profiling_tool_xlsform.xlsx").read_bytes(), "syria")
    assert any("نعم" in labels for q in syria.values() for labels in q.choices.values())
    eats = read_codebook((folder / "good_eats_multilang.xlsx").read_bytes(), "eats")
    assert eats["food_type"].choices
