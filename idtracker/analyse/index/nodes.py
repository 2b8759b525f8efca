"""Nodes of a tree from its leaves, for any number of draws at once: values, what is present of them, and how sure they are.

Leaves stand in arrays whose last axis is the unit (a place and quarter). Units that are alike in what is expected of them share
one tree: what is expected nowhere in it has been cut away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from idtracker.analyse.composite.aggregation import aggregated
from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.model.composite.node import Coverage, NodeRules
from idtracker.model.composite.tree import Tree, TreeNode
from idtracker.model.composite.values import TOLERANCE
from idtracker.model.methods.aggregations import compared_with

_DECIMALS = 9
Leaves = Mapping[str, Numbers]


@dataclass(frozen=True, slots=True)
class Valued:
    """One node: its children in the order of the tree, their shares of the weight that is present, and its value.

    The others are those of nodes that are worked out for a panel together (across/panel_tree.py).
    """

    node: TreeNode
    children: Numbers
    shares: Numbers
    completeness: Numbers
    value: Numbers
    weights: Numbers | None = None
    """Weights of the children by unit, 0 where one is not expected."""
    stated: Numbers | None = None
    """The same as the file or the data state them; not a number where the data give none."""
    changed: Numbers | None = None
    """Aggregated and transformed, before it is normalised."""
    opened: Numbers | None = None
    """On the scale, also beyond its ends."""

    def with_value(self, value: Numbers, opened: Numbers | None = None) -> Valued:
        return replace(self, value=value, opened=opened)


def pruned(tree: Tree, leaves: frozenset[str]) -> Tree:
    """The tree with these leaves alone; nodes that have none of them are gone, and weights are those of who is left."""
    nodes: dict[str, TreeNode] = {}
    for node in tree.nodes.values():
        kept = [n for n, child in enumerate(node.children) if child in leaves or child in nodes]
        if kept:
            weights = node.weights or (1.0,) * len(node.children)
            children, own = tuple(node.children[n] for n in kept), tuple(weights[n] for n in kept)
            nodes[node.code] = replace(node, children=children, weights=own)
    return Tree(nodes, tuple(code for code in tree.indicators if code in leaves))


def valued(
    tree: Tree, leaves: Leaves, *, is_final: bool = True, imputed: Mapping[str, Flags] | None = None
) -> dict[str, Valued]:
    """Every node of a tree, children before parents; a node without enough of its weight has no value.

    Values are rounded as the method says and stay within 0 to 100, unless they are on the way to an error (`is_final`). An `imputed` leaf
    counts in the value, and neither in the completeness nor in what coverage asks for.
    """
    filled = imputed or {}
    known: dict[str, Numbers] = dict(leaves)
    found: dict[str, Valued] = {}
    for node in tree.nodes.values():
        children = np.stack([known[child] for child in node.children], axis=-1)
        weights = np.array(node.weights, dtype=float)
        there = ~np.isnan(children)
        present = np.where(there, weights, 0.0)
        total, whole = present.sum(axis=-1), weights.sum()
        shares = np.divide(present, total[..., None], out=np.zeros_like(present), where=total[..., None] > 0)
        if filled:
            there = reported(node, there, filled)
            total = np.where(there, weights, 0.0).sum(axis=-1)
        completeness = np.zeros_like(total) if whole <= 0 else total / whole
        enough = _is_enough(tree, node, there, completeness, leaves, filled)
        value = aggregated(np.where(enough[..., None], children, np.nan), weights, node.rules).values
        if is_final:
            inside = np.clip(rounded(value, node.rules.round), 0.0, 100.0)
            value = np.asarray(np.round(inside, _DECIMALS) + 0.0, dtype=np.float64)
        known[node.code] = value
        found[node.code] = Valued(node, children, shares, completeness, value)
    return found


def reported(node: TreeNode, there: Flags, filled: Mapping[str, Flags]) -> Flags:
    """Children that are there and not filled in."""
    found = there.copy()
    for place, child in enumerate(node.children):
        if child in filled:
            found[..., place] &= ~filled[child]
    return found


def compared_rules(node: TreeNode, floor: float) -> NodeRules:
    """Rules of a node under the aggregation that its own is compared with; `floor` where it has none of its own."""
    other = compared_with(node.rules.aggregation or "arithmetic")
    return node.rules.model_copy(
        update={"aggregation": other, "floor": node.rules.floor or floor, "worst_component": None}
    )


def _is_enough(
    tree: Tree, node: TreeNode, there: Flags, completeness: Numbers, leaves: Leaves, filled: Mapping[str, Flags]
) -> Flags:
    rule = node.rules.coverage or Coverage()
    if rule.of == "indicators":
        own = [
            ~np.isnan(leaves[c]) & ~filled[c] if c in filled else ~np.isnan(leaves[c]) for c in tree.below(node.code)
        ]
        below = np.stack(own, axis=-1)
        share = below.mean(axis=-1)
    else:
        share = completeness if rule.of == "weight" else there.mean(axis=-1)
    enough: Flags = (share >= rule.share - TOLERANCE) & (there.sum(axis=-1) >= rule.at_least)
    return enough


def errors_of(
    tree: Tree,
    leaves: Leaves,
    errors: Leaves,
    together: Mapping[str, str],
    imputed: Mapping[str, Flags] | None = None,
) -> dict[str, Numbers]:
    """Standard error of every node, as if indicators erred independently; not a number where none below it has an error.

    Each indicator (`together`: leaf -> indicator) is moved by one standard error up and down, all leaves that read it at once, through the whole
    tree without rounding; the larger of the two changes counts, and changes are added in squares. Of an arithmetic mean
    that is the usual sqrt(sum(w²·s²)); where a mean bends it is no less than the delta method gives.
    """
    unrounded = valued(tree, leaves, is_final=False, imputed=imputed)
    variance = {code: np.zeros_like(one.value) for code, one in unrounded.items()}
    told = {code: np.zeros(one.value.shape, dtype=bool) for code, one in unrounded.items()}
    for indicator in dict.fromkeys(together[leaf] for leaf in tree.indicators):
        own = [leaf for leaf in tree.indicators if together[leaf] == indicator]
        has = np.any([~np.isnan(leaves[leaf]) & ~np.isnan(errors[leaf]) for leaf in own], axis=0)
        if not has.any():
            continue
        change = _changes(tree, leaves, errors, own, unrounded, imputed)
        for code, moved in change.items():
            variance[code] += moved**2
            told[code] |= has if any(leaf in own for leaf in tree.below(code)) else False
    return {code: np.where(told[code], np.sqrt(total), np.nan) for code, total in variance.items()}


def _changes(
    tree: Tree,
    leaves: Leaves,
    errors: Leaves,
    own: list[str],
    before: Mapping[str, Valued],
    imputed: Mapping[str, Flags] | None = None,
) -> dict[str, Numbers]:
    """How far each node moves, at most, where the leaves of one indicator are a standard error higher or lower.

    A positive value is never taken to zero or below, where some means end: it is halved, and the change is scaled up.
    """
    moved, stretch = dict(leaves), np.ones_like(leaves[own[0]])
    for leaf in own:
        x, error = leaves[leaf], np.nan_to_num(errors[leaf])
        down = np.where((x > 0) & (x - error <= 0), x / 2, x - error)
        step = x - down
        factor = np.divide(error, step, out=np.ones_like(step), where=step > 0)
        stretch = np.fmax(stretch, factor)
        moved[leaf] = np.stack([x + error, down])
    wide = {leaf: np.broadcast_to(x, (2, x.shape[-1])) for leaf, x in moved.items()}
    after = valued(tree, wide, is_final=False, imputed=imputed)
    found = {}
    for code, one in after.items():
        up, low = np.abs(one.value - before[code].value)
        found[code] = np.nan_to_num(np.fmax(up, low * stretch))
    return found
