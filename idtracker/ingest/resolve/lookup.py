"""What the resolving of every kind shares: the different texts of a column, the nearest known name, the day of a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from idtracker.ingest.resolve.suggest import Suggester, Why
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Column, FieldType, Part
from idtracker.model.findings import Findings
from idtracker.model.packed.array import coded
from idtracker.model.register.checks.shared import BEGINNING, END
from idtracker.model.register.codelist_versions import Interval
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names
from idtracker.model.text import encoded

# Least similarity of a name that a finding hints at: what only sounds alike must be nearly the same.
NAME_CUTOFFS: Mapping[Why, float] = {"spelling": 80, "words": 74, "initials": 80, "letters": 85, "script": 85}
CODE_CUTOFFS: Mapping[Why, float] = dict.fromkeys(NAME_CUTOFFS, 60)
ALWAYS: Interval = (BEGINNING, END)


@dataclass(frozen=True, slots=True)
class Task:
    """One column of one table and all that is needed to resolve it.

    `dates` is the day of each row, missing where none; `received_on` the day on which the file came, where it is known.
    """

    shaped: Shaped
    column: Column
    dates: pd.Series
    register: Register
    names: Names
    publisher: str
    findings: Findings
    received_on: pd.Timestamp | None = None

    @property
    def texts(self) -> pd.Series:
        return self.shaped.frame[self.column.field]

    def report(
        self, rule_id: str, mask: npt.NDArray[np.bool_], suggestions: pd.Series | None = None, **details: object
    ) -> None:
        """Report a rule for this column's cells in the rows of `mask`, if there are any."""
        if mask.any():
            self.shaped.report(
                self.findings, rule_id, self.column.field, mask, suggestions=suggestions, details=details
            )


@dataclass(frozen=True, slots=True)
class DistinctTexts:
    """The different texts of a column; `at` gives each row's place among them, -1 where the cell is empty."""

    texts: tuple[str, ...]
    at: npt.NDArray[np.intp]

    @classmethod
    def of(cls, series: pd.Series) -> DistinctTexts:
        found = encoded(series)
        at = found.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp)
        return cls(tuple(found.dictionary.to_pylist()), at)

    def spread(self, values: Sequence[str | None]) -> pd.Series:
        """One value per different text -> one per row; a missing text has none."""
        return pd.Series(coded(self.at, pa.array(values, pa.large_string())), copy=False)

    def rows(self, wanted: Iterable[bool]) -> npt.NDArray[np.bool_]:
        """The rows whose text is wanted."""
        return np.array([*wanted, False], dtype=bool)[self.at]


def suggest_unknown(
    different: DistinctTexts,
    holders: Sequence[object],
    suggester: Suggester,
    cutoffs: Mapping[Why, float] = NAME_CUTOFFS,
    shown: Literal["name", "identifier"] = "name",
) -> pd.Series:
    """For each row whose text was not `holders` the name (or identifier) most like it, if any is like enough for its kind."""
    places = [place for place, known in enumerate(holders) if not known]
    names: list[str | None] = [None] * len(different.texts)
    texts = [different.texts[place] for place in places]
    for place, best in zip(places, suggester.best(texts, cutoff=min(cutoffs.values())), strict=True):
        names[place] = next((getattr(c, shown) for c in best if c.score >= cutoffs[c.why]), None)
    near = different.spread(names)
    return near.astype(object).where(near.notna(), None)


def row_dates(frame: pd.DataFrame, part: Part, kinds: Mapping[str, FieldType]) -> pd.Series:
    """The day of each row: the last day of its period, else the first of its dates; missing where it has neither."""
    of_kind: dict[str, list[str]] = {"period": [], "date": []}
    for column in part.columns:
        kind = column.type or kinds.get(column.field)
        if kind in of_kind:
            of_kind[kind].append(column.field)
    names = [*(f"{field}_end" for field in of_kind["period"]), *of_kind["date"]]
    date_columns = [frame[name] for name in names if name in frame]
    dates = date_columns[0] if date_columns else pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")
    for more in date_columns[1:]:
        dates = dates.fillna(more)
    return dates


def outside(dates: pd.Series, intervals: Iterable[Interval]) -> npt.NDArray[np.bool_]:
    """Whether a day is known and lies in none of the intervals (both ends inclusive)."""
    inside = np.zeros(len(dates), dtype=bool)
    for begin, end in intervals:
        inside |= ((dates >= begin) & (dates <= end)).to_numpy()
    return dates.notna().to_numpy() & ~inside


def interval(valid_from: pd.Timestamp, valid_to: pd.Timestamp) -> Interval:
    """Bounds as days; an open end reaches as far as days go."""
    return (ALWAYS[0] if pd.isna(valid_from) else valid_from, ALWAYS[1] if pd.isna(valid_to) else valid_to)


def span_text(bounds: Interval) -> str:
    """A interval in figures: '2020-09-02 – …'."""
    begin = "…" if bounds[0] == ALWAYS[0] else str(bounds[0].date())
    end = "…" if bounds[1] == ALWAYS[1] else str(bounds[1].date())
    return f"{begin} – {end}"
