"""Whether a publication holds what the store holds, in every form."""

from __future__ import annotations

from pathlib import Path

from idtracker.model.home import Home
from idtracker.model.tables import TABLES, columns_of
from idtracker.publish.manifest import DATABASE
from idtracker.store.connection import connect, open_store
from idtracker.store.copies import LOGS, fingerprints
from idtracker.store.tables import quoted


def published_differences(home: Home, folder: Path, *, with_logs: bool = True) -> list[str]:
    """Tables of a publication whose rows or content, in the database or in Parquet, are not those of the store.

    A publication that stands because nothing is known anew tells of the work up to when it was made: see `with_logs`.
    """
    paths = sorted((folder / "parquet").glob("*.parquet"))
    paths = [path for path in paths if with_logs or path.stem not in LOGS]
    tables = [path.stem for path in paths]
    with open_store(home) as connection:
        hashes = {"store": fingerprints(connection, tables)}
    with connect(str(folder / DATABASE), read_only=True) as own:
        hashes["database"] = fingerprints(own, tables)
    with connect() as own:
        for path in paths:
            names = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[path.stem]))
            own.execute(f'CREATE VIEW "{path.stem}" AS SELECT {names} FROM read_parquet({quoted(path)})')
        hashes["parquet"] = fingerprints(own, tables)
    return [
        f"{table}: {form} has {hashes[form][table][0]} rows, the store {hashes['store'][table][0]}"
        + ("" if hashes[form][table][0] != hashes["store"][table][0] else ", of other content")
        for table in tables
        for form in ("database", "parquet")
        if hashes[form][table] != hashes["store"][table]
    ]
