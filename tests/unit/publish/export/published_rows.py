"""A publication of a few rows, made without a programme: Parquet files and the manifest that states them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from idtracker.model.home import Home
from idtracker.model.tables import TABLES, columns_of, conform_types
from idtracker.model.tables.version import create_table_sql, model_version
from idtracker.store.copies import content_hashes, write_parquet
from idtracker.store.tables import fill_table

NOTICE = "Invented figures."
_FILLED: dict[str, Any] = {
    "integer": 1,
    "number": 1.0,
    "money": 1.0,
    "flag": False,
    "date": pd.Timestamp("2026-03-31"),
    "instant": pd.Timestamp("2026-06-01T08:00:00"),
}
Rows = dict[str, list[dict[str, Any]]]


def row_of(table: str, **values: Any) -> dict[str, Any]:
    """A row of a table, marked OFFICIAL for HMG and PARTNERS; whatever has to be filled and is not given is."""
    filled = {spec.name: _FILLED.get(spec.kind, "x") for spec in columns_of(TABLES[table]) if spec.is_required}
    return filled | {"classification": "OFFICIAL", "releasable_to": "HMG;PARTNERS"} | values


def publish_rows(folder: Path, rows: Rows, at: str = "2026-06-30T12:00:00", **manifest: Any) -> Home:
    """A home in which the audience hmg has these rows published, and nothing else."""
    home = Home((folder / "home").resolve(), folder / "sources")
    version = home.published / "hmg" / "2026-06-30-aaaaaaaaaaaa"
    version.mkdir(parents=True)
    with duckdb.connect() as connection:
        for name, entries in rows.items():
            connection.execute(create_table_sql(name, TABLES[name]))
            fill_table(connection, name, conform_types(pd.DataFrame(entries), TABLES[name]))
        write_parquet(connection, version / "parquet", list(rows), NOTICE, {})
        hashes = content_hashes(connection, list(rows))
    (version / "idtracker.duckdb").touch()
    document = {"audience": "hmg", "programme": "Small programme", "notice": NOTICE, "as_of": at, "content": "ab12"}
    tables = {name: {"rows": len(entries), "hash": hashes.get(name)} for name, entries in rows.items()}
    document |= {"tables": tables, "versions": {"model": model_version()}, **manifest}
    (version / "manifest.json").write_text(json.dumps(document), "utf-8")
    (home.published / "hmg" / "current").symlink_to(version.name)
    return home
