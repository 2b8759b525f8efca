"""The sheet of findings: what it says, that it is text, what Excel's limits leave out, and that no reader takes it for data."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from annotated_files import (
    ERROR_FILL,
    annotate,
    opened,
    packed,
    parts_of,
    plain_workbook,
    rich_workbook,
    source_of,
)
from openpyxl.worksheet.worksheet import Worksheet

from idtracker.feedback.annotate import annotate as annotating
from idtracker.feedback.annotate import findings_sheet as annotate_findings
from idtracker.feedback.annotate import styles as annotate_styles
from idtracker.ingest.read.reading import read
from idtracker.model.findings import Findings, rule_set_version
from idtracker.model.messages import phrase

HEADS = ("Severity", "Rule", "Sheet of the file", "Cell", "Heading of the column", "Value as typed", "Perhaps meant")


def wrong(*values: str, sheet: str = "Data") -> Findings:
    findings = Findings()
    rows = list(range(2, 2 + len(values)))
    findings.add("value.number", sheet=sheet, column="Value", position=1, rows=rows, values=values)
    return findings


def workbook(rows: int) -> bytes:
    return plain_workbook([["id", "Value"], *[[f"r{i}", "x"] for i in range(rows)]])


def lines(sheet: Worksheet) -> list[tuple[object, ...]]:
    rows = list(sheet.iter_rows(values_only=True))
    first = next(n for n, row in enumerate(rows) if row[0] in ("Severity", "الخطورة"))
    return rows[first + 1 :]


def texts(sheet: Worksheet) -> str:
    return "\n".join(str(c) for row in sheet.iter_rows(values_only=True) for c in row if c)


def test_each_location_is_a_line_with_a_link_to_its_cell() -> None:
    sheet = opened(annotate(rich_workbook(), wrong("x", sheet="Data & 'more'")))["Findings"]
    (line,) = lines(sheet)
    assert line[:6] == ("Must be corrected", "value.number", "Data & 'more'", "B2", "Value", "x")
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == "B2")
    assert cell.hyperlink.location == "'Data & ''more'''!B2"
    assert sheet.freeze_panes == f"A{cell.row}"
    assert sheet.auto_filter.ref == f"A{cell.row - 1}:I{cell.row}"
    assert rule_set_version() in texts(sheet) and "s-1" in texts(sheet)


def test_the_list_is_the_last_sheet_and_its_name_is_free() -> None:
    content = plain_workbook([["id", "Value"], ["a", "x"]], title="findings")
    assert opened(annotate(content, wrong("x", sheet="findings"))).sheetnames == ["findings", "Findings (2)"]


def test_in_arabic_the_list_is_written_from_the_right() -> None:
    book = opened(annotate(rich_workbook(), wrong("x", sheet="Data & 'more'"), "ar"))
    sheet = book["الملاحظات"]
    assert sheet.sheet_view.rightToLeft
    assert lines(sheet)[0][0] == "يجب تصحيحه"
    assert not book["Data & 'more'"].sheet_view.rightToLeft


def test_values_are_text_and_never_formulas() -> None:
    values = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "a\x00b\x1f", "<b>&", "_x0041_", "\ud800")
    copy = annotate(workbook(len(values)), wrong(*values))
    sheet = opened(copy)["Findings"]
    cells = [row[5] for row in sheet.iter_rows() if row[1].value == "value.number"]
    assert [c.value for c in cells][:7] == [*values[:5], "a\u2400b\u241f", "<b>&"]
    assert {c.data_type for c in cells} == {"s"}
    assert all(c.quotePrefix for c in cells)
    assert b"<f>" not in parts_of(copy)["xl/worksheets/sheet2.xml"]
    assert b"_x005F_x0041_" in parts_of(copy)["xl/worksheets/sheet2.xml"]


def test_a_cell_is_cut_at_what_excel_holds() -> None:
    sheet = opened(annotate(workbook(2), wrong("x" * 40_000, "\U0001f600" * 20_000)))["Findings"]
    cut = [str(line[5]) for line in lines(sheet)]
    assert all(len(c.encode("utf-16-le")) <= 2 * 32_767 and c.endswith("…") for c in cut)


def test_the_list_says_how_many_lines_were_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotate_findings, "MOST_ROWS", 15)
    sheet = opened(annotate(workbook(20), wrong(*[f"x{n}" for n in range(20)])))["Findings"]
    kept = lines(sheet)
    assert sheet.max_row <= 15
    assert phrase("feedback/annotate", "cut_lines", "en", kept=len(kept), left_out=20 - len(kept)) in texts(sheet)


def test_limits_of_links_notes_and_styles_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotate_findings, "MOST_LINKS", 2)
    monkeypatch.setattr(annotating, "MOST_NOTES", 3)
    monkeypatch.setattr(annotate_styles, "MOST_STYLES", 1)
    book = opened(annotate(workbook(5), wrong(*[f"x{n}" for n in range(5)])))
    sheet = book["Findings"]
    assert sum(bool(c.hyperlink) for row in sheet.iter_rows() for c in row) == 2
    assert sum(bool(c.comment) for row in book["Data"].iter_rows() for c in row) == 3
    for key, words in (("cut_links", {"most": 2}), ("cut_notes", {"left_out": 2}), ("cut_colours", {"left_out": 5})):
        assert phrase("feedback/annotate", key, "en", **words) in texts(sheet)


def test_a_heading_of_the_source_never_stands_in_the_list() -> None:
    source = source_of(heading="Rule")
    sheet = opened(annotate(workbook(1), wrong("x"), source=source))["Findings"]
    assert "(Rule)" in [c.value for row in sheet.iter_rows() for c in row]
    assert "Rule" not in [c.value for row in sheet.iter_rows() for c in row]


@pytest.mark.parametrize("layout", [{}, {"sheet": "*"}, {"sheet": ["Data", "*"]}])
def test_the_copy_reads_as_the_file_does(layout: dict[str, object]) -> None:
    source, content = source_of(**layout), workbook(4)
    first, again = (read(c, "f.xlsx", source) for c in (content, annotate(content, wrong("x", "x"), source=source)))
    (before,), (after,) = first.tables["activity"], again.tables["activity"]
    pd.testing.assert_frame_equal(before.cells, after.cells)
    assert before.row_numbers.tolist() == after.row_numbers.tolist()
    assert first.findings.to_frame().equals(again.findings.to_frame())


def test_marks_of_an_earlier_copy_are_replaced() -> None:
    content = rich_workbook()
    name = "Data & 'more'"
    first = annotate(content, wrong("x", "x", "x", "x", "x", sheet=name))
    again = annotate(first, wrong("x", "x", "x", sheet=name))
    book = opened(again)
    assert book.sheetnames == [name, "Other sheet", "Findings"]
    sheet = book[name]
    assert sheet["B4"].comment and sheet["B4"].fill.fgColor.rgb == ERROR_FILL
    assert sheet["B5"].comment is None and sheet["B5"].fill.fill_type is None
    assert sheet["A6"].comment.text == "Other note."
    assert sheet["B4"].number_format == "0.00"
    assert [line[3] for line in lines(book["Findings"])] == ["B2:B4"]
    (drawing,) = [c for n, c in parts_of(again).items() if n.endswith(".vml")]
    assert drawing.count(b"ObjectType=") == 5
    assert parts_of(again).keys() == parts_of(first).keys()


def test_properties_of_the_workbook_stay() -> None:
    from openpyxl.packaging.custom import StringProperty

    book = opened(workbook(1))
    book.custom_doc_props.append(StringProperty(name="Department", value="Roads"))
    target = io.BytesIO()
    book.save(target)
    kept = {p.name: p.value for p in opened(annotate(target.getvalue(), wrong("x"))).custom_doc_props.props}
    assert kept == {"Department": "Roads", "idtracker.findings_sheet": "Findings"}


def test_a_damaged_package_is_shown_without_being_edited() -> None:
    parts = parts_of(workbook(1))
    parts["xl/styles.xml"] = b"<styleSheet"
    assert lines(opened(annotate(packed(parts), wrong("x")))["Findings"])
