"""Figures of rows, and what a briefing says of an interval and of a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from idtracker.model.messages import Lang
from idtracker.model.published.figure_address import address_of
from idtracker.publish.briefing.parts import Figure, Sentence
from idtracker.publish.briefing.words import sentence, signed

TEXTS = "publish/briefing/scores"
Reading = Literal["rose", "fell", "indistinct", "unknown"]


def figure(table: str, row: Mapping[str, Any], column: str | None = None, digits: int = 1, unit: str = "") -> Figure:
    """The value of a column (the table's main one unless named) of a row that has the columns of its key; None where it is missing."""
    address = address_of(table, row, column)
    return Figure(number(row.get(address.column)), address, digits, unit)


def number(value: Any) -> float | int | None:
    """A plain number; None for every way of being missing."""
    if value is None or str(value) in ("<NA>", "NaT") or value != value:
        return None
    return int(value) if isinstance(value, int) or hasattr(value, "bit_count") else float(value)


def interval(
    table: str,
    row: Mapping[str, Any],
    lang: Lang,
    low: str = "low",
    high: str = "high",
    digits: int = 1,
    is_signed: bool = False,
) -> Sentence:
    """Both bounds in words; says that there is no interval where one is missing."""
    bounds = [figure(table, row, name, digits) for name in (low, high)]
    if any(bound.value is None for bound in bounds):
        return sentence(TEXTS, "no_interval", lang)
    first, last = (signed(bound) if is_signed else bound for bound in bounds)
    return sentence(TEXTS, "interval", lang, low=first, high=last)


def reading(change: Any, low: Any, high: Any) -> Reading:
    """Which way something moved, where its interval leaves out no change at all; else that this cannot be told."""
    first, last = number(low), number(high)
    if number(change) is None or first is None or last is None:
        return "unknown"
    return "rose" if first > 0 else "fell" if last < 0 else "indistinct"


def reading_of_two(low: Any, high: Any, low_before: Any, high_before: Any) -> Reading:
    """The same of two values with intervals: nothing is claimed where they overlap, or one has none."""
    first, last, first_before, last_before = (number(bound) for bound in (low, high, low_before, high_before))
    if first is None or last is None or first_before is None or last_before is None:
        return "unknown"
    return "rose" if first > last_before else "fell" if last < first_before else "indistinct"
