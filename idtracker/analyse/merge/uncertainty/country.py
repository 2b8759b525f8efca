"""The error of a country's cell that is made from its governorates, and of what the absent ones might have said.

With factors f (the population shares among those present, 1 for a sum) and errors s: sqrt(sum(f²·s²)), as if governorates
erred independently of one another; the drift is sum(f²·drift), and the square of the trend sum(f²·trend²).

Where governorates are absent, the mean of the others stands for them. Governorates differ, so under a method with
`uncertainty` the squared error gains, with the variance b² between those present (weighted by their shares, and with what is
uncertain in them),
  b²·(sum(w²) over the absent + (1 - W)²·sum(share²))        W: share of the population that is present, w: of a governorate
Where one alone is present b² is that of values anywhere between the goalposts, an assumption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.sums import ordered_sum, ratio
from idtracker.analyse.merge.uncertainty.errors import weaker, weakest_of_group

if TYPE_CHECKING:
    import ibis.expr.types as ir


def errors_of_country(parts: ir.Table) -> dict[str, ir.Value]:
    """Aggregates of the governorates present: error and growth of the value and of the mean score, and what each rests on.

    Empty where no governorate has one; one without an error counts as the others do on average (`usual_…`).
    """

    def total(value: ir.NumericValue) -> ir.NumericValue:
        return ordered_sum(value, [parts["place_id"]])

    def known(value: ir.Value, of: str) -> ir.Value:
        return (parts[of].count() > 0).ifelse(value, ibis.null(value.type()))

    def error(factor: ir.NumericValue, column: str) -> ir.Value:
        squared = ibis.coalesce(parts[column] * parts[column], parts[f"usual_{column}"])
        return known(total(factor * factor * squared).sqrt(), column)

    def basis(column: str) -> ir.Value:
        return known(weakest_of_group(parts[column]), column)

    share, factor, apart = parts["share"], parts["factor"], parts["value"] - parts["mean"]
    return {
        "standard_error": error(factor, "standard_error"),
        "mean_score_error": error(share, "score_error"),
        **{
            name: known(total(part * part * parts[name]), name)
            for part, names in ((factor, ("value_drift", "value_trend")), (share, ("score_drift", "score_trend")))
            for name in names
        },
        "error_basis": basis("error_basis"),
        "drift_basis": basis("drift_basis"),
        "share_squares": total(share * share),
        "absent_squares": parts["all_squares"].max() - total(parts["weight"] * parts["weight"]),
        "scatter": total(share * apart * apart),
    }


def with_absent_ones(national: ir.Table) -> ir.Table:
    """The cells with what the absent governorates add to standard_error and error_basis."""
    is_short = (national["parts_count"] < national["siblings"]) & national["width"].notnull()
    between = ratio(national["scatter"], 1 - national["share_squares"])
    gap = 1 - national["present"]
    part = national["absent_squares"] + gap * gap * national["share_squares"]
    added = part * ibis.coalesce(between, national["width"] * national["width"] / 12)
    error, basis = national["standard_error"], between.notnull().ifelse("ESTIMATED", "ASSUMED")
    return national.mutate(
        standard_error=is_short.ifelse((error * error + added).sqrt(), error),
        error_basis=is_short.ifelse(weaker(national["error_basis"], basis), national["error_basis"]),
    )
