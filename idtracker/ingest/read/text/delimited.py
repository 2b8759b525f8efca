"""Comma-, semicolon-, tab-, bar- or otherwise separated text to tables of text cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

from idtracker.ingest.read.bounds import check_cells, check_characters, check_columns
from idtracker.ingest.read.grid import Body, LongRows, head_length, tabulate
from idtracker.ingest.read.heading import WantedHeadings, find_heading
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.refusal import sized, too_large, worded
from idtracker.ingest.read.text.dialect import choose_delimiter, doubled_quotes, one_character, without_comments
from idtracker.ingest.read.text.encoding import decode
from idtracker.ingest.read.text.large import LimitedGrid, read_large
from idtracker.ingest.read.text.mending import columns_restored, mend, swallows
from idtracker.ingest.read.text.separated import OpenQuoteError, parse_at_once, parse_by_record, records_of, start_of
from idtracker.ingest.read.text.tails import is_cut
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Source
from idtracker.model.findings import Findings

_LINE_END = re.compile("[\r\n]")


def read_delimited(content: bytes, _: str, source: Source, limits: Limits) -> Reading:
    """Every part of the source from the one table of a delimited text; the sheet is ''.

    Row numbers are one-based numbers of *records*, counted from the start of the file with headings, banner, comments
    and blank records; a quoted cell over several lines belongs to one record, so these are not line numbers. A row
    with something beyond the last heading is `row.ragged`, one with empty cells there `row.trailing_cells`, unless every row
    ends so; one with a
    quotation mark that is never closed is `row.damaged`, and the rows after it are read.
    """
    if (reading := read_large(content, source, limits, _read_parts)) is not None:
        return reading
    grid, findings = open_delimited(content, source, limits)
    reading = read_mended(grid, lambda sound: _read_parts(sound, source))
    findings.extend(reading.findings)
    return Reading(reading.tables, findings)


def read_mended(grid: TextGrid, read: Callable[[TextGrid], Reading]) -> Reading:
    """What `read` makes of the text, and of its mended form where a quotation mark is never closed."""
    reading = None
    try:
        reading = read(grid)
        if '"' not in grid.text or not swallows(
            (t for tables_of_part in reading.tables.values() for t in tables_of_part), grid.delimiter
        ):
            return reading
    except OpenQuoteError:
        pass
    text, damaged = mend(grid.text, grid.delimiter, grid.limits)
    if reading is not None and not damaged:
        return reading
    try:
        reading = read(replace(grid, text=text))
    except OpenQuoteError:
        most = sized("characters", grid.limits.cell_characters)
        raise too_large(most, worded("more_than", size=most)) from None
    rows = sorted({int(r) for t in _tables(reading) for r in t.row_numbers} & set(damaged))
    if rows:
        reading.findings.add("row.damaged", sheet=grid.sheet, rows=rows)
    return reading


def _read_parts(grid: LimitedGrid, source: Source) -> Reading:
    tables: dict[str, list[RawTable]] = {}
    findings = Findings()
    ragged: set[int] = set()
    trailing: set[int] = set()
    for part in source.parts:
        heading = find_heading(grid.head, part)
        check_columns(len(heading.names), grid.limits)
        if part.optional and not WantedHeadings(part).matches(heading.names):
            continue
        table, too_long = tabulate(grid, heading, part, source.format.missing)
        tables[part.id] = [table]
        ragged.update(too_long.ragged)
        trailing.update(too_long.trailing)
    LongRows(sorted(ragged), sorted(trailing - ragged)).report(findings, grid.sheet)
    return Reading(tables, findings)


def open_delimited(content: bytes, source: Source, limits: Limits) -> tuple[TextGrid, Findings]:
    """The decoded text with its separator, within the limits, not yet parsed."""
    csv.field_size_limit(limits.cell_characters)
    text, findings = decode(content, source.format.encoding, source.id or source.title)
    text = without_comments(text, source.format.comment)
    text, more = doubled_quotes(text, source.format.delimiter)
    findings.extend(more)
    separator, more = choose_delimiter(text, source.format.delimiter, source.parts)
    findings.extend(more)
    text, delimiter = one_character(text, separator)
    if is_cut(text, delimiter):
        findings.add("file.incomplete", reason=worded("cut_line"))
    check_cells(text.count(delimiter) + 1, limits)
    check_long_lines(text, delimiter, limits)
    return TextGrid(text, delimiter, head_length(source), limits, separator), findings


def check_long_lines(text: str, delimiter: str, limits: Limits) -> None:
    """No line with more columns, or longer cells, than are allowed. Only lines long enough for that are looked at, found by
    windows without a line end; separators inside quotation marks do not count."""
    window = max(min(limits.columns, limits.cell_characters) // 2, 1)
    at = counted = quotes = 0
    while at + window <= len(text):
        if text.find("\n", at, at + window) < 0 and text.find("\r", at, at + window) < 0:
            before = max(at - 2 * window, 0)
            start = max(text.rfind("\n", before, at), text.rfind("\r", before, at), before - 1) + 1
            match = _LINE_END.search(text, at)
            end = match.start() if match else len(text)
            if text.count(delimiter, start, end) >= limits.columns or end - start > limits.cell_characters:
                quotes, counted = quotes + text.count('"', counted, start), start
                columns, longest = _measured(text, start, end, delimiter, inside=quotes % 2 == 1)
                check_columns(columns, limits)
                check_characters(longest, limits)
            at = end
        at += window


def _measured(text: str, start: int, end: int, delimiter: str, *, inside: bool) -> tuple[int, int]:
    """Columns of a line and characters in its longest cell; separators inside quotation marks are text."""
    columns, longest, at = 1, 0, start
    while at < end:
        mark = text.find('"', at, end)
        stop = end if mark < 0 else mark
        columns += 0 if inside else text.count(delimiter, at, stop)
        longest = max(longest, stop - at if inside else _longest_between(text, at, stop, delimiter))
        inside, at = not inside, stop + 1
    return columns, longest


def _longest_between(text: str, start: int, end: int, delimiter: str) -> int:
    longest, at = 0, start
    while at <= end:
        position = text.find(delimiter, at, end)
        stop = end if position < 0 else position
        longest, at = max(longest, stop - at), stop + 1
    return longest


def _tables(reading: Reading) -> Iterable[RawTable]:
    return (t for tables_of_part in reading.tables.values() for t in tables_of_part)


@dataclass(frozen=True)
class TextGrid:
    """Delimited text, parsed as far as is asked for. `delimiter` stands in for a `separator` of several characters."""

    text: str
    delimiter: str
    head_rows: int
    limits: Limits = field(default_factory=Limits)
    separator: str = ""

    @property
    def sheet(self) -> str:
        return ""

    @cached_property
    def head(self) -> list[list[str]]:
        records = islice(records_of(self.text, self.delimiter), self.head_rows)
        return [[self._restored(c) for c in r] for r in records] if self._has_stand_in else list(records)

    def body(self, first_row: int, width: int) -> Body:
        """The records from `first_row` on, `width` columns wide."""
        if not width:
            return Body([])
        start = start_of(self.text, self.delimiter, first_row)
        columns = parse_at_once(self.text, self.delimiter, width, start, self.limits)
        if columns is not None:
            body = Body(columns)
        else:
            body = parse_by_record(self.text, self.delimiter, width, first_row, start, self.limits)
        if self._has_stand_in:
            return replace(body, columns=columns_restored(body.columns, self.delimiter, self.separator))
        return body

    @property
    def _has_stand_in(self) -> bool:
        return len(self.separator) > 1

    def _restored(self, cell: str) -> str:
        return cell.replace(self.delimiter, self.separator)
