"""How figures are marked: as the rows of their inputs that were known at an instant and do not lie after the quarter.

Those are the rows that can change a figure (see changes), counted in DuckDB: rows of one marking, quarter and time of
knowledge are one.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import Metric
from idtracker.model.marking import HIGHEST, Marking, marking_of, united
from idtracker.model.tables import FACTS
from idtracker.model.tables.vintages import KEYS, KNOWN, vintages_of
from idtracker.store.history.change_points import first_day_sql
from idtracker.store.tables import read_table

_RECORDED = ("recorded_from", "recorded_to")
Begins = dict[Marking, pd.Timestamp]
"""Markings of the rows of a table, each with the first day that one of its rows speaks of."""


class Behind:
    """The markings of a store, with from when to when each was known."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._tables: dict[str, pd.DataFrame] = {}
        self._known: dict[tuple[str, pd.Timestamp], Begins] = {}
        self._united: dict[frozenset[Marking], Marking] = {}
        method = read_table(connection, "method")
        stated = (marking_of(*pair) for pair in method[["classification", "releasable_to"]].itertuples(index=False))
        self._programme = united(stated) or HIGHEST

    def marking(self, metric: Metric, period: str, at: pd.Timestamp) -> Marking:
        """The marking of a metric's figures in a quarter as known at an instant; of nothing at all that of the programme."""
        end = Quarter.of(period).end
        inputs = (name for name in metric.inputs if name in FACTS or name in KEYS)
        each = frozenset(m for name in inputs for m, first in self._at(name, at).items() if first <= end)
        if each not in self._united:
            self._united[each] = united(each) or self._programme
        return self._united[each]

    def _at(self, name: str, at: pd.Timestamp) -> Begins:
        """The markings of one table as known at an instant."""
        if (name, at) not in self._known:
            rows, moment = self._rows(name), at.to_datetime64()
            known = rows[(rows["begins"].to_numpy() <= moment) & ~(rows["ends"].to_numpy() <= moment)]
            begins: Begins = {}
            for marking, first in zip(known["marking"].tolist(), known["first"].tolist(), strict=True):
                begins[marking] = min(first, begins.get(marking, first))
            self._known[name, at] = begins
        return self._known[name, at]

    def _rows(self, name: str) -> pd.DataFrame:
        if name not in self._tables:
            stored, (begins, ends) = (vintages_of(name), KNOWN) if name in KEYS else (name, _RECORDED)
            rows = self._connection.execute(
                f"""SELECT classification, releasable_to, {begins} AS begins, {ends} AS ends,
                  min({first_day_sql(name)}) AS first, bool_or({first_day_sql(name)} IS NULL) AS is_undated
                FROM "{stored}" GROUP BY ALL"""
            ).df()
            pairs = zip(*(rows[c].astype("object").where(rows[c].notna(), None) for c in _MARKS), strict=True)
            first = rows["first"].where(~rows["is_undated"].to_numpy(dtype=bool), pd.Timestamp.min)
            kept = {"begins": rows["begins"], "ends": rows["ends"], "first": first.astype("datetime64[ns]")}
            marking = np.fromiter((marking_of(*pair) for pair in pairs), dtype=object, count=len(rows))
            self._tables[name] = pd.DataFrame(kept).assign(marking=marking)
        return self._tables[name]


_MARKS = ("classification", "releasable_to")
