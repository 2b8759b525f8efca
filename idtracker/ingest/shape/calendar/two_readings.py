"""Texts that are one period by one habit and another by another, and what in their column tells which.

`2025Oct` is October 2025 or, in DHIS2, the year from October 2025; `201011` November 2010 or the financial year 2010/11;
`2008/12` December 2008 or the years 2008 to 2012. A program writes a whole column of identifiers; a person writes months in
between that are nothing else, such as `2025Jan`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from idtracker.ingest.shape.calendar.dhis2 import financial_year, is_identifier, is_unlike_others
from idtracker.ingest.shape.calendar.financial import FINANCIAL_YEAR, follows
from idtracker.ingest.shape.calendar.months import number_months
from idtracker.model.periods import year_code
from idtracker.model.text import fold

_GLUED = re.compile(r"(\d{4})m(\d\d)", re.ASCII)
_GLUED_MONTH = re.compile(r"\d{4}[a-z]{3,9}", re.ASCII)
_DIGITS = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])", re.ASCII)
_SLASHED = re.compile(r"((?:19|20)\d\d)/(0[1-9]|1[0-2])", re.ASCII)
_MOST_YEARS = 50  # 2026/04 is no span of 78 years
_TO = r" ?(?:[/-]|to|الي|حتي) ?"
_YEARS = re.compile(
    rf"(?:from |من )?(?:fy ?)?'?(\d{{4}}|(?<=fy)\d\d|(?<=fy )\d\d){_TO}(?:fy ?)?(\d{{4}}|\d\d)", re.ASCII
)
_FINANCIAL_YEARS = re.compile(rf"{FINANCIAL_YEAR}{_TO}{FINANCIAL_YEAR}", re.ASCII)
_ENDS = re.compile(
    rf"(?:from |من )?(?:m\d\d )?(\d{{4}})(?:-\d\d){{0,2}}{_TO}(?:m\d\d )?(\d{{4}})(?:-\d\d){{0,2}}", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Readings:
    """Both readings of a text, the month first, and which of them an identifier of a program has."""

    month: str
    other: str
    as_identifier: str
    is_glued: bool = False


def two_readings(text: str, year_starts: int) -> Readings | None:
    """The readings of a text that has two; financial years begin in the month `year_starts`."""
    if glued := _GLUED.fullmatch(number_months(fold(text))) if _GLUED_MONTH.fullmatch(fold(text)) else None:
        year = financial_year(f"{text[:4]}{text[4:].capitalize()}")
        return Readings(f"{glued[1]}-{glued[2]}", year, year, is_glued=True) if year else None
    if (digits := _DIGITS.fullmatch(text)) and follows(*digits.groups()) is not None:
        month = f"{digits[1]}-{digits[2]}"
        return Readings(month, year_code(int(digits[1]), year_starts), month)
    if (slashed := _SLASHED.fullmatch(text)) and is_several_years(text):
        month = f"{slashed[1]}-{slashed[2]}"
        return Readings(month, f"{slashed[1]}-{_year_after(slashed[1], slashed[2])}", month)
    return None


def settle(texts: Collection[str], ambiguous: Mapping[str, Readings], *, is_generated: bool) -> dict[str, str]:
    """The codes of the ambiguous texts of a column; nothing where the column does not tell.

    They are identifiers where the whole column is, and a program wrote it or something in it is nothing else.
    """
    clear = [text for text in texts if text not in ambiguous]
    if not ambiguous:
        return {}
    if any(_is_plain_month(text) for text in clear):
        return {text: both.month for text, both in ambiguous.items()}
    if not all(is_identifier(text) for text in texts):
        return {}
    is_marked = any(_DIGITS.fullmatch(text) or is_unlike_others(text) for text in clear)
    is_program = is_generated and any(both.is_glued for both in ambiguous.values())
    return {text: both.as_identifier for text, both in ambiguous.items()} if is_marked or is_program else {}


def is_several_years(numbered: str) -> bool:
    """Whether a folded text with numbered months names several years: 2015/21, 2015-2021, 2023/24-2025/26."""
    if _FINANCIAL_YEARS.fullmatch(numbered):
        return True
    match = _YEARS.fullmatch(numbered) or _ENDS.fullmatch(numbered)
    if match is None:
        return False
    first = match[1] if len(match[1]) == 4 else f"20{match[1]}"
    return 2 <= _year_after(first, match[2]) - int(first) <= _MOST_YEARS


def _year_after(first: str, last: str) -> int:
    """The last year of several, of which two digits may be given: 21 after 2015 is 2021, 02 after 1998 is 2002."""
    return int(last) if len(last) == 4 else int(first) + (int(last) - int(first)) % 100


def _is_plain_month(text: str) -> bool:
    folded = fold(text)
    if _GLUED_MONTH.fullmatch(folded):
        return _GLUED.fullmatch(number_months(folded)) is not None
    slashed = _SLASHED.fullmatch(folded)
    return slashed is not None and follows(*slashed.groups()) is None and not is_several_years(folded)
