"""A report of nothing: headings alone, or a row that says that there is nothing to report, and the periods it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Findings
from idtracker.model.text import fold

_NOTHING = frozenset(
    map(
        fold,
        (
            "nil", "nil return", "nil report", "nothing to report", "nothing to declare", "no activity", "no activities",
            "none to report", "zero return", "no data to report", "néant", "rien à signaler",
            "لا يوجد", "لا شيء", "لا يوجد شيء", "لا يوجد ما يبلغ عنه", "لا يوجد ما نبلغ عنه", "لا يوجد نشاط", "لا توجد أنشطة",
        ),
    )
)  # fmt: skip
_BESIDE = frozenset({"period", "organisation", "place"})
"""What a row of nothing may say beside that: for when, by whom and where."""

_DOUBTFUL = frozenset({"file.none_left", "file.incomplete", "sheet.not_read"})
_MOST_ROWS = 200

Reported = dict[str, list[RawTable]]
"""By part, the rows of a report of nothing; a blank one where the table has headings alone."""


def without_nothing(reading: Reading, source: Source) -> tuple[Reading, Reported]:
    """The reading without rows that say that there is nothing, where a file holds no others, and these rows apart.

    The second is empty where the file has rows of another kind, or may be a part of one.
    """
    parts = {part.id: part for part in source.parts}
    tables = [(part_id, table) for part_id, of_part in reading.tables.items() for table in of_part]
    is_doubtful = any(g.rule.id in _DOUBTFUL for g in reading.findings.groups)
    if is_doubtful or not tables or not all(_says_nothing(table, parts[part_id]) for part_id, table in tables):
        return reading, {}
    emptied = {k: [t.taking(np.zeros(len(t), dtype=bool)) for t in of_part] for k, of_part in reading.tables.items()}
    said = {k: [t if len(t) else _blank(t) for t in of_part] for k, of_part in reading.tables.items()}
    return replace(reading, tables=emptied), said


def findings_of_nothing(said: Reported) -> Findings:
    """`file.nil` for the rows that say that there is nothing."""
    findings = Findings()
    for table in (t for of_part in said.values() for t in of_part if t.row_numbers.any()):
        findings.add("file.nil", sheet=table.sheet, rows=table.row_numbers.tolist())
    return findings


def periods_of_nothing(said: Reported, source: Source, shaped: Callable[[RawTable, Part], Shaped]) -> tuple[str, ...]:
    """The periods that a report of nothing names, in its rows, in the name of the file or in the definition."""
    periods: set[str] = set()
    for part in source.parts:
        for table in said.get(part.id, []):
            frame = shaped(table, part).frame
            periods.update(frame["period"].dropna().astype(str) if "period" in frame else ())
    return tuple(sorted(periods))


def _says_nothing(table: RawTable, part: Part) -> bool:
    """Whether each row of a table says that there is nothing, and nothing else but for when, by whom and where."""
    if not len(table):
        return True
    if len(table) > _MOST_ROWS:
        return False
    beside = {fold(h) for column in part.columns if column.field in _BESIDE for h in column.headings}
    for cells in table.cells.itertuples(index=False, name=None):
        filled = [(h, t) for h, t in zip(table.headings, cells, strict=True) if isinstance(t, str) and t.strip()]
        others = [h for h, t in filled if fold(t).strip(" .-") not in _NOTHING]
        if len(others) == len(filled) or any(fold(h) not in beside for h in others):
            return False
    return True


def _blank(table: RawTable) -> RawTable:
    """One row without any value, for what the file says elsewhere."""
    cells = pd.DataFrame({h: pd.Series([None], dtype="str") for h in table.headings})
    return RawTable(table.sheet, cells, np.array([0], dtype=np.int64), table.positions, member=table.member)
