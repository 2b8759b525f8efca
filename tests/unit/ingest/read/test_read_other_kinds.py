"""Files of another kind than their source declares or their name says: read as what they are, and said so."""

from __future__ import annotations

import io

import openpyxl
import pytest

from idtracker.ingest.read.reading import read

TEXT = b"id,place\n1,Irbid\n"
JSON = b'[{"id": 1, "place": "Irbid"}]'
PAGE = b"""<html><head><meta charset="utf-8"><style>td {color: red}</style></head><body><p>Exported</p>
<table border=1><caption> Returns </caption><thead><tr><th>id</th><th>place</th></tr></thead>
<tr><td>1</td><td><b>Ir</b>bid<script>alert(1)</script></td></tr></table></body></html>"""
SHEETS = b"""<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Cover"><Table><Row><Cell><Data ss:Type="String">Report</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="Data"><Table><Row ss:Index="2"><Cell><Data ss:Type="String">id</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">place</Data></Cell><Cell><Data ss:Type="String">on</Data></Cell></Row>
<Row><Cell><Data ss:Type="Number">1</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">Irbid</Data></Cell>
<Cell><Data ss:Type="DateTime">2026-01-05T00:00:00.000</Data></Cell></Row></Table></Worksheet></Workbook>"""


def workbook() -> bytes:
    buffer, book = io.BytesIO(), openpyxl.Workbook()
    for row in (["id", "place"], ["1", "Irbid"]):
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "hxl"])
@pytest.mark.parametrize(
    ("content", "home", "said"),
    [
        (TEXT, {"csv"}, "plain or delimited text"),
        (JSON, {"json"}, "JSON"),
        (PAGE, set(), "a web page (HTML)"),
        (SHEETS, set(), "an Excel 2003 XML workbook"),
        (workbook(), {"xlsx"}, "an Excel workbook"),
    ],
    ids=["text", "json", "page", "sheets", "workbook"],
)
def test_another_kind_is_read_and_said(content, home, said, kind, define, found):
    table, rules = found(content, define(kind))
    assert table.cells[["id", "place"]].to_numpy().tolist() == [["1", "Irbid"]]
    assert rules == ([] if kind in home else ["file.other_kind"])
    (group, *_) = [*read(content, "file", define(kind)).findings.groups, None]
    if group and kind != "hxl":
        assert group.details["found"] == said
        assert "\u0600" < group.message("ar")[0] < "\u06ff"


@pytest.mark.parametrize(
    ("name", "content", "kind", "rules"),
    [
        ("a.csv", TEXT, "csv", []),
        ("a.TXT", TEXT, "csv", []),
        ("a", TEXT, "csv", []),
        ("a.xls", TEXT, "csv", ["file.other_kind"]),
        ("a.xlsx", workbook(), "xlsx", []),
        ("a.xls", workbook(), "xlsx", ["file.other_kind"]),
        ("a.csv", workbook(), "xlsx", ["file.other_kind"]),
        ("a.csv", JSON, "json", ["file.other_kind"]),
        ("a.ndjson", JSON, "json", []),
        ("a.xls", PAGE, "xlsx", ["file.other_kind"]),
    ],
)
def test_a_name_that_says_another_kind(name, content, kind, rules, define):
    assert [g.rule.id for g in read(content, name, define(kind)).findings.groups] == rules


def test_text_of_a_page_is_text(define):
    (table,) = read(PAGE, "a.html", define("csv")).tables["activity"]
    assert table.sheet == "Returns"
    assert table.cells["place"].tolist() == ["Irbid"]


def test_cells_over_several_rows_and_columns(define, found):
    page = """<table><tr><td>Menu</td></tr></table><table><tr><th colspan=3>Report</th></tr>
    <tr><th>id</th><th>place</th><th>n</th></tr><tr><td>1</td><td rowspan="2">إربد<br>لواء</td><td>&lt;b&gt;</td></tr>
    <tr><td>2</td><td>5</td></tr><tr><td colspan=2>3</td><td>6</td></tr></table>"""
    table, _ = found(
        page.encode("cp1256").replace(b"<table>", b"<meta charset=windows-1256><table>", 1), define("csv", "id", "n")
    )
    rows = [[None if c != c else c for c in r] for r in table.cells.to_numpy().tolist()]
    assert rows == [["1", "إربد\nلواء", "<b>"], ["2", "إربد\nلواء", "5"], ["3", None, "6"]]
    assert table.sheet == "table 2"
    assert table.row_numbers.tolist() == [3, 4, 5]


def test_rows_and_cells_that_are_passed_over_keep_their_places(define):
    (table,) = read(SHEETS, "a.xls", define("xlsx")).tables["activity"]
    assert (table.sheet, table.row_numbers.tolist()) == ("Data", [3])
    assert table.positions == {"id": 0, "place": 2, "on": 3}
    assert table.cells["on"].tolist() == ["2026-01-05"]


def test_a_page_without_a_table_is_unknown(define, refused):
    page = b"<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>"
    assert refused(page, define("csv")) == ("file.unknown_type", {"expected": "CSV", "found": "a web page (HTML)"})


def test_another_kind_without_the_headings_is_read_for_its_headings(define):
    reading = read(b"code,town\n1,Irbid\n", "a.json", define("json"))
    assert [g.rule.id for g in reading.findings.groups] == ["file.other_kind"]
    assert reading.tables["activity"][0].headings == ["code", "town"]


def test_tags_below_the_headings_of_plain_text(table, define):
    read_table = table("Report,\nid,place\n#activity+id,#adm1\n1,Irbid\n", define("csv"))
    assert read_table.row_numbers.tolist() == [4]


def test_tags_declared_and_absent(define):
    reading = read(b"id,place\n1,Irbid\n", "a.csv", define("hxl", "#activity+id", "id"))
    (group,) = reading.findings.groups
    assert (group.rule.id, group.details["found"]) == ("file.other_kind", "a table without HXL tags")
    assert reading.tables["activity"][0].row_numbers.tolist() == [2]


def test_entities_of_a_page_are_not_its_own(define, refused):
    page = b'<!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/hostname">]><table><tr><td>id</td></tr></table>'
    assert refused(page, define("csv"))[0] == "file.unreadable"
