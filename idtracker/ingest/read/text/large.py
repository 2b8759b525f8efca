"""Large delimited files that are plain UTF-8 and in order throughout: read from their bytes, without the text as a whole."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from idtracker.ingest.read.bounds import check_cells
from idtracker.ingest.read.formats.sniff import bom_of, wide_codec_of
from idtracker.ingest.read.grid import Body, Grid, head_length
from idtracker.ingest.read.raw import Reading
from idtracker.ingest.read.text.dialect import choose_delimiter
from idtracker.ingest.read.text.mending import swallows
from idtracker.ingest.read.text.separated import OpenQuoteError, first_record, parse_pieces, records_of, start_of
from idtracker.ingest.read.text.tails import is_cut
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Source

FEWEST_BYTES = 1 << 23
_PREFIX = _TAIL = 1 << 20
_PIECE = 1 << 20


class LimitedGrid(Grid, Protocol):
    """A grid that knows the limits of what is read."""

    @property
    def limits(self) -> Limits: ...


class IrregularError(Exception):
    """Something that only the whole text shows."""


def read_large(
    content: bytes, source: Source, limits: Limits, read_parts: Callable[[LimitedGrid, Source], Reading]
) -> Reading | None:
    """What `read_parts` makes of the file; None where it is small, or anything about it is out of the ordinary.

    Nothing is decided here that the reading of the whole text would decide otherwise: whatever it would report, mend or
    refuse, it is asked for. RefusalError where there are too many cells, rows or columns.
    """
    if len(content) < FEWEST_BYTES or not _is_plain(content, source, limits):
        return None
    try:
        grid = _grid_of(content, source, limits)
        reading = read_parts(grid, source)
    except (IrregularError, OpenQuoteError):
        return None
    tables = (table for of_part in reading.tables.values() for table in of_part)
    return None if b'"' in content and swallows(tables, grid.delimiter) else reading


def _is_plain(content: bytes, source: Source, limits: Limits) -> bool:
    """Declared UTF-8 and nothing else, without marks, comments or lines that may be longer than is allowed."""
    try:
        is_declared = codecs.lookup(source.format.encoding).name == "utf-8"
    except LookupError:
        return False
    if not is_declared or source.format.comment or bom_of(content) or wide_codec_of(content):
        return False
    if b"\0" in content or b'\\"' in content or not _is_utf8(content):
        return False
    window = max(min(limits.columns, limits.cell_characters) // 2, 1)
    starts = range(0, len(content) - window + 1, window)
    return all(content.find(b"\n", n, n + window) >= 0 or content.find(b"\r", n, n + window) >= 0 for n in starts)


def _is_utf8(content: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(content), _PIECE):
            decoder.decode(content[at : at + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _grid_of(content: bytes, source: Source, limits: Limits) -> _BytesGrid:
    """IrregularError where the separator is not the declared one, or the first rows or the last do not look like rows."""
    prefix = content[: content.rfind(b"\n", 0, _PREFIX) + 1].decode("utf-8")
    separator, findings = choose_delimiter(prefix, source.format.delimiter, source.parts)
    tail = content[-_TAIL:].decode("utf-8", "ignore")
    if findings or len(separator) != 1 or not separator.isascii() or is_cut(tail, separator):
        raise IrregularError
    check_cells(content.count(separator.encode()) + 1, limits)
    rows = head_length(source)
    head = list(islice(records_of(prefix, separator), rows))
    if len(head) < rows:
        raise IrregularError
    return _BytesGrid(content, prefix, separator, head, limits)


@dataclass(frozen=True)
class _BytesGrid:
    """The table of a file; `prefix` is its beginning as text, which holds all that stands above the data."""

    content: bytes
    prefix: str
    delimiter: str
    head: list[list[str]]
    limits: Limits

    @property
    def sheet(self) -> str:
        return ""

    def body(self, first_row: int, width: int) -> Body:
        """The records from `first_row` on, `width` columns wide. IrregularError where they are not equally wide."""
        if not width:
            return Body([])
        start = start_of(self.prefix, self.delimiter, first_row)
        first = first_record(self.prefix, self.delimiter, start)
        if not first or start >= len(self.prefix):
            raise IrregularError
        is_ended = self.content.endswith((b"\n", b"\r"))
        pieces = self._pieces(len(self.prefix[:start].encode("utf-8")))
        columns = parse_pieces(pieces, self.delimiter, width, len(first), self.limits, is_ended=is_ended)
        if columns is None:
            raise IrregularError
        return Body(columns)

    def _pieces(self, start: int) -> Iterator[bytes]:
        return (self.content[at : at + _PIECE] for at in range(start, len(self.content), _PIECE))
