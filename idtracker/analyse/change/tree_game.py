"""The score of a node of a tree as a function of which causes have acted on which leaves, vectorised over coalitions.

Aggregation, weights, coverage and rounding are those of the tree (index/nodes.py). As in game.py, coverage of the node itself
is not asked between the two sides, that of nodes below it is; where no child of a node is covered all of them count, and
where nothing at all is left the score before stands. A leaf or node that counts in two places is a player in each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from idtracker.analyse.change.game import CAUSES, METHOD, PANEL, Leaf, leaf_inputs
from idtracker.analyse.change.leaf import NodeContext
from idtracker.analyse.change.shapley import Bools, Floats, coalitions
from idtracker.analyse.change.tree_leaves import Counted, TreeLeaf
from idtracker.analyse.composite.aggregation import aggregated
from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.index.own_scale import changed_by, on_own_scale
from idtracker.model.composite.node import Coverage, NodeRules
from idtracker.model.composite.tree import Tree, TreeNode
from idtracker.model.composite.values import TOLERANCE

_DECIMALS = 9
Masks = NDArray[np.int64]


class State(NamedTuple):
    """A leaf or node in coalitions: its value where it is covered, else; whether it is expected; leaves expected and there."""

    covered: Floats
    loose: Floats
    is_expected: Bools
    leaves: Floats
    present: Floats

    def take(self, masks: Masks) -> State:
        """The states at some sets of whole causes."""
        return State(*[part[masks] for part in self])  # type: ignore[arg-type]

    def spread(self, axis: int, count: int = 1) -> State:
        """The same with further axes of length one."""
        axes = tuple(range(axis, axis + count))
        return State(*[np.expand_dims(part, axes) for part in self])  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Branch:
    """A node with its children: branches, or the places of leaves."""

    node: TreeNode
    weights: Floats
    children: tuple[Branch | int, ...]
    contexts: tuple[NodeContext, NodeContext] | None = None
    """Of a node that looks across places: what these make of it on either side, with the weights of `children` alone."""

    def places(self) -> Iterator[int]:
        """The places of the leaves below."""
        for child in self.children:
            if isinstance(child, Branch):
                yield from child.places()
            else:
                yield child

    @property
    def rules(self) -> NodeRules:
        return self.node.rules

    def state(self, children: Sequence[State], after: Bools) -> State:
        """The node from its children's states, whose axes may be broadcast; `after` (along the first axis): whether the other places are those of after."""
        parts = [np.stack(np.broadcast_arrays(*part), axis=-1) for part in zip(*children, strict=True)]
        covered, loose, is_expected, leaves, present = parts
        covered, loose = (np.where(is_expected, x, np.nan) for x in (covered, loose))
        chosen = np.where(np.isnan(covered).all(axis=-1)[..., None], loose, covered)
        after = after.reshape(-1, *[1] * (chosen.ndim - 2))
        weights = self._weights(after)
        is_told = ~np.isnan(weights).any(axis=-1)
        weights = np.where(is_expected, np.where(np.isnan(weights), 1.0, weights), 0.0)
        raw = np.where(is_told, aggregated(chosen, weights, self.rules).values, np.nan)
        value = np.clip(rounded(self._placed(raw, after), self.rules.round), 0.0, 100.0)
        value = np.round(value, _DECIMALS) + 0.0
        below = leaves.sum(axis=-1), present.sum(axis=-1)
        enough = is_told & self._is_enough(~np.isnan(covered), weights, is_expected, below)
        return State(np.where(enough, value, np.nan), value, np.asarray(is_expected.any(axis=-1)), *below)

    def _weights(self, after: Bools) -> Floats:
        if self.contexts is None:
            return self.weights
        old, new = (np.array(context.weights) for context in self.contexts)
        return np.where(after[..., None], new, old)

    def _placed(self, raw: Floats, after: Bools) -> Floats:
        """Aggregated values on the node's own scale, among the places of either side."""
        if self.contexts is None or self.contexts[0].onto is None or self.contexts[1].onto is None:
            return on_own_scale(self.node, raw)
        changed, is_after = changed_by(self.node, raw), np.broadcast_to(after, raw.shape)
        found = np.full(raw.shape, np.nan)
        for rows, context in ((~is_after, self.contexts[0]), (is_after, self.contexts[1])):
            rows = rows & ~np.isnan(changed)
            if rows.any() and context.onto is not None:
                found[rows] = context.onto(changed[rows])
        return found

    def _is_enough(self, there: Bools, weights: Floats, is_expected: Bools, below: tuple[Floats, Floats]) -> Bools:
        rule = self.rules.coverage or Coverage()
        if rule.of == "indicators":
            part, whole = below[1], below[0]
        elif rule.of == "weight":
            part, whole = np.where(there, weights, 0.0).sum(axis=-1), weights.sum(axis=-1)
        else:
            part, whole = there.sum(axis=-1), is_expected.sum(axis=-1)
        share = np.divide(part, whole, out=np.zeros(np.shape(part)), where=np.asarray(whole > 0))
        enough: Bools = (share >= rule.share - TOLERANCE) & (there.sum(axis=-1) >= rule.at_least)
        return enough


