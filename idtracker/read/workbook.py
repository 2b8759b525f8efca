"""Excel and OpenDocument workbooks to tables of text cells."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from idtracker.catalog.source import Part, Source
from idtracker.findings import Findings
from idtracker.read.cell_errors import errors_by_sheet
from idtracker.read.grid import SheetGrid, tabulate
from idtracker.read.heading import Wanted, find_heading
from idtracker.read.legacy import read_legacy_sheets
from idtracker.read.raw import RawTable, Reading
from idtracker.read.refusal import RefusalError, refusing, unreadable
from idtracker.read.sheets import named_sheets
from idtracker.read.sniff import XLS, XLSX
from idtracker.read.stamp import members_of, stamp_of

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_DAMAGED = "the workbook is damaged or is not what it claims to be"


class Workbook:
    """Sheets as grids of text, each read once and only if it is asked for."""

    def __init__(self, content: bytes, found: str) -> None:
        self._rows_of: Callable[[str], Sequence[Sequence[object]]]
        if found == XLS:
            sheets = read_legacy_sheets(content, _DAMAGED)
            self.sheets, self._rows_of = list(sheets), sheets.__getitem__
        else:
            book = _open(content)
            self.sheets, self._rows_of = _worksheets(book), partial(_values, book)
        self._errors = errors_by_sheet(content) if found == XLSX else {}
        self.stamp = {} if found == XLS else stamp_of(content, members_of(content))
        self.grid = cache(self._grid)

    def _grid(self, sheet: str) -> SheetGrid:
        grid = [[_text_of(cell) for cell in row] for row in self._rows_of(sheet)]
        for (row, column), text in self._errors.get(sheet, {}).items():
            if row < len(grid) and column < len(grid[row]):
                grid[row][column] = text
        return SheetGrid(sheet, grid)


def read_workbook(content: bytes, found: str, source: Source) -> Reading:
    """Every part of the source from the sheets of a workbook; row numbers are one-based rows of the sheet.

    Numbers are written as short as they can be (`1996`, `0.25`), dates as ISO 8601, truth values as TRUE and FALSE,
    errors as what the cell shows (`#N/A`). A sheet that is named and absent is `file.sheet_missing`, unless the part
    is optional; a part that names no sheet takes the first sheet with any of its headings.
    """
    book = Workbook(content, found)
    if not any(any(any(r) for r in book.grid(s).rows) for s in book.sheets):
        raise RefusalError("file.empty")
    tables: dict[str, list[RawTable]] = {}
    findings = Findings()
    for part in source.parts:
        sheets = sheets_of(part, book, findings)
        read = [tabulate(g, find_heading(g.head, part), part, source.format.missing)[0] for g in map(book.grid, sheets)]
        if read:
            tables[part.id] = read
    return Reading(tables, findings, book.stamp)


def sheets_of(part: Part, book: Workbook, findings: Findings) -> list[str]:
    """The sheets that a part is read from, in the order of the workbook."""
    if part.layout.sheet is None:
        return _sheet_with_headings(part, book)
    return named_sheets(part.layout.sheet, part.optional, book.sheets, findings)


def _sheet_with_headings(part: Part, book: Workbook) -> list[str]:
    wanted = Wanted(part)
    filled = [s for s in book.sheets if any(any(r) for r in book.grid(s).rows)]
    for sheet in filled:
        if wanted.matches(find_heading(book.grid(sheet).head, part).names):
            return [sheet]
    return [] if part.optional else filled[:1]


def _open(content: bytes) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook, PasswordError

    with refusing(_DAMAGED):
        try:
            return CalamineWorkbook.from_filelike(io.BytesIO(content))
        except PasswordError:
            raise unreadable("the workbook is protected by a password") from None


def _worksheets(book: CalamineWorkbook) -> list[str]:
    from python_calamine import SheetTypeEnum

    return [m.name for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]


def _values(book: CalamineWorkbook, sheet: str) -> Sequence[Sequence[object]]:
    with refusing(_DAMAGED):
        rows: Sequence[Sequence[object]] = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return rows


def _text_of(cell: object) -> str:
    return cell if isinstance(cell, str) else _WRITERS.get(type(cell), str)(cell)


def _write_float(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    if value.is_integer():
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    import numpy as np

    return np.format_float_positional(value, trim="-")


def _write_datetime(value: dt.datetime) -> str:
    return value.date().isoformat() if value.time() == dt.time() else value.isoformat()


def _write_duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


_WRITERS: dict[type, Callable[..., str]] = {
    float: _write_float,
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.datetime: _write_datetime,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: _write_duration,
}
