"""Cells of one worksheet marked in its XML: only start tags of marked cells change, everything else stays byte for byte."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection

from idtracker.feedback.annotate.package import as_utf8
from idtracker.feedback.annotate.sheet_scan import Address, Cell, Merges, Row, SheetScan
from idtracker.model.findings import cell_address

Restyle = Callable[[int, Address], int | None]
_STYLE = re.compile(rb"""\ss\s*=\s*(?:"[^"]*"|'[^']*')""")
_SPANS = re.compile(rb"""\sspans\s*=\s*(?:"[^"]*"|'[^']*')""")
_TAG_END = re.compile(rb"\s*(/?>)$")


class MarkedSheet:
    """A worksheet being marked. `places` are one-based rows with zero-based columns, None for a row as a whole."""

    def __init__(self, xml: bytes, places: Collection[tuple[int, int | None]]) -> None:
        xml = as_utf8(xml)
        rows = {row for row, _ in places}
        self._merges = Merges(xml)
        self.scan = SheetScan(xml, rows | self._merges.look_at(rows))
        self._splices: list[tuple[int, int, bytes]] = []
        self._head = f"{self.scan.prefix}:".encode() if self.scan.prefix else b""

    def cell_of(self, row: int, column: int | None) -> Address:
        """The cell to mark for a place: the anchor of a merged range; for a row, its first filled cell."""
        return self._merges.anchor(row, self._first_column(row) if column is None else column)

    def has(self, cell: Address) -> bool:
        """Whether the cell is written in the sheet; its row must be one of the places."""
        row = self.scan.rows.get(cell[0])
        return row is not None and any(c.column == cell[1] for c in row.cells)

    def paint(self, cells: Collection[Address], restyle: Restyle) -> None:
        """Give each cell the style that `restyle` makes of its present one; None leaves the cell as it is.

        Cells and rows that are not there are written.
        """
        by_row: dict[int, list[int]] = {}
        for row, column in sorted(cells):
            by_row.setdefault(row, []).append(column)
        fresh = [(n, self._new_row(n, by_row[n], restyle)) for n in by_row if n not in self.scan.rows]
        for number, columns in by_row.items():
            if number in self.scan.rows:
                self._paint_row(self.scan.rows[number], columns, restyle)
        self._insert_rows([(n, row) for n, row in fresh if row])

    def refer_to_notes(self, relation_id: str, namespace: str) -> None:
        """Point to the drawing that holds the boxes of the notes."""
        tag = f'legacyDrawing xmlns:notes="{namespace}" notes:id="{relation_id}"/>'
        self._splices.append((self.scan.drawing_at, self.scan.drawing_at, b"<" + self._head + tag.encode()))

    def to_bytes(self) -> bytes:
        pieces, at = [], 0
        for start, end, content in sorted(self._splices, key=lambda s: s[:2]):
            pieces += [self.scan.xml[at:start], content]
            at = end
        return b"".join([*pieces, self.scan.xml[at:]])

    def _first_column(self, row: int) -> int:
        known = self.scan.rows.get(row)
        cells = known.cells if known else []
        filled = [c.column for c in cells if c.is_filled]
        return filled[0] if filled else 0

    def _paint_row(self, row: Row, columns: list[int], restyle: Restyle) -> None:
        there = {c.column: c for c in row.cells}
        absent = [c for c in columns if c not in there]
        for column in columns:
            if column in there:
                self._restyle(row.number, there[column], restyle)
        cells = [(c, self._new_cell(row.number, c, restyle)) for c in absent]
        cells = [(c, cell) for c, cell in cells if cell]
        if not cells:
            return
        tag = _SPANS.sub(b"", self.scan.xml[row.start : row.tag_end])
        if row.is_empty_tag:
            inside = b"".join(cell for _, cell in cells)
            tag = tag[:-2].rstrip() + b">" + inside + b"</" + self._head + b"row>"
            cells = []
        self._splices.append((row.start, row.tag_end, tag))
        order = [c.column for c in row.cells]
        for column, cell in cells:
            after = bisect_left(order, column)
            at = row.cells[after].start if after < len(order) else row.cells_end
            self._splices.append((at, at, cell))

    def _restyle(self, row: int, cell: Cell, restyle: Restyle) -> None:
        style = restyle(cell.style, (row, cell.column))
        if style is None:
            return
        tag = self.scan.xml[cell.start : cell.tag_end]
        attribute = f' s="{style}"'.encode()
        changed, count = _STYLE.subn(attribute, tag, count=1)
        if not count:
            changed = _TAG_END.sub(lambda end: attribute + end[1], tag)
        self._splices.append((cell.start, cell.tag_end, changed))

    def _new_cell(self, row: int, column: int, restyle: Restyle) -> bytes:
        style = restyle(self.scan.style_of_blank(row, column), (row, column))
        if style is None:
            return b""
        return b"<" + self._head + f'c r="{cell_address(column, row)}" s="{style}"/>'.encode()

    def _new_row(self, row: int, columns: list[int], restyle: Restyle) -> bytes:
        cells = b"".join(self._new_cell(row, c, restyle) for c in columns)
        if not cells:
            return b""
        return b"<" + self._head + f'row r="{row}">'.encode() + cells + b"</" + self._head + b"row>"

    def _insert_rows(self, rows: list[tuple[int, bytes]]) -> None:
        if rows and self.scan.data and self.scan.data_is_empty_tag:
            end = self.scan.data[0]
            start = self.scan.xml.rindex(b"<", 0, end)
            tag = self.scan.xml[start : end - 2].rstrip() + b">"
            content = tag + b"".join(r for _, r in rows) + b"</" + self._head + b"sheetData>"
            self._splices.append((start, end, content))
            return
        for number, row in rows:
            at = self.scan.insertion_point(number)
            self._splices.append((at, at, row))
