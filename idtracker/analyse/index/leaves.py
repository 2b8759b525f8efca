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

FIGURES = ("score", "error", "value", "standard_error")


def leaves_of(
    index: Index, figures: Mapping[str, Mapping[str, Numbers]]
) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    """Value and standard error of every leaf, one for each unit; `figures` are those of FIGURES by indicator.

    A leaf that is normalised by the register takes both from its cell. One with a rule of its own takes them from the cell's
    value: its error is the larger of what a standard error up or down changes, ends, limits and rounding left aside, so that a value beyond
    a goalpost is no surer than one inside.
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
        moved = [np.abs(scaled(code, value + side * error, open_ended) - middle) for side in (1, -1)]
        errors[code] = np.fmax(*moved)
    return values, errors


def scaled(code: str, value: Numbers, rules: IndicatorRules) -> Numbers:
    """Values on the scale, by a rule that looks at no other place."""
    limits = rules.limits
    cut = np.clip(value, limits.low, limits.high) if limits else value
    fixed = transform(rules.transform)
    with np.errstate(all="ignore"):
        changed = fixed(cut)
    changed = np.where(np.isfinite(changed), changed, np.nan)
    if rules.normalise is None or np.isnan(changed).all():
        return changed
    units = pd.Series("", index=range(len(value)), dtype="object")  # nothing here asks which unit it is
    table = Table(pd.DataFrame(index=units.index), units, units.to_numpy(dtype=object))
    job = Job(table, code, changed, rules.direction or 1, fixed, rules.scale)
    return rounded(normalised(job, rules.normalise), rules.round)


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
