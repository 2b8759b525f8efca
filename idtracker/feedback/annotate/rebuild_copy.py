"""The tables of a file as sheets of text for a new workbook, where the file itself is no workbook that can be edited."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from idtracker.feedback.annotate.lines import Places
from idtracker.feedback.annotate.xml_text import MOST_COLUMNS, MOST_ROWS, encoded, rows_of_text, sheet_name
from idtracker.ingest.read.formats.sniff import sniff
from idtracker.ingest.read.formats.table import TEXT, WORKBOOKS
from idtracker.ingest.read.grid import tabulate
from idtracker.ingest.read.heading import find_heading
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.reading import read
from idtracker.ingest.read.refusal import RefusalError
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Source
from idtracker.model.messages import Lang, direction

_TEXT_STYLE = 1
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_DECLARATION}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class Copied:
    """A sheet of the file as text. For lists of records `columns` holds the position of each heading in the copy."""

    sheet: str
    rows: Sequence[Sequence[str]]
    columns: dict[str, int] = field(default_factory=dict)

    @property
    def left_out(self) -> int:
        """Rows that Excel has no room for."""
        return max(len(self.rows) - MOST_ROWS, 0)


def copy_tables(content: bytes, file_name: str, source: Source, limits: Limits) -> list[Copied]:
    """What the readers see in a file: whole sheets where the file has rows and columns, else its lists of records.

    Empty where the file cannot be read.
    """
    try:
        return _whole_sheets(content, source, limits) or _tables(content, file_name, source, limits)
    except RefusalError:
        return []


def places_of(copied: Sequence[Copied], title: str) -> Places:
    """How the sheets are called in the copy; a sheet without a name is called `title`."""
    names: dict[str, str] = {}
    for sheet in copied:
        names[sheet.sheet] = sheet_name(sheet.sheet.replace("!", " ") or title, names.values())
    heads = {names[s.sheet]: s.rows for s in copied}
    return Places(names, heads.__getitem__, {names[s.sheet]: s.columns for s in copied if s.columns})


def write_workbook(copied: Sequence[Copied], places: Places, lang: Lang) -> bytes:
    """A workbook with one sheet for each; every filled cell is text, so that leading zeros stay."""
    names = [places.names[s.sheet] for s in copied]
    numbers = range(1, len(names) + 1)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, text in _frame_parts(names).items():
            archive.writestr(zipfile.ZipInfo(name), text)
        for number, sheet in zip(numbers, copied, strict=True):
            archive.writestr(zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml"), _sheet(sheet, lang))
    return target.getvalue()


def _frame_parts(names: Sequence[str]) -> dict[str, str]:
    from xml.sax.saxutils import quoteattr

    sheets = "".join(f'<sheet name={quoteattr(n)} sheetId="{i}" r:id="rId{i}"/>' for i, n in enumerate(names, 1))
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(names) + 1)
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{_CONTENT}.worksheet+xml"/>'
        for i in range(1, len(names) + 1)
    )
    return {
        "[Content_Types].xml": f'{_DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_CONTENT}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_CONTENT}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'{_DECLARATION}<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_DECLARATION}<Relationships xmlns="{_RELATIONS}">{relations}'
        f'<Relationship Id="rIdStyles" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }


def _sheet(sheet: Copied, lang: Lang) -> bytes:
    turned = ' rightToLeft="1"' if direction(lang) == "rtl" else ""
    rows = [row[:MOST_COLUMNS] for row in sheet.rows[:MOST_ROWS]]
    return encoded(
        chain(
            [
                f'{_DECLARATION}<worksheet xmlns="{_MAIN}">',
                f'<sheetViews><sheetView{turned} workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>',
                _widths(rows[:50]),
                "<sheetData>",
            ],
            rows_of_text(rows, _TEXT_STYLE),
            ["</sheetData></worksheet>"],
        )
    )


def _widths(rows: Sequence[Sequence[str]]) -> str:
    width = max(map(len, rows), default=0)
    longest = [max((len(r[i]) for r in rows if i < len(r)), default=0) for i in range(width)]
    columns = "".join(
        f'<col min="{i}" max="{i}" width="{min(max(n + 2, 9), 42)}" style="{_TEXT_STYLE}" customWidth="1"/>'
        for i, n in enumerate(longest, 1)
    )
    return f"<cols>{columns}</cols>" if columns else ""


def _whole_sheets(content: bytes, source: Source, limits: Limits) -> list[Copied]:
    kind = sniff(content)
    if kind in WORKBOOKS:
        from idtracker.ingest.read.workbook.workbook import Workbook

        book = Workbook(content, kind, limits)
        return [Copied(sheet, book.grid(sheet).rows) for sheet in book.sheets]
    if kind == TEXT and source.format.kind in ("csv", "hxl"):
        return [Copied("", _records_of_text(content, source, limits))]
    return []


def _records_of_text(content: bytes, source: Source, limits: Limits) -> Sequence[Sequence[str]]:
    """The records of delimited text, mended where the reader mends them."""
    from idtracker.ingest.read.text.delimited import TextGrid, open_delimited, read_mended

    part, records = source.parts[0], list[Sequence[Sequence[str]]]()

    def look(grid: TextGrid) -> Reading:
        records.append(replace(grid, head_rows=limits.rows).head)
        table, _ = tabulate(grid, find_heading(grid.head, part), part, source.format.missing)
        return Reading({part.id: [table]})

    grid, _ = open_delimited(content, source, limits)
    read_mended(grid, look)
    return records[-1]


def _tables(content: bytes, file_name: str, source: Source, limits: Limits) -> list[Copied]:
    """The tables that the parts of the source read, each sheet of the file once."""
    by_sheet: dict[str, list[RawTable]] = {}
    for tables in read(content, file_name, source, limits).tables.values():
        for table in tables:
            by_sheet.setdefault(table.sheet, []).append(table)
    return [_laid_out(sheet, t) if t[0].positions else _records(sheet, t) for sheet, t in by_sheet.items()]


def _laid_out(sheet: str, tables: Sequence[RawTable]) -> Copied:
    """Cells in their own rows and columns, headings right above the first row of data."""
    last = max((int(t.row_numbers.max(initial=1)) for t in tables), default=1)
    width = max((p + 1 for t in tables for p in t.positions.values()), default=0)
    grid = np.full((last, width), "", dtype=object)
    for table in tables:
        top = int(table.row_numbers.min(initial=last)) - 2
        for heading, position in table.positions.items():
            cells = table.cells[heading].fillna("").astype(object).to_numpy()
            grid[table.row_numbers - 1, position] = cells
            if top >= 0:
                grid[top, position] = heading
    return Copied(sheet, grid.tolist())


def _records(sheet: str, tables: Sequence[RawTable]) -> Copied:
    """The number of each record and its fields, below one row of headings."""
    headings = list(dict.fromkeys(h for t in tables for h in t.headings))
    columns = {h: i for i, h in enumerate(headings, 1)}
    last = max((int(t.row_numbers.max(initial=0)) for t in tables), default=0)
    grid = np.full((last + 1, len(headings) + 1), "", dtype=object)
    grid[0] = ["#", *headings]
    grid[1:, 0] = [str(n) for n in range(1, last + 1)]
    for table in tables:
        for heading in table.headings:
            grid[table.row_numbers, columns[heading]] = table.cells[heading].fillna("").astype(object).to_numpy()
    return Copied(sheet, grid.tolist(), columns)
