"""Shaped: typed rows of one table, with the cells they came from and where those stand in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.read.stored import Stored
from idtracker.model.findings import Findings


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the values of one heading of a long table stood in the wide one.

    `block` gives for each row the place in `headings` and `positions` (-1: the file has no such column).
    """

    headings: tuple[str, ...]
    positions: tuple[int | None, ...]
    block: npt.NDArray[np.int64]

    def take(self, rows: npt.NDArray[np.int64]) -> Origin:
        return Origin(self.headings, self.positions, self.block[rows])


@dataclass(frozen=True, slots=True)
class Shaped:
    """Typed rows of one table.

    `frame` has the columns of every mapped field on a fresh RangeIndex; `raw` the text cells row by row, after columns
    side by side and lists in cells have become rows; `row_numbers` the one-based row of the file for each.
    `headings` gives a field's heading as it stands in the file, `positions` its zero-based column where it has one;
    `origins` replaces both, row by row, for fields that come from columns side by side. `stored` says how the file
    stored the cells of `raw`.
    """

    sheet: str
    frame: pd.DataFrame
    row_numbers: npt.NDArray[np.int64]
    raw: pd.DataFrame
    findings: Findings
    positions: dict[str, int]
    headings: dict[str, str] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    stored: Stored = field(default_factory=Stored)

    def locate(self, name: str, mask: npt.NDArray[np.bool_]) -> Iterator[tuple[str, int | None, npt.NDArray[np.int64]]]:
        """Heading, position and frame rows of the cells that feed the field `name` in the rows of `mask`."""
        rows = np.flatnonzero(mask)
        origin = self.origins.get(name)
        if origin is None:
            if len(rows):
                yield self.headings.get(name, name), self.positions.get(name), rows
            return
        for block in np.unique(origin.block[rows]):
            here = rows[origin.block[rows] == block]
            if block < 0:
                yield self.headings.get(name, name), None, here
            else:
                yield origin.headings[block], origin.positions[block], here

    def headings_of(self, name: str) -> tuple[str, ...]:
        """The headings of the file that feed the field `name`."""
        origin = self.origins.get(name)
        return (self.headings.get(name, name),) if origin is None else origin.headings

    def typed(self, name: str) -> pd.Series:
        """The cells of a field as typed, one per row."""
        heading = self.headings.get(name, name)
        if heading in self.raw:
            return self.raw[heading]
        return pd.Series([None] * len(self.raw), index=self.raw.index, dtype="str")

    def report(
        self,
        findings: Findings,
        rule_id: str,
        name: str,
        mask: npt.NDArray[np.bool_],
        *,
        suggestions: pd.Series | None = None,
        details: Mapping[str, object] | None = None,
        shows_values: bool = True,
    ) -> None:
        """Report a rule for the cells of the field `name` in the rows of `mask`, one group for each file column.

        Without `shows_values` the cells themselves are not repeated. A cell that all rows of its file row share is reported once, and holds them all.
        """
        if not mask.any():
            return
        typed = self.typed(name)
        for heading, position, rows in self.locate(name, mask):
            cells = pd.DataFrame({"row": self.row_numbers[rows], "value": typed.iloc[rows].to_numpy(), "at": rows})
            once = self._shared_by_whole_rows(cells)
            cells = cells.drop_duplicates("row") if once else cells
            places = cells["at"].to_numpy()
            findings.add(
                rule_id,
                sheet=self.sheet,
                column=heading,
                position=position,
                rows=cells["row"].tolist(),
                values=[None if pd.isna(v) or not shows_values else str(v) for v in cells["value"]],
                suggestions=[] if suggestions is None else suggestions.iloc[places].tolist(),
                index=[] if once else places.tolist(),
                **(details or {}),
            )

    def _shared_by_whole_rows(self, cells: pd.DataFrame) -> bool:
        """Whether file rows have become several rows, and each file row among the cells is there in full, with one text."""
        if not cells["row"].duplicated().any():
            return False
        numbers, counts = np.unique(self.row_numbers, return_counts=True)
        sizes = cells.groupby("row").size()
        totals = counts[np.searchsorted(numbers, sizes.index.to_numpy())]
        has_one_text = len(cells.drop_duplicates(["row", "value"])) == len(sizes)
        return has_one_text and bool((sizes.to_numpy() == totals).all())
