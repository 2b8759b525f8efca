"""The forms in which people write periods, in both languages, over folded text with numbered months.

Where a text could be a month or a financial year, the mark decides: `2008-09` is a month, `2008/09` a financial year.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache, partial

from idtracker.ingest.shape.calendar.financial import FINANCIAL_YEAR, UNITED_KINGDOM, follows
from idtracker.model.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    UnknownPeriodError,
    enclosed_by,
    period,
    year_code,
)
from idtracker.model.text import fold

_ORDINALS = {
    fold(word): place
    for place, words in enumerate(
        (
            "first 1st الأول أول",
            "second 2nd الثاني ثاني ثان",
            "third 3rd الثالث ثالث",
            "fourth 4th last الرابع رابع الأخير",
        ),
        start=1,
    )
    for word in words.split()
}
_NTH = rf"({'|'.join(_ORDINALS)})"
_Y = r"(\d{4})"
_FY = FINANCIAL_YEAR
_OF = r",? ?(?:of |من )?(?:the year |(?:ال|ل|لل)?(?:عام|سنه) )?"
_JOIN = r"[ /.,_-]{0,3}"
_Builder = Callable[..., str]


def _month(year: str, month: str) -> str:
    return f"{year}-{int(month):02d}"


def _quarter(year: str, number: str) -> str:
    return f"{year}-Q{_ORDINALS.get(number, number)}"


def _half(year: str, number: str) -> str:
    return f"{year}-H{_ORDINALS.get(number, number)}"


def _financial_year(year_starts: int, first: str, last: str) -> str:
    """`2025`, `26` -> `2025/26`; text that is no code where the second year does not follow the first."""
    start = follows(first, last)
    if start is None or year_starts == 1 or not FIRST_YEAR <= start <= LAST_YEAR:
        return ""
    return year_code(start, year_starts)


def _part_of_financial_year(months: int, year_starts: int, number: str, first: str, last: str) -> str:
    """The first quarter of a year from April is the second of the calendar year; no code where it is none of a calendar."""
    year = _financial_year(year_starts, first, last)
    if not year:
        return ""
    before = (int(_ORDINALS.get(number, number)) - 1) * months
    return _lasting(period(year).start.year, year_starts + before, months)


def _lasting(year: int, month: int, months: int) -> str:
    """The period of some months from the first of a month, which may be one of the next year (13 and on)."""
    start, after = (date(year + n // 12, n % 12 + 1, 1) for n in (month - 1, month - 1 + months))
    return enclosed_by(start, after - timedelta(days=1)) or ""


def _interval(year: str, month: str, length: str) -> str:
    """An interval of ISO 8601, such as `2025-10/p1y`."""
    is_month = FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(month) <= 12
    return _lasting(int(year), int(month), 12 if length == "1y" else 6) if is_month else ""


def _months(first: str, last: str, year: str) -> str:
    """Whole quarters, halves and years given by their first and last month; no code for other spans."""
    start, length = int(first), int(last) - int(first) + 1
    if length == 12:
        return year
    if length in (3, 6) and (start - 1) % length == 0:
        return f"{year}-{'Q' if length == 3 else 'H'}{(start - 1) // length + 1}"
    return ""


def _span(first: str, last: str) -> str:
    """The period that two days or months enclose, if there is one."""
    try:
        return enclosed_by(period(first).start, period(last).end) or ""
    except UnknownPeriodError:
        return ""


def _swap(build: _Builder) -> _Builder:
    return lambda number, year: build(year, number)


_CALENDAR_FORMS: tuple[tuple[re.Pattern[str], _Builder], ...] = tuple(
    (re.compile(pattern, re.ASCII), build)
    for pattern, build in (
        (rf"{_Y}-(\d\d)", _month),
        (rf"{_Y}(\d\d)", _month),
        (rf"{_Y}[/.](\d\d?)", _month),
        (rf"{_Y}{_JOIN}m(\d\d?)", _month),
        (rf"(\d\d?)[-/.]{_Y}", _swap(_month)),
        (rf"m(\d\d){_JOIN}{_OF}{_Y}", _swap(_month)),
        (rf"(?:from |من )?m(\d\d) ?(?:-|to|الي|حتي) ?m(\d\d){_JOIN}{_OF}{_Y}", _months),
        (rf"{_Y}{_JOIN}q(?:tr|uarter)? ?([1-4])", _quarter),
        (rf"q(?:tr|uarter)? ?([1-4]){_JOIN}{_OF}{_Y}", _swap(_quarter)),
        (rf"{_NTH} quarter{_OF}{_Y}", _swap(_quarter)),
        (rf"(?:ال)?ربع {_NTH}{_JOIN}{_OF}{_Y}", _swap(_quarter)),
        (rf"{_Y}{_JOIN}(?:ال)?ربع (?:{_NTH}|([1-4]))", lambda year, nth, number: _quarter(year, nth or number)),
        (rf"(?:ال)?ربع ([1-4]){_JOIN}{_OF}{_Y}", _swap(_quarter)),
        (rf"{_Y}{_JOIN}[hs]([12])", _half),
        (rf"[hs]([12]){_JOIN}{_OF}{_Y}", _swap(_half)),
        (rf"{_NTH} half(?: year)?{_OF}{_Y}", _swap(_half)),
        (rf"(?:ال)?نصف {_NTH}{_JOIN}{_OF}{_Y}", _swap(_half)),
        (rf"{_Y}{_JOIN}(?:ال)?نصف {_NTH}", _half),
        (rf"(?:cy|calendar year|year|(?:ال|ل|لل)?(?:عام|سنه))? ?{_Y}", lambda year: year),
        (rf"{_Y}-?w(\d\d?)", lambda year, week: f"{year}-W{int(week):02d}"),
        (rf"(?:w|week ?|(?:ال)?اسبوع ?)(\d\d?){_JOIN}{_OF}{_Y}", lambda week, year: f"{year}-W{int(week):02d}"),
        (r"(\d{4}-\d\d-\d\d) ?(?:/|to|--?) ?(\d{4}-\d\d-\d\d)", _span),
        (
            rf"(?:from |من )?m(\d\d){_JOIN}{_OF}{_Y} ?(?:-|to|الي|حتي) ?m(\d\d){_JOIN}{_OF}{_Y}",
            lambda m1, y1, m2, y2: _span(f"{y1}-{m1}", f"{y2}-{m2}"),
        ),
        (rf"{_Y}-(\d\d)/p(1y|6m)", _interval),
    )
)


@cache
def forms(year_starts: int | None) -> tuple[tuple[re.Pattern[str], _Builder], ...]:
    """Every form of a folded period and what makes its code, the first that fits counting.

    Financial years begin in the month `year_starts`; None: in April, and their halves are not read.
    """
    begins = UNITED_KINGDOM if year_starts is None else year_starts
    year, quarter, half = (
        partial(_financial_year, begins),
        *(partial(_part_of_financial_year, months, begins) for months in (3, 6)),
    )
    financial: list[tuple[str, _Builder]] = [
        (_FY, year),
        (rf"{_FY} (?:financial|fiscal) year", year),
        (rf"q([1-4]){_JOIN}{_FY}", quarter),
        (rf"{_FY}{_JOIN}q([1-4])", _last_first(quarter)),
        (rf"(?:ال)?ربع {_NTH}{_JOIN}{_OF}{_FY}", quarter),
        (rf"{_FY}{_JOIN}(?:ال)?ربع {_NTH}", _last_first(quarter)),
    ]
    if year_starts is not None:
        financial += [(rf"[hs]([12]){_JOIN}{_FY}", half), (rf"{_FY}{_JOIN}[hs]([12])", _last_first(half))]
    month, *others = _CALENDAR_FORMS
    return (month, *((re.compile(pattern, re.ASCII), build) for pattern, build in financial), *others)


def _last_first(build: _Builder) -> _Builder:
    return lambda first, last, number: build(number, first, last)
