"""The compiled text of plans, kept by the store so that the next run need not compile it again."""

from __future__ import annotations

import duckdb

_TABLE = "CREATE TABLE IF NOT EXISTS _plan (version VARCHAR, key VARCHAR, plan VARCHAR)"


def kept_plan(connection: duckdb.DuckDBPyConnection, key: str) -> str | None:
    """The text kept under a key; None where there is none."""
    connection.execute(_TABLE)
    found = connection.execute("SELECT plan FROM _plan WHERE key = ?", [key]).fetchall()
    return str(found[0][0]) if found else None


def keep_plan(connection: duckdb.DuckDBPyConnection, version: str, key: str, text: str) -> None:
    """Keep a text; what was compiled by another version goes."""
    connection.execute(_TABLE)
    connection.execute("DELETE FROM _plan WHERE version <> ? OR key = ?", [version, key])
    connection.execute("INSERT INTO _plan VALUES (?, ?, ?)", [version, key, text])
