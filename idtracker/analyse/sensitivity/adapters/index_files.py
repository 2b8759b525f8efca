"""An index of a file as a problem. Its data state no errors: what varies are weights, aggregations, what was imputed, and alternatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from idtracker.analyse.composite.aggregation import refuses
from idtracker.analyse.composite.engine import Computed
from idtracker.analyse.composite.inputs import table_of
from idtracker.analyse.composite.normalisation import Job, normalised
from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.composite.outliers import transform
from idtracker.analyse.composite.stage import Table
from idtracker.analyse.sensitivity.adapters.choices import (
    Forms,
    forms_at,
    no_other_form,
    shared_of,
    undeclared,
    weights_at,
)
from idtracker.analyse.sensitivity.adapters.file_leaves import leaves_of_file
from idtracker.analyse.sensitivity.adapters.ways import options_of_tree
from idtracker.analyse.sensitivity.problem import Node, Numbers, Places, Problem
from idtracker.model.composite.alternatives import Alternatives
from idtracker.model.composite.definition import Index
from idtracker.model.composite.tree import TreeNode
from idtracker.model.methods.aggregations import DRAWN, WITHOUT_SETS

NO_ERRORS = "the data of an index file state no errors"
NOT_VARIED = {
    "measurement": NO_ERRORS,
    "disagreement": "the data of an index file have one value for each unit",
    "carried": "what the file carries forward counts as imputed",
    "normalisation": "no alternative is declared: the file names one normalisation for each indicator",
}


def index_problem(index: Index, computed: Computed, data: pd.DataFrame) -> Problem:
    """The index as it was computed on the data: every row of it a place, in the order of their names."""
    table = table_of(index, data)
    order = np.argsort(table.names.astype(str), kind="stable")
    leaves = tuple(sorted(index.indicators))
    rows = _in_order(table, order)
    file = leaves_of_file(index, _computed_in_order(computed, order), rows, leaves)
    known = {leaf: computed.normalised[leaf].to_numpy(dtype="float64") for leaf in leaves}
    known |= {str(code): computed.nodes[code].to_numpy(dtype="float64") for code in computed.nodes}
    why, other = dict(NOT_VARIED), index.alternatives
    forms = {code: forms_at(index.hierarchy, node, other) for code, node in index.hierarchy.nodes.items()}
    nodes = tuple(
        _node(node, forms[code], other, rows, computed, known, why) for code, node in index.hierarchy.nodes.items()
    )
    values, without = np.column_stack(file.values), np.column_stack(file.without_imputed)
    is_imputed = bool((np.isnan(without) & ~np.isnan(values)).any())
    within = index.rank.within
    return Problem(
        index.method_version,
        "",
        tuple(str(name) for name in rows.names),
        leaves,
        values,
        nodes,
        {node.code: ~np.isnan(known[node.code])[order] for node in nodes},
        variants={"imputation": (without,)} if is_imputed else {},
        ways=file.ways,
        donors=file.donors,
        shared=shared_of(options_of_tree(index), forms),
        set_labels=tuple(one.label for one in other.weights.sets),
        ranked_within=rows.frame[within].astype(str).to_numpy(dtype=object)
        if within and within in rows.frame
        else None,
        is_high_first=index.rank.order == "high_first",
        not_varied=why | file.why | undeclared(other, leaves, file.ways),
    )


def _in_order(table: Table, order: Places) -> Table:
    periods = None if table.periods is None else table.periods.iloc[order].reset_index(drop=True)
    frame, units = table.frame.iloc[order], table.units.iloc[order]
    return Table(frame.reset_index(drop=True), units.reset_index(drop=True), table.names[order], periods)


def _computed_in_order(computed: Computed, order: Places) -> Computed:
    stages = ("denominated", "imputed", "normalised")
    return replace(computed, **{name: getattr(computed, name).iloc[order] for name in stages})


def _node(
    node: TreeNode, forms: Forms, other: Alternatives, table: Table, computed: Computed, known: dict[str, Numbers],
    why: dict[str, str],
) -> Node:  # fmt: skip
    rules, form = node.rules, forms.names[0]
    weights = node.weights or tuple(computed.weights.get(node.code, dict.fromkeys(node.children, 1.0)).values())
    if node.weights is None:
        why[f"weights of {node.code}"] = "they come from the data and are kept as they came out"
    if rules.normalise is not None and other.normalisation:
        why[f"normalisation of {node.code}"] = "alternatives are declared for indicators alone"
    return Node(
        node.code,
        node.children,
        weights,
        _offered(node, forms, known, why),
        {} if rules.floor is None else dict.fromkeys(DRAWN, rules.floor),
        has_weights=node.weights is not None and form not in WITHOUT_SETS,
        rules=rules,
        others=forms.rules,
        other_weights=weights_at(node.code, node.children, weights, other, form),
        spread=other.weights.spread,
        finish=_finish(node, table),
    )


def _offered(node: TreeNode, forms: Forms, known: dict[str, Numbers], why: dict[str, str]) -> tuple[str, ...]:
    """The stated aggregation and others; not one that nobody declared where it has no value for a child, which is told."""
    subject = f"aggregation of {node.code}"
    if len(node.children) == 1:
        return forms.names[:1]
    if len(forms.names) == 1:
        why[subject] = no_other_form(forms.names[0], forms)
        return forms.names
    if forms.is_declared:
        return forms.names
    other = forms.names[1]
    worst = min((float(np.nanmin(known[c])) for c in node.children if not np.isnan(known[c]).all()), default=1.0)
    if node.rules.floor is None and refuses(other, np.array([worst])).any():
        why[subject] = f"a child is {worst:g}: a {other} mean is not defined there"
        return forms.names[:1]
    return forms.names


def _finish(node: TreeNode, table: Table) -> Callable[[Numbers], Numbers] | None:
    """What the file does to the node's value after aggregation; a normalisation over the units is done draw by draw."""
    rules = node.rules
    if rules.transform is None and rules.normalise is None and rules.round is None:
        return None

    def one(values: Numbers) -> Numbers:
        if rules.normalise is None or np.isnan(values).all():
            return values
        quiet = Table(table.frame, table.units, table.names, table.periods)
        return normalised(Job(quiet, node.code, values, rules.direction or 1, lambda x: x, None), rules.normalise)

    def finish(values: Numbers) -> Numbers:
        changed = values if rules.transform is None else transform(rules.transform)(values)
        scaled = changed if rules.normalise is None else np.stack([one(draw) for draw in changed])
        return rounded(scaled, rules.round)

    return finish
