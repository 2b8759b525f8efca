"""Closed periods: which rows of a report came too late to be used, and since when what is known of them stands still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.judge.definition import kinds_of, specs_of
from idtracker.ingest.judge.judged_table import Judged
from idtracker.ingest.judge.rules.rows import JudgedRows
from idtracker.ingest.judge.rules.series import EarlierReports
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Part
from idtracker.model.findings import Findings
from idtracker.model.periods import period_bounds
from idtracker.model.tables import FACTS, companions


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock as it bears on one source: days up to `last` are closed to what arrives at or after `begins` (UTC)."""

    last: pd.Timestamp
    begins: pd.Timestamp
    through: str
    why: str


def locks_of(programme: Programme, source_id: str, at: pd.Timestamp = pd.Timestamp.max) -> list[Lock]:
    """The locks of a programme that hold for a source and have begun by `at`, the one that begins first in front."""
    own = [lock for lock in programme.locks if not lock.sources or source_id in lock.sources]
    locks = [
        Lock(pd.Timestamp(period_bounds(k.through)[1]), pd.Timestamp(k.on) + pd.Timedelta(days=1), k.through, k.why)
        for k in own
    ]
    return sorted((lock for lock in locks if lock.begins <= at), key=lambda lock: (lock.begins, lock.last))


def day_columns(part: Part) -> list[str]:
    """Columns of the canonical table that say which day a row is about, the best first: end of its period, then its dates."""
    specs, kinds = specs_of(part), kinds_of(part)
    ends = [
        beside.name
        for field, kind in kinds.items()
        if kind == "period"
        for beside in companions(FACTS[part.feeds], specs[field].field)
        if beside.name.endswith("_end")
    ]
    return [*ends, *(specs[field].name for field, kind in kinds.items() if kind == "date")]


def days_of(part: Part, facts: pd.DataFrame) -> pd.Series | None:
    """The day that each row is about; None where the part says none."""
    columns = [c for c in day_columns(part) if c in facts]
    return facts[columns].bfill(axis=1).iloc[:, 0] if columns else None


def check_locks(rows: JudgedRows, locks: Sequence[Lock]) -> Findings:
    """Rows about closed days, by the locks that had begun when the report came; each under the first that closed it."""
    findings = Findings()
    days = days_of(rows.part, rows.facts) if locks else None
    if days is not None:
        columns = ["period", *day_columns(rows.part)]
        _report_closed(findings, rows, days, next(c for c in columns if c in rows.facts), locks)
    return findings


def hold_closed_deletions(judged: Sequence[Judged], history: EarlierReports, locks: Sequence[Lock]) -> Findings:
    """Hold the rows that would delete a record about closed days; such a row says no day of its own, the record does."""
    findings = Findings()
    for table in judged if locks else ():
        known = history.in_force.get(table.rows.part.id)
        if known is None or not table.deleted.any():
            continue
        days = known.drop_duplicates("fact_id", keep="last").set_index("fact_id")["day"]
        said = table.rows.facts["fact_id"].map(days).where(table.deleted)
        table.held |= _report_closed(findings, table.rows, said, "fact_id", locks)
    return findings


def _report_closed(
    findings: Findings, rows: JudgedRows, days: pd.Series, shown: str, locks: Sequence[Lock]
) -> npt.NDArray[np.bool_]:
    """Report the rows about closed days at a column, each under the lock that closed its day first; which they are."""
    open_rows = pd.Series(True, index=rows.facts.index)
    for lock in locks:
        closed = open_rows & (days <= lock.last)
        last_day = f"{lock.begins - pd.Timedelta(days=1):%Y-%m-%d}"
        rows.report(findings, "period.locked", closed, shown, through=lock.through, on=last_day, why=lock.why)
        open_rows &= ~closed
    return ~open_rows.to_numpy(dtype=bool)
