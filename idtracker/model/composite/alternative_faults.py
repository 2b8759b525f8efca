"""Whether other choices fit the method that names them. Each fault has its place in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from idtracker.model.composite import normalisation as ways
from idtracker.model.composite.alternatives import (
    AggregationChoice,
    NormalisationChoice,
    OtherAggregations,
    OtherNormalisations,
    WeightSet,
)
from idtracker.model.composite.node import FROM_DATA, NodeRules
from idtracker.model.composite.preparation import Transform, Treatment
from idtracker.model.composite.tree import Tree, TreeNode
from idtracker.model.composite.values import TOLERANCE
from idtracker.model.methods.aggregations import AS_STATED, COMPARABLE, WITHOUT_SETS

if TYPE_CHECKING:
    from idtracker.model.composite.definition import Index, IndicatorRules

Loc = tuple[str | int, ...]
Fault = tuple[Loc, str]
BESIDE_REGISTER = (
    "say how it comes onto the scale (`normalise`): the register's goalposts are those of the value as it is merged"
)


def faults_of_alternatives(index: Index) -> Iterator[Fault]:
    """Everything that does not fit; asked of a definition whose other parts are sound."""
    for number, entry in enumerate(index.alternatives.normalisation):
        yield from _of_normalisation(index, entry, ("alternatives", "normalisation", number))
    leaves = [leaf for entry in index.alternatives.normalisation for leaf in leaves_of(index, entry)]
    yield from _repeated("normalisation", leaves)
    yield from of_aggregations(index.hierarchy, index.alternatives.aggregation)
    labels = Counter(one.label for one in index.alternatives.weights.sets)
    for number, one in enumerate(index.alternatives.weights.sets):
        at: Loc = ("alternatives", "weights", "sets", number)
        if labels[one.label] > 1:
            yield at, f"several sets are called `{one.label}`: give each a label of its own"
        yield from of_weights(index.hierarchy.nodes, one, at)


def of_aggregations(tree: Tree, entries: Sequence[OtherAggregations]) -> Iterator[Fault]:
    """What is wrong with other aggregations."""
    for number, other in enumerate(entries):
        yield from _of_aggregation(tree, other, ("alternatives", "aggregation", number))
    yield from _repeated("aggregation", [code for other in entries for code in nodes_of(tree, other)])


def _repeated(name: str, codes: Sequence[str]) -> Iterator[Fault]:
    several = [code for code, count in Counter(codes).items() if count > 1]
    if several:
        yield ("alternatives", name), f"{', '.join(several)} stand in several entries: name all choices in one"


def leaves_of(index: Index, entry: OtherNormalisations) -> list[str]:
    """Indicators that an entry names, itself or by a node above them, in the order of the file."""
    below = {leaf for code in entry.of for leaf in _below(index.hierarchy, code)}
    return [code for code in index.indicators if not entry.of or code in below]


def nodes_of(tree: Tree, entry: OtherAggregations) -> list[str]:
    """Nodes that an entry names, children before parents."""
    if entry.level is not None:
        return [code for code, node in tree.nodes.items() if node.depth == entry.level]
    return [code for code in tree.nodes if not entry.of or code in entry.of]


def rules_under(rules: NodeRules, choice: AggregationChoice) -> NodeRules:
    """Rules of a node under another aggregation."""
    return rules.model_copy(update={name: getattr(choice, name) for name in choice.model_fields_set})


def scale_of(rules: IndicatorRules) -> tuple[float, float] | None:
    """The scale that a normalisation ends on; None where it has no ends."""
    way = rules.normalise
    if isinstance(way, ways.OfRegister):
        return (0.0, 100.0)
    if isinstance(way, ways.Bins):
        return rules.scale or (min(way.scores), max(way.scores))
    if isinstance(way, ways.Linear | ways.ZScore):
        return way.clip
    if isinstance(way, ways.FractionOfMax):
        return (0.0, way.factor)
    if isinstance(way, ways.AsItIs):
        return way.scale or rules.scale
    own: tuple[float, float] | None = getattr(way, "scale", None)
    return rules.scale if own and rules.scale and "scale" not in way.model_fields_set else own  # type: ignore[union-attr]


def _below(tree: Tree, code: str) -> tuple[str, ...]:
    return tree.below(code) if code in tree.nodes else (code,)


def _unknown(codes: Sequence[str], known: Sequence[str], what: str) -> Iterator[str]:
    for code in codes:
        if code not in known:
            near = get_close_matches(code, known, n=1)
            yield f"there is no {what} `{code}`" + (f": did you mean `{near[0]}`?" if near else "")


def _of_normalisation(index: Index, entry: OtherNormalisations, at: Loc) -> Iterator[Fault]:
    known = [*index.indicators, *index.hierarchy.nodes]
    yield from (((*at, "of"), message) for message in _unknown(entry.of, known, "indicator or node"))
    for number, choice in enumerate(entry.choices):
        for code in leaves_of(index, entry):
            own, other = index.rules_of(code), index.rules_under(code, choice)
            for message in _of_choice(own, other, choice):
                yield (*at, "choices", number), f"`{code}`: {message}"


def _of_choice(own: IndicatorRules, other: IndicatorRules, choice: NormalisationChoice) -> Iterator[str]:
    words = (ways.Categories,)
    if isinstance(own.normalise, words) or isinstance(other.normalise, words):
        yield "categories are words, and have no other normalisation here: remove it from this entry"
        return
    names = ("normalise", "transform", "treatment", "direction")
    if all(_effect(getattr(own, name)) == _effect(getattr(other, name)) for name in names):
        yield "this is what the file states already: remove it"
        return
    if isinstance(own.normalise, ways.OfRegister) and choice.normalise is None:
        yield BESIDE_REGISTER
        return
    if isinstance(own.normalise, ways.OfRegister) and choice.direction is None:
        yield "its direction is in the register: say the `direction` of this choice"
    if isinstance(other.normalise, ways.OfRegister) and any(getattr(other, n) is not None for n in names[1:]):
        yield "`register` has its direction and goalposts from the register: it takes nothing beside it"
        return
    stated, found = scale_of(own), scale_of(other)
    if stated is None or found is None:
        if stated is not found or _method(own) != _method(other):
            yield f"{_scale(found)}, and as stated {_scale(stated)}: the two cannot be held against each other; give both one `scale`, or `clip`"
    elif not _is_comparable(other, found, stated):
        yield f"{_scale(found)}, and as stated {_scale(stated)}: say `scale`, so that the two can be held against each other"


def _effect(rule: object) -> object:
    """What a rule does; `none` does nothing, as where there is no rule."""
    return None if rule in (Transform(method="none"), Treatment()) else rule


def _method(rules: IndicatorRules) -> str | None:
    return None if rules.normalise is None else rules.normalise.method


def _is_comparable(other: IndicatorRules, found: tuple[float, float], stated: tuple[float, float]) -> bool:
    """Scores inside the stated scale where the rule has ends of its own (thresholds, a clip), else the same scale."""
    inside = found[0] >= stated[0] - TOLERANCE and found[1] <= stated[1] + TOLERANCE
    has_own_ends = isinstance(other.normalise, ways.Bins | ways.Linear | ways.ZScore)
    return inside and (has_own_ends or max(abs(a - b) for a, b in zip(found, stated, strict=True)) <= TOLERANCE)


def _scale(scale: tuple[float, float] | None) -> str:
    return "it has no ends" if scale is None else f"it ends on {scale[0]:g} to {scale[1]:g}"


def _of_aggregation(tree: Tree, entry: OtherAggregations, at: Loc) -> Iterator[Fault]:
    deepest = max(node.depth for node in tree.nodes.values())
    if entry.of and entry.level is not None:
        yield at, "name nodes or a level, not both"
    if entry.level is not None and entry.level > deepest:
        yield (*at, "level"), f"the tree has {deepest} levels of nodes"
    yield from (((*at, "of"), message) for message in _unknown(entry.of, list(tree.nodes), "node"))
    nodes = [tree.nodes[code] for code in nodes_of(tree, entry)]
    for number, choice in enumerate(entry.choices):
        loc = (*at, "choices", number)
        yield from ((loc, message) for message in _of_form(choice, nodes))
        if nodes and all(is_stated(node.rules, choice) for node in nodes):
            yield loc, f"{choice.aggregation} is what the file states already: remove it"
        if choice in entry.choices[:number]:
            yield loc, f"{choice.aggregation} is named twice: name it once"


def _of_form(choice: AggregationChoice, nodes: Sequence[TreeNode]) -> Iterator[str]:
    if choice.aggregation not in COMPARABLE:
        yield f"{choice.aggregation} does not end on the scale of the children: use one of {', '.join(COMPARABLE)}"
        return
    for node in nodes:
        stated = node.rules.aggregation or "arithmetic"
        if stated not in COMPARABLE:
            yield f"node `{node.code}` is a {stated.replace('_', ' ')}, which no mean can be held against: remove it from this entry"
        elif choice.aggregation == "power" and not rules_under(node.rules, choice).exponent:
            yield "`power` needs an exponent other than 0"
            return


def is_stated(rules: NodeRules, choice: AggregationChoice) -> bool:
    """Whether a choice is what a node does already."""
    stated = {name: getattr(rules, name) for name in choice.model_fields_set}
    stated["aggregation"] = rules.aggregation or "arithmetic"
    return all(getattr(choice, name) == value for name, value in stated.items())


def of_weights(nodes: dict[str, TreeNode], one: WeightSet, at: Loc) -> Iterator[Fault]:
    """What is wrong with a set of weights."""
    yield from (((*at, "weights"), message) for message in _unknown(list(one.weights), list(nodes), "node"))
    for code, weights in one.weights.items():
        if code in nodes:
            yield from (((*at, "weights", code), message) for message in _of_set(nodes[code], weights))


def _of_set(node: TreeNode, weights: object) -> Iterator[str]:
    stated: dict[str, float] = dict(weights)  # type: ignore[call-overload]
    aggregation, total = node.rules.aggregation or "arithmetic", sum(stated.values())
    missing = [child for child in node.children if child not in stated]
    yield from _unknown(list(stated), node.children, f"child of `{node.code}`")
    if missing:
        yield f"{', '.join(missing)} of `{node.code}` have no weight: give every child one"
    if aggregation in WITHOUT_SETS:
        yield f"weights are not drawn in {aggregation.replace('_', ' ')}: remove the node from this set"
    elif node.weight_rule in FROM_DATA:
        yield f"weights of `{node.code}` come from the data: remove the node from this set"
    elif total <= 0:
        yield "weights must not all be 0"
    elif node.weight_rule == "add_up_to_1" and aggregation not in AS_STATED and abs(total - 1) > TOLERANCE:
        yield f"weights must add up to 1, here {total:.10g}: mend them, or say `weights: relative` at the node"
