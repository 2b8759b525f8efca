"""Sheets and tables with the headings of a source that are not read are named; what only looks a little like them is not."""

import io

import openpyxl
import pytest
from workbooks import groups

from idtracker.ingest.read.reading import read

HEAD = ["id", "value", "place"]


def book(**sheets):
    """A workbook of these sheets by name; one whose name begins with `hidden` is."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        sheet.sheet_state = "hidden" if name.startswith("hidden") else "visible"
        for cells in rows:
            sheet.append(cells)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def named(reading):
    return [(g.sheet, g.details["count"]) for g in reading.findings.groups if g.rule.id == "sheet.not_read"]


@pytest.mark.parametrize(
    ("layout", "rest"),
    [
        ({}, [("Feb", "2"), ("hidden", "1")]),
        ({"sheet": "Feb"}, [("Jan", "1"), ("hidden", "1")]),
        ({"sheet": ["Jan", "F*"]}, [("hidden", "1")]),
        ({"sheet": "*"}, []),
    ],
)
def test_every_other_sheet_with_the_headings_is_named(layout, rest, define):
    content = book(
        Jan=[HEAD, [1, 2, "Irbid"]], Feb=[["Title"], [], HEAD, [2, 3, "Irbid"], [], [3, 4, "Zarqa"]],
        hidden=[HEAD, [4, 5, "Ajloun"]],
    )  # fmt: skip
    reading = read(content, "f.xlsx", define("xlsx", *HEAD, layout=layout))
    assert named(reading) == rest
    for group in reading.findings.groups:
        if group.rule.id == "sheet.not_read":
            assert f"“{group.sheet}”" in group.message() and "`sheet` of `layout`" in group.team()


@pytest.mark.parametrize(
    "rows",
    [[HEAD], [["id", "other"], [1, 2]], [["Notes"], ["the value of place"]], [HEAD, [None, None, None, "x"]], []],
)
def test_sheets_without_rows_or_with_other_headings_are_not(rows, define):
    columns = [{"field": f"f{n}", "heading": h, "required": h != "id"} for n, h in enumerate(HEAD)]
    reading = read(book(Jan=[HEAD, [1, 2, "Irbid"]], Rest=rows), "f.xlsx", define("xlsx", columns=columns))
    assert not named(reading)


def test_a_sheet_that_another_part_reads_is_not(define):
    part = {"feeds": "activity", "key": ["f0"], "columns": [{"field": "f0", "heading": "id"}]}
    parts = [{**part, "layout": {"sheet": "A"}}, {**part, "name": "b", "layout": {"sheet": "B"}}]
    reading = read(book(A=[["id"], [1]], B=[["id"], [2]]), "f.xlsx", define("xlsx", parts=parts))
    assert not groups(reading)


def test_a_second_list_of_a_json_document(define):
    source = define("json", "id", "value")
    document = (
        '{"2025": {"rows": [{"id": 1, "value": 2}]}, "2026": {"rows": [{"id": 2, "value": 3}]}, "notes": [{"id": 4}]}'
    )
    assert named(read(document.encode(), "f.json", source)) == [("2026.rows", "1")]
    assert not named(read(b'{"rows": [{"id": 1, "value": 2}], "notes": [{"text": "value"}]}', "f.json", source))


def test_a_tagged_sheet_and_a_table_of_a_web_page(define):
    tagged = [["Id", "Where"], ["#meta+id", "#adm1"], [1, "Irbid"]]
    columns = [{"field": "f0", "heading": "#meta+id"}, {"field": "f1", "heading": "#adm1"}]
    source = define("hxl", columns=columns, layout={"sheet": "A"})
    assert named(read(book(A=tagged, B=tagged), "f.xlsx", source)) == [("B", "1")]
    page = "<table><tr><th>id<th>value</tr><tr><td>{}<td>2</tr></table>"
    content = f"<html><body>{page.format(1)}<p>{page.format(2)}</body></html>".encode()
    assert named(read(content, "f.html", define("csv", "id", "value"))) == [("table 2", "1")]
