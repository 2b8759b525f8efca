"""Repeated headings, totals and hidden characters, however the table was sent."""

from __future__ import annotations

import io
import json

import numpy as np
import openpyxl
import pytest

from idtracker.ingest.read.reading import read


def as_text(rows):
    return "\n".join(",".join(r) for r in rows).encode()


def as_workbook(rows):
    buffer, book = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        book.active.append([c or None for c in row])
    book.save(buffer)
    return buffer.getvalue()


def as_json(rows):
    return json.dumps([dict(zip(rows[0], r, strict=True)) for r in rows[1:]]).encode()


ROWS = [
    ["place", "people", "note"],
    ["Irbid", "3", "x"],
    ["place", "people", ""],
    ["Karak", "4", ""],
    ["Total", "7", ""],
]


@pytest.mark.parametrize(("kind", "write"), [("csv", as_text), ("xlsx", as_workbook)])
def test_repeated_headings_are_passed_over(kind, write, define):
    reading = read(write(ROWS[:-1]), "f", define(kind, "place"))
    (group,) = reading.findings.groups
    (table,) = reading.tables["activity"]
    assert (group.rule.id, group.rows, group.sheet) == ("row.repeated_heading", [3], table.sheet)
    assert table.cells["place"].tolist() == ["Irbid", "Karak"]
    assert table.row_numbers.tolist() == [2, 4]
    assert table.row_numbers.dtype == np.int64


@pytest.mark.parametrize(
    ("rows", "passed"),
    [
        ([["id", "a"], ["id", "1"], ["1", "a"]], []),
        ([["A", "B"], ["a", "b"]], []),
        ([["id"], ["id"], ["#x"]], [2]),
        ([["id", "a"], ["1", "2"], ["#id", "#a+b"], ["#5", "x"]], [3]),
        ([["id", "a"], ["1", "2"], [" id ", "a\u200f"]], [3]),
    ],
)
def test_what_repeats_the_headings(rows, passed, define):
    reading = read(as_text(rows), "f", define("csv", rows[0][0]))
    assert [r for g in reading.findings.groups if g.rule.id == "row.repeated_heading" for r in g.rows] == passed


def test_headings_of_two_rows_are_known_by_their_last(define):
    text = b"Where,,Who\nName,Code,Org\nIrbid,IR,A\nName,Code,Org\n"
    reading = read(text, "f", define("csv", "Where / Name", layout={"header_rows": [1, 2]}))
    assert [list(g.rows) for g in reading.findings.groups] == [[4]]


@pytest.mark.parametrize(
    ("kind", "write", "row"), [("csv", as_text, 5), ("xlsx", as_workbook, 5), ("json", as_json, 4)]
)
def test_totals_are_held(kind, write, row, define):
    reading = read(write(ROWS), "f", define(kind, "place"))
    (group,) = [g for g in reading.findings.groups if g.rule.id == "row.total"]
    assert (list(group.rows), group.column, list(group.values)) == ([row], "place", ["Total"])
    (table,) = reading.tables["activity"]
    assert reading.findings.holds(table.sheet, table.row_numbers).tolist() == [False, False, True]
    assert "“Total”" in group.message()


@pytest.mark.parametrize(
    ("cell", "is_total"),
    [
        ("Total", True), ("GRAND TOTAL:", True), ("Sub-total", True), ("Sous-total", True), ("Total général", True),
        ("المجموع", True), ("الإجمالي", True), ("المجمـوع الكلي", True), ("\u200fالإجمالي\u200f", True), (" total ", True),
        ("Total Solutions Ltd", False), ("Totals by week", False), ("Subtotalia", False), ("مجموعة السلام", False),
    ],
)  # fmt: skip
def test_what_is_a_total(cell, is_total, define):
    reading = read(f"place,n\nIrbid,1\n,\n{cell},2\nKarak,Total\n".encode(), "f", define("csv", "place"))
    rows = [r for g in reading.findings.groups if g.rule.id == "row.total" for r in g.rows]
    assert rows == ([4] if is_total else [])


def test_the_first_filled_cell_counts(define):
    reading = read(b"a,b,n\nx,y,1\n,Total,2\n", "f", define("csv", "a"))
    assert [(g.column, list(g.rows)) for g in reading.findings.groups] == [("b", [3])]


def test_a_total_that_the_source_knows_is_data(table, define):
    columns = [{"field": "f0", "heading": "sex", "map": {"Total": "T"}}]
    assert len(table("sex,n\nTotal,2\n", define("csv", columns=columns))) == 1
    assert len(table("sex,n\nf,1\nTotal,2\n", define("csv", "sex", layout={"skip_rows": "Total"}))) == 1


HIDDEN = "\u202eevil\u202c"


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        (HIDDEN, "U+202A"[:4]), ("a\x07b", "U+0007"), ("zero\u200bwidth", "U+200B"), ("a\u200eb", "U+200E"),
        ("\u2067x\u2069", "U+2067"), ("a\ufeffb", "U+FEFF"), ("soft\u00adhyphen", "U+00AD"),
        ("\u200fعمّان\u200e", None), ("می\u200cخواهم", None), ("\ufeffx", None), ("’“”…–", None), ("a\tb", None),
    ],
)  # fmt: skip
def test_hidden_characters_are_reported(cell, named, define):
    reading = read(f"id,a\n1,{cell}\n2,y\n".encode(), "f", define("csv"))
    table = reading.tables["activity"][0]
    found = [(g.rule.id, g.column, list(g.rows), list(g.values)) for g in reading.findings.groups]
    kept = table.cells["a"][0]
    assert found == ([("row.control_characters", "a", [2], [kept])] if named else [])
    assert kept == cell.strip("\ufeff") or kept == cell
    assert not named or named in reading.findings.groups[0].details["found"]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+44 20", "@SUM(A1)", "-cmd|' /C calc'!A0", "'; DROP TABLE x; --", "<b>x</b>&amp;"]
)
def test_code_in_cells_is_text(cell, table, define):
    assert table(f'id,a\n1,"{cell}"\n', define("csv")).cells["a"].tolist() == [cell]


def test_a_table_that_several_parts_read_is_reported_once(define):
    part = {"feeds": "activity", "key": ["place"], "columns": [{"field": "place"}]}
    reading = read(as_text(ROWS), "f", define("csv", parts=[part, {**part, "name": "other"}]))
    assert [g.rule.id for g in reading.findings.groups] == ["row.repeated_heading", "row.total"]
    assert [len(t) for ts in reading.tables.values() for t in ts] == [3, 3]
