"""Files opened by csv, json, openpyxl, python-calamine and lxml alone: lines of cells as the file states them.

Nothing here, nor in `stated` and `comparison`, imports the library.
"""

from __future__ import annotations

import csv
import json
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from lxml import etree
from python_calamine import CalamineWorkbook

_ODS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_REPEATED = 1000  # a blank stretch that long is the rest of a sheet


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as the file stores it, and how the file shows it (the number format of a workbook)."""

    value: object
    form: str = ""

    @property
    def is_empty(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


NOTHING = Cell(None)


@dataclass(frozen=True, slots=True)
class Line:
    """One row below the headings: its sheet, its one-based row there, and its cells by heading."""

    sheet: str
    row: int
    cells: Mapping[str, Cell]

    def __getitem__(self, heading: str) -> Cell:
        return self.cells.get(heading, NOTHING)


Rows = Iterator[tuple[int, Sequence[Cell]]]


def text_lines(
    path: Path,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
    header: int = 1,
    data: int | None = None,
    comment: str | None = None,
) -> Iterator[Line]:
    """Lines of delimited text; a record counts as one row, blank ones too."""
    with path.open(encoding=encoding, newline="") as file:
        records = csv.reader(file, delimiter=delimiter, skipinitialspace=delimiter == ",")
        rows = ((n, [Cell(c) for c in r]) for n, r in enumerate(records, 1))
        kept = ((n, r) for n, r in rows if not (comment and r and str(r[0].value).startswith(comment)))
        yield from _below("", kept, header, data)


def workbook_lines(path: Path, sheet: str | int = 0, *, header: int = 1, data: int | None = None) -> Iterator[Line]:
    """Lines of one sheet of an XLSX workbook, by name or place."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        page = book.worksheets[sheet] if isinstance(sheet, int) else book[sheet]
        rows = (
            (n, [Cell(c.value, getattr(c, "number_format", "") or "") for c in cells])
            for n, cells in enumerate(page.iter_rows(), 1)
        )
        yield from _below(page.title, rows, header, data)


def joined_lines(path: Path, sheet: int = 0, *, header: int = 1, data: int | None = None) -> Iterator[Line]:
    """Lines of a sheet whose joined cells say the same in every row that they cover."""
    page = openpyxl.load_workbook(path, data_only=True).worksheets[sheet]
    joined = {
        place: page.cell(area.min_row, area.min_col).value for area in page.merged_cells.ranges for place in area.cells
    }
    rows = (
        (n, [Cell(joined.get((c.row, c.column), c.value), c.number_format) for c in cells])
        for n, cells in enumerate(page.iter_rows(), 1)
    )
    yield from _below(page.title, rows, header, data)


def legacy_lines(path: Path, sheet: str | int = 0, *, header: int = 1, data: int | None = None) -> Iterator[Line]:
    """Lines of one sheet of an XLS workbook."""
    book = CalamineWorkbook.from_path(path)
    page = book.get_sheet_by_index(sheet) if isinstance(sheet, int) else book.get_sheet_by_name(sheet)
    rows = ((n, [Cell(v) for v in row]) for n, row in enumerate(page.to_python(skip_empty_area=False), 1))
    yield from _below(page.name, rows, header, data)


def open_document_lines(path: Path, sheet: int = 0, *, header: int = 1, data: int | None = None) -> Iterator[Line]:
    """Lines of one sheet of an ODS document, from the values its XML states (`office:value`, `office:date-value`)."""
    root = etree.fromstring(zipfile.ZipFile(path).read("content.xml"))
    table = list(root.iter(_ODS % "table" + "table"))[sheet]
    yield from _below(str(table.get(_ODS % "table" + "name")), _ods_rows(table), header, data)


def _ods_rows(table: Any) -> Rows:
    number = 0
    for row in table.iter(_ODS % "table" + "table-row"):
        times = int(row.get(_ODS % "table" + "number-rows-repeated", "1"))
        cells: list[Cell] = []
        for cell in row:
            again = int(cell.get(_ODS % "table" + "number-columns-repeated", "1"))
            cells += [_ods_cell(cell)] * (again if again < _REPEATED else 1)
        for _ in range(times if times < _REPEATED else 1):
            number += 1
            yield number, cells


def _ods_cell(cell: Any) -> Cell:
    kind = cell.get(_ODS % "office" + "value-type")
    if kind in ("float", "percentage", "currency"):
        return Cell(float(cell.get(_ODS % "office" + "value")), "0%" if kind == "percentage" else "")
    if kind == "date":
        return Cell(str(cell.get(_ODS % "office" + "date-value")))
    if kind == "boolean":
        return Cell(cell.get(_ODS % "office" + "boolean-value") == "true")
    return Cell("\n".join("".join(p.itertext()) for p in cell.iter(_ODS % "text" + "p")) or None)


def record_lines(path: Path, at: str = "") -> Iterator[Line]:
    """Records of a JSON document, its lines or a list within it; objects in a record are headings with points between."""
    text = path.read_text(encoding="utf-8-sig")
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    for step in at.split(".") if at else ():
        found = found[step]
    for number, record in enumerate(found, 1):
        yield Line(at, number, {heading: Cell(value) for heading, value in _flat(record, "")})


def _flat(value: Mapping[str, Any], above: str) -> Iterator[tuple[str, object]]:
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _flat(inner, f"{above}{key}.")
        else:
            yield f"{above}{key}", inner


def _below(sheet: str, rows: Rows, header: int, data: int | None) -> Iterator[Line]:
    """The rows below the headings that hold anything, by heading; of a heading that is there twice the first counts."""
    headings: list[str] = []
    for number, cells in rows:
        if number < header:
            continue
        if not headings and number >= header:
            headings = [" ".join(str(c.value or "").split()) for c in cells]
        elif number >= (data or header + 1) and not all(c.is_empty for c in cells):
            named = zip(headings, cells, strict=False)
            yield Line(sheet, number, {h: c for h, c in reversed(list(named)) if h})
