"""An index in plain words: what each node does with its children, and what becomes of each indicator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from idtracker.model.composite import normalisation as rules
from idtracker.model.composite.alternatives import NormalisationChoice
from idtracker.model.composite.definition import Index, IndicatorRules
from idtracker.model.composite.node import Coverage
from idtracker.model.composite.preparation import Treatment
from idtracker.model.composite.tree import INFORM_SCALE, TreeNode
from idtracker.model.composite.values import Rounding
from idtracker.model.methods.aggregations import NEEDS_ALL, declared

WEIGHTS = {
    "equal": "equal weights",
    "principal_component": "weights from the first principal component (squared loadings)",
    "inverse_standard_deviation": "weights from the data: the less a child varies the more it weighs",
}


def node_words(node: TreeNode) -> str:
    """One sentence about what a node does."""
    rule = node.rules
    said = [declared(rule.aggregation or "arithmetic").words]
    if rule.aggregation == "power":
        said.append(f"exponent {rule.exponent:g}")
    if rule.aggregation == "mazziotta_pareto":
        said.append("imbalance costs points" if rule.sign == -1 else "imbalance adds points")
    if rule.aggregation == "inform_geometric":
        low, high = rule.component_scale or INFORM_SCALE
        said.append(f"children from {low:g} to {high:g}, {high:g} the worst")
    said += [WEIGHTS[node.weight_rule]] if node.weight_rule in WEIGHTS else []
    if rule.worst_component is not None:
        worst = "lowest" if rule.worst_component.worst == "low" else "highest"
        said.append(f"within {rule.worst_component.margin:g} of its {worst} child")
    said += [f"children below {rule.floor:g} count as it"] if rule.floor is not None else []
    said += [_coverage(rule.coverage or Coverage(), rule.aggregation in NEEDS_ALL)]
    if rule.transform is not None and rule.transform.method != "none":
        said.append(f"then its {rule.transform.method.replace('_', ' ')}")
    if rule.normalise is not None:
        said.append(f"then {normalisation_words(rule.normalise, None)}")
    said += ["turned round"] if rule.direction == -1 and rule.normalise is not None else []
    said += [_rounding(rule.round)] if rule.round else []
    return "; ".join(part for part in said if part)


def _coverage(rule: Coverage, needs_all: bool) -> str:
    if needs_all or rule.share == 1:
        return "every child needed"
    of = {"weight": "of the weight", "children": "of the children", "indicators": "of the indicators below"}[rule.of]
    share = "" if rule.share == 0 else f"{rule.share:.0%} {of}"
    least = f"{rule.at_least} children" if rule.at_least > 1 else ""
    return f"at least {' and '.join(part for part in (share, least) if part)} needed" if share or least else ""


def _rounding(rule: Rounding) -> str:
    how = {"half_up": "", "half_even": ", halves to even", "down": ", downwards", "up": ", upwards"}[rule.mode]
    return f"rounded to {rule.decimals} decimals{how}"


def indicator_words(index: Index, code: str) -> str:
    """One sentence about what becomes of an indicator, in the order in which it happens."""
    rule = index.rules_of(code)
    said = [_denominator(rule), _limits(rule), _missing(rule), _transform(rule), _treatment(rule.treatment)]
    if rule.normalise is not None:
        said.append(normalisation_words(rule.normalise, rule.scale))
    said += ["less is better" if rule.direction == -1 else "more counts as more"]
    said += [_rounding(rule.round)] if rule.round else []
    return "; ".join(part for part in said if part)


def _denominator(rule: IndicatorRules) -> str:
    if rule.denominator is None:
        return ""
    per = "" if rule.denominator.per == 1 else f"{rule.denominator.per:g} "
    return f"per {per}{rule.denominator.column}"


def _limits(rule: IndicatorRules) -> str:
    if rule.limits is None:
        return ""
    ends = [f"{word} {end:g}" for word, end in (("from", rule.limits.low), ("to", rule.limits.high)) if end is not None]
    return f"cut {' '.join(ends)}"


def _missing(rule: IndicatorRules) -> str:
    if rule.missing is None or rule.missing.method == "none":
        return ""
    words = {
        "mean": "the mean of all units",
        "median": "the median of all units",
        "group_mean": f"the mean of its {rule.missing.group or 'group'}",
        "group_median": f"the median of its {rule.missing.group or 'group'}",
        "value": f"{rule.missing.value}",
        "carried": "the last value of an earlier period" + _at_most(rule.missing.periods),
        "neighbours": f"the mean of the {rule.missing.neighbours} nearest units",
    }
    return f"gaps take {words[rule.missing.method]}"


def _at_most(periods: int | None) -> str:
    return "" if periods is None else f", at most {periods} back"


def _transform(rule: IndicatorRules | NormalisationChoice) -> str:
    return rule.transform.method.replace("_", " ") if rule.transform and rule.transform.method != "none" else ""


def _treatment(rule: Treatment | None) -> str:
    if rule is None or not rule.steps:
        return ""
    steps = ", else ".join(step.method.replace("_", " ") for step in rule.steps)
    if rule.test is None:
        return f"against outliers {steps.replace(', else ', ', then ')}"
    limits = [f"{name} {limit:g}" for name in ("skew", "kurtosis") if (limit := getattr(rule.test, name)) is not None]
    joint = " and " if rule.test.passes == "either" else " or "
    return f"against outliers beyond {joint.join(limits)}: {steps}"


def normalisation_words(rule: rules.Normalisation, scale: tuple[float, float] | None) -> str:
    """A normalisation with its numbers."""
    text: str = WORDS[type(rule)](rule)
    own = getattr(rule, "scale", None)
    target = scale if scale and "scale" not in rule.model_fields_set else own
    within = getattr(rule, "within", None)
    ends = (
        f" to {target[0]:g}-{target[1]:g}"
        if target and not isinstance(rule, rules.AsItIs) and hasattr(rule, "scale")
        else ""
    )
    reference = getattr(rule, "reference_periods", None)
    held = f", as they were from {reference[0]} to {reference[1]}" if reference else ""
    return text + ends + (f" inside each {within}" if within else "") + held


def _min_max(rule: rules.MinMax) -> str:
    ends = (
        f"percentiles {rule.percentiles[0]:g} and {rule.percentiles[1]:g}"
        if rule.percentiles
        else "least and greatest value"
    )
    stated = [f"{word} {end:g}" for word, end in (("from", rule.low), ("up to", rule.high)) if end is not None]
    return f"between the {ends} of the units" + (f" ({', '.join(stated)} stated)" if stated else "")


WORDS: dict[type, Callable[[Any], str]] = {
    rules.Goalposts: lambda r: f"between goalposts {r.low:g} and {r.high:g}",
    rules.MinMax: _min_max,
    rules.ZScore: lambda r: f"z-score with mean {r.mean:g} and deviation {r.sd:g}",
    rules.DistanceToTarget: lambda r: f"distance to the target {r.target:g}",
    rules.DistanceToReference: lambda r: f"{r.form} to {r.unit}",
    rules.FractionOfMax: lambda r: "fraction of the best unit",
    rules.PercentileRank: lambda r: "percentile rank",
    rules.Ranks: lambda r: "rank" if r.method == "rank" else "number of units beaten (Borda)",
    rules.Categories: lambda r: f"{len(r.values)} categories as numbers",
    rules.Bins: lambda r: f"scores by {len(r.edges)} thresholds",
    rules.Linear: lambda r: f"{r.factor:g} times the value plus {r.offset:g}",
    rules.AsItIs: lambda r: "as it is",
    rules.OfRegister: lambda r: "between the goalposts of the register, as merged",
}


def choice_words(choice: NormalisationChoice, scale: tuple[float, float] | None) -> str:
    """Another normalisation, with what else it changes."""
    said = [_transform(choice), _treatment(choice.treatment)]
    if choice.normalise is None:
        said += ["not transformed"] * (choice.transform is not None and not said[0])
        said += ["outliers as they are"] * (choice.treatment is not None and not said[1])
    else:
        said.append(normalisation_words(choice.normalise, scale))
    said += [] if choice.direction is None else ["less is better" if choice.direction == -1 else "more counts as more"]
    return "; ".join(part for part in said if part)
