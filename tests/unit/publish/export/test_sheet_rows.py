"""Rows written as text hold what openpyxl would have written cell by cell."""

from __future__ import annotations

from datetime import date, datetime
from math import inf, isfinite, nan
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.publish.export.sheet_cells import heading_cell, value_cell
from idtracker.publish.export.sheet_text import LONGEST_CELL
from idtracker.publish.export.sheets import package
from idtracker.publish.export.sheets.package import SamePackage, rows_in
from idtracker.publish.export.sheets.rows import CellStyles, sheet_rows
from idtracker.publish.export.workbook import _save

VALUES: list[object] = [
    *("=1+1", "+962 6", "-5", "@a", "#N/A", "007", "'=1", "\t=1", " lead", "trail ", "a\nb", "a\r\nb", "a & b < c > d", '"x"', "عربي", "\x01bad\ufffe"),
    *("x" * (LONGEST_CELL + 5), "_x0041_ escaped"),
    *(True, False, 0, 1, 1.0, -1, 10**15, -(10**15), 10**14, 0.25, 1e300, -5e-324, nan, inf, -inf, 1e16),
    *(date(1900, 2, 28), date(1900, 3, 1), date(2026, 6, 30), *map(datetime.fromisoformat, ("1846-01-01", "2026-06-30T08:01:02.345678", "2026-06-30"))),
    None,
]  # fmt: skip


class Manifest:
    manifest = {"programme": "P", "as_of": "2026-06-30T00:00:00"}  # noqa: RUF012
    notice = ""


def written(path: Path, rows: list[list[object]], columns: int) -> Any:
    book = openpyxl.Workbook(write_only=True)
    styles = CellStyles.of(book)
    sheet = book.create_sheet("rows")
    sheet.append([heading_cell(sheet, f"c{n}") for n in range(columns)])
    _save(book, path, Manifest(), {"xl/worksheets/sheet1.xml": sheet_rows(rows, columns, styles)})  # type: ignore[arg-type]
    return openpyxl.load_workbook(path)["rows"]


def by_cells(path: Path, rows: list[list[object]], columns: int) -> Any:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("rows")
    sheet.append([heading_cell(sheet, f"c{n}") for n in range(columns)])
    for row in rows:
        sheet.append([value_cell(sheet, value) for value in row])
    book.save(path)
    return openpyxl.load_workbook(path)["rows"]


def seen(sheet: Any) -> list[list[tuple[object, ...]]]:
    return [[(c.value, c.data_type, c.number_format, c.quotePrefix) for c in row] for row in sheet.iter_rows()]


def test_cells_are_those_that_openpyxl_writes(tmp_path: Path) -> None:
    rows = [[value, None, value] for value in [*VALUES, *reversed(VALUES)]]
    ours = seen(written(tmp_path / "ours.xlsx", rows, 3))
    assert ours == seen(by_cells(tmp_path / "theirs.xlsx", rows, 3))
    fraction = seen(written(tmp_path / "digits.xlsx", [[0.1 + 0.2]], 1))[1][0]
    assert fraction[0] == 0.1 + 0.2  # every digit, of which openpyxl writes sixteen
    assert len({c[1] for row in ours for c in row}) == 4  # texts, numbers, flags, days


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.text(max_size=8) | st.integers() | st.floats() | st.booleans() | st.none(), min_size=4, max_size=4), min_size=1, max_size=30))  # fmt: skip
def test_any_values_stay_what_they_are(tmp_path_factory: pytest.TempPathFactory, rows: list[list[object]]) -> None:
    folder = tmp_path_factory.mktemp("rows")
    ours, theirs = (seen(write(folder / "a.xlsx", rows, 4)) for write in (written, by_cells))
    exact = [[(c[0] if c[0] != "" else None) for c in row] for row in ours]
    assert exact[0] == [cell[0] for cell in theirs[0]]
    for own_row, other_row, values in zip(exact[1:], theirs[1:], rows, strict=False):
        for own, (other, *_), value in zip(own_row, other_row, values, strict=False):
            if isinstance(value, float) and isfinite(
                value
            ):  # openpyxl writes sixteen digits, which make the largest one infinite
                assert own == value
            else:
                assert own == other


@pytest.mark.parametrize("limit", [1, 1 << 24])
def test_rows_are_read_back_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """What a workbook in another language takes over, of a sheet that is read in many pieces too."""
    monkeypatch.setattr(package, "IN_MEMORY", limit)
    monkeypatch.setattr(package, "_AT_ONCE", 3_000)
    monkeypatch.setattr(package, "_LONGEST_TAIL", 2_000)
    rows = [[f"text {n}", n, n / 7] for n in range(2_500)]
    written(tmp_path / "a.xlsx", rows, 3)
    taken = b"".join(rows_in(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml"))
    assert taken == b"".join(sheet_rows(rows, 3, CellStyles(1, 2, 3)))
    assert taken.count(b"<row ") == 2_500 and isinstance(SamePackage, type)


def test_a_value_that_no_column_holds_is_an_error() -> None:
    with pytest.raises(TypeError, match="no column holds a bytes"):
        list(sheet_rows([[b"x"]], 1, CellStyles(1, 2, 3)))
