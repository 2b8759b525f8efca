"""When the inputs of a metric changed, and the first day that each change concerns.

A metric of a quarter does not look beyond the quarter's end: rows whose every day lies after it cannot change it. So a
change concerns the quarters that end on or after the first day of the rows that changed.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pandas as pd

from idtracker.analyse.metrics.registry import Metric
from idtracker.model.tables import FACTS
from idtracker.model.tables.vintages import KEYS
from idtracker.store.history.change_points import changes_of_values, first_days
from idtracker.store.history.derived_vintages import read_vintages
from idtracker.store.tables import read_table

Days = Mapping[pd.Timestamp, pd.Timestamp | None]
"""Moments of change, each with the first day that it concerns; None: any day."""


class Changes:
    """The changes of a store after an instant (None: all of them)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, since: pd.Timestamp | None) -> None:
        self._connection, self._since = connection, since
        self._known: dict[tuple[str, str, tuple[str, ...]], Days] = {}

    def concern(self, metric: Metric, after: pd.Timestamp | None, until: pd.Timestamp) -> pd.Timestamp | None:
        """The first day concerned by what changed for a metric after one instant and up to another.

        The smallest day there is where a change concerns any day, None where nothing changed.
        """
        days = [
            pd.Timestamp.min if day is None else day
            for changes in self._of(metric)
            for at, day in changes.items()
            if (after is None or at > after) and at <= until
        ]
        return min(days, default=None)

    def _of(self, metric: Metric) -> list[Days]:
        days = [
            self._once("rows", name, tuple(columns))
            for name, columns in metric.inputs.items()
            if name in FACTS or name in KEYS
        ]
        days += [self._once("values", name, tuple(columns)) for name, columns in metric.existence_columns.items()]
        return [*days, self._once("register", "organisation", ())] if metric.has_as_is else days

    def _once(self, kind: str, name: str, columns: tuple[str, ...]) -> Days:
        key = kind, name, columns
        if key not in self._known:
            self._known[key] = {"rows": self._rows, "values": self._values, "register": self._register}[kind](
                name, columns
            )
        return self._known[key]

    def _values(self, name: str, columns: tuple[str, ...]) -> Days:
        return dict.fromkeys(changes_of_values(self._connection, name, columns, self._since))

    def _register(self, name: str, columns: tuple[str, ...]) -> Days:
        """Days on which an organisation begins, or has ended."""
        table = read_table(self._connection, name)
        begins, ends = table["valid_from"].dropna(), table["valid_to"].dropna() + pd.Timedelta(days=1)
        return dict.fromkeys([*begins, *ends])

    def _rows(self, name: str, columns: tuple[str, ...]) -> Days:
        days = first_days(self._connection, name, columns, self._since)
        if name != "obligation" or "overdue_on" not in columns:
            return days
        owed = read_vintages(self._connection, name)  # a report owed counts from the day on which it would be overdue
        for at, start in owed.groupby("overdue_on")["period_start"].min().items():
            known = days.get(at, start)  # type: ignore[call-overload]
            days[at] = None if known is None else min(known, start)  # type: ignore[index]
        return days
