"""An annotated workbook: marks and notes in the right cells, and nothing else changed."""

from __future__ import annotations

import re

import pytest
from annotated_files import (
    ADVISORY_FILL,
    ERROR_FILL,
    WARNING_FILL,
    annotate,
    opened,
    packed,
    parts_of,
    plain_workbook,
    replaced,
    rich_workbook,
    source_of,
)

from idtracker.feedback.annotate.annotate import annotated_suffix
from idtracker.model.findings import Findings

SHEET = "Data & 'more'"
SHEET_1 = "xl/worksheets/sheet1.xml"


def number(*rows: int, sheet: str = SHEET, position: int | None = 1) -> Findings:
    findings = Findings()
    findings.add("value.number", sheet=sheet, column="Value", position=position, rows=rows, values=["x"] * len(rows))
    return findings


def test_only_the_parts_that_must_change_do() -> None:
    workbook = rich_workbook()
    before, after = parts_of(workbook), parts_of(annotate(workbook, number(4)))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        SHEET_1, "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/styles.xml",
        "xl/comments/comment1.xml", "xl/drawings/commentsDrawing1.vml",
    }  # fmt: skip
    assert set(after) - set(before) == {"xl/worksheets/sheet3.xml", "docProps/custom.xml"}
    assert "xl/charts/chart1.xml" in before
    assert before["xl/worksheets/sheet2.xml"] == after["xl/worksheets/sheet2.xml"]


def test_in_the_sheet_only_the_style_of_the_marked_cell_changes() -> None:
    before, after = (parts_of(c)[SHEET_1] for c in (rich_workbook(), annotate(rich_workbook(), number(4))))
    (cell,) = re.findall(rb'<c r="B4"[^>]*>', before)
    (marked,) = re.findall(rb'<c r="B4"[^>]*>', after)
    assert after == before.replace(cell, marked)
    assert re.sub(rb's="\d+"', b"", marked) == re.sub(rb's="\d+"', b"", cell)
    assert b"<f>B4*2</f><v>2</v>" in after


def test_a_marked_cell_keeps_its_own_style_but_for_the_fill() -> None:
    book = opened(annotate(rich_workbook(), number(4, 5)))
    cell, original = book[SHEET]["B4"], opened(rich_workbook())[SHEET]["B4"]
    assert cell.fill.fgColor.rgb == ERROR_FILL
    for what in ("number_format", "font", "alignment", "border"):
        assert repr(getattr(cell, what)) == repr(getattr(original, what)), what
    assert book[SHEET]["B5"].fill.fgColor.rgb == ERROR_FILL
    assert book[SHEET]["B6"].fill.fgColor.rgb == "00000000"


def test_equal_cells_share_one_new_style() -> None:
    content = plain_workbook([["id", "Value"], *[[str(i), i] for i in range(50)]])
    one, many = (opened(annotate(content, number(*rows, sheet="Data"))) for rows in ([2], range(2, 52)))
    assert len(one._cell_styles) == len(many._cell_styles)


@pytest.mark.parametrize(
    ("lang", "words"), [("en", ("Must be corrected", "Perhaps meant: 7")), ("ar", ("يجب تصحيحه", "ربما المقصود: 7"))]
)
def test_a_note_says_rule_message_suggestion_and_remedy(lang: str, words: tuple[str, str]) -> None:
    findings = Findings()
    findings.add("value.number", sheet=SHEET, column="Value", position=1, rows=[4], values=["x"], suggestions=["7"])
    text = opened(annotate(rich_workbook(), findings, lang))[SHEET]["B4"].comment.text  # type: ignore[arg-type]
    group = findings.groups[0]
    assert text == f"{words[0]} · value.number\n{group.message(lang)}\n{words[1]}\n{group.remedy(lang)}"


def test_several_findings_of_one_cell_are_one_note_in_the_worst_colour() -> None:
    findings = Findings()
    findings.add("value.digits", sheet=SHEET, column="Value", position=1, rows=[4], values=["1"])
    findings.add("value.number", sheet=SHEET, column="Value", position=1, rows=[4, 5], values=["1", "2"])
    findings.add("value.digits", sheet=SHEET, column="Value", position=1, rows=[4], values=["1"])
    sheet = opened(annotate(rich_workbook(), findings))[SHEET]
    assert re.findall(r"· ([a-z.]+)", sheet["B4"].comment.text) == ["value.number", "value.digits"]
    assert "value.digits" not in sheet["B5"].comment.text
    assert sheet["B4"].fill.fgColor.rgb == ERROR_FILL


