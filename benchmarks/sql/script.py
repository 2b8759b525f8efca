"""`python -m benchmarks.sql.script KIND FILE LISTS INTO`: from a file to tables in DuckDB and Parquet, in SQL alone.

KIND is `observations` or `activities`. The rules are those of the tool, with the same findings; merging and scoring are
plainer: one moment, one policy. It imports nothing but DuckDB.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
CORES = 2
_MARK = "-- findings\n"


def connect(lists: Path | None = None, database: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """A connection that knows the macros and, where a folder of them is given, the lists."""
    connection = duckdb.connect(database)
    connection.execute(f"SET threads = {CORES}; SET enable_progress_bar = false")
    connection.execute((HERE / "macros.sql").read_text("utf-8"))
    for path in sorted(lists.glob("*.parquet")) if lists else ():
        connection.execute(f"CREATE TEMP TABLE {path.stem} AS FROM '{path}'")
    return connection


def statement(kind: str) -> str:
    """Every finding of a file in one statement."""
    return (HERE / f"{kind}_rules.sql").read_text("utf-8")


def findings(connection: duckdb.DuckDBPyConnection, kind: str, file: Path) -> list[tuple[int, str]]:
    """Every finding as row and rule, in the order of the rows."""
    rows: list[tuple[int, str]] = connection.execute(statement(kind), {"file": str(file)}).fetchall()
    return rows


def make_tables(connection: duckdb.DuckDBPyConnection, kind: str, file: Path) -> None:
    """Judged rows, findings, facts and what is made of them."""
    judged, findings = statement(kind).split(_MARK)
    connection.execute(
        f"CREATE TEMP TABLE judged AS {judged.rstrip().rstrip(',')} SELECT * FROM held", {"file": str(file)}
    )
    # The findings begin as the statement goes on: after the common table expression `held`.
    connection.execute(f"CREATE TABLE finding AS WITH held AS (FROM judged), {findings}")
    connection.execute((HERE / f"{kind}_tables.sql").read_text("utf-8"))


def main(words: list[str]) -> int:
    """Judge, make the tables, and write each into a database and a Parquet file."""
    kind, file, lists, into = words[0], *map(Path, words[1:])
    into.mkdir(parents=True)
    with connect(lists, str(into / "tables.duckdb")) as connection:
        make_tables(connection, kind, file)
        tables = "SELECT table_name FROM duckdb_tables() WHERE NOT temporary"
        for (name,) in connection.execute(tables).fetchall():
            connection.execute(f"COPY {name} TO '{into / name}.parquet' (COMPRESSION zstd)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
