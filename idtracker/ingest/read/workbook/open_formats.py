"""How the cells of an OpenDocument spreadsheet are shown: their type says per cent or a currency, their style what of a day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from idtracker.ingest.read.workbook.number_formats import NumberFormat, Section, Shown

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAMES = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_OFFICE, _TABLE, _STYLE, _NUMBER = (_NAMES % name for name in ("office", "table", "style", "datastyle"))
SIGNS = (b'value-type="percentage"', b'value-type="currency"', b"date-style ")


def _format(shown: Shown, words: str = "") -> NumberFormat:
    return NumberFormat((Section(shown, words),))


class OpenFormats:
    """The styles of a spreadsheet as they go by, and what the cells that have them show."""

    def __init__(self) -> None:
        self._of_days: dict[str, NumberFormat] = {}
        self._styles: dict[str, NumberFormat] = {}

    def add_style(self, element: _Element) -> None:
        """A style of days that shows no day, or a style of cells that refers to one."""
        name = element.get(f"{_STYLE}name", "")
        if element.tag == f"{_NUMBER}date-style":
            shows = {str(piece.tag).removeprefix(_NUMBER) for piece in element}
            if not shows & {"day", "day-of-week", "hours", "minutes", "quarter", "week-of-year"}:
                self._of_days[name] = _format("month" if "month" in shows else "year")
        elif (known := self._of_days.get(element.get(f"{_STYLE}data-style-name", ""))) is not None:
            self._styles[name] = known

    def of_cell(self, cell: _Element, defaults: Iterable[str]) -> NumberFormat | None:
        """How a cell is shown, where that is otherwise than it is stored; `defaults` are styles for one without its own."""
        kind = cell.get(f"{_OFFICE}value-type")
        if kind == "percentage":
            return _format("percent")
        if kind == "currency":
            code = cell.get(f"{_OFFICE}currency", "")
            return _format("plain", code) if code else None
        if kind != "date":
            return None
        styles = (cell.get(f"{_TABLE}style-name") or "", *defaults)
        return self._styles.get(next(filter(None, styles), ""))
