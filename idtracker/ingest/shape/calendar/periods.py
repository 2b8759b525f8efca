"""Periods as people type them, read as canonical codes. The calendar itself stands in `idtracker.model.periods`.

Where a text could be a month or a UK financial year, the mark decides: `2008-09` is a month, `2008/09` a financial year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pandas as pd
import pyarrow as pa

from idtracker.ingest.shape.calendar.dates import DatesRead, read_column
from idtracker.ingest.shape.calendar.declared import code_form, has_day, read_declared
from idtracker.ingest.shape.calendar.months import number_months
from idtracker.model.periods import (
    Period,
    UnknownPeriodError,
    bounds_frame,
    current_period,
    is_period,
    next_period,
    period,
    period_bounds,
    periods_between,
    previous_period,
    quarter_of,
    quarters_between,
)
from idtracker.model.text import arrow, fold

__all__ = [
    "Period",
    "UnknownPeriodError",
    "bounds_frame",
    "current_period",
    "is_period",
    "next_period",
    "parse_period",
    "parse_periods",
    "period",
    "period_bounds",
    "periods_between",
    "previous_period",
    "quarter_of",
    "quarters_between",
]

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
_LONGEST = 80  # no form of a period is longer
_NTH = rf"({'|'.join(_ORDINALS)})"
_Y = r"(\d{4})"
_FY = r"(?:fy|financial year|fiscal year|(?:ال|لل|ل)?(?:سنه (?:ال)?ماليه|عام (?:ال)?مالي))? ?(\d{4}|(?<=fy)\d\d|(?<=fy )\d\d)[/-](\d{2}|\d{4})"
_OF = r",? ?(?:of |من )?(?:the year |(?:ال|ل|لل)?(?:عام|سنه) )?"
_JOIN = r"[ /.,_-]{0,3}"
_AROUND = re.compile(r"^شهر |[()]|(?<=\d) ?(?:م|ميلادي|ميلاديه)$")  # says no more than what it stands beside

_Builder = Callable[..., str]


def _month(year: str, month: str) -> str:
    return f"{year}-{int(month):02d}"


def _quarter(year: str, number: str) -> str:
    return f"{year}-Q{_ORDINALS.get(number, number)}"


def _half(year: str, number: str) -> str:
    return f"{year}-H{_ORDINALS.get(number, number)}"


def _financial_year(first: str, last: str) -> str:
    """`2025`, `26` -> `2025/26`; text that is no code where the second year does not follow the first."""
    start = first if len(first) == 4 else f"20{first}"
    follows = str(int(start) + 1)
    return f"{start}/{follows[2:]}" if last in (follows, follows[2:]) else ""


def _financial_quarter(number: str, first: str, last: str) -> str:
    """The first quarter of a financial year is the second of the calendar year in which it begins."""
    start = _financial_year(first, last)[:4]
    place = int(_ORDINALS.get(number, number))
    return (f"{start}-Q{place + 1}" if place < 4 else f"{int(start) + 1}-Q1") if start else ""


def _months(first: str, last: str, year: str) -> str:
    """Whole quarters, halves and years given by their first and last month; no code for other spans."""
    start, length = int(first), int(last) - int(first) + 1
    if length == 12:
        return year
    if length in (3, 6) and (start - 1) % length == 0:
        return f"{year}-{'Q' if length == 3 else 'H'}{(start - 1) // length + 1}"
    return ""


def _span(first: str, last: str) -> str:
    """The period that two days enclose, if there is one."""
    try:
        start, end = period(first).start, period(last).end
    except UnknownPeriodError:
        return ""
    codes = [
        current_period(start, length) for length in ("day", "month", "quarter", "half_year", "year", "financial_year")
    ]
    return next((code for code in codes if period_bounds(code) == (start, end)), "")


def _swap(build: _Builder) -> _Builder:
    return lambda number, year: build(year, number)


_FORMS: tuple[tuple[re.Pattern[str], _Builder], ...] = tuple(
    (re.compile(pattern, re.ASCII), build)
    for pattern, build in (
        (rf"{_Y}-(\d\d)", _month),
        (_FY, _financial_year),
        (rf"{_FY} (?:financial|fiscal) year", _financial_year),
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
        (rf"q([1-4]){_JOIN}{_FY}", _financial_quarter),
        (rf"{_FY}{_JOIN}q([1-4])", lambda first, last, number: _financial_quarter(number, first, last)),
        (rf"(?:ال)?ربع {_NTH}{_JOIN}{_OF}{_FY}", _financial_quarter),
        (rf"{_FY}{_JOIN}(?:ال)?ربع {_NTH}", lambda first, last, nth: _financial_quarter(nth, first, last)),
        (rf"{_Y}{_JOIN}[hs]([12])", _half),
        (rf"[hs]([12]){_JOIN}{_OF}{_Y}", _swap(_half)),
        (rf"{_NTH} half(?: year)?{_OF}{_Y}", _swap(_half)),
        (rf"(?:ال)?نصف {_NTH}{_JOIN}{_OF}{_Y}", _swap(_half)),
        (rf"{_Y}{_JOIN}(?:ال)?نصف {_NTH}", _half),
        (rf"(?:cy|calendar year|year|(?:ال|ل|لل)?(?:عام|سنه))? ?{_Y}", lambda year: year),
        (rf"{_Y}-?w(\d\d?)", lambda year, week: f"{year}-W{int(week):02d}"),
        (rf"(?:w|week ?|(?:ال)?اسبوع ?)(\d\d?){_JOIN}{_OF}{_Y}", lambda week, year: f"{year}-W{int(week):02d}"),
        (r"(\d{4}-\d\d-\d\d) ?(?:/|to|--?) ?(\d{4}-\d\d-\d\d)", _span),
    )
)


def parse_period(text: str) -> str | None:
    """The canonical code of a period as typed in either language; None where the text is no period."""
    if len(text) > _LONGEST:
        return None
    folded = number_months(_AROUND.sub("", fold(text)))
    for form, build in _FORMS:
        match = form.fullmatch(folded)
        if match:
            code = build(*match.groups())
            if is_period(code):
                return code
    return None


def parse_periods(texts: pd.Series, formats: Sequence[str] = ()) -> pd.DataFrame:
    """Read each text as a period: columns `code` (text), `start`, `end` (datetime64[ns]) on the same index.

    A text in a declared form without a day (`%b-%y`, `%Y`) is that month or year. One that is no period, but a date (by
    `formats` as well), is the period of that day; all else is missing.
    """
    return read_periods(texts, formats)[0]


def read_periods(texts: pd.Series, formats: Sequence[str] = ()) -> tuple[pd.DataFrame, DatesRead]:
    """The periods of `parse_periods`, and what was read as a day among the texts."""
    coded = arrow(texts).dictionary_encode()
    different = [text for text in coded.dictionary.to_pylist() if text is not None]
    codes = _in_declared_forms(different, [form for form in formats if not has_day(form)])
    codes |= {text: code for text in different if text not in codes and (code := parse_period(text))}
    rest = texts.where(~texts.isin(list(codes)))
    read = read_column(rest.astype("str"), formats)
    days = read.days.dt.strftime("%Y-%m-%d")
    canonical = texts.astype("object").map(codes).where(days.isna(), days).astype("str")
    frame = bounds_frame(canonical)
    frame.insert(0, "code", canonical)
    return frame, read


def _in_declared_forms(texts: Sequence[str], forms: Sequence[str]) -> dict[str, str]:
    """Texts in a form without a day -> the month or year."""
    codes: dict[str, str] = {}
    for form in forms:
        days = pd.Series(read_declared(pa.array(texts, pa.large_string()), form))
        written = days.dt.strftime(code_form(form))
        codes = {text: code for text, code in zip(texts, written, strict=True) if isinstance(code, str)} | codes
    return codes
