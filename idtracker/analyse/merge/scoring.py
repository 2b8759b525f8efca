"""What a policy needs to know of each indicator, and where a value stands between its goalposts, as expressions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import ibis

from idtracker.model.method import KNOWING_NOTHING, PER_CENT, Method

if TYPE_CHECKING:
    import ibis.expr.types as ir

_ROUNDED = 1 / math.sqrt(12)
TERMS = ("roll_up", "bottom", "width", "direction", "policy", "is_ordinal", "priority_org_id")


def indicator_terms(indicator: ir.Table, method: Method) -> ir.Table:
    """One row per indicator: its policy in force, `bottom` and `width` of its goalposts, and what else decides a cell.

    The goalposts may be written either way round; `width` is empty without two different ones. An ordinal indicator
    without a policy of its own is `median`.
    """
    low, high = indicator["goalpost_low"], indicator["goalpost_high"]
    bottom = (low <= high).ifelse(low, high)
    top = (low <= high).ifelse(high, low)
    is_ordinal = (indicator["scale"] == "ordinal").fill_null(False)
    default = is_ordinal.ifelse("median", method.merge_policy)
    return indicator.select(
        "indicator_id",
        "level",
        "frequency",
        "roll_up",
        "max_age_days",
        bottom=bottom,
        width=(top > bottom).ifelse(top - bottom, ibis.null("float64")),
        direction=indicator["direction"],
        policy=ibis.coalesce(indicator["merge_policy"], default),
        is_ordinal=is_ordinal,
        priority_org_id=indicator["priority_org_id"],
        is_computed=indicator["derived_from"].notnull(),
        assumed_error=_assumed_error(indicator, method),
        least_error=_least_error(indicator, is_ordinal, method),
    )


def _assumed_error(indicator: ir.Table, method: Method) -> ir.NumericValue:
    """The method's error for the kind of each indicator, in points of the 0-100 scale; the first kind that fits."""
    if method.uncertainty is None:
        return ibis.null("float64")
    assumed, source = method.uncertainty.assumed, indicator["derived_from"].fill_null("")
    return ibis.cases(
        (source.startswith("event"), assumed.event),
        (source.startswith("survey_response"), assumed.survey),
        ((indicator["scale"] == "ordinal").fill_null(False), assumed.ordinal),
        (indicator["unit"].lower().isin(PER_CENT), assumed.percent),
        else_=assumed.other,
    )


def _least_error(indicator: ir.Table, is_ordinal: ir.BooleanValue, method: Method) -> ir.NumericValue:
    """What no estimated error is below, in points: the method's floor, and for ranks that of rounding to a whole one."""
    if method.uncertainty is None:
        return ibis.null("float64")
    floor, width = method.uncertainty.history.floor, (indicator["goalpost_high"] - indicator["goalpost_low"]).abs()
    rounding = 100 / width * _ROUNDED
    return (is_ordinal & (rounding > floor).fill_null(False)).ifelse(
        (rounding < KNOWING_NOTHING).ifelse(rounding, KNOWING_NOTHING), floor
    )


def position(value: ir.NumericValue, rows: ir.Table) -> ir.NumericValue:
    """Where a value stands between the goalposts of its row, 0-100, 100 is stable; beyond them below 0 or above 100."""
    share = (value - rows["bottom"]) / rows["width"]
    return 100 * (rows["direction"] > 0).ifelse(share, 1 - share)


def score(value: ir.NumericValue, rows: ir.Table) -> ir.NumericValue:
    """Values between their goalposts as 0-100, 100 is stable; the one place where direction counts.

    100·clip((x - low)/(high - low), 0, 1), and 100 minus that where lower is better (COINr's goalposts). Which of the
    two goalposts is written first does not matter: direction alone says which end is better. Missing without two
    different goalposts.
    """
    share = (value - rows["bottom"]) / rows["width"]
    inside = (share < 0).ifelse(0.0, (share > 1).ifelse(1.0, share))
    return 100 * (rows["direction"] > 0).ifelse(inside, 1 - inside)


def score_error(error: ir.NumericValue, rows: ir.Table) -> ir.NumericValue:
    """A standard error in the indicator's unit on the 0-100 scale (not reduced where the value lies beyond a goalpost)."""
    return 100 * error / rows["width"]


def value_at(place: ir.NumericValue, rows: ir.Table) -> ir.NumericValue:
    """The value that stands at a position between 0 and 100, in the indicator's unit."""
    share = (rows["direction"] > 0).ifelse(place / 100, 1 - place / 100)
    return rows["bottom"] + share * rows["width"]


def error_at(error: ir.NumericValue, rows: ir.Table) -> ir.NumericValue:
    """A standard error on the 0-100 scale in the indicator's unit."""
    return error / 100 * rows["width"]