def test_notes_that_are_there_stay_and_grow() -> None:
    copy = annotate(rich_workbook(), number(4, 6))
    sheet = opened(copy)[SHEET]
    assert sheet["A6"].comment.text == "Other note."
    assert sheet["B6"].comment.text.startswith("Seen by the office.")
    assert "value.number" in sheet["B6"].comment.text
    assert "value.number" in sheet["B4"].comment.text
    (drawing,) = [c for n, c in parts_of(copy).items() if n.endswith(".vml")]
    places = re.findall(rb"<\w+:Row>(\d+)</\w+:Row><\w+:Column>(\d+)</", re.sub(rb"\s", b"", drawing))
    assert sorted(places) == [(b"3", b"1"), (b"5", b"0"), (b"5", b"1")]
    ids = re.findall(rb'id="(_x0000_s\d+)"', drawing)
    assert len(ids) == len(set(ids)) == 3


def test_the_stand_in_of_a_conversation_is_left_alone() -> None:
    content = replaced(rich_workbook(), "xl/comments/comment1.xml", (b"<author>Office<", b"<author>tc={1}<"))
    book = opened(annotate(content, number(6)))
    assert book[SHEET]["B6"].comment.text == "Seen by the office."
    assert book[SHEET]["B6"].fill.fgColor.rgb == ERROR_FILL


def test_a_merged_range_is_marked_at_its_top_left_cell() -> None:
    sheet = opened(annotate(rich_workbook(), number(6, position=5)))[SHEET]
    assert sheet["E4"].comment and sheet["E4"].fill.fgColor.rgb == ERROR_FILL
    assert sum(bool(c.comment) for row in sheet.iter_rows() for c in row) == 3


def test_a_finding_of_a_row_marks_its_first_filled_cell() -> None:
    content = plain_workbook([["", "id", "Value"], [None, "a", 1]])
    sheet = opened(annotate(content, number(2, sheet="Data", position=None)))["Data"]
    assert sheet["B2"].comment
    assert not sheet["A2"].comment


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ("<sheetData/>", [(3, 1), (9, 0)]),
        ('<sheetData><row r="2"><c r="A2"><v>1</v></c><c r="D2"><v>1</v></c></row><row r="5"/></sheetData>',
         [(1, 0), (2, 1), (2, 2), (2, 4), (3, 0), (5, 0), (5, 3), (9, 1)]),
        ("<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row></sheetData>",
         [(1, 1), (2, 2), (4, 0)]),
        ('<sheetData><row r="2" spans="1:2" ht="20"></row></sheetData>', [(2, 0), (2, 7)]),
    ],
)  # fmt: skip
def test_cells_and_rows_that_are_not_there_are_written_in_order(rows: str, places: list[tuple[int, int]]) -> None:
    content = plain_workbook([["x"]])
    whole = re.search(rb"<sheetData>.*</sheetData>", parts_of(content)[SHEET_1])
    assert whole
    findings = Findings()
    for row, column in places:
        findings.add("value.number", sheet="Data", column="Value", position=column, rows=[row], values=["x"])
    copy = annotate(replaced(content, SHEET_1, (whole[0], rows.encode())), findings)
    sheet = opened(copy)["Data"]
    marked = [
        (c.row, c.column - 1) for r in sheet.iter_rows() for c in r if c.comment and c.fill.fgColor.rgb == ERROR_FILL
    ]
    assert marked == sorted(places)
    written = parts_of(copy)[SHEET_1]
    numbers = [int(n) for n in re.findall(rb'<row r="(\d+)"', written)]
    assert numbers == sorted(set(numbers))
    assert rb"spans" not in written


def test_a_blank_cell_takes_the_style_of_its_column() -> None:
    content = plain_workbook([["id", "Value"], ["a"]])
    content = replaced(
        content, SHEET_1, (b"<sheetData>", b'<cols><col min="2" max="3" width="9" style="0"/></cols><sheetData>')
    )
    assert opened(annotate(content, number(2, sheet="Data")))["Data"]["B2"].comment


