"""What had arrived by a moment: accepted submissions, the periods they speak of, and files that wait for a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from idtracker.model.config.source import Source
from idtracker.model.periods import Period, is_period, period

ACCEPTED = frozenset({"accepted", "partly_accepted", "superseded"})  # superseded: accepted, then outdone by an edition
WAITING = frozenset({"held", "rejected"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """One accepted submission: when it came (UTC) and which periods it speaks of (none where the source has no periods)."""

    at: pd.Timestamp
    periods: tuple[Period, ...]
    first: date | None = None
    last: date | None = None

    def touches(self, start: date, end: date) -> bool:
        """Whether any of its periods can concern these days."""
        return self.first is not None and self.last is not None and self.first <= end and start <= self.last


@dataclass(frozen=True, slots=True)
class Waiting:
    """The latest submission that was not accepted, with nothing accepted after it."""

    at: pd.Timestamp
    state: str


@dataclass(frozen=True, slots=True)
class History:
    """All that one source had sent by a moment; `arrivals` are in order of time."""

    arrivals: list[Arrival] = field(default_factory=list)
    waiting: Waiting | None = None
    first_sent: pd.Timestamp | None = None

    @property
    def has_periods(self) -> bool:
        """Whether the source names the periods it speaks of."""
        return any(a.periods for a in self.arrivals)

    def data_time(self, today: date) -> date | None:
        """End of the latest period reported; periods that have not ended are left out."""
        return max((p.end for a in self.arrivals for p in a.periods if p.end <= today), default=None)


def in_order(sources: Mapping[str, Source] | Iterable[Source]) -> list[Source]:
    """Sources by id, whether they come by name or alone."""
    alone = sources.values() if isinstance(sources, Mapping) else sources
    return sorted(alone, key=lambda s: s.id)


def as_utc(moment: pd.Timestamp) -> pd.Timestamp:
    """A moment in UTC without its zone, as the tables hold it."""
    return moment.tz_convert("UTC").tz_localize(None) if moment.tzinfo is not None else moment


def read_histories(
    submissions: pd.DataFrame, facts_periods: pd.DataFrame | None, as_of: pd.Timestamp
) -> dict[str, History]:
    """What each source had sent by `as_of`, by source id.

    `submissions` has the columns of the table Submission; `facts_periods` (source_id, submission_id, period) adds the
    periods that facts name to those that the submissions name themselves. Withdrawn submissions do not count.
    """
    at = as_utc(as_of)
    rows = submissions[submissions["received_at"] <= at].sort_values(["received_at", "submission_id"])
    rows = rows[~(rows["withdrawn_at"] <= at)]
    named = _periods_named(facts_periods)
    return {str(source): _history(group, named) for source, group in rows.groupby("source_id", sort=True)}


def _periods_named(facts_periods: pd.DataFrame | None) -> dict[str, set[str]]:
    if facts_periods is None or facts_periods.empty:
        return {}
    known = facts_periods.dropna(subset=["period"])
    return {str(key): set(codes) for key, codes in known.groupby("submission_id")["period"]}


def _history(rows: pd.DataFrame, named: dict[str, set[str]]) -> History:
    accepted = rows[_is_accepted(rows, named)]
    arrivals = [
        _arrival(at, _periods(listed, named.get(str(submission), set())))
        for at, listed, submission in zip(
            accepted["received_at"], accepted["periods"], accepted["submission_id"], strict=True
        )
    ]
    waiting = None
    latest = rows[rows["state"].isin(ACCEPTED | WAITING | {"withdrawn"})].tail(1)
    for at, state in zip(latest["received_at"], latest["state"], strict=True):
        if state in WAITING:
            waiting = Waiting(at, str(state))
    return History(arrivals, waiting, rows["received_at"].min())


def _arrival(at: pd.Timestamp, periods: tuple[Period, ...]) -> Arrival:
    return Arrival(
        at, periods, min((p.start for p in periods), default=None), max((p.end for p in periods), default=None)
    )


def _is_accepted(rows: pd.DataFrame, named: dict[str, set[str]]) -> pd.Series:
    """Accepted by state; one that is withdrawn only later counts where it had said something."""
    said = ((rows["rows_accepted"] + rows["rows_unchanged"]).fillna(0) > 0) | rows["submission_id"].isin(list(named))
    return rows["state"].isin(ACCEPTED) | ((rows["state"] == "withdrawn") & said)


def _periods(listed: object, named: set[str]) -> tuple[Period, ...]:
    codes = set(listed.split(";")) if isinstance(listed, str) else set()
    return tuple(sorted((period(c) for c in codes | named if is_period(c)), key=lambda p: (p.end, p.start)))


def first_arrival(history: History, start: date, end: date) -> pd.Timestamp | None:
    """When a report for the period first came, or None.

    A report counts that names the period itself, a longer one around it, or a shorter one within it; the last only
    once the period is over or where it reaches the period's last day. Where a source never names periods, whatever
    arrives on or after the last day counts.
    """
    has_periods = history.has_periods
    for arrival in history.arrivals:
        if has_periods and not arrival.touches(start, end):
            continue
        is_over = arrival.at.date() >= end
        if any(_answers(p, start, end, is_over) for p in arrival.periods) if has_periods else is_over:
            return arrival.at
    return None


def _answers(reported: Period, start: date, end: date, is_over: bool) -> bool:
    if reported.start <= start and end <= reported.end:
        return True
    is_within = start <= reported.start and reported.end <= end
    return is_within and (is_over or reported.end == end)
