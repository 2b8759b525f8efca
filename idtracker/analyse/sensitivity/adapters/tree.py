"""A tree that scores the tracker as a problem: cells on the scale of their leaves, and every node as the tree says.

Errors are those of the cells, as of the two-level method (tracker.py). A leaf with a normalisation of its own is drawn in the unit
of its values and normalised draw by draw; it is not extrapolated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.index.score import expected_cells
from idtracker.analyse.sensitivity.adapters.choices import (
    Forms,
    forms_at,
    no_other_form,
    shared_of,
    undeclared,
    weights_at,
)
from idtracker.analyse.sensitivity.adapters.tracker import (
    NOT_VARIED,
    Placed,
    RoundTables,
    covered_of,
    detailed,
    errors_by_leaf,
    levels_of,
    raw_values,
)
from idtracker.analyse.sensitivity.adapters.ways import SCALE, options_of_tree, tracker_ways
from idtracker.analyse.sensitivity.problem import Node, Numbers, Problem
from idtracker.model.composite.alternatives import Alternatives
from idtracker.model.composite.definition import Index
from idtracker.model.composite.node import WITHOUT_WEIGHTS
from idtracker.model.composite.tree import TreeNode
from idtracker.model.method import Method

_DECIMALS = 9


def tree_problem(
    tables: RoundTables, index: Index, merging: Method, period: str, earlier: str | None = None
) -> Problem:
    """One quarter of a tree. What carried values had lost by the quarter `earlier` is one error with what they had lost then."""
    items = items_of_tree(tables, index, period)
    places = tuple(sorted(items["place_id"].unique()))
    leaves = tuple(sorted(items["leaf"].unique()))
    at = Placed(items, places, leaves)
    why = NOT_VARIED | {"normalisation": "no alternative is declared in the method's file"}
    other, options = index.alternatives, options_of_tree(index)
    ways = tracker_ways(items, {leaf: index.rules_of(leaf) for leaf in leaves}, options, why)
    forms = {code: forms_at(index.hierarchy, node, other) for code, node in index.hierarchy.nodes.items()}
    nodes = tuple(_node(node, forms[code], other, merging, why) for code, node in index.hierarchy.nodes.items())
    problem = Problem(
        index.method_version,
        period,
        places,
        leaves,
        raw_values(items, at, leaves, ways),
        nodes,
        covered_of(tables, nodes, places, period),
        limits=SCALE,
        errors=errors_by_leaf(items, tables.cells, at, earlier, ways),
        ways=ways,
        shared=shared_of(options, forms),
        set_labels=tuple(one.label for one in other.weights.sets),
        ranked_within=levels_of(tables, places),
        not_varied=why | undeclared(other, leaves, ways),
    )
    return _where_defined(problem)


def items_of_tree(tables: RoundTables, index: Index, period: str) -> pd.DataFrame:
    """Every leaf expected at a place that has scores, with the cell of its indicator if any. `child` is the indicator."""
    scored = tables.scores.loc[
        tables.scores["period"] == period, ["place_id", "period", "period_end"]
    ].drop_duplicates()
    columns = {code: index.column_of(code) for code in index.indicators}
    indicator = tables.indicator[tables.indicator["indicator_id"].isin(list(columns.values()))]
    cells = tables.cells[tables.cells["period"] == period]
    items = expected_cells(cells, indicator, tables.place, scored, further=("standard_error",))
    items = items[["place_id", "child", "score", "error", "standard_error"]].assign(period=period)
    leaf = pd.DataFrame({"leaf": list(columns), "child": list(columns.values())})
    items = detailed(items, tables, cells).merge(leaf, on="child")
    return items.sort_values(["place_id", "leaf"], ignore_index=True)


def _where_defined(problem: Problem) -> Problem:
    """Values that have no place on the scale (beyond it, a logarithm of zero) are missing, as in the scores."""
    values = problem.values.copy()
    for at, leaf in enumerate(problem.leaves):
        for way in problem.ways.get(leaf, ())[:1]:
            values[np.isnan(way.onto(values[None, :, at])[0]), at] = np.nan
    missing = np.isnan(values)
    errors = {
        name: tuple(replace(part, size=np.where(missing, 0.0, part.size)) for part in parts)
        for name, parts in problem.errors.items()
    }
    return replace(problem, values=values, errors=errors)


def _node(node: TreeNode, forms: Forms, other: Alternatives, merging: Method, why: dict[str, str]) -> Node:
    form, rule = forms.names[0], node.rules
    floors = {} if rule.floor is None else {"arithmetic": rule.floor, "geometric": rule.floor}
    if "geometric" in forms.names[1:]:
        floors = {"geometric": merging.floor} | floors
    if len(forms.names) == 1 < len(node.children):
        why[f"aggregation of {node.code}"] = no_other_form(form, forms)
    weights = node.weights or (1.0,) * len(node.children)
    return Node(
        node.code,
        node.children,
        weights,
        forms.names,
        floors,
        has_weights=form not in WITHOUT_WEIGHTS,
        rules=rule,
        others=forms.rules,
        other_weights=weights_at(node.code, node.children, weights, other, form),
        spread=other.weights.spread,
        finish=_finish(node),
    )


def _finish(node: TreeNode) -> Callable[[Numbers], Numbers]:
    """Rounding and the ends of the scale, as scores have them."""

    def finish(values: Numbers) -> Numbers:
        inside = np.clip(rounded(values, node.rules.round), *SCALE)
        return np.asarray(np.round(inside, _DECIMALS) + 0.0, dtype=np.float64)

    return finish
