"""What had arrived by a moment: accepted submissions, the periods they speak of, and files that wait for a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from idtracker.model.config.reporting_calendar import Reporting
from idtracker.model.instants import naive_utc
from idtracker.model.periods import Period, is_period, period

ACCEPTED = frozenset({"accepted", "partly_accepted", "superseded"})  # superseded: accepted, then outdone by an edition
WAITING = frozenset({"held", "rejected"})
_LAST_PART = 3
"""A report may come within the last third of its period: a month before the end of a quarter, ten days of a month."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One accepted submission: when it came (UTC) and which periods it reports (none where it names neither period nor day).

    `last_day` is given where its rows are dated: the latest day that they speak of.
    """

    at: pd.Timestamp
    periods: tuple[Period, ...]
    first: date | None = None
    last: date | None = None
    last_day: date | None = None

    @property
    def has_data(self) -> bool:
        """Whether it says which time it is about."""
        return bool(self.periods or self.last_day)

    @property
    def data_times(self) -> list[date]:
        """Days until which it reports: its last day, else the ends of periods that it was not too early for."""
        came = self.at.date()
        return [self.last_day] if self.last_day else [p.end for p in self.periods if not is_early(came, p.start, p.end)]

    def touches(self, start: date, end: date) -> bool:
        """Whether any of its periods can concern these days."""
        return self.first is not None and self.last is not None and self.first <= end and start <= self.last


@dataclass(frozen=True, slots=True)
class Waiting:
    """The latest submission that was not accepted, with nothing accepted after it."""

    at: pd.Timestamp
    state: str


@dataclass(frozen=True, slots=True)
class DeliveryHistory:
    """All that one source had sent by a moment; `arrivals` are in order of time."""

    arrivals: list[Arrival] = field(default_factory=list)
    waiting: Waiting | None = None
    outdone_at: pd.Timestamp | None = None
    """Arrival of the last file, where files that count for more outdid it from the beginning."""
    first_sent: pd.Timestamp | None = None

    @property
    def has_periods(self) -> bool:
        """Whether the source names the periods or days it speaks of."""
        return any(a.has_data for a in self.arrivals)

    def data_time(self, today: date) -> date | None:
        """The latest day reported: of dated rows their own, else the end of a period; days still to come are left out."""
        return max((day for a in self.arrivals for day in a.data_times if day <= today), default=None)


def in_order(sources: Mapping[str, Reporting] | Iterable[Reporting]) -> list[Reporting]:
    """Sources by id, whether they come by name or alone."""
    alone = sources.values() if isinstance(sources, Mapping) else sources
    return sorted(alone, key=lambda s: s.id)


@dataclass(frozen=True, slots=True)
class Sent:
    """One submission as it was at some moment: its arrival, its state and whether it brought anything."""

    submission_id: str
    arrival: Arrival
    state: str
    withdrawn_at: pd.Timestamp | None
    has_content: bool
    has_rows: bool = True

    @property
    def is_accepted(self) -> bool:
        """Accepted by state; one that is withdrawn only later counts where it had said something.

        One that others outdid from the beginning never said anything: no report has come with it.
        """
        if self.is_outdone:
            return False
        return self.state in ACCEPTED or (self.state == "withdrawn" and self.has_content)

    @property
    def is_outdone(self) -> bool:
        """Whether every row of it was outdone when it arrived, by files that count for more."""
        return self.state == "superseded" and not self.has_rows


def read_histories(
    submissions: pd.DataFrame, facts_periods: pd.DataFrame | None, as_of: pd.Timestamp
) -> dict[str, DeliveryHistory]:
    """What each source had sent by `as_of`, by source id.

    `submissions` has the columns of the table Submission; `facts_periods` (source_id, submission_id, period) adds the
    periods that facts name to those that the submissions name themselves. Withdrawn submissions do not count.
    """
    at = naive_utc(as_of)
    named = _periods_named(facts_periods)
    return {
        source: history_at(sent, at)
        for source, sent in sent_by_source(submissions, named).items()
        if any(is_known(s, at) for s in sent)
    }


def sent_by_source(submissions: pd.DataFrame, named: Mapping[str, set[str]] | None = None) -> dict[str, list[Sent]]:
    """The submissions of each source in order of time; `named` adds periods by submission."""
    partition_by = named or {}
    sent: dict[str, list[Sent]] = {}
    rows = submissions.sort_values(["received_at", "submission_id"])
    says_rows = (rows["rows_accepted"] + rows["rows_unchanged"]).fillna(0) > 0
    columns = [
        rows[c].tolist()
        for c in ("source_id", "submission_id", "received_at", "state", "withdrawn_at", "periods", "last_day")
    ]
    for source, submission, at, state, withdrawn, listed, day, has_rows in zip(
        *columns, says_rows.tolist(), strict=True
    ):
        arrival = arrival_of(at, _periods(listed, partition_by.get(str(submission), set())), day)
        has_content = has_rows or str(submission) in partition_by
        gone = None if pd.isna(withdrawn) else withdrawn
        sent.setdefault(str(source), []).append(Sent(str(submission), arrival, str(state), gone, has_content, has_rows))
    return dict(sorted(sent.items()))


def is_known(sent: Sent, at: pd.Timestamp) -> bool:
    """Whether a submission had arrived by a moment and was not withdrawn."""
    return sent.arrival.at <= at and not (sent.withdrawn_at is not None and sent.withdrawn_at <= at)


def history_at(sent: Iterable[Sent], at: pd.Timestamp) -> DeliveryHistory:
    """What one source had sent by a moment, from its submissions in order of time."""
    known = [s for s in sent if is_known(s, at)]
    judged = [s for s in known if s.state in ACCEPTED | WAITING | {"withdrawn"}]
    waiting = Waiting(judged[-1].arrival.at, judged[-1].state) if judged and judged[-1].state in WAITING else None
    outdone_at = known[-1].arrival.at if known and known[-1].is_outdone else None
    arrivals = [s.arrival for s in known if s.is_accepted]
    return DeliveryHistory(arrivals, waiting, outdone_at, known[0].arrival.at if known else None)


def _periods_named(facts_periods: pd.DataFrame | None) -> dict[str, set[str]]:
    if facts_periods is None or facts_periods.empty:
        return {}
    known = facts_periods.dropna(subset=["period"])
    periods: dict[str, set[str]] = {}
    for submission, code in zip(known["submission_id"].tolist(), known["period"].tolist(), strict=True):
        periods.setdefault(str(submission), set()).add(str(code))
    return periods


def arrival_of(at: pd.Timestamp, periods: tuple[Period, ...], last_day: pd.Timestamp | None = None) -> Arrival:
    """An arrival and the days that its periods span."""
    first, last = min((p.start for p in periods), default=None), max((p.end for p in periods), default=None)
    return Arrival(at, periods, first, last, None if last_day is None or pd.isna(last_day) else last_day.date())


def _periods(listed: object, named: set[str]) -> tuple[Period, ...]:
    codes = set(listed.split(";")) if isinstance(listed, str) else set()
    return tuple(sorted((period(c) for c in codes | named if is_period(c)), key=lambda p: (p.end, p.start)))


def first_arrival(history: DeliveryHistory, start: date, end: date, *, has_periods: bool) -> pd.Timestamp | None:
    """When a report for the period first came, or None.

    A report counts that names the period itself, a longer one around it, or a shorter one within it; the last only
    once the period is over or where it reaches the period's last day. Dated rows count as the shorter periods in which
    they lie. Nothing counts that came before the last third of the period: a row of a later period in an earlier report
    is a mistake, or a plan. Where a source names neither periods nor days, whatever arrives on or after the last day counts.
    """
    return next((a.at for a in history.arrivals if answers(a, start, end, has_periods)), None)


def is_early(came: date, start: date, end: date) -> bool:
    """Whether a file came before the last third of a period."""
    return came < end - (end - start) / _LAST_PART


def answers(arrival: Arrival, start: date, end: date, has_periods: bool) -> bool:
    """Whether an arrival is a report for a period; `has_periods`: the source names the periods or days it speaks of."""
    came = arrival.at.date()
    is_over = came >= end
    if not has_periods:
        return is_over
    if is_early(came, start, end):
        return False
    return arrival.touches(start, end) and any(_answers(p, start, end, is_over) for p in arrival.periods)


def _answers(reported: Period, start: date, end: date, is_over: bool) -> bool:
    if reported.start <= start and end <= reported.end:
        return True
    is_within = start <= reported.start and reported.end <= end
    return is_within and (is_over or reported.end == end)
