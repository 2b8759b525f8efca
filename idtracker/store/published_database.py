"""The DuckDB file of a publication: written whole, or carried on from the file before it by what changed.

Nobody writes into a published file. What is carried on is a copy of it: tables that changed are written again, and of a large one only
the rows that differ. A copy that does not hold the rows of the store in the end is thrown away, and the file is written whole.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from idtracker.model.steps.progress import counted
from idtracker.model.tables import TABLES
from idtracker.model.tables.version import create_table_sql
from idtracker.store.connection import connect
from idtracker.store.copies import Fingerprints, filled, fingerprints, listed, make_durable
from idtracker.store.history.change_points import last_change_point
from idtracker.store.schema import column_comments, table_comments
from idtracker.store.tables import quoted
from idtracker.store.views import moved_readings, reading_statements

if TYPE_CHECKING:
    import pandas as pd

STORAGE_VERSION = "v1.4.0"
REWRITTEN_ROWS = 10_000
"""A table of so many rows or fewer is written again in its order where it changed: that costs less than to look for the rows."""
REWRITTEN_SHARE = 0.25
"""Where more than this share of the rows of a table differ, it is written again as well."""
MOST_GROWTH, ROOM_TO_GROW = 1.5, 8 << 20
"""A file that has grown by more than this factor, and so many bytes, since it was written whole is written whole again."""


@dataclass(frozen=True, slots=True)
class EarlierDatabase:
    """A published file of the same form: its size when it was last written whole, and the tables that hold the same now.

    Rows that leave a table lie on in the free space of a file that is carried on, unseen but there. `may_keep_them` is whether its
    readers might see them: those of an audience that sees everything.
    """

    path: Path
    bytes_whole: int
    same: Collection[str]
    may_keep_them: bool


@dataclass(frozen=True, slots=True)
class WrittenDatabase:
    """Rows of each table in a file, and the size of the file, or of the one that it was carried on from, when written whole."""

    rows: Mapping[str, int]
    bytes_whole: int


def form_of(tables: Sequence[str], notice: str) -> str:
    """Hash over everything in a published file but its rows and the last instant of the metrics; files of one form may be carried on."""
    statements = [create_table_sql(table, TABLES[table]) for table in tables]
    statements += [*column_comments(tables), *table_comments(tables, notice), *reading_statements(tables)]
    return hashlib.sha256("\0".join([duckdb.__version__, STORAGE_VERSION, *statements]).encode()).hexdigest()[:12]


def write_database(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    tables: Sequence[str],
    notice: str,
    prints: Fingerprints,
    earlier: EarlierDatabase | None = None,
) -> WrittenDatabase:
    """Copy tables into a DuckDB file that clients from 1.4 on can open, described and with its readings.

    `prints` are the fingerprints of the tables in the store. Without an `earlier` file, the new one is written whole.
    """
    metrics_at = last_change_point(connection, "metric:%")
    if earlier is not None and _may_carry_on(earlier):
        try:
            if _carry_on(connection, path, tables, prints, earlier, metrics_at):
                make_durable(path)
                return WrittenDatabase({table: prints[table][0] for table in tables}, earlier.bytes_whole)
        except (duckdb.Error, OSError):
            pass  # the earlier file is damaged: it has no part in the new one
    rows = _write_whole(connection, path, tables, notice, metrics_at)
    make_durable(path)
    return WrittenDatabase(rows, path.stat().st_size)


def _may_carry_on(earlier: EarlierDatabase) -> bool:
    """Whether there is such a file, its readers may see what is gone from it, and little of it is space of that."""
    if not earlier.may_keep_them or not earlier.path.is_file():
        return False
    return earlier.path.stat().st_size <= max(MOST_GROWTH * earlier.bytes_whole, earlier.bytes_whole + ROOM_TO_GROW)


def _carry_on(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    tables: Sequence[str],
    prints: Fingerprints,
    earlier: EarlierDatabase,
    metrics_at: pd.Timestamp | None,
) -> bool:
    """A copy of the earlier file with the rows of today; whether it holds what the store holds, table by table."""
    shutil.copyfile(earlier.path, path)
    connection.execute(f"ATTACH {quoted(path)} AS snapshot")
    try:
        connection.execute("BEGIN TRANSACTION")
        for table in counted("tables copied", [table for table in tables if table not in earlier.same]):
            _bring_up(connection, table, prints[table][0])
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT snapshot")
        found = fingerprints(connection, tables, 'snapshot.main."{}"'.format)
    except duckdb.Error:
        with suppress(duckdb.Error):  # where it was committed
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("DETACH snapshot")
    with connect(str(path)) as own:
        for statement in moved_readings(tables, metrics_at):
            own.execute(statement)
    return all(found[table] == prints[table] for table in tables)


def _bring_up(connection: duckdb.DuckDBPyConnection, table: str, rows: int) -> None:
    """Give a table of the copy the rows that it has in the store."""
    columns = listed(table)
    differs = "true"
    if rows > REWRITTEN_ROWS:
        connection.execute(
            f'CREATE OR REPLACE TEMP TABLE _differing AS SELECT h FROM (SELECT hash({columns}) AS h, 1 AS n FROM main."{table}" '
            f'UNION ALL SELECT hash({columns}), -1 FROM snapshot.main."{table}") GROUP BY h HAVING sum(n) <> 0'
        )
        found = connection.execute("SELECT count(*) FROM _differing").fetchone()
        if found is not None and found[0] <= REWRITTEN_SHARE * rows:
            differs = f"hash({columns}) IN (SELECT h FROM _differing)"
    connection.execute(f'DELETE FROM snapshot.main."{table}" WHERE {differs}')
    if rows:
        connection.execute(
            f'INSERT INTO snapshot.main."{table}" SELECT {columns} FROM main."{table}" WHERE {differs} ORDER BY ALL'
        )


def _write_whole(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    tables: Sequence[str],
    notice: str,
    metrics_at: pd.Timestamp | None,
) -> dict[str, int]:
    """Every table in its order, into a new file; rows of each."""
    path.write_bytes(_empty_database(tuple(tables), notice, metrics_at))
    connection.execute(f"ATTACH {quoted(path)} AS snapshot")
    counts = dict.fromkeys(tables, 0)
    try:
        for table in counted("tables copied", filled(connection, tables)):
            row = connection.execute(
                f'INSERT INTO snapshot.main."{table}" SELECT {listed(table)} FROM main."{table}" ORDER BY ALL'
            ).fetchone()
            counts[table] = int(row[0]) if row else 0
        connection.execute("CHECKPOINT snapshot")
    finally:
        connection.execute("DETACH snapshot")
    return counts


@lru_cache(maxsize=8)
def _empty_database(tables: tuple[str, ...], notice: str, metrics_at: pd.Timestamp | None) -> bytes:
    """A DuckDB file with described tables that have no rows, and its readings: a thousand comments cost more than most copies."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.duckdb"
        with connect() as engine:
            engine.execute(f"ATTACH {quoted(path)} AS empty (STORAGE_VERSION '{STORAGE_VERSION}')")
            engine.execute("USE empty")
            for table in tables:
                engine.execute(create_table_sql(table, TABLES[table]))
            engine.execute(";".join(["BEGIN TRANSACTION", *column_comments(tables), "COMMIT"]))
            engine.execute("CHECKPOINT")
            engine.execute("USE memory")
            engine.execute("DETACH empty")
        with connect(str(path)) as own:
            own.execute(";".join(["BEGIN TRANSACTION", *table_comments(tables, notice), "COMMIT"]))
            for statement in reading_statements(tables, metrics_at):
                own.execute(statement)
        return path.read_bytes()
