"""Rows of a sheet as the text that stands in its part of a workbook, written at once: openpyxl makes an object of every cell.

Cells are those of `sheet_cells.value_cell`: a test holds both against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from idtracker.publish.export.sheet_cells import EXACT, FIRST_DAY, READ_OTHERWISE
from idtracker.publish.export.sheet_text import whole_or_cut

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_ROWS_AT_ONCE = 1_000
_MOST_REMEMBERED = 50_000
_BEGINNING = datetime.fromisoformat("1899-12-30")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CellStyles:
    """Numbers of the styles of a workbook: texts with a quote prefix, days, instants."""

    quoted: int
    day: int
    instant: int

    @classmethod
    def of(cls, book: Workbook) -> CellStyles:
        """Enter the styles into a new workbook. They come first, so that they have the same numbers in each."""
        from types import SimpleNamespace

        from openpyxl.cell import WriteOnlyCell

        place: Any = SimpleNamespace(parent=book)
        quoted = WriteOnlyCell(place, "x")
        quoted.quotePrefix = True
        day, instant = WriteOnlyCell(place, _BEGINNING.date()), WriteOnlyCell(place, _BEGINNING)
        return cls(*(int(cell.style_id) for cell in (quoted, day, instant)))


def sheet_rows(rows: Iterable[Sequence[object]], columns: int, styles: CellStyles, first: int = 2) -> Iterator[bytes]:
    """Rows of plain values as the store gives them, the first of them in line `first`, a thousand at a time."""
    from openpyxl.utils import get_column_letter

    letters = [get_column_letter(number) for number in range(1, columns + 1)]
    cells = _Cells(styles)
    lines: list[str] = []
    for number, row in enumerate(rows, first):
        filled = [
            f'<c r="{letter}{number}"{cells[value]}'
            for letter, value in zip(letters, row, strict=True)
            if value is not None
        ]
        lines.append(f'<row r="{number}">{"".join(filled)}</row>')
        if len(lines) == _ROWS_AT_ONCE:
            yield "".join(lines).encode()
            lines = []
    yield "".join(lines).encode()


class _Cells(dict[object, str]):
    """What follows the place of a cell, by its value; the same texts and instants come again and again."""

    def __init__(self, styles: CellStyles) -> None:
        self._styles = styles

    def __missing__(self, value: object) -> str:
        if isinstance(value, bool | float | int):  # True, 1 and 1.0 are one key
            return _number(value, self._styles)
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        text = self[value] = _cell(value, self._styles)
        return text


def _number(value: object, styles: CellStyles) -> str:
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    is_held = abs(value) < EXACT if isinstance(value, int) else isinstance(value, float) and isfinite(value)
    return f' t="n"><v>{value!r}</v></c>' if is_held else _text(str(value), styles)


def _cell(value: object, styles: CellStyles) -> str:
    if isinstance(value, str):
        return _text(value, styles)
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        if day < FIRST_DAY:
            return _text(value.isoformat(), styles)
        if isinstance(value, datetime):
            return f' s="{styles.instant}" t="n"><v>{(value - _BEGINNING) / _DAY!r}</v></c>'
        return f' s="{styles.day}" t="n"><v>{(value - _BEGINNING.date()).days}</v></c>'
    raise TypeError(f"no column holds a {type(value).__name__}")


def _text(text: str, styles: CellStyles) -> str:
    style = f' s="{styles.quoted}"' if text.startswith(READ_OTHERWISE) else ""
    shown = escape(whole_or_cut(text), {"\r": "&#13;"})
    kept = ' xml:space="preserve"' if shown != shown.strip() or "\n" in shown else ""
    return f'{style} t="inlineStr"><is><t{kept}>{shown}</t></is></c>'
