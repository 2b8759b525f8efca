"""Who owes which report and when: what a source states about it, the periods of a cadence, their due dates, and the calendars that move them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from pydantic import Field

from idtracker.model.config.handling import Handling
from idtracker.model.config.source import Cadence, Source
from idtracker.model.config.values import Strict, Text
from idtracker.model.periods import period, periods_between

_SUBDIVISIONS = {"GB": "ENG"}  # bank holidays differ within the United Kingdom; departments follow England's


class ReportingSource(Strict):
    """A source without the layout of its files: as far as figures rest on it, and is published with them."""

    id: Text = Field(description="The name of the folder.")
    title: str = Field("", description="Name of the source as people know it.")
    publisher: Text = Field(description="Identifier of the organisation that sends the reports.")
    owner: str = Field("", description="Role that answers for the source.")
    cadence: Cadence = Field(description="How often a report is owed and when it counts as late.")
    handling: Handling = Field(default_factory=Handling, description="Marking of every row of the source.")
    feeds: list[Text] = Field(description="Fact tables that its files feed.")
    is_of_days: bool = Field(description="Whether its rows are about single days.")


Reporting = Source | ReportingSource
"""A source, as its file defines it or as far as it is published."""


@dataclass(frozen=True, slots=True)
class DueReport:
    """One report owed: its period (first and last day inclusive), when it is due, and from which day it is overdue."""

    period: str
    start: date
    end: date
    due_on: date
    overdue_on: date
    is_derogated: bool


def obligations(source: Reporting, since: date, until: date) -> list[DueReport]:
    """Every period of the source's cadence that ended on or before `until`, oldest first; `as_needed` owes nothing.

    The first period is that of `since`, or that of the cadence's own `since` where this is later. A period is not owed
    where it ends after the cadence's `until`.
    """
    cadence = source.cadence
    if cadence.every == "as_needed":
        return []
    first = max(since, cadence.since or since)
    last = min(until, cadence.until or until)
    owed = (obligation(cadence, code) for code in periods_between(first, last, cadence.every))
    return [o for o in owed if o.end <= last]


def obligation(cadence: Cadence, code: str) -> DueReport:
    """The report owed for one period."""
    days = cadence.due_after_days, cadence.grace_days
    return _due_report(code, *days, tuple(cadence.calendar), tuple(cadence.derogations))


@lru_cache(maxsize=65536)
def _due_report(
    code: str, due_after_days: int, grace_days: int, calendar: Sequence[str], derogations: Sequence[str]
) -> DueReport:
    span = period(code)
    due_on = next_working_day(span.end + timedelta(days=due_after_days), calendar)
    return DueReport(
        period=code,
        start=span.start,
        end=span.end,
        due_on=due_on,
        overdue_on=due_on + timedelta(days=grace_days + 1),
        is_derogated=_is_derogated(span.start, span.end, derogations),
    )


def next_working_day(day: date, calendar: Sequence[str]) -> date:
    """The day itself where people work in every country of the calendar, else the next on which they do."""
    while not all(_works(country, day) for country in calendar):
        day += timedelta(days=1)
    return day


def _is_derogated(start: date, end: date, derogations: Sequence[str]) -> bool:
    """A derogation of a longer period frees every period within it."""
    spans = [period(code) for code in derogations]
    return any(span.start <= start and end <= span.end for span in spans)


@lru_cache(maxsize=65536)
def _works(country: str, day: date) -> bool:
    return bool(_calendar(country).is_working_day(day))


@cache
def _calendar(country: str) -> Any:
    import holidays

    return holidays.country_holidays(country, subdiv=_SUBDIVISIONS.get(country))
