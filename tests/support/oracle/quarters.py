"""Quarters as running numbers, and which quarters a period is about."""

from __future__ import annotations

import re
from datetime import date, timedelta

KINDS = {
    "quarter": r"\d{4}-Q[1-4]",
    "month": r"\d{4}-\d{2}",
    "week": r"\d{4}-W\d{2}",
    "day": r"\d{4}-\d{2}-\d{2}",
    "half_year": r"\d{4}-H[12]",
    "year": r"\d{4}|\d{4}/\d{2}",
}
"""Kinds of period (docs/naming.md), the one that fits a quarter best first."""
MONTHS = {"day": 0, "week": 0, "month": 1, "quarter": 3, "half_year": 6, "year": 12}


WEEK = 7


def thursday(monday: date) -> date:
    return monday + timedelta(days=3)


def number(day: date) -> int:
    return day.year * 4 + (day.month - 1) // 3


def number_of(code: str) -> int:
    year, quarter = code.split("-Q")
    return int(year) * 4 + int(quarter) - 1


def code_of(quarter: int) -> str:
    return f"{quarter // 4}-Q{quarter % 4 + 1}"


def first_day(quarter: int) -> date:
    return date(quarter // 4, quarter % 4 * 3 + 1, 1)


def last_day(quarter: int) -> date:
    return first_day(quarter + 1) - timedelta(days=1)


def between(first: str, last: str) -> list[str]:
    return [code_of(n) for n in range(number_of(first), number_of(last) + 1)]


def kind_of(period: str) -> str:
    (kind,) = [k for k, form in KINDS.items() if re.fullmatch(form, period)]
    return kind


def fit_of(period: str) -> int:
    """How well a period fits a quarter, 0 best."""
    return list(KINDS).index(kind_of(period))


def quarters_of(start: date, end: date) -> list[int]:
    """The quarter that holds the whole period, or the Thursday of a week, else every quarter that the period fills."""
    if (end - start).days + 1 == WEEK:
        return [number(thursday(start))]
    first, last = number(start), number(end)
    if first == last:
        return [first]
    return [q for q in range(first, last + 1) if start <= first_day(q) and last_day(q) <= end]
