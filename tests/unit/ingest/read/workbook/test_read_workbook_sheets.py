"""What a workbook hides, merges or leaves without a value."""

from __future__ import annotations

import io

import openpyxl
import pytest
from workbooks import HEADING, column, groups, made, number, package, row, text, worksheet

from idtracker.ingest.read.reading import read


@pytest.fixture
def source(define):
    return define("xlsx", "id", "value", "place")


def test_a_plain_workbook_gives_no_finding(source):
    reading = read(made(lambda b, s: None, [1, 2, "Irbid"]), "f.xlsx", source)
    assert not reading.findings
    assert column(reading, "place") == ["Irbid"]


def test_hidden_rows_are_read_and_reported(source):
    def hide(_, sheet):
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[90].hidden = True

    reading = read(made(hide, [1, 2, "Irbid"], [2, 3, "Ajloun"]), "f.xlsx", source)
    assert list(groups(reading)["sheet.hidden_rows"].rows) == [3]
    assert column(reading, "id") == ["1", "2"]


def test_rows_hidden_by_a_filter_are_read_and_reported(source):
    def hide(_, sheet):
        sheet.auto_filter.ref = "A1:C3"
        sheet.auto_filter.add_filter_column(2, ["Irbid"])
        sheet.row_dimensions[3].hidden = True

    found = groups(read(made(hide, [1, 2, "Irbid"], [2, 3, "Ajloun"]), "f.xlsx", source))
    assert list(found) == ["sheet.filtered_rows"]
    assert list(found["sheet.filtered_rows"].rows) == [3]


def test_hidden_columns_are_reported_where_they_are_read(source):
    def hide(_, sheet):
        sheet["E1"] = "notes"
        for letter in "CE":
            sheet.column_dimensions[letter].hidden = True

    found = groups(read(made(hide, [1, 2, "Irbid"]), "f.xlsx", source))
    assert [(g.column, g.position) for g in found.values()] == [("place", 2)]


@pytest.mark.parametrize(("state", "word"), [("hidden", "hidden"), ("veryHidden", "very hidden")])
def test_a_hidden_sheet_is_reported_where_it_is_read(state, word, source):
    def hide(book, sheet):
        book.create_sheet("Cover")["A1"] = "Title"
        sheet.sheet_state = state
        book.active = 1

    (group,) = read(made(hide, [1, 2, "x"]), "f.xlsx", source).findings.groups
    assert (group.rule.id, group.sheet, group.details["state"]) == ("sheet.hidden", "D", word)

    def hide_lists(book, _):
        lists = book.create_sheet("Lists", 0)
        lists.append(["id", "value", "place"])
        lists.sheet_state = state

    reading = read(made(hide_lists, [1, 2, "x"]), "f.xlsx", source)
    assert not reading.findings
    assert reading.tables["activity"][0].sheet == "D"


def test_merged_labels_stand_in_each_row_and_numbers_only_in_the_first(source):
    def merge(_, sheet):
        for area in ("C2:C4", "B2:B3", "A5:B6"):
            sheet.merge_cells(area)

    rows = [[1, 10, "Irbid"], [2, None, None], [3, 30, None], ["Note", None, "Ajloun"], [None, None, "Amman"]]
    reading = read(made(merge, *rows), "f.xlsx", source)
    assert column(reading, "place") == ["Irbid", "Irbid", "Irbid", "Ajloun", "Amman"]
    assert column(reading, "value") == ["10", None, "30", None, None]
    assert column(reading, "id") == ["1", "2", "3", "Note", "Note"]
    (group,) = reading.findings.groups
    assert group.rule.id == "sheet.merged_cells"
    assert group.details["places"] == "B2:B3, C2:C4, A5:B6"


def test_merged_headings_and_banners_are_no_finding(define):
    workbook = openpyxl.Workbook()
    for cells in (["Return for 2026"], ["id", "2025", None], [None, "Target", "Actual"], ["A", 1, 2]):
        workbook.active.append(cells)
    for area in ("A1:C1", "A2:A3", "B2:C2"):
        workbook.active.merge_cells(area)
    buffer = io.BytesIO()
    workbook.save(buffer)
    reading = read(buffer.getvalue(), "f.xlsx", define("xlsx", "id", layout={"header_rows": [2, 3]}))
    assert not reading.findings
    ((table,),) = reading.tables.values()
    assert table.headings == ["id", "2025 / Target", "2025 / Actual"]


