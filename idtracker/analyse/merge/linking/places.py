"""Cells of places for the quarters before they were: taken over from the places that they were made from, by stated shares.

With the people of a new place that come from each old one as weights w (its population times its share; 1 where there is one),
in every quarter before the first of the new place in which all old ones have a value and the new one has none:
  an indicator that is summed    value = sum(share·value)   factors f = share
  any other                      value = sum(w·value)       f = w
An ordinal value of several old places is not averaged: there is none. The squared error is sum(f²·error²) plus the share's
stated error, in points of the 0-100 scale; without two goalposts nothing says what a point is, and the error is not known.
Places that follow one another several times are taken over one day after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.cell_status import with_scores
from idtracker.analyse.merge.keys import PartitionBy, cell_key
from idtracker.analyse.merge.marks import collected_marks, with_marks
from idtracker.analyse.merge.sums import ordered_sum
from idtracker.analyse.merge.uncertainty.errors import weakest_of_group

if TYPE_CHECKING:
    import ibis.expr.types as ir

_TERMS = ("bottom", "width", "direction", "roll_up", "is_ordinal")
_GROWTH = ("value_drift", "score_drift", "value_trend", "score_trend")


def with_earlier_places(
    cells: ir.Table, terms: ir.Table, shares: ir.Table, rounds: int, partition_by: PartitionBy = ()
) -> ir.Table:
    """The cells of own quarters and those that new places take over from old ones."""
    for number in range(rounds):
        taken = _taken_over(cells, terms, shares.filter(shares["round"] == number), partition_by)
        cells = ibis.union(cells, taken.select(cells.columns))
    return cells


def ends_of_places(shares: ir.Table) -> ir.Table:
    """Place and first quarter (`stop`) in which it is no more: nothing of it is carried there."""
    return shares.select(place_id="from_place_id", stop="quarter").distinct()


def in_being(places: ir.Table, shares: ir.Table) -> ir.Table:
    """Rows of places and quarters without those of places that are no more, or not yet."""
    ends = ends_of_places(shares)
    begins = shares.select("place_id", begin="quarter").distinct()
    rows = places.left_join(ends, "place_id").select(*(places[name] for name in places.columns), ends["stop"])
    both = rows.left_join(begins, "place_id").select(*(rows[name] for name in rows.columns), begins["begin"])
    is_over = (both["quarter"] >= both["stop"]).fill_null(False)
    is_to_come = (both["quarter"] < both["begin"]).fill_null(False)
    return both.filter(~is_over & ~is_to_come).select(places.columns)


def without_absent(rows: ir.Table, terms: ir.Table, shares: ir.Table) -> ir.Table:
    """Rows without those computed of a place in quarters in which it was not: a feed says nothing of it, which is no zero.

    What somebody states of a place for such a quarter counts, and before what would be taken over.
    """
    about = rows.join(terms.select("indicator_id", "is_computed"), "indicator_id")
    stated = about.filter(~about["is_computed"]).select(rows.columns)
    return ibis.union(stated, in_being(about.filter(about["is_computed"]).select(rows.columns), shares))


def _taken_over(cells: ir.Table, terms: ir.Table, shares: ir.Table, partition_by: PartitionBy) -> ir.Table:
    key = cell_key(partition_by)
    new = shares.select(
        "from_place_id",
        "share",
        "weight",
        "parts",
        "share_error",
        "share_id",
        begins="quarter",
        new_place_id="place_id",
    )
    rows = cells.join(new, cells["place_id"] == new["from_place_id"])
    rows = rows.filter(rows["quarter"] < rows["begins"])
    rows = rows.join(terms.select("indicator_id", *_TERMS), "indicator_id").drop("place_id")
    rows = rows.rename(place_id="new_place_id")
    rows = rows.mutate(
        factor=(rows["roll_up"] == "sum").ifelse(rows["share"], rows["weight"]),
        crosswalk_ids=ibis.coalesce(rows["crosswalk_ids"] + ";", "") + rows["share_id"],
    )
    rows = rows.anti_join(cells.select(key), key)
    grouped = _combined(rows, key)
    is_whole = (grouped["parts_count"] == grouped["parts"]) & ~(grouped["is_ordinal"] & (grouped["parts"] > 1))
    return with_scores(grouped.filter(is_whole))


def _combined(rows: ir.Table, key: list[str]) -> ir.Table:
    def total(value: ir.NumericValue) -> ir.NumericValue:
        return ordered_sum(value, [rows["from_place_id"]])

    factor, error = rows["factor"], rows["standard_error"].fill_null(0.0)
    points = rows["share_error"].max()
    added = points / 100 * rows["width"].max()
    groups = rows.group_by([*key, *_TERMS, "parts"]).aggregate(
        parts_count=rows.count(),
        value=total(factor * rows["value"]),
        standard_error=(total(factor * factor * error * error) + added * added).sqrt(),
        link_error=total(factor * rows["link_error"]),
        link_points=total(factor * rows["link_points"]),
        error_basis=weakest_of_group(rows["error_basis"]),
        **{name: total(factor * factor * rows[name]) for name in _GROWTH},
        drift_basis=weakest_of_group(rows["drift_basis"]),
        obs_status=(rows["obs_status"] == "B").any().ifelse("B", "E"),
        method=ibis.literal("PLACE_SHARE"),
        obs_count=rows["obs_count"].sum(),
        org_count=rows["org_count"].min(),
        is_ungraded=rows["is_ungraded"].any(),
        is_disagreement=ibis.literal(False),
        spread=ibis.null("float64"),
        **collected_marks(rows, ["crosswalk_ids"]),
    )
    return with_marks(
        groups.mutate(error_basis=groups["width"].notnull().ifelse("ASSUMED", ibis.null("string"))), ["crosswalk_ids"]
    )
