"""What a tree must keep to score the tracker: every node on 0 to 100 with 100 as the good end; its leaves: tracker_leaves.py."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from idtracker.model.composite.alternative_faults import leaves_of
from idtracker.model.composite.definition import Bands, Index
from idtracker.model.composite.node import FROM_DATA
from idtracker.model.composite.normalisation import OfRegister
from idtracker.model.composite.reach import has_own_scale, rules_of_node
from idtracker.model.composite.structure import Fault
from idtracker.model.composite.tree import TreeNode
from idtracker.model.methods.aggregations import ON_THE_SCALE
from idtracker.model.methods.tracker_leaves import of_leaf, of_scale

LEAST_CHILDREN = 2
"""Children that a node with weights from the data must have."""


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
    """Other choices keep to the same."""
    for number, entry in enumerate(index.alternatives.normalisation):
        for n, choice in enumerate(entry.choices):
            at = ("alternatives", "normalisation", number, "choices", n)
            for code in leaves_of(index, entry):
                rules = index.rules_under(code, choice)
                yield from ((at, f"`{code}`: {message}") for message in of_scale(rules))
    for number, other in enumerate(index.alternatives.aggregation):
        for n, one in enumerate(other.choices):
            for message in aggregation_on_the_scale(one.aggregation):
                yield ("alternatives", "aggregation", number, "choices", n), message


def aggregation_on_the_scale(name: str | None) -> Iterator[str]:
    """That an aggregation does not end on the tracker's scale."""
    if name not in ON_THE_SCALE:
        yield f"{name} does not end on the scale from 0 to 100 on which 100 is good: use one of {', '.join(ON_THE_SCALE)}"


def _of_indicator(index: Index, code: str, indicators: Collection[str]) -> Iterator[str]:
    own = index.indicators[code]
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
    yield from of_leaf(index, code, indicators)


def _of_node(node: TreeNode) -> Iterator[str]:
    rules = node.rules
    yield from aggregation_on_the_scale(rules.aggregation)
    if rules.weights in FROM_DATA and len(node.children) < LEAST_CHILDREN:
        yield "weights from the data compare children, and it has one: remove `weights`, or say `weights: equal`"
    yield from _of_own_scale(node)
    if rules.worst_component is not None and rules.worst_component.worst == "high":
        yield "100 is good here: the worst component is the low one"


def _of_own_scale(node: TreeNode) -> Iterator[str]:
    """What is wrong with a node's own way onto the scale."""
    way = node.rules.normalise
    if not has_own_scale(node):
        return
    if way is None:
        yield "its transformed value must come back onto the scale from 0 to 100: say `normalise` too, or remove `transform`"
    elif isinstance(way, OfRegister):
        yield "the register has goalposts for indicators alone: state those of the node (`goalposts`)"
    elif getattr(way, "reference_periods", None):
        yield "the statistics of a node are those of its own quarter: remove `reference_periods`, or state its goalposts"
    else:
        yield from of_scale(rules_of_node(node))


def _of_bands(bands: Bands) -> Iterator[str]:
    low, high = bands.classes[0].low, bands.classes[-1].high
    if bands.percentiles:
        yield "bands by percentiles would differ with the places that are looked at together: state their ends"
    elif (low is not None and low > 0) or (high is not None and high < 100):
        yield "bands must reach from 0 to 100"
