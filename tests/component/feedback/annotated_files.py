"""What the tests of annotated copies share: an answer with given findings, a workbook with everything in it, and its parts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from idtracker.feedback.annotate.annotate import annotated_workbook
from idtracker.feedback.check.result import CheckResult
from idtracker.ingest.judge.assess import Assessment
from idtracker.model.config.source import Source
from idtracker.model.findings import Findings
from idtracker.model.messages import Lang

ERROR_FILL, WARNING_FILL, ADVISORY_FILL = "FFFFC7CE", "FFFFEB9C", "FFDDEBF7"


def source_of(kind: str = "xlsx", heading: str = "Value", **layout: Any) -> Source:
    return Source.model_validate({
        "title": "t", "publisher": "GB-GOV-1", "format": {"kind": kind}, "cadence": {"every": "year"}, "feeds": "activity",
        "key": ["reference"], "layout": layout,
        "columns": [{"field": "reference", "heading": "id"}, {"field": "title", "heading": heading}],
    })  # fmt: skip


def answer_with(findings: Findings, source: Source | None = None) -> CheckResult:
    assessment = Assessment("s", "s-1", "file", findings=findings, rows_read=0 if findings.is_critical else 3)
    return CheckResult(source or source_of(), "s-1", assessment)


def annotate(
    content: bytes, findings: Findings, lang: Lang = "en", source: Source | None = None, name: str = "f.xlsx"
) -> bytes:
    return annotated_workbook(answer_with(findings, source), content, name, lang)


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def replaced(content: bytes, part: str, *pairs: tuple[bytes, bytes]) -> bytes:
    """The workbook with bytes of one part replaced; each must be there."""
    parts = parts_of(content)
    for old, new in pairs:
        assert old in parts[part], old
        parts[part] = parts[part].replace(old, new)
    return packed(parts)


def plain_workbook(rows: list[list[object]], title: str = "Data") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def rich_workbook() -> bytes:
    """Banner, heading row 3, data rows 4 to 6; styles, a formula with a cached value, a note, a chart and much else."""
    book = openpyxl.Workbook()
    data, other = book.active, book.create_sheet("Other sheet")
    data.title = "Data & 'more'"
    for row in (["Report"], [], ["id", "Value", "Sum"], ["a", 1, None], ["b", 2, None], ["c", 3, None]):
        data.append(row)
    data["B4"].number_format, data["B4"].font = "0.00", Font(bold=True, color="FF00AA00")
    data["B4"].alignment = Alignment(horizontal="center")
    data["B5"].fill = PatternFill("solid", fgColor="FF123456")
    data["C4"] = "=B4*2"
    data["B6"].comment = Comment("Seen by the office.", "Office")
    data["A6"].comment = Comment("Other note.", "Office")
    data.merge_cells("E4:F6")
    data["E4"] = "merged"
    data.conditional_formatting.add(
        "B4:B6", CellIsRule(operator="greaterThan", formula=["9"], font=Font(color="FFFF0000"))
    )
    choice = DataValidation(type="list", formula1='"a,b,c"')
    choice.add("A4:A6")
    data.add_data_validation(choice)
    chart = BarChart()
    chart.add_data(Reference(data, min_col=2, min_row=3, max_row=6))
    data.add_chart(chart, "H2")
    data.freeze_panes, data.auto_filter.ref = "A4", "A3:C6"
    other["A1"], other["A2"] = "kept", "=1+1"
    other.sheet_state = "hidden"
    book.defined_names["Total"] = DefinedName("Total", attr_text="'Other sheet'!$A$1")
    return replaced(saved(book), "xl/worksheets/sheet1.xml", (b"<f>B4*2</f><v></v>", b"<f>B4*2</f><v>2</v>"))
