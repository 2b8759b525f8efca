"""Tables with a row of HXL tags (#adm1+code), delimited or in a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from idtracker.ingest.read.cells import trim_heading
from idtracker.ingest.read.formats.table import FORMATS, KINDS, TEXT
from idtracker.ingest.read.grid import Grid, tabulate
from idtracker.ingest.read.heading import HXL_TAG, Heading, WantedHeadings, declared_headings, fold, join_rows
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.refusal import RefusalError, worded
from idtracker.ingest.read.text.delimited import open_delimited, read_mended
from idtracker.ingest.read.unread import report_unread
from idtracker.ingest.read.workbook.sheet_findings import SheetReport
from idtracker.ingest.read.workbook.sheets import named_sheets
from idtracker.ingest.read.workbook.workbook import Workbook
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Findings

_SEARCHED_ROWS = 25
_LEAST_TAGGED = 0.5


class UntaggedError(RefusalError):
    """No table has a row of tags."""

    def __init__(self) -> None:
        super().__init__("file.unreadable", reason=worded("no_tags", rows=_SEARCHED_ROWS))


def read_hxl(content: bytes, detected: str, source: Source, limits: Limits) -> Reading:
    """A table with HXL tags; where there are none, a plain one that has declared headings."""
    try:
        return _read_tagged(content, detected, source, limits)
    except UntaggedError:
        reading = FORMATS[detected].reader_for()(content, detected, source, limits)
        if not _has_headings(reading, source):
            raise
    findings = Findings()
    findings.add("file.other_kind", expected=KINDS["hxl"].name, found=worded("untagged_table"))
    findings.extend(reading.findings)
    return replace(reading, findings=findings)


def _has_headings(reading: Reading, source: Source) -> bool:
    wanted = {part.id: WantedHeadings(part) for part in source.parts}
    return any(wanted[part_id].matches(t.headings) for part_id, tables in reading.tables.items() for t in tables)


def _read_tagged(content: bytes, detected: str, source: Source, limits: Limits) -> Reading:
    """Every part of the source from tables with a tag row within their first 25 rows; data start below it.

    A column is called what the part calls it: by its tag (order of attributes, case and blanks do not matter) or by
    the heading above the tag. Other columns are called by their normalised tag, untagged ones by their heading.
    """
    if detected == TEXT:
        text, findings = open_delimited(content, source, limits)
        reading = read_mended(text, lambda sound: _read_grids([sound], source))
        findings.extend(reading.findings)
        return Reading(reading.tables, findings)
    book = Workbook(content, detected, limits)
    data_rows = {s: (tag_row(book.grid(s).head) or 0) + 1 for s in book.sheets}
    reading = _read_grids([book.filled(s, row) for s, row in data_rows.items()], source)
    report = SheetReport()
    for part in source.parts:
        for table in reading.tables.get(part.id, []):
            sheet = table.sheet
            grid, facts, visibility = book.grid(sheet), book.facts(sheet), book.visibility[sheet]
            report.add_table(table, grid, data_rows[sheet], part, facts, visibility)
    report.add_package(book.package.has_macros)
    reading.findings.extend(report.findings())
    read = {table.sheet for tables in reading.tables.values() for table in tables}
    tagged = (grid for grid in book.others(read) if tag_row(grid.head))
    report_unread(reading.findings, source.parts, reading.tables, tagged, hidden=book.hidden, find=tag_heading)
    return Reading(reading.tables, reading.findings, book.stamp)


def _read_grids(grids: Sequence[Grid], source: Source) -> Reading:
    tagged = {g.sheet: g for g in grids if tag_row(g.head)}
    if not tagged:
        raise UntaggedError
    findings = Findings()
    tables: dict[str, list[RawTable]] = {}
    for part in source.parts:
        for sheet in _sheets_of(part, tagged, findings):
            grid = tagged[sheet]
            table, too_long = tabulate(grid, tag_heading(grid.head, part), part, source.format.missing)
            tables.setdefault(part.id, []).append(table)
            too_long.report(findings, sheet)
    return Reading(tables, findings)


def _sheets_of(part: Part, tagged: dict[str, Grid], findings: Findings) -> list[str]:
    sheets = list(tagged)
    if part.layout.sheet and sheets != [""]:
        return named_sheets(part.layout.sheet, part.optional, sheets, findings)
    wanted = WantedHeadings(part)
    holding = [s for s in sheets if wanted.matches(tag_heading(tagged[s].head, part).names)]
    return holding[:1] or ([] if part.optional else sheets[:1])


def tag_row(head: Sequence[Sequence[str]]) -> int | None:
    """One-based row of the first 25 in which at least half of the filled cells are tags (as libhxl has it)."""
    for number, row in enumerate(head[:_SEARCHED_ROWS], 1):
        filled = [c for c in row if trim_heading(c)]
        if filled and sum(bool(normal_tag(c)) for c in filled) >= _LEAST_TAGGED * len(filled):
            return number
    return None


def normal_tag(text: str) -> str:
    """`# Org +Name` -> `#org+name`; '' where the text is no tag. The order of attributes is kept."""
    tag = trim_heading(text)
    return "".join(tag.split()).lower() if HXL_TAG.fullmatch(tag) else ""


def tag_heading(head: Sequence[Sequence[str]], part: Part) -> Heading:
    """What each column of a tagged table is called, and where its data start."""
    row = tag_row(head)
    if row is None:
        raise UntaggedError
    plain = join_rows(_rows_above(head, row, part))
    width = max(len(head[row - 1]), len(plain))
    tags = [normal_tag(c) for c in head[row - 1]] + [""] * (width - len(head[row - 1]))
    plain = plain + [""] * (width - len(plain))
    declared = declared_headings(part)
    names = [_name(tag, heading, declared) for tag, heading in zip(tags, plain, strict=True)]
    return Heading(names, part.layout.data_row or row + 1)


def _rows_above(head: Sequence[Sequence[str]], row: int, part: Part) -> list[Sequence[str]]:
    """The declared heading rows, else the nearest row above the tags that is not blank."""
    if part.layout.header_rows:
        return [head[r - 1] for r in part.layout.header_rows if r < row]
    return [r for r in reversed(head[: row - 1]) if any(map(trim_heading, r))][:1]


def _name(tag: str, heading: str, declared: Sequence[str]) -> str:
    for name in declared:
        if tag and _parts_of(normal_tag(name)) == _parts_of(tag):
            return name
    for name in declared:
        if heading and fold(name) == fold(heading):
            return name
    return tag or heading


def _parts_of(tag: str) -> tuple[str, frozenset[str]]:
    name, *attributes = tag.split("+")
    return name, frozenset(attributes)
