"""Activities at work and who takes part in them, gathered in DuckDB: activities that look the same in a quarter are one row.

Activities look the same where the same organisations take part in them at the same places, for the same objectives and funds.
Metrics count organisations, places and activities, so one of them with how many there are (`times`) says as much as all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

import duckdb
import pandas as pd
import pyarrow as pa

from idtracker.analyse.metrics.known.delivered_sql import (
    ALIAS_SQL,
    CURRENCY_SQL,
    LABEL_ROWS_SQL,
    LABEL_SQL,
    NAMED_SQL,
    NEXT_CHANGE_SQL,
    PART_ROWS_SQL,
    PART_SQL,
    PLACES_SQL,
    SAME_SQL,
    SPARE_SQL,
    SPEND_ROWS_SQL,
    TABLES,
    TABLES_SQL,
    WORKING_ROWS_SQL,
    WORKING_SQL,
)
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.model.register.places_above import areas_of
from idtracker.store.connection import registered

__all__ = ["TABLES", "Delivered", "Serving", "Spend", "TakingPart", "Working", "at_once", "gather", "put_slots"]
Rows = TypeVar("Rows")
_ROWS = 2_000_000
"""Rows times quarters that are gathered at once, of one instant or of several."""
Wanted = Sequence[tuple["Delivered", Iterable[str]]]
"""What is gathered together: at each instant the quarters whose metrics are measured."""


class Working(NamedTuple):
    """The first of activities that look the same, and how many they are, at one of their places."""

    unit: str
    times: int
    place_id: str | None


class TakingPart(NamedTuple):
    """An organisation that takes part in them at a place."""

    unit: str
    times: int
    org_id: str | None
    place_id: str | None


class Spend(NamedTuple):
    """Spend of those that have any, and how many these are."""

    weight: float
    paid: int


class Serving(NamedTuple):
    """An objective that they serve, or a fund that pays for them, as a row that begins by the end of the quarter says."""

    unit: str
    objective_id: str | None
    fund: str | None


class Delivered:
    """Delivery as known from an instant on until the tables of activities change; quarters are gathered as they are needed.

    Spend is that of an area (as in register.places_above): `place` is the register that says where places lie.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, at: pd.Timestamp, place: pd.DataFrame) -> None:
        self._connection, self.at, self._place = connection, at, place
        self._gathered: set[str] = set()
        self._working: dict[str, list[Working]] = {}
        self._taking_part: dict[str, list[TakingPart]] = {}
        self._paid: dict[str, dict[tuple[str, str | None], Spend]] = {}
        self._currency: dict[str, str] = {}
        self._serving: dict[str, list[Serving]] = {}
        self.places: frozenset[str] = frozenset()
        self.first_named: dict[tuple[str, str], int | None] = {}
        changes = connection.execute(NEXT_CHANGE_SQL, {"at": at.to_pydatetime()}).fetchall()
        self._until: datetime | None = changes[0][0]

    def holds(self, at: pd.Timestamp) -> bool:
        """Whether the same is known at an instant."""
        return self.at <= at and (self._until is None or at < self._until)

    def gather(self, periods: Iterable[str]) -> None:
        """Gather what the metrics of some quarters need and is not at hand yet."""
        gather(self._connection, self._place, [(self, periods)])

    def missing(self, periods: Iterable[str]) -> list[str]:
        """What the metrics of some quarters need and is not at hand."""
        return sorted({code for period in periods for code in _needed(period)} - self._gathered)

    def at_work(self, quarter: Quarter) -> list[Working]:
        """A row for each place."""
        return self._rows(self._working, quarter, [])

    def taking_part(self, quarter: Quarter) -> list[TakingPart]:
        """A row for each organisation and place."""
        return self._rows(self._taking_part, quarter, [])

    def paid(self, quarter: Quarter) -> dict[tuple[str, str | None], Spend]:
        """Positive spend by unit and area (none: everywhere)."""
        return self._rows(self._paid, quarter, {})

    def currency(self, quarter: Quarter) -> str | None:
        """The currency of paid(), the one that most cells with spend state; None where none states any."""
        return self._rows(self._currency, quarter, "") or None

    def serving(self, quarter: Quarter) -> list[Serving]:
        """What they serve, and what pays for them."""
        return self._rows(self._serving, quarter, [])

    def _rows(self, of: Mapping[str, Rows], quarter: Quarter, none: Rows) -> Rows:
        if quarter.code not in self._gathered:
            raise KeyError(f"{quarter.code} has not been gathered")
        return of.get(quarter.code, none)


