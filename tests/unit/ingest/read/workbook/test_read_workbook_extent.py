"""Workbooks and open documents that are hostile or far larger than what they hold, and what a tagged sheet says."""

from __future__ import annotations

import io

import openpyxl
import pytest

from idtracker.ingest.read.reading import read
from idtracker.model.config.limits import Limits
from tests.unit.ingest.read.workbook.workbooks import (
    HEADING,
    MAIN,
    number,
    open_document,
    package,
    row,
    text,
    worksheet,
)


@pytest.fixture
def source(define):
    return define("xlsx", "id", "value", "place")


def made(change, *rows, title="D"):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = title
    for cells in (["id", "value", "place"], *rows):
        sheet.append(cells)
    change(workbook, sheet)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def groups(reading):
    return {g.rule.id: g for g in reading.findings.groups}


def column(reading, heading):
    ((table,),) = reading.tables.values()
    return [None if c != c else c for c in table.cells[heading]]


FAR = "".join([HEADING, row(2, number("A2", 1)), row(1_048_576, number("XFD1048576", 1))])
STRAY = FAR.replace("XFD", "AX")
HIDDEN_FAR = FAR.replace('<c r="XFD', '<q:c r="XFD')
TEXT_BOMB = "".join(row(n, *(f'<c r="{c}{n}" t="s"><v>0</v></c>' for c in "ABCDEFGHIJ")) for n in range(1, 3001))


@pytest.mark.parametrize(
    ("content", "rule_id"),
    [
        (package(worksheet(FAR)), "file.too_large"),
        (package(worksheet(FAR.replace('"', "'"))), "file.too_large"),
        (package(worksheet(STRAY)), "file.too_large"),
        (package(worksheet(HIDDEN_FAR)), "file.unreadable"),
        (package(worksheet(FAR).encode("utf-16")), "file.unreadable"),
        (package(worksheet(TEXT_BOMB), shared=f"<si><t>{'x' * 900_000}</t></si>"), "file.too_large"),
        (package(worksheet(row(1, text("A1", "x" * 1_000_001)))), "file.too_large"),
        (package(worksheet(HEADING)[:-20]), "file.unreadable"),
        (package("no xml"), "file.unreadable"),
        (package(f'<!DOCTYPE a [<!ENTITY b "c">]>{worksheet(row(1, text("A1", "&b;")))}'), "file.unreadable"),
        (package(worksheet(HEADING), **{"XL__workbook.xml": "<other/>"}), "file.unreadable"),
    ],
    ids=[
        "far value",
        "far value in quotes",
        "nearly all empty",
        "far value with a prefix",
        "utf-16",
        "one text in many cells",
        "long cell",
        "cut",
        "no xml",
        "entity",
        "two members of one name",
    ],
)
def test_hostile_workbooks_are_refused(content, rule_id, source):
    reading = read(content, "f.xlsx", source, Limits(memory_bytes=600 << 20))
    assert [g.rule.id for g in reading.findings.groups if g.rule.severity == "critical"] == [rule_id]
    assert reading.tables == {}


def test_a_sheet_that_is_not_read_may_be_as_large_as_it_likes(define):
    book = f'<workbook xmlns="{MAIN}" xmlns:r="r"><sheets><sheet name="Far" r:id="r2"/><sheet name="D" r:id="r1"/></sheets></workbook>'
    links = (
        '<Relationships><Relationship Id="r1" Type="a/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="r2" Type="a/worksheet" Target="worksheets/far.xml"/></Relationships>'
    )
    content = package(
        worksheet(HEADING + row(2, number("A2", 1))),
        **{"xl__worksheets__far.xml": worksheet(FAR), "xl__workbook.xml": book, "xl___rels__workbook.xml.rels": links},
    )
    for layout in ({"sheet": "D"}, {}):
        reading = read(content, "f.xlsx", define("xlsx", "id", "value", "place", layout=layout))
        assert not reading.findings.is_critical
        assert column(reading, "id") == ["1"]


def test_a_tagged_sheet_says_what_is_hidden_and_repeats_merged_labels(define):
    tags = row(2, text("A2", "#activity+id"), text("B2", "#value"), text("C2", "#adm1"))
    first = row(3, number("A3", 1), number("B3", 5), text("C3", "Irbid"))
    second = row(4, number("A4", 2), number("B4", 6), attributes=' hidden="1"')
    content = package(
        worksheet(HEADING + tags + first + second, after='<mergeCells><mergeCell ref="C3:C4"/></mergeCells>')
    )
    reading = read(content, "f.xlsx", define("hxl", "#activity+id", "#value", "#adm1"))
    assert column(reading, "#adm1") == ["Irbid", "Irbid"]
    assert list(groups(reading)) == ["sheet.hidden_rows", "sheet.merged_cells"]


def test_letters_of_columns_are_numbers():
    from idtracker.ingest.read.workbook.sheet_facts import column_number
    from idtracker.model.findings import cell_address

    letters = [cell_address(n, 1)[:-1] for n in range(16_384)]
    assert [column_number(name.encode()) for name in letters] == list(range(16_384))


CELL = '<table:table-cell office:value-type="string"{0}><text:p>{1}</text:p></table:table-cell>'


def test_an_open_document_says_what_is_hidden_or_merged(source):
    heading = "".join(CELL.format("", h) for h in ("id", "value", "place"))
    first = CELL.format("", "1") + CELL.format("", "2") + CELL.format(' table:number-rows-spanned="2"', "Irbid")
    second = CELL.format("", "2") + CELL.format("", "3") + "<table:covered-table-cell/>"
    content = open_document(
        '<table:table table:name="D"><table:table-column/><table:table-column table:visibility="collapse"/>'
        f"<table:table-row>{heading}</table:table-row><table:table-row>{first}</table:table-row>"
        f'<table:table-row table:visibility="filter">{second}</table:table-row></table:table>'
    )
    reading = read(content, "f.ods", source)
    found = {i: g for i, g in groups(reading).items() if i.startswith("sheet.")}
    assert column(reading, "place") == ["Irbid", "Irbid"]
    assert list(found) == ["sheet.filtered_rows", "sheet.hidden_columns", "sheet.merged_cells"]
    assert list(found["sheet.filtered_rows"].rows) == [3]
    assert found["sheet.hidden_columns"].column == "value"


def test_a_cell_repeated_without_end_is_refused(source):
    cell = CELL.format(' table:number-columns-repeated="50"', "x")
    rows = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    content = open_document(f'<table:table table:name="D">{rows}</table:table>')
    reading = read(content, "f.ods", source, Limits(memory_bytes=400 << 20))
    assert [g.rule.id for g in reading.findings.groups] == ["file.too_large"]
