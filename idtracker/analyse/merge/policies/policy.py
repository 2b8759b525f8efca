"""Several reports -> one value by the declared policy, with its error. What a cell of one report says is that report (SINGLE).

priority: the designated owner's report, else quality-weighted · quality_weighted: mean weighted by the Admiralty quality
· median: the plain median · unobserved_components: see calibration.py · adjudicated: merged as quality_weighted, and any
difference is a disagreement until it is decided (see decisions.py).

An ordinal indicator is never averaged here: whatever its policy, where others take a mean or a median it takes the
quality-weighted lower median, the smallest value at which the cumulative weight reaches half of the total.

Standard error of a merged value, with weights w that add up to 1 over n reports x and merged mean m:
  within  = sum(w²·s²), where a report that states no error s is taken to be as uncertain as the stated ones on average
  between = sum(w²)·sum(w·(x - m)²)/(1 - sum(w²)), the squared standard error of a weighted mean that the reports' own
            differences imply (none for the owner of a priority, whose word is not averaged)
  error   = sqrt(within + between), times sqrt(pi/2) for a median of three or more
A method with `uncertainty` weighs within and between against the history of the series instead (uncertainty/errors.py has
the formula; EVIDENCE is what it starts from). The error is empty where no report states one and their differences show
none. Its basis is STATED where a report that has weight states one, else ESTIMATED. "On average" is the mean of the stated squares,
weighted by the reports' weights; the error of a priority is its owner's alone.

What a cell says about its status (break, doubt, estimate, provisional) it has from the reports that its value rests on: for
a priority the owner's alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.keys import PartitionBy, cell_key
from idtracker.analyse.merge.marks import collected_marks, entry_count, with_marks
from idtracker.analyse.merge.scoring import TERMS, score
from idtracker.analyse.merge.sums import ordered_sum, ratio, sorted_median
from idtracker.model.method import Method

if TYPE_CHECKING:
    import ibis.expr.types as ir

_HALF = 1e-9  # cumulative weights are sums of binary fractions: half may come out a hair below
_WIDE = math.sqrt(math.pi / 2)
EVIDENCE = ("told_square", "report_square", "degrees", "weight_square", "is_new")
"""What reports say of the error of their cell: `within`, what the squared error of one report is by their differences, with
how many degrees of freedom, by what it is multiplied for the merged value, and whether they were not made for an earlier quarter."""


def weigh_reports(reports: ir.Table, terms: ir.Table, method: Method, partition_by: PartitionBy = ()) -> ir.Table:
    """The reports that count with the terms of their indicator, `weight` (adds up to 1 in every cell) and `use`."""
    counting = reports.filter(reports["set_aside"].isnull()).join(terms.select("indicator_id", *TERMS), "indicator_id")
    return _central(_weighted(_with_owner(counting, partition_by), method, partition_by), partition_by)


def merge_reports(weighed: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """One row per cell: value, standard_error, method, what its reports say about its status, and its marks."""
    terms = ["bottom", "width", "direction", "policy", "is_ordinal"]
    value, weight, order = weighed["value"], weighed["weight"], [weighed["org"], weighed["origin"]]
    each_score, speaks = score(value, weighed), weighed["use"] == "USED"
    linked = {"link_error": weighed["link_error"].max(where=speaks)} if "link_error" in weighed.columns else {}
    united = ["crosswalk_ids"] if linked else []
    cells = weighed.group_by([*cell_key(partition_by), *terms]).aggregate(
        count=weighed.count(),
        has_owner=weighed["has_owner"].any(),
        mean=weighed["mean"].max(),
        median=sorted_median(value),
        weighted_median=value.min(where=weighed["is_half"]),
        lowest=value.min(),
        highest=value.max(),
        stated_weight=weighed["stated_weight"].max(),
        within=ordered_sum(weight * weight * ibis.coalesce(weighed["variance"], weighed["usual"]), order),
        squared=ordered_sum(weight * weight, order),
        scatter=ordered_sum(weight * (value - weighed["mean"]) * (value - weighed["mean"]), order),
        score_spread=each_score.max() - each_score.min(),
        is_ungraded=weighed["quality"].isnull().any(),
        is_doubted=weighed["is_doubted"].all(where=speaks) | ~weighed["is_usable"].any(where=speaks),
        **{name: weighed[name].any(where=speaks) for name in ("has_break", "has_estimate", "is_provisional")},
        obs_count=weighed["report_rows"].sum(),
        is_new=weighed["since"].max(where=speaks) == weighed["quarter"].max(),
        **linked,
        **collected_marks(weighed, united),
    )
    cells = with_marks(cells, united)
    return _with_error(_with_value(cells.mutate(org_count=entry_count(cells["org_ids"]))))


def _with_owner(reports: ir.Table, partition_by: PartitionBy) -> ir.Table:
    """`is_owner`: the one report per cell that is the designated owner's: its own statement first, then the best graded."""
    is_candidate = ((reports["policy"] == "priority") & (reports["org"] == reports["priority_org_id"])).fill_null(False)
    reports = reports.mutate(is_candidate=is_candidate)
    own_first = [
        ibis.desc(reports["is_candidate"]),
        ibis.asc(reports["origin"] != ""),
        ibis.desc(reports["quality"], nulls_first=False),
        *(ibis.asc(reports[name]) for name in ("org", "origin")),
    ]
    cell = cell_key(partition_by)
    return reports.mutate(
        is_owner=reports["is_candidate"] & (ibis.row_number().over(group_by=cell, order_by=own_first) == 0),
        has_owner=reports["is_candidate"].any().over(group_by=cell),
    )


