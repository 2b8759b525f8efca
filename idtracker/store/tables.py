"""Writing whole tables into the store and reading them back, now or as they were known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import duckdb
import pandas as pd

from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.findings import Findings
from idtracker.model.marking import Marking
from idtracker.model.tables import FACTS, OPERATIONS, REFERENCE, TABLES, columns_of, conform_types, frame_of
from idtracker.store.connection import rows_of

CHUNK = 50_000
_ORDER: dict[str, tuple[str, ...]] = {
    "trend": ("place_id", "node_code", "period"),
    "method_trend": ("method_id", "place_id", "node_code", "period"),
    "scenario": ("scenario_id", "place_id", "period", "question_id", "scheme"),
    "calibration": ("scheme", "horizon", "assessor"),
    "metric_value": ("metric_id", "period", "scope", "measure"),
    "network_change": ("metric_id", "period", "measure", "cause"),
    "organisation": ("org_id", "name"),
    "entity": ("kind", "member_id"),
}
"""Columns by which the rows of a table are read where that is not the order of its key."""


def order_of(name: str) -> tuple[str, ...]:
    """The columns by which the rows of a table are read: those of its key, and without one the first two."""
    model = TABLES[name]
    return _ORDER.get(name) or model.key or tuple(spec.name for spec in columns_of(model)[:2])


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Everything inside is written, or nothing."""
    connection.execute("BEGIN TRANSACTION")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def replace_table(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame) -> None:
    """Make `frame` the content of a canonical table; all or nothing."""
    with transaction(connection):
        rewrite_table(connection, name, frame)


def rewrite_table(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame, where: str = "TRUE") -> None:
    """Make `frame` the content of a canonical table, or of the part that `where` selects, in the caller's transaction."""
    connection.execute(f'DELETE FROM "{name}" WHERE {where}')
    fill_table(connection, name, frame)


def quoted(text: object) -> str:
    """A text, or the path of a file, as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"


def quoted_list(texts: Iterable[object]) -> str:
    """Texts as SQL lists them; of none, a list that holds nothing."""
    return ", ".join(map(quoted, texts)) or "NULL"


def count_rows(connection: duckdb.DuckDBPyConnection, name: str, where: str = "TRUE") -> int:
    """Rows of a table, or of the part that `where` selects."""
    row = connection.execute(f'SELECT count(*) FROM "{name}" WHERE {where}').fetchone()
    return int(row[0]) if row else 0


def fill_table(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame) -> None:
    """Add the rows of `frame` to a canonical table, each column by its type.

    The engine finds the frame by the name of the variable. What is registered stays in memory until the transaction ends,
    although it is unregistered: in one that fills a table in blocks all of them would lie there.
    """
    columns = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[name]))
    _frame = conform_types(frame, TABLES[name])
    connection.execute(f'INSERT INTO "{name}" ({columns}) SELECT {columns} FROM _frame')


def read_table(
    connection: duckdb.DuckDBPyConnection, name: str, where: str = "TRUE", schema: str = "main"
) -> pd.DataFrame:
    """Rows of a canonical table with its types, in a fixed order."""
    model = TABLES[name]
    columns = ", ".join(f'"{c.name}"' for c in columns_of(model))
    order = ", ".join(f'"{c}"' for c in order_of(name))
    return frame_of(
        rows_of(connection, f'SELECT {columns} FROM {schema}."{name}" WHERE {where} ORDER BY {order}'), model
    )


def read_in_chunks(
    connection: duckdb.DuckDBPyConnection, name: str, where: str = "TRUE", rows: int = CHUNK
) -> Iterator[pd.DataFrame]:
    """Rows of a canonical table with its types, at most so many at a time, in no order."""
    columns = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[name]))
    for batch in connection.cursor().sql(f'SELECT {columns} FROM "{name}" WHERE {where}').to_arrow_reader(rows):
        yield conform_types(batch.to_pandas(), TABLES[name])


def known_now(connection: duckdb.DuckDBPyConnection, name: str) -> pd.DataFrame:
    """Rows of a fact table as they are known now."""
    return read_table(connection, name, "recorded_to IS NULL")


def known_facts(connection: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    """Every fact table as known now."""
    return {name: known_now(connection, name) for name in FACTS}


def reference_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    return {name: read_table(connection, name) for name in REFERENCE}


def write_reference(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pd.DataFrame], marking: Marking
) -> None:
    """Write the register and the method into the store, marked as the programme is."""
    for name, frame in tables.items():
        replace_table(connection, name, frame.assign(**marking.columns))


def reported_periods(submissions: pd.DataFrame) -> pd.DataFrame:
    """Periods that each submission speaks of, one a row: source_id, submission_id, period."""
    listed = submissions.loc[submissions["periods"].notna(), ["source_id", "submission_id", "periods"]]
    return listed.assign(period=listed["periods"].str.split(";")).explode("period")[
        ["source_id", "submission_id", "period"]
    ]


def submissions_at(submissions: pd.DataFrame, states: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    """Submissions that had arrived by an instant, each in the state in which it was then; withdrawn also where that was revoked later."""
    here = states[(states["since"] <= at) & ~(states["until"] <= at)]
    last = here.rename(columns={"since": "state_since"}).drop(columns="until")
    known = submissions[submissions["received_at"] <= at].copy()
    known.loc[known["withdrawn_at"] > at, ["withdrawn_at", "withdrawn_why"]] = None
    content = [c for c in last.columns if c not in ("submission_id", "source_id")]
    merged = known.drop(columns=content).merge(last, on=["submission_id", "source_id"])
    merged["withdrawn_at"] = merged["withdrawn_at"].mask(merged["state"] == "withdrawn", merged["state_since"])
    return conform_types(merged, OPERATIONS["submission"])


def refusal_frame(receipt: Receipt) -> pd.DataFrame:
    """The finding about a file that was refused before landing."""
    findings = Findings()
    findings.add("file.protective_marking", marking=receipt.marking)
    frame = findings.to_frame().assign(submission_id=receipt.submission_id, source_id=receipt.source_id)
    return conform_types(frame, OPERATIONS["finding"])
