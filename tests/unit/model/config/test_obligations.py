"""Reports are owed by period; due dates move past weekends and public holidays of every calendar named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from idtracker.model.config.reporting_calendar import DueReport, next_working_day, obligations
from idtracker.model.config.source import Source


def source(**cadence: Any) -> Source:
    return Source.model_validate(
        {
            "title": "x",
            "publisher": "GB-GOV-1",
            "format": {"kind": "csv"},
            "cadence": cadence,
            "feeds": "observation",
            "key": ["period"],
            "columns": [{"field": "period"}],
        }
    )


def owed(start: str, stop: str, **cadence: Any) -> list[DueReport]:
    return obligations(source(**cadence), date.fromisoformat(start), date.fromisoformat(stop))


def codes(start: str, stop: str, **cadence: Any) -> list[str]:
    return [o.period for o in owed(start, stop, **cadence)]


@pytest.mark.parametrize(
    ("every", "since", "until", "expected"),
    [
        ("day", "2026-02-27", "2026-03-01", ["2026-02-27", "2026-02-28", "2026-03-01"]),
        ("week", "2025-12-24", "2026-01-10", ["2025-W52", "2026-W01"]),
        ("month", "2025-12-15", "2026-02-28", ["2025-12", "2026-01", "2026-02"]),
        ("quarter", "2025-10-01", "2026-06-29", ["2025-Q4", "2026-Q1"]),
        ("half_year", "2025-01-01", "2026-06-30", ["2025-H1", "2025-H2", "2026-H1"]),
        ("year", "2024-06-01", "2026-12-30", ["2024", "2025"]),
        ("financial_year", "2024-06-01", "2026-03-31", ["2024/25", "2025/26"]),
        ("as_needed", "2020-01-01", "2026-01-01", []),
    ],
)
def test_periods_that_have_ended_are_owed(every: str, since: str, until: str, expected: list[str]) -> None:
    assert codes(since, until, every=every) == expected


def test_last_day_of_a_period_makes_it_owed() -> None:
    assert codes("2026-01-01", "2026-03-30", every="quarter") == []
    assert codes("2026-01-01", "2026-03-31", every="quarter") == ["2026-Q1"]


def test_cadence_bounds_what_is_owed() -> None:
    assert codes("2025-01-01", "2026-12-31", every="quarter", since="2026-02-01", until="2026-09-30") == [
        "2026-Q1",
        "2026-Q2",
        "2026-Q3",
    ]
    assert codes("2025-01-01", "2026-12-31", every="quarter", since="2026-01-01", until="2026-09-29") == [
        "2026-Q1",
        "2026-Q2",
    ]
    assert codes("2026-07-01", "2026-12-31", every="quarter", since="2026-01-01") == ["2026-Q3", "2026-Q4"]
    assert codes("2027-01-01", "2026-12-31", every="quarter") == []


def test_due_date_without_calendar_is_plain_counting() -> None:
    (first,) = owed("2026-01-01", "2026-03-31", every="quarter", due_after_days=25, grace_days=10)
    assert (first.start, first.end) == (date(2026, 1, 1), date(2026, 3, 31))
    assert (first.due_on, first.overdue_on) == (date(2026, 4, 25), date(2026, 5, 6))  # a Saturday


@pytest.mark.parametrize(
    ("days", "calendar", "due_on"),
    [
        (20, ["GB", "JO"], date(2026, 4, 20)),  # a Monday
        (24, ["JO"], date(2026, 4, 26)),  # Friday and Saturday in Jordan: Sunday
        (24, ["GB"], date(2026, 4, 24)),
        (25, ["GB"], date(2026, 4, 27)),  # Saturday and Sunday in Britain: Monday
        (24, ["GB", "JO"], date(2026, 4, 27)),  # Friday to Sunday between them
        (3, ["GB"], date(2026, 4, 7)),  # Good Friday, weekend, Easter Monday
        (31, ["JO"], date(2026, 5, 3)),  # Labour Day on a Friday
        (55, ["GB"], date(2026, 5, 26)),  # Spring bank holiday
        (55, ["JO"], date(2026, 5, 31)),  # Independence Day, then the feast of sacrifice, then the weekend
        (55, ["GB", "JO"], date(2026, 6, 1)),  # ... and the British Sunday
    ],
)
def test_weekends_and_holidays_move_the_due_date(days: int, calendar: list[str], due_on: date) -> None:
    (first,) = owed("2026-01-01", "2026-03-31", every="quarter", due_after_days=days, calendar=calendar, grace_days=3)
    assert first.due_on == due_on
    assert (first.overdue_on - first.due_on).days == 4


def test_working_day_stays() -> None:
    assert next_working_day(date(2026, 4, 21), ["GB", "JO"]) == date(2026, 4, 21)
    assert next_working_day(date(2026, 4, 25), []) == date(2026, 4, 25)


def test_due_dates_cross_the_year_and_the_leap_day() -> None:
    assert [o.due_on for o in owed("2023-10-01", "2024-03-31", every="quarter", due_after_days=60)] == [
        date(2024, 2, 29),
        date(2024, 5, 30),
    ]


def test_clock_changes_do_not_move_days() -> None:
    """Both countries turned their clocks within these spans in 2022; a day is a day."""
    days = owed("2022-03-20", "2022-04-05", every="day", due_after_days=1)
    assert [(o.due_on - o.end).days for o in days] == [1] * 17
    weeks = owed("2022-10-17", "2022-11-13", every="week", due_after_days=7)
    assert [(o.end - o.start).days for o in weeks] == [6] * 4
    assert [(o.due_on - o.end).days for o in weeks] == [7] * 4


def test_derogations_are_marked_and_cover_what_lies_within() -> None:
    quarters = owed("2025-01-01", "2026-06-30", every="quarter", derogations=["2025-Q2", "2026-H1"])
    assert {o.period: o.is_derogated for o in quarters} == {
        "2025-Q1": False,
        "2025-Q2": True,
        "2025-Q3": False,
        "2025-Q4": False,
        "2026-Q1": True,
        "2026-Q2": True,
    }
    assert not owed("2026-01-01", "2026-12-31", every="year", derogations=["2026-Q1"])[0].is_derogated
