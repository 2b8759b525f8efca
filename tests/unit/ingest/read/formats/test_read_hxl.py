"""Tables with HXL tags."""

from __future__ import annotations

import io

import openpyxl
import pytest

from idtracker.ingest.read.reading import read
from idtracker.ingest.read.structured.hxl import normal_tag, tag_row

TEXT = """Who does what where
,Organisation,Governorate,Code,Remarks,
,#org+name+impl,# ADM1 +name,#adm1+code+v_pcode,,
,Partner A,Irbid,JO-IR,ok,stray
,,,,,
,Partner B,Amman,JO-AM,,
"""


def test_columns_are_called_what_the_part_calls_them(table, define):
    read_table = table(TEXT, define("hxl", "#org +impl+NAME", "Governorate"))
    assert read_table.headings == ["#org +impl+NAME", "Governorate", "#adm1+code+v_pcode", "Remarks", "(F)"]
    assert read_table.row_numbers.tolist() == [4, 6]
    assert read_table.positions["Governorate"] == 2
    assert read_table.cells["#org +impl+NAME"].tolist() == ["Partner A", "Partner B"]


def test_attributes_must_be_the_same_set(table, define):
    assert table(TEXT, define("hxl", "#org+name")).headings[0] == "#org+name+impl"


def test_layout_is_honoured(table, define):
    read_table = table(TEXT, define("hxl", layout={"data_row": 5, "stop_at": "Partner B"}))
    assert len(read_table) == 0
    assert table(TEXT, define("hxl", layout={"skip_rows": "Partner A"})).row_numbers.tolist() == [6]


def test_declared_heading_rows_above_the_tags(table, define):
    text = "Where,,Who\nName,Code,Name\n#adm1+name,,#org\nIrbid,IR,A\n"
    read_table = table(text, define("hxl", "Where / Name", layout={"header_rows": [1, 2]}))
    assert read_table.headings == ["Where / Name", "Where / Code", "#org"]


def test_the_same_tag_twice_is_a_duplicate(table, define):
    read_table = table("a,b\n#sector,#sector\n1,2\n", define("hxl", "#sector"))
    assert read_table.duplicates == {"#sector": [0, 1]}


def test_ragged_rows_are_reported(found, define):
    _, rules = found("#org,#adm1\nA,B,C\nD,E\n", define("hxl", "#org"))
    assert rules == ["row.ragged"]


@pytest.mark.parametrize("text", ["place,name\n1,2\n", "x\n" * 25 + "#org,#adm1\n1,2\n"])
def test_without_tags_the_file_is_unreadable(text, refused, define):
    assert refused(text, define("hxl")) == ("file.unreadable", {"reason": "no HXL tag row in the first 25 rows"})


def test_workbooks_with_tags(define):
    workbook = openpyxl.Workbook()
    workbook.active.append(["Cover"])
    for name in ("North", "South"):
        sheet = workbook.create_sheet(name)
        for row in (["Org"], ["#org"], [name]):
            sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    reading = read(buffer.getvalue(), "f", define("hxl", "#org"))
    assert [t.sheet for t in reading.tables["activity"]] == ["North"]
    reading = read(buffer.getvalue(), "f", define("hxl", "#org", layout={"sheet": ["North", "South"]}))
    assert [t.cells["#org"].tolist() for t in reading.tables["activity"]] == [["North"], ["South"]]
    reading = read(buffer.getvalue(), "f", define("hxl", "#org", layout={"sheet": "Cover"}))
    assert [g.rule.id for g in reading.findings.groups] == ["file.sheet_missing"]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        (" #Org + Name +impl", "#org+name+impl"),
        ("# org", "#org"),
        ("#", ""),
        ("# Real files", ""),
        ("#of students provided", ""),
        ("#1", ""),
        ("org", ""),
    ],
)
def test_what_a_tag_is(text, tag):
    assert normal_tag(text) == tag


def test_half_of_the_filled_cells_must_be_tags():
    assert tag_row([["#org", "x", "y"], ["#org", "x", ""]]) == 2