def gather(connection: duckdb.DuckDBPyConnection, place: pd.DataFrame, wanted: Wanted) -> None:
    """Gather what the metrics of some quarters need at several instants, all of it in the same few statements.

    Its temporary tables are those of the connection until it gathers again; presence rests on them.
    """
    _put_areas(connection, place)
    connection.execute(ALIAS_SQL)
    put_table(connection, "_instant", {"moment": range(len(wanted)), "instant": [d.at for d, _ in wanted]})
    connection.execute(SPARE_SQL)
    rows = 0
    for name, statement in TABLES_SQL.items():
        connection.execute(statement)
        rows += (connection.execute(f"SELECT count(*) FROM _{name}").fetchone() or (0,))[0]
    slots = [
        (delivered, n, code) for n, (delivered, periods) in enumerate(wanted) for code in delivered.missing(periods)
    ]
    step = max(1, _ROWS * len(wanted) // rows) if rows else 1
    for first in range(0, len(slots), step) if rows else ():  # of no rows nothing is gathered
        _gather(connection, slots[first : first + step])
    for delivered, _, code in slots:
        delivered._gathered.add(code)
    known, named = (connection.execute(statement).fetchall() for statement in (PLACES_SQL, NAMED_SQL))
    for n, (delivered, _) in enumerate(wanted):
        delivered.places = frozenset(place_id for moment, place_id in known if moment == n)
        delivered.first_named = {(source, org): day for moment, source, org, day in named if moment == n}


def at_once(connection: duckdb.DuckDBPyConnection, quarters: int) -> int:
    """At how many instants gather() takes up as many rows as at one instant of many rows, with so many quarters at each."""
    asked = " + ".join(f"(SELECT count(*) FROM {table})" for table in TABLES)
    rows = (connection.execute(f"SELECT {asked}").fetchone() or (0,))[0]
    return max(1, _ROWS // max(1, rows * quarters))


def put_slots(connection: duckdb.DuckDBPyConnection, slots: Sequence[tuple[int, str]]) -> None:
    """The table `_slot`: quarters in order, each with its days and the number of the instant at which it is asked about."""
    quarters = [Quarter.of(code) for _, code in slots]
    columns: dict[str, Sequence[object]] = {"slot": range(len(slots)), "moment": [moment for moment, _ in slots]}
    columns |= {"first": [q.start.date() for q in quarters], "last": [q.end.date() for q in quarters]}
    put_table(connection, "_slot", columns)


def put_table(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, Sequence[object]]) -> None:
    """A temporary table of some columns, in place of an earlier one."""
    connection.complete()
    rows = pa.table({column: pa.array(cells) for column, cells in columns.items()})
    with registered(connection, {"_put": rows}):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM _put")


def _gather(connection: duckdb.DuckDBPyConnection, slots: Sequence[tuple[Delivered, int, str]]) -> None:
    put_slots(connection, [(moment, code) for _, moment, code in slots])
    execute, into = connection.execute, [(delivered, code) for delivered, _, code in slots]
    for statement in (WORKING_SQL, PART_SQL, LABEL_SQL, SAME_SQL):
        execute(statement)
    for slot, *working in execute(WORKING_ROWS_SQL).fetchall():
        delivered, code = into[slot]
        delivered._working.setdefault(code, []).append(Working(*working))
    for slot, *part in execute(PART_ROWS_SQL).fetchall():
        delivered, code = into[slot]
        delivered._taking_part.setdefault(code, []).append(TakingPart(*part))
    for slot, unit, place, weight, paid in execute(SPEND_ROWS_SQL).fetchall():
        delivered, code = into[slot]
        delivered._paid.setdefault(code, {})[unit, place] = Spend(weight, paid)
    for slot, currency in execute(CURRENCY_SQL).fetchall():
        delivered, code = into[slot]
        delivered._currency[code] = currency
    for slot, *label in execute(LABEL_ROWS_SQL).fetchall():
        delivered, code = into[slot]
        delivered._serving.setdefault(code, []).append(Serving(*label))


def _put_areas(connection: duckdb.DuckDBPyConnection, place: pd.DataFrame) -> None:
    """The area that each place counts in, as the table `_area`."""
    areas = areas_of(place)
    rows = pa.table({"place_id": pa.array(areas, pa.string()), "area_id": pa.array(areas.values(), pa.string())})
    connection.complete()
    with registered(connection, {"_areas": rows}):
        connection.execute("CREATE OR REPLACE TEMP TABLE _area AS FROM _areas")


def _needed(period: str) -> list[str]:
    """A quarter and those before it that its metrics look at: its own window, and that of the quarter before."""
    window = Quarter.of(period).window()
    return [window[0].previous().code, *(q.code for q in window)]
