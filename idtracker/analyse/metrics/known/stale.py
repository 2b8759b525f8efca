"""Whether the inputs of a metric are stale: a source that feeds them owed a report by then, and its newest one is older.

Looked at are the reports owed for periods that end in the four quarters to the figure's own; what is derogated is not owed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import Metric
from idtracker.model.tables.vintages import KNOWN, vintages_of

Feeds = Mapping[str, Collection[str]]
"""The sources whose rows a fact table is made for."""
MADE_OF = dict.fromkeys(("merged_cell", "cell_report", "score", "trend"), "observation")
"""Derived tables that metrics read, with the facts that they are made of. What is made of what reports are owed is never stale."""
_COLUMNS = ("period_end", "overdue_on", "received_at", *KNOWN)


@dataclass(frozen=True, slots=True)
class _Owed:
    """Reports owed as known at an instant: the number of the source, the last day of the period, whether it came or is overdue."""

    source: npt.NDArray[np.int64]
    ends: npt.NDArray[np.datetime64]
    has_come: npt.NDArray[np.bool_]
    is_due: npt.NDArray[np.bool_]


class Stale:
    """The reports owed to a store, with from when to when each was known."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, feeds: Feeds) -> None:
        table = vintages_of("obligation")
        rows = connection.execute(
            f"SELECT source_id, {', '.join(_COLUMNS)} FROM {table} WHERE NOT coalesce(is_derogated, FALSE)"
        ).df()
        self._codes, self._sources = pd.factorize(rows["source_id"], sort=True)
        self._days = {name: rows[name].to_numpy().astype("datetime64[us]") for name in _COLUMNS}
        self._feeds = feeds
        self._owed: dict[pd.Timestamp, _Owed] = {}
        self._late: dict[tuple[pd.Timestamp, str], frozenset[str]] = {}
        self._of_metric: dict[str, frozenset[str]] = {}

    def sources(self, metric: Metric, period: str, at: pd.Timestamp | None) -> tuple[str, ...]:
        """The sources that make the figures of a quarter stale as known at an instant, in order; none before there is one."""
        if at is None:
            return ()
        if metric.id not in self._of_metric:
            tables = {MADE_OF.get(name, name) for name in metric.inputs}
            self._of_metric[metric.id] = frozenset(s for name in tables for s in self._feeds.get(name, ()))
        return tuple(sorted(self._late_at(period, at) & self._of_metric[metric.id]))

    def differs(self, metric: Metric, period: str, before: pd.Timestamp | None, at: pd.Timestamp) -> bool:
        """Whether other sources make a quarter stale at an instant than at one before."""
        return self.sources(metric, period, before) != self.sources(metric, period, at)

    def _late_at(self, period: str, at: pd.Timestamp) -> frozenset[str]:
        key = at, period
        if key not in self._late:
            owed, quarter = self._known(at), Quarter.of(period)
            first, last = quarter.window()[0].start.to_datetime64(), quarter.end.to_datetime64()
            here = (owed.ends >= first) & (owed.ends <= last)
            due, come = (self._newest(owed, here & which) for which in (owed.is_due, owed.has_come))
            self._late[key] = frozenset(str(self._sources[n]) for n in np.flatnonzero(due > come).tolist())
        return self._late[key]

    def _newest(self, owed: _Owed, which: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """The last day of the newest report of each source, as a number; the smallest there is where there is none."""
        newest = np.full(len(self._sources), np.iinfo(np.int64).min)
        np.maximum.at(newest, owed.source[which], owed.ends[which].astype(np.int64))
        return newest

    def _known(self, at: pd.Timestamp) -> _Owed:
        if at not in self._owed:
            moment, days = at.to_datetime64(), self._days
            known = (days[KNOWN[0]] <= moment) & ~(days[KNOWN[1]] <= moment)
            has_come = (days["received_at"] <= moment)[known]
            is_due = has_come | (days["overdue_on"] <= moment)[known]
            self._owed[at] = _Owed(self._codes[known], days["period_end"][known], has_come, is_due)
        return self._owed[at]
