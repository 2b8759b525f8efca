"""Calendar periods: codes, bounds and neighbours."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idtracker.model.errors import UsageError
from idtracker.model.periods import (
    Length,
    UnknownPeriodError,
    bounds_frame,
    current_period,
    current_periods,
    enclosed_by,
    is_period,
    next_period,
    period,
    period_bounds,
    periods_between,
    previous_period,
    quarter_of,
    quarters_between,
    year_code,
)

LENGTHS: list[Length] = list(get_args(Length))


@pytest.mark.parametrize(
    ("code", "start", "end", "length"),
    [
        ("2026-04-03", "2026-04-03", "2026-04-03", "day"),
        ("2026-W14", "2026-03-30", "2026-04-05", "week"),
        ("2020-W53", "2020-12-28", "2021-01-03", "week"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("2026-12", "2026-12-01", "2026-12-31", "month"),
        ("2026-Q2", "2026-04-01", "2026-06-30", "quarter"),
        ("2026-Q4", "2026-10-01", "2026-12-31", "quarter"),
        ("2026-H1", "2026-01-01", "2026-06-30", "half_year"),
        ("2026-H2", "2026-07-01", "2026-12-31", "half_year"),
        ("2026", "2026-01-01", "2026-12-31", "year"),
        ("2025/26", "2025-04-01", "2026-03-31", "financial_year"),
        ("1999/00", "1999-04-01", "2000-03-31", "financial_year"),
        ("2025-10/P1Y", "2025-10-01", "2026-09-30", "year_from_10"),
        ("2023-03/P1Y", "2023-03-01", "2024-02-29", "year_from_03"),
        ("2026-04/P6M", "2026-04-01", "2026-09-30", "half_year_from_04"),
        ("2026-10/P6M", "2026-10-01", "2027-03-31", "half_year_from_04"),
    ],
)
def test_a_code_has_bounds_and_a_length(code: str, start: str, end: str, length: str) -> None:
    found = period(code)
    assert (found.start.isoformat(), found.end.isoformat(), found.length) == (start, end, length)
    assert period_bounds(code) == (found.start, found.end)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026-13", "2026-Q5", "2026-H3", "2026-02-30", "2025-W53", "2025/27", "2025/2026", "1899", "2201"),
        *("2025-04/P1Y", "2025-01/P1Y", "2025-13/P1Y", "2026-07/P6M", "2025-10/P2Y", "1899-10/P1Y"),
        *("20266", "2026-q2", " 2026", "2026\n", "٢٠٢٦", "Q2 2026"),
    ],
)
def test_other_text_is_no_code(text: str) -> None:
    assert not is_period(text)
    with pytest.raises(UnknownPeriodError, match="is not a period"):
        period(text)


def test_an_unknown_period_is_both_a_usage_error_and_a_value_error() -> None:
    assert issubclass(UnknownPeriodError, UsageError)
    assert issubclass(UnknownPeriodError, ValueError)


@pytest.mark.parametrize(
    ("every", "previous", "current", "following"),
    [
        ("day", "2026-03-31", "2026-04-01", "2026-04-02"),
        ("week", "2026-W13", "2026-W14", "2026-W15"),
        ("month", "2026-03", "2026-04", "2026-05"),
        ("quarter", "2026-Q1", "2026-Q2", "2026-Q3"),
        ("half_year", "2025-H2", "2026-H1", "2026-H2"),
        ("year", "2025", "2026", "2027"),
        ("financial_year", "2025/26", "2026/27", "2027/28"),
        ("year_from_10", "2024-10/P1Y", "2025-10/P1Y", "2026-10/P1Y"),
        ("year_from_02", "2025-02/P1Y", "2026-02/P1Y", "2027-02/P1Y"),
        ("half_year_from_04", "2025-10/P6M", "2026-04/P6M", "2026-10/P6M"),
    ],
)
def test_neighbours_of_a_day(every: str, previous: str, current: str, following: str) -> None:
    day = date(2026, 4, 1)
    assert previous_period(day, every) == previous
    assert current_period(day, every) == current
    assert next_period(day, every) == following
    assert next_period(previous) == current
    assert previous_period(following) == current


def test_neighbours_of_another_length() -> None:
    assert next_period("2026-06", "quarter") == "2026-Q3"
    assert previous_period("2026-04", "quarter") == "2026-Q1"
    assert next_period("2025/26", "year") == "2026/27"
    assert next_period("2025", "year") == "2026"
    assert next_period("2025-10/P1Y", "year") == "2026-10/P1Y"
    assert next_period("2025-10/P1Y", "quarter") == "2026-Q4"


def test_a_year_of_any_month_and_the_period_of_two_days() -> None:
    assert [year_code(2025, month) for month in (1, 4, 10)] == ["2025", "2025/26", "2025-10/P1Y"]
    assert enclosed_by(date(2025, 10, 1), date(2026, 9, 30)) == "2025-10/P1Y"
    assert enclosed_by(date(2025, 10, 1), date(2025, 12, 31)) == "2025-Q4"
    assert enclosed_by(date(2025, 10, 1), date(2026, 8, 31)) is None


@given(st.dates(date(1901, 1, 1), date(2199, 12, 31)), st.sampled_from(LENGTHS))
def test_no_interval_has_two_codes(day: date, every: Length) -> None:
    code = current_period(day, every)
    assert enclosed_by(*period_bounds(code)) == code


def test_a_day_alone_has_no_length() -> None:
    with pytest.raises(UnknownPeriodError, match="every"):
        next_period(date(2026, 1, 1))


@pytest.mark.parametrize("every", ["as_needed", "fortnight", ""])
def test_an_unknown_length_is_refused(every: str) -> None:
    with pytest.raises(UnknownPeriodError, match="length of period"):
        current_period(date(2026, 1, 1), every)


def test_periods_between() -> None:
    assert quarters_between("2025-Q3", "2026-Q1") == ["2025-Q3", "2025-Q4", "2026-Q1"]
    assert quarters_between(date(2025, 8, 9), date(2026, 1, 1)) == ["2025-Q3", "2025-Q4", "2026-Q1"]
    assert quarters_between("2025/26", "2025/26") == ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"]
    assert periods_between("2026-Q1", "2026-Q1", "month") == ["2026-01", "2026-02", "2026-03"]
    assert periods_between("2025-H2", "2026-H1") == ["2025-H2", "2026-H1"]
    assert periods_between("2026-Q2", "2026-Q1") == []
    assert periods_between(date(2026, 5, 9), date(2026, 5, 1), "month") == []


@given(st.dates(date(1901, 1, 1), date(2199, 12, 31)), st.sampled_from(LENGTHS))
def test_every_day_lies_in_its_period_and_periods_join_without_gap(day: date, every: Length) -> None:
    code = current_period(day, every)
    found = period(code)
    assert found.length == every
    assert found.start <= day <= found.end
    assert current_period(found.start, every) == current_period(found.end, every) == code
    assert (period(next_period(code)).start - found.end).days == 1
    assert previous_period(next_period(code)) == code


def test_vectorised_forms_keep_index_and_missing() -> None:
    dates = pd.Series(pd.to_datetime(["2026-04-01", None, "2025-12-31"]), index=[7, 3, 5])
    quarters = quarter_of(dates)
    assert quarters.index.tolist() == [7, 3, 5]
    assert quarters.dropna().tolist() == ["2026-Q2", "2025-Q4"]
    assert quarters.dtype == "str"
    assert current_periods(dates, "week").dropna().tolist() == ["2026-W14", "2026-W01"]

    frame = bounds_frame(quarters)
    assert frame.index.tolist() == [7, 3, 5]
    assert frame.dtypes.astype("str").tolist() == ["datetime64[ns]", "datetime64[ns]"]
    assert frame["end"].dt.strftime("%Y-%m-%d").dropna().tolist() == ["2026-06-30", "2025-12-31"]
    assert frame["start"].isna().tolist() == [False, True, False]


def test_vectorised_forms_of_nothing() -> None:
    assert bounds_frame(pd.Series([], dtype="str")).empty
    assert bounds_frame(pd.Series([None, None], dtype="str"))["start"].isna().all()
    assert quarter_of(pd.Series([], dtype="datetime64[ns]")).empty


def test_bounds_of_unknown_codes_are_refused() -> None:
    with pytest.raises(UnknownPeriodError):
        bounds_frame(pd.Series(["2026-Q9"]))
