"""Tables that a web page or an Excel 2003 XML workbook holds: what many systems write when they say "Excel".

Only the text of cells is taken; nothing is run, fetched or expanded.
"""

from __future__ import annotations

import codecs
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from idtracker.ingest.read.bounds import check_cells, check_columns, check_markup, check_rows
from idtracker.ingest.read.formats.kinds import unknown
from idtracker.ingest.read.formats.table import HTML
from idtracker.ingest.read.grid import SheetGrid, tabulate
from idtracker.ingest.read.heading import WantedHeadings, find_heading
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.refusal import refusing, unreadable
from idtracker.ingest.read.stored import Day, Figure, codes_of
from idtracker.ingest.read.text.encoding import decode
from idtracker.ingest.read.unread import report_unread
from idtracker.ingest.read.workbook.number_formats import NumberFormat, number_format
from idtracker.ingest.read.workbook.shown import as_shown
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Findings

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_DAMAGED = "xml_malformed"
_SHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"
_NAMED_FORMATS = {"Percent": "0.00%"}
_PLAIN = number_format("")
_MIDNIGHT = "T00:00:00.000"


def read_markup(content: bytes, detected: str, source: Source, limits: Limits) -> Reading:
    """Every part of the source from the first table that holds its headings; the sheet is its caption or number.

    A cell over several columns stands in the first of them, one over several rows in each of them.
    """
    check_markup(content, limits)
    grids = html_tables(content, limits) if detected == HTML else xml_sheets(content, limits)
    filled = [g for g in grids if any(any(r) for r in g.rows)]
    if not filled:
        raise unknown(detected, source.format.kind)
    tables: dict[str, list[RawTable]] = {}
    for part in source.parts:
        grid = _table_of(part, filled)
        if grid is not None:
            tables[part.id] = [tabulate(grid, find_heading(grid.head, part), part, source.format.missing)[0]]
    findings = Findings()
    report_unread(findings, source.parts, tables, filled)
    return Reading(tables, findings)


def _table_of(part: Part, grids: list[SheetGrid]) -> SheetGrid | None:
    wanted = WantedHeadings(part)
    fits = [wanted.matches(find_heading(g.head, part).names) for g in grids]
    if any(fits):
        return grids[fits.index(max(fits))]
    return None if part.optional else grids[0]


def html_tables(content: bytes, limits: Limits) -> list[SheetGrid]:
    """Every table of a web page that holds no other table."""
    from lxml import etree

    text, _ = decode(content, _declared_encoding(content), "")
    with refusing("no_table"):
        parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
        page = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if page is None:
        raise unreadable("no_table")
    leaves = [t for t in page.iter("table") if next(t.iterdescendants("table"), None) is None]
    labels = [_caption(t) or f"table {n}" for n, t in enumerate(leaves, 1)]
    rows = ([[_html_cell(c) for c in r.iterchildren("td", "th")] for r in t.iter("tr")] for t in leaves)
    return [
        SheetGrid(label if labels.count(label) == 1 else f"{label} ({n})", laid_out(table, limits))
        for n, (label, table) in enumerate(zip(labels, rows, strict=True), 1)
    ]


