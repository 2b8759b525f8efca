"""Calendar periods and their canonical codes. Only the calendar belongs here; reading periods from typed text is shape's work.

Codes: day `2026-04-03`, week `2026-W14` (ISO 8601), month `2026-04`, quarter `2026-Q2`, half year `2026-H1`, calendar year
`2026`, UK financial year `2025/26` (1 April to 31 March). A year that begins in another month is an interval of ISO 8601 that
names its first month, `2025-10/P1Y` (1 October 2025 to 30 September 2026), and so is a half year that begins in April or
October, `2026-04/P6M`. No interval has two codes. Every start and end is inclusive.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

from idtracker.model.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

Length = Literal[
    "day", "week", "month", "quarter", "half_year", "year", "financial_year",
    "year_from_02", "year_from_03", "year_from_05", "year_from_06", "year_from_07", "year_from_08", "year_from_09",
    "year_from_10", "year_from_11", "year_from_12", "half_year_from_04",
]  # fmt: skip

FIRST_YEAR, LAST_YEAR = 1900, 2200
_OTHER_YEARS: dict[Length, int] = {
    length: int(length[-2:]) for length in get_args(Length) if length.startswith("year_from_")
}
_FORMS: dict[Length, re.Pattern[str]] = {
    "day": re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII),
    "week": re.compile(r"(\d{4})-W(\d{2})", re.ASCII),
    "month": re.compile(r"(\d{4})-(\d{2})", re.ASCII),
    "quarter": re.compile(r"(\d{4})-Q([1-4])", re.ASCII),
    "half_year": re.compile(r"(\d{4})-H([12])", re.ASCII),
    "year": re.compile(r"(\d{4})", re.ASCII),
    "financial_year": re.compile(r"(\d{4})/(\d{2})", re.ASCII),
    **{length: re.compile(rf"(\d{{4}})-({month:02d})/P1Y", re.ASCII) for length, month in _OTHER_YEARS.items()},
    "half_year_from_04": re.compile(r"(\d{4})-(04|10)/P6M", re.ASCII),
}
_MONTHS: dict[Length, int] = {
    **{"month": 1, "quarter": 3, "half_year": 6, "half_year_from_04": 6, "year": 12, "financial_year": 12},
    **dict.fromkeys(_OTHER_YEARS, 12),
}
_FIRST_MONTHS: dict[Length, int] = {"financial_year": 4, "half_year_from_04": 4, **_OTHER_YEARS}
"""Month in which a period of that length begins, January where none is named; half years follow one another from it."""


class UnknownPeriodError(UsageError, ValueError):
    """Text that is not a canonical period code, or a length of period that does not exist."""


@dataclass(frozen=True, slots=True)
class Period:
    """A interval of whole days: canonical code, first and last day (both inclusive) and length."""

    code: str
    start: date
    end: date
    length: Length


@lru_cache(maxsize=65536)
def period(code: str) -> Period:
    """The period of a canonical code; UnknownPeriodError where there is none."""
    for length, form in _FORMS.items():
        match = form.fullmatch(code)
        if match:
            try:
                start = _first_day(length, [int(part) for part in match.groups()])
            except ValueError:
                break
            if FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
                return Period(code, start, _last_day(start, length), length)
            break
    raise UnknownPeriodError(
        f"{code!r} is not a period: write a day (2026-04-03), week (2026-W14), month (2026-04), quarter (2026-Q2), "
        f"half year (2026-H1), year (2026), UK financial year (2025/26) or a year from another month (2025-10/P1Y), "
        f"from {FIRST_YEAR} to {LAST_YEAR}."
    )


def is_period(code: str) -> bool:
    """Whether the text is a canonical period code."""
    try:
        period(code)
    except UnknownPeriodError:
        return False
    return True


def period_bounds(code: str) -> tuple[date, date]:
    """First and last day of a canonical code, both inclusive."""
    span = period(code)
    return span.start, span.end


def year_from(month: int) -> Length:
    """The length of a year that begins on the first day of that month (1 to 12)."""
    return {1: "year", 4: "financial_year", **{begins: length for length, begins in _OTHER_YEARS.items()}}[month]


def year_code(year: int, month: int) -> str:
    """The code of the year that begins on the first day of a month."""
    return current_period(date(year, month, 1), year_from(month))


def enclosed_by(start: date, end: date) -> str | None:
    """The code of the period that lasts from one day to another, both included; None where there is none."""
    codes = (current_period(start, length) for length in _FORMS)
    return next((code for code in codes if period_bounds(code) == (start, end)), None)


def current_period(on: date, every: str) -> str:
    """Code of the period of that length in which the day lies."""
    return _code(_start_of(on, _length(every)), _length(every))


def next_period(of: str | date, every: str | None = None) -> str:
    """Code of the period that follows a code (of its own length, or of length `every`) or the current one of a day."""
    length = _length_from(of, every)
    last = period_bounds(of)[1] if isinstance(of, str) else _last_day(_start_of(of, length), length)
    return _code(_start_of(last + timedelta(days=1), length), length)


def previous_period(of: str | date, every: str | None = None) -> str:
    """Code of the period before a code (of its own length, or of length `every`) or before the current one of a day."""
    length = _length_from(of, every)
    first = period_bounds(of)[0] if isinstance(of, str) else _start_of(of, length)
    return _code(_start_of(first - timedelta(days=1), length), length)


def periods_between(first: str | date, last: str | date, every: str | None = None) -> list[str]:
    """Codes of all periods of one length from that of `first` to that of `last`, both included, oldest first.

    Codes stand for their whole interval: periods_between("2026-Q1", "2026-Q2", "month") gives six months. The length is
    that of `first` unless `every` is given. Empty where `last` ends before `first` begins.
    """
    length = _length_from(first, every)
    start = period_bounds(first)[0] if isinstance(first, str) else first
    end = period_bounds(last)[1] if isinstance(last, str) else last
    codes: list[str] = []
    day = _start_of(start, length)
    while day <= end and start <= end:
        codes.append(_code(day, length))
        day = _last_day(day, length) + timedelta(days=1)
    return codes


def quarters_between(first: str | date, last: str | date) -> list[str]:
    """Codes of all quarters from that of `first` to that of `last`, both included, oldest first."""
    return periods_between(first, last, "quarter")


def current_periods(dates: pd.Series, every: str) -> pd.Series:
    """The period code of each datetime on the same index, as text; missing dates stay missing."""
    import pandas as pd

    length = _length(every)
    days = pd.Series(dates.unique()).dropna()
    codes = {day: _code(_start_of(pd.Timestamp(day).date(), length), length) for day in days}
    return dates.map(codes).astype("str")


def quarter_of(dates: pd.Series) -> pd.Series:
    """The quarter code of each datetime on the same index, as text; missing dates stay missing."""
    return current_periods(dates, "quarter")


def bounds_frame(codes: pd.Series) -> pd.DataFrame:
    """First and last day of each code on the same index: columns `start`, `end` (datetime64[ns]); missing stays missing.

    Codes must be canonical: UnknownPeriodError otherwise.
    """
    import numpy as np
    import pandas as pd

    from idtracker.model.text import arrow

    coded = arrow(codes).dictionary_encode()
    bounds = [*(period_bounds(code) for code in coded.dictionary.to_pylist()), (None, None)]
    at = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    columns = {
        name: np.array([pair[place] for pair in bounds], dtype="datetime64[D]").astype("datetime64[ns]")[at]
        for place, name in enumerate(("start", "end"))
    }
    return pd.DataFrame(columns, index=codes.index)


def _length(every: str) -> Length:
    for length in _FORMS:
        if length == every:
            return length
    raise UnknownPeriodError(f"{every!r} is not a length of period: use one of {', '.join(_FORMS)}.")


def _length_from(of: str | date, every: str | None) -> Length:
    """`every`, else the code's own length; a financial year asked for its next `year` stays one of its own months."""
    own = period(of).length if isinstance(of, str) else None
    if every is None:
        if own is None:
            raise UnknownPeriodError("a day alone has no length: give `every` (day, week, month, quarter, …).")
        return own
    is_year = own is not None and _MONTHS.get(own) == _MONTHS["year"]
    return own if own is not None and is_year and every == "year" else _length(every)


