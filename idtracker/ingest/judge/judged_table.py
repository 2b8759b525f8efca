"""The rows of one sheet while they are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.judge.correction import Lines
from idtracker.ingest.judge.rules.rows import JudgedRows
from idtracker.model.findings import Findings


@dataclass(slots=True)
class Judged:
    """Rows of one sheet with the mask of those held and those repeated.

    `virtual` are headings that the name of file or sheet says; `lines` are given where the sheet is one of corrections.
    """

    rows: JudgedRows
    held: npt.NDArray[np.bool_]
    repeated: npt.NDArray[np.bool_]
    virtual: Mapping[str, str | None] = field(default_factory=dict)
    lines: Lines | None = None

    @property
    def live(self) -> npt.NDArray[np.bool_]:
        """The rows that say something of their own: neither held nor repeated, nor by which a record is deleted."""
        live: npt.NDArray[np.bool_] = ~(self.held | self.repeated)
        return live & ~self.deleted

    @property
    def deleted(self) -> npt.NDArray[np.bool_]:
        """The rows by which a record is deleted."""
        return self.rows.deleted

    def hold_all(self, findings: Findings, rule: str, **details: Any) -> None:
        """Hold every row of the sheet by one rule, reported at the key."""
        self.rows.report(findings, rule, pd.Series(True, index=self.rows.facts.index), "fact_id", **details)
        self.held = np.ones(len(self.held), dtype=bool)
