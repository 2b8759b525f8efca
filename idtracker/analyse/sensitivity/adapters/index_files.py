"""An index of a file as a problem. Its data state no errors: what varies are weights, the other mean, and what was imputed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from idtracker.analyse.composite.aggregation import WEIGHTED
from idtracker.analyse.composite.engine import Computed
from idtracker.analyse.composite.inputs import table_of
from idtracker.analyse.composite.normalisation import Job, normalised
from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.composite.outliers import transform
from idtracker.analyse.composite.stage import Table
from idtracker.analyse.sensitivity.nodes import MEANS, OTHER
from idtracker.analyse.sensitivity.problem import Node, Numbers, Problem
from idtracker.model.composite.definition import Index
from idtracker.model.composite.tree import TreeNode

NO_ERRORS = "the data of an index file state no errors"
NOT_VARIED = {
    "measurement": NO_ERRORS,
    "disagreement": "the data of an index file have one value for each unit",
    "carried": "what the file carries forward counts as imputed",
    "normalisation": "the file names one normalisation for each indicator",
}


def index_problem(index: Index, computed: Computed, data: pd.DataFrame) -> Problem:
    """The index as it was computed on the data: every row of it a place, in the order of their names."""
    table = table_of(index, data)
    order = np.argsort(table.names.astype(str), kind="stable")
    leaves = tuple(sorted(index.indicators))
    values = computed.normalised[list(leaves)].to_numpy(dtype="float64")
    filled = computed.denominated[list(leaves)].isna().to_numpy() & ~np.isnan(values)
    known = {leaf: values[:, at] for at, leaf in enumerate(leaves)}
    known |= {str(code): computed.nodes[code].to_numpy(dtype="float64") for code in computed.nodes}
    why = dict(NOT_VARIED)
    nodes = tuple(_node(node, table, order, computed, known, why) for node in index.hierarchy.nodes.values())
    variants = {"imputation": (np.where(filled, np.nan, values)[order],)} if filled.any() else {}
    within = index.rank.within
    ranked = table.frame[within].astype(str).to_numpy(dtype=object) if within and within in table.frame else None
    return Problem(
        index.method_version,
        "",
        tuple(str(name) for name in table.names[order]),
        leaves,
        values[order],
        nodes,
        {node.code: ~np.isnan(known[node.code])[order] for node in nodes},
        variants=variants,
        ranked_within=None if ranked is None else ranked[order],
        is_high_first=index.rank.order == "high_first",
        not_varied=why,
    )


def _node(
    node: TreeNode, table: Table, order: np.ndarray[tuple[int], np.dtype[np.int64]], computed: Computed,
    known: dict[str, Numbers], why: dict[str, str],
) -> Node:  # fmt: skip
    rules = node.rules
    form = rules.aggregation or "arithmetic"
    weights = node.weights or tuple(computed.weights.get(node.code, dict.fromkeys(node.children, 1.0)).values())
    if node.weights is None:
        why[f"weights of {node.code}"] = "they come from the data and are kept as they came out"
    floors = {} if rules.floor is None else dict.fromkeys(MEANS, rules.floor)
    return Node(
        node.code,
        node.children,
        weights,
        _forms(node, form, known, why),
        floors,
        has_weights=node.weights is not None and form in WEIGHTED - {"unobserved_components"},
        rules=rules,
        finish=_finish(node, table, order),
    )


def _forms(node: TreeNode, form: str, known: dict[str, Numbers], why: dict[str, str]) -> tuple[str, ...]:
    """The stated aggregation and the other mean; not a geometric one where a child is 0 or below, which is told."""
    other = OTHER.get(form)
    subject = f"aggregation of {node.code}"
    if other is None:
        why[subject] = f"{form.replace('_', ' ')} has no alternative that is as reasonable"
        return (form,)
    worst = min((float(np.nanmin(known[c])) for c in node.children if not np.isnan(known[c]).all()), default=1.0)
    if other == "geometric" and node.rules.floor is None and worst <= 0:
        why[subject] = f"a child is {worst:g}: a geometric mean is not defined there"
        return (form,)
    return (form, other)


def _finish(
    node: TreeNode, table: Table, order: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Callable[[Numbers], Numbers] | None:
    """What the file does to the node's value after aggregation; a normalisation over the units is done draw by draw."""
    rules = node.rules
    if rules.transform is None and rules.normalise is None and rules.round is None:
        return None
    rows = table.frame.iloc[order].reset_index(drop=True)
    periods = None if table.periods is None else table.periods.iloc[order].reset_index(drop=True)
    units = table.units.iloc[order].reset_index(drop=True)

    def one(values: Numbers) -> Numbers:
        if rules.normalise is None or np.isnan(values).all():
            return values
        quiet = Table(rows, units, table.names[order], periods)
        return normalised(Job(quiet, node.code, values, rules.direction or 1, lambda x: x, None), rules.normalise)

    def finish(values: Numbers) -> Numbers:
        changed = values if rules.transform is None else transform(rules.transform)(values)
        scaled = changed if rules.normalise is None else np.stack([one(draw) for draw in changed])
        return rounded(scaled, rules.round)

    return finish
