"""Normalisations that look at other units, for any number of draws at once: the rules of composite/normalisation.py on arrays.

Values stand in arrays whose last axis is the unit; `basis` are those that statistics are taken of, not a number where there is none. A value of
plus or minus infinity (a logarithm of zero) is beyond all others and enters no statistic.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from idtracker.analyse.composite.findings import Finding, finding
from idtracker.analyse.composite.normalisation import EQUAL, RANKED
from idtracker.analyse.composite.outliers import Function
from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.model.composite import normalisation as ways

SPAN = 100.0
"""Length of the scale."""
Placed = tuple[Numbers, Flags]
"""Values on the scale, and whether the statistics are defined, draw by draw."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One way onto the scale from 0 to 100. `end` puts stated ends into the unit of the values."""

    way: object
    direction: int
    end: Function

    def place(self, values: Numbers, basis: Numbers) -> Numbers:
        """Values on the scale, beyond its ends where they lie beyond; not a number where the basis does not tell units apart."""
        known = np.where(np.isfinite(basis), basis, np.nan)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            found, is_defined = _RULES[type(self.way)](self, np.asarray(values, dtype=float), known)
        found = np.where(np.isinf(values), np.copysign(np.inf, values * self.direction), found)
        return np.asarray(np.where(is_defined[..., None] & ~np.isnan(values), found, np.nan), dtype=np.float64)

    def stated(self, value: float) -> float:
        """A stated end in the unit of the values."""
        return float(self.end(np.array([value], dtype=float))[0])


def _count(known: Numbers) -> Numbers:
    return np.asarray((~np.isnan(known)).sum(axis=-1), dtype=np.float64)


def _least(known: Numbers) -> Numbers:
    return np.asarray(np.fmin.reduce(known, axis=-1, initial=np.nan))


def _most(known: Numbers) -> Numbers:
    return np.asarray(np.fmax.reduce(known, axis=-1, initial=np.nan))


def _differ(low: Numbers, high: Numbers) -> Flags:
    different: Flags = (high - low) > EQUAL * np.fmax(np.abs(low), np.abs(high))
    return different