def test_many_merged_cells_are_named_once():
    from idtracker.ingest.read.workbook.sheet_facts import facts_of

    areas = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 42_001))
    sheet = worksheet(HEADING, after=f"<mergeCells>{areas}</mergeCells>").encode()
    assert len(facts_of([sheet[:5000], sheet[5000:]]).merged) == 42_000


def test_a_formula_without_a_value_is_an_error_where_it_is_read(source):
    def calculate(_, sheet):
        sheet["B2"], sheet["E2"] = "=1+1", "=2+2"
        sheet["A4"], sheet["B4"] = "=A2+1", '=A1&"<"'

    reading = read(made(calculate, [1, None, "x"], [2, 3, "y"]), "f.xlsx", source)
    assert [(g.rule.id, g.column, list(g.rows), list(g.values)) for g in reading.findings.groups] == [
        ("sheet.formula_without_value", "value", [2, 4], ["=1+1", '=A1&"<"']),
        ("sheet.formula_without_value", "id", [4], ["=A2+1"]),
    ]
    assert reading.findings.groups[0].rule.severity == "error"


def test_formulas_with_their_values_are_read(source):
    shared = '<c r="B2"><f t="shared" ref="B2:B3" si="0">A2*2</f><v>2</v></c>'
    rows = [
        row(2, number("A2", 1), shared, '<c r="C2" t="str"><f>""</f><v></v></c>'),
        row(
            3, '<c r="A3"><f t="array" ref="A3">SUM(1)</f><v>1</v></c>', '<c r="B3"><f t="shared" si="0"/><v>4</v></c>'
        ),
        row(4, number("A4", 3), '<c r="B4"><f t="shared" si="0"/></c>', text("C4", "y")),
    ]
    reading = read(package(worksheet(HEADING + "".join(rows))), "f.xlsx", source)
    assert column(reading, "value") == ["2", "4", None]
    (group,) = reading.findings.groups
    assert (group.rule.id, list(group.rows)) == ("sheet.formula_without_value", [4])


def test_values_from_other_workbooks_and_macros_are_advisories(source):
    cells = [number("A2", 1), '<c r="B2"><f>[1]Budget!B2</f><v>7</v></c>', text("C2", "[1]")]
    content = package(worksheet(HEADING + row(2, *cells)), xl__vbaProject__bin=b"", **{"xl__vbaProject.bin": b"x"})
    reading = read(content, "f.xlsm", source)
    assert column(reading, "value") == ["7"]
    found = groups(reading)
    assert found["sheet.external_links"].details["places"] == "B2"
    assert {g.rule.severity for i, g in found.items() if i.startswith("sheet.")} == {"advisory"}
    assert {i for i in found if i.startswith("sheet.")} == {"sheet.macros", "sheet.external_links"}


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ('<c r="B2" s="1"><v>46027</v></c>', "2026-01-05"),
        ('<c r="B2" s="2"><v>0.25</v></c>', "25%"),
        ('<c r="B2" s="3"><v>1.5</v></c>', "36:00:00"),
        ('<c r="B2" t="d"><v>2026-01-05</v></c>', "2026-01-05"),
        ('<c r="B2" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="B2" t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="B2" t="s"><v>0</v></c>', "rich  text"),
        ('<c r="B2" t="s"><v>1</v></c>', "東京"),
        ('<c r="B2" t="str"><v>0012</v></c>', "0012"),
        ('<c r="B2" t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve">  line</t></r></is></c>', "in  line"),
        (text("B2", "x" * 40_000), "x" * 40_000),
    ],
    ids=lambda v: v[:40],
)
def test_every_kind_of_cell(cell, meant, source):
    shared = '<si><r><t>rich</t></r><r><t xml:space="preserve">  text</t></r></si>'
    shared += "<si><t>東京</t><rPh><t>トウキョウ</t></rPh></si>"
    reading = read(package(worksheet(HEADING + row(2, number("A2", 1), cell)), shared), "f.xlsx", source)
    assert not reading.findings.groups or not meant
    assert column(reading, "value") == [meant]