def _weighted(reports: ir.Table, method: Method, partition_by: PartitionBy) -> ir.Table:
    """Weights that add up to 1 in every cell: all on the owner, equal for a plain median, by quality otherwise.

    A cell of nothing but unusable reports weighs them equally.
    """
    is_median = (reports["policy"] == "median") & ~reports["is_ordinal"]
    raw = ibis.cases(
        (reports["has_owner"], reports["is_owner"].cast("float64")),
        (is_median | ~reports["is_usable"], 1.0),
        else_=reports["quality"].fill_null(method.grading.ungraded_weight),
    )
    reports = reports.mutate(raw=raw)
    cell = [reports[name] for name in cell_key(partition_by)]
    total = ordered_sum(reports["raw"], [reports["org"], reports["origin"]], cell)
    return reports.mutate(
        weight=reports["raw"] / total,
        use=(reports["has_owner"] & ~reports["is_owner"]).ifelse("OUTRANKED", "USED"),
        variance=reports["error"] * reports["error"],
    )


def _central(reports: ir.Table, partition_by: PartitionBy) -> ir.Table:
    """What the error of each cell is measured from: its mean, the usual stated variance, and where half the weight lies."""
    cell = [reports[name] for name in cell_key(partition_by)]
    order = [reports["org"], reports["origin"]]
    weight = reports["weight"]
    stated = ordered_sum(reports["variance"].notnull().ifelse(weight, 0.0), order, cell)
    below = weight.sum().over(group_by=cell_key(partition_by), order_by=["value", "org", "origin"], rows=(None, 0))
    return reports.mutate(
        mean=ordered_sum(weight * reports["value"], order, cell),
        stated_weight=stated,
        usual=ratio(ordered_sum(weight * reports["variance"], order, cell), stated),
        is_half=below >= 0.5 - _HALF,
        report_rows=reports["count"],
    ).drop("count", "raw", "is_candidate")


def _with_value(cells: ir.Table) -> ir.Table:
    is_ordinal, policy = cells["is_ordinal"], cells["policy"]
    method = ibis.cases(
        (cells["count"] == 1, "SINGLE"),
        (cells["has_owner"], "PRIORITY"),
        (is_ordinal, "WEIGHTED_MEDIAN"),
        (policy == "median", "MEDIAN"),
        else_="WEIGHTED_MEAN",
    )
    value = method.cases(
        ("MEDIAN", cells["median"]), ("WEIGHTED_MEDIAN", cells["weighted_median"]), else_=cells["mean"]
    )
    low, high = cells["lowest"], cells["highest"]
    return cells.mutate(method=method, value=ibis.cases((value < low, low), (value > high, high), else_=value))


def _with_error(cells: ir.Table) -> ir.Table:
    differs = (cells["highest"] > cells["lowest"]) & ~cells["has_owner"]
    spread = ratio(cells["squared"] * cells["scatter"], 1 - cells["squared"])
    between = differs.ifelse(spread.fill_null(0.0), 0.0)
    is_known = (cells["stated_weight"] > 0) | (between > 0)
    is_wide = cells["method"].isin(["MEDIAN", "WEIGHTED_MEDIAN"]) & (cells["count"] >= 3)
    error = (cells["within"] + between).sqrt() * is_wide.ifelse(_WIDE, 1.0)
    is_stated, nothing, wide = cells["stated_weight"] > 0, ibis.null("float64"), is_wide.ifelse(_WIDE**2, 1.0)
    return cells.mutate(
        standard_error=is_known.ifelse(error, nothing),
        error_basis=is_known.ifelse(is_stated.ifelse("STATED", "ESTIMATED"), ibis.null("string")),
        told_square=is_stated.ifelse(cells["within"] * wide, nothing),
        report_square=differs.ifelse(ratio(cells["scatter"], 1 - cells["squared"]), nothing),
        degrees=differs.ifelse(cells["count"].cast("float64") - 1, 0.0),
        weight_square=cells["squared"] * wide,
    ).drop("has_owner", "mean", "median", "weighted_median", "stated_weight", "within", "squared", "scatter")
