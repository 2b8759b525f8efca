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
from idtracker.model.packed.coder import ColumnCoder

_END = "\x00end"
_CHUNK = 50_000
_BLOCK_BYTES = 1 << 20
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
    first = first_record(text, delimiter, start)
    if not first or not delimiter.isascii():
        return None
    pieces = (text[at : at + _SLICE].encode("utf-8", "replace") for at in range(start, len(text), _SLICE))
    is_ended = text.endswith(("\n", "\r"))
    return parse_pieces(pieces, delimiter, width, len(first), limits or Limits(), is_ended=is_ended)


def first_record(text: str, delimiter: str, start: int = 0) -> list[str] | None:
    """The record that begins at a place in the text."""
    return next(csv.reader(lines_of(text, start), delimiter=delimiter), None)


def parse_pieces(
    pieces: Iterator[bytes], delimiter: str, width: int, own_width: int, limits: Limits, *, is_ended: bool
) -> list[pa.ChunkedArray] | None:
    """`width` columns of UTF-8 in pieces in which all records are of one `own_width`; None where anything is out of the ordinary.

    Columns whose texts repeat come coded. `is_ended` says whether the last record has its line end.
    """
    tail = f"{'' if is_ended else chr(10)}{delimiter.join([_END] * own_width)}\n".encode()
    names = [str(i) for i in range(own_width)]
    try:
        batches = arrow_csv.open_csv(
            pa.PythonFile(_Stream(chain(pieces, [tail])), mode="r"),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, double_quote=True
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, type_of_text), strings_can_be_null=True, null_values=[""]
            ),
        )
        count, last, coders = 0, None, [ColumnCoder() for _ in names]
        for batch in batches:
            for coder, cells in zip(coders, batch.columns, strict=True):
                coder.add(cells)
            count, last = count + len(batch), batch.column(0)[-1].as_py() if len(batch) else last
    except pa.ArrowInvalid:
        return None
    if last != _END:
        return None
    check_rows(count - 1, limits)
    columns = [coder.finish(count - 1) for coder in coders]
    if any(clean(c).null_count < len(c) for c in columns[width:]):
        return None
    return columns[:width] + [missing_column(count - 1)] * (width - len(columns))


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


class _Stream(io.RawIOBase):
    """Pieces one after the other as a stream that is never held as a whole."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

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
