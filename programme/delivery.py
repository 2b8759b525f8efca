"""A report before it is written to a file: sheets of cells that faults may still change, and how and when it arrives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

import numpy as np

from idtracker.model.periods import period_bounds

Cell = Any
Kind = Literal["csv", "xlsx", "json", "bytes"]


@dataclass(slots=True)
class Grid:
    """One sheet. `heads` replaces the single heading row where a sheet has several; `lead` and `tail` are no data."""

    headings: list[str]
    rows: list[list[Cell]]
    sheet: str = ""
    lead: list[list[Cell]] = field(default_factory=list)
    heads: list[list[str]] = field(default_factory=list)
    tail: list[list[Cell]] = field(default_factory=list)

    @property
    def first_row(self) -> int:
        """One-based row of the first record in the written sheet."""
        return 1 + len(self.lead) + (len(self.heads) or 1)

    def find(self, **wanted: Cell) -> int:
        """Index of the first record with these cells; headings are given with blanks as underscores."""
        places = {self.headings.index(k.replace("_", " ")): v for k, v in wanted.items()}
        for index, row in enumerate(self.rows):
            if all(row[p] == v for p, v in places.items()):
                return index
        raise LookupError(f"no record {wanted} on sheet {self.sheet!r}")

    def put(self, record: int, heading: str, value: Cell) -> None:
        self.rows[record][self.headings.index(heading)] = value


@dataclass(slots=True)
class Delivery:
    """One file on its way to the inbox of a source."""

    source: str
    name: str
    received_at: datetime
    submitted_by: str
    kind: Kind
    grids: list[Grid] = field(default_factory=list)
    encoding: str = "utf-8"
    delimiter: str = ","
    wrapper: dict[str, Any] = field(default_factory=dict)
    records: str = ""
    content: bytes = b""
    withdrawn_at: datetime | None = None
    withdrawn_why: str = ""

    def grid(self, sheet: str = "") -> Grid:
        """The sheet of that name, or the only one."""
        if not sheet:
            return self.grids[0]
        return next(g for g in self.grids if g.sheet == sheet)


def arrival(after: str | date, rng: np.random.Generator, earliest: int, latest: int) -> datetime:
    """An instant on a working day some days after the end of a period, in office hours."""
    end = period_bounds(after)[1] if isinstance(after, str) else after
    day = end + timedelta(days=int(rng.integers(earliest, latest + 1)))
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    minutes = int(rng.integers(0, 8 * 60))
    return datetime.combine(day, time(8), UTC) + timedelta(minutes=minutes)


def day_in(quarter: str, rng: np.random.Generator) -> date:
    """A day inside a period."""
    start, end = period_bounds(quarter)
    return start + timedelta(days=int(rng.integers(0, (end - start).days + 1)))
