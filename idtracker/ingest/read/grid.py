"""A sheet of text cells and the table inside it: what is data, what is not, and where each row stood."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.read.cells import clean, columns_of, frame_of, without_marks, written_out
from idtracker.ingest.read.heading import SEARCHED_ROWS, Heading, name_columns
from idtracker.ingest.read.raw import RawTable
from idtracker.ingest.read.stored import Codes, Stored
from idtracker.model.config.source import Layout, Part, Source
from idtracker.model.findings import Findings


@dataclass(frozen=True, slots=True)
class Body:
    """The rows below the headings as columns, as many as were asked for or more.

    `ragged` are the one-based numbers of rows with something beyond the last heading, `trailing` of those with empty cells
    there where other rows have none.

    `stored` has the codes of the first columns (see `Stored`), none where all is text.
    """

    columns: list[pa.ChunkedArray]
    ragged: list[int] = field(default_factory=list)
    trailing: list[int] = field(default_factory=list)
    stored: list[Codes] = field(default_factory=list)
    words: Sequence[str] = ()


class Grid(Protocol):
    """One sheet: its first rows to look at, and the rest on demand."""

    @property
    def sheet(self) -> str: ...

    @property
    def head(self) -> Sequence[Sequence[str]]: ...

    def body(self, first_row: int, width: int) -> Body: ...


@dataclass(frozen=True)
class SheetGrid:
    """A sheet whose rows are all in memory and equally wide; `stored` has the codes of each row, none where all is text."""

    sheet: str
    rows: list[list[str]]
    stored: Sequence[bytes | bytearray] = ()
    words: Sequence[str] = ()

    @property
    def head(self) -> Sequence[Sequence[str]]:
        return self.rows

    @cached_property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)

    def body(self, first_row: int, width: int) -> Body:
        columns = columns_of(self.rows[first_row - 1 :], max(self.width, width))
        return Body(columns, stored=self._stored_columns(first_row), words=self.words)

    def _stored_columns(self, first_row: int) -> list[Codes]:
        below = self.stored[first_row - 1 :]
        codes = np.frombuffer(b"".join(below), dtype=np.uint8).reshape(len(below), -1) if below else None
        return [] if codes is None else list(codes.T)


def head_length(source: Source) -> int:
    """How many rows must be looked at before the headings of every part are known."""
    return max([SEARCHED_ROWS, *(r + 1 for p in source.parts for r in p.layout.header_rows)])


class LongRows(NamedTuple):
    """One-based numbers of rows that are longer than the headings: with something there, and with empty cells only."""

    ragged: list[int]
    trailing: list[int]

    def report(self, findings: Findings, sheet: str) -> None:
        """Report them, unless a table of the same sheet has."""
        for rule_id, rows in (("row.ragged", self.ragged), ("row.trailing_cells", self.trailing)):
            if rows and not any((g.rule.id, g.sheet, g.rows) == (rule_id, sheet, rows) for g in findings.groups):
                findings.add(rule_id, sheet=sheet, rows=rows)


def tabulate(grid: Grid, heading: Heading, part: Part, missing: Sequence[str]) -> tuple[RawTable, LongRows]:
    """The table below the headings, and which of its rows are too long.

    Blank rows, rows that match `skip_rows` and everything from the first that matches `stop_at` are no data.
    """
    body = grid.body(heading.data_row, len(heading.names))
    columns = [clean(body.columns.pop(0)) for _ in range(len(body.columns))]
    length = len(columns[0]) if columns else 0
    numbers = np.arange(heading.data_row, heading.data_row + length, dtype=np.int64)
    is_ragged = np.isin(numbers, body.ragged)
    keep = _data_rows(columns, is_ragged, part.layout) if columns else is_ragged
    if not keep.all():
        columns, numbers = [c.filter(pa.array(keep)) for c in columns], numbers[keep]
    names = [*heading.names, *[""] * (len(columns) - len(heading.names))]
    columns_kept, duplicates = name_columns(names, [c.null_count < len(c) for c in columns])
    cells = frame_of(
        list(columns_kept), [without_marks(columns[p], missing) for p in columns_kept.values()], len(numbers)
    )
    codes = {name: body.stored[place][keep] for name, place in columns_kept.items() if place < len(body.stored)}
    table = RawTable(grid.sheet, cells, numbers, columns_kept, duplicates, stored=Stored.of(codes, body.words))
    trailing = numbers[np.isin(numbers, body.trailing)]
    return table, LongRows(numbers[is_ragged[keep]].tolist(), trailing.tolist())


def _data_rows(
    columns: list[pa.ChunkedArray], is_ragged: npt.NDArray[np.bool_], layout: Layout
) -> npt.NDArray[np.bool_]:
    filled = is_ragged.copy()
    for column in columns:
        filled |= column.is_valid().to_numpy()
    if not (layout.stop_at or layout.skip_rows):
        return filled
    first_filled, keep = pc.coalesce(*map(written_out, columns)), filled
    if layout.stop_at:
        stops = np.flatnonzero(_matching(first_filled, layout.stop_at))
        if len(stops):
            keep = keep & (np.arange(len(keep)) < stops[0])
    if layout.skip_rows:
        keep = keep & ~_matching(first_filled, layout.skip_rows)
    return keep


def _matching(cells: pa.ChunkedArray, pattern: str) -> npt.NDArray[np.bool_]:
    """Rows whose cell matches from its start."""
    matches: Callable[[str], object] = re.compile(pattern).match
    return np.fromiter((c is not None and bool(matches(c)) for c in cells.to_pylist()), np.bool_, len(cells))
