"""Marking and provenance of what is made from several rows, as expressions: high-water mark, unions, intersections.

Lists stand in one text, `;` between, sorted. What was marked may be marked again: a report from its rows, a cell from its
reports and a national cell from its parts are marked by the same rules. Frames have theirs in marking.py.

In two steps, so that engines work out each list once: collected_marks() are the aggregates of a group, with_marks() turns
what they collected into the marks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import ibis
from ibis.expr.datatypes import Array

from idtracker.model.marking import CLASSIFICATIONS

if TYPE_CHECKING:
    import ibis.expr.types as ir

_UNITED = ("handling", "submission_ids", "org_ids", "waivers")
_EDGES = r"\s*;\s*"


def collected_marks(rows: ir.Table, united: Sequence[str] = ()) -> dict[str, ir.Value]:
    """Aggregates that with_marks() makes marks of: those of every marked row, and of further columns `united`."""
    highest = len(CLASSIFICATIONS) - 1
    ranks = [(code, rank) for rank, code in enumerate(CLASSIFICATIONS)]
    return {
        "classification": rows["classification"].fill_null("").cases(*ranks, else_=highest).max(),
        "releasable_to": _lists(rows["releasable_to"]),
        **{name: _lists(rows[name]) for name in (*_UNITED, *united)},
        "recorded_from": rows["recorded_from"].max(),
    }


def with_marks(groups: ir.Table, united: Sequence[str] = ()) -> ir.Table:
    """The groups with classification, handling, releasable_to, submission_ids, org_ids, waivers, recorded_from, `united`.

    High-water mark of the classification (one that is not known counts as the highest), handling and provenance united,
    releasable only to groups that may see every row (a row without any shares none), known since the latest of the rows
    was known. Empty where there is no entry.
    """
    ranks = list(enumerate(CLASSIFICATIONS))
    return groups.mutate(
        classification=groups["classification"].cases(*ranks[:-1], else_=ranks[-1][1]),
        releasable_to=_shared(groups["releasable_to"]),
        **{name: _union_of_lists(groups[name]) for name in (*_UNITED, *united)},
    )


def entry_count(entries: ir.StringValue) -> ir.IntegerValue:
    """How many entries a united list has."""
    return ibis.coalesce(entries.split(";").length(), 0)


def _lists(entries: ir.StringValue) -> ir.ArrayValue:
    """The lists of a group, an empty text for none, without blanks around the entries.

    Not only the different ones: engines keep these apart by a join for each column, which costs more than it saves.
    """
    return entries.fill_null("").strip().re_replace(_EDGES, ";").collect()


def _union_of_lists(lists: ir.ArrayValue) -> ir.StringValue:
    """Every entry of any list."""
    return _joined(lists.join(";").split(";").filter(lambda entry: entry != ""))


def _shared(lists: ir.ArrayValue) -> ir.StringValue:
    """The entries that every list has."""

    def is_everywhere(entry: ir.StringValue) -> ir.BooleanValue:
        without = lists.filter(lambda text: ~(";" + text + ";").contains(";" + entry + ";"))
        return (entry != "") & (without.length() == 0)

    return _joined(lists[0].split(";").filter(is_everywhere))


def array_distinct(entries: ir.ArrayValue) -> ir.ArrayValue:
    """The entries of a list, each once: what DuckDB and Spark call by this name."""


_different: Callable[[ir.ArrayValue], ir.ArrayValue] = ibis.udf.scalar.builtin(
    array_distinct, signature=((Array("string"),), Array("string"))
)
"""`unique()` would write the list down three times, to keep an empty entry that ours never have."""


def _joined(entries: ir.ArrayValue) -> ir.StringValue:
    return ibis.coalesce(_different(entries).sort().join(";"), "").nullif("")
