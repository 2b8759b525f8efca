"""Writing whole tables into the store and reading them back, now or as they were known."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pandas as pd

from idtracker.contract.tables import FACTS, OPERATIONS, REFERENCE, TABLES, columns_of, conform_types
from idtracker.findings import Findings
from idtracker.intake import Receipt
from idtracker.store.instants import naive_utc

ORDER: dict[str, list[str]] = {
    "merged_cell": ["indicator_id", "place_id", "period"],
    "cell_report": ["indicator_id", "place_id", "period", "org_id", "origin"],
    "score": ["place_id", "period", "node_code"],
    "trend": ["place_id", "node_code", "period"],
    "metric_value": ["metric_id", "period", "scope", "measure"],
}


def replace_table(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame, where: str = "") -> None:
    """Make `frame` the content of a canonical table, or of the part of it that `where` selects; all or nothing."""
    connection.execute("BEGIN TRANSACTION")
    try:
        connection.execute(f'DELETE FROM "{name}"' + (f" WHERE {where}" if where else ""))
        fill_table(connection, name, frame)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def fill_table(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame) -> None:
    """Add the rows of `frame` to a canonical table, each column by its type."""
    columns = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[name]))
    connection.register("_frame", conform_types(frame, TABLES[name]))
    try:
        connection.execute(f'INSERT INTO "{name}" ({columns}) SELECT {columns} FROM _frame')
    finally:
        connection.unregister("_frame")


def read_table(connection: duckdb.DuckDBPyConnection, name: str, where: str = "TRUE") -> pd.DataFrame:
    """Rows of a canonical table with its types, in a fixed order."""
    model = TABLES[name]
    columns = ", ".join(f'"{c.name}"' for c in columns_of(model))
    order = ", ".join(f'"{c}"' for c in ORDER.get(name, [c.name for c in columns_of(model)][:2]))
    frame = connection.execute(f'SELECT {columns} FROM "{name}" WHERE {where} ORDER BY {order}').df()
    return conform_types(frame, model)


def known_now(connection: duckdb.DuckDBPyConnection, name: str) -> pd.DataFrame:
    """Rows of a fact table as they are known now."""
    return read_table(connection, name, "recorded_to IS NULL")


def vintages_at(connection: duckdb.DuckDBPyConnection, name: str, at: pd.Timestamp) -> pd.DataFrame:
    """Every vintage of a fact table that had begun by an instant; one that ended later is still open."""
    moment = naive_utc(at)
    frame = read_table(connection, name, f"recorded_from <= TIMESTAMP '{moment.isoformat(sep=' ')}'")
    frame.loc[frame["recorded_to"] > moment, "recorded_to"] = pd.NaT
    return frame


def known_facts(connection: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    """Every fact table as known now."""
    return {name: known_now(connection, name) for name in FACTS}


def reference_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    return {name: read_table(connection, name) for name in REFERENCE}


def write_reference(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write the register and the method into the store."""
    for name, frame in tables.items():
        replace_table(connection, name, frame)


def reported_periods(submissions: pd.DataFrame) -> pd.DataFrame:
    """Periods that each submission speaks of, one a row: source_id, submission_id, period."""
    listed = submissions.loc[submissions["periods"].notna(), ["source_id", "submission_id", "periods"]]
    return listed.assign(period=listed["periods"].str.split(";")).explode("period")[
        ["source_id", "submission_id", "period"]
    ]


def refusal_frame(receipt: Receipt) -> pd.DataFrame:
    """The finding about a file that was refused at the door."""
    findings = Findings()
    findings.add("file.protective_marking", marking=receipt.marking)
    frame = findings.to_frame().assign(submission_id=receipt.submission_id, source_id=receipt.source_id)
    return conform_types(frame, OPERATIONS["finding"])
