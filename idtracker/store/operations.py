"""Tables about the work itself, made from ledger, judgements and what the store worked out about claims."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import duckdb
import pandas as pd

from idtracker.ingest.decisions.adjudications import Adjudication
from idtracker.ingest.decisions.waivers import Waiver
from idtracker.ingest.judged.archive import Outcome, accepted_folder, is_readable
from idtracker.ingest.landing.ledger import Receipt
from idtracker.model.home import Settings
from idtracker.model.instants import naive_utc
from idtracker.model.tables import OPERATIONS, columns_of, conform_types
from idtracker.store.connection import transaction
from idtracker.store.records import SourceRecord
from idtracker.store.schema import recall, remember
from idtracker.store.states import Account, accounts_of
from idtracker.store.tables import fill_table, refusal_frame, rewrite_table
from idtracker.store.vintages import parquet_files

OF_SOURCES = ("submission", "submission_state", "finding", "held_row", "waiver")
"""Tables about the work whose rows belong to one source each."""


def write_operations(connection: duckdb.DuckDBPyConnection, settings: Settings, record: SourceRecord) -> None:
    """Write the rows of one source into OF_SOURCES, which have none of it, in the caller's transaction."""
    for name, frame in submission_tables(connection, record).items():
        fill_table(connection, name, frame)
    for receipt in record.receipts:
        if receipt.is_refused:
            fill_table(connection, "finding", refusal_frame(receipt))
    _copy_judged(connection, settings, record, "findings", "finding")
    _copy_judged(connection, settings, record, "held", "held_row")
    fill_table(connection, "waiver", waiver_frame(record.waivers))


def _copy_judged(
    connection: duckdb.DuckDBPyConnection, settings: Settings, record: SourceRecord, kind: str, table: str
) -> None:
    """Copy what the judgements kept of one kind; of held rows one for each stretch in which the store says they were held."""
    folders = (accepted_folder(settings, r.source_id, r.submission_id) for r in record.receipts if not r.is_refused)
    files = [path for folder in folders if is_readable(path := folder / f"{kind}.parquet")]
    if not files:
        return
    columns = ", ".join(f'"{c.name}"' for c in columns_of(OPERATIONS[table]))
    judged = f'(FROM "{table}" WHERE FALSE UNION ALL BY NAME FROM {parquet_files(files)})'
    if table == "held_row":
        stretches = "SELECT held_id, held_from, held_to FROM _holding WHERE source_id = $source"
        judged = f"(SELECT * EXCLUDE (held_from, held_to) FROM {judged}) JOIN ({stretches}) USING (held_id)"
    source = {"source": record.source_id} if table == "held_row" else {}
    connection.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {judged}', source)


def submission_tables(connection: duckdb.DuckDBPyConnection, record: SourceRecord) -> dict[str, pd.DataFrame]:
    """`submission`: every submission of a source with the fate of its rows; `submission_state`: the same over time.

    Rows read = accepted + held + unchanged + superseded. A withdrawn submission keeps the account of its last day; one
    that waits for its judgement is `received` and has read nothing yet.
    """
    now: list[dict[str, object]] = []
    states: list[dict[str, object]] = []
    accounts = accounts_of(connection, record.source_id)
    for receipt in record.receipts:
        outcome = record.outcomes.get(receipt.submission_id)
        stretches = accounts.stretches(receipt, outcome)
        states += [_state_row(receipt, outcome, stretch) for stretch in stretches]
        now.append(_submission_row(receipt, outcome, stretches[-1]))
    return {
        "submission": conform_types(pd.DataFrame(now), OPERATIONS["submission"]),
        "submission_state": conform_types(pd.DataFrame(states), OPERATIONS["submission_state"]),
    }


def _state_row(receipt: Receipt, outcome: Outcome | None, at: Account) -> dict[str, object]:
    return {
        "submission_id": receipt.submission_id,
        "source_id": receipt.source_id,
        "state": at.state,
        "since": at.since,
        "until": at.until,
        "rows_accepted": at.accepted,
        "rows_held": at.held,
        "rows_unchanged": at.unchanged,
        "rows_superseded": at.superseded + (outcome.rows_repeated if outcome else 0),
    }


