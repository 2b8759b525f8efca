"""RawTable and Reading: what every reader returns, text cells with sheet and row, and what stood in the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.read.stored import Stored
from idtracker.model.findings import Findings


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of a file as text.

    `cells` has one column per heading (unique, as typed, trimmed) and one row per data row; cells are str or missing,
    never numbers. `row_numbers` gives each row's one-based number in the file or sheet (for JSON and XML: the ordinal
    of the record). `positions` gives a heading's zero-based column in the sheet where there is one. `duplicates`
    lists headings that stood over several columns (only the first is kept in `cells`) with those positions. `member`
    is the packed file of an archive that holds the table; `sheet` then is `member` or `member!sheet`. `stored` says which
    cells the file holds as numbers, dates or lists; nothing for a file that holds text alone.
    """

    sheet: str
    cells: pd.DataFrame
    row_numbers: npt.NDArray[np.int64]
    positions: dict[str, int] = field(default_factory=dict)
    duplicates: dict[str, list[int]] = field(default_factory=dict)
    member: str = ""
    stored: Stored = field(default_factory=Stored)

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def own_sheet(self) -> str:
        """The sheet as it is called in the file that holds it, without the member of an archive."""
        return self.sheet.removeprefix(self.member).removeprefix("!") if self.member else self.sheet

    def taking(self, keep: npt.NDArray[np.bool_]) -> RawTable:
        """The rows of a mask."""
        return replace(
            self,
            cells=self.cells.loc[keep].reset_index(drop=True),
            row_numbers=self.row_numbers[keep],
            stored=self.stored.take(keep),
        )

    @property
    def headings(self) -> list[str]:
        return [str(c) for c in self.cells.columns]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file holds: for each part of its source (by `part.id`) the tables found, and the findings.

    A part that is absent from the file has no entry. After a critical finding `tables` may be empty. `stamp` holds
    the custom properties of a workbook whose name starts with `idtracker.`, by the rest of their name (see `stamp`).
    """

    tables: dict[str, list[RawTable]] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    stamp: dict[str, str] = field(default_factory=dict)
