"""Merged cells -> leaves of a tree: each indicator's value and error on the scale from 0 to 100."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from idtracker.analyse.composite.normalisation import Job, normalised
from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.composite.outliers import transform
from idtracker.analyse.composite.stage import Numbers, Table
from idtracker.model.composite import normalisation as ways
from idtracker.model.composite.definition import Index, IndicatorRules
from idtracker.model.composite.preparation import Transform

FIGURES = ("score", "error", "value", "standard_error")
SPAN = 100.0
"""Length of the scale."""
_FROM_ZERO = {"log": 0.0, "log10": 0.0, "log1p": -1.0, "square_root": 0.0}
"""Rising transformations, and below which argument they are not defined."""


def leaves_of(
    index: Index, figures: Mapping[str, Mapping[str, Numbers]]
) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    """Value and standard error of every leaf, one for each unit; `figures` are those of FIGURES by indicator.

    A leaf that is normalised by the register takes both from its cell. One with a rule of its own takes them from the cell's
    value: its error is the larger of what a standard error up or down changes, ends, limits and rounding left aside, so that a value beyond
    a goalpost is no surer than one inside. Where a standard error leads out of what a transformation is defined for (a logarithm of
    zero), it is the whole scale.
    """
    values: dict[str, Numbers] = {}
    errors: dict[str, Numbers] = {}
    for code in index.indicators:
        rules, cell = index.rules_of(code), figures[index.column_of(code)]
        if isinstance(rules.normalise, ways.OfRegister):
            values[code], errors[code] = cell["score"], cell["error"]
            continue
        value, error = cell["value"], cell["standard_error"]
        values[code] = scaled(code, value, rules)
        open_ended = _without_ends(rules)
        middle = scaled(code, value, open_ended)
        with np.errstate(invalid="ignore"):
            moved = [np.abs(scaled(code, value + side * error, open_ended) - middle) for side in (1, -1)]
        is_known = np.isfinite(value) & np.isfinite(error) & ~np.isnan(values[code])
        errors[code] = np.fmax(*(np.where(is_known & ~np.isfinite(part), SPAN, part) for part in moved))
    return values, errors


def scaled(code: str, value: Numbers, rules: IndicatorRules) -> Numbers:
    """Values on the scale, by a rule that looks at no other place.

    A value that a transformation is not defined for (a logarithm of zero) lies beyond every goalpost on that side, and so at the
    end of a scale that has one.
    """
    limits = rules.limits
    cut = np.clip(value, limits.low, limits.high) if limits else value
    fixed = transform(rules.transform)
    with np.errstate(all="ignore"):
        changed = fixed(cut)
    changed = _with_ends_of_domain(rules.transform, cut, np.where(np.isfinite(changed), changed, np.nan))
    if rules.normalise is None or np.isnan(changed).all():
        return changed
    units = pd.Series("", index=range(len(value)), dtype="object")  # nothing here asks which unit it is
    table = Table(pd.DataFrame(index=units.index), units, units.to_numpy(dtype=object))
    job = Job(table, code, changed, rules.direction or 1, fixed, rules.scale)
    with np.errstate(invalid="ignore"):
        return rounded(normalised(job, rules.normalise), rules.round)


def _with_ends_of_domain(rule: Transform | None, value: Numbers, changed: Numbers) -> Numbers:
    """Infinity where a rising transformation is not defined, on the side on which the value leaves what it is defined for."""
    if rule is None or rule.factor <= 0 or rule.method not in (*_FROM_ZERO, "logit"):
        return changed
    argument = value * rule.factor + rule.offset
    is_below = np.isnan(changed) & (argument <= _FROM_ZERO.get(rule.method, 0.0))
    is_above = np.isnan(changed) & (argument >= 1) & (rule.method == "logit")
    return np.where(is_below, -np.inf, np.where(is_above, np.inf, changed))


def _without_ends(rules: IndicatorRules) -> IndicatorRules:
    way = rules.normalise
    changed: dict[str, object] = {"limits": None, "round": None}
    if isinstance(way, ways.Goalposts | ways.DistanceToTarget):
        changed["normalise"] = way.model_copy(update={"clip": "none"})
    elif isinstance(way, ways.Linear):
        changed["normalise"] = way.model_copy(update={"clip": None})
    elif isinstance(way, ways.AsItIs):
        changed["normalise"] = way.model_copy(update={"scale": None})
    return rules.model_copy(update=changed)
