"""How sure nodes are that are worked out for the places of a panel together.

Each indicator of each place is moved by one standard error of its leaves up and down, through all nodes of all places, weights and
statistics included, without rounding and without the ends of a node's own scale; the larger of the two changes counts, and changes are added in squares.
A place's own indicator is also moved while weights and statistics stay, and the larger counts. A change that leads out of what is
defined is the whole scale. A rank is a step that a move may not cross: its error is as of a leaf that is ranked, and to its parents it is one value
with that error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.analyse.index.across.panel_tree import PanelTree, Step, Values, apart, is_ranked
from idtracker.analyse.index.across.scales import SPAN
from idtracker.analyse.index.nodes import Valued
from idtracker.model.composite.reach import is_wide_node

_TOGETHER = 64
"""Panels of which errors are worked out at once."""


@dataclass
class _Spread:
    """What has been added up so far: panels by places of every node."""

    base: Mapping[str, Valued]
    filled: Mapping[str, Flags]
    variance: dict[str, Numbers] = field(default_factory=dict)
    has: dict[str, Flags] = field(default_factory=dict)


def panel_errors(
    tree: PanelTree, leaves: Values, errors: Values, together: Mapping[str, str], imputed: Mapping[str, Flags]
) -> dict[str, Numbers]:
    """Standard error of every node, panels by places; not a number where nothing that it rests on has an error.

    `together`: leaf -> indicator; leaves of one indicator move at once.
    """
    count = len(next(iter(leaves.values())))
    parts = []
    size = _TOGETHER if tree.is_wide else max(count, 1)
    for start in range(0, count, size):
        at = slice(start, start + size)
        x, sizes = ({code: column[at] for code, column in values.items()} for values in (leaves, errors))
        filled = {code: flags[at] for code, flags in imputed.items()}
        parts.append(_errors(tree, x, sizes, filled, together))
    return {code: np.concatenate([part[code] for part in parts]) for code in tree.tree.nodes}


def _errors(
    tree: PanelTree, leaves: Values, errors: Values, filled: Mapping[str, Flags], together: Mapping[str, str]
) -> dict[str, Numbers]:
    spread = _Spread(tree.evaluated(leaves, filled), filled)
    for code, one in spread.base.items():
        spread.variance[code], spread.has[code] = np.zeros_like(one.value), np.zeros(one.value.shape, dtype=bool)
    for indicator in dict.fromkeys(together[leaf] for leaf in tree.tree.indicators):
        own = [leaf for leaf in tree.tree.indicators if together[leaf] == indicator]
        _add(tree, spread, leaves, {leaf: (leaves[leaf], errors[leaf]) for leaf in own})
    found = {}
    for code, one in spread.base.items():
        assert one.opened is not None and one.changed is not None
        size = np.where(spread.has[code], np.sqrt(spread.variance[code]), np.nan)
        if is_ranked(one.node):
            panel = tree.panel(one.node)
            rows = zip(one.changed, size, strict=True)
            size = np.stack([panel.spread_of_ranks(x, own) for x, own in rows])
            _add(tree, spread, leaves, {code: (one.value, size)})
        size = np.where(np.isinf(one.opened) & ~np.isnan(size), SPAN, size)
        found[code] = np.where(np.isnan(one.value), np.nan, np.minimum(size, SPAN))
    return found


def _add(tree: PanelTree, spread: _Spread, leaves: Values, sources: Mapping[str, tuple[Numbers, Numbers]]) -> None:
    """Add what the sources, which move at once at a place, change in every node above them."""
    has = np.any([~np.isnan(x) & ~np.isnan(error) for x, error in sources.values()], axis=0)
    above = tree.above(frozenset(sources))
    if not has.any() or not above:
        return
    moved, stretch = _moved(sources)
    held = _changes(tree, spread, leaves, Step(spread.base, moved, above, is_held=True), stretch)
    if not any(is_wide_node(tree.tree.nodes[code]) for code in above):
        for code, change in held.items():
            spread.variance[code] += change**2
            spread.has[code] |= has
        return
    alone = {code: _one_by_one(x, sources[code][0]) for code, x in moved.items()}
    wide = np.moveaxis(stretch, -1, 0)[:, :, None]
    each = _changes(tree, spread, leaves, Step(spread.base, alone, above), wide)
    for code, change in each.items():
        own = np.arange(change.shape[-1])
        change[own, :, own] = np.fmax(change[own, :, own], held[code].T)
        spread.variance[code] += (change**2).sum(axis=0)
        spread.has[code] |= has | (change > 0).any(axis=0)


def _moved(sources: Mapping[str, tuple[Numbers, Numbers]]) -> tuple[dict[str, Numbers], Numbers]:
    """Values a standard error up and down (first axis), and by how much a change is scaled up.

    As in index/nodes.py a positive value is never taken to zero or below: it is halved, and the change is scaled up.
    """
    moved: dict[str, Numbers] = {}
    stretch = np.ones_like(next(iter(sources.values()))[0])
    for code, (x, error) in sources.items():
        size = np.nan_to_num(error)
        down = np.where((x > 0) & (x - size <= 0), x / 2, x - size)
        step = x - down
        stretch = np.fmax(stretch, np.divide(size, step, out=np.ones_like(step), where=step > 0))
        moved[code] = np.stack([x + size, down])
    return moved, stretch


def _one_by_one(moved: Numbers, base: Numbers) -> Numbers:
    """Places by both sides by panels by places: one place is moved at a time."""
    count = base.shape[-1]
    found = np.broadcast_to(base, (count, *moved.shape)).copy()
    own = np.arange(count)
    found[own, ..., own] = np.moveaxis(moved, -1, 0)
    return found


def _changes(tree: PanelTree, spread: _Spread, leaves: Values, step: Step, stretch: Numbers) -> dict[str, Numbers]:
    """How far each node above moves, at most: the axis of the two sides, that before the panels, is gone."""
    after = tree.evaluated(leaves, spread.filled, step=step)
    found = {}
    for code in step.above:
        one, base = after[code], spread.base[code]
        opened, before = (one.changed, base.changed) if is_ranked(one.node) else (one.opened, base.opened)
        assert opened is not None
        change = np.abs(apart(opened, before))
        change = np.where(np.isnan(base.value), 0.0, np.where(np.isfinite(change), change, SPAN))
        found[code] = np.fmax(change[..., 0, :, :], change[..., 1, :, :] * stretch)
    return found