def test_a_finding_of_a_whole_column_marks_its_heading() -> None:
    findings = Findings()
    findings.add("heading.unmapped", sheet=SHEET, column="Sum", position=2)
    sheet = opened(annotate(rich_workbook(), findings))[SHEET]
    assert sheet["C3"].comment
    assert sheet["C3"].fill.fgColor.rgb in (WARNING_FILL, ADVISORY_FILL)


@pytest.mark.parametrize("is_absolute", [True, False])
def test_prefixed_and_strict_workbooks_are_edited(is_absolute: bool) -> None:
    parts = parts_of(plain_workbook([["id", "Value"], ["a", 1]]))
    main, strict = (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    office, strict_office = (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    )
    parts = {n: c.replace(main, strict).replace(office, strict_office) for n, c in parts.items()}
    sheet = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", parts[SHEET_1]).replace(b"xmlns=", b"xmlns:x=")
    parts[SHEET_1] = sheet
    links = parts["xl/_rels/workbook.xml.rels"]
    assert b'"/xl/worksheets/sheet1.xml"' in links
    if not is_absolute:
        parts["xl/_rels/workbook.xml.rels"] = links.replace(b'"/xl/worksheets/', b'"worksheets/')
    after = parts_of(annotate(packed(parts), number(2, sheet="Data")))
    assert re.search(rb'<x:c r="B2" [^>]*s="[1-9]', after[SHEET_1])
    assert b"<x:legacyDrawing" in after[SHEET_1]
    assert strict in after["xl/comments1.xml"] and strict in after["xl/worksheets/sheet2.xml"]
    assert main not in after["xl/worksheets/sheet2.xml"]


def test_a_workbook_without_styles_gets_some() -> None:
    parts = parts_of(plain_workbook([["id", "Value"], ["a", 1]]))
    del parts["xl/styles.xml"]
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        parts[name] = re.sub(rb'<(Override|Relationship)[^>]*styles\.xml"[^>]*/>', b"", parts[name])
    assert opened(annotate(packed(parts), number(2, sheet="Data")))["Data"]["B2"].fill.fgColor.rgb == ERROR_FILL


def test_a_sheet_in_utf_16_is_edited() -> None:
    parts = parts_of(plain_workbook([["id", "Value"], ["سنة", 1]]))
    text = re.sub(r"^<\?xml[^>]*\?>", "", parts[SHEET_1].decode())
    parts[SHEET_1] = ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")
    assert opened(annotate(packed(parts), number(2, sheet="Data")))["Data"]["B2"].comment


def test_a_sheet_with_a_document_type_is_shown_as_text_instead() -> None:
    content = plain_workbook([["id", "Value"], ["a", 1]])
    sheet = parts_of(content)[SHEET_1]
    content = replaced(content, SHEET_1, (sheet, b'<!DOCTYPE worksheet [<!ENTITY e "x">]>' + sheet))
    copy = annotate(content, number(2, sheet="Data"))
    assert b"DOCTYPE" not in b"".join(parts_of(copy).values())


def test_macros_stay_and_so_does_the_kind_of_the_workbook() -> None:
    parts = parts_of(plain_workbook([["id", "Value"], ["a", 1]]))
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    enabled = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(kind, enabled)
    parts["xl/vbaProject.bin"] = b"\xd0\xcf macros"
    content = packed(parts)
    after = parts_of(annotate(content, number(2, sheet="Data")))
    assert after["xl/vbaProject.bin"] == b"\xd0\xcf macros"
    assert enabled in after["[Content_Types].xml"]
    assert (annotated_suffix(content), annotated_suffix(b"id;Value"), annotated_suffix(rich_workbook())) == (
        ".xlsm", ".xlsx", ".xlsx"
    )  # fmt: skip


def test_the_copy_is_the_same_every_time() -> None:
    content = rich_workbook()
    assert annotate(content, number(4)) == annotate(content, number(4))


def test_a_sheet_pattern_of_the_source_does_not_take_the_list_for_data() -> None:
    copy = annotate(rich_workbook(), number(4), source=source_of(sheet="Find*"))
    assert opened(copy).sheetnames[-1] == "idtracker Findings"
