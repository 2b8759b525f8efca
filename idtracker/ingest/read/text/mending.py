"""Delimited text in which a quotation mark is never closed: the lines it stands in are found and made readable."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.read.bounds import arrow_of, check_characters
from idtracker.ingest.read.cells import of_different
from idtracker.ingest.read.raw import RawTable
from idtracker.ingest.read.text.separated import OpenQuoteError, lines_of, records_of
from idtracker.model.config.limits import Limits

_MOST_LINES = 1_000
_MOST_TRIES = 12
_MOST_TIMES = 4
_SAMPLED_LINES = 1_000
_SAMPLED_CELLS = 2_000


def mend(text: str, delimiter: str, limits: Limits | None = None) -> tuple[str, list[int]]:
    """The text with every damaged line written so that it is one record, and the one-based numbers of those records.

    A line whose quotation mark is not closed in it is damaged unless it makes a whole record, as wide as lines usually
    are, together with the next lines that have any. RefusalError where such a record holds a cell that is too long.
    """
    lines = list(lines_of(text))
    widths = _usual_widths(lines, delimiter)
    mended: list[str] = []
    damaged: list[int] = []
    at = record = 0
    while at < len(lines):
        record += 1
        is_whole = '"' not in lines[at] or _is_closed(lines[at], delimiter)
        length = 1 if is_whole else _joined(lines, at, delimiter, widths, limits or Limits())
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


def _usual_widths(lines: list[str], delimiter: str) -> set[int]:
    """Cells of the first line, and the commonest number in lines without quotation marks and in lines with closed ones."""
    sample = [line for line in lines[:_SAMPLED_LINES] if line.strip()]
    plain = Counter(line.count(delimiter) + 1 for line in sample if '"' not in line)
    quoted = Counter(width for line in sample if '"' in line and (width := _width_of(line, delimiter)))
    first = Counter(width for line in sample[:1] if (width := _width_of(line, delimiter)))
    return {widths.most_common(1)[0][0] for widths in (first, plain, quoted) if widths}


def _is_closed(line: str, delimiter: str) -> bool:
    """Every cell that is opened in the line is closed in it."""
    try:
        return len(list(islice(records_of(line, delimiter), 2))) == 1
    except OpenQuoteError:
        return False


def _joined(lines: list[str], at: int, delimiter: str, widths: set[int], limits: Limits) -> int:
    """How many lines make up the record that begins here; 0 where none of the next few closing marks gives a whole one."""
    tries, size = 0, len(lines[at])
    for after in range(at + 1, min(at + _MOST_LINES, len(lines))):
        size += len(lines[after])
        if tries == _MOST_TRIES or size > _MOST_TIMES * limits.cell_characters:
            return 0
        if '"' not in lines[after]:
            continue
        try:
            record = _whole_record(lines[at : after + 1], delimiter)
        except _StillOpenError:
            tries += 1
            continue
        if record is None or (widths and len(record) not in widths):
            return 0
        check_characters(max(map(len, record)), limits)
        return after + 1 - at
    return 0


class _StillOpenError(Exception):
    """A cell is opened in these lines and not closed."""


def _whole_record(lines: list[str], delimiter: str) -> list[str] | None:
    """The one record that these lines are, whatever the length of its cells; None where they are not exactly one."""
    most = csv.field_size_limit(sys.maxsize)
    try:
        records = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as problem:
        if "unexpected end" in str(problem):
            raise _StillOpenError from None
        return None
    finally:
        csv.field_size_limit(most)
    return records[0] if len(records) == 1 else None


def _width_of(line: str, delimiter: str) -> int:
    """Cells of a line that is a record; 0 where it is none."""
    try:
        return len(_whole_record([line], delimiter) or ())
    except _StillOpenError:
        return 0


def _rewritten(line: str, delimiter: str) -> str:
    """The same cells, divided at every separator, with their quotation marks as text."""
    bare = line.rstrip("\r\n")
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=line[len(bare) :]).writerow(bare.split(delimiter))
    return written.getvalue()


def columns_restored(columns: list[pa.ChunkedArray], stand_in: str, separator: str) -> list[pa.ChunkedArray]:
    """Cells in which the stand-in for a separator of several characters becomes that separator again."""
    return [of_different(c, lambda texts: pc.replace_substring(texts, stand_in, separator)) for c in columns]
