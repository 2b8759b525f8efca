"""The definitions shown in the reference are read by the program, and together they show every key in use."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml

from docs_builder.definitions.source_examples import EXAMPLES, MINIMAL, PROGRAMME
from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.ingest.judge.definition import check_source
from idtracker.model.config.discover import load_source
from idtracker.model.config.part import Column, Deleted, Layout, Part, Unpivot
from idtracker.model.config.programme import load_programme
from idtracker.model.config.source import Bounds, Cadence, Format, Grading, Handling, Received, Source
from idtracker.model.register.register import Register


def write(root: Path, name: str, text: str) -> Path:
    folder = root / name
    folder.mkdir()
    (folder / "source.yml").write_text(text, "utf-8")
    if "codebook:" in text:
        (folder / "form.xlsx").write_bytes(form())
    return folder


def form() -> bytes:
    """An XLSForm with one question."""
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for row in (["type", "name", "label"], ["select_one water", "water_source", "Main source of water"]):
        book.active.append(row)
    choices = book.create_sheet("choices")
    for row in (["list_name", "name", "label"], ["water", "piped", "Piped network"], ["water", "truck", "Water truck"]):
        choices.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_of_a_source_is_complete(tmp_path: Path, name: str) -> None:
    source = load_source(write(tmp_path, name, EXAMPLES[name][1]))
    assert source.id == name
    assert check_source(source, Register.load()) == []


def test_nothing_can_be_left_out_of_the_minimal_example(tmp_path: Path) -> None:
    minimal = yaml.safe_load(MINIMAL)
    required = {"title", "publisher", "format", "cadence", "feeds", "key", "columns"}
    assert set(minimal) == required
    assert {tuple(column) for column in minimal["columns"]} == {("field", "heading")}


def test_examples_show_every_key() -> None:
    models = (Source, Part, Column, Deleted, Layout, Unpivot, Received, Format, Cadence, Bounds, Handling, Grading)
    shown: set[str] = set()

    def gather(data: object) -> None:
        if isinstance(data, dict):
            shown.update(map(str, data))
            for value in data.values():
                gather(value)
        elif isinstance(data, list):
            for value in data:
                gather(value)

    for _, text in EXAMPLES.values():
        gather(yaml.safe_load(text))
    assert {key for model in models for key in model.model_fields} - shown == set()


def test_example_of_a_programme_is_complete(tmp_path: Path) -> None:
    (tmp_path / "programme.yml").write_text(PROGRAMME, "utf-8")
    assert load_programme(tmp_path).country == "JO"


def report() -> bytes:
    return b"Indicator,Governorate,Quarter,Value\nTRUST,Irbid,2026-Q1,61.5\n"


def workbook() -> bytes:
    """Two sheets of five governorates with three months side by side, the last without a value; a project in two places."""
    book = openpyxl.Workbook()
    book.active.title = "North"
    places = {
        "North": ("Irbid", "Mafraq", "Ajloun", "Jerash", "Zarqa"),
        "South": ("Karak", "Tafilah", "Maan", "Aqaba", "Madaba"),
    }
    for sheet in (book.active, book.create_sheet("South")):
        sheet.append(["Stability workbook"])
        sheet.append([])
        sheet.append(["Series", None, None, "Area", "Months"])
        sheet.append(["Code", "Status", "Comment", "Governorate", "2026-04", "2026-05", "2026-06"])
        sheet.append([])
        for place in places[sheet.title]:
            sheet.append(["TRUST", "final", "x", place, "0,2", "0,25", "n/a"])
        for word in ("Total", "Notes", "TRUST"):
            sheet.append([word])
    projects = book.create_sheet("Projects 2026")
    projects.append(["Reference", "Title", "Governorates", "Counterpart", "Started", "Budget"])
    projects.append(["P1", "Wells", "Irbid; Mafraq", None, "03.04.2026", 1000])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def records() -> bytes:
    sessions = [{"ref": "a", "governorate": "Irbid", "participants": 3, "internal_note": "x"}, {"ref": "b"}]
    return json.dumps({"report": {"activities": [{"sessions": [s]} for s in sessions]}}).encode()


def answers() -> bytes:
    record = {"_id": 7, "_uuid": "u1", "round": "2026-Q1", "group_place/governorate": "Irbid"}
    return json.dumps({"results": [record | {"group_wash/water_source": "Water truck"}]}).encode()


def incidents() -> bytes:
    return b"incident_id,date,governorate,status\nI1,2026-05-01,Irbid,live\nI2,,,deleted\n"


def breakdowns() -> bytes:
    rows = ["Activity,Indicator,Quarter,Sex,Age group,Disability,Reached", "A,R,2026-Q2,Both sexes,All ages,,90"]
    return "\n".join([*rows, "A,R,2026-Q2,f,5-17,_T,20", "A,R,2026-Q2,f,,yes,4"]).encode()


def register_of_works() -> bytes:
    return "رقم المشروع;المحافظة;تاريخ البدء;الكلفة\nW1;إربد;03/04/2026;1234,5\n".encode("windows-1256")


@pytest.mark.parametrize(
    ("name", "file_name", "content", "values"),
    [
        ("minimal", "a.csv", report, {"observation": ("value", [61.5])}),
        ("workbook", "stability_2026-Q2-v2.xlsx", workbook, {"figures": ("value", [20, 25] * 10),
                                                             "projects": ("place_id", ["JO-IR", "JO-MA"])}),
        ("records", "training_1.json", records, {"activity": ("activity_id", ["a", "b"])}),
        ("survey", "answers.json", answers, {"survey_response": ("answer", ["truck"])}),
        ("breakdowns", "a.csv", breakdowns,
         {"result_value": ("disaggregation", [None, "age=5-17;sex=f", "disability=yes;sex=f"])}),
        ("deletions", "incidents.csv", incidents, {"event": ("is_deleted", [False, True])}),
        ("delimited", "works.csv", register_of_works, {"activity": ("budget", [1234.5])}),
    ],
)  # fmt: skip
def test_a_file_as_described_is_accepted(
    tmp_path: Path, name: str, file_name: str, content: Callable[[], bytes], values: dict[str, tuple[str, list[object]]]
) -> None:
    (tmp_path / "_reference").mkdir()
    (tmp_path / "_reference" / "indicators.csv").write_text(
        "indicator_id,name,unit,direction,weight,level,frequency,roll_up,max_age_days,merge_policy,owner_org_id\n"
        "TRUST,Trust,%,1,1,adm1,quarter,mean,190,quality_weighted,GB-GOV-1\n",
        "utf-8",
    )
    source = load_source(write(tmp_path, name, EXAMPLES[name][1]))
    found = assess(
        content(),
        file_name,
        source,
        load_catalogue(tmp_path),
        submission_id="0",
        received_at=pd.Timestamp("2026-07-10"),
    )
    assert (found.verdict, found.rows_held) == ("accepted", 0)
    cells = {part: frame[values[part][0]] for part, frame in found.facts.items()}
    facts = {part: column.astype(object).where(column.notna(), None).tolist() for part, column in cells.items()}
    assert facts == {part: expected for part, (_, expected) in values.items()}
