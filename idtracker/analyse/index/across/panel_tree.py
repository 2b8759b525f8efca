"""Nodes of the places of one panel together: weights from their values, and nodes that are normalised again among them.

Leaves stand in arrays whose last axis is the place; draws, or panels in which the same places expect the same, stand before it. What is not expected
at a place is not a number there and has no weight. Weights from the data are those of the members that have every child; a
child that no member is expected to have gets none. The formulas are those of the index engine (composite/engine.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from idtracker.analyse.composite.aggregation import aggregated
from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.analyse.composite.weights import weights_of_draws
from idtracker.analyse.index.across.panel import RANKED, PanelLeaf, Units
from idtracker.analyse.index.across.scales import SPAN
from idtracker.analyse.index.nodes import Valued, compared_rules, reported
from idtracker.analyse.index.own_scale import changed_by
from idtracker.model.composite.node import Coverage
from idtracker.model.composite.reach import has_own_scale, has_weights_from_data, is_wide_node, rules_of_node
from idtracker.model.composite.tree import Tree, TreeNode
from idtracker.model.composite.values import TOLERANCE

_DECIMALS = 9
Values = Mapping[str, Numbers]


@dataclass(frozen=True, slots=True)
class Step:
    """Some leaves or nodes that are moved from `base`: only the nodes `above` them are worked out again; `is_held`: by the statistics of `base`."""

    base: Mapping[str, Valued]
    moved: Values
    above: frozenset[str]
    is_held: bool = False


@dataclass(frozen=True)
class PanelTree:
    """A tree and the places that its nodes are worked out for together; `expected`: leaf -> places that are to have it."""

    tree: Tree
    units: Units
    expected: Mapping[str, Flags]
    _masks: dict[str, Flags] = field(default_factory=dict)

    def valued(self, leaves: Values, imputed: Mapping[str, Flags] | None = None) -> dict[str, Valued]:
        """Every node as scores have it, children before parents: rounded, from 0 to 100; coverage as in index/nodes.py."""
        return self.evaluated(leaves, imputed or {}, is_final=True)

    def evaluated(
        self, leaves: Values, filled: Mapping[str, Flags], *, is_final: bool = False, step: Step | None = None
    ) -> dict[str, Valued]:
        """The same; unless final without rounding, with what lies beyond the ends of a node's own scale in `open`."""
        known = dict(leaves) if step is None else {**leaves, **step.moved}
        found: dict[str, Valued] = {}
        for node in self.tree.nodes.values():
            if step is not None and node.code not in step.above:
                known.setdefault(node.code, step.base[node.code].value)
                continue
            one = self._node(node, known, leaves, filled, step)
            found[node.code] = self._finished(one) if is_final else self._opened(one, step)
            known[node.code] = found[node.code].value
        return found

    def alternative(self, one: Valued, floor: float) -> Numbers:
        """Values of a node under the aggregation that its own is compared with, by its weights and on its scale; not rounded."""
        assert one.weights is not None
        known = np.where(~np.isnan(one.value)[..., None], one.children, np.nan)
        raw = aggregated(known, one.weights, compared_rules(one.node, floor)).values
        return np.clip(self._placed(one.node, changed_by(one.node, raw)), 0.0, SPAN)

    def weights(self, node: TreeNode, children: Numbers) -> Numbers:
        """Weights of children (units by children) that stand on the last axis: of one unit, or the same for all; not a number without any."""
        if not has_weights_from_data(node):
            return np.array(node.weights or (1.0,) * len(node.children), dtype=float)[None, :]
        return self._weights(node, children, np.asarray(self.mask(node)[self.units.members].any(axis=0)))

    def weights_among(self, node: TreeNode, children: Numbers) -> Numbers:
        """The same, also where a child has no value at all: the others share its weight."""
        has = ~np.isnan(children[..., self.units.members, :]).reshape(-1, children.shape[-1]).all(axis=0)
        return self._weights(node, children, np.asarray(self.mask(node)[self.units.members].any(axis=0)) & has)

    def _weights(self, node: TreeNode, children: Numbers, of_members: Flags) -> Numbers:
        found = np.zeros((*children.shape[:-2], 1, children.shape[-1]))
        own = children[..., self.units.members, :][..., of_members]
        flat = own.reshape(-1, *own.shape[-2:])
        found[..., 0, of_members] = weights_of_draws(flat, node.weight_rule).reshape(*own.shape[:-2], -1)
        return found if of_members.any() else np.full_like(found, np.nan)

    def mask(self, node: TreeNode) -> Flags:
        """Units by children: which of them are expected."""
        if node.code not in self._masks:
            columns = [np.any([self.expected[c] for c in self.tree.below(child)], axis=0) for child in node.children]
            self._masks[node.code] = np.stack(columns, axis=-1)
        return self._masks[node.code]

    def panel(self, node: TreeNode) -> PanelLeaf:
        """The node's way onto the scale; what it places is transformed already."""
        rules = rules_of_node(node).model_copy(update={"transform": None, "round": None})
        return PanelLeaf(node.code, rules, self.units)

    def above(self, codes: frozenset[str]) -> frozenset[str]:
        """Nodes above some leaves or nodes."""
        return frozenset().union(*(self.tree.at_and_above(code) for code in codes)) - codes

    @cached_property
    def is_wide(self) -> bool:
        """Whether any node looks at other places."""
        return any(is_wide_node(node) for node in self.tree.nodes.values())

    def _node(
        self, node: TreeNode, known: Values, leaves: Values, filled: Mapping[str, Flags], step: Step | None
    ) -> Valued:
        """A node with its aggregated value, also after its transformation (`raw`)."""
        children = np.stack(np.broadcast_arrays(*[known[child] for child in node.children]), axis=-1)
        is_held = step is not None and step.is_held
        weights = step.base[node.code].stated if is_held and step is not None else self.weights(node, children)
        assert weights is not None
        is_told: Flags = np.asarray(~np.isnan(weights).any(axis=-1))
        usable = np.where(self.mask(node), np.where(np.isnan(weights), 1.0, weights), 0.0)
        there = ~np.isnan(children)
        present = np.where(there, usable, 0.0)
        shares = _divided(present, present.sum(axis=-1)[..., None])
        there = reported(node, there, filled)
        completeness = _divided(np.where(there, usable, 0.0).sum(axis=-1), usable.sum(axis=-1))
        enough = self._is_enough(node, there, completeness, leaves, filled) & is_told
        value = aggregated(np.where(enough[..., None], children, np.nan), usable, node.rules).values
        return Valued(node, children, shares, completeness, value, usable, weights, changed_by(node, value))

    def _finished(self, one: Valued) -> Valued:
        placed = self._placed(one.node, one.changed)
        inside = np.clip(rounded(placed, one.node.rules.round), 0.0, SPAN)
        return one.with_value(np.asarray(np.round(inside, _DECIMALS) + 0.0, dtype=np.float64))

    def _opened(self, one: Valued, step: Step | None) -> Valued:
        """A node on the way to an error: what its parents read has moved as far as it has on a scale without ends."""
        if not has_own_scale(one.node):
            return one.with_value(one.value, one.value)
        base = None if step is None else step.base[one.node.code]
        held = base.changed if base is not None and step is not None and step.is_held else None
        opened = self._placed(one.node, one.changed, held, is_open=True)
        if base is None:
            return one.with_value(np.clip(self._placed(one.node, one.changed), 0.0, SPAN), opened)
        if is_ranked(one.node):
            return one.with_value(np.broadcast_to(base.value, opened.shape), opened)
        return one.with_value(base.value + apart(opened, base.opened), opened)

    def _placed(
        self, node: TreeNode, changed: Numbers | None, basis: Numbers | None = None, *, is_open: bool = False
    ) -> Numbers:
        assert changed is not None
        if not has_own_scale(node):
            return changed
        basis = changed if basis is None else np.broadcast_to(basis, changed.shape)
        return self.panel(node).onto(changed, basis, is_open=is_open)

    def _is_enough(
        self, node: TreeNode, there: Flags, completeness: Numbers, leaves: Values, filled: Mapping[str, Flags]
    ) -> Flags:
        rule = node.rules.coverage or Coverage()
        if rule.of == "indicators":
            below = self.tree.below(node.code)
            own = [~np.isnan(leaves[c]) & ~filled[c] if c in filled else ~np.isnan(leaves[c]) for c in below]
            share = _divided(np.sum(own, axis=0), np.sum([self.expected[c] for c in below], axis=0))
        elif rule.of == "weight":
            share = completeness
        else:
            share = _divided(there.sum(axis=-1), self.mask(node).sum(axis=-1))
        enough: Flags = (share >= rule.share - TOLERANCE) & (there.sum(axis=-1) >= rule.at_least)
        return enough


def is_ranked(node: TreeNode) -> bool:
    """Whether a node's value is a rank among the places, which a small move does not change."""
    return isinstance(node.rules.normalise, RANKED)


def apart(moved: Numbers, base: Numbers | None) -> Numbers:
    """How far values have moved; 0 where both lie at the same infinity."""
    assert base is not None
    with np.errstate(invalid="ignore"):
        return np.where(moved == base, 0.0, moved - base)


def _divided(part: Numbers, whole: Numbers) -> Numbers:
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=float), np.asarray(whole, dtype=float))
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
