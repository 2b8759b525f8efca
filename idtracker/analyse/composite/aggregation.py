"""Children become one value. Children stand along the last axis, so that draws or periods may stand before it.

Missing children are not-a-number and their weight is shared out among those present; a sum is that of the mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.model.composite.node import WITHOUT_WEIGHTS, NodeRules, WorstComponent
from idtracker.model.composite.tree import INFORM_SCALE


@dataclass(frozen=True, slots=True)
class Aggregated:
    """A value for each unit, and where a child did not allow one."""

    values: Numbers
    refused: Flags
    """Not defined: zero or below under a mean that multiplies or divides."""


APART = 1e-9
"""Eigenvalues, and sums of loadings, that differ by less are equal."""
Means = Callable[[Numbers, Numbers, NodeRules], Numbers]


def aggregated(children: Numbers, weights: Numbers, rules: NodeRules) -> Aggregated:
    """Units by children -> units. Weights are one for each child."""
    x = np.maximum(children, rules.floor) if rules.floor is not None else children
    name = rules.aggregation or "arithmetic"
    known: Flags = ~np.isnan(x)
    refused: Flags = np.asarray((known & REFUSES.get(name, _nothing)(x, rules)).any(axis=-1))
    shares = np.where(known, weights, 0.0)
    with np.errstate(all="ignore"):
        values = BY_NAME[name](np.where(np.expand_dims(refused, -1), np.nan, x), shares, rules)
    values = values * weights.sum() if name == "sum" else values
    values = _near_the_worst(values, x, rules.worst_component) if rules.worst_component else values
    total = shares.sum(axis=-1) if name in WEIGHTED else known.sum(axis=-1)
    values = np.where(refused | ~(total > 0), np.nan, values)
    lost = ~np.isfinite(values) & (total > 0) & known.any(axis=-1)
    return Aggregated(np.where(np.isfinite(values), values, np.nan), refused | lost)


def _near_the_worst(values: Numbers, x: Numbers, rule: WorstComponent) -> Numbers:
    """Values held within the margin of the worst child that is there."""
    is_low = rule.worst == "low"
    best: Numbers = np.fmin.reduce(x, axis=-1) + rule.margin if is_low else np.fmax.reduce(x, axis=-1) - rule.margin
    held: Numbers = np.minimum(values, best) if is_low else np.maximum(values, best)
    return held


def _nothing(x: Numbers, rules: NodeRules) -> Flags:
    return np.zeros(x.shape, dtype=bool)


def _not_positive(x: Numbers, rules: NodeRules) -> Flags:
    return x <= 0


def _negative(x: Numbers, rules: NodeRules) -> Flags:
    return x < 0


def _for_power(x: Numbers, rules: NodeRules) -> Flags:
    exponent = rules.exponent or 1.0
    return x <= 0 if exponent < 0 else x < 0 if exponent != 1 else np.zeros(x.shape, dtype=bool)


def _beyond_inform(x: Numbers, rules: NodeRules) -> Flags:
    low, high = rules.component_scale or INFORM_SCALE
    return (x < low) | (x > high)


def _mean(x: Numbers, w: Numbers, rules: NodeRules | None = None) -> Numbers:
    found: Numbers = np.nansum(w * x, axis=-1) / w.sum(axis=-1)
    return found


def _geometric(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    return np.exp(_mean(np.log(x), w))


def _harmonic(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    return 1 / _mean(1 / x, w)


def _power(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    exponent = rules.exponent or 1.0
    return _mean(x**exponent, w) ** (1 / exponent)


def _product(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    """Product of powers, such as cube roots: a zero makes it zero."""
    found: Numbers = (x**w).prod(axis=-1)
    return found


def _mazziotta_pareto(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    """Mean plus or minus standard deviation times coefficient of variation, both over the children; for means above 0."""
    mean = _mean(x, w)
    variance = _mean((x - mean[..., None]) ** 2, w)
    if rules.ddof:
        count = (w > 0).sum(axis=-1)
        variance = variance * count / np.where(count > 1, count - 1, np.nan)
    return mean + (rules.sign or -1) * variance / np.where(mean > 0, mean, np.nan)


def _inform_geometric(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    """INFORM's mean in which a bad component dominates: the geometric mean of the distances from the bad end, from 1 to 10."""
    low, high = rules.component_scale or INFORM_SCALE
    turned = (high - x) / (high - low) * 9 + 1
    return high - (_geometric(turned, w, rules) - 1) / 9 * (high - low)


