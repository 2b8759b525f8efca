"""Whether a publication holds what the store holds, in every form."""

from __future__ import annotations

from pathlib import Path

from idtracker.model.home import Home
from idtracker.publish.manifest import DATABASE
from idtracker.store.connection import connect, in_memory, open_store
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
    with in_memory() as own:
        hashes["parquet"] = fingerprints(
            own, tables, lambda table: f"read_parquet({quoted(folder / 'parquet' / f'{table}.parquet')})"
        )
    return [
        f"{table}: {form} has {hashes[form][table][0]} rows, the store {hashes['store'][table][0]}"
        + ("" if hashes[form][table][0] != hashes["store"][table][0] else ", of other content")
        for table in tables
        for form in ("database", "parquet")
        if hashes[form][table] != hashes["store"][table]
    ]
