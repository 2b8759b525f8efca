"""Where the headings of a table stand and what they are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from idtracker.ingest.read.cells import trim_heading
from idtracker.model.config.source import Part
from idtracker.model.findings import cell_address

SEARCHED_ROWS = 50
HXL_TAG = re.compile(r"#\s*[a-z][a-z0-9_]*(\s*\+\s*[a-z][a-z0-9_]*)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """Names by column, '' where there is none, and the one-based row at which the data start."""

    names: list[str]
    data_row: int


@lru_cache(maxsize=16384)
def fold(heading: str) -> str:
    """Headings are compared without regard to case, white space and marks at the ends."""
    return " ".join(trim_heading(heading).split()).casefold()


def is_virtual(heading: str) -> bool:
    """`@sheet`, `@file`, `@row`, `@name.<group>`: not in the file."""
    return heading.startswith("@")


class WantedHeadings:
    """The headings that a part declares, to find its table by."""

    def __init__(self, part: Part) -> None:
        self._unpivot = re.compile(part.unpivot.columns) if part.unpivot else None
        made_names = {part.unpivot.value, *self._unpivot.groupindex} if part.unpivot and self._unpivot else set()
        self._columns: list[tuple[frozenset[str], bool]] = []
        for column in part.columns:
            names = [h for h in column.headings if not is_virtual(h) and h not in made_names]
            if column.constant is None and len(names) == len(column.headings):
                self._columns.append((frozenset(map(fold, names)), column.required))

    @property
    def count(self) -> int:
        """How many there are; columns to unpivot count as one."""
        return len(self._columns) + (self._unpivot is not None)

    def matches(self, headings: Sequence[str]) -> int:
        """How many declared columns are among these headings; columns to unpivot count as one."""
        present = {fold(h) for h in headings if h}
        count = sum(not names.isdisjoint(present) for names, _ in self._columns)
        return count + self._has_unpivot(headings)

    def suffices(self, headings: Sequence[str]) -> bool:
        """At least one declared column, and at least half of the required ones, are among these headings."""
        present = {fold(h) for h in headings if h}
        required = [names for names, is_required in self._columns if is_required]
        count = sum(not names.isdisjoint(present) for names in required)
        return 2 * count >= len(required) and self.matches(headings) > 0

    def _has_unpivot(self, headings: Sequence[str]) -> bool:
        return self._unpivot is not None and any(h and self._unpivot.search(trim_heading(h)) for h in headings)


def declared_headings(part: Part) -> list[str]:
    """Every heading that the columns of a part or its `where` name, without virtual ones, in order."""
    named = (h for c in part.columns if c.constant is None for h in c.headings if not is_virtual(h))
    return list(dict.fromkeys((*named, *part.where)))


def find_heading(head: Sequence[Sequence[str]], part: Part) -> Heading:
    """The headings of a part among the first rows of a sheet.

    `header_rows` where declared. Otherwise the row of the first 50 that holds most of the declared headings (and at
    least half of the required ones); failing that, the first row that is not blank. A row of HXL tags right below
    the headings is no data.
    """
    wanted = part.layout.header_rows
    rows = [r for r in wanted if r <= len(head)] if wanted else [_best_row(head, part)]
    names = join_rows([head[r - 1] for r in rows]) if rows and head else []
    data_row = part.layout.data_row or _row_below(head, max(wanted) if wanted else rows[0])
    return Heading(names, data_row)


def join_rows(rows: Sequence[Sequence[str]]) -> list[str]:
    """One heading for each column of several heading rows, joined by ' / ', blanks filled from the left.

    The last row is not filled, and a column without any text of its own stays without a heading.
    """
    width = max(map(len, rows), default=0)
    grid = [[trim_heading(c) for c in row] + [""] * (width - len(row)) for row in rows]
    has_text = [any(row[i] for row in grid) for i in range(width)]
    filled = [_fill(row) for row in grid[:-1]] + grid[-1:]
    return [
        " / ".join(p for p in parts if p) if has_text[i] else "" for i, parts in enumerate(zip(*filled, strict=True))
    ]


def name_columns(names: Sequence[str], is_filled: Sequence[bool]) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Heading -> position of the columns to keep, and heading -> all positions where one stands more than once.

    A column without a heading is kept under its letter in parentheses, such as `(D)`, if it holds data.
    """
    places: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        if name or is_filled[position]:
            places.setdefault(name or f"({cell_address(position, 1)[:-1]})", []).append(position)
    return {n: p[0] for n, p in places.items()}, {n: p for n, p in places.items() if len(p) > 1}


def is_tag_row(row: Sequence[str]) -> bool:
    """Every filled cell is an HXL tag such as `#adm1+code`."""
    filled = [c for c in map(trim_heading, row) if c]
    return bool(filled) and all(HXL_TAG.fullmatch(c) for c in filled)


def _best_row(head: Sequence[Sequence[str]], part: Part) -> int:
    wanted = WantedHeadings(part)
    searched = head[:SEARCHED_ROWS]
    scores = [wanted.matches(row) if wanted.suffices(row) else 0 for row in searched]
    if any(scores):
        return scores.index(max(scores)) + 1
    return next((i for i, row in enumerate(searched, 1) if any(map(trim_heading, row))), 1)


def _row_below(head: Sequence[Sequence[str]], row: int) -> int:
    return row + 2 if row < len(head) and is_tag_row(head[row]) else row + 1


def _fill(row: list[str]) -> list[str]:
    last, filled = "", []
    for cell in row:
        last = cell or last
        filled.append(last)
    return filled
