"""Views and macros that read vintages: what is known now, and what was known at an instant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from idtracker.model.tables import FACTS, OVER_TIME, TABLES, columns_of
from idtracker.model.tables.names.renamed import renamed_statements
from idtracker.model.tables.vintages import KEYS, KNOWN, RECORDED, SINCE, vintages_of
from idtracker.store.connection import connect
from idtracker.store.reference_views import readings as reference_readings
from idtracker.store.tables import quoted

if TYPE_CHECKING:
    import pandas as pd

_INSTANT = (
    "(CAST(t AS TIMESTAMP) + CASE WHEN length(CAST(t AS VARCHAR)) = 10 "
    "THEN INTERVAL 1 DAY - INTERVAL 1 MICROSECOND ELSE INTERVAL 0 DAY END)"
)
"""The argument `t` of a macro as an instant; a bare date means its end."""


def add_readings(
    connection: duckdb.DuckDBPyConnection, tables: Collection[str], metrics_at: pd.Timestamp | None = None
) -> None:
    """Views `now.<fact>` of what is known now, and macros `<table>_as_known_at(instant)` of facts and derived tables.

    A bare date means its end. A derived table was what it was; a fact table gives the vintages open at that instant.
    Metrics are kept for the first instants of months and for `metrics_at`: their macro gives the last of these that is not
    after the instant asked for, and says in `known_at` which. The readings of reference tables stand beside them.
    """
    for statement in reading_statements(tables, metrics_at):
        connection.execute(statement)


def reading_statements(tables: Collection[str], metrics_at: pd.Timestamp | None = None) -> list[str]:
    """The statements by which `add_readings` makes them."""
    statements = ["CREATE SCHEMA now"]
    for table in tables:
        if table in FACTS:
            statements.append(f'CREATE VIEW now."{table}" AS SELECT * FROM main."{table}" WHERE recorded_to IS NULL')
            statements.append(_macro(table, "*", table, RECORDED))
        elif table in SINCE:
            statements += moved_readings([table], metrics_at)
        elif table in KEYS:
            statements.append(_macro(table, _listed(table), vintages_of(table), KNOWN))
    return statements + reference_readings(tables) + renamed_statements(tables)


def moved_readings(tables: Collection[str], metrics_at: pd.Timestamp | None) -> list[str]:
    """The statements that make those of the readings, or make them anew, that name the instant `metrics_at`."""
    columns = f", {_kept_sql(metrics_at)} AS known_at"
    return [_macro(t, _listed(t) + columns, vintages_of(t), KNOWN) for t in tables if t in SINCE]


def _kept_sql(metrics_at: pd.Timestamp | None) -> str:
    """The last instant for which metrics are kept that is not after the argument of a macro."""
    month = f"date_trunc('month', {_INSTANT})"
    if metrics_at is None:
        return month
    last = f"TIMESTAMP '{metrics_at.isoformat(sep=' ')}'"
    return f"CASE WHEN {_INSTANT} < {last} THEN {month} ELSE {last} END"


def _macro(table: str, columns: str, kept_sql: str, bounds: tuple[str, str]) -> str:
    begins, ends = bounds
    return (
        f'CREATE OR REPLACE MACRO main."{table}_as_known_at"(t) AS TABLE SELECT {columns} FROM main."{kept_sql}" '
        f"WHERE {begins} <= {_INSTANT} AND ({ends} IS NULL OR {ends} > {_INSTANT})"
    )


def known_at(
    database: Path, at: pd.Timestamp, worked_out: Sequence[str]
) -> tuple[duckdb.DuckDBPyConnection, list[str]]:
    """A database in memory whose tables are those of a published file as they were known at an instant (UTC), as views.

    The tables `worked_out` are left out: their rows at that instant have to be worked out by the caller. They can be read
    as they are now in the schema `published`. The second value names every table that the file has.
    """
    connection = connect()
    connection.execute(f"ATTACH {quoted(database)} AS published (READ_ONLY)")
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'published' AND schema_name = 'main'"
    ).fetchall()
    present = [table for table in TABLES if (table,) in tables]
    for table in present:
        if table not in worked_out:
            connection.execute(f'CREATE VIEW main."{table}" AS {_known_at_sql(table, at)}')
    return connection, present


def _known_at_sql(table: str, at: pd.Timestamp) -> str:
    moment = f"TIMESTAMP '{at.isoformat(sep=' ')}'"
    if table in KEYS:
        begins, ends = KNOWN
        return (
            f'SELECT {_listed(table)} FROM published.main."{vintages_of(table)}" '
            f"WHERE {begins} <= {moment} AND ({ends} IS NULL OR {ends} > {moment})"
        )
    if table not in FACTS and table not in OVER_TIME:
        return f'SELECT * FROM published.main."{table}"'
    begins, ends = KNOWN if table in OVER_TIME else RECORDED
    open_again = f"CASE WHEN {ends} > {moment} THEN NULL ELSE {ends} END AS {ends}"
    return f'SELECT * REPLACE ({open_again}) FROM published.main."{table}" WHERE {begins} <= {moment}'


def _listed(table: str) -> str:
    return ", ".join(f'"{c.name}"' for c in columns_of(TABLES[table]))
