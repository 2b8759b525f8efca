"""Values of different units onto one scale. Direction is turned here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from idtracker.analyse.composite.outliers import Function
from idtracker.analyse.composite.stage import Flags, Numbers, Table
from idtracker.model.composite import normalisation as rules
from idtracker.model.composite.values import UNIT_RANGE

EQUAL = 1e-13
"""Values that differ by less of their size are equal."""
RANKED = 13
"""Decimals of the greatest value to which values are ranked."""
CLIPPED = {"both": (True, True), "low": (True, False), "high": (False, True), "none": (False, False)}


@dataclass(frozen=True, slots=True)
class Job:
    """One column to normalise: of an indicator, or of a node."""

    table: Table
    code: str
    values: Numbers
    direction: int
    ends: Function
    """What stated goalposts go through to be in the unit of the values."""
    scale: tuple[float, float] | None
    """Scale of a rule that does not state its own."""

    def scale_of(self, rule: rules.Normalisation) -> tuple[float, float]:
        own: tuple[float, float] | None = getattr(rule, "scale", None)
        if self.scale and "scale" not in rule.model_fields_set:
            return self.scale
        return own or UNIT_RANGE

    def end(self, value: float) -> float:
        """A stated end in the unit of the values."""
        return float(self.ends(np.array([value], dtype=float))[0])


def normalised(job: Job, rule: rules.Normalisation) -> Numbers:
    """The column on the scale of the rule; where that is not defined it is empty, with a finding."""
    if isinstance(rule, rules.FromUnits):
        return _by_groups(job, rule)
    found: Numbers = ALONE[type(rule)](job, rule)
    return found


def _by_groups(job: Job, rule: rules.FromUnits) -> Numbers:
    """Statistics are taken inside each group, of the reference units where they are named."""
    found = np.full_like(job.values, np.nan)
    function = FROM_UNITS[type(rule)]
    for rows in job.table.groups(rule.within, job.code):
        basis = rows & job.table.units.isin(rule.reference_units).to_numpy() if rule.reference_units else rows
        basis = basis & _in_reference(job, rule) if rule.reference_periods else basis
        known = job.values[basis & ~np.isnan(job.values)]
        if not np.isnan(job.values[rows]).all():
            found[rows] = function(replace(job, values=job.values[rows]), rule, known)
    return found


def _in_reference(job: Job, rule: rules.FromUnits) -> Flags:
    """Rows of the periods that make the statistics."""
    periods = job.table.periods
    if periods is None or rule.reference_periods is None:
        job.table.say("no-column", job.code, column="period")
        return np.zeros(len(job.values), dtype=bool)
    text = periods.astype("string")
    within: Flags = text.between(*rule.reference_periods).to_numpy(dtype=bool)
    return within


def is_flat(known: Numbers) -> bool:
    """Whether values are equal but for the last bits of their arithmetic, such as rates that are the same everywhere."""
    return bool(np.ptp(known) <= EQUAL * np.abs(known).max())


def _between(job: Job, low: float, high: float, clip: str, scale: tuple[float, float], function: str) -> Numbers:
    """(x - low) / (high - low), turned round with direction -1, clipped, on the scale."""
    if np.isnan(low) or np.isnan(high):
        job.table.say("too-few-units", job.code, count=0, function=function, least=2)
        return np.full_like(job.values, np.nan)
    if not low < high or is_flat(np.array([low, high])):
        job.table.say("all-equal", job.code, function=function)
        return np.full_like(job.values, np.nan)
    share = (job.values - low) / (high - low)
    at_low, at_high = CLIPPED[clip]
    share = np.clip(share, 0.0 if at_low else None, 1.0 if at_high else None) if at_low or at_high else share
    return _on(share if job.direction > 0 else 1 - share, scale)


def _on(share: Numbers, scale: tuple[float, float]) -> Numbers:
    return share * (scale[1] - scale[0]) + scale[0]


def _goalposts(job: Job, rule: rules.Goalposts) -> Numbers:
    low, high = sorted((job.end(rule.low), job.end(rule.high)))
    turned = job.end(rule.low) > job.end(rule.high)
    return _between(_turned(job, turned), low, high, rule.clip, job.scale_of(rule), "goalposts")


def _turned(job: Job, is_turned: bool) -> Job:
    """A falling function such as 1/x has turned the values round already."""
    return replace(job, direction=-job.direction) if is_turned else job


def _min_max(job: Job, rule: rules.MinMax, known: Numbers) -> Numbers:
    if len(known) == 0:
        ends = (np.nan, np.nan)
    elif rule.percentiles:
        ends = tuple(np.percentile(known, rule.percentiles))
    else:
        ends = (known.min(), known.max())
    low = float(ends[0]) if rule.low is None else job.end(rule.low)
    high = float(ends[1]) if rule.high is None else job.end(rule.high)
    return _between(job, low, high, rule.clip, job.scale_of(rule), "min-max")


def _z_score(job: Job, rule: rules.ZScore, known: Numbers) -> Numbers:
    needed = rule.reference_sd is None
    if (needed and len(known) <= rule.ddof) or (rule.reference_mean is None and not len(known)):
        job.table.say("too-few-units", job.code, count=len(known), function="z-score", least=rule.ddof + 1)
        return np.full_like(job.values, np.nan)
    mean = known.mean() if rule.reference_mean is None else rule.reference_mean
    sd = known.std(ddof=rule.ddof) if rule.reference_sd is None else rule.reference_sd
    if not sd > 0 or (needed and is_flat(known)):
        job.table.say("all-equal", job.code, function="z-score")
        return np.full_like(job.values, np.nan)
    found = job.direction * (job.values - mean) / sd * rule.sd + rule.mean
    return np.clip(found, *rule.clip) if rule.clip else found


def _distance_to_target(job: Job, rule: rules.DistanceToTarget, known: Numbers) -> Numbers:
    target, empty = job.end(rule.target), np.full_like(job.values, np.nan)
    if rule.worst is None and not len(known):
        job.table.say("too-few-units", job.code, count=0, function="distance to target", least=1)
        return empty
    worst = job.end(rule.worst) if rule.worst is not None else known.min() if job.direction > 0 else known.max()
    if not (worst < target if job.direction > 0 else worst > target):
        job.table.say("target-not-beyond", job.code, value=float(worst))
        return empty
    at_low, at_high = CLIPPED[rule.clip]
    share = (job.values - worst) / (target - worst)
    share = np.where(at_low & (share < 0), 0.0, np.where(at_high & (share > 1), 1.0, share))
    return _on(np.where(np.isnan(job.values), np.nan, share), job.scale_of(rule))


def _distance_to_reference(job: Job, rule: rules.DistanceToReference) -> Numbers:
    at = (job.table.units == rule.unit).to_numpy(dtype=bool)
    found = np.full_like(job.values, np.nan)
    for rows in _rows_of_periods(job.table):
        reference = job.values[rows & at]
        if reference.size != 1 or np.isnan(reference[0]) or reference[0] == 0:
            job.table.say("no-reference", job.code, value=rule.unit)
            continue
        found[rows] = _against(job, rows, float(reference[0]), rule)
    return found


def _against(job: Job, rows: Flags, reference: float, rule: rules.DistanceToReference) -> Numbers:
    x = job.values[rows]
    if rule.form == "difference":
        return job.direction * (x - reference) / abs(reference) * rule.factor
    if job.direction > 0:
        return x / reference * rule.factor
    job.table.say_of("not-positive", job.code, rows & (job.values == 0), job.values, function="reference / x")
    return np.divide(reference * rule.factor, x, out=np.full_like(x, np.nan), where=x != 0)


def _rows_of_periods(table: Table) -> list[Flags]:
    if table.periods is None:
        return [np.ones(len(table.units), dtype=bool)]
    codes, values = pd.factorize(table.periods)
    return [codes == number for number in range(len(values))]


def _fraction_of_max(job: Job, rule: rules.FractionOfMax, known: Numbers) -> Numbers:
    end = (known.max() if job.direction > 0 else known.min()) if len(known) else np.nan
    if not end > 0:
        job.table.say("no-reference", job.code, value="the best of the units")
        return np.full_like(job.values, np.nan)
    if job.direction > 0:
        return job.values / end * rule.factor
    return np.divide(end * rule.factor, job.values, out=np.full_like(job.values, np.nan), where=job.values > 0)


def _percentile_rank(job: Job, rule: rules.PercentileRank, known: Numbers) -> Numbers:
    if not _may_be_ranked(job, known, "percentile rank"):
        return np.full_like(job.values, np.nan)
    ranks = _ranks(job, known, rule.ties)
    return _on((ranks - 1) / (len(known) - 1), job.scale_of(rule))


def _rank(job: Job, rule: rules.Ranks, known: Numbers) -> Numbers:
    if not _may_be_ranked(job, known, "a rank"):
        return np.full_like(job.values, np.nan)
    return _ranks(job, known, rule.ties) - (1 if rule.method == "borda" else 0)


def _may_be_ranked(job: Job, known: Numbers, function: str) -> bool:
    if len(known) < 2:
        job.table.say("too-few-units", job.code, count=len(known), function=function, least=2)
    elif is_flat(known):
        job.table.say("all-equal", job.code, function=function)
    else:
        return True
    return False


def _ranks(job: Job, known: Numbers, ties: str) -> Numbers:
    """Rank from the lowest among the known values, 1 first; with direction -1 from the highest."""
    size = np.abs(known).max() or 1.0
    x, basis = (np.round(job.direction * values / size, RANKED) for values in (job.values, known))
    ordered = np.sort(basis)
    below, upto = np.searchsorted(ordered, x, "left"), np.searchsorted(ordered, x, "right")
    places = {
        "min": below + 1.0,
        "max": np.maximum(upto, 1.0),
        "average": (below + 1.0 + np.maximum(upto, below + 1)) / 2,
    }
    return np.where(np.isnan(x), np.nan, places[ties])


def _bins(job: Job, rule: rules.Bins) -> Numbers:
    known = job.values[~np.isnan(job.values)]
    edges = np.array(rule.edges, dtype=float)
    if rule.percentiles:
        if not len(known) or is_flat(known):
            job.table.say("all-equal", job.code, function="bins by percentiles")
            return np.full_like(job.values, np.nan)
        edges = np.percentile(known, edges)
    else:
        edges = job.ends(edges)
    turned = len(edges) > 1 and edges[0] > edges[-1]
    scores = np.array(rule.scores, dtype=float)
    scores = scores[::-1] if turned != (job.direction < 0) else scores
    side: Literal["left", "right"] = "right" if (rule.closed == "low") != turned else "left"
    places = np.searchsorted(np.sort(edges), job.values, side)
    return np.where(np.isnan(job.values), np.nan, scores[np.minimum(places, len(scores) - 1)])


def _linear(job: Job, rule: rules.Linear) -> Numbers:
    found = rule.factor * job.values * job.direction + rule.offset
    return np.clip(found, *rule.clip) if rule.clip else found


def _categories(job: Job, rule: rules.Categories) -> Numbers:
    """Words are numbers already; with direction -1 they are turned round inside the table."""
    numbers = rule.values.values()
    return job.values if job.direction > 0 else min(numbers) + max(numbers) - job.values


def _as_it_is(job: Job, rule: rules.AsItIs) -> Numbers:
    scale = rule.scale or job.scale
    if scale is None:
        return job.values * job.direction
    beyond = (job.values < scale[0]) | (job.values > scale[1])
    job.table.say_of("beyond-scale", job.code, beyond, job.values)
    kept = np.where(beyond, np.nan, job.values)
    return kept if job.direction > 0 else scale[0] + scale[1] - kept


FROM_UNITS: dict[type, Callable[..., Numbers]] = {
    rules.MinMax: _min_max,
    rules.ZScore: _z_score,
    rules.DistanceToTarget: _distance_to_target,
    rules.FractionOfMax: _fraction_of_max,
    rules.PercentileRank: _percentile_rank,
    rules.Ranks: _rank,
}
ALONE: dict[type, Callable[..., Numbers]] = {
    rules.Goalposts: _goalposts,
    rules.DistanceToReference: _distance_to_reference,
    rules.Bins: _bins,
    rules.Linear: _linear,
    rules.Categories: _categories,
    rules.AsItIs: _as_it_is,
    rules.OfRegister: lambda job, rule: job.values,
}
