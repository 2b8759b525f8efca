"""Delimited text in which a quotation mark is never closed: the lines it stands in are found and made readable."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from idtracker.read.bounds import arrow_of
from idtracker.read.raw import RawTable
from idtracker.read.separated import OpenQuoteError, lines_of, records_of

_MOST_LINES = 1_000
_MOST_TRIES = 3
_SAMPLED_LINES = 1_000
_SAMPLED_CELLS = 2_000


def mend(text: str, delimiter: str) -> tuple[str, list[int]]:
    """The text with every damaged line written so that it is one record, and the one-based numbers of those records.

    A line whose quotation mark is not closed in it is damaged unless it makes a whole record, as wide as the lines
    without quotation marks, together with the next lines that have any.
    """
    lines = list(lines_of(text))
    width = _usual_width(lines, delimiter)
    mended: list[str] = []
    damaged: list[int] = []
    at = record = 0
    while at < len(lines):
        record += 1
        length = 1 if '"' not in lines[at] or _is_closed(lines[at], delimiter) else _joined(lines, at, delimiter, width)
        if length:
            mended += lines[at : at + length]
        else:
            damaged.append(record)
            mended.append(_rewritten(lines[at], delimiter))
        at += length or 1
    return "".join(mended), damaged


def swallows(tables: Iterable[RawTable], delimiter: str) -> bool:
    """Whether a cell of several lines holds one that looks like a record of its own."""
    for table in tables:
        least = max(1, len(table.headings) - 1)
        for heading in table.headings:
            cells = arrow_of(table, heading)
            has_lines = pc.or_(pc.match_substring(cells, "\n"), pc.match_substring(cells, "\r"))
            several = cells.filter(pc.fill_null(has_lines, False))
            for text in several.slice(0, _SAMPLED_CELLS).to_pylist():
                if any(line.count(delimiter) >= least for line in text.splitlines()[1:]):
                    return True
    return False


def _usual_width(lines: list[str], delimiter: str) -> int | None:
    widths = Counter(line.count(delimiter) + 1 for line in lines if '"' not in line and line.strip())
    return widths.most_common(1)[0][0] if widths else None


def _is_closed(line: str, delimiter: str) -> bool:
    """Every cell that is opened in the line is closed in it."""
    try:
        return len(list(islice(records_of(line, delimiter), 2))) == 1
    except OpenQuoteError:
        return False


def _joined(lines: list[str], at: int, delimiter: str, width: int | None) -> int:
    """How many lines make up the record that begins here; 0 where none of the next few closing marks gives a whole one."""
    tries = 0
    for after in range(at + 1, min(at + _MOST_LINES, len(lines))):
        if '"' not in lines[after]:
            continue
        record = _whole_record(lines[at : after + 1], delimiter)
        if record is not None and (width is None or len(record) == width):
            return after + 1 - at
        tries += 1
        if tries == _MOST_TRIES:
            return 0
    return 0


def _whole_record(lines: list[str], delimiter: str) -> list[str] | None:
    try:
        records = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def _rewritten(line: str, delimiter: str) -> str:
    """The same cells, divided at every separator, with their quotation marks as text."""
    bare = line.rstrip("\r\n")
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=line[len(bare) :]).writerow(bare.split(delimiter))
    return written.getvalue()


def columns_restored(columns: list[pa.ChunkedArray], stand_in: str, separator: str) -> list[pa.ChunkedArray]:
    """Cells in which the stand-in for a separator of several characters becomes that separator again."""
    return [pc.replace_substring(c, stand_in, separator) for c in columns]
