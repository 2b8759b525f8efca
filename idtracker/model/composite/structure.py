"""Whether the parts of a definition hang together: codes, weights, exponents, cycles. Each fault has its place in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from idtracker.model.composite.alternative_faults import faults_of_alternatives
from idtracker.model.composite.node import FROM_DATA, Node
from idtracker.model.composite.tree import rules_at, stated_weights
from idtracker.model.composite.values import TOLERANCE
from idtracker.model.methods.aggregations import AS_STATED, WITHOUT_WEIGHTS, declared

if TYPE_CHECKING:
    from idtracker.model.composite.definition import Index

Loc = tuple[str | int, ...]
Fault = tuple[Loc, str]
_NUMBERS = {2: "two"}


class StructureError(ValueError):
    """The parts of a definition do not fit together; faults carry their places."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(message for _, message in faults))


def faults_of(index: Index) -> list[Fault]:
    """Everything that does not fit; what depends on a sound tree is asked only of one."""
    places = list(_places(index))
    faults = [*_codes(index, places), *_children(index, places)]
    if not faults:
        faults = list(_cycles(index, places))
    if not faults:
        faults = [*_unused(index, places), *_rules(index, places), *_indicators(index), *_bands(index, places)]
    if not faults:
        faults = list(faults_of_alternatives(index))
    return faults


def _places(index: Index) -> Iterator[tuple[Loc, Node]]:
    """Every node that is defined, with its place."""
    waiting: list[tuple[Loc, Node]] = [(("tree",), index.tree)]
    waiting += [(("nodes", number), node) for number, node in enumerate(index.nodes)]
    while waiting:
        loc, node = waiting.pop(0)
        yield loc, node
        inner = [((*loc, "children", n), child) for n, child in enumerate(node.children or ())]
        waiting += [(at, child) for at, child in inner if not child.is_reference]


def _codes(index: Index, places: list[tuple[Loc, Node]]) -> Iterator[Fault]:
    times = Counter(node.code for _, node in places)
    seen: set[str] = set()
    for loc, node in places:
        if node.code in index.indicators:
            yield (*loc, "code"), f"`{node.code}` is an indicator as well: give the node a code of its own"
        if times[node.code] > 1 and node.code in seen:
            yield (*loc, "code"), f"`{node.code}` is defined twice: name it where it is used again, or rename one"
        seen.add(node.code)


def _children(index: Index, places: list[tuple[Loc, Node]]) -> Iterator[Fault]:
    nodes = {node.code for _, node in places}
    for loc, node in places:
        if not node.children:
            yield loc, f"node `{node.code}` has no children: name its indicators or nodes, or remove it"
        times = Counter(child.code for child in node.children or ())
        for number, child in enumerate(node.children or ()):
            at = (*loc, "children", number)
            if child.is_reference and child.code not in index.indicators and child.code not in nodes:
                near = get_close_matches(child.code, [*index.indicators, *nodes], n=1)
                hint = f"did you mean `{near[0]}`?" if near else "define it under `indicators`"
                yield at, f"`{child.code}` is neither an indicator nor a node with children: {hint}"
            if times[child.code] > 1 and child.code not in {c.code for c in (node.children or ())[:number]}:
                yield at, f"`{child.code}` stands {times[child.code]} times in `{node.code}`: name it once"
            own = child.model_fields_set - {"code", "weight"}
            if child.is_reference and own:
                yield at, f"`{child.code}` is only named here: {', '.join(sorted(own))} belong where it is defined"


def _cycles(index: Index, places: list[tuple[Loc, Node]]) -> Iterator[Fault]:
    """A node that is below itself."""
    children = {
        node.code: [c.code for c in node.children or () if c.code not in index.indicators] for _, node in places
    }
    at = {node.code: loc for loc, node in places}
    done: set[str] = set()

    def walk(code: str, path: tuple[str, ...]) -> Iterator[Fault]:
        if code in path:
            circle = " > ".join((*path[path.index(code) :], code))
            yield at[code], f"a cycle: {circle}; remove one of these children"
        elif code not in done:
            for child in children[code]:
                yield from walk(child, (*path, code))
            done.add(code)

    for code in children:
        yield from walk(code, ())


