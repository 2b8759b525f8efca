"""Markings in a table that goes by row by row: alone above and below it, under a heading of classification, in a cell."""

from __future__ import annotations

from collections.abc import Sequence

from idtracker.ingest.marking.folding import fold, may_be_labelled, may_mark, may_matter
from idtracker.ingest.marking.places import Place, labelled_in, marking_in
from idtracker.ingest.marking.wording import is_label

_HEAD_ROWS = 60
_MOST_REMEMBERED = 10_000
_APART = "\x1f"
Row = tuple[int, list[str] | None]
"""How many cells are filled, and the folded cells where there may be a marking or label among them."""


class RowScan:
    """`add` and `skip` one row after the other, then `close`; each returns a marking as soon as one is certain."""

    def __init__(self) -> None:
        self._head: list[Row] = []
        self._width = 0
        self._is_begun = self._is_inside = False
        self._columns: set[int] = set()
        self._pending: str | None = None
        # Values that were no marking among others, such as those of a protection cluster: they come again and again.
        self._ordinary: set[str] = set()

    def add(self, cells: Sequence[str]) -> str | None:
        """A row of cells as text."""
        joined = fold(_APART.join(cells))
        filled = sum(map(bool, map(str.strip, cells)))
        return self._take((filled, joined.split(_APART) if may_matter(joined) else None))

    def skip(self, filled: int) -> str | None:
        """A row without a marking or label, of which only the number of filled cells is known."""
        return self._take((filled, None))

    def close(self) -> str | None:
        """What was certain only when no more rows came."""
        return self._begin() or self._last()

    def _take(self, row: Row) -> str | None:
        if self._is_begun:
            return self._judge(row)
        self._head.append(row)
        return self._begin() if len(self._head) == _HEAD_ROWS else None

    def _begin(self) -> str | None:
        if self._is_begun:
            return None
        self._is_begun = True
        self._width = max((filled for filled, _ in self._head), default=0)
        head, self._head = self._head, []
        for row in head:
            found = self._judge(row, is_head=True)
            if found:
                return found
        return None

    def _judge(self, row: Row, *, is_head: bool = False) -> str | None:
        filled, cells = row
        if not filled:
            return None
        is_table_row = filled > 1 and filled > self._width // 2
        place = self._place(filled, is_table_row)
        found = self._in_cells(cells, place) if cells else None
        if cells and is_head and not found:
            self._columns |= _headings(cells, is_table_row)
        if is_table_row or self._width == 1:
            self._is_inside, self._pending = True, None
        if cells and not found and filled == 1 and self._is_inside:
            self._pending = marking_in("\n".join(filter(None, cells)), Place.ALONE)
        return found

    def _place(self, filled: int, is_table_row: bool) -> Place:
        if not self._is_inside and not is_table_row and filled <= max(1, min(2, self._width - 2)):
            return Place.ALONE
        return Place.ROW if filled == 1 else Place.CELL

    def _in_cells(self, cells: list[str], place: Place) -> str | None:
        has_label = may_be_labelled(_APART.join(cells))
        keyed = self._columns | (_beside_labels(cells) if has_label else set())
        for i, cell in enumerate(cells):
            if (cell in self._ordinary and i not in keyed and place == Place.CELL) or not may_mark(cell):
                continue
            found = marking_in(cell, Place.KEYED if i in keyed else place) or (labelled_in(cell) if has_label else None)
            if found:
                return found
            if place == Place.CELL and len(self._ordinary) < _MOST_REMEMBERED:
                self._ordinary.add(cell)
        return None

    def _last(self) -> str | None:
        """An everyday word alone in the last row. In a table of one column PROTECT is a value there as anywhere."""
        return None if self._width == 1 and self._pending == "PROTECT" else self._pending


def _headings(cells: list[str], is_table_row: bool) -> set[int]:
    """Columns under a heading of classification; `Classification: | OFFICIAL` is a pair and heads no column."""
    labels = (i for i, cell in enumerate(cells) if cell and is_label(cell))
    return {i for i in labels if is_table_row or _next_filled(cells, i) is None}


def _beside_labels(cells: list[str]) -> set[int | None]:
    return {_next_filled(cells, i) for i, cell in enumerate(cells) if cell and is_label(cell)}


def _next_filled(cells: list[str], at: int) -> int | None:
    return next((i for i in range(at + 1, len(cells)) if cells[i].strip()), None)
