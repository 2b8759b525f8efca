"""Rows of a published table by parts of its key: as published, or as known at an instant from its rows over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pandas as pd

from idtracker.model.frames import records
from idtracker.model.tables import FACTS, TABLES, columns_of
from idtracker.model.tables.vintages import KEYS, vintages_of

Row = dict[str, Any]
MARKS = ("classification", "releasable_to", "handling")
_KNOWN = "known_from <= $at AND (known_to IS NULL OR known_to > $at)"
_RECORDED = "recorded_from <= $at AND (recorded_to IS NULL OR recorded_to > $at)"


def is_kept(table: str) -> bool:
    """Whether a table is kept over time, so that it can be read as known at an instant."""
    return table in KEYS or table in FACTS


def published_rows(
    connection: duckdb.DuckDBPyConnection, table: str, parts: Mapping[str, str], at: object = None
) -> list[Row]:
    """Rows whose columns have the texts of `parts` (an empty one: no value), by key. Empty where the table is not published.

    With `at` (UTC) those known then; empty as well where the table is not kept over time.
    """
    place, conditions = table, [f"coalesce(CAST({name} AS VARCHAR), '') = ${name}" for name in parts]
    if at is not None:
        if not is_kept(table):
            return []
        place = table if table in FACTS else vintages_of(table)
        conditions.append(_RECORDED if table in FACTS else _KNOWN)
    elif table in FACTS:
        conditions.append("recorded_to IS NULL")
    if not has_table(connection, place):
        return []
    names = [spec.name for spec in columns_of(TABLES[table])]
    sql = f"SELECT {', '.join(names)} FROM main.{place}"
    sql += f" WHERE {' AND '.join(conditions)}" if conditions else ""
    key = ["fact_id"] if table in FACTS else list(TABLES[table].key)
    given = {**parts, **({"at": at} if at is not None else {})}
    frame = connection.execute(f"{sql} ORDER BY {', '.join(key) or 'ALL'}", given or None).df()
    return [dict(zip(names, row, strict=True)) for row in records(frame, *names)]


def latest_rows(rows: Sequence[Row]) -> list[Row]:
    """Of rows with quarters those of the latest."""

    def end(row: Row) -> Any:
        return (pd.Timestamp(row.get("period_end") or 0), str(row["period"]))

    latest = max((end(row) for row in rows), default=None)
    return [row for row in rows if end(row) == latest]


def has_table(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether the publication of a connection has a table."""
    sql = "SELECT count(*) FROM duckdb_tables() WHERE table_name = ? AND schema_name = 'main'"
    row = connection.execute(sql, [table]).fetchone()
    return bool(row and row[0])
