"""Comma-, semicolon-, tab- or bar-separated text to tables of text cells."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

import pyarrow as pa
import pyarrow.csv as arrow_csv

from idtracker.catalog.source import Source
from idtracker.findings import Findings
from idtracker.read.cells import clean, columns_of, missing_column, type_of_text
from idtracker.read.dialect import choose_delimiter
from idtracker.read.encoding import decode
from idtracker.read.grid import Body, head_length, tabulate
from idtracker.read.heading import Wanted, find_heading
from idtracker.read.raw import RawTable, Reading
from idtracker.read.refusal import unreadable

_END = "\x00end"
_CHUNK = 50_000
_BLOCK_BYTES = 1 << 23


def read_delimited(content: bytes, source: Source) -> Reading:
    """Every part of the source from the one table of a delimited text; the sheet is ''.

    Row numbers are one-based numbers of *records*, counted from the start of the file with headings, banner and
    blank records; a quoted cell over several lines belongs to one record, so these are not line numbers. A row with
    more cells than the heading row is `row.ragged`, unless every row ends in the same empty cells.
    """
    grid, findings = open_delimited(content, source)
    tables: dict[str, list[RawTable]] = {}
    ragged: set[int] = set()
    for part in source.parts:
        heading = find_heading(grid.head, part)
        if part.optional and not Wanted(part).matches(heading.names):
            continue
        table, too_long = tabulate(grid, heading, part, source.format.missing)
        tables[part.id] = [table]
        ragged.update(too_long)
    if ragged:
        findings.add("row.ragged", sheet=grid.sheet, rows=sorted(ragged))
    return Reading(tables, findings)


def open_delimited(content: bytes, source: Source) -> tuple[TextGrid, Findings]:
    """The decoded text with its separator, not yet parsed."""
    csv.field_size_limit(sys.maxsize)
    text, findings = decode(content, source.format.encoding, source.id or source.title)
    delimiter, more = choose_delimiter(text, source.format.delimiter, source.parts)
    findings.extend(more)
    return TextGrid(text, delimiter, head_length(source)), findings


@dataclass(frozen=True)
class TextGrid:
    """Delimited text, parsed as far as is asked for."""

    text: str
    delimiter: str
    head_rows: int

    @property
    def sheet(self) -> str:
        return ""

    @cached_property
    def head(self) -> list[list[str]]:
        return list(islice(_records(io.StringIO(self.text, newline=""), self.delimiter, 1), self.head_rows))

    def body(self, first_row: int, width: int) -> Body:
        """The records from `first_row` on, `width` columns wide."""
        if not width:
            return Body([])
        rest = self.text[self._start_of(first_row) :]
        columns = parse_at_once(rest, self.delimiter, width)
        return Body(columns) if columns is not None else parse_by_record(rest, self.delimiter, width, first_row)

    def _start_of(self, row: int) -> int:
        """Where in the text a record begins; its end where there are fewer records."""
        text = io.StringIO(self.text, newline="")
        for _ in islice(csv.reader(text, delimiter=self.delimiter), row - 1):
            pass
        return text.tell()


def parse_at_once(text: str, delimiter: str, width: int) -> list[pa.ChunkedArray] | None:
    """`width` columns of text in which all records are equally wide; None where anything is out of the ordinary."""
    first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), None)
    if not first or not delimiter.isascii():
        return None
    end = "" if text.endswith(("\n", "\r")) else "\n"
    content = pa.py_buffer(f"{text}{end}{delimiter.join([_END] * len(first))}\n".encode())
    names = [str(i) for i in range(len(first))]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(content),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, double_quote=True
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, type_of_text), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.column(0)[-1].as_py() != _END:
        return None
    columns: list[pa.ChunkedArray] = table.slice(0, len(table) - 1).columns
    if any(clean(c).null_count < len(c) for c in columns[width:]):
        return None
    return columns[:width] + [missing_column(len(table) - 1)] * (width - len(columns))


def parse_by_record(text: str, delimiter: str, width: int, first_row: int) -> Body:
    """The same, record by record: short records are filled up, what stands beyond `width` is dropped and noted."""
    records = enumerate(_records(io.StringIO(text, newline=""), delimiter, first_row), first_row)
    chunks: list[list[pa.ChunkedArray]] = []
    ragged: list[int] = []
    trailing: list[int] = []
    filled = 0
    while chunk := list(islice(records, _CHUNK)):
        filled += sum(any(record) for _, record in chunk)
        for row, record in chunk:
            if len(record) > width:
                (ragged if "".join(record[width:]).strip() else trailing).append(row)
        chunks.append(columns_of([_fit(record, width) for _, record in chunk], width))
    if len(trailing) + len(ragged) < filled:
        ragged = sorted(ragged + trailing)
    columns = [[c[i].chunk(0) for c in chunks] for i in range(width)]
    return Body([pa.chunked_array(c, type=type_of_text) for c in columns], ragged)


def _fit(record: list[str], width: int) -> list[str]:
    return record if len(record) == width else record[:width] + [""] * (width - len(record))


def _records(text: io.StringIO, delimiter: str, first_row: int) -> Iterator[list[str]]:
    """Records as lists of cells. A quotation mark that is opened and never closed refuses the file."""
    row = first_row - 1
    previous: list[str] | None = None
    for record in csv.reader(chain(text, [_END]), delimiter=delimiter):
        if previous is not None:
            yield previous
        previous, row = record, row + 1
    if previous != [_END]:
        raise unreadable(f"the quotation mark that opens a cell in row {row} is never closed")
