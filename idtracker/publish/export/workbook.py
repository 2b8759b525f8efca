"""One workbook with a sheet for each table, a first sheet that says what it is, and a second one that explains the columns."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED

from idtracker.model.marking import Marking
from idtracker.model.messages import Lang, phrase
from idtracker.model.tables import TABLES, columns_of, grain
from idtracker.model.tables.labels import label_of, title_of
from idtracker.publish.export.published import Published, TableMarking
from idtracker.publish.export.sheet_cells import heading_cell, value_cell
from idtracker.publish.export.sheet_text import MOST_ROWS
from idtracker.publish.export.sheets.package import SamePackage, rows_in
from idtracker.publish.export.sheets.rows import CellStyles, sheet_rows

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_TEXTS = "publish/export/export"
_LONGEST_NAME = 31
_RESERVED = "history"
"""Excel keeps this name of a sheet to itself."""
_WIDTHS = {"text": 24, "instant": 20, "date": 12, "integer": 12, "number": 14, "money": 16, "flag": 8}


def sheet_names(names: Sequence[str], taken: Sequence[str] = ()) -> dict[str, str]:
    """A name for the sheet of each table: its own, cut to 31 characters and numbered where that would make two alike."""
    used = {_RESERVED, *(name.casefold() for name in taken)}
    sheets: dict[str, str] = {}
    for name in names:
        sheet, number = name[:_LONGEST_NAME], 1
        while sheet.casefold() in used:
            number += 1
            ending = f"_{number}"
            sheet = name[: _LONGEST_NAME - len(ending)] + ending
        used.add(sheet.casefold())
        sheets[name] = sheet
    return sheets


def write_workbook(
    published: Published,
    tables: Mapping[str, TableMarking],
    whole: Marking,
    path: Path,
    lang: Lang,
    other: Path | None = None,
) -> dict[str, str]:
    """Write the workbook; table -> why it is not in it, for those with more rows than a sheet holds.

    Headings are what people call the columns in that language; Arabic sheets are read from right to left. `other` is the workbook of
    the same tables in another language, where it was written before: its rows are the same.
    """
    left_out = {name: _too_long(m.rows, lang) for name, m in tables.items() if m.rows >= MOST_ROWS}
    fixed = [phrase(_TEXTS, name, lang) for name in ("about", "columns")]
    sheets = sheet_names([name for name in tables if name not in left_out], fixed)
    with _new_book() as book:
        styles = CellStyles.of(book)
        about = _sheet(book, fixed[0], whole, lang, (24, 34, 34, 10, 28, 28, 90, 60))
        _write_about(about, published, tables, whole, sheets, left_out, lang)
        _write_columns(_sheet(book, fixed[1], whole, lang, (28, 36, 28, 14, 14, 24, 90)), sheets, lang)
        rows: dict[str, Iterable[bytes]] = {}
        for table, name in sheets.items():
            specs = columns_of(TABLES[table])
            sheet = _sheet(book, name, whole, lang, [_WIDTHS.get(spec.kind, 18) for spec in specs])
            _write_rows(sheet, [label_of(spec, lang) for spec in specs], ())
            entry = f"xl/worksheets/sheet{len(book.worksheets)}.xml"
            rows[entry] = rows_in(other, entry) if other else sheet_rows(published.rows_of(table), len(specs), styles)
        _save(book, path, published, rows)
    return left_out


@contextmanager
def _new_book() -> Iterator[Workbook]:
    """An empty workbook, whose sheets grow in temporary files. OSError where their disk is full, and then none of them stays."""
    import openpyxl
    from lxml.etree import SerialisationError

    book = openpyxl.Workbook(write_only=True)
    try:
        yield book
    except BaseException as problem:
        _drop_parts(book)
        if not isinstance(problem, SerialisationError):
            raise
        number = getattr(errno, str(problem).removeprefix("IO_"), errno.EIO)
        raise OSError(number, os.strerror(number), tempfile.gettempdir()) from problem


def _drop_parts(book: Workbook) -> None:
    """Close the streams of the sheets without a word, and remove their files. openpyxl does so when the process ends, with words."""
    for sheet in book.worksheets:
        writer = sheet._writer
        if writer is None:
            continue
        for stream in (sheet._rows, writer.xf):
            with suppress(Exception):
                stream.close()
        Path(writer.out).unlink(missing_ok=True)


def _too_long(rows: int, lang: Lang) -> str:
    return phrase(_TEXTS, "too_long", lang, rows=f"{rows:,}", most=f"{MOST_ROWS - 1:,}")


def _sheet(book: Workbook, name: str, whole: Marking, lang: Lang, widths: Sequence[int]) -> WriteOnlyWorksheet:
    """A new sheet, with the marking of the workbook at the head and foot of each printed page."""
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    sheet.sheet_view.rightToLeft = lang == "ar"
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.HeaderFooter.oddHeader.center.text = sheet.HeaderFooter.oddFooter.center.text = whole.classification
    return sheet


def _write_rows(sheet: WriteOnlyWorksheet, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    sheet.freeze_panes = "A2"
    sheet.append([heading_cell(sheet, heading) for heading in headings])
    for row in rows:
        sheet.append([value_cell(sheet, value) for value in row])


def _write_about(
    sheet: WriteOnlyWorksheet,
    published: Published,
    tables: Mapping[str, TableMarking],
    whole: Marking,
    sheets: Mapping[str, str],
    left_out: Mapping[str, str],
    lang: Lang,
) -> None:
    """Title, audience, marking, instant of knowledge and notice, then a line for each table."""
    sheet.append([heading_cell(sheet, str(published.manifest["programme"]))])
    nobody = phrase(_TEXTS, "nobody", lang)
    handling = sorted({entry for marked in tables.values() for entry in marked.handling})
    facts = {
        "notice": published.notice,
        "audience": f"{published.audience.title} ({published.audience.id})",
        "marking": whole.classification,
        "releasable_to": whole.releasable_to or nobody,
        "handling": ";".join(handling),
        "as_known_at": published.as_known_at,
        "publication": published.manifest["content"],
        "tables": phrase(_TEXTS, "tables_text", lang, here=str(len(sheets)), all=str(len(published.tables))),
        "numbers": phrase(_TEXTS, "numbers_text", lang),
    }
    for name, text in facts.items():
        if text:
            sheet.append([heading_cell(sheet, phrase(_TEXTS, name, lang)), value_cell(sheet, text)])
    sheet.append([])
    names = ("sheet", "table", "title", "rows", "marking", "releasable_to", "row_is", "note")
    sheet.append([heading_cell(sheet, phrase(_TEXTS, name, lang)) for name in names])
    for table, marked in tables.items():
        mark = (marked.marking.classification, marked.marking.releasable_to or nobody) if marked.marking else ("", "")
        line = [sheets.get(table), table, title_of(table, lang), marked.rows, *mark, grain(TABLES[table])]
        sheet.append([value_cell(sheet, value) for value in (*line, left_out.get(table))])


def _write_columns(sheet: WriteOnlyWorksheet, sheets: Mapping[str, str], lang: Lang) -> None:
    """What each column of each sheet holds."""
    names = ("sheet", "heading", "column", "kind", "unit", "codelist", "meaning")
    rows = (
        (sheet_name, label_of(spec, lang), spec.name, spec.kind, spec.unit, spec.codelist, spec.description)
        for table, sheet_name in sheets.items()
        for spec in columns_of(TABLES[table])
    )
    _write_rows(sheet, [phrase(_TEXTS, name, lang) for name in names], rows)


def _save(book: Workbook, path: Path, published: Published, rows: dict[str, Iterable[bytes]]) -> None:
    """Write the package with nothing in it that differs from one export to the next."""
    from openpyxl.writer.excel import ExcelWriter

    properties = book.properties
    properties.title, properties.description = str(published.manifest["programme"]), published.notice
    properties.creator = "idtracker"
    properties.created = properties.modified = datetime.fromisoformat(str(published.manifest["as_of"]))
    with SamePackage(path, "w", ZIP_DEFLATED) as archive:
        archive.rows = rows
        ExcelWriter(book, archive).write_data()
