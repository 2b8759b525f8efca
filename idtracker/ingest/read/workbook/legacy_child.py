"""Run as a script: a workbook on standard input becomes its sheets, pickled, on standard output.

It imports nothing of this project so that it starts quickly. See `legacy`.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import sys
from typing import Any

_VISIBILITY = {"Visible": "visible", "Hidden": "hidden", "VeryHidden": "very hidden"}


def main(memory_bytes: int, rows: int, columns: int, cells: int, only: str | None = None) -> int:
    """0: the sheets follow · 2: protected by a password · anything else: damaged."""
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum

    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    except PasswordError:
        return 2
    sheets: dict[str, tuple[Any, ...]] = {}
    for meta in book.sheets_metadata:
        if meta.typ == SheetTypeEnum.WorkSheet and meta.name not in sheets and only in (None, meta.name):
            sheet = book.get_sheet_by_name(meta.name)
            last_row, last_column = sheet.end or (-1, -1)
            height, width = last_row + 1, last_column + 1
            is_read = height <= rows and width <= columns and height * width <= cells
            values = sheet.to_python(skip_empty_area=False) if is_read else None
            visibility = _VISIBILITY[str(meta.visible).rpartition(".")[2]]
            sheets[meta.name] = (values, height, width, _merged(sheet), visibility)
    pickle.dump(sheets, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
    return 0


def _merged(sheet: Any) -> list[tuple[int, int, int, int]]:
    areas = sheet.merged_cell_ranges or []
    return [(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in areas]


if __name__ == "__main__":
    bounds = [int(argument) for argument in sys.argv[1:5]]
    sys.exit(main(bounds[0], bounds[1], bounds[2], bounds[3], *sys.argv[5:6]))
