"""Excel and OpenDocument workbooks to tables of text cells."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, cached_property
from itertools import chain, product
from typing import TYPE_CHECKING

from idtracker.ingest.read.formats.table import ODS, XLS
from idtracker.ingest.read.grid import SheetGrid, tabulate
from idtracker.ingest.read.heading import WantedHeadings, find_heading
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.refusal import RefusalError, megabytes, refusing, sized, too_large, unreadable, worded
from idtracker.ingest.read.unread import report_unread
from idtracker.ingest.read.workbook.canonical import canonical
from idtracker.ingest.read.workbook.legacy import ReadSheet, read_apart
from idtracker.ingest.read.workbook.merged_cells import fill_labels, with_formulas
from idtracker.ingest.read.workbook.number_formats import NumberFormat
from idtracker.ingest.read.workbook.open_document import facts_of_sheets
from idtracker.ingest.read.workbook.package import DAMAGED, PackageReader, open_package
from idtracker.ingest.read.workbook.sheet_facts import CellPosition, SheetFacts, UnusualError, facts_of
from idtracker.ingest.read.workbook.sheet_findings import SheetReport
from idtracker.ingest.read.workbook.sheets import named_sheets
from idtracker.ingest.read.workbook.shown import grid_of, telling_styles
from idtracker.ingest.read.workbook.stamp import FINDINGS_SHEET, stamp_of
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Findings, cell_address

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_MOST_CELLS_HERE = 20_000_000
_MOST_TEXT_HERE = 1 << 30
_SPARSE = 20
_BYTES_OF_CELL, _BYTES_OF_VALUE = 32, 64
_TEXTS = "xl/sharedstrings.xml"
_VISIBILITY = {"Visible": "visible", "Hidden": "hidden", "VeryHidden": "very hidden"}


class Workbook:
    """Sheets as grids of text with what their file says about them, each read once and only if it is asked for.

    XLSX is read here once its XML has shown that it is of a size to be read; everything else in a process of its own.
    """

    def __init__(self, content: bytes, kind: str, limits: Limits | None = None) -> None:
        self._content, self._kind, self._limits = content, kind, limits or Limits()
        self.package = PackageReader(content, {}) if kind == XLS else open_package(content, self._limits)
        self._apart: dict[str, ReadSheet] = {}
        self._book: CalamineWorkbook | None = None
        if self.package.paths:
            self._book = _open(content)
            self.visibility = dict(_worksheets(self._book))
        else:
            self._apart = read_apart(content, DAMAGED, self._limits)
            self.visibility = {name: sheet.visibility for name, sheet in self._apart.items()}
        self.stamp = stamp_of(content, self.package.members)
        self.sheets = [s for s in self.visibility if s != self.stamp.get(FINDINGS_SHEET)]
        self.grid = cache(self._grid)
        self.facts = cache(self._facts)

    def is_filled(self, sheet: str) -> bool:
        return any(any(row) for row in self.grid(sheet).rows)

    @property
    def hidden(self) -> list[str]:
        return [sheet for sheet in self.sheets if self.visibility[sheet] != "visible"]

    def others(self, read: Collection[str]) -> Iterator[SheetGrid]:
        """The sheets that are not read, without those that cannot be."""
        for sheet in self.sheets:
            if sheet not in read:
                with suppress(RefusalError):
                    yield self.grid(sheet)

    def filled(self, sheet: str, first_row: int) -> SheetGrid:
        """The grid with merged labels in each of their rows, from the one-based `first_row` on."""
        return fill_labels(self.grid(sheet), self.facts(sheet).merged, first_row)

    def _grid(self, sheet: str) -> SheetGrid:
        facts = self.facts(sheet)
        grid = grid_of(sheet, self._values(sheet), self._shown(facts))
        longest = max(map(len, chain.from_iterable(grid.rows)), default=0)
        if longest > self._limits.cell_characters:
            raise too_large(sized("characters", self._limits.cell_characters), sized("characters", longest))
        for (row, column), text in facts.errors.items():
            if row <= len(grid.rows) and column < len(grid.rows[row - 1]):
                grid.rows[row - 1][column] = text
        return grid

    def _shown(self, facts: SheetFacts) -> Iterator[tuple[NumberFormat, Iterable[CellPosition]]]:
        """The cells of a sheet that are shown otherwise than they are stored, by their format."""
        for number, places in facts.styled.items():
            yield self._styles[number], places
        for (top, left, bottom, right), known in facts.shown:
            rows, columns = range(top, min(bottom, facts.rows) + 1), range(left, min(right + 1, facts.columns))
            yield known, product(rows, columns)

    @cached_property
    def _styles(self) -> dict[int, NumberFormat]:
        """The styles of cells that are shown otherwise than they are stored."""
        return telling_styles(self.package)

    def _facts(self, sheet: str) -> SheetFacts:
        if self._book is None:
            return self._facts_apart(sheet)
        with refusing(DAMAGED):
            try:
                return facts_of(self.package.sheet(sheet), self._styles)
            except UnusualError:
                return facts_of(canonical(self.package.sheet(sheet)), self._styles)

    def _facts_apart(self, sheet: str) -> SheetFacts:
        read = self._apart[sheet]
        facts = self._open_document.get(sheet, SheetFacts(merged=read.merged))
        facts.rows, facts.columns = read.rows, read.columns
        return facts

    @cached_property
    def _open_document(self) -> dict[str, SheetFacts]:
        return facts_of_sheets(self.package) if self._kind == ODS else {}

    def _values(self, sheet: str) -> Sequence[Sequence[object]]:
        facts = self.facts(sheet)
        self._demand_size(sheet, facts)
        if self._book is not None and not self._is_heavy(facts):
            return _values(self._book, sheet)
        if sheet not in self._apart:
            self._apart |= read_apart(self._content, DAMAGED, self._limits, sheet)
        cells = self._apart.pop(sheet).cells
        return cells or []

    def _demand_size(self, sheet: str, facts: SheetFacts) -> None:
        limits, cells = self._limits, facts.rows * facts.columns
        for size, most, unit in (
            (facts.rows, limits.rows, "rows"),
            (facts.columns, limits.columns, "columns"),
            (cells, limits.cells, "cells"),
        ):
            if size > most:
                raise too_large(sized(unit, most), worded("in_sheet", size=sized(unit, size), sheet=sheet))
        if self._book is not None and cells > max(_MOST_CELLS_HERE, _SPARSE * facts.cells):
            corner = cell_address(facts.columns - 1, facts.rows)
            raise too_large(sized("sparse_cells", _MOST_CELLS_HERE), worded("far_values", cell=corner, sheet=sheet))
        memory = cells * _BYTES_OF_CELL + facts.cells * _BYTES_OF_VALUE
        if self._is_heavy(facts) and memory > limits.memory_bytes:
            raise too_large(worded("of_memory", size=megabytes(limits.memory_bytes)), megabytes(memory))

    def _is_heavy(self, facts: SheetFacts) -> bool:
        """Whether the values of a sheet may take more memory than is given to them without a limit of its own."""
        if facts.rows * facts.columns > _MOST_CELLS_HERE:
            return True
        texts = self.package.members.get(_TEXTS)
        if texts is None or texts.file_size * facts.shared_texts <= _MOST_TEXT_HERE:
            return False
        return self._longest_text * facts.shared_texts > _MOST_TEXT_HERE

    @cached_property
    def _longest_text(self) -> int:
        return max(map(len, self.package.read(_TEXTS).split(b"</si>")))


def read_workbook(content: bytes, kind: str, source: Source, limits: Limits) -> Reading:
    """Every part of the source from the sheets of a workbook; row numbers are one-based rows of the sheet.

    Numbers are written as short as they can be (`1996`, `0.25`), those shown as percentages with the sign (`61.5%`),
    dates as ISO 8601, those shown without a day as month or year (`2026-04`, `2026`), truth values as TRUE and FALSE,
    errors as what the cell shows (`#N/A`). A label merged over several rows stands in each of them. A sheet that is
    named and absent is `file.sheet_missing`, unless the part is optional; a part that names no sheet takes the first
    sheet with any of its headings, hidden sheets last. What is hidden is read, and reported; a sheet with the same
    headings that is not read is named.
    """
    book = Workbook(content, kind, limits)
    tables: dict[str, list[RawTable]] = {}
    findings, report = Findings(), SheetReport()
    for part in source.parts:
        for sheet in sheets_of(part, book, findings):
            facts, grid = book.facts(sheet), book.grid(sheet)
            heading = find_heading(grid.head, part)
            filled = book.filled(sheet, heading.data_row)
            if part.unpivot is not None:
                filled = with_formulas(filled, facts.empty_formulas, heading.data_row)
            table, _ = tabulate(filled, heading, part, source.format.missing)
            tables.setdefault(part.id, []).append(table)
            report.add_table(table, grid, heading.data_row, part, facts, book.visibility[sheet])
    read = dict.fromkeys(table.sheet for found_tables in tables.values() for table in found_tables)
    if not any(map(book.is_filled, chain(read, book.sheets))):
        raise RefusalError("file.empty")
    report.add_package(book.package.has_macros)
    findings.extend(report.findings())
    report_unread(findings, source.parts, tables, book.others(read), hidden=book.hidden)
    return Reading(tables, findings, book.stamp)


def sheets_of(part: Part, book: Workbook, findings: Findings) -> list[str]:
    """The sheets that a part is read from, in the order of the workbook."""
    if part.layout.sheet is None:
        return _sheet_with_headings(part, book)
    return named_sheets(part.layout.sheet, part.optional, book.sheets, findings)


def _sheet_with_headings(part: Part, book: Workbook) -> list[str]:
    wanted, first = WantedHeadings(part), ""
    refusal: RefusalError | None = None
    for sheet in sorted(book.sheets, key=lambda s: book.visibility[s] != "visible"):
        try:
            head = book.grid(sheet).head
        except RefusalError as found:
            refusal = refusal or found
            continue
        first = first or (sheet if book.is_filled(sheet) else "")
        if wanted.matches(find_heading(head, part).names):
            return [sheet]
    if refusal is not None:
        raise refusal
    return [first] if first and not part.optional else []


def _open(content: bytes) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook, PasswordError

    with refusing(DAMAGED):
        try:
            return CalamineWorkbook.from_filelike(io.BytesIO(content))
        except PasswordError:
            raise unreadable("workbook_protected") from None


def _worksheets(book: CalamineWorkbook) -> Iterator[tuple[str, str]]:
    from python_calamine import SheetTypeEnum

    for meta in book.sheets_metadata:
        if meta.typ == SheetTypeEnum.WorkSheet:
            yield meta.name, _VISIBILITY[str(meta.visible).rpartition(".")[2]]


def _values(book: CalamineWorkbook, sheet: str) -> Sequence[Sequence[object]]:
    with refusing(DAMAGED):
        rows: Sequence[Sequence[object]] = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return rows