def _submission_row(receipt: Receipt, outcome: Outcome | None, at: Account) -> dict[str, object]:
    state = _state_row(receipt, outcome, at)
    return {
        **state,
        "file_name": receipt.file_name,
        "sha256": receipt.sha256 or None,
        "size_bytes": receipt.size_bytes,
        "edition": receipt.edition or None,
        "received_at": naive_utc(receipt.received_at),
        "submitted_by": receipt.submitted_by or None,
        "state_since": at.since,
        "corrects": (outcome.corrects if outcome else "") or None,
        "rows_read": outcome.rows_read if outcome else 0,
        "periods": (outcome.periods if outcome else "") or None,
        "rule_set_version": outcome.rule_set_version if outcome else "",
        "withdrawn_at": naive_utc(receipt.withdrawn_at) if receipt.withdrawn_at else None,
        "withdrawn_why": receipt.withdrawn_why or None,
    }


def waiver_frame(waivers: Sequence[Waiver]) -> pd.DataFrame:
    """Waivers as rows of the table."""
    rows = [
        {
            "waiver_id": w.waiver_id,
            "source_id": w.source_id,
            "submission_id": w.submission_id,
            "held_id": w.held_id or None,
            "rules": ";".join(w.rules),
            "given_by": w.given_by,
            "why": w.why,
            "given_at": naive_utc(w.given_at),
            "until_on": pd.Timestamp(w.until_on),
        }
        for w in waivers
    ]
    return conform_types(pd.DataFrame(rows), OPERATIONS["waiver"])


def write_decisions(
    connection: duckdb.DuckDBPyConnection, records: Sequence[SourceRecord], decisions: Sequence[Adjudication]
) -> None:
    """Bring the decisions about cells and the audit up to date; nothing is written where nothing new is on record."""
    content = [[r.source_id, sorted(r.seals.items()), [w.waiver_id for w in r.waivers]] for r in records]
    sign = hashlib.sha256(json.dumps([content, [made.adjudication_id for made in decisions]]).encode()).hexdigest()
    if recall(connection, "audit") == sign:
        return
    with transaction(connection):
        rewrite_table(connection, "adjudication", adjudication_frame(decisions))
        rewrite_table(connection, "audit", audit_frame(records, decisions))
        remember(connection, audit=sign)


def adjudication_frame(decisions: Sequence[Adjudication]) -> pd.DataFrame:
    """Decisions about cells as rows of the table."""
    rows = [
        asdict(made) | {"adjudication_id": made.adjudication_id, "decided_at": naive_utc(made.decided_at)}
        for made in decisions
    ]
    return conform_types(pd.DataFrame(rows), OPERATIONS["adjudication"])


def audit_frame(records: Iterable[SourceRecord], decisions: Iterable[Adjudication]) -> pd.DataFrame:
    """Acts on the record, from the ledger: received, refused, corrected, waived, withdrawn; and decided about cells."""
    rows: list[tuple[object, ...]] = []
    for record in records:
        for receipt in record.receipts:
            rows += _acts(receipt, record.outcomes.get(receipt.submission_id))
        for waiver in record.waivers:
            act = "waived" if waiver.ends_at > waiver.given_at else "waiver_ended"
            subject = waiver.held_id or waiver.submission_id
            rows.append((naive_utc(waiver.given_at), waiver.given_by, act, subject, waiver.text))
    for made in decisions:
        act = "adjudicated" if made.value is not None else "adjudication_revoked"
        rows.append((naive_utc(made.decided_at), made.decided_by, act, " ".join(made.cell), made.why))
    columns = ["at", "actor", "action", "subject", "detail"]
    frame = pd.DataFrame(sorted(rows, key=lambda r: tuple(map(str, r))), columns=columns)
    return conform_types(frame, OPERATIONS["audit"])


def _acts(receipt: Receipt, outcome: Outcome | None) -> list[tuple[object, ...]]:
    """What was done with one file."""
    at, who, subject = naive_utc(receipt.received_at), receipt.submitted_by, receipt.submission_id
    act = "refused" if receipt.is_refused else "received"
    detail = {"source": receipt.source_id, "file": receipt.file_name, "marking": receipt.marking or None}
    acts: list[tuple[object, ...]] = [(at, who, act, subject, json.dumps(detail))]
    if outcome is not None and outcome.is_correction:
        told = {"source": receipt.source_id, "corrects": outcome.corrects.split(";") if outcome.corrects else [],
                "accepted": outcome.rows_accepted, "held": outcome.rows_held}  # fmt: skip
        acts.append((at, who, "corrected", subject, json.dumps(told)))
    if receipt.withdrawn_at:
        acts.append(
            (naive_utc(receipt.withdrawn_at), receipt.withdrawn_by, "withdrawn", subject, receipt.withdrawn_why)
        )
    return acts
