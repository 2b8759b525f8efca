"""Copies of the store for others: a DuckDB file, Parquet files, and hashes over their content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from idtracker.model.steps.progress import counted
from idtracker.model.tables import TABLES, columns_of
from idtracker.model.tables.version import create_table_sql
from idtracker.store.connection import connect
from idtracker.store.history.change_points import last_change_point
from idtracker.store.schema import describe_columns, describe_tables, recall_all, remember
from idtracker.store.tables import quoted
from idtracker.store.views import add_readings

if TYPE_CHECKING:
    import pandas as pd

STORAGE_VERSION = "v1.4.0"
LOGS = ("run", "audit", "reconciliation", "drift")
"""Outside the content hash: they tell of the work, and of the latest run, not of what is known."""
_CACHED = "content of "
_HASH_OF_NOTHING = hashlib.md5(b"", usedforsecurity=False).hexdigest()


def filled(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[str], place: Callable[[str], str] = '"{}"'.format
) -> list[str]:
    """Those of the tables that have rows: many have none, and asking them all at once costs what asking one does."""
    asked = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {place(table)}" for table in tables)
    return [str(table) for table, rows in connection.execute(asked).fetchall() if rows] if asked else []


def content_hashes(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[str], place: Callable[[str], str] = '"{}"'.format
) -> dict[str, str]:
    """Hash over the sorted rows of each table; equal hashes mean equal content whatever the order of writing.

    `place` says in SQL where the rows of a table are.
    """
    hashes = {table: _HASH_OF_NOTHING for table in tables if table not in LOGS}
    for table in filled(connection, hashes, place):
        row = connection.execute(
            f"SELECT md5(coalesce(string_agg(h, '' ORDER BY h), '')) "
            f"FROM (SELECT md5(CAST(row({_listed(table)}) AS VARCHAR)) AS h FROM {place(table)})"
        ).fetchone()
        hashes[table] = str(row[0]) if row else ""
    return hashes


def cached_hashes(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[str], *, anew: bool = False
) -> dict[str, str]:
    """content_hashes() of the writer's store, which keeps each beside the fingerprint of the rows that it was made of.

    A fingerprint costs a fiftieth of the hash. Only of tables whose rows have another one is the hash made again; `anew`: of all.
    """
    if anew:
        return content_hashes(connection, tables)
    counted_rows = fingerprints(connection, [table for table in tables if table not in LOGS])
    prints = {table: f"{rows} {total}" for table, (rows, total) in counted_rows.items() if rows}
    cached, hashes = recall_all(connection), dict.fromkeys(counted_rows, _HASH_OF_NOTHING)
    changed = []
    for table, fingerprint in prints.items():
        before, _, hashes[table] = cached.get(_CACHED + table, "").rpartition(" ")
        if before != fingerprint:
            changed.append(table)
    hashes |= content_hashes(connection, changed)
    remember(connection, **{_CACHED + table: f"{prints[table]} {hashes[table]}" for table in changed})
    return hashes


def fingerprints(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[str], place: Callable[[str], str] = '"{}"'.format
) -> dict[str, tuple[int, str]]:
    """Rows of each table and a sum over them, whatever their order: equal where copies of one table are, at a glance.

    It tells an accident in copying; against forgery there are the content hashes. A log has no sum.
    """
    prints = dict.fromkeys(tables, (0, ""))
    asked = [
        f"SELECT '{table}', count(*), concat_ws(' ', bit_xor(h), sum(h)) FROM "
        f"(SELECT {'NULL' if table in LOGS else f'hash({_listed(table)})'} AS h FROM {place(table)})"
        for table in filled(connection, tables, place)
    ]
    for table, rows, total in connection.execute(" UNION ALL ".join(asked)).fetchall() if asked else []:
        prints[str(table)] = (int(rows), str(total))
    return prints


def write_database(
    connection: duckdb.DuckDBPyConnection, path: Path, tables: Sequence[str], notice: str
) -> dict[str, int]:
    """Copy tables into a new DuckDB file that clients from 1.4 on can open, described and with its readings; rows of each."""
    metrics_at = last_change_point(connection, "metric:%")
    path.write_bytes(_empty_database(tuple(tables), notice, metrics_at))
    connection.execute(f"ATTACH {quoted(path)} AS snapshot")
    counts = dict.fromkeys(tables, 0)
    try:
        for table in counted("tables copied", filled(connection, tables)):
            row = connection.execute(
                f'INSERT INTO snapshot.main."{table}" SELECT {_listed(table)} FROM main."{table}" ORDER BY ALL'
            ).fetchone()
            counts[table] = int(row[0]) if row else 0
        connection.execute("CHECKPOINT snapshot")
    finally:
        connection.execute("DETACH snapshot")
    make_durable(path)
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
            describe_columns(engine, tables)
            engine.execute("CHECKPOINT")
            engine.execute("USE memory")
            engine.execute("DETACH empty")
        with connect(str(path)) as own:
            describe_tables(own, notice, tables)
            add_readings(own, tables, metrics_at)
        return path.read_bytes()


def write_parquet(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    tables: Sequence[str],
    notice: str,
    unchanged: Mapping[str, Path],
) -> None:
    """One Parquet file per table, in a new folder; the programme's notice stands in the metadata.

    A table that is `unchanged` since a file was written of it shares that file: nobody writes into a published one.
    """
    folder.mkdir()
    note = quoted(notice or "none")
    for table in counted("Parquet files", tables):
        path = folder / f"{table}.parquet"
        if table in unchanged and _linked(unchanged[table], path):
            continue
        connection.execute(
            f'COPY (SELECT {_listed(table)} FROM "{table}" ORDER BY ALL) '
            f"TO {quoted(path)} (FORMAT parquet, KV_METADATA {{notice: {note}}})"
        )
        make_durable(path)


def _linked(file: Path, path: Path) -> bool:
    """One file under another name; False where it is gone, or its disk knows only one name for a file."""
    try:
        path.hardlink_to(file)
    except OSError:
        return False
    return True


def make_durable(path: Path) -> None:
    """Return once the file is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _listed(table: str) -> str:
    return ", ".join(f'"{c.name}"' for c in columns_of(TABLES[table]))
