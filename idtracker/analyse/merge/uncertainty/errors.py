"""The error of every merged value, and how fast it grows once the value is carried.

First, in the order of what is known best:
  STATED     a report behind the value states an error: combined as the policy says (`within`). An error of 0 is no statement.
  ESTIMATED  the calibration of the sources says one; else the scatter of the series' own history (history.py).
  ASSUMED    the method's figure for that kind of indicator, the first that fits: computed from events, computed from survey
             answers, ranks, per cent, other.
Then the reports of the last quarters are heard, as far as they differ. Two reports alone say little, so with the error s from
above, n degrees of freedom in their differences and v the squared error that they give the merged value (policy.py: sum(w²)
times that of one report, pooled over the history's window)
  error² = (m·s² + n·v)/(m + n)         m: the method's `prior_degrees`
A stated error is only ever raised by that. An assumed one is ESTIMATED once n reaches m. No error that is not stated is below
the method's floor, for ranks that of rounding to one (1/√12 steps), nor above that of knowing nothing (100/√12 points).
Drift and trend are those of the history, else the method's drift. An indicator without two different goalposts has no score:
its values keep the errors that they have.

What is made of several errors (the country's cell, a carried value) has the weakest basis among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.keys import PartitionBy, cell_key
from idtracker.analyse.merge.linking.basis import passed_stops
from idtracker.analyse.merge.policies.policy import EVIDENCE
from idtracker.analyse.merge.scoring import error_at
from idtracker.model.method import KNOWING_NOTHING, Uncertainty

if TYPE_CHECKING:
    import ibis.expr.types as ir

GROWTH = ("value_drift", "score_drift", "value_trend", "score_trend", "drift_basis")
"""Beside the error: what a quarter adds to its square, the square of what it adds to the error itself, in the indicator's unit
and in points, and on what basis."""
TOLD_BY_HISTORY = ("noise", "drift", "trend", "apart", "degrees")


def positions(
    cells: ir.Table, terms: ir.Table, partition_by: PartitionBy = (), stops: ir.Table | None = None
) -> ir.Table:
    """The values that can be scored as series of numbers: the key of each cell, `series` and `position` in points.

    With `is_new` (not a report of an earlier quarter once more), `apart` (squared error of one report by the differences
    between reports, in points²) and its `degrees` of freedom. A break begins another series: where a report states one, and
    at those of `stops` (indicator_id, stop), which are declared.
    """
    rows = cells.join(terms.select("indicator_id", "width"), "indicator_id")
    rows = rows.filter(rows["width"].notnull())
    points, own = 100 / rows["width"], [*partition_by, "indicator_id", "place_id"]
    begins = ((rows["obs_status"] == "B") & rows["is_new"]).cast("int64")
    rows = rows.mutate(part=begins.sum().over(group_by=own, order_by="quarter", rows=(None, 0)))
    parts = ["part"]
    if stops is not None:
        passed, key = passed_stops(rows, stops, partition_by), cell_key(partition_by)
        rows = rows.left_join(passed, key).select(*(rows[name] for name in rows.columns), passed["passed"])
        rows, parts = rows.mutate(passed=rows["passed"].fill_null(0)), ["part", "passed"]
    series = ibis.dense_rank().over(order_by=[*own, *parts])
    return rows.select(
        *cell_key(partition_by),
        "is_new",
        "degrees",
        series=series.cast("int64"),
        position=points * rows["value"],
        apart=points * points * rows["report_square"],
    )


def with_errors(
    cells: ir.Table,
    terms: ir.Table,
    places: ir.Table,
    history: ir.Table,
    rule: Uncertainty,
    partition_by: PartitionBy = (),
) -> ir.Table:
    """The cells of own quarters with standard_error, score_error, error_basis and GROWTH complete, without EVIDENCE.

    `places` is the table of positions(), `history` that of history.scatter_of_histories().
    """
    rows = _told(cells, terms, places, history, partition_by)
    width, is_scored = rows["width"], rows["width"].notnull()
    is_calibrated = rows["method"] == "UNOBSERVED_COMPONENTS"
    is_stated = (rows["told_square"] > 0).fill_null(False)
    points = _points(rows, is_stated, is_calibrated, rule)
    is_estimated = is_calibrated | rows["noise"].notnull() | (rows["heard"] >= rule.prior_degrees)
    basis = ibis.cases((is_stated, "STATED"), (is_estimated, "ESTIMATED"), else_="ASSUMED")
    drift = is_scored.ifelse(ibis.coalesce(rows["drift"], rule.assumed.drift**2), ibis.null("float64"))
    trend = is_scored.ifelse(rows["trend"].fill_null(0.0), ibis.null("float64"))
    drift_basis = rows["drift"].notnull().ifelse("ESTIMATED", "ASSUMED")
    return rows.mutate(
        standard_error=is_scored.ifelse(error_at(points, rows), rows["standard_error"]),
        score_error=is_scored.ifelse(points, rows["score_error"]),
        error_basis=is_scored.ifelse(basis, rows["error_basis"]),
        value_drift=drift * (width / 100) * (width / 100),
        score_drift=drift,
        value_trend=trend * (width / 100) * (width / 100),
        score_trend=trend,
        drift_basis=is_scored.ifelse(drift_basis, ibis.null("string")),
    ).drop("width", "assumed_error", "least_error", "noise", "drift", "trend", "implied", "heard", *EVIDENCE)


def _points(
    rows: ir.Table, is_stated: ir.BooleanValue, is_calibrated: ir.BooleanValue, rule: Uncertainty
) -> ir.NumericValue:
    """The error of each value in points."""
    told = rows["told_square"] * (100 / rows["width"]) * (100 / rows["width"])
    prior = is_stated.ifelse(told, ibis.coalesce(rows["noise"], rows["assumed_error"]) ** 2)
    both = (rule.prior_degrees * prior + rows["heard"] * rows["implied"]) / (rule.prior_degrees + rows["heard"])
    raised = (both > prior).ifelse(both, prior).sqrt()
    other = is_calibrated.ifelse(rows["score_error"], both.sqrt())
    least = rows["least_error"]
    bounded = ibis.cases((other < least, least), (other > KNOWING_NOTHING, KNOWING_NOTHING), else_=other)
    return is_stated.ifelse(raised, bounded)


def _told(cells: ir.Table, terms: ir.Table, places: ir.Table, history: ir.Table, partition_by: PartitionBy) -> ir.Table:
    """The cells with noise, drift and trend of their history, width, assumed_error and least_error of their indicator.

    `implied` is the squared error that the differences between reports give the value, `heard` their degrees of freedom.
    """
    said = places.left_join(history, ["series", "quarter"]).select(
        *(places[name] for name in cell_key(partition_by)),
        *(history[name] for name in TOLD_BY_HISTORY if name != "degrees"),
        told_degrees=history["degrees"],
    )
    about = cells.join(terms.select("indicator_id", "width", "assumed_error", "least_error"), "indicator_id")
    names = [name for name in said.columns if name not in cell_key(partition_by)]
    rows = about.left_join(said, cell_key(partition_by)).select(
        *(about[name] for name in about.columns), *(said[name] for name in names)
    )
    implied = rows["weight_square"] * rows["apart"]
    heard = implied.notnull().ifelse(rows["told_degrees"], 0.0)
    return rows.mutate(implied=implied.fill_null(0.0), heard=heard).drop("apart", "told_degrees")


def without_growth(cells: ir.Table) -> ir.Table:
    """The cells of a method that says nothing of uncertainty: a carried value keeps its error."""
    nothing = dict.fromkeys(GROWTH[:-1], ibis.null("float64"))
    return cells.drop(*EVIDENCE).mutate(**nothing, drift_basis=ibis.null("string"))


def weakest_of_group(basis: ir.StringValue) -> ir.StringValue:
    """The weakest basis of a group, where a part without an error was taken to be as uncertain as the others: an aggregate."""
    is_estimated = (basis == "ESTIMATED").any() | basis.isnull().any()
    return ibis.cases(((basis == "ASSUMED").any(), "ASSUMED"), (is_estimated, "ESTIMATED"), else_="STATED")


def weaker(basis: ir.StringValue, other: ir.StringValue) -> ir.StringValue:
    """The weaker of two; the first where the other is missing."""
    is_assumed = (basis == "ASSUMED") | (other == "ASSUMED").fill_null(False)
    is_estimated = (basis == "ESTIMATED") | (other == "ESTIMATED").fill_null(False)
    return ibis.cases((basis.isnull(), basis), (is_assumed, "ASSUMED"), (is_estimated, "ESTIMATED"), else_=basis)


def grown(
    error: ir.NumericValue, drift: ir.NumericValue, trend: ir.NumericValue, quarters: ir.IntegerValue
) -> ir.NumericValue:
    """An error after some quarters without a report; as it was where nothing says how fast it grows."""
    added = drift * quarters + trend * quarters * quarters
    return (error * error + ibis.coalesce(added, 0.0)).sqrt()


def says_something(error: ir.NumericValue) -> ir.BooleanValue:
    """Whether a score with this error is still surer than any value from 0 to 100; true where no error is known."""
    return (error < KNOWING_NOTHING).fill_null(True)
