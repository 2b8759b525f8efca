"""The states of submissions over time: received, held, partly accepted, accepted, superseded, rejected, withdrawn."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import pandas as pd

from idtracker.ingest.judged.archive import SubmissionOutcome
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.instants import naive_utc

_NEVER = pd.Timestamp.max


@dataclass(frozen=True, slots=True)
class SubmissionPeriod:
    """One interval of a submission: its state and the account of its rows, those that repeat others apart."""

    state: str
    since: pd.Timestamp
    until: pd.Timestamp | None = None
    accepted: int = 0
    unchanged: int = 0
    superseded: int = 0
    held: int = 0


@dataclass(slots=True)
class _StoredCounts:
    """What the store worked out about one submission."""

    fates: list[tuple[pd.Timestamp, pd.Timestamp, int, int, int]] = field(default_factory=list)
    effective: list[tuple[pd.Timestamp, pd.Timestamp]] = field(default_factory=list)
    row_counts: list[tuple[pd.Timestamp, int, int]] = field(default_factory=list)

    def bounds(self) -> set[pd.Timestamp]:
        spans = [*((f[0], f[1]) for f in self.fates), *self.effective]
        return {t for span in spans for t in span} | {since for since, _, _ in self.row_counts}

    def at(self, t: pd.Timestamp) -> tuple[int, int, int, int, int]:
        """Rows accepted, unchanged, outdone, held and replaced at an instant."""
        here = [counts for since, until, *counts in self.fates if since <= t < until]
        accepted, unchanged, superseded = (sum(c[i] for c in here) for i in range(3))
        held, replaced = next(((h, r) for since, h, r in reversed(self.row_counts) if since <= t), (0, 0))
        return accepted, unchanged, superseded, held, replaced

    def is_effective(self, t: pd.Timestamp) -> bool:
        return any(since <= t < until for since, until in self.effective)


@dataclass(frozen=True, slots=True)
class SubmissionPeriods:
    """Everything that was worked out about the submissions of one source."""

    counts: dict[str, _StoredCounts]

    def periods(self, receipt: Receipt, outcome: SubmissionOutcome | None) -> list[SubmissionPeriod]:
        """The intervals of one submission, oldest first; the last one lasts."""
        begins = naive_utc(receipt.received_at)
        ends = naive_utc(receipt.withdrawn_at) if receipt.withdrawn_at else _NEVER
        away = [(naive_utc(since), naive_utc(until)) for since, until in receipt.absences]
        if outcome is None:
            state = "rejected" if receipt.is_refused else "received"
            periods = [SubmissionPeriod(state, t) for t in (begins, *(until for _, until in away))]
        else:
            counts = self.counts.get(receipt.submission_id, _StoredCounts())
            bounds = {begins, *(t for t in counts.bounds() if begins < t < ends), *(until for _, until in away)}
            periods = [_period(counts, outcome, t) for t in sorted(bounds)]
        for since, until in away:
            periods = _withdrawn(periods, since, until)
        if ends != _NEVER:
            periods = _withdrawn(periods, max(ends, begins), _NEVER)
        return _closed(periods)


def _withdrawn(periods: list[SubmissionPeriod], since: pd.Timestamp, until: pd.Timestamp) -> list[SubmissionPeriod]:
    """The same, withdrawn for a while, with the account of the last time before."""
    before = [p for p in periods if p.since < since] or periods[:1]
    after = [p for p in periods if p.since >= until]
    return [*(p for p in before if p.since < since), replace(before[-1], state="withdrawn", since=since), *after]


def _period(counts: _StoredCounts, outcome: SubmissionOutcome, t: pd.Timestamp) -> SubmissionPeriod:
    accepted, unchanged, superseded, held, replaced = counts.at(t)
    total = accepted + unchanged + superseded
    if outcome.verdict == "rejected":
        state = "rejected"
    elif total + replaced and not counts.is_effective(t):
        state = "superseded"
    elif held:
        state = "partly_accepted" if total else "held"
    else:
        state = "accepted"
    return SubmissionPeriod(state, t, None, accepted, unchanged, superseded + replaced, held)


def _closed(periods: list[SubmissionPeriod]) -> list[SubmissionPeriod]:
    """Each interval ends where the next begins; neighbours that say the same are one."""
    joined: list[SubmissionPeriod] = []
    for account in periods:
        if joined and replace(account, since=joined[-1].since) == joined[-1]:
            continue
        if joined:
            joined[-1] = replace(joined[-1], until=account.since)
        joined.append(account)
    return joined


def submission_periods(connection: duckdb.DuckDBPyConnection, source_id: str) -> SubmissionPeriods:
    """What the store worked out about a source's submissions."""
    stored: dict[str, _StoredCounts] = defaultdict(_StoredCounts)
    fates = "since, until, sum(rows_accepted), sum(rows_unchanged), sum(rows_superseded)"
    for submission, since, until, *counts in _rows(connection, source_id, f"{fates} FROM _fate", "since, until"):
        accepted, unchanged, superseded = map(int, counts)
        stored[submission].fates.append((_stamp(since), _stamp(until), accepted, unchanged, superseded))
    for submission, since, until in _rows(connection, source_id, "since, until FROM _standing", "since, until"):
        stored[submission].effective.append((_stamp(since), _stamp(until)))
    for submission, since, held, replaced in _rows(
        connection, source_id, "since, sum(rows_held), sum(rows_replaced) FROM _tally", "since"
    ):
        stored[submission].row_counts.append((_stamp(since), int(held), int(replaced)))
    return SubmissionPeriods(dict(stored))


def _rows(connection: duckdb.DuckDBPyConnection, source_id: str, what: str, by: str) -> list[tuple[Any, ...]]:
    query = f"SELECT submission_id, {what} WHERE source_id = ? GROUP BY submission_id, {by} ORDER BY ALL"
    rows: list[tuple[Any, ...]] = connection.execute(query, [source_id]).fetchall()
    return rows


def _stamp(value: object) -> pd.Timestamp:
    return _NEVER if value is None else pd.Timestamp(value)  # type: ignore[arg-type]
