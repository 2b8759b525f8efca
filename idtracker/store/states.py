"""The states of submissions over time: received, held, partly accepted, accepted, superseded, rejected, withdrawn."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import pandas as pd

from idtracker.ingest.judged.archive import Outcome
from idtracker.ingest.landing.ledger import Receipt
from idtracker.model.instants import naive_utc

_NEVER = pd.Timestamp.max


@dataclass(frozen=True, slots=True)
class Account:
    """One stretch of a submission: its state and the account of its rows, those that repeat others apart."""

    state: str
    since: pd.Timestamp
    until: pd.Timestamp | None = None
    accepted: int = 0
    unchanged: int = 0
    superseded: int = 0
    held: int = 0


@dataclass(slots=True)
class _Told:
    """What the store worked out about one submission."""

    fates: list[tuple[pd.Timestamp, pd.Timestamp, int, int, int]] = field(default_factory=list)
    words: list[tuple[pd.Timestamp, pd.Timestamp]] = field(default_factory=list)
    tallies: list[tuple[pd.Timestamp, int, int]] = field(default_factory=list)

    def bounds(self) -> set[pd.Timestamp]:
        spans = [*((f[0], f[1]) for f in self.fates), *self.words]
        return {t for span in spans for t in span} | {since for since, _, _ in self.tallies}

    def at(self, t: pd.Timestamp) -> tuple[int, int, int, int, int]:
        """Rows accepted, unchanged, outdone, held and replaced at an instant."""
        here = [counts for since, until, *counts in self.fates if since <= t < until]
        accepted, unchanged, outdone = (sum(c[i] for c in here) for i in range(3))
        held, replaced = next(((h, r) for since, h, r in reversed(self.tallies) if since <= t), (0, 0))
        return accepted, unchanged, outdone, held, replaced

    def has_word(self, t: pd.Timestamp) -> bool:
        return any(since <= t < until for since, until in self.words)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Everything that was worked out about the submissions of one source."""

    told: dict[str, _Told]

    def stretches(self, receipt: Receipt, outcome: Outcome | None) -> list[Account]:
        """The stretches of one submission, oldest first; the last one lasts."""
        begins = naive_utc(receipt.received_at)
        ends = naive_utc(receipt.withdrawn_at) if receipt.withdrawn_at else _NEVER
        if outcome is None:
            found = [Account("rejected" if receipt.is_refused else "received", begins)]
        else:
            told = self.told.get(receipt.submission_id, _Told())
            bounds = {begins, *(t for t in told.bounds() if begins < t < ends)}
            found = [_account(told, outcome, t) for t in sorted(bounds)]
        if ends != _NEVER:
            found.append(replace(found[-1], state="withdrawn", since=max(ends, begins)))
        return _closed(found)


def _account(told: _Told, outcome: Outcome, t: pd.Timestamp) -> Account:
    accepted, unchanged, outdone, held, replaced = told.at(t)
    said = accepted + unchanged + outdone
    if outcome.verdict == "rejected":
        state = "rejected"
    elif said + replaced and not told.has_word(t):
        state = "superseded"
    elif held:
        state = "partly_accepted" if said else "held"
    else:
        state = "accepted"
    return Account(state, t, None, accepted, unchanged, outdone + replaced, held)


def _closed(found: list[Account]) -> list[Account]:
    """Each stretch ends where the next begins; neighbours that say the same are one."""
    joined: list[Account] = []
    for account in found:
        if joined and replace(account, since=joined[-1].since) == joined[-1]:
            continue
        if joined:
            joined[-1] = replace(joined[-1], until=account.since)
        joined.append(account)
    return joined


def accounts_of(connection: duckdb.DuckDBPyConnection, source_id: str) -> Accounts:
    """What the store worked out about a source's submissions."""
    told: dict[str, _Told] = defaultdict(_Told)
    fates = "since, until, sum(rows_accepted), sum(rows_unchanged), sum(rows_superseded)"
    for submission, since, until, *counts in _rows(connection, source_id, f"{fates} FROM _fate", "since, until"):
        accepted, unchanged, outdone = map(int, counts)
        told[submission].fates.append((_stamp(since), _stamp(until), accepted, unchanged, outdone))
    for submission, since, until in _rows(connection, source_id, "since, until FROM _standing", "since, until"):
        told[submission].words.append((_stamp(since), _stamp(until)))
    for submission, since, held, replaced in _rows(
        connection, source_id, "since, sum(rows_held), sum(rows_replaced) FROM _tally", "since"
    ):
        told[submission].tallies.append((_stamp(since), int(held), int(replaced)))
    return Accounts(dict(told))


def _rows(connection: duckdb.DuckDBPyConnection, source_id: str, what: str, by: str) -> list[tuple[Any, ...]]:
    query = f"SELECT submission_id, {what} WHERE source_id = ? GROUP BY submission_id, {by} ORDER BY ALL"
    rows: list[tuple[Any, ...]] = connection.execute(query, [source_id]).fetchall()
    return rows


def _stamp(value: object) -> pd.Timestamp:
    return _NEVER if value is None else pd.Timestamp(value)  # type: ignore[arg-type]
