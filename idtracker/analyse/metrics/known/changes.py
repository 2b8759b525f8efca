"""When the inputs of a metric changed, and the first day that each change concerns.

A metric of a quarter does not look beyond the quarter's end: rows whose every day lies after it cannot change it. So a
change concerns the quarters that end on or after the first day of the rows that changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import chain

import duckdb
import pandas as pd

from idtracker.analyse.metrics.known.tables import ACTS, READS
from idtracker.analyse.metrics.registry import Metric
from idtracker.model.tables import FACTS
from idtracker.model.tables.vintages import KEYS
from idtracker.store.history.change_points import changes_of_values, first_days, has_changes
from idtracker.store.history.derived_vintages import read_vintages
from idtracker.store.tables import read_table

Days = Mapping[pd.Timestamp, pd.Timestamp | None]
"""Moments of change, each with the first day that it concerns; None: any day."""


_MARKING = ("classification", "releasable_to")
"""A figure is marked as its inputs are."""


class Changes:
    """The changes of a store after an instant (None: all of them)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, since: pd.Timestamp | None) -> None:
        self._connection, self._since = connection, since
        self._known: dict[tuple[str, str, tuple[str, ...]], Days] = {}
        self._changed: dict[str, bool] = {}
        self._of_metric: dict[str, tuple[list[pd.Timestamp], list[pd.Timestamp]]] = {}

    def concern(self, metric: Metric, after: pd.Timestamp | None, until: pd.Timestamp) -> pd.Timestamp | None:
        """The first day concerned by what changed for a metric after one instant and up to another.

        The smallest day there is where a change concerns any day, None where nothing changed.
        """
        moments, first_days = self._ordered(metric)
        since = 0 if after is None else bisect_right(moments, after)
        return min(first_days[since : bisect_right(moments, until)], default=None)

    def _ordered(self, metric: Metric) -> tuple[list[pd.Timestamp], list[pd.Timestamp]]:
        """The moments of change of a metric's inputs in order, and the first day that each concerns."""
        if metric.id not in self._of_metric:
            changes = sorted((at, pd.Timestamp.min if day is None else day) for at, day in self._changes_of(metric))
            self._of_metric[metric.id] = [at for at, _ in changes], [day for _, day in changes]
        return self._of_metric[metric.id]

    def _changes_of(self, metric: Metric) -> Iterator[tuple[pd.Timestamp, pd.Timestamp | None]]:
        days = [
            self._once("rows", name, (*columns, *(c for c in _MARKING if c not in columns)))
            for name, columns in metric.inputs.items()
            if name in FACTS or name in KEYS
        ]
        days += [self._once("values", name, tuple(columns)) for name, columns in metric.existence_columns.items()]
        days += [self._once("acts", name, ()) for name in metric.inputs if name in ACTS]
        if metric.has_as_is:
            days.append(self._once("register", "organisation", ()))
        return chain.from_iterable(changes.items() for changes in days)

    def _once(self, kind: str, name: str, columns: tuple[str, ...]) -> Days:
        key = kind, name, columns
        if key not in self._known:
            self._known[key] = {
                "rows": self._rows,
                "values": self._values,
                "acts": self._acts,
                "register": self._register,
            }[kind](name, columns)
        return self._known[key]

    def _has_changes(self, name: str) -> bool:
        """Asked once for all the columns that metrics read of a table: most tables are as they were."""
        if name not in self._changed:
            self._changed[name] = has_changes(self._connection, name, self._since)
        return self._changed[name]

    def _values(self, name: str, columns: tuple[str, ...]) -> Days:
        return dict.fromkeys(changes_of_values(self._connection, name, columns, self._since))

    def _acts(self, name: str, columns: tuple[str, ...]) -> Days:
        """Instants of acts: what was decided may concern any day, what was read none before its own."""
        moments = read_table(self._connection, name)[ACTS[name]]
        return {at: at.normalize() for at in moments} if name == READS else dict.fromkeys(moments)

    def _register(self, name: str, columns: tuple[str, ...]) -> Days:
        """Days on which an organisation begins, or has ended."""
        table = read_table(self._connection, name)
        begins, ends = table["valid_from"].dropna(), table["valid_to"].dropna() + pd.Timedelta(days=1)
        return dict.fromkeys([*begins, *ends])

    def _rows(self, name: str, columns: tuple[str, ...]) -> Days:
        days = first_days(self._connection, name, columns, self._since) if self._has_changes(name) else {}
        if name != "obligation" or "overdue_on" not in columns:
            return days
        owed = read_vintages(self._connection, name)  # a report owed counts from the day on which it would be overdue
        for at, start in owed.groupby("overdue_on")["period_start"].min().items():
            known = days.get(at, start)  # type: ignore[call-overload]
            days[at] = None if known is None else min(known, start)  # type: ignore[index]
        return days
