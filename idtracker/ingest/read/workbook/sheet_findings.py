"""What is reported about the sheets that a source reads: hidden, filtered, merged, without a value, or from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from idtracker.ingest.read.cells import trim_heading
from idtracker.ingest.read.grid import SheetGrid
from idtracker.ingest.read.heading import declared_headings, fold
from idtracker.ingest.read.raw import RawTable
from idtracker.ingest.read.refusal import worded
from idtracker.ingest.read.workbook.sheet_facts import Area, SheetFacts
from idtracker.model.config.source import Part
from idtracker.model.findings import Findings, Group, cell_address, rule
from idtracker.model.messages import Message, details_of

_MOST_NAMED = 5


@dataclass(slots=True)
class _Entry:
    """One finding while it grows: rows with the value of each, or the places that its text names."""

    rows: dict[int, str | None] = field(default_factory=dict)
    places: dict[str, None] = field(default_factory=dict)
    details: dict[str, str | Message] = field(default_factory=dict)


class SheetReport:
    """Findings about sheets. Two parts that read the same sheet give one finding, not two."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str, str, int | None], _Entry] = {}

    def add_table(
        self, table: RawTable, grid: SheetGrid, data_row: int, part: Part, facts: SheetFacts, visibility: str
    ) -> None:
        """What the facts of a sheet mean for a table read from it by a part; `data_row` is its first row of data."""
        mapped = _read_by(part, table.headings)
        read = {position: name for name, position in table.positions.items() if name in mapped}
        if visibility != "visible":
            self._entry("sheet.hidden", table.sheet).details["state"] = worded(visibility.replace(" ", "_"))
        self._add_hidden(table, facts, read)
        self._add_merged(table, grid, facts, data_row)
        self._add_formulas(table, grid, facts, data_row, part, read)
        rows = set(table.row_numbers.tolist())
        for row, column in facts.linked:
            if row in rows and column in read:
                self._entry("sheet.external_links", table.sheet).places[cell_address(column, row)] = None

    def add_package(self, has_macros: bool) -> None:
        if has_macros:
            self._entry("sheet.macros", "")

    def findings(self) -> Findings:
        findings = Findings()
        for (rule_id, sheet, column, position), entry in self._entries.items():
            rows = sorted(entry.rows)
            values = [entry.rows[r] for r in rows]
            details = dict(entry.details)
            if entry.places:
                details |= {"count": f"{len(entry.places):,}", "places": _named(list(entry.places))}
            shown = values if any(v is not None for v in values) else ()
            findings.groups.append(
                Group(rule(rule_id), sheet, column, position, rows, shown, details=details_of(details))
            )
        return findings

    def _entry(self, rule_id: str, sheet: str, column: str = "", position: int | None = None) -> _Entry:
        return self._entries.setdefault((rule_id, sheet, column, position), _Entry())

    def _add_hidden(self, table: RawTable, facts: SheetFacts, read: dict[int, str]) -> None:
        if facts.hidden_rows:
            rows = table.row_numbers[np.isin(table.row_numbers, facts.hidden_rows)].tolist()
            if rows:
                rule_id = "sheet.filtered_rows" if facts.is_filtered else "sheet.hidden_rows"
                self._entry(rule_id, table.sheet).rows.update(dict.fromkeys(rows))
        for first, last in facts.hidden_columns:
            for position in sorted(p for p in read if first <= p <= last):
                self._entry("sheet.hidden_columns", table.sheet, read[position], position)

    def _add_merged(self, table: RawTable, grid: SheetGrid, facts: SheetFacts, data_row: int) -> None:
        if not facts.merged:
            return
        rows = set(table.row_numbers.tolist())
        positions = set(table.positions.values())
        for area in sorted(facts.merged):
            top, left, bottom, right = area
            is_data = top in rows or (bottom > top and not rows.isdisjoint(range(top, bottom + 1)))
            if is_data and top >= data_row and left in positions and _is_filled(grid, area):
                place = f"{cell_address(left, top)}:{cell_address(right, bottom)}"
                self._entry("sheet.merged_cells", table.sheet).places[place] = None

    def _add_formulas(
        self, table: RawTable, grid: SheetGrid, facts: SheetFacts, data_row: int, part: Part, read: dict[int, str]
    ) -> None:
        if not facts.empty_formulas:
            return
        rows = set(table.row_numbers.tolist())
        last = max(rows, default=0) if part.layout.stop_at else facts.last_formula
        for (row, column), formula in facts.empty_formulas.items():
            is_blank = data_row <= row <= last and not (row <= len(grid.rows) and any(grid.rows[row - 1]))
            if column in read and (row in rows or is_blank):
                self._entry("sheet.formula_without_value", table.sheet, read[column], column).rows[row] = formula


def _is_filled(grid: SheetGrid, area: Area) -> bool:
    top, left_column = area[0], area[1]
    return (
        top <= len(grid.rows)
        and left_column < len(grid.rows[top - 1])
        and bool(grid.rows[top - 1][left_column].strip())
    )


def _read_by(part: Part, headings: Iterable[str]) -> set[str]:
    """The headings that the part maps or unpivots."""
    declared = {fold(h) for h in declared_headings(part)}
    unpivot = re.compile(part.unpivot.columns) if part.unpivot else None
    return {h for h in headings if fold(h) in declared or (unpivot and unpivot.search(trim_heading(h)))}


def _named(places: list[str]) -> str:
    shown = ", ".join(places[:_MOST_NAMED])
    return shown if len(places) <= _MOST_NAMED else f"{shown}, …"
