"""Identifiers of periods in DHIS2: `2025Oct` is the year from October 2025, `2026AprilS1` the half year from April 2026."""

from __future__ import annotations

import re

from idtracker.model.periods import FIRST_YEAR, LAST_YEAR, year_code

_YEARS = {"Feb": 2, "April": 4, "July": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11}
_YEAR = re.compile(rf"(\d{{4}})({'|'.join(_YEARS)})", re.ASCII)
_HALF = re.compile(r"(\d{4})AprilS([12])", re.ASCII)
_UNSUPPORTED = re.compile(r"\d{4}(?:(?:Wed|Thu|Sat|Sun|Bi)W\d\d?|0[1-6]B|(?!AprilS)[A-Z][a-z]{2,7}[QS][1-4])", re.ASCII)
_OTHERS = re.compile(r"\d{4}(?:W\d\d?|Q[1-4]|S[12]|\d\d|\d{4})?", re.ASCII)


def financial_year(text: str) -> str | None:
    """The code of an identifier that names the year and month in which a financial year begins."""
    match = _YEAR.fullmatch(text)
    return year_code(int(match[1]), _YEARS[match[2]]) if match and _is_sane(match[1]) else None


def half_from_april(text: str) -> str | None:
    """The code of the first or second half of a year from April."""
    match = _HALF.fullmatch(text)
    return f"{match[1]}-{'04' if match[2] == '1' else '10'}/P6M" if match and _is_sane(match[1]) else None


def is_unsupported(text: str) -> bool:
    """Whether an identifier names a period without a code: weeks not from Monday, two weeks, two months, other halves."""
    return _UNSUPPORTED.fullmatch(text) is not None


def is_unlike_others(text: str) -> bool:
    """Whether an identifier has a form of DHIS2 alone."""
    return half_from_april(text) is not None or is_unsupported(text)


def is_identifier(text: str) -> bool:
    return _OTHERS.fullmatch(text) is not None or financial_year(text) is not None or is_unlike_others(text)


def _is_sane(year: str) -> bool:
    return FIRST_YEAR <= int(year) <= LAST_YEAR
