"""Tables about the work itself, made from ledger, judgements and what the store worked out about submissions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime

import duckdb
import pandas as pd

from idtracker.ingest.access.log import AccessLog
from idtracker.ingest.access.removals import AccessRemovals
from idtracker.ingest.decisions.adjudications import Adjudications
from idtracker.ingest.decisions.overrules import Overrules
from idtracker.ingest.decisions.resolutions import Resolutions
from idtracker.ingest.decisions.revocations import Revocations
from idtracker.ingest.decisions.rounds import Rounds
from idtracker.ingest.decisions.waivers import Waivers
from idtracker.ingest.decisions.watches import Watches
from idtracker.ingest.judged.archive import SubmissionOutcome, accepted_folder, read_frames, read_outcome
from idtracker.ingest.judged.seals import seal_of
from idtracker.ingest.landing.deliveries import submission_id_of
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc
from idtracker.model.marking import Marking
from idtracker.model.steps.versions import VERSIONS
from idtracker.model.tables import OPERATIONS, conform_types
from idtracker.store.markings import mark_operations
from idtracker.store.schema import recall_all, remember
from idtracker.store.submission_periods import SubmissionPeriod, submission_periods
from idtracker.store.tables import quoted_list, refusal_frame, rewrite_table, transaction


def refresh_operations(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    handling: Mapping[str, Marking],
    until: datetime | None = None,
    left: Collection[str] = (),
) -> None:
    """Bring submissions, their states, findings, held rows and waivers of each source up to date, where anything changed.

    `handling` says how the rows of each source are marked. Rows of sources that are `left` stay as they are.
    """
    sources = list(handling)
    kept = recall_all(connection)
    signs = {
        f"operations:{s}": _signature(home, s, until, kept.get(f"facts:{s}")) + str(handling[s].columns)
        for s in sources
    }
    changed = [s for s in sources if kept.get(f"operations:{s}") != signs[f"operations:{s}"]]
    unchanged = [*left, *(s for s in sources if s not in changed)]
    frames = submission_tables(connection, home, changed, until)
    frames = mark_operations(connection, home, frames | operations_frames(connection, home, changed, until), handling)
    stale = f"source_id NOT IN ({quoted_list(unchanged)})" if unchanged else "TRUE"
    with transaction(connection):
        for name, frame in frames.items():
            rewrite_table(connection, name, frame, where=stale)
        remember(connection, **signs)


def _signature(home: Home, source_id: str, until: datetime | None, facts: str | None) -> str:
    """Changes whenever a receipt, a judgement, a waiver or a fact of the source does."""
    receipts = Ledger(home, until).receipts(source_id)
    outcomes = [None if r.is_refused else read_outcome(home, source_id, r.submission_id) for r in receipts]
    folders = (accepted_folder(home, source_id, r.submission_id) for r in receipts)
    judged = [None if o is None else seal_of(folder) for o, folder in zip(outcomes, folders, strict=True)]
    waivers = Waivers(home, until).of(source_id)
    return hashlib.sha256(repr([VERSIONS["facts"], receipts, judged, waivers, facts]).encode()).hexdigest()


def submission_tables(
    connection: duckdb.DuckDBPyConnection, home: Home, sources: Iterable[str], until: datetime | None = None
) -> dict[str, pd.DataFrame]:
    """`submission`: every submission with the fate of its rows; `submission_state`: the same over time.

    Rows read = accepted + held + unchanged + superseded. A withdrawn submission keeps the account of its last day; one
    that waits for its judgement is `received` and has read nothing yet.
    """
    now: list[dict[str, object]] = []
    states: list[dict[str, object]] = []
    for source_id in sources:
        periods = submission_periods(connection, source_id)
        for receipt in Ledger(home, until).receipts(source_id):
            outcome = None if receipt.is_refused else read_outcome(home, source_id, receipt.submission_id)
            intervals = periods.periods(receipt, outcome)
            states += [_state_row(receipt, outcome, interval) for interval in intervals]
            now.append(_submission_row(receipt, outcome, intervals[-1]))
    return {
        "submission": conform_types(pd.DataFrame(now), OPERATIONS["submission"]),
        "submission_state": conform_types(pd.DataFrame(states), OPERATIONS["submission_state"]),
    }


def _state_row(receipt: Receipt, outcome: SubmissionOutcome | None, at: SubmissionPeriod) -> dict[str, object]:
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


def _submission_row(receipt: Receipt, outcome: SubmissionOutcome | None, at: SubmissionPeriod) -> dict[str, object]:
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
        "last_day": pd.Timestamp(outcome.last_day) if outcome and outcome.last_day else None,
        "rule_set_version": outcome.rule_set_version if outcome else "",
        "withdrawn_at": naive_utc(receipt.withdrawn_at) if receipt.withdrawn_at else None,
        "withdrawn_why": receipt.withdrawn_why or None,
    }


def operations_frames(
    connection: duckdb.DuckDBPyConnection, home: Home, sources: Iterable[str], until: datetime | None = None
) -> dict[str, pd.DataFrame]:
    """Findings, intervals of held rows and waivers of every source; a refused file has the one finding that refused it."""
    by_table: dict[str, list[pd.DataFrame]] = {"finding": [], "held_row": [], "waiver": []}
    for source_id in sources:
        receipts = Ledger(home, until).receipts(source_id)
        known = {r.submission_id for r in receipts}
        findings, held = (read_frames(home, source_id, kind) for kind in ("findings", "held"))
        by_table["finding"] += [findings[findings["submission_id"].isin(known)]]
        by_table["finding"] += [refusal_frame(r) for r in receipts if r.is_refused]
        intervals = connection.execute(
            "SELECT held_id, held_from, held_to FROM _holding WHERE source_id = ? ORDER BY ALL", [source_id]
        ).df()
        held = held[held["submission_id"].isin(known)].drop(columns=["held_from", "held_to"])
        by_table["held_row"].append(held.merge(intervals, on="held_id"))
        by_table["waiver"].append(waiver_frame(home, source_id, until))
    return {
        name: conform_types(pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(), OPERATIONS[name])
        for name, frames in by_table.items()
    }


def waiver_frame(home: Home, source_id: str, until: datetime | None = None) -> pd.DataFrame:
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
        for w in Waivers(home, until).of(source_id)
    ]
    return conform_types(pd.DataFrame(rows), OPERATIONS["waiver"])


def adjudication_frame(home: Home, until: datetime | None = None) -> pd.DataFrame:
    """Decisions about cells as they stood at `until`."""
    rows = [
        asdict(decision) | {"adjudication_id": decision.adjudication_id, "decided_at": naive_utc(decision.decided_at)}
        for decision in Adjudications(home, until).all()
    ]
    return conform_types(pd.DataFrame(rows), OPERATIONS["adjudication"])


def resolution_frame(home: Home, until: datetime | None = None) -> pd.DataFrame:
    """Decisions about questions as they stood at `until`."""
    rows = [
        asdict(decision)
        | {
            "resolution_id": decision.resolution_id,
            "decided_at": naive_utc(decision.decided_at),
            "resolved_on": pd.Timestamp(decision.resolved_on),
        }
        for decision in Resolutions(home, until).all()
    ]
    return conform_types(pd.DataFrame(rows), OPERATIONS["resolution"])


def round_acts_frame(home: Home, until: datetime | None = None) -> pd.DataFrame:
    """Acts about rounds as they stood at `until`: moment and act_id."""
    acts = Rounds(home, until).acts()
    frame = pd.DataFrame({"moment": [naive_utc(act.acted_at) for act in acts], "act_id": [act.act_id for act in acts]})
    return frame.astype({"moment": "datetime64[us]", "act_id": "str"})


def audit_table(home: Home, sources: Iterable[str], until: datetime | None = None) -> pd.DataFrame:
    """Acts on the record, from the ledger: received, refused, corrected, waived, withdrawn; and decided about cells, questions, rounds."""
    rows: list[tuple[object, ...]] = []
    for source_id in sources:
        for receipt in Ledger(home, until).receipts(source_id):
            rows += [*_acts(home, receipt), *_withdrawals(home, receipt, until)]
        for overrule in Overrules(home, until).of(source_id):
            subject, detail = submission_id_of(source_id, overrule.sha256), f"{overrule.marking}: {overrule.why}"
            rows.append((naive_utc(overrule.given_at), overrule.given_by, "marking_overruled", subject, detail))
        for revoked in Revocations(home, until).of(source_id).values():
            rows.append((naive_utc(revoked.given_at), revoked.given_by, "act_revoked", revoked.act_id, revoked.why))
        for waiver in Waivers(home, until).of(source_id):
            act = "waived" if waiver.ends_at > waiver.given_at else "waiver_ended"
            subject = waiver.held_id or waiver.submission_id
            rows.append((naive_utc(waiver.given_at), waiver.given_by, act, subject, waiver.text))
    for decision in Adjudications(home, until).all():
        act = "adjudicated" if decision.value is not None else "adjudication_revoked"
        rows.append((naive_utc(decision.decided_at), decision.decided_by, act, " ".join(decision.cell), decision.why))
    for resolved in Resolutions(home, until).all():
        act = "resolved" if resolved.outcome is not None else "resolution_revoked"
        rows.append((naive_utc(resolved.decided_at), resolved.decided_by, act, resolved.question_id, resolved.why))
    for about in Rounds(home, until).acts():
        rows.append((naive_utc(about.acted_at), about.acted_by, f"round_{about.action}", about.round_id, about.why))
    rows += [*_follows(home, until), *_accesses(home, until)]
    columns = ["at", "actor", "action", "subject", "detail"]
    frame = pd.DataFrame(sorted(rows, key=lambda r: tuple(map(str, r))), columns=columns)
    return conform_types(frame, OPERATIONS["audit"])


def _follows(home: Home, until: datetime | None) -> Iterator[tuple[object, ...]]:
    """That figures are followed, and no longer."""
    for act in Watches(home, until).acts():
        yield naive_utc(act.acted_at), act.subscriber, f"watch_{act.action}", act.figure, act.why


def _accesses(home: Home, until: datetime | None) -> Iterator[tuple[object, ...]]:
    """What was published, exported and read, and which of these lines were removed."""
    for access in AccessLog(home).entries(until):
        detail = json.dumps({"audience": access.audience, **access.about})
        yield naive_utc(access.at), access.user, access.command, access.publication, detail
    for act in AccessRemovals(home, until).acts():
        subject = f"{act.days[0]['day']}..{act.days[-1]['day']}"
        yield naive_utc(act.given_at), act.given_by, "access_removed", subject, f"{act.lines} lines: {act.why}"


def _acts(home: Home, receipt: Receipt) -> list[tuple[object, ...]]:
    """What was done with one file."""
    at, who, subject = naive_utc(receipt.received_at), receipt.submitted_by, receipt.submission_id
    act = "refused" if receipt.is_refused else "received"
    detail = {"source": receipt.source_id, "file": receipt.file_name, "marking": receipt.marking or None}
    acts: list[tuple[object, ...]] = [(at, who, act, subject, json.dumps(detail))]
    outcome = None if receipt.is_refused else read_outcome(home, receipt.source_id, subject)
    if outcome is not None and outcome.is_correction:
        details = {"source": receipt.source_id, "corrects": outcome.corrects.split(";") if outcome.corrects else [],
                "accepted": outcome.rows_accepted, "held": outcome.rows_held}  # fmt: skip
        acts.append((at, who, "corrected", subject, json.dumps(details)))
    return acts


def _withdrawals(home: Home, receipt: Receipt, until: datetime | None) -> list[tuple[object, ...]]:
    """Every withdrawal of one file."""
    return [
        (naive_utc(w.withdrawn_at), w.withdrawn_by, "withdrawn", receipt.submission_id, w.withdrawn_why)
        for w in Ledger(home, until).withdrawals(receipt.source_id, receipt.submission_id)
    ]