def _unused(index: Index, places: list[tuple[Loc, Node]]) -> Iterator[Fault]:
    used = {child.code for _, node in places for child in node.children or ()}
    for code in index.indicators:
        if code not in used:
            yield ("indicators", code), "it counts nowhere: name it under a node, or remove it"
    for number, node in enumerate(index.nodes):
        if node.code not in used:
            yield ("nodes", number), f"node `{node.code}` counts nowhere: name it under a node, or remove it"


def _rules(index: Index, places: list[tuple[Loc, Node]]) -> Iterator[Fault]:
    depths = _depths(index, places)
    if len(index.levels) > max(depths.values()):
        yield (
            ("levels", max(depths.values())),
            f"the tree has {max(depths.values())} levels of nodes: remove the others",
        )
    for loc, node in places:
        rules = rules_at(index, node, depths[node.code])
        if rules.aggregation == "power" and not rules.exponent:
            why = "0 is the geometric mean, say `geometric`" if rules.exponent == 0 else "`power` needs an exponent"
            yield (*loc, "exponent"), f"node `{node.code}`: {why}"
        aggregation = rules.aggregation or "arithmetic"
        needed, count = declared(aggregation).child_count, len(node.children or ())
        if needed is not None and count != needed:
            yield loc, f"node `{node.code}`: {aggregation} needs {_NUMBERS.get(needed, needed)} children, here {count}"
        yield from ((loc, f"node `{node.code}`: {message}") for message in _weights(index, node, rules))


def _weights(index: Index, node: Node, rules: object) -> Iterator[str]:
    rule, aggregation = getattr(rules, "weights", None), getattr(rules, "aggregation", None)
    weights = stated_weights(index, node)
    stated = [weight for weight in weights if weight is not None]
    if not stated:
        return
    without = [c.code for c, w in zip(node.children or (), weights, strict=True) if w is None]
    if without:
        yield f"some children have a weight and {', '.join(without)} none: give every one or none"
    elif aggregation in WITHOUT_WEIGHTS:
        yield f"weights count for nothing in {aggregation}: remove them"
    elif rule == "equal" or rule in FROM_DATA:
        yield f"weights are {str(rule).replace('_', ' ')}, and the children state their own: remove one of the two"
    elif sum(stated) <= 0:
        yield "weights must not all be 0"
    elif rule == "add_up_to_1" and aggregation not in AS_STATED and abs(sum(stated) - 1) > TOLERANCE:
        yield f"weights must add up to 1, here {sum(stated):.10g}: mend them, or say `weights: relative`"


def _depths(index: Index, places: list[tuple[Loc, Node]]) -> dict[str, int]:
    children = {node.code: [c.code for c in node.children or ()] for _, node in places}
    depths = dict.fromkeys(children, 0)

    def visit(code: str, depth: int) -> None:
        if depths[code] >= depth:
            return
        depths[code] = depth
        for child in children[code]:
            if child in children:
                visit(child, depth + 1)

    visit(index.tree.code, 1)
    return {code: max(depth, 1) for code, depth in depths.items()}


def _indicators(index: Index) -> Iterator[Fault]:
    for code in index.indicators:
        rules = index.rules_of(code)
        if rules.normalise is None:
            yield (
                ("indicators", code),
                "say how it is normalised: `none` where it is on the scale already, `register` for the tracker's own goalposts",
            )
        elif rules.normalise.method == "categories" and (rules.denominator or rules.transform or rules.limits):
            yield (
                ("indicators", code, "normalise"),
                "categories are words: they take no denominator, limits or transform",
            )
        if index.indicators[code].constant is not None and index.indicators[code].column:
            yield ("indicators", code, "constant"), "a constant has no column: remove one of the two"


def _bands(index: Index, places: list[tuple[Loc, Node]]) -> Iterator[Fault]:
    nodes = {node.code for _, node in places}
    for number, bands in enumerate(index.bands):
        if bands.node and bands.node not in nodes:
            yield ("bands", number, "node"), f"there is no node `{bands.node}`"
    times = Counter(bands.node or index.tree.code for bands in index.bands)
    for code, count in times.items():
        if count > 1:
            yield ("bands",), f"node `{code}` has bands {count} times: keep one"
