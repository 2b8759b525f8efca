"""Workbooks to tables."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from idtracker.ingest.read.reading import read


def book(**sheets):
    """A workbook from rows of values; None leaves a cell blank, an error is written as an error."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name.replace("_", " "))
        for y, row in enumerate(rows, 1):
            for x, value in enumerate(row, 1):
                if value is not None:
                    cell = sheet.cell(y, x, value)
                    if (isinstance(value, str) and value.startswith("#N")) or value == "#DIV/0!":
                        cell.data_type = "e"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def rows_of(table):
    return [[None if c != c else c for c in row] for row in table.cells.to_numpy().tolist()]


def test_every_kind_of_cell_as_text(table, define):
    values = [
        [1996.0, "1996"],
        [0.25, "0.25"],
        [1e-7, "0.0000001"],
        [1234567890123, "1234567890123"],
        [-3, "-3"],
        [True, "TRUE"],
        [False, "FALSE"],
        [dt.date(2026, 4, 3), "2026-04-03"],
        [dt.datetime.fromisoformat("2026-04-03T00:00:00"), "2026-04-03"],
        [dt.datetime.fromisoformat("2026-04-03T14:05:00"), "2026-04-03T14:05:00"],
        [dt.time(8, 30), "08:30:00"],
        [dt.timedelta(hours=36), "36:00:00"],
        ["#N/A", "#N/A"],
        ["#DIV/0!", "#DIV/0!"],
        ["007", "007"],
        ["\u00a0عمّان ", "عمّان"],
    ]
    content = book(Data=[["id", "value"], *[[i, v] for i, (v, _) in enumerate(values)]])
    read_table = table(content, define("xlsx", "id", "value"))
    assert read_table.cells["value"].tolist() == [text for _, text in values]
    assert read_table.cells["id"].tolist() == [str(i) for i in range(len(values))]


def test_banner_rows_offsets_and_blank_rows(table, define):
    content = book(
        Returns=[[], [None, "Quarterly return"], [], [None, "id", None, "place"], [], [None, 1, None, "Irbid"]]
    )
    read_table = table(content, define("xlsx", "id", "place"))
    assert read_table.sheet == "Returns"
    assert read_table.headings == ["id", "place"]
    assert read_table.positions == {"id": 1, "place": 3}
    assert read_table.row_numbers.tolist() == [6]


def test_several_header_rows_are_joined(table, define):
    rows = [
        ["Tracker"],
        ["Indicator", None, 2021, None, 2022, None, "Remarks"],
        ["id", "Unit", "Target", "Actual", "Target", "Actual"],
        ["A1", "%", 1, 2, 3, 4, "x", "stray"],
    ]
    content = book(Index=rows)
    read_table = table(content, define("xlsx", "Indicator / id", layout={"header_rows": [2, 3]}))
    assert read_table.headings == [
        "Indicator / id",
        "Indicator / Unit",
        "2021 / Target",
        "2021 / Actual",
        "2022 / Target",
        "2022 / Actual",
        "Remarks",
        "(H)",
    ]
    assert rows_of(read_table) == [["A1", "%", "1", "2", "3", "4", "x", "stray"]]


def test_the_first_sheet_with_a_heading_is_taken(table, define):
    content = book(Cover=[["Title"]], Notes=[["x"]], Data=[["id"], [5]])
    assert table(content, define("xlsx")).sheet == "Data"


def test_without_any_heading_the_first_filled_sheet_stands(table, define):
    content = book(Blank=[], Cover=[["x", "y"], [1, 2]])
    assert table(content, define("xlsx", "zz")).headings == ["x", "y"]


def test_a_sheet_of_periods_is_known_by_the_columns_to_unpivot(table, define):
    content = book(Cover=[["2026 report"]], Data=[["Indicator", "2026-Q1", "2026-Q2"], ["A", 1, 2]])
    unpivot = {"columns": r"^(?P<period>\d{4}-Q\d)$"}
    columns = [{"field": "period", "required": True}, {"field": "value"}, {"field": "name", "heading": "Indicator"}]
    read_table = table(content, define("xlsx", columns=columns, key=["period"], unpivot=unpivot))
    assert (read_table.sheet, read_table.headings) == ("Data", ["Indicator", "2026-Q1", "2026-Q2"])


def test_sheets_by_pattern_and_list(define):
    content = book(Q1=[["id"], [1]], Q2=[["id"], [2]], Other=[["id"], [3]])
    reading = read(content, "f", define("xlsx", layout={"sheet": "q*"}))
    assert [t.sheet for t in reading.tables["activity"]] == ["Q1", "Q2"]
    reading = read(content, "f", define("xlsx", layout={"sheet": ["Other", "Q1"]}))
    assert [t.sheet for t in reading.tables["activity"]] == ["Q1", "Other"]


@pytest.mark.parametrize("sheet", ["Q3", ["Q1", "Q3"]])
def test_a_named_sheet_that_is_absent(sheet, define):
    content = book(Q1=[["id"], [1]])
    reading = read(content, "f", define("xlsx", layout={"sheet": sheet}))
    (group,) = reading.findings.groups
    assert (group.rule.id, group.details) == ("file.sheet_missing", {"expected": "Q3", "found": "Q1"})
    assert reading.tables == {}
    assert not read(content, "f", define("xlsx", layout={"sheet": "Q3"}, optional=True)).findings


def test_a_workbook_without_cells_is_empty(define, refused):
    assert refused(book(Sheet1=[], Sheet2=[]), define("xlsx")) == ("file.empty", {})


def test_layout_and_missing_values(table, define):
    rows = [["id", "v"], ["unit", "%"], ["A", ".."], ["Total", 5], ["B", "#N/A"], ["Source: x"], ["C", 1]]
    layout = {"header_rows": [1], "data_row": 3, "skip_rows": "^Total", "stop_at": "Source"}
    read_table = table(book(D=rows), define("xlsx", layout=layout, format={"missing": ["..", "#N/A"]}))
    assert rows_of(read_table) == [["A", None], ["B", None]]
    assert read_table.row_numbers.tolist() == [3, 5]


def test_duplicate_headings_keep_the_first(table, define):
    read_table = table(book(D=[["id", "a", "a"], [1, 2, 3]]), define("xlsx"))
    assert read_table.duplicates == {"a": [1, 2]}
    assert rows_of(read_table) == [["1", "2"]]


def test_a_tag_row_below_the_headings_is_no_data(table, define):
    read_table = table(book(D=[["id", "Name"], ["#activity +code", "#org"], [1, "x"]]), define("xlsx"))
    assert read_table.row_numbers.tolist() == [3]
