"""Reading what is known now, and what was known on a past day, against a plain scan of as many rows with the same filter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd

from benchmarks.performance.claim import Claim, best_in_turn
from benchmarks.performance.places import Workshop
from idtracker.model.tables import TABLES, columns_of
from idtracker.model.tables.version import create_table_sql
from idtracker.model.tables.vintages import vintages_of
from idtracker.store.published_database import STORAGE_VERSION
from idtracker.store.views import add_readings, known_at

ROWS = 10_000_000
BOUND = 3.0
DAY = "2025-06-30"
PLACES = ("JO-AM", "JO-IR", "JO-MA", "JO-ZA")
_TABLES = ("observation", "merged_cell", vintages_of("merged_cell"))


def reading_claims(shop: Workshop) -> Iterator[Claim]:
    """Each reading beside a plain scan of an ordinary table of the same rows, filtered by the same place."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "published.duckdb"
        make_publication(path, shop.rows(ROWS))
        instant = pd.Timestamp(DAY) + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
        past, _ = known_at(path, instant, worked_out=())
        with duckdb.connect(str(path), read_only=True) as published, past:
            size = f"{shop.rows(ROWS):,}"
            for name, connection, table in [
                (f"{size} observations: known now", published, "now.observation"),
                (f"{size} observations: at a past day, by macro", published, f"observation_as_known_at('{DAY}')"),
                (f"{size} cells: at a past day, by macro", published, f"merged_cell_as_known_at('{DAY}')"),
                (f"{size} observations: --as-known-at", past, "observation"),
                (f"{size} cells: --as-known-at", past, "merged_cell"),
            ]:
                plain = "plain_cell" if "merged_cell" in table else "plain_observation"
                measured, compared = best_in_turn(
                    lambda c=connection, t=table: _ask(c, t), lambda p=plain: _ask(published, p)
                )
                yield Claim(name, measured, compared, BOUND)


def _ask(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[object, ...]]:
    """An analyst's question: figures of a place by quarter."""
    return connection.execute(
        f"SELECT period, count(*), avg(value), max(value) FROM {table} WHERE place_id = 'JO-MA' GROUP BY period ORDER BY period"
    ).fetchall()


def make_publication(path: Path, rows: int) -> None:
    """So many vintages of observations and of cells, a third of them closed, and the same columns as ordinary tables."""
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"ATTACH '{path}' AS p (STORAGE_VERSION '{STORAGE_VERSION}')")
        connection.execute("USE p")
        for name in _TABLES:
            connection.execute(create_table_sql(name, TABLES[name]).replace(" NOT NULL", ""))
        connection.execute(_filled("observation", "recorded_from", "recorded_to", rows))
        connection.execute(_filled(vintages_of("merged_cell"), "known_from", "known_to", rows))
        connection.execute("CREATE TABLE plain_observation AS SELECT * FROM observation")
        connection.execute(
            f"CREATE TABLE plain_cell AS SELECT * EXCLUDE (known_from, known_to) FROM {vintages_of('merged_cell')}"
        )
        add_readings(connection, ["observation", "merged_cell"])
        connection.execute("CHECKPOINT")


def _filled(table: str, begins: str, ends: str, rows: int) -> str:
    """Rows of invented figures: place, quarter and value, and when they were known."""
    listed = ", ".join(f"'{p}'" for p in PLACES)
    values = {
        "indicator_id": "'I' || (i % 40)",
        "place_id": f"([{listed}])[1 + i % {len(PLACES)}]",
        "period": "(2020 + (i // 160) % 6) || '-Q' || (1 + (i // 960) % 4)",
        "value": "(i * 7919 % 1000) / 10.0",
        begins: "TIMESTAMP '2024-01-01' + INTERVAL (i * 104729 % 800) DAY",
        ends: "CASE WHEN i % 3 = 0 THEN TIMESTAMP '2024-01-01' + INTERVAL (i * 104729 % 800 + 90) DAY END",
    }
    columns = {c.name: values.get(c.name, "NULL") for c in columns_of(TABLES[table])}
    names, listed_values = ", ".join(f'"{n}"' for n in columns), ", ".join(columns.values())
    return f'INSERT INTO "{table}" ({names}) SELECT {listed_values} FROM range({rows}) r(i)'
