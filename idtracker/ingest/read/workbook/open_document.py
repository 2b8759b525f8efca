"""What the XML of an OpenDocument spreadsheet says beside its values: what is hidden, filtered or merged, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from idtracker.ingest.read.archive.containers import inflated
from idtracker.ingest.read.refusal import refusing
from idtracker.ingest.read.workbook.open_formats import SIGNS, OpenFormats
from idtracker.ingest.read.workbook.package import DAMAGED, PackageReader
from idtracker.ingest.read.workbook.sheet_facts import SheetFacts

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTENT = "content.xml"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SIGNS = (b"visibility=", b"-spanned=", *SIGNS)
_DEFAULT_STYLE = f"{_TABLE}default-cell-style-name"
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384


def facts_of_sheets(package: PackageReader) -> dict[str, SheetFacts]:
    """Sheet name -> its facts, for an OpenDocument spreadsheet with anything hidden, merged or shown otherwise; else nothing."""
    member = package.members.get(_CONTENT)
    if member is None:
        return {}
    with refusing(DAMAGED):
        if not _has_signs(inflated(package.content, member)):
            return {}
        return _walk(inflated(package.content, member))


def _has_signs(pieces: Iterable[bytes]) -> bool:
    end = b""
    for piece in pieces:
        if any(sign in end + piece for sign in _SIGNS):
            return True
        end = piece[-max(map(len, _SIGNS)) :]
    return False


def _walk(pieces: Iterable[bytes]) -> dict[str, SheetFacts]:
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    sheets: dict[str, SheetFacts] = {}
    formats = OpenFormats()
    sheet = _Sheet(SheetFacts(), formats)
    for piece in pieces:
        parser.feed(piece)
        for event, part in parser.read_events():
            element = cast("_Element", part)
            tag = str(element.tag).removeprefix(_TABLE)
            if event == "start" and tag == "table":
                sheet = _Sheet(sheets.setdefault(element.get(f"{_TABLE}name", ""), SheetFacts()), formats)
            elif event == "end" and tag.endswith(("}date-style", "}style")):
                formats.add_style(element)
            elif event == "end" and tag == "table-column":
                sheet.add_column(element)
            elif event == "end" and tag == "table-row":
                sheet.add_row(element)
                element.clear()
    return sheets


class _Sheet:
    """One sheet while its rows go by."""

    def __init__(self, facts: SheetFacts, formats: OpenFormats) -> None:
        self.facts = facts
        self._formats = formats
        self._row, self._column = 1, 0
        self._styles: list[tuple[int, str]] = []

    def add_column(self, column: _Element) -> None:
        last = min(self._column + _times(column, "columns"), _MOST_COLUMNS)
        if column.get(f"{_TABLE}visibility", "visible") != "visible" and last > self._column:
            self.facts.hidden_columns.append((self._column, last - 1))
        self._styles.append((last, column.get(_DEFAULT_STYLE, "")))
        self._column = last

    def add_row(self, row: _Element) -> None:
        last = min(self._row + _times(row, "rows"), _MOST_ROWS + 1)
        visibility = row.get(f"{_TABLE}visibility", "visible")
        if visibility != "visible":
            self.facts.hidden_rows.extend(range(self._row, last))
            self.facts.is_filtered = self.facts.is_filtered or visibility == "filter"
        self._add_areas(row, last)
        self._row = last

    def _add_areas(self, row: _Element, next_row: int) -> None:
        column = 0
        for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            height, width = _whole(cell, "number-rows-spanned"), _whole(cell, "number-columns-spanned")
            if height > 1 or width > 1:
                bottom = min(self._row + height - 1, _MOST_ROWS)
                right = min(column + width, _MOST_COLUMNS) - 1
                self.facts.merged.append((self._row, column, bottom, right))
            next_column = min(column + _times(cell, "columns"), _MOST_COLUMNS)
            styles = (row.get(_DEFAULT_STYLE, ""), next((s for end, s in self._styles if column < end), ""))
            if (known := self._formats.of_cell(cell, styles)) is not None and next_row > self._row:
                self.facts.shown.append(((self._row, column, next_row - 1, next_column - 1), known))
            column = next_column


def _times(element: _Element, what: str) -> int:
    return _whole(element, f"number-{what}-repeated")


def _whole(element: _Element, name: str) -> int:
    text = element.get(f"{_TABLE}{name}") or "1"
    return int(text) if text.isdecimal() and len(text) < 8 else 1