def _start_of(day: date, length: Length) -> date:
    if length == "day":
        return day
    if length == "week":
        return day - timedelta(days=day.weekday())
    before = _FIRST_MONTHS.get(length, 1) - 1
    months = day.year * 12 + day.month - 1 - before
    begun = months // _MONTHS[length] * _MONTHS[length] + before
    return date(begun // 12, begun % 12 + 1, 1)


def _last_day(start: date, length: Length) -> date:
    if length == "day":
        return start
    if length == "week":
        return start + timedelta(days=6)
    months = start.month - 1 + _MONTHS[length]
    return date(start.year + months // 12, months % 12 + 1, 1) - timedelta(days=1)


def _first_day(length: Length, parts: list[int]) -> date:
    """First day from the numbers of a code; ValueError where the calendar has no such period."""
    year, number = parts[0], parts[1] if len(parts) > 1 else 1
    if length == "day":
        return date(year, number, parts[2])
    if length == "week":
        return date.fromisocalendar(year, number, 1)
    if length == "financial_year":
        if number != (year + 1) % 100:
            raise ValueError("a financial year ends in the year after it began")
        return date(year, 4, 1)
    if length in _FIRST_MONTHS:
        return date(year, number, 1)
    return date(year, (number - 1) * _MONTHS[length] + 1, 1)


def _code(start: date, length: Length) -> str:
    year = start.year
    if length == "week":
        iso = start.isocalendar()
        return f"{iso.year}-W{iso.week:02d}"
    match length:
        case "day":
            return start.isoformat()
        case "month":
            return f"{year}-{start.month:02d}"
        case "quarter":
            return f"{year}-Q{(start.month + 2) // 3}"
        case "half_year":
            return f"{year}-H{(start.month + 5) // 6}"
        case "year":
            return f"{year}"
        case "financial_year":
            return f"{year}/{(year + 1) % 100:02d}"
    return f"{year}-{start.month:02d}/P{'6M' if length == 'half_year_from_04' else '1Y'}"


def quarter_number(code: str) -> int:
    """Quarters since year 0, of the code of a quarter."""
    return int(code[:4]) * 4 + int(code[-1]) - 1


def quarter_code(number: int) -> str:
    """Code of the quarter of such a number."""
    return f"{number // 4:04d}-Q{number % 4 + 1}"
