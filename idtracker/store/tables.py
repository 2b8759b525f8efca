"""Writing whole tables into the store and reading them back, now or as they were known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

import duckdb
import pandas as pd

from idtracker.contract.tables import FACTS, OPERATIONS, REFERENCE, TABLES, columns_of, conform_types
from idtracker.findings import Findings
from idtracker.intake import Ledger, Receipt
from idtracker.settings import Settings
from idtracker.store.accepted import read_frames, read_outcome
from idtracker.store.facts import naive_utc

ORDER: dict[str, list[str]] = {
    "merged_cell": ["indicator_id", "place_id", "period"],
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


def submission_table(
    connection: duckdb.DuckDBPyConnection, settings: Settings, sources: Iterable[str], until: datetime | None = None
) -> pd.DataFrame:
    """Every submission with the fate of its rows: rows read = accepted + held + unchanged + superseded."""
    fates = {
        (source, submission): (accepted, unchanged, superseded)
        for source, submission, accepted, unchanged, superseded in connection.execute(
            "SELECT source_id, submission_id, sum(rows_accepted), sum(rows_unchanged), sum(rows_superseded) "
            "FROM _fate GROUP BY source_id, submission_id"
        ).fetchall()
    }
    rows = []
    for source_id in sources:
        for receipt in Ledger(settings, until).receipts(source_id):
            outcome = None if receipt.is_refused else read_outcome(settings, source_id, receipt.submission_id)
            if outcome is None and not receipt.is_refused:
                continue
            accepted, unchanged, superseded = fates.get((source_id, receipt.submission_id), (0, 0, 0))
            state = outcome.verdict if outcome else "rejected"
            if receipt.withdrawn_at:
                state = "withdrawn"
            elif accepted + unchanged == 0 and superseded:
                state = "superseded"
            rows.append(
                {
                    "submission_id": receipt.submission_id,
                    "source_id": source_id,
                    "file_name": receipt.file_name,
                    "sha256": receipt.sha256 or None,
                    "size_bytes": receipt.size_bytes,
                    "edition": receipt.edition or None,
                    "received_at": naive_utc(receipt.received_at),
                    "submitted_by": receipt.submitted_by or None,
                    "state": state,
                    "rows_read": outcome.rows_read if outcome else 0,
                    "rows_accepted": int(accepted),
                    "rows_held": outcome.rows_held if outcome else 0,
                    "rows_unchanged": int(unchanged),
                    "rows_superseded": int(superseded) + (outcome.rows_repeated if outcome else 0),
                    "periods": (outcome.periods if outcome else "") or None,
                    "rule_set_version": outcome.rule_set_version if outcome else "",
                    "withdrawn_at": naive_utc(receipt.withdrawn_at) if receipt.withdrawn_at else None,
                    "withdrawn_why": receipt.withdrawn_why or None,
                }
            )
    return conform_types(pd.DataFrame(rows), OPERATIONS["submission"])


def reported_periods(submissions: pd.DataFrame) -> pd.DataFrame:
    """Periods that each submission speaks of, one a row: source_id, submission_id, period."""
    listed = submissions.loc[submissions["periods"].notna(), ["source_id", "submission_id", "periods"]]
    return listed.assign(period=listed["periods"].str.split(";")).explode("period")[
        ["source_id", "submission_id", "period"]
    ]


def operations_frames(
    settings: Settings, sources: Iterable[str], until: datetime | None = None
) -> dict[str, pd.DataFrame]:
    """Findings and held rows of every source; a refused file has the one finding that refused it."""
    findings: list[pd.DataFrame] = []
    held: list[pd.DataFrame] = []
    for source_id in sources:
        receipts = Ledger(settings, until).receipts(source_id)
        known = {r.submission_id for r in receipts}
        for frames, kind in ((findings, "findings"), (held, "held")):
            frame = read_frames(settings, source_id, kind)
            frames.append(frame[frame["submission_id"].isin(known)])
        findings += [refusal_frame(r) for r in receipts if r.is_refused]
    return {
        name: conform_types(pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(), OPERATIONS[name])
        for name, frames in (("finding", findings), ("held_row", held))
    }


def refusal_frame(receipt: Receipt) -> pd.DataFrame:
    """The finding about a file that was refused at the door."""
    findings = Findings()
    findings.add("file.protective_marking", marking=receipt.marking)
    frame = findings.to_frame().assign(submission_id=receipt.submission_id, source_id=receipt.source_id)
    return conform_types(frame, OPERATIONS["finding"])


def audit_table(settings: Settings, sources: Iterable[str], until: datetime | None = None) -> pd.DataFrame:
    """Acts on the record, from the ledger: received, refused, withdrawn."""
    rows = []
    for source_id in sources:
        for receipt in Ledger(settings, until).receipts(source_id):
            act = "refused" if receipt.is_refused else "received"
            detail = {"source": source_id, "file": receipt.file_name, "marking": receipt.marking or None}
            rows.append(
                (naive_utc(receipt.received_at), receipt.submitted_by, act, receipt.submission_id, json.dumps(detail))
            )
            if receipt.withdrawn_at:
                rows.append(
                    (
                        naive_utc(receipt.withdrawn_at),
                        receipt.withdrawn_by,
                        "withdrawn",
                        receipt.submission_id,
                        receipt.withdrawn_why,
                    )
                )
    frame = pd.DataFrame(sorted(rows), columns=["at", "actor", "action", "subject", "detail"])
    return conform_types(frame, OPERATIONS["audit"])
