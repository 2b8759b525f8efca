"""Whether a publication holds what the store holds, in every form."""

from __future__ import annotations

from pathlib import Path

import duckdb

from idtracker.model.home import Settings
from idtracker.model.tables import TABLES, columns_of
from idtracker.publish.manifest import DATABASE
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes


def published_differences(settings: Settings, folder: Path) -> list[str]:
    """Tables of a publication whose rows or content, in the database or in Parquet, are not those of the store."""
    paths = sorted((folder / "parquet").glob("*.parquet"))
    tables = [path.stem for path in paths]
    with open_store(settings) as connection:
        told = {"store": _told(connection, tables)}
    with duckdb.connect(str(folder / DATABASE), read_only=True) as own:
        told["database"] = _told(own, tables)
    with duckdb.connect() as own:
        for path in paths:
            names = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[path.stem]))
            quoted = str(path).replace("'", "''")
            own.execute(f"CREATE VIEW \"{path.stem}\" AS SELECT {names} FROM read_parquet('{quoted}')")
        told["parquet"] = _told(own, tables)
    return [
        f"{table}: {form} has {told[form][table][0]} rows, content {told[form][table][1][:12]}; "
        f"the store {told['store'][table][0]} rows, content {told['store'][table][1][:12]}"
        for table in tables
        for form in ("database", "parquet")
        if told[form][table] != told["store"][table]
    ]


def _told(connection: duckdb.DuckDBPyConnection, tables: list[str]) -> dict[str, tuple[int, str]]:
    """Rows and content hash per table; a log of the work, which has no hash, by its rows alone."""
    hashes = content_hashes(connection, tables)
    counts = {}
    for table in tables:
        row = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
        counts[table] = (int(row[0]) if row else 0, hashes.get(table, ""))
    return counts
