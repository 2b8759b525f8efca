"""Quarters as running numbers (year·4 + quarter - 1) in expressions; frames have theirs in quarters.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir


def quarter_of(day: ir.DateValue) -> ir.IntegerValue:
    """Number of the quarter in which a day lies."""
    return (day.year() * 4 + day.quarter() - 1).cast("int64")


def is_first_day(day: ir.DateValue) -> ir.BooleanValue:
    """Whether a quarter begins on the day."""
    return (day.day() == 1) & (day.month() % 3 == 1)


def is_last_day(day: ir.DateValue) -> ir.BooleanValue:
    """Whether a quarter ends on the day."""
    month = day.month()
    return ((day.day() == 31) & month.isin([3, 12])) | ((day.day() == 30) & month.isin([6, 9]))


def first_day_number(quarter: ir.IntegerValue) -> ir.IntegerValue:
    """First day of a quarter as days since 1970-01-01."""
    return ibis.date(quarter // 4, quarter % 4 * 3 + 1, ibis.literal(1)).epoch_days()


def last_day_number(quarter: ir.IntegerValue) -> ir.IntegerValue:
    """Last day of a quarter as days since 1970-01-01."""
    return first_day_number(quarter + 1) - 1


def quarter_code(quarter: ir.IntegerValue) -> ir.StringValue:
    """Canonical code of a quarter, such as 2026-Q2."""
    return (quarter // 4).cast("string") + "-Q" + (quarter % 4 + 1).cast("string")


def quarter_named(code: ir.StringValue) -> ir.IntegerValue:
    """Number of the quarter that a canonical code names."""
    return code.substr(0, 4).cast("int64") * 4 + code.substr(6, 1).cast("int64") - 1