class TreeScore:
    """One tree's score of the node: its branches, its leaves by place, and the states of all of them by set of whole causes."""

    def __init__(self, counted: Counted, causes: Sequence[str]) -> None:
        self.leaves: list[TreeLeaf] = []
        self._contexts = counted.contexts
        self._panel = causes.index(PANEL) if PANEL in causes else -1
        self.root = self._branch(counted.index.hierarchy, counted.node, counted.leaves)
        self._masks = np.arange(2 ** len(causes), dtype=np.int64)
        self._tables = [_table(leaf, causes) for leaf in self.leaves]
        self._acting = [frozenset(leaf.leaf.causes()) for leaf in self.leaves]
        self._states: dict[Branch, State] = {}
        self.value = self.of(self.root).loose

    def of(self, item: Branch | int) -> State:
        """The state of a leaf or branch at every set of whole causes: arrays of length 2^causes."""
        if not isinstance(item, Branch):
            return self._tables[item]
        if item not in self._states:
            self._states[item] = item.state([self.of(child) for child in item.children], self.after(self._masks))
        return self._states[item]

    def after(self, masks: Masks) -> Bools:
        """At which sets of whole causes the other places are those of after."""
        return np.zeros(masks.shape, dtype=bool) if self._panel < 0 else (masks >> self._panel & 1).astype(bool)

    def players(self, branch: Branch, cause: str) -> list[int]:
        """Which of a branch's children a cause changes anything of."""
        return [n for n, child in enumerate(branch.children) if self.acts(child, cause)]

    def acts(self, item: Branch | int, cause: str) -> bool:
        """Whether a cause changes anything of a leaf or branch."""
        places = item.places() if isinstance(item, Branch) else (item,)
        return any(cause in self._acting[place] for place in places)

    def _branch(self, tree: Tree, code: str, leaves: Mapping[str, TreeLeaf]) -> Branch:
        node = tree.nodes[code]
        weights: list[float] = []
        kept: list[int] = []
        children: list[Branch | int] = []
        for n, child in enumerate(node.children):
            if not any(leaf in leaves for leaf in tree.below(child)):
                continue
            if child in tree.nodes:
                children.append(self._branch(tree, child, leaves))
            else:
                self.leaves.append(leaves[child])
                children.append(len(self.leaves) - 1)
            kept.append(n)
            weights.append(1.0 if node.weights is None else node.weights[n])
        pair = [contexts.get(code) for contexts in self._contexts]
        own = [replace(one, weights=tuple(one.weights[n] for n in kept)) for one in pair if one is not None]
        contexts = (own[0], own[1]) if len(own) == len(pair) else None
        return Branch(node, np.array(weights), tuple(children), contexts)


class TreeGame:
    """The change of a node: one tree's scores, or those of the tree before and of the tree after."""

    def __init__(self, counted: Sequence[Counted], start: float) -> None:
        there = {cause for one in counted for leaf in one.leaves.values() for cause in leaf.leaf.causes()}
        there |= {METHOD} if len(counted) > 1 else set()
        self.has_contexts = any(before or after for before, after in (one.contexts for one in counted))
        """Whether nodes look across places: then what other places did is one cause, and acts on all of the tree at once."""
        there |= {PANEL} if any(_differ(one) for one in counted) else set()
        self.causes = [cause for cause in CAUSES if cause in there]
        self.start = start
        self.scores = [TreeScore(one, self.causes) for one in counted]
        count = len(self.causes)
        self.tree_of = np.zeros(2**count, dtype=int)
        if len(counted) > 1:
            self.tree_of = (np.arange(2**count) >> self.causes.index(METHOD)) & 1
        values = np.stack([score.value for score in self.scores])
        self.value = self.stated(values[self.tree_of, np.arange(2**count)])

    def stated(self, value: Floats) -> Floats:
        """Scores, with the score before where there is none."""
        return np.where(np.isnan(value), self.start, value)

    def leaf(self, tree: str, place: int) -> Leaf:
        """A leaf by its tree (`0`, or `1` for that of the side after) and place."""
        return self.scores[int(tree)].leaves[place].leaf


def _differ(counted: Counted) -> bool:
    """Whether the other places make something else of a node at or below the one that is looked at."""
    before, after = ({code: one.says for code, one in side.items()} for side in counted.contexts)
    return before != after


def _table(leaf: TreeLeaf, causes: Sequence[str]) -> State:
    """A leaf at every set of causes; where none or all of its own have acted, exactly as the sides have it."""
    masks = coalitions(len(causes))
    position, weight = (part[:, 0] for part in leaf_inputs([leaf.leaf], masks[:, None, :], causes))
    own = [n for n, cause in enumerate(causes) if cause in leaf.leaf.causes()]
    is_before = ~masks[:, own].any(axis=1)
    is_after = masks[:, own].all(axis=1) & ~is_before
    for score, is_side in zip(leaf.scores, (is_before, is_after), strict=True):
        position = np.where(is_side, np.nan if score is None else score, position)
    is_expected = weight > 0
    position = np.where(is_expected, position, np.nan)
    return State(
        position, position, is_expected, np.where(is_expected, 1.0, 0.0), np.where(np.isnan(position), 0.0, 1.0)
    )