def _percentiles(known: Numbers, shares: tuple[float, ...]) -> Numbers:
    """One array for each percentile, first axis."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanpercentile(known, shares, axis=-1))


def _turned(scale: Scale, share: Numbers) -> Numbers:
    return SPAN * (share if scale.direction > 0 else 1 - share)


def _min_max(scale: Scale, x: Numbers, known: Numbers) -> Placed:
    way: Any = scale.way
    low, high = _percentiles(known, way.percentiles) if way.percentiles else (_least(known), _most(known))
    low = low if way.low is None else np.full_like(low, scale.stated(way.low))
    high = high if way.high is None else np.full_like(high, scale.stated(way.high))
    return _turned(scale, (x - low[..., None]) / (high - low)[..., None]), _differ(low, high)


def _z_score(scale: Scale, x: Numbers, known: Numbers) -> Placed:
    way: Any = scale.way
    count = _count(known)
    own_mean = np.nansum(known, axis=-1) / np.where(count > 0, count, np.nan)
    spread = np.nansum((known - own_mean[..., None]) ** 2, axis=-1)
    own_sd = np.sqrt(spread / np.where(count > way.ddof, count - way.ddof, np.nan))
    mean = own_mean if way.reference_mean is None else np.full_like(own_mean, way.reference_mean)
    sd = own_sd if way.reference_sd is None else np.full_like(own_sd, way.reference_sd)
    is_told = _differ(_least(known), _most(known)) if way.reference_sd is None else ~np.isnan(mean)
    found = scale.direction * (x - mean[..., None]) / sd[..., None] * way.sd + way.mean
    return found, is_told & (sd > 0) & ~np.isnan(mean)


def _distance_to_target(scale: Scale, x: Numbers, known: Numbers) -> Placed:
    way: Any = scale.way
    target = scale.stated(way.target)
    worst = _least(known) if scale.direction > 0 else _most(known)
    is_beyond: Flags = worst < target if scale.direction > 0 else worst > target
    return SPAN * (x - worst[..., None]) / (target - worst)[..., None], is_beyond


def _fraction_of_max(scale: Scale, x: Numbers, known: Numbers) -> Placed:
    way: Any = scale.way
    best = _most(known) if scale.direction > 0 else _least(known)
    is_there: Flags = best > 0
    if scale.direction > 0:
        return x / best[..., None] * way.factor, is_there
    return np.where(x > 0, best[..., None] * way.factor / np.where(x > 0, x, np.nan), np.inf), is_there


def _distance_to_reference(scale: Scale, x: Numbers, known: Numbers) -> Placed:
    """`known` holds the reference place alone."""
    way: Any = scale.way
    reference = known[..., 0]
    is_there: Flags = reference > 0
    if scale.direction > 0:
        return x / reference[..., None] * way.factor, is_there
    return np.where(x > 0, reference[..., None] * way.factor / np.where(x > 0, x, np.nan), np.inf), is_there


def _ranks(scale: Scale, x: Numbers, known: Numbers) -> Placed:
    way: Any = scale.way
    low, high, count = _least(known), _most(known), _count(known)
    size = np.fmax(np.abs(low), np.abs(high))
    size = np.where(size > 0, size, 1.0)[..., None]
    own, others = (np.round(scale.direction * values / size, RANKED) for values in (x, known))
    below = (others[..., None, :] < own[..., :, None]).sum(axis=-1)
    upto = (others[..., None, :] <= own[..., :, None]).sum(axis=-1)
    places = {
        "min": below + 1.0,
        "max": np.maximum(upto, 1.0),
        "average": (below + 1.0 + np.maximum(upto, below + 1)) / 2,
    }
    return SPAN * (places[way.ties] - 1) / (count - 1)[..., None], (count >= 2) & _differ(low, high)


def _bins(scale: Scale, x: Numbers, known: Numbers) -> Placed:
    way: Any = scale.way
    edges = _percentiles(known, way.edges)
    scores = np.array(way.scores if scale.direction > 0 else way.scores[::-1], dtype=float)
    above = (x >= edges[..., None]) if way.closed == "low" else (x > edges[..., None])
    return scores[above.sum(axis=0)], (_count(known) > 0) & _differ(_least(known), _most(known))


_RULES: dict[type, Callable[[Scale, Numbers, Numbers], Placed]] = {
    ways.MinMax: _min_max,
    ways.ZScore: _z_score,
    ways.DistanceToTarget: _distance_to_target,
    ways.FractionOfMax: _fraction_of_max,
    ways.DistanceToReference: _distance_to_reference,
    ways.PercentileRank: _ranks,
    ways.Ranks: _ranks,
    ways.Bins: _bins,
}


def looks_across(way: object) -> bool:
    """Whether a normalisation is one of those of this module; the others of their name state all their ends."""
    if isinstance(way, ways.DistanceToTarget):
        return way.worst is None
    if isinstance(way, ways.Bins):
        return way.percentiles
    return type(way) in _RULES


def why_undefined(scale: Scale, code: str, basis: Numbers, where: str) -> Finding:
    """Why a basis (of one draw) gives no scale; `where` says which quarter."""
    way: Any = scale.way
    known = basis[np.isfinite(basis)]
    name = str(way.method).replace("_", " ")
    least = way.ddof + 1 if isinstance(way, ways.ZScore) else 2
    if isinstance(way, ways.DistanceToReference):
        return finding("no-reference", code, where, value=f"{way.unit} in {where}")
    if len(known) < least:
        return finding("too-few-places", code, where, count=len(known), function=name, least=least)
    if isinstance(way, ways.DistanceToTarget):
        return finding(
            "target-not-beyond", code, where, value=float(known.min() if scale.direction > 0 else known.max())
        )
    if isinstance(way, ways.FractionOfMax):
        return finding("no-reference", code, where, value=f"the best place in {where}")
    return finding("places-equal", code, where, function=name)
