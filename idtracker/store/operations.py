"""Tables about the work itself, made from ledger, judgements and what the store worked out about claims."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

import duckdb
import pandas as pd

from idtracker.ingest.decisions.adjudications import Adjudications
from idtracker.ingest.decisions.waivers import Waivers
from idtracker.ingest.judged.archive import Outcome, accepted_folder, read_frames, read_outcome
from idtracker.ingest.judged.seals import seal_of
from idtracker.ingest.landing.ledger import Ledger, Receipt
from idtracker.model.home import Settings
from idtracker.model.instants import naive_utc
from idtracker.model.tables import OPERATIONS, conform_types
from idtracker.store.schema import recall, remember
from idtracker.store.states import Account, accounts_of
from idtracker.store.tables import quoted, refusal_frame, rewrite_table, transaction


def refresh_operations(
    connection: duckdb.DuckDBPyConnection, settings: Settings, sources: Sequence[str], until: datetime | None = None
) -> None:
    """Bring submissions, their states, findings, held rows and waivers of each source up to date, where anything changed."""
    signs = {f"operations:{s}": _signature(connection, settings, s, until) for s in sources}
    changed = [s for s in sources if recall(connection, f"operations:{s}") != signs[f"operations:{s}"]]
    kept = ", ".join(quoted(s) for s in sources if s not in changed)
    frames = submission_tables(connection, settings, changed, until)
    frames |= operations_frames(connection, settings, changed, until)
    stale = f"source_id NOT IN ({kept})" if kept else "TRUE"
    with transaction(connection):
        for name, frame in frames.items():
            rewrite_table(connection, name, frame, where=stale)
        remember(connection, **signs)


def _signature(
    connection: duckdb.DuckDBPyConnection, settings: Settings, source_id: str, until: datetime | None
) -> str:
    """Changes whenever a receipt, a judgement, a waiver or a fact of the source does."""
    receipts = Ledger(settings, until).receipts(source_id)
    outcomes = [None if r.is_refused else read_outcome(settings, source_id, r.submission_id) for r in receipts]
    folders = (accepted_folder(settings, source_id, r.submission_id) for r in receipts)
    judged = [None if o is None else seal_of(folder) for o, folder in zip(outcomes, folders, strict=True)]
    waivers = Waivers(settings, until).of(source_id)
    facts = recall(connection, f"facts:{source_id}")
    return hashlib.sha256(repr([receipts, judged, waivers, facts]).encode()).hexdigest()


def submission_tables(
    connection: duckdb.DuckDBPyConnection, settings: Settings, sources: Iterable[str], until: datetime | None = None
) -> dict[str, pd.DataFrame]:
    """`submission`: every submission with the fate of its rows; `submission_state`: the same over time.

    Rows read = accepted + held + unchanged + superseded. A withdrawn submission keeps the account of its last day; one
    that waits for its judgement is `received` and has read nothing yet.
    """
    now: list[dict[str, object]] = []
    states: list[dict[str, object]] = []
    for source_id in sources:
        told = accounts_of(connection, source_id)
        for receipt in Ledger(settings, until).receipts(source_id):
            outcome = None if receipt.is_refused else read_outcome(settings, source_id, receipt.submission_id)
            stretches = told.stretches(receipt, outcome)
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


def operations_frames(
    connection: duckdb.DuckDBPyConnection, settings: Settings, sources: Iterable[str], until: datetime | None = None
) -> dict[str, pd.DataFrame]:
    """Findings, stretches of held rows and waivers of every source; a refused file has the one finding that refused it."""
    found: dict[str, list[pd.DataFrame]] = {"finding": [], "held_row": [], "waiver": []}
    for source_id in sources:
        receipts = Ledger(settings, until).receipts(source_id)
        known = {r.submission_id for r in receipts}
        findings, held = (read_frames(settings, source_id, kind) for kind in ("findings", "held"))
        found["finding"] += [findings[findings["submission_id"].isin(known)]]
        found["finding"] += [refusal_frame(r) for r in receipts if r.is_refused]
        stretches = connection.execute(
            "SELECT held_id, held_from, held_to FROM _holding WHERE source_id = ? ORDER BY ALL", [source_id]
        ).df()
        held = held[held["submission_id"].isin(known)].drop(columns=["held_from", "held_to"])
        found["held_row"].append(held.merge(stretches, on="held_id"))
        found["waiver"].append(waiver_frame(settings, source_id, until))
    return {
        name: conform_types(pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(), OPERATIONS[name])
        for name, frames in found.items()
    }


def waiver_frame(settings: Settings, source_id: str, until: datetime | None = None) -> pd.DataFrame:
    """Waivers of a source as they stood at `until`."""
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
        for w in Waivers(settings, until).of(source_id)
    ]
    return conform_types(pd.DataFrame(rows), OPERATIONS["waiver"])


def adjudication_frame(settings: Settings, until: datetime | None = None) -> pd.DataFrame:
    """Decisions about cells as they stood at `until`."""
    rows = [
        asdict(made) | {"adjudication_id": made.adjudication_id, "decided_at": naive_utc(made.decided_at)}
        for made in Adjudications(settings, until).all()
    ]
    return conform_types(pd.DataFrame(rows), OPERATIONS["adjudication"])


def audit_table(settings: Settings, sources: Iterable[str], until: datetime | None = None) -> pd.DataFrame:
    """Acts on the record, from the ledger: received, refused, corrected, waived, withdrawn; and decided about cells."""
    rows: list[tuple[object, ...]] = []
    for source_id in sources:
        for receipt in Ledger(settings, until).receipts(source_id):
            rows += _acts(settings, receipt)
        for waiver in Waivers(settings, until).of(source_id):
            act = "waived" if waiver.ends_at > waiver.given_at else "waiver_ended"
            subject = waiver.held_id or waiver.submission_id
            rows.append((naive_utc(waiver.given_at), waiver.given_by, act, subject, waiver.text))
    for made in Adjudications(settings, until).all():
        act = "adjudicated" if made.value is not None else "adjudication_revoked"
        rows.append((naive_utc(made.decided_at), made.decided_by, act, " ".join(made.cell), made.why))
    columns = ["at", "actor", "action", "subject", "detail"]
    frame = pd.DataFrame(sorted(rows, key=lambda r: tuple(map(str, r))), columns=columns)
    return conform_types(frame, OPERATIONS["audit"])


def _acts(settings: Settings, receipt: Receipt) -> list[tuple[object, ...]]:
    """What was done with one file."""
    at, who, subject = naive_utc(receipt.received_at), receipt.submitted_by, receipt.submission_id
    act = "refused" if receipt.is_refused else "received"
    detail = {"source": receipt.source_id, "file": receipt.file_name, "marking": receipt.marking or None}
    acts: list[tuple[object, ...]] = [(at, who, act, subject, json.dumps(detail))]
    outcome = None if receipt.is_refused else read_outcome(settings, receipt.source_id, subject)
    if outcome is not None and outcome.is_correction:
        told = {"source": receipt.source_id, "corrects": outcome.corrects.split(";") if outcome.corrects else [],
                "accepted": outcome.rows_accepted, "held": outcome.rows_held}  # fmt: skip
        acts.append((at, who, "corrected", subject, json.dumps(told)))
    if receipt.withdrawn_at:
        acts.append(
            (naive_utc(receipt.withdrawn_at), receipt.withdrawn_by, "withdrawn", subject, receipt.withdrawn_why)
        )
    return acts
