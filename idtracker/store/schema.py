"""The tables of the store, made from the canonical ones, and what it keeps for itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import duckdb

from idtracker.model.tables import TABLES, columns_of, grain
from idtracker.model.tables.version import create_table_sql, model_version
from idtracker.store.connection import registered
from idtracker.store.tables import quoted

if TYPE_CHECKING:
    import pandas as pd

_OWN = {
    "_fate": "submission_id VARCHAR, since TIMESTAMP, until TIMESTAMP, rows_accepted BIGINT, rows_unchanged BIGINT, "
    "rows_superseded BIGINT",
    "_standing": "submission_id VARCHAR, since TIMESTAMP, until TIMESTAMP",
    "_tally": "submission_id VARCHAR, since TIMESTAMP, rows_held BIGINT, rows_replaced BIGINT",
    "_holding": "held_id VARCHAR, held_from TIMESTAMP, held_to TIMESTAMP",
    "_change": "moment TIMESTAMP, change UBIGINT",
}
_MOMENT = "CREATE TABLE IF NOT EXISTS _moment (step VARCHAR, moment TIMESTAMP, signature VARCHAR)"
_ROUND_ACT = "CREATE TABLE IF NOT EXISTS _round_act (moment TIMESTAMP, act_id VARCHAR)"
_CELL_DRIFT = """CREATE TABLE IF NOT EXISTS _cell_drift (indicator_id VARCHAR, place_id VARCHAR, period VARCHAR,
    known_from TIMESTAMP, score_drift DOUBLE, score_trend DOUBLE, drift_basis VARCHAR)"""
_CELL_ACCOUNT = """CREATE TABLE IF NOT EXISTS _cell_account (indicator_id VARCHAR, place_id VARCHAR, source_id VARCHAR,
    reason VARCHAR, rows BIGINT, computed BIGINT)"""
_UNDONE = "CREATE TABLE IF NOT EXISTS _undone (place_id VARCHAR, period VARCHAR)"
_BESIDE = (_MOMENT, _ROUND_ACT, _CELL_DRIFT, _CELL_ACCOUNT, _UNDONE)
"""What the store keeps for itself: the fate of rows by time of validity, who had the word when, rows held and replaced; what
changed in the record when; which moments each step has worked out; which acts about rounds there are; from when on own cells
drift how fast; how many observations of each indicator, place and source have which fate; of which places and quarters later
vintages were taken back."""


def ensure_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing. A store made under another data model is emptied first: it is rebuilt, never migrated."""
    version = store_version()
    connection.execute("CREATE TABLE IF NOT EXISTS _state (name VARCHAR PRIMARY KEY, value VARCHAR)")
    row = connection.execute("SELECT value FROM _state WHERE name = 'model'").fetchone()
    if row is None or row[0] != version:
        for table in _tables_there(connection):
            connection.execute(f'DROP TABLE "{table}"')
        connection.execute("CREATE TABLE _state (name VARCHAR PRIMARY KEY, value VARCHAR)")
        connection.execute("INSERT INTO _state VALUES ('model', ?)", [version])
    there = _tables_there(connection)
    for name, columns in _OWN.items():
        if name not in there:
            connection.execute(f"CREATE TABLE {name} (source_id VARCHAR, {columns})")
    for statement in _BESIDE:
        connection.execute(statement)
    for name, model in TABLES.items():
        if name not in there:
            connection.execute(create_table_sql(name, model))


def _tables_there(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()")
    return {str(name) for (name,) in rows.fetchall()}


def remember(connection: duckdb.DuckDBPyConnection, **values: str) -> None:
    """Keep named values beside the tables, such as the day that they speak of."""
    if values:
        rows = ", ".join(["(?, ?)"] * len(values))
        connection.execute(
            f"INSERT OR REPLACE INTO _state VALUES {rows}", [part for item in values.items() for part in item]
        )


def replace_round_acts(connection: duckdb.DuckDBPyConnection, acts: pd.DataFrame) -> None:
    """Keep which acts about rounds there are (moment, act_id), so that they count among what changes the record."""
    connection.execute("DELETE FROM _round_act")
    with registered(connection, {"_acts": acts}):
        connection.execute("INSERT INTO _round_act SELECT moment, act_id FROM _acts")


def recall(connection: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """A value kept by `remember`; None where the store has none, or is no store."""
    try:
        row = connection.execute("SELECT value FROM _state WHERE name = ?", [name]).fetchone()
    except duckdb.CatalogException:
        return None
    return str(row[0]) if row else None


def recall_all(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Every value kept by `remember`, by name."""
    return {str(name): str(value) for name, value in connection.execute("SELECT name, value FROM _state").fetchall()}


def table_comments(tables: Iterable[str], notice: str) -> list[str]:
    """Statements that say what one row of each table is, the programme's notice in front."""
    prefix = f"{notice} " if notice else ""
    return [f'COMMENT ON TABLE "{name}" IS {quoted(prefix + grain(TABLES[name]))}' for name in tables]


def column_comments(tables: Iterable[str]) -> list[str]:
    """Statements that say what each column means."""
    return [
        f'COMMENT ON COLUMN "{name}"."{column.name}" IS {quoted(column.description)}'
        for name in tables
        for column in columns_of(TABLES[name])
    ]


def store_version() -> str:
    """Changes whenever a table or column changes, the store's own included."""
    own = "\n".join([model_version(), *map("=".join, _OWN.items()), *_BESIDE])
    return hashlib.sha256(own.encode()).hexdigest()[:12]
