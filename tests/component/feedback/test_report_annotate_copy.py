"""Files that are no workbook come back as one; refused files as the list alone; every example says the same in its copy."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from annotated_files import ERROR_FILL, annotate, answer_with, opened, plain_workbook, source_of

from idtracker.feedback.annotate.annotate import annotated_workbook
from idtracker.feedback.check.result import CheckResult
from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.ingest.read.reading import read
from idtracker.model.findings import Findings
from idtracker.model.messages import phrase

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted(p for p in (ROOT / "sources").glob("*/example*") if p.suffix != ".yml")
AT = pd.Timestamp("2026-11-15")


@pytest.fixture(scope="module")
def catalogue() -> ProgrammeCatalogue:
    return load_catalogue(ROOT / "sources")


def judge(content: bytes, path: Path, catalogue: ProgrammeCatalogue) -> Assessment:
    source = catalogue.source(path.parent.name)
    return assess(content, path.name, source, catalogue, submission_id="s", received_at=AT)


def wrong(row: int, position: int | None = 1, sheet: str = "", column: str = "Value") -> Findings:
    findings = Findings()
    findings.add("value.number", sheet=sheet, column=column, position=position, rows=[row], values=["x"])
    return findings


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.parent.name)
def test_the_copy_of_every_example_marks_every_location(path: Path, catalogue: ProgrammeCatalogue) -> None:
    content = path.read_bytes()
    judged = judge(content, path, catalogue)
    found = CheckResult(catalogue.source(path.parent.name), "s", judged)
    for lang in ("en", "ar"):
        copy = annotated_workbook(found, content, path.name, lang)
        book = opened(copy)
        marked = sum(bool(c.comment) for sheet in book for row in sheet.iter_rows() for c in row)
        places = {(g.sheet, g.position, r) for g in judged.findings.groups for r in g.rows}
        assert marked == len(places)
        if path.suffix == ".xlsx":
            again = judge(copy, path, catalogue)
            assert again.findings.to_frame().equals(judged.findings.to_frame())
            assert all(again.facts[part].equals(judged.facts[part]) for part in judged.facts)


def test_a_csv_comes_back_as_text_in_its_own_rows_and_columns() -> None:
    content = 'Report;;\n\nid;Value;Note\n007;x;"two\nlines"\n=1+1;٣;\n'.encode()
    book = opened(annotate(content, wrong(4), source=source_of("csv"), name="report 2026.csv"))
    sheet = book["report 2026"]
    assert [[c.value for c in row] for row in sheet["A3:C5"]] == [
        ["id", "Value", "Note"], ["007", "x", "two\nlines"], ["=1+1", "٣", None]
    ]  # fmt: skip
    assert sheet["A5"].data_type == "s" and sheet["A4"].number_format == "@"
    assert sheet["B4"].comment and sheet["B4"].fill.fgColor.rgb == ERROR_FILL
    assert phrase("feedback/annotate", "copied_text", "en") in [c.value for c in book["Findings"]["A"]]


def test_the_copy_of_a_csv_reads_as_the_csv() -> None:
    source = source_of("csv")
    content = b'id,Value\n007,"a ""b"""\n008,\n'
    (before,), (after,) = (
        read(c, "f.csv", source).tables["activity"] for c in (content, annotate(content, wrong(2), source=source))
    )
    pd.testing.assert_frame_equal(before.cells, after.cells)
    assert before.row_numbers.tolist() == after.row_numbers.tolist()


def test_a_row_with_an_open_quotation_mark_stays_in_its_place() -> None:
    source = source_of("csv")
    content = b'id,Value\na,1\nb,"2\n' + b"".join(f"c{i},3\n".encode() for i in range(30))
    table = read(content, "f.csv", source).tables["activity"][0]
    sheet = opened(annotate(content, wrong(int(table.row_numbers[-1])), source=source, name="f.csv"))["f"]
    assert sheet.cell(int(table.row_numbers[-1]), 1).value == table.cells["id"].iloc[-1] == "c29"


