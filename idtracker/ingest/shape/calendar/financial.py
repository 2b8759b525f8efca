"""Financial years as people type them: `2025/26` and `FY26`, and what the file itself says about their first month."""

from __future__ import annotations

import re
from collections.abc import Iterable

from idtracker.ingest.shape.calendar.months import number_months
from idtracker.model.text import fold

UNITED_KINGDOM = 4
_WORDS = r"(?:fy|financial year|fiscal year|(?:ال|لل|ل)?(?:سنه (?:ال)?ماليه|عام (?:ال)?مالي))"
FINANCIAL_YEAR = rf"(?:{_WORDS}:?)? ?'?(\d{{4}}|(?<=fy)\d\d|(?<=fy )\d\d|(?<=fy')\d\d)[/-](\d{{2}}|\d{{4}})"
_BY_END = re.compile(
    rf"(?:{_WORDS} ?'?(\d{{4}}|\d\d)|(?<!\d)(\d{{4}}) (?:financial|fiscal) year)(?!\d|[/-]\d)", re.ASCII
)
_BOTH = re.compile(r"(?<![\d/-])(\d{4}|\d\d)[/-](\d{4}|\d\d)(?![\d/-])", re.ASCII)
_NAMED = re.compile(_WORDS)
_RANGE = re.compile(r"[(,:]? ?(?<![a-z\d])m(\d\d) ?(?:-|to|الي|حتي) ?m(\d\d)(?!\d) ?\)?", re.ASCII)
_FROM = re.compile(
    r"[(,:]? ?(?:(?:from|starting|beginning|starts|begins|تبدا|من)(?: in| on| من| في)?(?: 1(?:st)?)? )m(\d\d)(?!\d) ?\)?",
    re.ASCII,
)


def follows(first: str, last: str) -> int | None:
    """The year in which a financial year begins, from both of its years; None where the second does not follow the first."""
    start = int(first if len(first) == 4 else f"20{first}")
    after = str(start + 1)
    return start if last in (after, after[2:]) else None


def stated_start(numbered: str) -> tuple[str, int | None]:
    """A folded text with numbered months, without what it says about the months of its year, and the first of these."""
    match = _RANGE.search(numbered)
    if match and (int(match[1]) - int(match[2])) % 12 == 1:
        return _without(numbered, match), int(match[1])
    match = _FROM.search(numbered)
    return (_without(numbered, match), int(match[1])) if match else (numbered, None)


def is_financial(numbered: str) -> bool:
    """Whether a folded text speaks of a financial year, by its words or by both of its years."""
    both = _BOTH.search(numbered)
    return (both is not None and follows(*both.groups()) is not None) or _NAMED.search(numbered) is not None


def start_in_headings(headings: Iterable[str]) -> int | None:
    """The first month of a year that headings such as `Fiscal year (Oct-Sep)` state, where they agree."""
    stated = {stated_start(number_months(fold(heading)))[1] for heading in headings}
    return next(iter(stated)) if len(stated) == 1 else None


def with_both_years(folded: str, year_starts: int) -> str:
    """Text whose financial year is named by the year in which it ends (`fy26`), with both (`fy2025/26`)."""
    return _BY_END.sub(lambda match: _both(match[1] or match[2], year_starts), folded)


def _both(named: str, year_starts: int) -> str:
    end = named if len(named) == 4 else f"20{named}"
    return end if year_starts == 1 else f"fy{int(end) - 1}/{end[2:]}"


def _without(text: str, match: re.Match[str]) -> str:
    return " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())
