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
from idtracker.analyse.index.leaves import scaled
from idtracker.analyse.index.score import expected_cells
from idtracker.analyse.sensitivity.adapters.tracker import (
    NOT_VARIED,
    Placed,
    RoundTables,
    cell_errors,
    covered_of,
    detailed,
    levels_of,
    positions,
)
from idtracker.analyse.sensitivity.nodes import OTHER
from idtracker.analyse.sensitivity.problem import Errors, Node, Numbers, Problem, Way
from idtracker.model.composite.definition import Index, IndicatorRules
from idtracker.model.composite.normalisation import AsItIs, OfRegister
from idtracker.model.composite.tree import TreeNode
from idtracker.model.method import Method

_DECIMALS = 9
SCALE = (0.0, 100.0)


def tree_problem(
    tables: RoundTables, index: Index, merging: Method, period: str, earlier: str | None = None
) -> Problem:
    """One quarter of a tree. What carried values had lost by the quarter `earlier` is one error with what they had lost then."""
    items = items_of_tree(tables, index, period)
    places = tuple(sorted(items["place_id"].unique()))
    leaves = tuple(sorted(items["leaf"].unique()))
    at = Placed(items, places, leaves)
    why = dict(NOT_VARIED)
    nodes = tuple(_node(node, merging, why) for node in index.hierarchy.nodes.values())
    ways = {
        leaf: (Way("as stated", way_of(leaf, index.rules_of(leaf))),)
        for leaf in leaves
        if not is_of_register(index, leaf)
    }
    values = at(positions(items))
    values[:, [leaf in ways for leaf in leaves]] = at(items["value"].astype("float64"))[
        :, [leaf in ways for leaf in leaves]
    ]
    problem = Problem(
        index.method_version,
        period,
        places,
        leaves,
        values,
        nodes,
        covered_of(tables, nodes, places, period),
        limits=SCALE,
        errors=_errors(items, tables.cells, at, earlier, set(ways)),
        ways=ways,
        ranked_within=levels_of(tables, places),
        not_varied=why,
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


def is_of_register(index: Index, leaf: str) -> bool:
    """Whether a leaf takes the score between the goalposts of the register."""
    return isinstance(index.rules_of(leaf).normalise, OfRegister)


def way_of(code: str, rules: IndicatorRules) -> Callable[[Numbers], Numbers]:
    """How values of a leaf come onto its scale; a drawn value beyond the scale that it is on already is held at its end."""
    way = rules.normalise
    scale = (way.scale or rules.scale) if isinstance(way, AsItIs) else None

    def onto(values: Numbers) -> Numbers:
        held = values if scale is None else np.clip(values, *scale)
        return scaled(code, held.reshape(-1), rules).reshape(values.shape)

    return onto


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


def _errors(
    items: pd.DataFrame, cells: pd.DataFrame, at: Placed, earlier: str | None, own: set[str]
) -> dict[str, tuple[Errors, ...]]:
    """Errors in points where the register normalises, else in the unit of the values."""
    is_own = items["leaf"].isin(list(own))
    unit = items.assign(error=items["standard_error"])
    points = cell_errors(items[~is_own], cells, at.of(~is_own), earlier)
    found = cell_errors(unit[is_own], cells, at.of(is_own), earlier, "standard_error")
    return {name: (*points[name], *found[name]) for name in points}


def _node(node: TreeNode, merging: Method, why: dict[str, str]) -> Node:
    form = node.rules.aggregation or "arithmetic"
    floors = {} if node.rules.floor is None else {"arithmetic": node.rules.floor, "geometric": node.rules.floor}
    other = OTHER.get(form)
    if other is None:
        why[f"aggregation of {node.code}"] = f"{form.replace('_', ' ')} has no alternative that is as reasonable"
    elif other == "geometric":
        floors = {"geometric": merging.floor} | floors
    return Node(
        node.code,
        node.children,
        node.weights or (1.0,) * len(node.children),
        (form,) if other is None else (form, other),
        floors,
        has_weights=form not in ("minimum", "maximum", "median"),
        rules=node.rules,
        finish=_finish(node),
    )


def _finish(node: TreeNode) -> Callable[[Numbers], Numbers]:
    """Rounding and the ends of the scale, as scores have them."""

    def finish(values: Numbers) -> Numbers:
        inside = np.clip(rounded(values, node.rules.round), *SCALE)
        return np.asarray(np.round(inside, _DECIMALS) + 0.0, dtype=np.float64)

    return finish
