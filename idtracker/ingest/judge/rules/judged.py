"""Rows of one table under judgement with the mask of those that count, and where findings go."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.judge.rules.rows import JudgedRows
from idtracker.model.findings import Findings

Mask = npt.NDArray[np.bool_]


class Judged:
    """Rows under judgement with the mask of those that count, and where findings go."""

    def __init__(self, rows: JudgedRows, live: Mask, findings: Findings) -> None:
        self.rows, self.live, self.findings = rows, live, findings

    def __getitem__(self, column: str) -> pd.Series:
        return self.rows.facts[column]

    def report(self, rule_id: str, mask: pd.Series | Mask, column: str, other: str = "", **details: Any) -> None:
        """Report the live rows of the mask at a canonical column; `other` is told by its heading."""
        broken = self.live & (mask.to_numpy(bool, na_value=False) if isinstance(mask, pd.Series) else mask)
        if not broken.any():
            return
        if other:
            details["other"] = self.rows.heading_in_both(other)
        self.rows.report(self.findings, rule_id, pd.Series(broken), column, **details)
