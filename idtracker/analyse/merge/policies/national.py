"""Cells of the governorates -> the country's cell, where no national report says it.

From the governorates' own cells of the quarter (carried ones do not count; the national cell is carried on its own):
the population-weighted mean (NATIONAL_MEAN), once governorates with the method's coverage share of the population have
a cell; for indicators that are summed, the sum (NATIONAL_SUM), only once every governorate has one, because no report
is not zero. Where any governorate of the country states no population, all weigh the same.

The goalposts of a summed indicator are made for one governorate, so the score of a NATIONAL_SUM is the
population-weighted mean of the governorates' scores, not its own value between them. Its error follows from theirs (see
uncertainty), where a governorate without one is taken to be as uncertain as the others on average (the plain mean of their
squares). A disagreement inside a governorate is
marked there, not here: the status is B where any governorate's series breaks, U where the governorates without doubt hold
less than the coverage share of the population present, else E, P or A. A cell of a district, a camp or any other place
below a governorate is no part of anything: what is stated there is neither a share nor a summand of what lies above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.cell_status import with_scores
from idtracker.analyse.merge.keys import PartitionBy
from idtracker.analyse.merge.linking.places import in_being
from idtracker.analyse.merge.marks import collected_marks, with_marks
from idtracker.analyse.merge.sums import ordered_sum, ratio
from idtracker.analyse.merge.uncertainty.country import errors_of_country, with_absent_ones
from idtracker.model.method import Method

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SCALE = ["bottom", "width", "direction"]


def national_cells(
    cells: ir.Table,
    terms: ir.Table,
    place: ir.Table,
    method: Method,
    partition_by: PartitionBy = (),
    shares: ir.Table | None = None,
) -> ir.Table:
    """Further cells, one per country, indicator and quarter that has governorate cells and no cell of its own.

    Only indicators of level `adm1` or `both`. A NATIONAL_SUM has no meaning between goalposts made for a governorate:
    its score is the population-weighted mean of the governorates' scores.
    """
    nation = [*partition_by, "indicator_id", "country_id", "quarter"]
    national = _combined(_shared(_governorate_cells(cells, terms, place, partition_by, shares), nation), nation)
    national = _covered(_with_status(national, method), method).rename(place_id="country_id")
    national = with_absent_ones(national) if method.uncertainty is not None else national
    is_sum = national["roll_up"] == "sum"
    scored = with_scores(national)
    return scored.mutate(
        score=is_sum.ifelse(national["mean_score"], scored["score"]),
        score_error=is_sum.ifelse(national["mean_score_error"], scored["score_error"]),
        method=is_sum.ifelse("NATIONAL_SUM", "NATIONAL_MEAN"),
        is_disagreement=ibis.literal(False),
        spread=ibis.null("float64"),
    )


def governorate_weights(place: ir.Table, quarters: ir.Table | None = None, shares: ir.Table | None = None) -> ir.Table:
    """Each governorate's country and share of its population (equal where one is not stated).

    With the number (`siblings`) and squared shares (`all_squares`) of all of them. With `quarters` (column quarter) and
    `shares` (linking/declared.py) in each quarter among those that were there then.
    """
    parts = place.filter((place["level"] == "adm1") & place["parent_id"].notnull())
    parts = parts.select("place_id", country_id="parent_id", population=parts["population"].cast("float64"))
    within = ["country_id"]
    if quarters is not None and shares is not None:
        parts, within = in_being(parts.cross_join(quarters), shares), ["country_id", "quarter"]
    is_stated = (parts["population"] > 0).fill_null(False).all().over(group_by=within)
    parts = parts.mutate(weight=is_stated.ifelse(parts["population"], 1.0))
    total = ordered_sum(parts["weight"], [parts["place_id"]], [parts[name] for name in within])
    siblings = parts.count().over(group_by=within)
    parts = parts.select("place_id", *within, weight=parts["weight"] / total, siblings=siblings)
    squares = ordered_sum(parts["weight"] * parts["weight"], [parts["place_id"]], [parts[name] for name in within])
    return parts.mutate(all_squares=squares)


def _governorate_cells(
    cells: ir.Table, terms: ir.Table, place: ir.Table, partition_by: PartitionBy, shares: ir.Table | None
) -> ir.Table:
    """Cells of governorates that may make a national one, with weight and the terms of the indicator."""
    shared = terms.filter(terms["level"].isin(["adm1", "both"])).select("indicator_id", "roll_up", *_SCALE)
    if shares is None:
        weights, key = governorate_weights(place), ["place_id"]
    else:
        weights, key = governorate_weights(place, cells.select("quarter").distinct(), shares), ["place_id", "quarter"]
    parts = cells.join(weights, key).join(shared, "indicator_id")
    own = cells.select(*partition_by, "indicator_id", "quarter", country_id="place_id")
    return parts.anti_join(own, [*partition_by, "indicator_id", "country_id", "quarter"])


def _shared(parts: ir.Table, nation: list[str]) -> ir.Table:
    """The parts with `share` of the population present, the `mean` by it, and `factor` by which each enters the value."""
    group, order = [parts[name] for name in nation], [parts["place_id"]]
    parts = parts.mutate(present=ordered_sum(parts["weight"], order, group))
    parts = parts.mutate(share=parts["weight"] / parts["present"])
    parts = parts.mutate(factor=(parts["roll_up"] == "sum").ifelse(1.0, parts["share"]))
    return parts.mutate(
        mean=ordered_sum(parts["share"] * parts["value"], [parts["place_id"]], [parts[name] for name in nation]),
        **{f"usual_{name}": _usual(parts, name, nation) for name in ("standard_error", "score_error")},
    )


def _usual(parts: ir.Table, column: str, nation: list[str]) -> ir.NumericValue:
    """Mean of the squared errors that the parts of a nation state."""
    group, error = [parts[name] for name in nation], parts[column]
    total = ordered_sum(error * error, [parts["place_id"]], group)
    return ratio(total, error.count().over(group_by=nation).cast("float64"))


def _combined(parts: ir.Table, nation: list[str]) -> ir.Table:
    def total(value: ir.NumericValue) -> ir.NumericValue:
        return ordered_sum(value, [parts["place_id"]])

    share, factor, status = parts["share"], parts["factor"], parts["obs_status"]
    is_linked = "link_error" in parts.columns
    united = ["crosswalk_ids"] if is_linked else []
    pairs = (("link_error", factor), ("link_points", share)) if is_linked else ()
    groups = parts.group_by([*nation, "roll_up", *_SCALE]).aggregate(
        parts_count=parts.count(),
        siblings=parts["siblings"].max(),
        present=parts["present"].max(),
        value=total(factor * parts["value"]),
        mean_score=(parts["score"].count() > 0).ifelse(total(share * parts["score"]), ibis.null("float64")),
        **errors_of_country(parts),
        doubted=total((status == "U").ifelse(share, 0.0)),
        **{name: (status == code).any() for code, name in (("B", "has_break"), ("E", "has_estimate"))},
        is_provisional=(status == "P").any(),
        obs_count=parts["obs_count"].sum(),
        org_count=parts["org_count"].min(),  # governorates told by different organisations corroborate nothing
        is_ungraded=parts["is_ungraded"].any(),
        **{name: total(part * parts[name]) for name, part in pairs},
        **collected_marks(parts, united),
    )
    return with_marks(groups, united)


def _with_status(national: ir.Table, method: Method) -> ir.Table:
    """B where any governorate's series breaks, U where less than the coverage share is free of doubt, else E, P or A."""
    status = ibis.cases(
        (national["has_break"], "B"),
        (~_is_covered(1 - national["doubted"], method), "U"),
        (national["has_estimate"], "E"),
        (national["is_provisional"], "P"),
        else_="A",
    )
    return national.mutate(obs_status=status)


def _covered(national: ir.Table, method: Method) -> ir.Table:
    is_complete = national["parts_count"] == national["siblings"]
    return national.filter((national["roll_up"] == "sum").ifelse(is_complete, _is_covered(national["present"], method)))


def _is_covered(share: ir.NumericValue, method: Method) -> ir.BooleanValue:
    """Method.is_covered as an expression: shares that are equal on paper are equal here (12 decimals)."""
    return share.round(12) >= round(method.coverage, 12)
