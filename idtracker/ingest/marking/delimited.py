"""Markings in plain and delimited text, read in windows that end where a line does."""

from __future__ import annotations

import csv

from idtracker.ingest.marking.folding import fold, may_matter
from idtracker.ingest.marking.places import Place, labelled_in, marking_in
from idtracker.ingest.marking.rows import RowScan

_SEPARATORS = ",;\t|"
_SAMPLED = 60
_LONGEST_LINE = 1 << 17
_MOST_CELLS = 16_384


class DelimitedScan:
    """Lines as rows of a table. Lines that cannot hold a marking are counted and not taken apart."""

    def __init__(self) -> None:
        self._rows = RowScan()
        self._separator = ""
        self._lines = 0

    def feed(self, text: str) -> str | None:
        """The next lines."""
        text = fold(text)
        lines = text.splitlines()
        if not self._separator:
            self._separator = _separator(lines[:_SAMPLED])
        is_plain = not may_matter(text)
        for line in lines:
            self._lines += 1
            found = self._line(line, is_plain)
            if found:
                return found
        return None

    def close(self) -> str | None:
        return self._rows.close()

    def _line(self, line: str, is_plain: bool) -> str | None:
        if self._lines > _SAMPLED and (is_plain or not may_matter(line)):
            return self._rows.skip(2 if self._separator in line.strip(_SEPARATORS) else int(bool(line.strip())))
        if len(line) > _LONGEST_LINE:
            return _in_long(line)
        return self._rows.add(_cells(line, self._separator)) or labelled_in(line)


def _in_long(line: str) -> str | None:
    """A line that no table has: its cells by any separator, without their places."""
    for separator in _SEPARATORS:
        line = line.replace(separator, "\n")
    return marking_in(line, Place.CELL)


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])[:_MOST_CELLS]
    except csv.Error:
        return line.split(separator)[:_MOST_CELLS]


def _separator(lines: list[str]) -> str:
    """What stands in most of the first lines."""
    return max(_SEPARATORS, key=lambda s: sum(s in line for line in lines))