def xml_sheets(content: bytes, limits: Limits) -> list[SheetGrid]:
    """Every sheet of an Excel 2003 XML workbook."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    with refusing(_DAMAGED):
        book = etree.fromstring(content, parser)
    if book is None:
        raise unreadable(_DAMAGED)
    formats = {
        str(style.get(f"{_SHEET}ID")): number_format(_NAMED_FORMATS.get(code, code))
        for style in book.iter(f"{_SHEET}Style")
        for own in style.iterchildren(f"{_SHEET}NumberFormat")
        if (code := str(own.get(f"{_SHEET}Format", "")))
    }
    grids = []
    for sheet in book.iter(f"{_SHEET}Worksheet"):
        rows = laid_out((_xml_cells(row, formats) for row in _xml_rows(sheet, limits)), limits)
        stored = [codes_of(row).tobytes() for row in rows]
        grids.append(SheetGrid(str(sheet.get(f"{_SHEET}Name", "")), rows, stored))
    return grids


Cell = tuple[str, int, int]
"""Text, columns and rows that it stands over."""


def laid_out(rows: Iterable[list[Cell]], limits: Limits) -> list[list[str]]:
    """Rows of cells as rows of text of one width."""
    grid: list[list[str]] = []
    below: dict[int, tuple[str, int]] = {}
    total = 0
    for cells in rows:
        line: dict[int, str] = {c: text for c, (text, _) in below.items()}
        below = {c: (text, count - 1) for c, (text, count) in below.items() if count > 1}
        column = 0
        for text, wide, high in cells:
            while column in line:
                column += 1
            check_columns(column + wide, limits)
            for place in range(column, column + wide):
                line[place] = text if place == column else ""
                if high > 1:
                    below[place] = (line[place], high - 1)
            column += wide
        width = max(line, default=-1) + 1
        total += width
        check_rows(len(grid) + 1, limits)
        check_cells(total, limits)
        grid.append([line.get(c, "") for c in range(width)])
    widest = max(map(len, grid), default=0)
    check_cells(widest * len(grid), limits)
    return [line + [""] * (widest - len(line)) for line in grid]


def _declared_encoding(content: bytes) -> str:
    match = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", content[:4096], re.IGNORECASE)
    try:
        return codecs.lookup(match[1].decode("ascii")).name if match else "utf-8"
    except (LookupError, UnicodeError):
        return "utf-8"


def _caption(table: Element) -> str:
    caption = table.find("caption")
    return _text(caption) if caption is not None else ""


def _html_cell(cell: Element) -> Cell:
    return _text(cell), _span(cell.get("colspan")), _span(cell.get("rowspan"))


def _text(element: Element) -> str:
    """All text within, each run of white space one blank; line breaks stay."""
    return "\n".join(" ".join(line.split()) for line in "".join(_pieces(element)).split("\x1f")).strip()


def _pieces(element: Element) -> Iterable[str]:
    if element.tag in ("script", "style"):
        return
    if element.tag == "br":
        yield "\x1f"
    yield element.text or ""
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""


def _span(declared: str | None) -> int:
    """A positive whole number; 1 where there is none."""
    return max(int(declared), 1) if declared and declared.isascii() and declared.isdigit() and len(declared) < 8 else 1


def _xml_rows(sheet: Element, limits: Limits) -> Iterable[Element | None]:
    """Rows in order; None for each that is passed over by an index."""
    at = 0
    for row in sheet.iter(f"{_SHEET}Row"):
        at += 1
        index = _span(row.get(f"{_SHEET}Index"))
        check_rows(index, limits)
        while at < index:
            yield None
            at += 1
        yield row


def _xml_cells(row: Element | None, formats: Mapping[str, NumberFormat]) -> list[Cell]:
    cells: list[Cell] = []
    at = 0
    for cell in row.iterchildren(f"{_SHEET}Cell") if row is not None else ():
        gap = _span(cell.get(f"{_SHEET}Index")) - 1 - at
        if gap > 0:
            cells.append(("", gap, 1))
        wide, high = (_merged(cell.get(f"{_SHEET}Merge{way}")) for way in ("Across", "Down"))
        style = cell.get(f"{_SHEET}StyleID") or (row.get(f"{_SHEET}StyleID") if row is not None else None)
        cells.append((_xml_text(cell.find(f"{_SHEET}Data"), formats.get(str(style), _PLAIN)), wide, high))
        at += max(gap, 0) + wide
    return cells


def _merged(declared: str | None) -> int:
    """Cells merged into one: those declared, and itself."""
    return _span(declared) + 1 if declared and declared != "0" else 1


def _xml_text(data: Element | None, known: NumberFormat) -> str:
    if data is None:
        return ""
    text = "".join(map(str, data.itertext())).strip()
    kind = data.get(f"{_SHEET}Type")
    try:
        if kind == "DateTime":
            is_part = known.sections[0].shown in ("month", "year")
            return Day(as_shown(dt.datetime.fromisoformat(text), known)[0] if is_part else text.removesuffix(_MIDNIGHT))
        if kind == "Number":
            is_percent = known.section(float(text)).shown == "percent"
            return Figure(as_shown(float(text), known)[0] if is_percent else text)
    except ValueError:
        return text
    return {"0": "FALSE", "1": "TRUE"}.get(text, text) if kind == "Boolean" else text
