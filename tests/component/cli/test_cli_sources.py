"""The catalogue from the command line: listing, showing, checking with examples, and drafting from files of every kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import openpyxl
import pytest

from docs_builder.json_schemas import schema_of
from idtracker.model.config.discover import load_source
from tests.support.cli_programme import COURSE_ROWS, Program
from tests.support.small_programme import COURSES_HEAD, text_of

Write = Callable[[str, "str | bytes"], Path]
EXPECTED = "part,activity_id,people_reached\nactivity,C-1,11\nactivity,C-2,12\n"


# list and show


def test_list_names_every_source(fresh: Program) -> None:
    document = fresh.document("sources", "list")
    jsonschema.validate(document, schema_of("sources list"))
    assert [s["id"] for s in document["sources"]] == ["courses", "products", "survey"]
    assert document["sources"][2] == {
        "id": "survey", "title": "Household survey", "publisher": "GB-GOV-24", "format": "csv", "cadence": "quarter",
        "feeds": ["observation"],
    }  # fmt: skip
    said = fresh("sources", "list").stdout
    assert said.splitlines()[0].split() == ["source", "publisher", "format", "cadence", "feeds"]
    assert "3 sources" in said


def test_show_tells_what_is_read_and_what_is_owed_next(fresh: Program) -> None:
    document = fresh.document("sources", "show", "survey")
    jsonschema.validate(document, schema_of("sources show"))
    assert document["owed_next"] == {"period": "2026-Q1", "due_on": "2026-04-20", "overdue_on": "2026-05-01"}
    part = document["parts"][0]
    assert (part["key"], part["revision"]) == (["indicator", "place", "period"], "upsert")
    assert part["columns"][3] == {
        "field": "value", "kind": "number", "heading": ["Value"], "constant": None, "required": True, "key": False,
    }  # fmt: skip
    said = fresh("sources", "show", "survey").stdout
    for words in (
        "Household survey (survey)",
        "GB-GOV-24 Office for National Statistics",
        "2026-Q1, due on 2026-04-20",
        "key, required",
    ):
        assert words in said
    assert "as needed" in fresh("sources", "show", "courses").stdout


def test_unknown_sources_are_wrong_use(fresh: Program) -> None:
    for words in (("show",), ("check",)):
        assert "Did you mean `survey`?" in fresh("sources", *words, "survei", code=2).stderr


# check


def test_check_of_sound_definitions_and_an_example_as_expected(fresh: Program) -> None:
    folder = fresh.home.sources / "courses"
    (folder / "example.csv").write_text(text_of(COURSES_HEAD, [*COURSE_ROWS[:2], "C-9,Zarqa,2025-10-09,many"]))
    (folder / "expected.csv").write_text(EXPECTED)
    (folder / "expected_findings.csv").write_text("rule,sheet,row\nvalue.number,,4\n")
    document = fresh.document("sources", "check")
    assert document["sound"] is True
    example = next(s for s in document["sources"] if s["id"] == "courses")["example"]
    assert (example["rows"]["accepted"], example["rows"]["held"], example["differences"]) == (2, 1, [])
    said = fresh("sources", "check").stdout
    assert "3 of 3 sources are sound." in said and "example.csv: 2 of 3 rows accepted" in said


@pytest.mark.parametrize(
    "name, text, said",
    [
        (
            "expected.csv",
            EXPECTED.replace("12", "13"),
            "row missing: part activity, activity_id C-2, people_reached 13",
        ),
        ("expected.csv", EXPECTED.replace("C-2", "C-3"), "row not expected: part activity, activity_id C-2"),
        ("expected.csv", "part,title\nactivity,x\n", "the column title is not filled by the source"),
        ("expected_findings.csv", "rule,sheet,row\nvalue.number,,4\n", "finding missing: rule value.number, row 4"),
    ],
)
def test_check_lists_what_became_of_the_example_otherwise(fresh: Program, name: str, text: str, said: str) -> None:
    folder = fresh.home.sources / "courses"
    (folder / "example.csv").write_text(text_of(COURSES_HEAD, COURSE_ROWS[:2]))
    (folder / name).write_text(text)
    assert f"courses/{name}: {said}" in fresh("sources", "check", "courses", code=1).stdout
    assert fresh.document("sources", "check", code=1)["sound"] is False
    assert fresh.document("sources", "check", "survey")["sound"] is True


def test_check_names_file_and_line_of_every_problem(fresh: Program) -> None:
    path = fresh.home.sources / "courses" / "source.yml"
    path.write_text(
        path.read_text().replace("field: people_reached", "field: people_reachd").replace("GB-GOV-8", "GB-GOV-88")
    )
    other = fresh.home.sources / "survey" / "source.yml"
    other.write_text(other.read_text().replace("kind: csv", "kind: doc"))
    said = fresh("sources", "check", code=1).stdout
    assert "sources/courses/source.yml:2: publisher: `GB-GOV-88` is not in the register" in said
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if "people_reachd" in text)
    assert f"sources/courses/source.yml:{line}: part `activity`: columns: field `people_reachd`" in said
    assert "Did you mean `people_reached`?" in said
    assert "sources/survey/source.yml:5: format.kind" in said
    assert "1 of 3 sources are sound." in said
    listed = fresh.document("sources", "list")
    assert [source["id"] for source in listed["stopped"]] == ["courses", "survey"]
    assert "sources/survey/source.yml:5" in listed["stopped"][1]["problems"][0]
    assert "sources/survey/source.yml:5" in fresh("sources", "list").stdout
    assert "sources/survey/source.yml:5" in fresh.document("sources", "show", "survey", code=2)["error"]


def test_check_reports_what_all_sources_share(fresh: Program) -> None:
    (fresh.home.sources / "programme.yml").write_text("title: x\ncountry: Jordan\n")
    assert "programme.yml:2" in fresh("sources", "check", code=1).stdout


# new


def workbook(rows: list[list[object]], path: Path) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path.read_bytes()


BANNER = [
    ["Return of a department", None, None], [], ["Projects in the period", None, None],
    ["Project ID", "Governorate", "People reached"], *[[f"P-{n}", "Zarqa", 10 * n] for n in range(1, 6)],
]  # fmt: skip
TEXTS = {
    "csv": ("courses.csv", "Project ID;Governorate;People reached\nP-1;Zarqa;12\nP-2;Karak;13\n", 2),
    "tsv": ("courses.tsv", "Project ID\tGovernorate\tPeople reached\nP-1\tZarqa\t12\nP-2\tKarak\t13\n", 2),
    "hxl": ("presence.csv", "Ref,Area,Reached\n#activity+id,#adm1+name,#reached\nP-1,Zarqa,12\nP-2,Karak,13\n", 2),
    "json": ("records.json", json.dumps({"period": "2026-Q1", "projects": [{"project id": "P-1", "governorate": "Zarqa"}]}), 1),
    "json lines": ("records.jsonl", '{"project id": "P-1"}\n{"project id": "P-2"}\n', 2),
    "arabic": ("عمان.csv", "رقم المشروع,المحافظة\nP-1,عمان\n".encode("cp1256"), 1),
}  # fmt: skip


@pytest.mark.parametrize("name, content, rows", TEXTS.values(), ids=TEXTS)
def test_a_draft_reads_the_file_it_was_made_from(
    fresh: Program, write: Write, name: str, content: str | bytes, rows: int
) -> None:
    path = write(name, content)
    document = fresh.document("sources", "new", "drafted", path, "--publisher", "GB-GOV-8")
    assert document["rows"]["read"] == rows
    checked = fresh.document("check", path, "--source", "drafted")
    assert checked["rows"]["accepted"] == rows
    assert [f["rule"] for f in checked["findings"] if f["rule"] == "file.encoding"] == []
    assert fresh.document("sources", "show", "drafted")["publisher"] == "GB-GOV-8"


def test_a_draft_of_a_workbook_finds_the_headings_below_the_banner(
    fresh: Program, write: Write, tmp_path: Path
) -> None:
    path = write("return_2026.xlsx", workbook(BANNER, tmp_path / "made.xlsx"))
    said = fresh("sources", "new", "drafted", path).stdout
    assert "of this file 5 rows are read: 5 accepted, 0 held" in said
    for step in ("Name the publisher", "idtracker sources check drafted", f"idtracker check {path} --source drafted"):
        assert step in said
    source = load_source(fresh.home.sources / "drafted")
    assert {c.field: c.headings[0] for c in source.parts[0].columns} == {
        "reference": "Project ID", "place": "Governorate", "people_reached": "People reached",
    }  # fmt: skip
    assert (fresh.home.sources / "source.schema.json").is_file()
    assert not list((fresh.home.sources / "drafted").glob("example.*"))


def test_a_draft_is_not_sound_until_it_is_reviewed(fresh: Program, write: Write) -> None:
    path = write("courses.csv", TEXTS["csv"][1])
    fresh("sources", "new", "drafted", path, "--with-example")
    said = fresh("sources", "check", "drafted", code=1).stdout
    assert "to review: publisher: XX-UNKNOWN" in said
    definition = fresh.home.sources / "drafted" / "source.yml"
    text = "\n".join(line.partition("  # REVIEW")[0] for line in definition.read_text().splitlines())
    definition.write_text(text)
    assert "XX-UNKNOWN stands in" in fresh("sources", "check", "drafted", code=1).stdout
    definition.write_text(text.replace("XX-UNKNOWN", "GB-GOV-8"))
    assert "example.csv: 2 of 2 rows accepted" in fresh("sources", "check", "drafted").stdout


@pytest.mark.parametrize(
    "name, content, words, said",
    [
        ("a.pdf", b"%PDF-1.7", [], "it is PDF"),
        ("a.csv", b"", [], "it is empty"),
        ("a.csv", b"\n\n", [], "it is empty"),
        ("a.json", b'{"a": 1}', [], "no table with headings"),
        ("a.xml", b"<other/>", [], "XML of another kind"),
        ("a.csv", b"a,b\n1,2\n", ["--publisher", "GB-GOV-88"], "Did you mean `GB-GOV-8`?"),
    ],
)
def test_what_cannot_be_drafted_leaves_nothing_behind(
    fresh: Program, write: Write, name: str, content: bytes, words: list[str], said: str
) -> None:
    assert said in fresh("sources", "new", "drafted", write(name, content), *words, code=2).stderr
    assert not (fresh.home.sources / "drafted").exists()


def test_a_source_is_never_replaced_and_its_name_is_one(fresh: Program, write: Write) -> None:
    path = write("courses.csv", TEXTS["csv"][1])
    assert "exists already" in fresh("sources", "new", "courses", path, code=2).stderr
    assert "cannot name a source" in fresh("sources", "new", "My Source", path, code=2).stderr
    assert "no such file" in fresh("sources", "new", "drafted", path.with_name("absent"), code=2).stderr


def test_the_first_source_of_all_makes_its_folder(tmp_path: Path, fresh: Program, write: Write) -> None:
    path, sources = write("courses.csv", TEXTS["csv"][1]), tmp_path / "elsewhere" / "sources"
    fresh("--sources", sources, "sources", "new", "drafted", path)
    assert fresh("--sources", sources, "sources", "list").stdout.count("drafted") == 1


REAL = {
    "01_3w/jor_iati_activities_hxl.csv": ("hxl", 1354),
    "01_3w/yem_education_4w_2019.xlsx": ("hxl", 4728),
    "02_iati/iom_v2.03_2019_many_refs.xml": ("iati", 1731),
    "03_events/ucdp_ged191_bgd_hxl.csv": ("hxl", 601),
    "04_indicators/ti_cpi_2012.xlsx": ("xlsx", 176),
    "04_indicators/ti_cpi_1995_2017_wide.csv": ("csv", 5796),
    "05_geo/dr5hn_cities_JO.json": ("json", 82),
    "10_ukgov/spend25k/fco_2016_01.csv": ("csv", 370),
}


@pytest.mark.parametrize("file", REAL)
def test_a_draft_of_a_real_file_reads_every_row_of_it(fresh: Program, shared_data: Path, file: str) -> None:
    document = fresh.document("sources", "new", "drafted", shared_data / file)
    assert (document["format"], document["rows"]["read"]) == REAL[file]