def _minimum(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    found: Numbers = np.fmin.reduce(x, axis=-1)
    return found


def _maximum(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    found: Numbers = np.fmax.reduce(x, axis=-1)
    return found


def _median(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    """Median of those present; rows with none stay empty."""
    some = ~np.isnan(x).all(axis=-1)
    found = np.full(x.shape[:-1], np.nan)
    if some.any():
        found[some] = np.nanmedian(x[some], axis=-1)
    return found


def _unobserved_components(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    """Estimate of what sources on a scale of mean 0 and deviation 1 see of one thing, drawn towards 0 where they are few.

    A weight is the precision of a source: 1 / (variance of its error).
    """
    found: Numbers = np.nansum(w * x, axis=-1) / (1 + w.sum(axis=-1))
    return found


def _ratio(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    return x[..., 0] / np.where(x[..., 1] == 0, np.nan, x[..., 1])


def _difference(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    return x[..., 0] - x[..., 1]


def _divides(x: Numbers, rules: NodeRules) -> Flags:
    found = np.zeros(x.shape, dtype=bool)
    found[..., 1] = x[..., 1] == 0
    return found


def copeland(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    """Copeland's score: units beaten less units lost to, each pair by the weight of the children in which one is ahead.

    Ties count half. Units stand on the axis before the last; one that lacks a child is compared with nobody.
    """
    whole: Flags = np.asarray(~np.isnan(x).any(axis=-1))
    ahead = np.zeros((*x.shape[:-1], x.shape[-2]))
    weights = w.max(axis=-2, initial=0.0)
    for child in range(x.shape[-1]):
        a, b = x[..., :, None, child], x[..., None, :, child]
        ahead += weights[..., child, None, None] * ((a > b) + 0.5 * (a == b))
    ahead /= weights.sum(axis=-1)[..., None, None]
    both = whole[..., :, None] & whole[..., None, :]
    decided = np.where(both, np.sign(np.round(ahead - 0.5, 12)), 0.0)
    return np.where(whole, decided.sum(axis=-1), np.nan)


def principal_component(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    """Scores of the first principal component of the standardised children, in its standard deviations.

    Its sign is that in which most of the children rise; where as many fall there is none. Units that lack a child have none.
    """
    whole = ~np.isnan(x).any(axis=-1)
    found = np.full(x.shape[:-1], np.nan)
    loadings = first_component(x[whole])
    if loadings is not None and abs(loadings.sum()) > APART:
        z = _standardised(x[whole])
        scores = z @ loadings
        found[whole] = scores / scores.std(ddof=1)
    return found


def first_component(x: Numbers) -> Numbers | None:
    """Loadings (of length 1) of the first principal component of the correlation matrix; None where there is none.

    There is none either where a second one explains as much. Most of the children rise with it.
    """
    if len(x) < 3 or not (x.std(axis=0) > 0).all():
        return None
    values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(x, rowvar=False)))
    if len(values) > 1 and values[-1] - values[-2] < APART:
        return None
    loadings: Numbers = vectors[:, -1]
    return loadings if loadings.sum() >= 0 else -loadings


def _standardised(x: Numbers) -> Numbers:
    found: Numbers = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    return found


REFUSES: dict[str, Callable[[Numbers, NodeRules], Flags]] = {
    "geometric": _not_positive,
    "harmonic": _not_positive,
    "power": _for_power,
    "product": _negative,
    "inform_geometric": _beyond_inform,
    "ratio": _divides,
}
BY_NAME: dict[str, Means] = {
    "arithmetic": _mean,
    "sum": _mean,
    "geometric": _geometric,
    "harmonic": _harmonic,
    "power": _power,
    "product": _product,
    "mazziotta_pareto": _mazziotta_pareto,
    "inform_geometric": _inform_geometric,
    "minimum": _minimum,
    "maximum": _maximum,
    "median": _median,
    "copeland": copeland,
    "principal_component": principal_component,
    "unobserved_components": _unobserved_components,
    "ratio": _ratio,
    "difference": _difference,
}
WEIGHTED = {*BY_NAME} - {*WITHOUT_WEIGHTS, "copeland"}
"""Those in which a child without weight is as good as absent."""
