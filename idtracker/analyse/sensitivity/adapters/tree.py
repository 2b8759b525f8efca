"""A tree that scores the tracker as a problem: cells on the scale of their leaves, and every node as the tree says.

Errors are those of the cells, as of the two-level method (tracker.py). A leaf with a normalisation of its own is drawn in the unit
of its values and normalised draw by draw; it is not extrapolated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

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
from idtracker.analyse.sensitivity.adapters.ways import SCALE, Options, options_of_tree, tracker_ways
from idtracker.analyse.sensitivity.adapters.wide import Wide, further_errors, needs_panels, wide_leaves
from idtracker.analyse.sensitivity.adapters.wide_nodes import WideNodes, wide_nodes
from idtracker.analyse.sensitivity.problem import Errors, Node, Numbers, Problem, Way
from idtracker.model.composite.alternatives import Alternatives
from idtracker.model.composite.definition import Index
from idtracker.model.composite.normalisation import OfRegister
from idtracker.model.composite.reach import has_weights_from_data
from idtracker.model.composite.tree import TreeNode
from idtracker.model.method import Method
from idtracker.model.methods.aggregations import DRAWN, FLOORED, WITHOUT_WEIGHTS


def tree_problem(
    tables: RoundTables, index: Index, merging: Method, period: str, earlier: str | None = None
) -> Problem:
    """One quarter of a tree. What carried values had lost by the quarter `earlier` is one error with what they had lost then."""
    items = items_of_tree(tables, index, period)
    places = tuple(sorted(items["place_id"].unique()))
    leaves = tuple(sorted(items["leaf"].unique()))
    at = Placed(items, places, leaves)
    why = NOT_VARIED | {"normalisation": "no alternative is declared in the method's file"}
    if any((rule := index.rules_of(leaf).missing) is not None and rule.method != "none" for leaf in leaves):
        why["imputation"] = "no value is missing that the method fills in"
    other, options = index.alternatives, options_of_tree(index)
    wide = wide_leaves(tables, index, merging, places, period, options, why) if needs_panels(index, options) else None
    ways = _ways(items, index, options, why, wide)
    forms = {code: forms_at(index.hierarchy, node, other) for code, node in index.hierarchy.nodes.items()}
    among = wide_nodes(wide)
    nodes = tuple(_node(node, forms[code], other, merging, why, among) for code, node in index.hierarchy.nodes.items())
    problem = Problem(
        index.method_version,
        period,
        places,
        leaves,
        _values(raw_values(items, at, leaves, ways), leaves, wide),
        nodes,
        covered_of(tables, nodes, places, period),
        limits=SCALE,
        errors=_errors(items, tables, at, earlier, ways, index, wide),
        variants=_variants(raw_values(items, at, leaves, ways), leaves, wide),
        ways=ways,
        donors={} if wide is None else wide.donors,
        late_donors={} if wide is None else wide.late_donors,
        shared=shared_of(options, forms),
        set_labels=tuple(one.label for one in other.weights.sets),
        ranked_within=levels_of(tables, places),
        not_varied=why | undeclared(other, leaves, ways),
    )
    return _where_defined(problem)


def _ways(
    items: pd.DataFrame, index: Index, options: Mapping[str, Options], why: dict[str, str], wide: Wide | None
) -> dict[str, tuple[Way, ...]]:
    stated = {leaf: index.rules_of(leaf) for leaf in index.indicators}
    if wide is None:
        return tracker_ways(items, stated, options, why)
    alone = items[~items["leaf"].isin(list(wide.ways))]
    expected = set(items["leaf"])
    own = {leaf: ways for leaf, ways in wide.ways.items() if leaf in expected}
    return tracker_ways(alone, stated, options, why, wide.onto) | own


def _values(values: Numbers, leaves: tuple[str, ...], wide: Wide | None) -> Numbers:
    """Places by leaves, with what leaves that divide or fill have instead."""
    for code, own in ({} if wide is None else wide.values).items():
        if code in leaves:
            values[:, leaves.index(code)] = own
    return values


def _variants(values: Numbers, leaves: tuple[str, ...], wide: Wide | None) -> dict[str, tuple[Numbers, ...]]:
    """The values without those that were filled in, which may as well stay away."""
    if wide is None or not wide.without:
        return {}
    found = _values(values, leaves, wide)
    for code, own in wide.without.items():
        if code in leaves:
            found[:, leaves.index(code)] = own
    return {"imputation": (found,)}


def _errors(
    items: pd.DataFrame, tables: RoundTables, at: Placed, earlier: str | None, ways: Mapping[str, tuple[Way, ...]],
    index: Index, wide: Wide | None,
) -> dict[str, tuple[Errors, ...]]:  # fmt: skip
    """Errors in the unit of the values that are drawn."""
    if wide is None:
        return errors_by_leaf(items, tables.cells, at, earlier, ways)
    in_points = {code for code in wide.ways if isinstance(index.rules_of(code).normalise, OfRegister)}
    found = errors_by_leaf(items, tables.cells, at, earlier, set(ways) - in_points)
    leaves = tuple(sorted(items["leaf"].unique()))
    per = np.ones(at.shape)
    for code, own in wide.per.items():
        if code in leaves:
            per[:, leaves.index(code)] = own
    found = {name: tuple(Errors(np.abs(part.size * per), part.name) for part in parts) for name, parts in found.items()}
    for name, more in further_errors(wide, leaves, str(items["period"].iat[0])).items():
        found[name] = (*found[name], *more)
    return found


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


def _node(
    node: TreeNode, forms: Forms, other: Alternatives, merging: Method, why: dict[str, str], among: WideNodes
) -> Node:
    form, rule = forms.names[0], node.rules
    floors = {} if rule.floor is None else dict.fromkeys(DRAWN, rule.floor)
    floors = {name: merging.floor for name in FLOORED if name in forms.names[1:]} | floors
    if len(forms.names) == 1 < len(node.children):
        why[f"aggregation of {node.code}"] = no_other_form(form, forms)
    weights, from_data = node.weights or (1.0,) * len(node.children), has_weights_from_data(node)
    if from_data:
        why[f"weights of {node.code}"] = (
            "they come from the data and are worked out of the values of each draw; nothing is drawn around them"
        )
    if rule.normalise is not None and other.normalisation:
        why[f"normalisation of {node.code}"] = "alternatives are declared for indicators alone"
    return Node(
        node.code,
        node.children,
        weights,
        forms.names,
        floors,
        has_weights=form not in WITHOUT_WEIGHTS and not from_data,
        rules=rule,
        others=forms.rules,
        other_weights=weights_at(node.code, node.children, weights, other, form),
        spread=other.weights.spread,
        finish=among.finish(node),
        weigh=among.weigh(node) if from_data else None,
    )
