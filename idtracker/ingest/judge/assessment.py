"""What the judgement of one file says: rows accepted and held, findings, and for a correction which rows it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from idtracker.ingest.judge.correction import LINE
from idtracker.ingest.judge.held_rows import KEYS
from idtracker.ingest.judge.reported.coverage import Coverage
from idtracker.model.findings import Findings
from idtracker.model.tables import OPERATIONS, empty_frame

Verdict = Literal["accepted", "partly_accepted", "held", "rejected"]


@dataclass(slots=True)
class Assessment:
    """What one file says and what is wrong with it.

    `facts` holds the accepted rows per part (canonical columns but those of the store, and `row_piece`); `held` the rows
    held back with their reasons, `held_keys` what they are about (KEYS); `waivable` what those of them say that a waiver may
    let through, as facts with `row_piece`; `rows_repeated` rows that repeat another row.
    rows_read = accepted + held + repeated.

    A correction names the first files it `corrects`; `lines` has one row per line with the columns LINE: its own place,
    the row of the first file that it replaces (itself where it names none), and its fate: accepted, held, repeated, left_out.
    `coverage` says which periods the file reports; of a file that waits whole, those that it will report.
    """

    source_id: str
    submission_id: str
    file_name: str
    facts: dict[str, pd.DataFrame] = field(default_factory=dict)
    held: pd.DataFrame = field(default_factory=lambda: empty_frame(OPERATIONS["held_row"]))
    held_keys: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=KEYS, dtype="str"))
    findings: Findings = field(default_factory=Findings)
    rows_read: int = 0
    rows_repeated: int = 0
    waivable: dict[str, pd.DataFrame] = field(default_factory=dict)
    corrects: tuple[str, ...] | None = None
    lines: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LINE))
    coverage: Coverage = field(default_factory=Coverage)
    nil_periods: tuple[str, ...] = ()
    """The periods that a report of nothing is about."""

    @property
    def rows_held(self) -> int:
        return len(self.held)

    @property
    def rows_accepted(self) -> int:
        return sum(len(f) for f in self.facts.values())

    @property
    def is_correction(self) -> bool:
        return self.corrects is not None

    @property
    def verdict(self) -> Verdict:
        if self.findings.is_critical:
            return "held" if self.rows_read else "rejected"
        if not self.rows_held:
            return "accepted"
        return "partly_accepted" if self.rows_accepted else "held"
