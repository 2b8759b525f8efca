"""Which periods a file reports, and until which day its dated rows reach.

A period is reported where it holds a fair part of the file's rows, so that one row mistyped into another quarter is no report
for it: a fifth of the rows of the fullest period of its length, and more than one row where that one has three or more.
Of dated rows three are enough, for days fall as they fall. Days after the arrival never count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil

import numpy as np
import pandas as pd

from idtracker.ingest.judge.definition import specs_of
from idtracker.model.config.reporting_calendar import ReportingSource
from idtracker.model.config.source import Part, Source
from idtracker.model.periods import period, periods_between
from idtracker.model.tables import FACTS, columns_of

FAIR_SHARE = 5
"""One row for every so many of the fullest period."""
DATED_ROWS = 3
"""Dated rows that are enough for a period, however many the fullest has."""
MOST_PERIODS = 400
"""Periods of dated rows that are listed, the latest: 33 years of months, a year of days."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Codes of the periods that a file reports, in order. `last_day` is given where its rows are dated instead: the latest
    day that they speak of by the arrival; the periods are then those that were over by then."""

    periods: tuple[str, ...] = ()
    last_day: date | None = None


def names_days(source: Source | ReportingSource) -> bool:
    """Whether rows of a source are about single days."""
    if isinstance(source, ReportingSource):
        return source.is_of_days
    return any(spec.about_day for part in source.parts for spec in specs_of(part).values())


def coverage_of(source: Source, facts: Mapping[str, pd.DataFrame], received_at: pd.Timestamp) -> Coverage:
    """What the facts of one file, by part, report. Periods count before days, and days before times from one to another."""
    stated = Counter[str]()
    for frame in facts.values():
        if "period" in frame:
            stated.update({str(code): count for code, count in frame["period"].value_counts().items()})
    if stated:
        return Coverage(tuple(sorted(_fair(stated))))
    arrival = received_at.normalize().tz_localize(None)
    dated = [
        (part, days) for part in source.parts if part.id in facts for days in [_days(part, facts[part.id], arrival)]
    ]
    for kind in ("day", "time"):
        here = [(part, frame) for part, (is_of, frame) in dated if is_of == kind and len(frame)]
        if here:
            every = source.cadence.every if source.cadence.every in ("day", "week") else "month"
            is_whole = all(part.revision == "replace_all" for part, _ in here)
            return _dated(pd.concat([frame for _, frame in here]), arrival.date(), every, is_whole=is_whole)
    return Coverage()


def _fair(counts: Mapping[str, int]) -> Iterable[str]:
    """The periods that hold a fair part of the rows."""
    fullest = Counter[str]()
    for code, count in counts.items():
        length = period(code).length
        fullest[length] = max(fullest[length], count)
    return (code for code, count in counts.items() if count >= _least(fullest[period(code).length]))


def _least(fullest: int) -> int:
    """Fewest rows of a period that is reported, beside one of so many rows."""
    return max(2 if fullest > 2 else 1, ceil(fullest / FAIR_SHARE))


def _days(part: Part, facts: pd.DataFrame, arrival: pd.Timestamp) -> tuple[str, pd.DataFrame]:
    """First and last day of each row by the arrival; of a time from one day to another that has no end yet, the arrival."""
    columns = columns_of(FACTS[part.feeds])
    day = next((c.name for c in columns if c.about_day and c.name in facts), None)
    if day is not None:
        frame, kind = pd.DataFrame({"first": facts[day], "last": facts[day]}), "day"
    else:
        time = next(((c.name, c.about_until) for c in columns if c.about_until), None)
        if time is None:
            return "", pd.DataFrame(columns=["first", "last"])
        begun, ended = facts[time[0]], facts[time[1]]
        known = begun.notna() | ended.notna()
        last = ended.where(ended <= arrival, arrival)
        frame, kind = pd.DataFrame({"first": begun.fillna(last), "last": last})[known], "time"
    return kind, frame[frame["first"].notna() & (frame["first"] <= arrival)].clip(upper=arrival)


def _dated(days: pd.DataFrame, arrival: date, every: str, *, is_whole: bool) -> Coverage:
    """The coverage of dated rows; a file that `is_whole` also speaks of the quiet periods between its first and last day."""
    codes = periods_between(days["first"].min().date(), arrival, every)[-MOST_PERIODS:]
    first, last = (np.sort(days[name].to_numpy().astype("datetime64[D]")) for name in ("first", "last"))
    begins, ends = (np.array([getattr(period(c), at) for c in codes], dtype="datetime64[D]") for at in ("start", "end"))
    counts = np.searchsorted(first, ends, side="right") - np.searchsorted(last, begins, side="left")
    fair = np.flatnonzero(counts >= min(DATED_ROWS, _least(int(counts.max()))))
    until = period(codes[fair[-1]]).end
    latest = min(days.loc[days["first"] <= pd.Timestamp(until), "last"].max().date(), until)
    listed = codes[fair[0] : fair[-1] + 1] if is_whole else [codes[n] for n in fair]
    return Coverage(tuple(c for c in listed if period(c).end <= arrival), latest)
