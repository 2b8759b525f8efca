"""Hashes over the content of tables, and their copies as Parquet files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from idtracker.model.steps.progress import counted
from idtracker.model.tables import TABLES, columns_of
from idtracker.store.schema import recall_all, remember
from idtracker.store.tables import quoted

LOGS = ("run", "audit", "readership", "reconciliation", "drift")
"""Outside the content hash: they tell of the work, and of the latest run, not of what is known."""
Fingerprints = Mapping[str, tuple[int, str]]
"""By table: its rows, and a sum over them."""
_CACHED = "content of "
_HASHED_AT_ONCE = 10_000
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

    `place` says in SQL where the rows of a table are. The engine sorts the hashes of rows, on disk where they are many; they
    pass by here a piece at a time.
    """
    hashes = {table: _HASH_OF_NOTHING for table in tables if table not in LOGS}
    for table in filled(connection, hashes, place):
        whole = hashlib.md5(usedforsecurity=False)
        row_hashes = connection.execute(
            f"SELECT md5(CAST(row({listed(table)}) AS VARCHAR)) AS h FROM {place(table)} ORDER BY h"
        )
        while rows := row_hashes.fetchmany(_HASHED_AT_ONCE):
            whole.update("".join(h for (h,) in rows).encode())
        hashes[table] = whole.hexdigest()
    return hashes


def cached_hashes(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    prints: Fingerprints | None = None,
    *,
    anew: bool = False,
) -> dict[str, str]:
    """content_hashes() of the writer's store, which keeps each beside the fingerprint of the rows that it was made of.

    A fingerprint costs a fiftieth of the hash. Only of tables whose rows have another one is the hash made again; `anew`: of all.
    `prints` are the fingerprints of the tables where they are known.
    """
    if anew:
        return content_hashes(connection, tables)
    hashed = [table for table in tables if table not in LOGS]
    known = fingerprints(connection, hashed) if prints is None else prints
    stated = {table: f"{known[table][0]} {known[table][1]}" for table in hashed if known[table][0]}
    cached, hashes = recall_all(connection), dict.fromkeys(hashed, _HASH_OF_NOTHING)
    changed = []
    for table, fingerprint in stated.items():
        before, _, hashes[table] = cached.get(_CACHED + table, "").rpartition(" ")
        if before != fingerprint:
            changed.append(table)
    hashes |= content_hashes(connection, changed)
    remember(connection, **{_CACHED + table: f"{stated[table]} {hashes[table]}" for table in changed})
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
        f"(SELECT {'NULL' if table in LOGS else f'hash({listed(table)})'} AS h FROM {place(table)})"
        for table in filled(connection, tables, place)
    ]
    for table, rows, total in connection.execute(" UNION ALL ".join(asked)).fetchall() if asked else []:
        prints[str(table)] = (int(rows), str(total))
    return prints


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
            f'COPY (SELECT {listed(table)} FROM "{table}" ORDER BY ALL) '
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


def listed(table: str) -> str:
    """The columns of a table in SQL, in their order."""
    return ", ".join(f'"{c.name}"' for c in columns_of(TABLES[table]))
