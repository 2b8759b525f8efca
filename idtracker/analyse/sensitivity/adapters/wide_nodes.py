"""Nodes of a tree that weigh by the data or are normalised again, draw by draw over the whole panel.

In each draw weights are worked out of the values of that draw, and a node is put onto its scale among the places of that draw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.index.across.panel_tree import PanelTree
from idtracker.analyse.index.across.stacks import tree_of_panel
from idtracker.analyse.index.own_scale import changed_by, on_own_scale
from idtracker.analyse.sensitivity.adapters.wide import Wide
from idtracker.analyse.sensitivity.problem import Numbers
from idtracker.model.composite.reach import has_own_scale, is_wide_node
from idtracker.model.composite.tree import TreeNode

Weigh = Callable[[Sequence[Numbers]], Numbers]
_DECIMALS = 9
_SCALE = (0.0, 100.0)


@dataclass(frozen=True)
class _Panel:
    """A panel: which of its places are among those of the problem, and where they stand there."""

    tree: PanelTree
    inside: list[int]
    columns: list[int]


@dataclass(frozen=True)
class WideNodes:
    """The panels of a problem's places; none of a tree whose nodes look at no other place."""

    panels: tuple[_Panel, ...] = ()

    def weigh(self, node: TreeNode) -> Weigh:
        """Weights of a node: children (draws, or one, by places) -> draws by places by children.

        A child that no member has in any draw is left out, as where it is dropped on purpose.
        """

        def weights(children: Sequence[Numbers]) -> Numbers:
            size = max(len(x) for x in children)
            stacked = np.stack([np.broadcast_to(x, (size, x.shape[1])) for x in children], axis=-1)
            found = np.full(stacked.shape, np.nan)
            for panel in self.panels:
                whole = _spread(panel, stacked)
                own = panel.tree.weights_among(node, whole)
                found[:, panel.columns] = np.where(panel.tree.mask(node), own, 0.0)[:, panel.inside]
            return found

        return weights

    def finish(self, node: TreeNode) -> Callable[[Numbers], Numbers]:
        """The node's own scale, its rounding and the ends of the scale, as scores have them."""

        def finished(values: Numbers) -> Numbers:
            inside = np.clip(rounded(self._placed(node, values), node.rules.round), *_SCALE)
            return np.asarray(np.round(inside, _DECIMALS) + 0.0, dtype=np.float64)

        return finished

    def _placed(self, node: TreeNode, values: Numbers) -> Numbers:
        if not has_own_scale(node):
            return values
        if not is_wide_node(node):
            return on_own_scale(node, values)
        changed, found = changed_by(node, values), np.full(values.shape, np.nan)
        for panel in self.panels:
            whole = _spread(panel, changed[..., None])[..., 0]
            found[:, panel.columns] = panel.tree.panel(node).onto(whole, whole)[:, panel.inside]
        return found


def _spread(panel: _Panel, values: Numbers) -> Numbers:
    """Draws by places by children with all places of the panel; not a number for those that the problem lacks."""
    whole = np.full((len(values), len(panel.tree.units.places), values.shape[-1]), np.nan)
    whole[:, panel.inside] = values[:, panel.columns]
    return whole


def wide_nodes(wide: Wide | None) -> WideNodes:
    """The panels of the places of a problem."""
    if wide is None:
        return WideNodes()
    at = {int(unit): n for n, unit in enumerate(wide.order)}
    found = []
    for _, rows in wide.states.panels():
        inside = [n for n, row in enumerate(rows.tolist()) if row in at]
        found.append(_Panel(tree_of_panel(wide.states, rows), inside, [at[int(rows[n])] for n in inside]))
    return WideNodes(tuple(found))
