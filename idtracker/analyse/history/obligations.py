"""Obligations over time: one source's reports, owed and received, at every moment at which that may change."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb
import pandas as pd

from idtracker.analyse.history.timeline import Timeline, obligation_days, owed_until
from idtracker.analyse.timeliness.arrivals import Arrival, DeliveryHistory, Sent, answers, history_at, sent_by_source
from idtracker.analyse.timeliness.obligations import first_day_owed, has_periods, obligation_row
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.reporting_calendar import DueReport
from idtracker.model.config.source import Source
from idtracker.store.history.change_points import keep_change_points
from idtracker.store.history.derived_vintages import extend_vintages, truncate_after
from idtracker.store.tables import read_table

STEP = "obligation"
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class _State:
    """A submission in one of its states, from when to when."""

    since: pd.Timestamp
    until: pd.Timestamp | None
    sent: Sent


def derive_obligations(connection: duckdb.DuckDBPyConnection, catalogue: ProgrammeCatalogue, line: Timeline) -> None:
    """Continue the table `obligation` and its vintages."""
    pending = line.resume(connection, STEP)
    if pending.at:
        submissions = sent_by_source(read_table(connection, "submission"))
        states = _states(read_table(connection, "submission_state"), submissions)
        rows: list[Row] = []
        pairs: list[tuple[str, pd.Timestamp]] = []
        for source in catalogue.sources.values():
            own = _Obligations(source, submissions.get(source.id, []), states.get(source.id, []), pending.at[-1])
            for at, owed in own.changes(pending.since):
                rows += [{**row, "known_at": at} for row in owed]
                pairs.append((source.id, at))
        extend_vintages(
            connection,
            "obligation",
            pd.DataFrame(rows) if rows else pd.DataFrame({"known_at": []}),
            pd.DataFrame(pairs, columns=["source_id", "known_at"]),
            pending.since,
        )
    elif pending.has_other:
        truncate_after(connection, "obligation", pending.since)
    keep_change_points(connection, STEP, line.change_points)


def _states(states: pd.DataFrame, submissions: Mapping[str, Sequence[Sent]]) -> dict[str, list[_State]]:
    """The submissions of each source in each of their states, in order of arrival."""
    place = {(source, s.submission_id): (n, s) for source, sent in submissions.items() for n, s in enumerate(sent)}
    by_source: dict[str, list[tuple[int, _State]]] = {}
    has_rows = (states["rows_accepted"] + states["rows_unchanged"]).fillna(0) > 0
    columns = [states[c].tolist() for c in ("source_id", "submission_id", "state", "since", "until")]
    for source, submission, state, since, until, has in zip(*columns, has_rows.tolist(), strict=True):
        if (source, submission) in place:
            n, sent = place[source, submission]
            gone = since if state == "withdrawn" else sent.withdrawn_at  # also where the withdrawal was revoked later
            then = replace(sent, state=state, withdrawn_at=gone, has_content=has or sent.arrival.has_data, has_rows=has)
            by_source.setdefault(source, []).append((n, _State(since, None if pd.isna(until) else until, then)))
    return {source: [s for _, s in sorted(entries, key=lambda pair: pair[0])] for source, entries in by_source.items()}


@dataclass(slots=True)
class _Obligations:
    """What one source owes at any moment up to `last`: every period once, and which submissions may answer it."""

    source: Source
    sent: Sequence[Sent]
    states: Sequence[_State]
    last: pd.Timestamp
    owed: list[DueReport] = field(init=False)
    ends: list[date] = field(init=False)
    answering: dict[tuple[str, bool], list[Arrival]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.owed = owed_until(self.source, self.sent, self.last)
        self.ends = [o.end for o in self.owed]

    def changes(self, since: pd.Timestamp | None) -> Iterator[tuple[pd.Timestamp, list[Row]]]:
        """The rows at each moment after `since` at which they are not what they were at the one before."""
        arrived = {t for s in self.states for t in (s.since, s.until) if t is not None}
        times = arrived | obligation_days(self.owed)
        history: DeliveryHistory | None = None
        before: list[Row] | None = None
        for at in sorted(t for t in times if (since is None or t > since) and t <= self.last):
            if history is None or at in arrived:
                history = self._history(at)
                received = self._received(history)
            rows = self._rows(history, received, at.date())
            if rows != before:
                yield at, rows
            before = rows

    def _history(self, at: pd.Timestamp) -> DeliveryHistory:
        here = (s.sent for s in self.states if s.since <= at and not (s.until is not None and s.until <= at))
        return history_at(here, at)

    def _received(self, history: DeliveryHistory) -> dict[str, pd.Timestamp]:
        """The arrival that first answered each period."""
        accepted, says_when = {id(a) for a in history.arrivals}, has_periods(self.source, history)
        receipts = {}
        for owed in self.owed:
            first = next((a for a in self._answering(owed, says_when) if id(a) in accepted), None)
            if first is not None:
                receipts[owed.period] = first.at
        return receipts

    def _answering(self, owed: DueReport, says_when: bool) -> list[Arrival]:
        key = owed.period, says_when
        if key not in self.answering:
            self.answering[key] = [s.arrival for s in self.sent if answers(s.arrival, owed.start, owed.end, says_when)]
        return self.answering[key]

    def _rows(self, history: DeliveryHistory, received: Mapping[str, pd.Timestamp], today: date) -> list[Row]:
        first, until = first_day_owed(self.source, history), self.source.cadence.until
        if first is None:
            return []
        begins = bisect_left(self.ends, max(first, self.source.cadence.since or first))
        ended = bisect_right(self.ends, today if until is None else min(until, today))
        return [obligation_row(self.source, o, received.get(o.period), today) for o in self.owed[begins:ended]]
