"""Sums and means of floating-point numbers in a fixed order, whatever the threads of an engine do.

The terms of a group are sorted by the columns that name each and added one after the other, in a list or over a window: the
same rows give the same bits. What only compares or counts needs none of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir


def ordered_sum(value: ir.NumericValue, order: Sequence[ir.Value], within: Sequence[ir.Value] = ()) -> ir.NumericValue:
    """Sum of a group, empty terms counting as 0, added in the order of `order`, which must name each row of the group.

    An aggregate; with `within` (the columns of the group) a figure that stands beside every row of its group.
    """
    term = value.fill_null(0.0)
    if within:
        return term.sum().over(group_by=list(within), order_by=list(order), rows=(None, None))
    entries = ibis.struct({**{f"at{n}": column for n, column in enumerate(order)}, "term": term}).collect()
    return entries.sort().map(lambda entry: entry["term"]).sums()


def sorted_median(value: ir.NumericValue) -> ir.NumericValue:
    """Plain median of a group: the middle value, or the mean of the two in the middle."""
    values = value.collect().sort()
    count = values.length()
    return (values[(count - 1) // 2] + values[count // 2]) / 2


def ratio(above: ir.NumericValue, below: ir.NumericValue) -> ir.NumericValue:
    """above / below; empty where below is 0."""
    return above / below.nullif(0.0)
