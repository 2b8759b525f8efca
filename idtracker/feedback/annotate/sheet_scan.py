"""Where the rows and cells of a worksheet stand in its XML, to the byte. Nothing is built of rows that nobody asks for."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from idtracker.feedback.annotate.package import UneditableError

Address = tuple[int, int]
_TAG_END = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_MERGED = re.compile(
    rb"""<(?:[\w.-]+:)?mergeCell\s[^>]*?\bref\s*=\s*["']([A-Za-z$]+)([\d$]+):([A-Za-z$]+)([\d$]+)["']"""
)
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_BEFORE_LEGACY_DRAWING = frozenset({
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
})  # fmt: skip


@dataclass(slots=True)
class Cell:
    """A cell: the bytes of its start tag, where it ends, and whether anything is in it."""

    column: int
    start: int
    tag_end: int
    end: int
    style: int
    is_filled: bool = False


@dataclass(slots=True)
class Row:
    """A row that was asked for, with its cells in order. `style` is that of its blank cells, if it has one."""

    number: int
    start: int
    tag_end: int
    is_empty_tag: bool
    style: int | None
    cells: list[Cell] = field(default_factory=list)

    @property
    def cells_end(self) -> int:
        return self.cells[-1].end if self.cells else self.tag_end


class Merges:
    """Merged ranges: which cell shows what is meant for another."""

    def __init__(self, xml: bytes) -> None:
        areas = _MERGED.findall(xml, max(xml.rfind(b"sheetData"), 0))
        self._ranges = [
            (int(r1.replace(b"$", b"")), _column(c1), int(r2.replace(b"$", b"")), _column(c2))
            for c1, r1, c2, r2 in areas
        ]
        self._of_row: dict[int, list[tuple[int, int, int]]] = {}

    def look_at(self, rows: Iterable[int]) -> set[int]:
        """Prepare for cells of these rows; returns the rows of the anchors that may stand for them."""
        wanted = sorted(rows)
        anchors = set()
        for top, left, bottom, right in self._ranges:
            for row in wanted[bisect_left(wanted, top) : bisect_right(wanted, bottom)]:
                self._of_row.setdefault(row, []).append((left, right, top))
                anchors.add(top)
        return anchors

    def anchor(self, row: int, column: int) -> Address:
        """The top left cell of the range that the cell is in, else the cell itself."""
        inside = (r for r in self._of_row.get(row, ()) if r[0] <= column <= r[1])
        left_column, _, top = next(inside, (column, column, row))
        return top, left_column


