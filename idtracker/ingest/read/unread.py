"""Tables that have the headings of a part and are not read: named, so that half a file is not taken for the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from idtracker.ingest.read.grid import SheetGrid
from idtracker.ingest.read.heading import Heading, WantedHeadings, declared_headings, find_heading, fold
from idtracker.ingest.read.raw import RawTable
from idtracker.ingest.read.refusal import worded
from idtracker.model.config.source import Part
from idtracker.model.findings import Findings

ENOUGH = 0.8
"""Share of the headings of what is read that make another table one of its kind."""
_LEAST = 2

FindHeading = Callable[[Sequence[Sequence[str]], Part], Heading]


def report_unread(
    findings: Findings,
    parts: Sequence[Part],
    tables: Mapping[str, Sequence[RawTable]],
    grids: Iterable[SheetGrid],
    *,
    hidden: Iterable[str] = (),
    find: FindHeading = find_heading,
) -> None:
    """One finding for each sheet that no part reads, though it has the headings of one and rows below them."""
    read = {table.sheet for tables_of_part in tables.values() for table in tables_of_part}
    out_of_sight = frozenset(hidden)
    parts = [
        part for part in parts if part.id in tables or part.optional
    ]  # of the others it is said that they are missing
    for grid in grids:
        if grid.sheet in read:
            continue
        for part in parts:
            heading = find(grid.head, part)
            count = _rows_below(grid, heading, part)
            if count and _is_alike(heading.names, part, tables.get(part.id, ())):
                reason = "sheet_not_named" if part.layout.sheet is not None else "sheet_not_first"
                reason = "sheet_out_of_sight" if grid.sheet in out_of_sight and not part.layout.sheet else reason
                findings.add("sheet.not_read", sheet=grid.sheet, count=f"{count:,}", reason=worded(reason))
                break


def _is_alike(names: Sequence[str], part: Part, read: Sequence[RawTable]) -> bool:
    """As many headings of the part, nearly, as where it is read; where it is not read, as it declares."""
    wanted = WantedHeadings(part)
    usual = max((wanted.matches(table.headings) for table in read), default=max(wanted.count, _LEAST))
    return wanted.suffices(names) and wanted.matches(names) >= max(ENOUGH * usual, 1)


def _rows_below(grid: SheetGrid, heading: Heading, part: Part) -> int:
    """Rows of the sheet in which a column of the part has something."""
    declared = {fold(h) for h in declared_headings(part)}
    places = [place for place, name in enumerate(heading.names) if name and fold(name) in declared]
    below = grid.rows[heading.data_row - 1 :]
    return sum(any(place < len(row) and row[place].strip() for place in places) for row in below)
