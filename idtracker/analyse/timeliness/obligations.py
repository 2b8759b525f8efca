"""The table Obligation: every report owed so far, whether it came, and how late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd

from idtracker.analyse.timeliness.arrivals import DeliveryHistory, first_arrival, in_order, read_histories
from idtracker.ingest.judge.reported.coverage import names_days
from idtracker.model.config.reporting_calendar import DueReport, Reporting, obligation, obligations
from idtracker.model.instants import naive_utc
from idtracker.model.periods import current_period, next_period, period_bounds, previous_period
from idtracker.model.tables import OPERATIONS, columns_of, conform_types

COLUMNS = [c.name for c in columns_of(OPERATIONS["obligation"])]


def obligation_table(
    sources: Mapping[str, Reporting] | Iterable[Reporting],
    submissions: pd.DataFrame,
    facts_periods: pd.DataFrame,
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    """Every report owed by `as_of`, as the table Obligation, sorted by source and period.

    `submissions` has the columns of the table Submission; `facts_periods` (source_id, submission_id, period) says which
    periods the facts of a submission name. Only accepted files meet an obligation. Days are days in UTC.
    """
    histories = read_histories(submissions, facts_periods, as_of)
    today = naive_utc(as_of).date()
    rows = []
    for source in in_order(sources):
        history = histories.get(source.id, DeliveryHistory())
        first = first_day_owed(source, history)
        owed = [] if first is None else obligations(source, first, today)
        rows += [obligation_row(source, o, first_report(source, history, o), today) for o in owed]
    return conform_types(pd.DataFrame(rows, columns=COLUMNS), OPERATIONS["obligation"])


def has_periods(source: Reporting, history: DeliveryHistory) -> bool:
    """Whether reports of a source say which time they are about, by their definition or by what has come."""
    return history.has_periods or names_days(source)


def first_report(source: Reporting, history: DeliveryHistory, owed: DueReport) -> pd.Timestamp | None:
    """When the report owed first came, or None."""
    return first_arrival(history, owed.start, owed.end, has_periods=has_periods(source, history))


def first_day_owed(source: Reporting, history: DeliveryHistory) -> date | None:
    """A day of the first period owed: as the cadence states it, else that of the first report, else unknown (None).

    Of several periods in the first report the latest counts, so that a long history sent at once owes nothing. Where
    nothing was accepted yet, or rows are dated, the period that ended before the first file counts.
    """
    cadence = source.cadence
    if cadence.since is not None or cadence.every == "as_needed":
        return cadence.since
    sent = history.arrivals[0].at if history.arrivals else history.first_sent
    if sent is None:
        return None
    on = sent.date()
    begun = [p for a in history.arrivals[:1] if a.last_day is None for p in a.periods if p.start <= on]
    return begun[-1].start if begun else period_bounds(previous_period(on, cadence.every))[0]


def next_owed(source: Reporting, history: DeliveryHistory, today: date) -> DueReport | None:
    """The first report owed for a period that ends after `today` and has not come yet; None where none will be owed."""
    cadence, first = source.cadence, first_day_owed(source, history)
    if cadence.every == "as_needed" or first is None:
        return None
    code = current_period(max(first, today), cadence.every)
    while True:
        owed = obligation(cadence, code)
        if cadence.until is not None and owed.end > cadence.until:
            return None
        if owed.end > today and not owed.is_derogated and first_report(source, history, owed) is None:
            return owed
        code = next_period(code)


def obligation_row(source: Reporting, owed: DueReport, received: pd.Timestamp | None, today: date) -> dict[str, object]:
    """A row of the table Obligation: a report owed, the arrival that first answered it, and its state on a day."""
    days_late = None if received is None else (received.date() - owed.due_on).days
    return {
        "source_id": source.id,
        "org_id": source.publisher,
        "period": owed.period,
        "period_start": owed.start,
        "period_end": owed.end,
        "due_on": owed.due_on,
        "overdue_on": owed.overdue_on,
        "is_derogated": owed.is_derogated,
        "received_at": received,
        "days_late": days_late,
        "state": _state(owed, days_late, today),
        **source.handling.marking.columns,
    }


def _state(owed: DueReport, days_late: int | None, today: date) -> str:
    if days_late is not None:
        return "late" if days_late > 0 and not owed.is_derogated else "received"
    if owed.is_derogated:
        return "derogated"
    return "overdue" if today >= owed.overdue_on else "due"
