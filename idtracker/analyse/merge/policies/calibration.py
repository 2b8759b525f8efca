"""Policy unobserved_components: cells from sources whose bias and error are estimated from the cells that they share.

After Kaufmann, Kraay and Mastruzzi (the Worldwide Governance Indicators). A component is the origin that a report
quotes, else its organisation; x is where its report stands between the goalposts, 0-100, not cut. Bias a and error s of
each component come from components.py. Over the cells with at least two calibrated components:
  prior     = mean mu of the cells' means of x - a, with variance tau² (not below minimum_error²)
  precision = 1/tau² + sum(1/s²)
  position  = (mu/tau² + sum((x - a)/s²))/precision, with standard error precision^(-1/2)
Position and error are carried back into the unit through the goalposts. The weight of a report is (1/s²)/precision: the
weights add up to less than 1, the rest is the prior's. Reports of components that are not calibrated are not used there.
Every other cell is quality-weighted, and so is an indicator whose components cannot be calibrated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.keys import PartitionBy, cell_key, word_of
from idtracker.analyse.merge.scoring import error_at, position, value_at
from idtracker.analyse.merge.sums import ordered_sum, ratio
from idtracker.model.method import Merging

if TYPE_CHECKING:
    import ibis.expr.types as ir


def component_pairs(weighed: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """One row per indicator and pair of components (first < second): cell_count, difference and variance of x over them.

    `difference` is the mean of x_first - x_second over the cells that both report, `variance` its sample variance, empty
    where they share one cell.
    """
    cell = cell_key(partition_by)
    rows = weighed.mutate(component=word_of(weighed))
    rows = rows.filter(_is_calibratable(rows)).select(*cell, "component", x=position(rows["value"], rows))
    first = rows.rename(first="component", first_x="x")
    second = rows.rename(second="component", second_x="x")
    pairs = first.join(second, cell)
    pairs = pairs.filter(pairs["first"] < pairs["second"])
    pairs = pairs.mutate(apart=pairs["first_x"] - pairs["second_x"])
    pair, order = [*partition_by, "indicator_id", "first", "second"], [pairs["place_id"], pairs["quarter"]]
    group = [pairs[name] for name in pair]
    count = pairs.count().over(group_by=pair)
    pairs = pairs.mutate(difference=ordered_sum(pairs["apart"], order, group) / count)
    off = pairs["apart"] - pairs["difference"]
    components = pairs.group_by([*pair, "difference"]).aggregate(
        cell_count=pairs.count(), squares=ordered_sum(off * off, [pairs["place_id"], pairs["quarter"]])
    )
    variance = ratio(components["squares"], (components["cell_count"] - 1).cast("float64"))
    return components.select(*pair, "cell_count", "difference", variance=variance).order_by(pair)


def calibrated_reports(
    weighed: ir.Table, calibration: ir.Table, merging: Merging, partition_by: PartitionBy = ()
) -> ir.Table:
    """The weighed reports, in calibrated cells with the weight and use that the components' errors give them.

    Adds is_calibrated (whether its cell is), and there `estimate` and `estimate_error`, value and standard error of the
    cell in the indicator's unit. `calibration` has indicator_id, component, bias and deviation.
    """
    cell, own = cell_key(partition_by), [*partition_by, "indicator_id", "component"]
    rows = weighed.mutate(component=word_of(weighed))
    rows = _joined(rows, calibration.select(*own, "bias", "deviation"), own)
    is_qualified = _is_calibratable(rows) & rows["deviation"].notnull()
    rows = rows.mutate(is_qualified=is_qualified, net=position(rows["value"], rows) - rows["bias"])
    rows = rows.mutate(qualified_count=rows["is_qualified"].cast("int64").sum().over(group_by=cell))
    rows = rows.mutate(is_calibrated=rows["qualified_count"] >= 2)
    rows = _joined(rows, _prior(rows, merging, partition_by), [*partition_by, "indicator_id"])
    return _estimated(rows, partition_by).drop(
        *("component", "bias", "deviation", "net", "qualified_count", "mu", "tau_squared")
    )


def calibrated_cells(cells: ir.Table, reports: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """The cells, calibrated ones with the value and standard error that their components give them."""
    key = cell_key(partition_by)
    calibrated = reports.filter(reports["is_calibrated"]).group_by(key)
    estimates = calibrated.aggregate(estimate=reports["estimate"].max(), estimate_error=reports["estimate_error"].max())
    rows = _joined(cells, estimates, key)
    is_calibrated = rows["estimate"].notnull()
    return rows.mutate(
        value=is_calibrated.ifelse(rows["estimate"], rows["value"]),
        standard_error=is_calibrated.ifelse(rows["estimate_error"], rows["standard_error"]),
        error_basis=is_calibrated.ifelse("ESTIMATED", rows["error_basis"]),
        told_square=is_calibrated.ifelse(ibis.null("float64"), rows["told_square"]),
        report_square=is_calibrated.ifelse(ibis.null("float64"), rows["report_square"]),
        degrees=is_calibrated.ifelse(0.0, rows["degrees"]),
        method=is_calibrated.ifelse("UNOBSERVED_COMPONENTS", rows["method"]),
    ).drop("estimate", "estimate_error")


def _is_calibratable(rows: ir.Table) -> ir.BooleanValue:
    return (rows["policy"] == "unobserved_components") & rows["width"].notnull()


def _prior(rows: ir.Table, merging: Merging, partition_by: PartitionBy) -> ir.Table:
    """mu and tau_squared of every indicator, over its calibrated cells."""
    own = [*partition_by, "indicator_id"]
    used = rows.filter(rows["is_calibrated"] & rows["is_qualified"])
    cells = used.group_by(cell_key(partition_by)).aggregate(
        total=ordered_sum(used["net"], [used["component"]]), count=used.count()
    )
    cells = cells.mutate(mean=cells["total"] / cells["count"])
    order, group = [cells["place_id"], cells["quarter"]], [cells[name] for name in own]
    cells = cells.mutate(mu=ordered_sum(cells["mean"], order, group) / cells.count().over(group_by=own))
    off = cells["mean"] - cells["mu"]
    priors = cells.group_by([*own, "mu"]).aggregate(
        count=cells.count(), squares=ordered_sum(off * off, [cells["place_id"], cells["quarter"]])
    )
    variance = ratio(priors["squares"], (priors["count"] - 1).cast("float64")).fill_null(0.0)
    least = merging.unobserved_components.minimum_error**2
    return priors.select(*own, "mu", tau_squared=(variance > least).ifelse(variance, least))


def _estimated(rows: ir.Table, partition_by: PartitionBy) -> ir.Table:
    """Weight, use and the estimate of each calibrated cell."""
    group, order = [rows[name] for name in cell_key(partition_by)], [rows["org"], rows["origin"]]
    own = rows["is_qualified"].ifelse(1 / (rows["deviation"] * rows["deviation"]), 0.0)
    precision = 1 / rows["tau_squared"] + ordered_sum(own, order, group)
    total = rows["mu"] / rows["tau_squared"] + ordered_sum(own * rows["net"], order, group)
    use = rows["is_qualified"].ifelse("USED", "UNCALIBRATED")
    is_calibrated = rows["is_calibrated"]
    rows = rows.mutate(
        weight=is_calibrated.ifelse(own / precision, rows["weight"]),
        use=is_calibrated.ifelse(use, rows["use"]),
        place=total / precision,
        place_error=(1 / precision).sqrt(),
    )
    return rows.mutate(estimate=value_at(rows["place"], rows), estimate_error=error_at(rows["place_error"], rows)).drop(
        "place", "place_error", "is_qualified"
    )


def _joined(left: ir.Table, right: ir.Table, key: list[str]) -> ir.Table:
    """Left join of a table that has at most one row per key."""
    added = [name for name in right.columns if name not in key]
    return left.left_join(right, key).select(*(left[name] for name in left.columns), *(right[name] for name in added))
