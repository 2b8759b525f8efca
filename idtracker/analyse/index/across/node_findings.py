"""What the values of a panel do not allow a node to do: no weights from the data, no scale among the places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from idtracker.analyse.composite.consistency import against_its_node
from idtracker.analyse.composite.findings import Finding, finding
from idtracker.analyse.composite.stage import Numbers
from idtracker.analyse.composite.weights import LEAST_UNITS, varying
from idtracker.analyse.index.across.panel_tree import PanelTree
from idtracker.analyse.index.across.stacks import tree_of_panel
from idtracker.analyse.index.across.states import States
from idtracker.analyse.index.leaves import Leaves
from idtracker.analyse.index.nodes import Valued
from idtracker.model.composite.reach import has_own_scale, has_weights_from_data, has_wide_nodes


def node_findings(states: States, leaves: Leaves) -> tuple[Finding, ...]:
    """Findings about the nodes of the panels that are asked for; none of a tree whose nodes look at no other place."""
    if not has_wide_nodes(states.index):
        return ()
    told: list[Finding] = []
    for _, rows in states.panels():
        tree, own = tree_of_panel(states, rows), leaves.of(rows[None, :])
        for one in tree.valued(own.values, own.imputed).values():
            told += _of_node(tree, one)
    return tuple(dict.fromkeys(told))


def _of_node(tree: PanelTree, one: Valued) -> Iterator[Finding]:
    node, where = one.node, tree.units.where
    if has_weights_from_data(node):
        yield from _of_weights(tree, one)
    if not has_own_scale(node) or one.changed is None:
        return
    changed = one.changed[0]
    for n in np.flatnonzero(np.isinf(changed)):
        name = "its transform" if node.rules.transform is None else node.rules.transform.method.replace("_", " ")
        yield finding("at-the-end", node.code, f"{tree.units.places[n]} in {where}", value="0", function=name)
    yield from tree.panel(node).findings(np.where(np.isinf(changed), np.nan, changed), one.value[0])


def _of_weights(tree: PanelTree, one: Valued) -> Iterator[Finding]:
    node, where, members = one.node, tree.units.where, tree.units.members
    name, mask = node.weight_rule.replace("_", " "), tree.mask(one.node)
    of_members = np.asarray(mask[members].any(axis=0))
    for n in np.flatnonzero(mask.any(axis=0) & ~of_members):
        yield finding("child-of-country", node.code, where, value=node.children[n])
    values = one.children[0][members][:, of_members]
    names = [child for child, has in zip(node.children, of_members, strict=True) if has]
    if one.stated is not None and not np.isnan(one.stated).any():
        if node.weight_rule == "principal_component":
            yield from against_its_node(node.code, pd.DataFrame(values, columns=names))
        return
    yield from _without(node.code, where, name, values, names)


def _without(code: str, where: str, name: str, values: Numbers, names: list[str]) -> Iterator[Finding]:
    """Why the values (places by children) give no weights."""
    whole = values[~np.isnan(values).any(axis=1)]
    if len(whole) < LEAST_UNITS:
        yield finding("too-few-whole-places", code, where, count=len(whole), function=name, least=LEAST_UNITS)
        return
    same = [child for child, has in zip(names, varying(whole[None])[0], strict=True) if not has]
    if same:
        yield from (finding("child-equal", code, where, value=child, function=name) for child in same)
    else:
        yield finding("no-first-component", code, where)
