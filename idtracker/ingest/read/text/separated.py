"""Parsing of delimited text into columns: all records at once where they are equally wide, record by record where not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain, islice

import pyarrow as pa
import pyarrow.csv as arrow_csv

from idtracker.ingest.read.bounds import check_rows
from idtracker.ingest.read.cells import clean, columns_of, missing_column, type_of_text
from idtracker.ingest.read.grid import Body
from idtracker.model.config.limits import Limits

_END = "\x00end"
_CHUNK = 50_000
_BLOCK_BYTES = 1 << 23
_SLICE = 1 << 20
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class OpenQuoteError(Exception):
    """A quotation mark opens a cell and is never closed, or so far on that the cell is longer than any may be."""


def lines_of(text: str, start: int = 0) -> Iterator[str]:
    """Lines with their ends: line feeds, carriage returns, or both."""
    return (match[0] for match in _LINE.finditer(text, start))


def records_of(text: str, delimiter: str, start: int = 0) -> Iterator[list[str]]:
    """Records as lists of cells, from a place in the text at which one begins. OpenQuoteError where one never ends."""
    previous: list[str] | None = None
    try:
        for record in csv.reader(chain(lines_of(text, start), [_END]), delimiter=delimiter):
            if previous is not None:
                yield previous
            previous = record
    except csv.Error:
        raise OpenQuoteError from None
    if previous != [_END]:
        raise OpenQuoteError


def start_of(text: str, delimiter: str, row: int) -> int:
    """Where in the text a record begins; its end where there are fewer records."""
    taken = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        for line in lines_of(text):
            taken += len(line)
            yield line

    try:
        for _ in islice(csv.reader(lines(), delimiter=delimiter), row - 1):
            pass
    except csv.Error:
        raise OpenQuoteError from None
    return taken


def parse_at_once(
    text: str, delimiter: str, width: int, start: int = 0, limits: Limits | None = None
) -> list[pa.ChunkedArray] | None:
    """`width` columns of text in which all records are equally wide; None where anything is out of the ordinary."""
    first = next(csv.reader(lines_of(text, start), delimiter=delimiter), None)
    if not first or not delimiter.isascii():
        return None
    end = "" if text.endswith(("\n", "\r")) else "\n"
    tail = f"{end}{delimiter.join([_END] * len(first))}\n"
    names = [str(i) for i in range(len(first))]
    try:
        table = arrow_csv.read_csv(
            pa.PythonFile(_Encoded(text, start, tail), mode="r"),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, double_quote=True
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, type_of_text), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.column(0)[-1].as_py() != _END:
        return None
    check_rows(len(table) - 1, limits or Limits())
    columns: list[pa.ChunkedArray] = table.slice(0, len(table) - 1).columns
    if any(clean(c).null_count < len(c) for c in columns[width:]):
        return None
    return columns[:width] + [missing_column(len(table) - 1)] * (width - len(columns))


def parse_by_record(
    text: str, delimiter: str, width: int, first_row: int, start: int = 0, limits: Limits | None = None
) -> Body:
    """The same, record by record: short records are filled up, what stands beyond `width` is dropped and noted."""
    records = enumerate(records_of(text, delimiter, start), first_row)
    chunks: list[list[pa.ChunkedArray]] = []
    ragged: list[int] = []
    trailing: list[int] = []
    filled = 0
    while chunk := list(islice(records, _CHUNK)):
        check_rows(chunk[-1][0], limits or Limits())
        filled += sum(any(record) for _, record in chunk)
        for row, record in chunk:
            if len(record) > width:
                (ragged if "".join(record[width:]).strip() else trailing).append(row)
        chunks.append(columns_of([_fit(record, width) for _, record in chunk], width))
    if len(trailing) + len(ragged) >= filled:
        trailing = []  # a separator ends every row
    columns = [[c[i].chunk(0) for c in chunks] for i in range(width)]
    return Body([pa.chunked_array(c, type=type_of_text) for c in columns], ragged, trailing)


def _fit(record: list[str], width: int) -> list[str]:
    return record if len(record) == width else record[:width] + [""] * (width - len(record))


class _Encoded(io.RawIOBase):
    """A text from a place on, and a tail after it, as a stream of UTF-8 that is never held as a whole."""

    def __init__(self, text: str, start: int, tail: str) -> None:
        pieces = (text[at : at + _SLICE] for at in range(start, len(text), _SLICE))
        self._pieces = (piece.encode("utf-8", "replace") for piece in chain(pieces, [tail]))
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        """At most `size` bytes; empty only at the end."""
        wanted = _BLOCK_BYTES if size is None or size < 0 else size
        parts, length = [self._rest], len(self._rest)
        while length < wanted and (piece := next(self._pieces, None)) is not None:
            parts.append(piece)
            length += len(piece)
        whole = b"".join(parts)
        self._rest = whole[wanted:]
        return whole[:wanted]
