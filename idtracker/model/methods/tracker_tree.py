"""What a tree must keep to score the tracker: every node on 0 to 100, each score from the cells of its own place and quarter."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from idtracker.model.composite import normalisation as ways
from idtracker.model.composite.alternative_faults import leaves_of
from idtracker.model.composite.definition import Bands, Index, IndicatorRules
from idtracker.model.composite.node import FROM_DATA
from idtracker.model.composite.preparation import Transform
from idtracker.model.composite.structure import Fault
from idtracker.model.composite.tree import TreeNode

SCALE = (0.0, 100.0)
ON_THE_SCALE = ("arithmetic", "geometric", "harmonic", "power", "mazziotta_pareto", "minimum", "maximum", "median")
"""Aggregations of values from 0 to 100 that end on the same scale, high being good."""


def faults_of_tracker(index: Index, indicators: Collection[str]) -> Iterator[Fault]:
    """What a sound definition says that no score of the tracker can follow, with its place in the file."""
    for code in index.indicators:
        for message in _of_indicator(index, code, indicators):
            yield ("indicators", code), message
    for node in index.hierarchy.nodes.values():
        for message in _of_node(node):
            yield ("tree",), f"node `{node.code}`: {message}"
    for number, bands in enumerate(index.bands):
        for message in _of_bands(bands):
            yield ("bands", number), message
    yield from _of_alternatives(index)


def _of_alternatives(index: Index) -> Iterator[Fault]:
    """Other choices keep to the same: 0 to 100, from the cells of one place and quarter."""
    for number, entry in enumerate(index.alternatives.normalisation):
        for n, choice in enumerate(entry.choices):
            at = ("alternatives", "normalisation", number, "choices", n)
            for code in leaves_of(index, entry):
                rules = index.rules_under(code, choice)
                messages = ["no treatment of outliers here: cells are merged before they are scored"] * bool(
                    rules.treatment
                )
                yield from ((at, f"`{code}`: {message}") for message in (*messages, *of_normalisation(rules)))
    for number, other in enumerate(index.alternatives.aggregation):
        for n, one in enumerate(other.choices):
            for message in aggregation_on_the_scale(one.aggregation):
                yield ("alternatives", "aggregation", number, "choices", n), message


def aggregation_on_the_scale(name: str | None) -> Iterator[str]:
    """That an aggregation does not end on the tracker's scale."""
    if name not in ON_THE_SCALE:
        yield f"{name} does not end on the scale from 0 to 100 on which 100 is good: use one of {', '.join(ON_THE_SCALE)}"


def _of_indicator(index: Index, code: str, indicators: Collection[str]) -> Iterator[str]:
    rules, own = index.rules_of(code), index.indicators[code]
    column = index.column_of(code)
    if own.constant is not None:
        yield "a constant has no report behind it: remove it"
    elif column not in indicators:
        near = get_close_matches(column, list(indicators), n=1)
        hint = f"did you mean `{near[0]}`?" if near else "add it to _reference/indicators.csv"
        yield f"there is no indicator `{column}` in the register: {hint}"
    parents = index.hierarchy.parents_of(code)
    same = [other for other in index.indicators if index.column_of(other) == column]
    if not own.shared and (len(parents) > 1 or len(same) > 1):
        where = ", ".join(parents) if len(parents) > 1 else ", ".join(same)
        yield f"it counts more than once ({where}): keep one, or say `shared: true`"
    if rules.denominator or rules.treatment or (rules.missing and rules.missing.method != "none"):
        yield "no denominator, treatment or filling of gaps here: cells are merged and carried before they are scored"
    yield from of_normalisation(rules)


def of_normalisation(rules: IndicatorRules) -> Iterator[str]:
    """What is wrong with a way onto the tracker's scale."""
    way, fixed = rules.normalise, rules.transform
    if fixed is not None and not _is_defined_or_ends(fixed):
        yield (
            f"`transform: {fixed.method}` is not defined for every value, and an indicator may not leave a score because of what is "
            "reported: use log, log10, log1p, square_root or logit with a positive factor, or goalposts of the value itself"
        )
    if isinstance(way, ways.OfRegister):
        changed = [n for n in ("limits", "transform", "direction", "scale", "round") if getattr(rules, n) is not None]
        if changed:
            yield f"`normalise: register` has its direction and goalposts from the register: remove {', '.join(changed)}"
    elif not _is_of_itself(way):
        name = way.method if way else "nothing"
        yield (
            f"{name} looks at other places, and a score follows from the cells of its own place and quarter: "
            "use `register`, or `goalposts` with stated ends"
        )
    elif not _ends_on_scale(way, rules):
        yield "it must end on the scale from 0 to 100 at both ends: say `scale: [0, 100]` and `clip: both`, or state scores inside it"


def _is_defined_or_ends(rule: Transform) -> bool:
    """Whether a value has a transformation, or lies beyond the goalposts where it has none."""
    if rule.method == "power":
        return rule.exponent >= 0 and float(rule.exponent).is_integer()
    if rule.method in ("log", "log10", "log1p", "square_root", "logit"):
        return rule.factor > 0
    return rule.method != "reciprocal"


def _is_of_itself(way: object) -> bool:
    """Whether the value of one place does not depend on those of others."""
    if isinstance(way, ways.DistanceToTarget):
        return way.worst is not None
    if isinstance(way, ways.Bins):
        return not way.percentiles
    return isinstance(way, ways.Goalposts | ways.Linear | ways.AsItIs)


def _ends_on_scale(way: object, rules: IndicatorRules) -> bool:
    if isinstance(way, ways.Bins):
        return all(0 <= score <= 100 for score in way.scores)
    if isinstance(way, ways.Linear):
        return way.clip is not None and way.clip[0] >= 0 and way.clip[1] <= 100
    stated = getattr(way, "scale", None)
    scale = rules.scale if rules.scale and "scale" not in getattr(way, "model_fields_set", ()) else stated
    return scale == SCALE and getattr(way, "clip", "both") == "both"


def _of_node(node: TreeNode) -> Iterator[str]:
    rules = node.rules
    yield from aggregation_on_the_scale(rules.aggregation)
    if rules.weights in FROM_DATA:
        yield "weights from the data would differ with the places that are looked at together: state them"
    if rules.transform is not None or rules.normalise is not None:
        yield "a node stays on the scale of its children: remove `transform` and `normalise`"
    if rules.worst_component is not None and rules.worst_component.worst == "high":
        yield "100 is good here: the worst component is the low one"


def _of_bands(bands: Bands) -> Iterator[str]:
    low, high = bands.classes[0].low, bands.classes[-1].high
    if bands.percentiles:
        yield "bands by percentiles would differ with the places that are looked at together: state their ends"
    elif (low is not None and low > 0) or (high is not None and high < 100):
        yield "bands must reach from 0 to 100"
