"""Held rows as a workbook to correct: a sheet per part, a line per row, the reasons beside it, stamped so that it is known on return."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from idtracker.feedback.held_rows import MESSAGES, HeldRow, Reason, reason_text
from idtracker.ingest.judge.correction import KIND, REFERENCE, heading_of, sheet_titles
from idtracker.model.config.source import Source
from idtracker.model.errors import UsageError
from idtracker.model.messages import Lang, phrase
from idtracker.publish.export.sheet_text import MOST_ROWS, as_sheet_text

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_MOST_NOTES = 5_000
_LONGEST_NOTE = 2_000
_GREY, _MARKED, _HEAD = "FFD9D9D9", "FFFFC7CE", "FFDCE6F1"


def correction_workbook(source: Source, rows: Sequence[HeldRow], lang: Lang, made_at: datetime) -> bytes:
    """An XLSX workbook with these held rows of one source, to be corrected and sent back; every cell is text."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for part_id, title in sheet_titles(source).items():
        own = [r for r in rows if r.part == part_id]
        if len(own) >= MOST_ROWS:
            raise UsageError(f"{len(own):,} rows do not fit on one sheet; name one submission with --submission.")
        if own:
            _write_sheet(book.create_sheet(title), own, lang)
    _write_notes(book, source, lang)
    _stamp(book, source, lang, made_at)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_sheet(sheet: Worksheet, rows: Sequence[HeldRow], lang: Lang) -> None:
    from openpyxl.utils import get_column_letter

    sheet.sheet_view.rightToLeft = lang == "ar"
    headings = list(dict.fromkeys(name for row in rows for name in row.cells))
    columns = [*REFERENCE, *headings]
    for column, name in enumerate([heading_of(n, lang) for n in REFERENCE] + headings, 1):
        _write(sheet, 1, column, name, fill=_HEAD, is_bold=True)
    for line, row in enumerate(rows, 2):
        _write_line(sheet, line, row, columns, lang)
    for column, name in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(column)].width = 60 if name == "reasons" else 18
    sheet.freeze_panes = sheet.cell(2, len(REFERENCE) + 1)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    sheet.protection.sheet = True
    for allowed in ("formatColumns", "formatRows", "sort", "autoFilter"):
        setattr(sheet.protection, allowed, False)  # the switch says what is forbidden


def _write_line(sheet: Worksheet, line: int, row: HeldRow, columns: Sequence[str], lang: Lang) -> None:
    cells = {"submission": row.of[0], "sheet": row.of[1], "row": row.of[2], "leave_out": None}
    cells["reasons"] = "\n".join(
        f"{r.column}: {reason_text(r, lang)}" if r.column else reason_text(r, lang) for r in row.reasons
    )
    wrong: dict[str, list[Reason]] = {}
    for reason in row.reasons:
        wrong.setdefault(reason.column, []).append(reason)
    for column, name in enumerate(columns, 1):
        is_reference = column <= len(REFERENCE)
        text = cells[name] if is_reference else row.cells.get(name)
        is_wrong = not is_reference and name in wrong
        is_open = not is_reference or name == "leave_out"
        fill = _MARKED if is_wrong else None if is_open else _GREY
        _write(sheet, line, column, text, fill=fill, is_open=is_open, wraps=name == "reasons")
        if is_wrong and line <= _MOST_NOTES:
            _note(sheet, line, column, "\n".join(reason_text(r, lang) for r in wrong[name]))


def _write(
    sheet: Worksheet, row: int, column: int, text: str | None, *, fill: str | None = None, is_bold: bool = False,
    is_open: bool = False, wraps: bool = False,
) -> None:  # fmt: skip
    """Text, never a formula and never a number, in a cell that may be written in or not."""
    from openpyxl.styles import Alignment, Font, PatternFill, Protection

    cell = sheet.cell(row, column)
    if text is not None:
        cell.value = as_sheet_text(text)
        cell.data_type = "s"
    cell.number_format = "@"
    cell.protection = Protection(locked=not is_open)
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    if is_bold:
        cell.font = Font(bold=True)
    if wraps:
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _note(sheet: Worksheet, row: int, column: int, text: str) -> None:
    from openpyxl.comments import Comment

    note = Comment(as_sheet_text(text)[:_LONGEST_NOTE], "idtracker", width=360, height=120)
    sheet.cell(row, column).comment = note


def _write_notes(book: Workbook, source: Source, lang: Lang) -> None:
    """How to use the workbook, on a sheet of its own behind the data."""
    taken = {name.casefold() for name in book.sheetnames}
    title = phrase(MESSAGES, "notes_title", lang)
    sheet = book.create_sheet(title if title.casefold() not in taken else f"{title} 2")
    sheet.sheet_view.rightToLeft = lang == "ar"
    sheet.column_dimensions["A"].width = 110
    marks = {name: heading_of(name, lang) for name in REFERENCE}
    texts = phrase(MESSAGES, "notes", lang, source=source.title, source_id=source.id, **marks).strip().splitlines()
    for line, text in enumerate(texts, 1):
        _write(sheet, line, 1, text.strip(), is_bold=line == 1, wraps=True)


def _stamp(book: Workbook, source: Source, lang: Lang, made_at: datetime) -> None:
    from openpyxl.packaging.custom import StringProperty

    for name, value in {"kind": KIND, "source": source.id, "lang": lang, "made_on": made_at.date().isoformat()}.items():
        book.custom_doc_props.append(StringProperty(name=f"idtracker.{name}", value=value))
    book.properties.title, book.properties.creator = source.title, "idtracker"
    book.properties.created = book.properties.modified = made_at
