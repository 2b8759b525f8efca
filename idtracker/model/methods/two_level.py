"""Other choices of a two-level method: which ones fit, and its nodes as a tree."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from idtracker.model.composite.alternative_faults import BESIDE_REGISTER, Fault, Loc, of_aggregations, of_weights
from idtracker.model.composite.alternatives import NormalisationChoice, OtherNormalisations
from idtracker.model.composite.definition import IndicatorRules
from idtracker.model.composite.node import NodeRules
from idtracker.model.composite.normalisation import OfRegister
from idtracker.model.composite.tree import Tree, TreeNode
from idtracker.model.methods.tracker_leaves import of_normalisation
from idtracker.model.methods.tracker_tree import aggregation_on_the_scale

if TYPE_CHECKING:
    from idtracker.model.method import Method


def nodes_of_method(method: Method) -> Tree:
    """Root and dimensions; which indicators a dimension has is in the register."""
    within, across = NodeRules(aggregation=method.within), NodeRules(aggregation=method.across)
    nodes = {code: TreeNode(code, dimension.label, 2, within, (), ()) for code, dimension in method.dimensions.items()}
    weights = tuple(dimension.weight for dimension in method.dimensions.values())
    root = TreeNode(method.root, method.title, 1, across, tuple(method.dimensions), weights)
    return Tree({**nodes, method.root: root}, ())


def rules_of_choice(choice: NormalisationChoice) -> IndicatorRules:
    """A choice as the rules of an indicator whose own are in the register."""
    return IndicatorRules.model_construct(**{name: getattr(choice, name) for name in choice.model_fields_set})


def faults_of_method(method: Method) -> Iterator[Fault]:
    """What does not fit into a two-level method, as far as it can be told without the register."""
    tree = nodes_of_method(method)
    for number, entry in enumerate(method.alternatives.normalisation):
        at: Loc = ("alternatives", "normalisation", number)
        if not entry.of:
            yield (*at, "of"), "name the indicators, or the dimensions whose indicators are meant"
        for n, choice in enumerate(entry.choices):
            yield from (((*at, "choices", n), message) for message in of_register(choice))
    yield from of_aggregations(tree, method.alternatives.aggregation)
    for number, other in enumerate(method.alternatives.aggregation):
        for n, one in enumerate(other.choices):
            for message in aggregation_on_the_scale(one.aggregation):
                yield ("alternatives", "aggregation", number, "choices", n), message
    for number, weights in enumerate(method.alternatives.weights.sets):
        at = ("alternatives", "weights", "sets", number)
        yield from of_weights({method.root: tree.root}, weights, at)


def of_register(choice: NormalisationChoice) -> Iterator[str]:
    """What is wrong with a choice that stands beside the goalposts of the register."""
    if isinstance(choice.normalise, OfRegister):
        yield "this is what the method states already: remove it"
        return
    if choice.normalise is None:
        yield BESIDE_REGISTER
        return
    if choice.direction is None:
        yield "the direction is in the register: say the `direction` of this choice"
    if choice.treatment is not None:
        yield "no treatment of outliers here: cells are merged before they are scored"
    yield from of_normalisation(rules_of_choice(choice))


def unknown_indicators(method: Method, indicators: Collection[str]) -> Iterator[Fault]:
    """Names of entries that the register lacks, or that several entries have."""
    seen: set[str] = set()
    for number, entry in enumerate(method.alternatives.normalisation):
        at: Loc = ("alternatives", "normalisation", number, "of")
        for code in entry.of:
            if code not in indicators and code not in method.dimensions:
                near = get_close_matches(code, [*indicators, *method.dimensions], n=1)
                hint = f": did you mean `{near[0]}`?" if near else ""
                yield at, f"there is no indicator or dimension `{code}`{hint}"
            if code in seen:
                yield at, f"`{code}` stands in several entries: name all choices in one"
            seen.add(code)


def named_by(entry: OtherNormalisations, indicator: str, dimension: str) -> bool:
    """Whether an entry means an indicator of a dimension."""
    return indicator in entry.of or dimension in entry.of
