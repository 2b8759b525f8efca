"""Merged cells: a label merged over several rows is meant for each of them; a number is never repeated."""

from __future__ import annotations

import re
from collections.abc import Sequence

from idtracker.read.cells import trim_cell
from idtracker.read.facts import Area
from idtracker.read.grid import SheetGrid

_NO_LABEL = re.compile(r"[\s\d.,:/%()+\-\u0660-\u066c\u2212]*")


def fill_labels(grid: SheetGrid, merged: Sequence[Area], first_row: int) -> SheetGrid:
    """The grid with labels of areas at or below the one-based `first_row` repeated down their first column.

    Anything that could be counted or summed (numbers, dates, percentages) stays where it is.
    """
    rows = grid.rows
    height = len(rows)
    is_copied = False
    for top, left, bottom, _ in merged:
        if top < first_row or bottom == top or top > height or left >= len(rows[top - 1]):
            continue
        label = rows[top - 1][left]
        if _NO_LABEL.fullmatch(trim_cell(label)):
            continue
        if not is_copied:
            rows, is_copied = [list(row) for row in rows], True
        for row in rows[top : min(bottom, height)]:
            if left < len(row) and not row[left]:
                row[left] = label
    return SheetGrid(grid.sheet, rows) if is_copied else grid
