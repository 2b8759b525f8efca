"""What an explanation says of a tree of any depth: which leaves a node has at one place, its rules, and what all places make of it, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from idtracker.analyse.index.across.node_findings import node_findings
from idtracker.analyse.index.across.panel_tree import PanelTree
from idtracker.analyse.index.across.stacks import tree_of_panel
from idtracker.analyse.index.leaf_rules import scaled
from idtracker.analyse.index.nodes import Valued
from idtracker.analyse.index.score import expected_cells
from idtracker.analyse.merge.quarters import grid
from idtracker.explain.leaves import leaves_of, looks_further
from idtracker.explain.tables import KnownTables
from idtracker.model.composite.node import Coverage, NodeRules
from idtracker.model.composite.normalisation import OfRegister
from idtracker.model.composite.reach import has_own_scale, has_weights_from_data, has_wide_nodes, is_wide_node
from idtracker.model.composite.words import WEIGHTS, normalisation_words
from idtracker.model.methods.aggregations import declared


def leaves_at(known: KnownTables, codes: Sequence[str], place_id: str, period: str) -> dict[str, float | None]:
    """The leaves among `codes` that are expected at a place in a quarter, each with its value from 0 to 100 if any."""
    index = known.index
    assert index is not None
    leaves = [code for code in codes if code in index.indicators]
    if looks_further(known):
        states, made = leaves_of(known, place_id, period)
        there = [code for code in leaves if states.expected(code)[0]]
        return {c: None if np.isnan(made.values[c][0]) else float(made.values[c][0]) for c in there}
    indicator, place = known.tables["indicator"], known.tables["place"]
    items = expected_cells(
        known.select("merged_cell", place_id=place_id, period=period),
        indicator[indicator["indicator_id"].isin([index.column_of(code) for code in leaves])],
        place[place["place_id"] == place_id],
        grid([period]).assign(place_id=place_id),
        further=("value",),
    ).set_index("child")
    found: dict[str, float | None] = {}
    for code in leaves:
        name, rules = index.column_of(code), index.rules_of(code)
        if name not in items.index:
            continue
        figure = "score" if isinstance(rules.normalise, OfRegister) else "value"
        value = np.array([items.at[name, figure]], dtype=float)
        value = value if figure == "score" else scaled(code, value, rules)
        found[code] = None if np.isnan(value[0]) else float(value[0])
    return found


def coverage_words(rules: NodeRules) -> str:
    """What the method asks of a node before it has a score."""
    rule = rules.coverage or Coverage()
    of = {"weight": "", "children": " of the children", "indicators": " of the indicators below"}[rule.of]
    least = f" and {rule.at_least} of them at least" if rule.at_least > 1 else ""
    return f"the method asks for {rule.share:.0%}{of}{least}"


def aggregation_words(name: str) -> str:
    """An aggregation as a sentence names it."""
    return f"{name} mean" if declared(name).is_mean else name.replace("_", " ")


def node_terms(known: KnownTables, code: str, place_id: str, period: str) -> list[str]:
    """What is done with a node beside its mean; nothing of a node that is no more than the mean of its children."""
    index = known.index
    if index is None:
        return []
    node = index.hierarchy.nodes[code]
    if not has_wide_nodes(index) or not is_wide_node(node):
        way = node.rules.normalise
        return [] if way is None else [f"then {normalisation_words(way, None)}"]
    states, leaves = leaves_of(known, place_id, period)
    rows = next(rows for _, rows in states.panels() if 0 in rows)

    def make() -> tuple[PanelTree, dict[str, Valued]]:
        tree, own = tree_of_panel(states, rows), leaves.of(rows[None, :])
        return tree, tree.valued(own.values, own.imputed)

    tree, nodes = known.once(("nodes", place_id, period), make)
    at = int(np.flatnonzero(rows == 0)[0])
    told = [*_of_weights(tree, nodes[code]), *_of_scale(tree, nodes[code], at)]
    findings = known.once(("node findings", place_id, period), lambda: node_findings(states, leaves))
    return [*told, *(f.message for f in findings if f.where == code)]


def _of_weights(tree: PanelTree, one: Valued) -> list[str]:
    if not has_weights_from_data(one.node) or one.stated is None or np.isnan(one.stated).any():
        return []
    weights = one.stated.reshape(-1, one.stated.shape[-1])[0]
    said = ", ".join(f"{child} {weight:.3f}" for child, weight in zip(one.node.children, weights, strict=True))
    members, used = tree.units.members, np.asarray(tree.mask(one.node)[tree.units.members].any(axis=0))
    whole = int((~np.isnan(one.children[0][members][:, used]).any(axis=1)).sum())
    return [f"{WEIGHTS[one.node.weight_rule]}: {said} ({whole} places with every child in {tree.units.where})"]


def _of_scale(tree: PanelTree, one: Valued, at: int) -> list[str]:
    way = one.node.rules.normalise
    if not has_own_scale(one.node) or way is None or one.changed is None or np.isnan(one.changed[0, at]):
        return []
    known = int((np.isfinite(one.changed[0]) & tree.units.members).sum())
    over = f" ({known} places with a value in {tree.units.where})" if is_wide_node(one.node) else ""
    return [f"{one.changed[0, at]:.2f} before it is put on its own scale", f"{normalisation_words(way, None)}{over}"]
