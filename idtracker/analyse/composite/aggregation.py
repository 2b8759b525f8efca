"""Children become one value: the function of every aggregation, by the name under which it is declared.

Scores, changes, draws and explanations of two-level methods and of trees all take it from here. Children stand along the last
axis, so that draws or periods may stand before it. Missing children are not-a-number and their weight is shared out among those
present; a sum is that of the mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from idtracker.analyse.composite.among_units import copeland, principal_component
from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.model.composite.node import NodeRules, WorstComponent
from idtracker.model.composite.tree import INFORM_SCALE
from idtracker.model.methods.aggregations import FLOORED, TWO_LEVEL, WEIGHTED, declared


@dataclass(frozen=True, slots=True)
class Aggregated:
    """A value for each unit, and where a child did not allow one."""

    values: Numbers
    refused: Flags
    """Not defined: zero or below under a mean that multiplies or divides."""


Values = Callable[[Numbers, Numbers, NodeRules], Numbers]
Refusals = Callable[[Numbers, NodeRules], Flags]
PLAIN = NodeRules()
"""Rules of a node that states nothing but the name of its aggregation."""


@dataclass(frozen=True, slots=True)
class Transformed:
    """A weighted mean of transformed values, turned back: `back(mean(into(x)))`, whoever works out the mean in the middle."""

    into: Callable[[Numbers, NodeRules], Numbers]
    back: Callable[[Numbers, NodeRules], Numbers]
    reach: Callable[[Numbers, NodeRules], Numbers]
    """1 / |derivative of `into`|: what its errors are worked out with (delta method)."""

    def value(self, x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
        return self.back(_mean(self.into(x, rules), w), rules)


def aggregated(children: Numbers, weights: Numbers, rules: NodeRules) -> Aggregated:
    """Units by children -> units. Weights are one for each child."""
    x = np.maximum(children, rules.floor) if rules.floor is not None else children
    name = rules.aggregation or "arithmetic"
    function = function_of(name)
    known: Flags = ~np.isnan(x)
    refused: Flags = np.asarray((known & refuses(name, x, rules)).any(axis=-1))
    shares = np.where(known, weights, 0.0)
    with np.errstate(all="ignore"):
        values = function(np.where(np.expand_dims(refused, -1), np.nan, x), shares, rules)
    values = values * weights.sum() if name == "sum" else values
    values = _near_the_worst(values, x, rules.worst_component) if rules.worst_component else values
    total = shares.sum(axis=-1) if name in WEIGHTED else known.sum(axis=-1)
    values = np.where(refused | ~(total > 0), np.nan, values)
    lost = ~np.isfinite(values) & (total > 0) & known.any(axis=-1)
    return Aggregated(np.where(np.isfinite(values), values, np.nan), refused | lost)


def function_of(name: str) -> Values:
    """The function of an aggregation: children and their weights along the last axis. ValueError where there is none."""
    if name not in FUNCTIONS:
        declared(name)
        raise ValueError(f"the aggregation `{name}` has no function")
    function = FUNCTIONS[name]
    return function.value if isinstance(function, Transformed) else function


def refuses(name: str, x: Numbers, rules: NodeRules = PLAIN) -> Flags:
    """Which children an aggregation has no value for: zero or below under a mean that multiplies or divides."""
    return REFUSES[name](x, rules) if name in REFUSES else np.zeros(x.shape, dtype=bool)


def transformed(name: str) -> Transformed:
    """The mean of that name; ValueError where it is not a mean of transformed values."""
    function = FUNCTIONS.get(name)
    if not isinstance(function, Transformed):
        declared(name)
        raise ValueError(f"the aggregation `{name}` is not a mean of transformed values")
    return function


def two_level_mean(name: str, x: Numbers, floor: float, mean: Callable[[Numbers], Numbers]) -> Numbers:
    """A mean of a two-level method from scores of 0 to 100; `mean` takes the weighted mean of what is there, per node.

    ValueError where no two-level method may name it.
    """
    one = _of_two_levels(name)
    return one.back(mean(one.into(lifted(name, x, floor), PLAIN)), PLAIN)


def two_level_error(name: str, x: Numbers, value: Numbers, floor: float, norm: Callable[[Numbers], Numbers]) -> Numbers:
    """Standard error of that mean, which has `value`, by the delta method, as if children erred independently.

    `norm` gives the root of the summed squares, per node, of the weighted errors of the children, each divided by what it is given.
    """
    one = _of_two_levels(name)
    return one.reach(value, PLAIN) * norm(one.reach(lifted(name, x, floor), PLAIN))


def _of_two_levels(name: str) -> Transformed:
    if not declared(name).is_two_level:
        raise ValueError(f"no two-level method takes the aggregation `{name}`: use one of {', '.join(TWO_LEVEL)}")
    return transformed(name)


def lifted(name: str, x: Numbers, floor: float) -> Numbers:
    """Scores below the floor of a two-level method count as it, under an aggregation that takes one."""
    return np.maximum(x, floor) if name in FLOORED else x


def _near_the_worst(values: Numbers, x: Numbers, rule: WorstComponent) -> Numbers:
    """Values held within the margin of the worst child that is there."""
    is_low = rule.worst == "low"
    best: Numbers = np.fmin.reduce(x, axis=-1) + rule.margin if is_low else np.fmax.reduce(x, axis=-1) - rule.margin
    held: Numbers = np.minimum(values, best) if is_low else np.maximum(values, best)
    return held


def _not_positive(x: Numbers, rules: NodeRules) -> Flags:
    return x <= 0


def _negative(x: Numbers, rules: NodeRules) -> Flags:
    return x < 0


def _for_power(x: Numbers, rules: NodeRules) -> Flags:
    exponent = _exponent(rules)
    return x <= 0 if exponent < 0 else x < 0 if exponent != 1 else np.zeros(x.shape, dtype=bool)


def _beyond_inform(x: Numbers, rules: NodeRules) -> Flags:
    low, high = rules.component_scale or INFORM_SCALE
    return (x < low) | (x > high)


def _mean(x: Numbers, w: Numbers) -> Numbers:
    found: Numbers = np.nansum(w * x, axis=-1) / w.sum(axis=-1)
    return found


ARITHMETIC = Transformed(lambda x, rules: x, lambda y, rules: y, lambda x, rules: np.ones_like(x))
GEOMETRIC = Transformed(lambda x, rules: np.log(x), lambda y, rules: np.exp(y), lambda x, rules: x)
HARMONIC = Transformed(lambda x, rules: 1 / x, lambda y, rules: 1 / y, lambda x, rules: x**2)
POWER = Transformed(
    lambda x, rules: x ** _exponent(rules),
    lambda y, rules: y ** (1 / _exponent(rules)),
    lambda x, rules: x ** (1 - _exponent(rules)) / abs(_exponent(rules)),
)


def _exponent(rules: NodeRules) -> float:
    return rules.exponent or 1.0


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
    return high - (GEOMETRIC.value(turned, w, rules) - 1) / 9 * (high - low)


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


def _sum(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    """The mean; aggregated() multiplies it by all weights, those of missing children as well."""
    return _mean(x, w)


REFUSES: dict[str, Refusals] = {
    "geometric": _not_positive,
    "harmonic": _not_positive,
    "power": _for_power,
    "product": _negative,
    "inform_geometric": _beyond_inform,
    "ratio": _divides,
}
FUNCTIONS: dict[str, Values | Transformed] = {
    "arithmetic": ARITHMETIC,
    "sum": _sum,
    "geometric": GEOMETRIC,
    "harmonic": HARMONIC,
    "power": POWER,
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
