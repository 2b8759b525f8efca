"""Metrics over time: a metric is measured again in the quarters that a change of its inputs can concern.

A metric of a quarter does not look beyond the quarter's end: rows whose every day lies after it cannot change it. So a
change concerns the quarters that end on or after the first day of the rows that changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.history.timeline import Remaining, Timeline, merger_days, no_states
from idtracker.analyse.metrics.inputs import Shared
from idtracker.analyse.metrics.organisations import Organisations
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import Metric, family, metric_of
from idtracker.analyse.metrics.values import measure
from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.model.register.entity_columns import united
from idtracker.model.tables import FACTS, REFERENCE
from idtracker.model.tables.vintages import KEYS, KNOWN
from idtracker.store.history.derived_vintages import extend_vintages, read_vintages, take_back
from idtracker.store.history.moments import changes_of_values, first_days, keep_moments
from idtracker.store.tables import read_table

_RECORDED = ("recorded_from", "recorded_to")


@pd.option_context("mode.string_storage", "python")
def derive_metrics(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, line: Timeline, family_id: str) -> None:
    """Continue the table `metric_value` and its vintages for the metrics of one family.

    Texts are Python's strings meanwhile: a metric works on few rows at a time, which takes a third less time so.
    """
    step, chosen = f"metric:{family_id}", family(family_id)
    left, mine = line.resume(connection, step), "metric_id IN ({})".format(", ".join(f"'{m.id}'" for m in chosen))
    if left.at:
        tables = {name for m in chosen for name in m.inputs if name in FACTS or name in KEYS}
        reference = {name: read_table(connection, name) for name in REFERENCE}
        record, reference = _Record(connection, sorted(tables)), united(reference, reference["entity"])
        changed = _Changes(connection, left, merger_days(catalogue))
        due = [pair for m in chosen for pair in _due(m, changed.of(m), left)]
        rows = list(_measured(due, record, reference))
        extend_vintages(
            connection,
            "metric_value",
            pd.concat(rows, ignore_index=True) if rows else no_states("metric_value"),
            pd.DataFrame(due, columns=["metric_id", "period", "known_at", "is_visible"]).drop(columns="is_visible"),
            left.since,
            where=mine,
        )
    elif left.has_other:
        take_back(connection, "metric_value", left.since, mine)
    keep_moments(connection, step, line.moments)


Due = tuple[str, str, pd.Timestamp, bool]
First = dict[pd.Timestamp, pd.Timestamp | None]


class _Changes:
    """When the inputs of a metric changed, and the first day that each change concerns; None: any day."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, left: Remaining, mergers: set[pd.Timestamp]) -> None:
        self._connection, self._left, self._mergers = connection, left, mergers
        self._found: dict[tuple[str, tuple[str, ...]], First] = {}
        self._different: dict[tuple[str, tuple[str, ...]], set[pd.Timestamp]] = {}

    def of(self, metric: Metric) -> list[First]:
        """The changes of each of its inputs."""
        found = [self._table(name, columns) for name, columns in metric.inputs.items() if name in FACTS or name in KEYS]
        timeless = [dict.fromkeys(self._values(name, columns)) for name, columns in metric.timeless.items()]
        return [*found, *timeless, *([dict.fromkeys(self._mergers)] if metric.has_as_is else [])]

    def _values(self, name: str, columns: Sequence[str]) -> set[pd.Timestamp]:
        key = (name, tuple(columns))
        if key not in self._different:
            self._different[key] = changes_of_values(self._connection, name, columns, self._left.since)
        return self._different[key]

    def _table(self, name: str, columns: Sequence[str]) -> First:
        key = (name, tuple(columns))
        if key not in self._found:
            found = first_days(self._connection, name, columns, self._left.since)
            if name == "obligation" and "overdue_on" in columns:
                found = _with_overdue(found, read_vintages(self._connection, name))
            self._found[key] = found
        return self._found[key]


def _with_overdue(found: First, owed: pd.DataFrame) -> First:
    """A report owed counts from the day on which it would be overdue."""
    for at, start in owed.groupby("overdue_on")["period_start"].min().items():
        known = found.get(at, start)  # type: ignore[call-overload]
        found[at] = None if known is None else min(known, start)  # type: ignore[index]
    return found


def _due(metric: Metric, changes: Sequence[First], left: Remaining) -> Iterator[Due]:
    """Metric, quarter and moment of every figure to be worked out, and whether the quarter is in sight then."""
    turns = {at: (into, out) for at, into, out in left.turns}
    for at, codes in zip(left.at, left.timeline.periods[left.done :], strict=True):
        into, out = turns.get(at, (set(), set()))
        days = [found[at] for found in changes if at in found]
        first = None if any(day is None for day in days) else min(days, default=pd.Timestamp.max)  # type: ignore[type-var]
        for code in codes:
            if code in into or first is None or first <= Quarter.of(code).end:
                yield metric.id, code, at, True
        yield from ((metric.id, code, at, False) for code in sorted(out))


def _measured(due: list[Due], record: _Record, reference: Mapping[str, pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """The figures of each moment, measured together."""
    frame = pd.DataFrame(due, columns=["metric_id", "period", "known_at", "is_visible"])
    shared = Shared(Organisations(reference["organisation"]))
    for at, asked in frame[frame["is_visible"].astype("bool")].groupby("known_at"):
        needed = {name for metric_id in asked["metric_id"].unique() for name in metric_of(metric_id).inputs}
        known = record.known_at(pd.Timestamp(at), needed)  # type: ignore[arg-type]
        wanted = set(zip(asked["metric_id"], asked["period"], strict=True))
        periods, day = sorted(asked["period"].unique()), pd.Timestamp(at)  # type: ignore[arg-type]
        yield measure(known, reference, periods, day, only=wanted, shared=shared).assign(known_at=at)


class _Record:
    """Facts and derived tables as vintages, read once, and what was known of them at a moment, each reviewed entity under one identifier."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, tables: list[str]) -> None:
        self._entity = read_table(connection, "entity")
        self._rows: dict[str, pd.DataFrame] = {}
        self._bounds: dict[str, tuple[npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]]] = {}
        self._last: dict[str, tuple[npt.NDArray[np.bool_], pd.DataFrame]] = {}
        for name in tables:
            rows = read_vintages(connection, name) if name in KEYS else read_table(connection, name)
            begins, ends = KNOWN if name in KEYS else _RECORDED
            self._bounds[name] = rows[begins].to_numpy(), rows[ends].to_numpy()
            if name in KEYS:
                self._rows[name] = rows.drop(columns=list(KNOWN))
            else:
                self._rows[name] = rows.assign(recorded_to=pd.Series(index=rows.index, dtype="datetime64[ns]"))

    def known_at(self, at: pd.Timestamp, tables: Collection[str]) -> dict[str, pd.DataFrame]:
        """The rows of these tables that were known at a moment."""
        return united({name: self._known(name, at) for name in self._rows if name in tables}, self._entity)

    def _known(self, name: str, at: pd.Timestamp) -> pd.DataFrame:
        """The rows of one table; the same frame as at the moment before where nothing in it has changed."""
        (begins, ends), moment = self._bounds[name], at.to_datetime64()
        is_known = (begins <= moment) & ~(ends <= moment)
        before = self._last.get(name)
        if before is None or not np.array_equal(before[0], is_known):
            self._last[name] = is_known, self._rows[name][is_known].reset_index(drop=True)
        return self._last[name][1]