def test_records_stand_below_their_headings_with_their_numbers() -> None:
    content = json.dumps([{"id": "a", "Value": 1}, {"id": "b", "Value": "x"}]).encode()
    book = opened(annotate(content, wrong(2, None), source=source_of("json"), name="f.json"))
    sheet = book.worksheets[0]
    assert [[c.value for c in row] for row in sheet["A1:C3"]] == [
        ["#", "id", "Value"],
        ["1", "a", "1"],
        ["2", "b", "x"],
    ]
    assert sheet["C3"].comment and sheet["C3"].fill.fgColor.rgb == ERROR_FILL
    line = next(row for row in book["Findings"].iter_rows() if row[1].value == "value.number")
    assert line[3].value == "row 2" and line[3].hyperlink.location == "'f'!C3"


def test_a_packed_file_comes_back_as_a_sheet() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("north.csv", "id,Value\na,x\n")
        archive.writestr("south/data.csv", "id,Value\nb,1\nc,y\n")
    source = source_of("csv")
    sheets = [t.sheet for t in read(target.getvalue(), "f.zip", source).tables["activity"]]
    book = opened(annotate(target.getvalue(), wrong(3, sheet=sheets[1]), source=source, name="f.zip"))
    assert len(book.sheetnames) == 3
    sheet = book.worksheets[1]
    assert [c.value for c in sheet[3]] == ["c", "y"] and sheet["B3"].comment


def test_in_arabic_a_new_sheet_runs_from_the_right() -> None:
    book = opened(annotate(b"id,Value\na,x\n", wrong(2), "ar", source=source_of("csv"), name="f.csv"))
    assert all(sheet.sheet_view.rightToLeft for sheet in book)


@pytest.mark.parametrize("rule", ["file.unreadable", "file.empty", "file.protective_marking"])
def test_nothing_of_a_refused_file_is_copied(rule: str) -> None:
    findings = Findings()
    findings.add(rule, reason="r", marking="SECRET")
    copy = annotated_workbook(answer_with(findings), plain_workbook([["never copied"]]), "f.xlsx", "en")
    assert opened(copy).sheetnames == ["Findings"]
    assert b"never copied" not in b"".join(
        zipfile.ZipFile(io.BytesIO(copy)).read(n) for n in zipfile.ZipFile(io.BytesIO(copy)).namelist()
    )


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1Workbook", b"<html>", b"%PDF-1.4"]
)
def test_whatever_cannot_be_copied_gives_the_list_alone(content: bytes) -> None:
    assert opened(annotate(content, Findings())).sheetnames == ["Findings"]


@pytest.mark.parametrize("name", ["table.xls", "table.ods"])
def test_other_workbooks_come_back_as_text(name: str, shared_data: Path) -> None:
    content = (shared_data / "09_dirty/frictionless" / name).read_bytes()
    sheet = opened(annotate(content, wrong(3, 1, "Лист1"), name=name)).worksheets[0]
    assert [c.value for c in sheet[1]] == ["id", "name"] and sheet["B3"].value == "中国人"
    assert sheet["B3"].comment


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_marks_survive_another_program(tmp_path: Path) -> None:
    (tmp_path / "in.xlsx").write_bytes(annotate(b"id,Value\n007,x\n", wrong(2), source=source_of("csv"), name="f.csv"))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run(
        [*command, "--outdir", tmp_path / "out", tmp_path / "in.xlsx"], check=True, capture_output=True, timeout=120
    )
    book = opened((tmp_path / "out/in.xlsx").read_bytes())
    assert book["f"]["A2"].value == "007"
    assert "value.number" in book["f"]["B2"].comment.text
    assert book["f"]["B2"].fill.fgColor.rgb == ERROR_FILL
    assert book.custom_doc_props["idtracker.findings_sheet"].value == "Findings"
