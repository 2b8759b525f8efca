"""Marking and provenance of what is made from several rows, as aggregates: high-water mark, unions, intersections.

Lists stand in one text, `;` between, sorted. The aggregates may be applied again to what they made: a report from its
rows, a cell from its reports and a national cell from its parts are marked by the same rules. Frames have theirs in
marking.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.merge.marking import CLASSIFICATIONS

if TYPE_CHECKING:
    import ibis.expr.types as ir


def combined_marks(rows: ir.Table) -> dict[str, ir.Value]:
    """Aggregates by column: classification, handling, releasable_to, submission_ids, org_ids, waivers, recorded_from.

    High-water mark of the classification, handling and provenance united, releasable only to groups that may see every
    row, known since the latest of the rows was known.
    """
    return {
        "classification": high_water(rows["classification"]),
        "handling": united(rows["handling"]),
        "releasable_to": shared(rows["releasable_to"]),
        **{name: united(rows[name]) for name in ("submission_ids", "org_ids", "waivers")},
        "recorded_from": rows["recorded_from"].max(),
    }


def high_water(marking: ir.StringValue) -> ir.StringValue:
    """Highest classification of a group; a marking that is not known counts as the highest."""
    highest = len(CLASSIFICATIONS) - 1
    ranks = [(code, rank) for rank, code in enumerate(CLASSIFICATIONS)]
    rank = marking.fill_null("").cases(*ranks, else_=highest).max()
    return rank.cases(*[(rank, code) for code, rank in ranks], else_=CLASSIFICATIONS[highest])


def united(entries: ir.StringValue) -> ir.StringValue:
    """Every entry that any row of the group has; empty where there is none."""
    lists = entries.fill_null("").collect(distinct=True).map(_split)
    return _joined(lists.flatten().unique())


def shared(entries: ir.StringValue) -> ir.StringValue:
    """Entries that every row of the group has; empty where there is none (a row without any shares none)."""
    lists = entries.fill_null("").collect(distinct=True).map(_split)
    count = lists.length()
    every = lists.flatten()
    in_all = every.unique().filter(lambda entry: every.filter(lambda other: other == entry).length() == count)
    return _joined(in_all)


def entry_count(entries: ir.StringValue) -> ir.IntegerValue:
    """How many different entries the rows of a group have."""
    lists = entries.fill_null("").collect(distinct=True).map(_split)
    return lists.flatten().unique().length()


def _split(text: ir.StringValue) -> ir.ArrayValue:
    parts = text.split(";").map(lambda part: part.strip())
    return parts.filter(lambda part: part != "").unique()


def _joined(entries: ir.ArrayValue) -> ir.StringValue:
    return ibis.coalesce(entries.sort().join(";"), "").nullif("")
