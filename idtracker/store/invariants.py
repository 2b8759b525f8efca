"""What the pandera models and the store's own invariants say about fact tables: as rows are written, and in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import duckdb
import pandas as pd

from idtracker.model.tables import FACTS, columns_of, conform_types, schema_of
from idtracker.model.tables.schemas import values_schema_of

_VECTORS = 97
"""DuckDB's vectors of 2,048 rows in a chunk: just under 200,000 rows are in pandas at a time."""
_Cases = Counter[tuple[str, str]]


def judge_values(connection: duckdb.DuckDBPyConnection, table: str, source_id: str) -> None:
    """Judge the vintages of a source in a fact table and keep what is wrong with them, in the caller's transaction.

    Only columns with bounds are read: that a column has no gap is a constraint of the stored table itself.
    """
    schema = schema_of(FACTS[table])
    names = tuple(str(name) for name, column in schema.columns.items() if column.checks)
    if not names:
        return
    listed = ", ".join(f'"{name}"' for name in names)
    judged = values_schema_of(FACTS[table], names)
    wrong: _Cases = Counter()
    for frame in _chunks(connection, f'SELECT {listed} FROM "{table}" WHERE source_id = ?', [source_id]):
        wrong += _failures(judged, frame)
    rows = [[source_id, table, column, check, count] for (column, check), count in wrong.items()]
    if rows:
        connection.executemany("INSERT INTO _broken VALUES (?, ?, ?, ?, ?)", rows)


def kept_problems(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """What is wrong with one fact table: what was kept as its rows were written, and the invariants over all of them."""
    cases = connection.execute(
        "SELECT column_name, rule, sum(rows) FROM _broken WHERE table_name = ? GROUP BY ALL ORDER BY ALL", [table]
    ).fetchall()
    return [_failed(table, column, check, int(count)) for column, check, count in cases] + _overlaps(connection, table)


def broken_invariants(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The same counted anew: every row of the table is held against its whole pandera model."""
    columns = ", ".join(f'"{c.name}"' for c in columns_of(FACTS[table]))
    wrong: _Cases = Counter()
    for frame in _chunks(connection, f'SELECT {columns} FROM "{table}"'):
        wrong += _failures(schema_of(FACTS[table]), conform_types(frame, FACTS[table]))
    cases = [_failed(table, column, check, count) for (column, check), count in sorted(wrong.items())]
    return cases + _overlaps(connection, table)


def _chunks(
    connection: duckdb.DuckDBPyConnection, query: str, values: list[str] | None = None
) -> Iterator[pd.DataFrame]:
    result = connection.execute(query, values or [])
    while len(frame := result.fetch_df_chunk(_VECTORS)):
        yield frame


def _failures(schema: object, frame: pd.DataFrame) -> _Cases:
    """Rows of a frame that fail, by column and check."""
    import pandera.errors

    try:
        schema.validate(frame, lazy=True)  # type: ignore[attr-defined]
    except pandera.errors.SchemaErrors as failures:
        counts = failures.failure_cases.groupby(["column", "check"], dropna=False).size()
        return Counter({(str(column), str(check)): int(n) for (column, check), n in counts.items()})
    return Counter()


def _failed(table: str, column: str, check: str, count: int) -> str:
    return f"{table}.{column}: {check} ({count} rows)"


def _overlaps(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Facts with two open vintages, and vintages that end before they begin."""
    row = connection.execute(
        f"""SELECT count(*) FILTER (recorded_to IS NULL) - count(DISTINCT fact_id) FILTER (recorded_to IS NULL),
          coalesce(bool_or(recorded_to <= recorded_from), FALSE) FROM "{table}" """
    ).fetchone()
    twice, is_backwards = row or (0, False)
    problems = [f"{table}: {twice} facts have two open vintages"] if twice else []
    return problems + ([f"{table}: a vintage ends before it begins"] if is_backwards else [])
