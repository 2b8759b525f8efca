"""Cells that say less than they mean: labels merged over several rows, formulas that were never calculated."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from idtracker.ingest.read.cells import trim_cell
from idtracker.ingest.read.grid import SheetGrid
from idtracker.ingest.read.workbook.sheet_facts import Area, CellPosition

_NO_LABEL = re.compile(r"[\s\d.,:/%()+\-\u0660-\u066c\u2212]*")


def fill_labels(grid: SheetGrid, merged: Sequence[Area], first_row: int) -> SheetGrid:
    """The grid with labels of areas at or below the one-based `first_row` repeated down their first column.

    Anything that could be counted or summed (numbers, dates, percentages) stays where it is.
    """
    rows = grid.rows
    height = len(rows)
    is_copied = False
    for top, left_column, bottom, _ in merged:
        if top < first_row or bottom == top or top > height or left_column >= len(rows[top - 1]):
            continue
        label = rows[top - 1][left_column]
        if _NO_LABEL.fullmatch(trim_cell(label)):
            continue
        if not is_copied:
            rows, is_copied = [list(row) for row in rows], True
        for row in rows[top : min(bottom, height)]:
            if left_column < len(row) and not row[left_column]:
                row[left_column] = label
    return replace(grid, rows=rows) if is_copied else grid


def with_formulas(grid: SheetGrid, formulas: Mapping[CellPosition, str], first_row: int) -> SheetGrid:
    """The grid with the text of each formula without a value in its cell, at or below the one-based `first_row`.

    Where columns side by side become rows, a blank cell would be no row at all, and nobody could correct it.
    """
    rows = [list(row) for row in grid.rows] if formulas else grid.rows
    for (row, column), formula in formulas.items():
        if first_row <= row <= len(rows) and column < len(rows[row - 1]) and not rows[row - 1][column]:
            rows[row - 1][column] = formula
    return replace(grid, rows=rows) if formulas else grid
