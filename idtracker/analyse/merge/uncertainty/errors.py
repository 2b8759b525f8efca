"""The error of every merged value, and how fast it grows once the value is carried, in the order of what is known best.

  STATED     a report behind the value states an error: combined as the policy says. An error of 0 is no statement.
  ESTIMATED  the reports' disagreement or the sources' calibration says one; else the scatter of the series' own history
             (history.py). No estimated error is below the method's floor, nor above that of knowing nothing (100/√12 points).
  ASSUMED    the method's figure for that kind of indicator, the first that fits: computed from events, computed from survey
             answers, ranks, per cent, other.
The drift is that of the history, else the method's. An indicator without two different goalposts has no score: its values
keep the errors that they have.

What is made of several errors (the country's cell, a carried value) has the weakest basis among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.keys import PartitionBy, cell_key
from idtracker.analyse.merge.scoring import error_at
from idtracker.model.method import KNOWING_NOTHING, HistoryRule, Uncertainty

if TYPE_CHECKING:
    import ibis.expr.types as ir

GROWTH = ("value_drift", "score_drift", "drift_basis")
"""Beside the error: what a quarter adds to its square, in the indicator's unit and in points, and on what basis."""


def positions(cells: ir.Table, terms: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """The values that can be scored as series of numbers: the key of each cell, `series` and `position` in points."""
    rows = cells.join(terms.select("indicator_id", "width"), "indicator_id")
    rows = rows.filter(rows["width"].notnull())
    series = ibis.dense_rank().over(order_by=[*partition_by, "indicator_id", "place_id"])
    return rows.select(
        *cell_key(partition_by), series=series.cast("int64"), position=100 * rows["value"] / rows["width"]
    )


def with_errors(
    cells: ir.Table,
    terms: ir.Table,
    places: ir.Table,
    history: ir.Table,
    rule: Uncertainty,
    partition_by: PartitionBy = (),
) -> ir.Table:
    """The cells of own quarters with standard_error, score_error, error_basis and GROWTH complete.

    `places` is the table of positions(), `history` that of history.scatter_of_histories().
    """
    rows = _told(cells, terms, places, history, partition_by)
    is_scored, is_given = rows["width"].notnull(), (rows["score_error"] > 0).fill_null(False)
    is_stated = is_given & (rows["error_basis"] == "STATED").fill_null(False)
    kept = is_stated | ~is_scored
    points = ibis.cases(
        (kept, rows["score_error"]),
        (is_given, _bounded(rows["score_error"], rule.history)),
        else_=ibis.coalesce(rows["noise"], rows["assumed_error"]),
    )
    basis = ibis.cases(
        (kept, rows["error_basis"]),
        (is_given | rows["noise"].notnull(), "ESTIMATED"),
        else_="ASSUMED",
    )
    drift = is_scored.ifelse(ibis.coalesce(rows["drift"], rule.assumed.drift**2), ibis.null("float64"))
    drift_basis = rows["drift"].notnull().ifelse("ESTIMATED", "ASSUMED")
    return rows.mutate(
        standard_error=kept.ifelse(rows["standard_error"], error_at(points, rows)),
        score_error=points,
        error_basis=basis,
        value_drift=drift * (rows["width"] / 100) * (rows["width"] / 100),
        score_drift=drift,
        drift_basis=is_scored.ifelse(drift_basis, ibis.null("string")),
    ).drop("width", "assumed_error", "noise", "drift")


def _told(cells: ir.Table, terms: ir.Table, places: ir.Table, history: ir.Table, partition_by: PartitionBy) -> ir.Table:
    """The cells with what their history and the terms of their indicator say: noise, drift, width and assumed_error."""
    said = places.left_join(history, ["series", "quarter"]).select(
        *(places[name] for name in cell_key(partition_by)), history["noise"], history["drift"]
    )
    about = cells.join(terms.select("indicator_id", "width", "assumed_error"), "indicator_id")
    return about.left_join(said, cell_key(partition_by)).select(
        *(about[name] for name in about.columns), said["noise"], said["drift"]
    )


def without_growth(cells: ir.Table) -> ir.Table:
    """The cells of a method that says nothing of uncertainty: a carried value keeps its error."""
    return cells.mutate(
        value_drift=ibis.null("float64"), score_drift=ibis.null("float64"), drift_basis=ibis.null("string")
    )


def weakest_of_group(basis: ir.StringValue) -> ir.StringValue:
    """The weakest basis of a group, where a part without an error was taken to be as uncertain as the others: an aggregate."""
    is_estimated = (basis == "ESTIMATED").any() | basis.isnull().any()
    return ibis.cases(((basis == "ASSUMED").any(), "ASSUMED"), (is_estimated, "ESTIMATED"), else_="STATED")


def weaker(basis: ir.StringValue, other: ir.StringValue) -> ir.StringValue:
    """The weaker of two; the first where the other is missing."""
    is_assumed = (basis == "ASSUMED") | (other == "ASSUMED").fill_null(False)
    is_estimated = (basis == "ESTIMATED") | (other == "ESTIMATED").fill_null(False)
    return ibis.cases((basis.isnull(), basis), (is_assumed, "ASSUMED"), (is_estimated, "ESTIMATED"), else_=basis)


def grown(error: ir.NumericValue, drift: ir.NumericValue, quarters: ir.IntegerValue) -> ir.NumericValue:
    """An error after some quarters without a report; as it was where nothing says how fast it grows."""
    return (error * error + ibis.coalesce(drift * quarters, 0.0)).sqrt()


def says_something(error: ir.NumericValue) -> ir.BooleanValue:
    """Whether a score with this error is still surer than any value from 0 to 100; true where no error is known."""
    return (error < KNOWING_NOTHING).fill_null(True)


def _bounded(error: ir.NumericValue, rule: HistoryRule) -> ir.NumericValue:
    return ibis.cases((error < rule.floor, rule.floor), (error > KNOWING_NOTHING, KNOWING_NOTHING), else_=error)
