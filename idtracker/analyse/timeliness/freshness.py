"""The table Freshness: for every source what its last report speaks of, when it came, what is missing and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

import pandas as pd

from idtracker.analyse.timeliness.arrivals import DeliveryHistory, in_order, read_histories
from idtracker.analyse.timeliness.obligations import next_owed
from idtracker.model.config.reporting_calendar import Reporting
from idtracker.model.instants import naive_utc
from idtracker.model.periods import next_period, period_bounds
from idtracker.model.tables import OPERATIONS, columns_of, conform_types

State = Literal["FRESH", "DUE", "OVERDUE", "DELINQUENT", "NEVER"]
DATA_TEAM = "the data team"


@dataclass(frozen=True, slots=True)
class _Debt:
    """One report owed, as the table Obligation has it."""

    period: str
    end: date
    due_on: date
    overdue_on: date
    state: str


@dataclass(frozen=True, slots=True)
class _SourceSituation:
    """Everything that decides the state of one source on one day."""

    source: Reporting
    history: DeliveryHistory
    owed: list[_Debt]
    today: date

    @property
    def missing(self) -> list[_Debt]:
        return [d for d in self.owed if d.state in ("due", "overdue")]

    @property
    def overdue(self) -> list[_Debt]:
        return [d for d in self.owed if d.state == "overdue"]


def freshness_table(
    sources: Mapping[str, Reporting] | Iterable[Reporting],
    obligations: pd.DataFrame,
    submissions: pd.DataFrame,
    as_of: pd.Timestamp,
    *,
    facts_periods: pd.DataFrame | None = None,
    names: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """State of every source at `as_of`, as the table Freshness, sorted by source.

    `obligations` is what obligation_table says of the same moment. `facts_periods` (source_id, submission_id, period)
    adds periods that the submissions do not name themselves. `names` (organisation id -> name) makes the answer to
    whose turn it is readable.
    """
    histories = read_histories(submissions, facts_periods, as_of)
    today = naive_utc(as_of).date()
    debts = _debts(obligations)
    rows = [
        _row(_SourceSituation(s, histories.get(s.id, DeliveryHistory()), debts.get(s.id, []), today), names or {})
        for s in in_order(sources)
    ]
    columns = [c.name for c in columns_of(OPERATIONS["freshness"])]
    return conform_types(pd.DataFrame(rows, columns=columns), OPERATIONS["freshness"])


def status_exit_code(freshness: pd.DataFrame) -> int:
    """0 where every source is fresh or due, 1 where any is overdue, 2 where any is delinquent or never came when due."""
    is_past = (freshness["expected_next"] < freshness["as_of_on"]).fillna(False)
    if ((freshness["state"] == "DELINQUENT") | ((freshness["state"] == "NEVER") & is_past)).any():
        return 2
    return int((freshness["state"] == "OVERDUE").any())


def _debts(obligations: pd.DataFrame) -> dict[str, list[_Debt]]:
    rows = obligations[obligations["state"] != "derogated"].sort_values(["source_id", "period_end", "period"])
    debts: dict[str, list[_Debt]] = {}
    fields = (rows[c] for c in ("source_id", "period", "period_end", "due_on", "overdue_on", "state"))
    for source_id, code, end, due_on, overdue_on, state in zip(*fields, strict=True):
        debt = _Debt(str(code), end.date(), due_on.date(), overdue_on.date(), str(state))
        debts.setdefault(str(source_id), []).append(debt)
    return debts


def _row(situation: _SourceSituation, names: Mapping[str, str]) -> dict[str, object]:
    source, history = situation.source, situation.history
    state = _state(situation)
    expected = _expected_next(situation)
    publisher = names.get(source.publisher, source.publisher)
    is_with_us = history.waiting or (history.outdone_at and state != "FRESH")
    turn = DATA_TEAM if is_with_us else None if state == "FRESH" else publisher
    return {
        "source_id": source.id,
        "org_id": source.publisher,
        "state": state,
        "data_time": history.data_time(situation.today),
        "arrived_at": history.arrivals[-1].at if history.arrivals else None,
        "expected_next": expected,
        "owner": source.owner or None,
        "whose_turn": turn,
        "why": _why(situation, state, expected),
        "as_of_on": situation.today,
        **source.handling.marking.columns,
    }


def _state(situation: _SourceSituation) -> State:
    if not situation.history.arrivals:
        return _state_before_first(situation)
    if not situation.missing:
        return "FRESH"
    if not situation.overdue:
        return "DUE"
    return "DELINQUENT" if _is_delinquent(situation) else "OVERDUE"


def _state_before_first(situation: _SourceSituation) -> State:
    """Nothing was ever accepted: due until the first due date has passed; unknown start counts as never."""
    cadence = situation.source.cadence
    if situation.missing:
        return "NEVER" if situation.today > situation.missing[0].due_on else "DUE"
    if cadence.every == "as_needed":
        return "FRESH"
    upcoming = next_owed(situation.source, situation.history, situation.today)
    if upcoming is not None:
        return "DUE"
    return "FRESH" if cadence.since is not None else "NEVER"


def _is_delinquent(situation: _SourceSituation) -> bool:
    """Two reports in a row are overdue, or one by more than a whole cycle."""
    states = [d.state for d in situation.owed]
    in_a_row = any(pair == ("overdue", "overdue") for pair in pairwise(states))
    return in_a_row or any(situation.today >= _cycle_after(d) for d in situation.overdue)


def _cycle_after(debt: _Debt) -> date:
    """The day one whole cycle after a report became overdue."""
    return debt.overdue_on + (period_bounds(next_period(debt.period))[1] - debt.end)


def _expected_next(situation: _SourceSituation) -> date | None:
    """Due date of the oldest report that is missing, else of the first one still to come."""
    if situation.missing:
        return situation.missing[0].due_on
    upcoming = next_owed(situation.source, situation.history, situation.today)
    return upcoming.due_on if upcoming else None


def _why(situation: _SourceSituation, state: State, expected: date | None) -> str:
    """The state in one sentence, with the days that decide it."""
    parts = [_reason(situation, state, expected)]
    if situation.history.arrivals and state != "FRESH":
        last = situation.history.arrivals[-1]
        reach = f" with data until {last.last_day}" if last.last_day else ""
        parts.append(f"the last accepted file came on {last.at.date()}{reach}")
    waiting = situation.history.waiting
    if waiting:
        parts.append(f"a file of {waiting.at.date()} was {waiting.state} and waits for a decision")
    elif situation.history.outdone_at:
        day = situation.history.outdone_at.date()
        parts.append(f"the file of {day} changed nothing: files that count for more speak of all its rows")
    return "; ".join(parts) + "."


def _reason(situation: _SourceSituation, state: State, expected: date | None) -> str:
    if state == "FRESH":
        return _fresh_reason(situation, expected)
    if not situation.missing:
        return "Nothing was ever accepted, and " + (
            f"the first report is due on {expected}" if expected else "no first period is stated (cadence.since)"
        )
    oldest = situation.missing[0]
    if state == "NEVER":
        return f"Nothing was ever accepted; the first report, for {oldest.period}, was due on {oldest.due_on}"
    if state == "DUE":
        if situation.today <= oldest.due_on:
            return f"The report for {oldest.period} is due on {oldest.due_on}"
        return f"The report for {oldest.period} was due on {oldest.due_on} and has grace until {_last_grace(oldest)}"
    late = situation.overdue
    if len(late) > 1:
        return f"{len(late)} reports are overdue, the oldest, for {late[0].period}, since {late[0].overdue_on}"
    cycle = " for more than a whole cycle" if state == "DELINQUENT" else ""
    return f"The report for {late[0].period} was due on {late[0].due_on} and has been overdue{cycle} since {late[0].overdue_on}"


def _fresh_reason(situation: _SourceSituation, expected: date | None) -> str:
    arrivals = situation.history.arrivals
    came = f"the last file came on {arrivals[-1].at.date()}" if arrivals else "no file has come yet"
    if situation.source.cadence.every == "as_needed":
        return f"Reports come as needed and none is owed; {came}"
    due = f"the next is due on {expected}" if expected else "no further one will be owed"
    return f"Every report owed has come; {came} and {due}"


def _last_grace(debt: _Debt) -> date:
    """Last day on which a report is late without being overdue."""
    return debt.overdue_on - timedelta(days=1)


def organisation_names(organisation: pd.DataFrame) -> dict[str, str]:
    """Short name, else name, of each organisation as it is called last."""
    last = organisation.sort_values("valid_from", na_position="first").drop_duplicates("org_id", keep="last")
    return dict(zip(last["org_id"], last["short_name"].fillna(last["name"]), strict=True))
