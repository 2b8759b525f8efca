"""Cells of a workbook that hold what the store holds: numbers, days and instants as such, and texts that are never formulas."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

from idtracker.publish.export.sheet_text import whole_or_cut

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

EXACT = 10**15
"""Spreadsheets keep 15 digits of a number; one with more is written as text."""
FIRST_DAY = date(1900, 3, 1)  # before it spreadsheets count a day that never was
READ_OTHERWISE = tuple("=+-@#0123456789")
"""What a text begins with that becomes a formula, an error, a number or a date when a person edits it."""


def heading_cell(sheet: WriteOnlyWorksheet, name: str) -> object:
    """A text in bold."""
    from openpyxl.styles import Font

    cell = text_cell(sheet, name)
    cell.font = Font(bold=True)
    return cell


def value_cell(sheet: WriteOnlyWorksheet, value: object) -> object:
    """What openpyxl writes for a value: itself where a cell holds it as it is, else its text."""
    if value is None or isinstance(value, bool | time):
        return value
    if isinstance(value, str):
        return text_cell(sheet, value) if value.startswith(READ_OTHERWISE) else whole_or_cut(value)
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, date):
        return value if date(value.year, value.month, value.day) >= FIRST_DAY else text_cell(sheet, value.isoformat())
    if isinstance(value, float):
        return value if isfinite(value) else text_cell(sheet, str(value))
    if isinstance(value, int) and abs(value) < EXACT:
        return value
    if isinstance(value, Decimal) and value.is_finite() and len(value.normalize().as_tuple().digits) <= 15:
        return value
    return text_cell(sheet, _as_text(value))


def text_cell(sheet: WriteOnlyWorksheet, text: str) -> Any:
    """A cell of text, also where the text looks like a formula, an error or a number; it stays text when a person edits it."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, whole_or_cut(text))
    cell.data_type = "s"
    if text.startswith(READ_OTHERWISE):
        cell.quotePrefix = True
    return cell


def _as_text(value: object) -> str:
    """Lists and structures as JSON, bytes in hexadecimal digits, anything else as Python writes it."""
    import json

    if isinstance(value, bytes):
        return value.hex()
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict | tuple) else str(value)
