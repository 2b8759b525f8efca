"""A figure is marked as the rows behind it: those of its inputs that were known then and do not lie after its quarter."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd
import pytest

from idtracker.analyse.metrics.known.behind import Behind
from idtracker.analyse.metrics.known.changes import Changes
from idtracker.analyse.metrics.registry import Metric, metrics
from idtracker.model.marking import Marking, marking_of
from idtracker.model.tables import FACTS, OVER_TIME, TABLES
from idtracker.model.tables.version import create_table_sql

START = pd.Timestamp("2026-01-01")
PROGRAMME = marking_of("OFFICIAL", "HMG")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        for name in (*FACTS, *OVER_TIME, "method", "organisation"):
            opened.execute(create_table_sql(name, TABLES[name]).replace(" NOT NULL", ""))
        opened.execute("INSERT INTO method (classification, releasable_to) VALUES ('OFFICIAL', 'HMG')")
        yield opened


def add(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    day: str | None,
    marking: tuple[str, str],
    since: int,
    until: int | None = None,
) -> None:
    """A row about a day, known from one day of the year to another."""
    known = [None if n is None else START + pd.Timedelta(days=n) for n in (since, until)]
    column = {"observation": "period_start", "share_event": "available_on"}[table]
    connection.execute(
        f"INSERT INTO {table} ({column}, classification, releasable_to, recorded_from, recorded_to) VALUES (?, ?, ?, ?, ?)",
        [day, *marking, *known],
    )


def reading(name: str) -> Metric:
    """A metric that reads a table, of facts as few as may be."""
    return min((m for m in metrics().values() if name in m.inputs), key=lambda m: len(m.inputs))


def marked(connection: duckdb.DuckDBPyConnection, metric: Metric, period: str, day: int) -> Marking:
    return Behind(connection).marking(metric, period, START + pd.Timedelta(days=day))


def test_a_figure_is_marked_as_what_was_known_up_to_its_quarter(connection: duckdb.DuckDBPyConnection) -> None:
    metric = reading("share_event")
    add(connection, "share_event", "2025-08-01", ("OFFICIAL", "HMG;PARTNERS"), since=1)
    add(connection, "share_event", "2025-11-01", ("OFFICIAL-SENSITIVE", "HMG;PUBLIC"), since=1, until=20)
    assert marked(connection, metric, "2025-Q3", 5) == marking_of("OFFICIAL", "HMG;PARTNERS")
    assert marked(connection, metric, "2025-Q4", 5) == marking_of("OFFICIAL-SENSITIVE", "HMG")
    assert marked(connection, metric, "2025-Q4", 20) == marking_of("OFFICIAL", "HMG;PARTNERS"), "known no more"


def test_a_row_without_a_day_stands_behind_every_quarter(connection: duckdb.DuckDBPyConnection) -> None:
    add(connection, "share_event", None, ("OFFICIAL", "PARTNERS"), since=1)
    assert marked(connection, reading("share_event"), "2020-Q1", 5) == marking_of("OFFICIAL", "PARTNERS")


def test_a_figure_of_nothing_is_marked_as_the_programme(connection: duckdb.DuckDBPyConnection) -> None:
    add(connection, "observation", "2025-08-01", ("OFFICIAL-SENSITIVE", "PUBLIC"), since=1)
    metric = next(m for m in metrics().values() if "observation" not in m.inputs)
    assert marked(connection, metric, "2025-Q4", 5) == PROGRAMME
    assert marked(connection, reading("observation"), "2025-Q4", 0) == PROGRAMME, "nothing was known yet"


def test_a_change_of_the_marking_alone_is_a_change(connection: duckdb.DuckDBPyConnection) -> None:
    add(connection, "share_event", "2025-08-01", ("OFFICIAL", "HMG;PARTNERS"), since=1, until=10)
    add(connection, "share_event", "2025-08-01", ("OFFICIAL-SENSITIVE", "HMG"), since=10)
    at = [START + pd.Timedelta(days=n) for n in (5, 15)]
    concerned = Changes(connection, None).concern(reading("share_event"), *at)
    assert concerned is not None and concerned <= pd.Timestamp("2025-08-01")