class SheetScan:
    """One pass over the XML of a worksheet (UTF-8), keeping the places of the `wanted` rows."""

    def __init__(self, xml: bytes, wanted: set[int]) -> None:
        self.xml = xml
        self.rows: dict[int, Row] = {}
        self.row_starts: list[tuple[int, int]] = []
        self.column_styles: list[tuple[int, int, int]] = []
        self.legacy_drawing: str | None = None
        self.data: tuple[int, int] | None = None
        self.drawing_at = 0
        self.prefix = ""
        self._names = ("row", "c", "col")
        self._is_empty_child = False
        self._wanted = wanted
        self._depth = 0
        self._number = 0
        self._column = -1
        self._row: Row | None = None
        self._cell: Cell | None = None
        self._child_end = 0
        self._parse()
        if self.data is None:
            raise UneditableError("the sheet holds no list of rows")

    @property
    def data_is_empty_tag(self) -> bool:
        return self.data is not None and self.xml.endswith(b"/>", 0, self.data[0])

    def insertion_point(self, row: int) -> int:
        """Where a row that is not there has to be written."""
        place = bisect_left(self.row_starts, (row, 0))
        if place < len(self.row_starts):
            return self.row_starts[place][1]
        return self.data[1] if self.data else 0

    def style_of_blank(self, row: int, column: int) -> int:
        """The style of a cell that is not there: its row's, else its column's."""
        known = self.rows.get(row)
        if known is not None and known.style is not None:
            return known.style
        return next((style for first, last, style in self.column_styles if first <= column <= last), 0)

    def _parse(self) -> None:
        parser = self._parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse_document_type
        parser.Parse(self.xml, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        depth = self._depth
        if depth == 5:
            if self._cell is not None:
                self._cell.is_filled = True
        elif depth == 4:
            if self._row is not None and name == self._names[1]:
                self._start_cell(attributes)
        elif depth == 3:
            self._start_inner(name, attributes)
        elif depth == 2:
            self._start_child(name, attributes)
        elif depth == 1:
            self.prefix = name.rpartition(":")[0]
            head = f"{self.prefix}:" if self.prefix else ""
            self._names = (f"{head}row", f"{head}c", f"{head}col")

    def _end(self, name: str) -> None:
        depth = self._depth
        self._depth -= 1
        if depth == 4:
            if self._cell is not None:
                self._end_cell()
        elif depth == 3:
            self._row = None
        elif depth == 2:
            self._end_child(name.rpartition(":")[2])

    def _start_inner(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._names[0]:
            self._number = int(attributes.get("r", self._number + 1))
            start = self._parser.CurrentByteIndex
            self.row_starts.append((self._number, start))
            if self._number in self._wanted:
                self._start_row(start, attributes)
        elif name == self._names[2] and "style" in attributes:
            self.column_styles.append(
                (int(attributes["min"]) - 1, int(attributes["max"]) - 1, int(attributes["style"]))
            )

    def _start_row(self, start: int, attributes: dict[str, str]) -> None:
        tag_end = self._tag_end(start)
        style = int(attributes["s"]) if attributes.get("customFormat") in ("1", "true") and "s" in attributes else None
        self._row = Row(self._number, start, tag_end, self.xml.endswith(b"/>", start, tag_end), style)
        self.rows.setdefault(self._number, self._row)
        self._column = -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        match = _REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = _column(match[1].encode()) if match else self._column + 1
        start = self._parser.CurrentByteIndex
        tag_end = self._tag_end(start)
        self._cell = Cell(self._column, start, tag_end, tag_end, int(attributes.get("s", "0")))
        if self._row is not None:
            self._row.cells.append(self._cell)

    def _end_cell(self) -> None:
        cell = self._cell
        if cell is not None and self.xml[cell.tag_end - 2 : cell.tag_end] != b"/>":
            cell.end = self.xml.index(b">", self._parser.CurrentByteIndex) + 1
        self._cell = None

    def _start_child(self, name: str, attributes: dict[str, str]) -> None:
        start = self._parser.CurrentByteIndex
        self._child_end = self._tag_end(start)
        self._is_empty_child = self.xml[self._child_end - 2 : self._child_end] == b"/>"
        local = name.rpartition(":")[2]
        if local == "sheetData":
            self.data = (self._child_end, self._child_end)
        elif local == "legacyDrawing":
            self.legacy_drawing = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), None)

    def _end_child(self, local: str) -> None:
        index = self._parser.CurrentByteIndex
        end = self._child_end if self._is_empty_child else self.xml.index(b">", index) + 1
        if local == "sheetData" and self.data and not self._is_empty_child:
            self.data = (self.data[0], index)
        if local in _BEFORE_LEGACY_DRAWING:
            self.drawing_at = end

    def _tag_end(self, start: int) -> int:
        match = _TAG_END.match(self.xml, start)
        if match is None:
            raise UneditableError("a tag is not closed")
        return match.end()


def _refuse_document_type(*_: object) -> None:
    raise UneditableError("the sheet declares a document type")


def address_of(reference: str) -> Address | None:
    """`B4` -> (4, 1), None where it is no address of a cell."""
    match = _REFERENCE.fullmatch(reference)
    return (int(match[2]), _column(match[1].encode())) if match else None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.replace(b"$", b"").upper():
        number = number * 26 + letter - 64
    return number - 1
