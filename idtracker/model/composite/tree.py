"""The tree of an index with every rule filled in: which children a node has, with which weights and rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from idtracker.model.composite.node import FROM_DATA, Coverage, Node, NodeRules, Weights
from idtracker.model.methods.aggregations import AS_STATED, WITHOUT_WEIGHTS

if TYPE_CHECKING:
    from idtracker.model.composite.definition import Index

FILLED = NodeRules(aggregation="arithmetic", weights="add_up_to_1", sign=-1, coverage=Coverage(), direction=1)
"""What holds where neither node, level nor defaults say otherwise."""
INFORM_SCALE = (0.0, 10.0)


@dataclass(frozen=True, slots=True)
class TreeNode:
    """One node: depth 1 is the root. Weights are None where they come from the data."""

    code: str
    label: str
    depth: int
    rules: NodeRules
    children: tuple[str, ...]
    weights: tuple[float, ...] | None

    @property
    def weight_rule(self) -> Weights:
        return self.rules.weights or "add_up_to_1"


@dataclass(frozen=True)
class Tree:
    """Nodes by code, children before their parents; the last one is the root."""

    nodes: dict[str, TreeNode]
    indicators: tuple[str, ...]

    @property
    def root(self) -> TreeNode:
        return next(reversed(self.nodes.values()))

    def below(self, code: str) -> tuple[str, ...]:
        """Indicators below a node, each as often as it counts there; an indicator itself."""
        if code not in self.nodes:
            return (code,)
        return tuple(leaf for child in self.nodes[code].children for leaf in self.below(child))

    def parents_of(self, code: str) -> list[str]:
        """Nodes that have it as a child."""
        return [node.code for node in self.nodes.values() if code in node.children]

    def at_and_above(self, code: str) -> frozenset[str]:
        """A node or indicator, and every node that it counts in."""
        found = {code}
        for node in self.nodes.values():
            if any(child in found for child in node.children):
                found.add(node.code)
        return frozenset(found)

    @cached_property
    def effective_weights(self) -> dict[str, float | None]:
        """Weight of every node and indicator in the root where all are present; None where it comes from the data.

        Of a mean it is the share; of other aggregations only what the file says.
        """
        found: dict[str, float | None] = {self.root.code: 1.0}
        for node in reversed(self.nodes.values()):
            above = found.get(node.code)
            for place, child in enumerate(node.children):
                own = None if node.weights is None or above is None else above * node.weights[place]
                before = found.get(child, 0.0)
                found[child] = None if own is None or before is None else before + own
        return found


def rules_at(index: Index, node: Node, depth: int) -> NodeRules:
    """Rules of a node: its own, else those of its level, else the defaults, else what holds for all."""
    level = index.levels[depth - 1] if depth <= len(index.levels) else NodeRules()
    stated: dict[str, Any] = {}
    for rules in (FILLED, index.defaults, level, node):
        stated |= {n: getattr(rules, n) for n in rules.model_fields_set if n in NodeRules.model_fields}
    return NodeRules.model_construct(**stated)


def stated_weights(index: Index, node: Node) -> list[float | None]:
    """What the file says of each child's weight: where it is a child, else where it is an indicator or a named node."""
    named = {other.code: other for other in index.nodes}
    found = []
    for child in node.children or ():
        indicator, other = index.indicators.get(child.code), named.get(child.code)
        if child.weight is not None or not child.is_reference:
            found.append(child.weight)
        else:
            found.append(indicator.weight if indicator else other.weight if other else None)
    return found


def weights_of(index: Index, node: Node, rules: NodeRules) -> tuple[float, ...] | None:
    """Weights of a node's children: shares of their sum, factors of a sum as they are, None where the data give them."""
    stated = [w for w in stated_weights(index, node) if w is not None]
    count = len(node.children or ())
    if rules.aggregation in AS_STATED:
        return tuple(stated) if stated else (1.0,) * count
    if rules.aggregation in WITHOUT_WEIGHTS or not stated:
        return None if rules.weights in FROM_DATA else (1 / count,) * count
    return tuple(weight / sum(stated) for weight in stated)


def definitions(index: Index) -> Iterator[Node]:
    """Every node that is defined, in the tree and under `nodes`, as often as it is."""
    waiting = [index.tree, *index.nodes]
    while waiting:
        node = waiting.pop(0)
        yield node
        waiting += [child for child in node.children or () if not child.is_reference]


def tree_of(index: Index) -> Tree:
    """The tree; the definition has been checked, so that it has no cycle and every code is known."""
    named = {node.code: node for node in definitions(index)}
    depths: dict[str, int] = {}

    def visit(code: str, depth: int) -> None:
        if depths.get(code, 0) >= depth:
            return
        depths[code] = depth
        for child in named[code].children or ():
            if child.code in named:
                visit(child.code, depth + 1)

    visit(index.tree.code, 1)
    order = sorted(depths, key=lambda code: -depths[code])
    nodes = {}
    for code in order:
        node, rules = named[code], rules_at(index, named[code], depths[code])
        children = tuple(child.code for child in node.children or ())
        label = node.label or code
        nodes[code] = TreeNode(code, label, depths[code], rules, children, weights_of(index, node, rules))
    return Tree(nodes, tuple(index.indicators))
