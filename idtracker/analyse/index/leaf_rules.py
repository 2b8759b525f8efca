"""A leaf's rule that looks at no other place: a value onto the scale, and the same without the ends of the scale."""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.analyse.composite.normalisation import Job, normalised
from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.composite.outliers import Function, transform
from idtracker.analyse.composite.stage import Numbers, Table
from idtracker.model.composite import normalisation as ways
from idtracker.model.composite.definition import IndicatorRules
from idtracker.model.composite.preparation import Transform

_FROM_ZERO = {"log": 0.0, "log10": 0.0, "log1p": -1.0, "square_root": 0.0}
"""Rising transformations, and below which argument they are not defined."""


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
    changed = with_ends_of_domain(rules.transform, cut, np.where(np.isfinite(changed), changed, np.nan))
    if rules.normalise is None or np.isnan(changed).all():
        return changed
    return rounded(by_stated_ends(code, changed, rules, fixed), rules.round)


def by_stated_ends(code: str, changed: Numbers, rules: IndicatorRules, ends: Function) -> Numbers:
    """Transformed values (one axis) on the scale; `ends` puts stated ends into their unit."""
    units = pd.Series("", index=range(len(changed)), dtype="object")  # nothing here asks which unit it is
    table = Table(pd.DataFrame(index=units.index), units, units.to_numpy(dtype=object))
    job = Job(table, code, changed, rules.direction or 1, ends, rules.scale)
    assert rules.normalise is not None
    with np.errstate(invalid="ignore"):
        return normalised(job, rules.normalise)


def with_ends_of_domain(rule: Transform | None, value: Numbers, changed: Numbers) -> Numbers:
    """Infinity where a rising transformation is not defined, on the side on which the value leaves what it is defined for."""
    if rule is None or rule.factor <= 0 or rule.method not in (*_FROM_ZERO, "logit"):
        return changed
    argument = value * rule.factor + rule.offset
    is_below = np.isnan(changed) & (argument <= _FROM_ZERO.get(rule.method, 0.0))
    is_above = np.isnan(changed) & (argument >= 1) & (rule.method == "logit")
    return np.where(is_below, -np.inf, np.where(is_above, np.inf, changed))


def without_ends(rules: IndicatorRules) -> IndicatorRules:
    """The rule without limits, ends of the scale and rounding."""
    way = rules.normalise
    changed: dict[str, object] = {"limits": None, "round": None}
    if isinstance(way, ways.Goalposts | ways.DistanceToTarget):
        changed["normalise"] = way.model_copy(update={"clip": "none"})
    elif isinstance(way, ways.Linear):
        changed["normalise"] = way.model_copy(update={"clip": None})
    elif isinstance(way, ways.AsItIs):
        changed["normalise"] = way.model_copy(update={"scale": None})
    return rules.model_copy(update=changed)
