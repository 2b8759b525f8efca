"""How figures are marked: as the rows of their inputs that were known at an instant and do not lie after the quarter.

Those are the rows that can change a figure (see changes), counted in DuckDB: rows of one marking, quarter and time of
knowledge are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.known.tables import ACTS, READS
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import Metric
from idtracker.model.marking import HIGHEST, Marking, marking_of, united
from idtracker.model.tables import FACTS
from idtracker.model.tables.vintages import KEYS, versions_of_rows
from idtracker.store.history.change_points import first_day_sql
from idtracker.store.tables import read_table

_ALWAYS = "CAST(NULL AS TIMESTAMP)"
_EVER = np.iinfo(np.int64).min
Begins = list[tuple[Marking, int]]
"""Markings of the rows of a table, each with the first day (nanoseconds since 1970) that one of its rows speaks of."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one marking: from when to when each was known, and the first day that it speaks of."""

    marking: Marking
    begins: npt.NDArray[np.datetime64]
    ends: npt.NDArray[np.datetime64]
    first: npt.NDArray[np.int64]


class Behind:
    """The markings of a store, with from when to when each was known."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._tables: dict[str, list[_Rows]] = {}
        self._known: dict[tuple[str, pd.Timestamp], Begins] = {}
        self._united: dict[frozenset[Marking], Marking] = {}
        method = read_table(connection, "method")
        stated = (marking_of(*pair) for pair in method[["classification", "releasable_to"]].itertuples(index=False))
        self._programme = united(stated) or HIGHEST

    def marking(self, metric: Metric, period: str, at: pd.Timestamp) -> Marking:
        """The marking of a metric's figures in a quarter as known at an instant; of nothing at all that of the programme."""
        end = Quarter.of(period).end.as_unit("ns").value
        inputs = (name for name in metric.inputs if name in FACTS or name in KEYS or name == READS)
        each = frozenset(m for name in inputs for m, first in self._at(name, at) if first <= end)
        if each not in self._united:
            self._united[each] = united(each) or self._programme
        return self._united[each]

    def _at(self, name: str, at: pd.Timestamp) -> Begins:
        """The markings of one table as known at an instant."""
        if (name, at) not in self._known:
            moment, begins = at.to_datetime64(), []
            for rows in self._rows(name):
                first = rows.first[(rows.begins <= moment) & ~(rows.ends <= moment)]
                if len(first):
                    begins.append((rows.marking, int(first.min())))
            self._known[name, at] = begins
        return self._known[name, at]

    def _rows(self, name: str) -> list[_Rows]:
        if name not in self._tables:
            stored, (begins, ends) = versions_of_rows(name)
            begins, ends = (ACTS[READS], _ALWAYS) if name == READS else (begins, ends)
            day = first_day_sql(name)
            rows = self._connection.execute(
                f"""SELECT classification, releasable_to, {begins} AS begins, {ends} AS ends,
                  CASE WHEN count({day}) < count(*) THEN {_EVER} ELSE min(epoch_ns({day})) END AS first
                FROM "{stored}" GROUP BY ALL"""
            ).fetchnumpy()
            pairs = list(zip(*(_texts(rows[c]) for c in ("classification", "releasable_to")), strict=True))
            columns = [np.ma.filled(rows[c], np.datetime64("NaT")) for c in ("begins", "ends")]
            first = np.asarray(rows["first"], dtype=np.int64)
            here = {pair: np.array([p == pair for p in pairs]) for pair in dict.fromkeys(pairs)}
            self._tables[name] = [
                _Rows(marking_of(*pair), columns[0][of], columns[1][of], first[of]) for pair, of in here.items()
            ]
        return self._tables[name]


def _texts(column: Any) -> list[str | None]:
    """Texts of a column, missing ones None."""
    missing = np.ma.getmaskarray(column).tolist()
    return [None if gone else str(text) for text, gone in zip(np.ma.getdata(column).tolist(), missing, strict=True)]
