"""An index computed: indicators stage by stage, then every node from the leaves to the root, for all units at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from idtracker.analyse.composite.aggregation import aggregated
from idtracker.analyse.composite.findings import Finding, of_tree
from idtracker.analyse.composite.imputation import imputed
from idtracker.analyse.composite.inputs import denominated, raw_values, table_of
from idtracker.analyse.composite.normalisation import Job, normalised
from idtracker.analyse.composite.ordering import bands_of, ranks_of, rounded
from idtracker.analyse.composite.outliers import Function, transform, treated
from idtracker.analyse.composite.stage import Flags, Numbers, Table
from idtracker.analyse.composite.weights import weights_from
from idtracker.model.composite.definition import Index, IndicatorRules
from idtracker.model.composite.node import Coverage
from idtracker.model.composite.preparation import Missing
from idtracker.model.composite.tree import Tree, TreeNode
from idtracker.model.composite.values import TOLERANCE
from idtracker.model.methods.aggregations import NEEDS_ALL


@dataclass(frozen=True, slots=True)
class Computed:
    """Every stage of an index. Frames have a row for each unit, named as in the data, and a column for each code."""

    keys: pd.DataFrame
    """Unit, and period where there are periods, of each row."""
    denominated: pd.DataFrame
    imputed: pd.DataFrame
    treated: pd.DataFrame
    normalised: pd.DataFrame
    nodes: pd.DataFrame
    """Values of the nodes, the root last; not a number where a finding says why."""
    coverage: pd.DataFrame
    """Share of each node's weight, down to the indicators, that rests on a value."""
    weights: dict[str, dict[str, float]]
    """Node -> child -> weight where all children are present; those from the data as they came out."""
    effective: pd.DataFrame
    """Weight of each indicator in the root of each unit, that of missing ones shared out as it was computed.

    Of a mean it is the share; of other aggregations what the file says, shared out alike."""
    bands: pd.DataFrame
    ranks: pd.DataFrame
    findings: tuple[Finding, ...]


def compute(index: Index, data: pd.DataFrame) -> Computed:
    """The index of every unit in the data: one row for each, or for each unit and period.

    What cannot be computed is not a number and has a finding; nothing is raised for what the data hold.
    """
    table = table_of(index, data)
    stages = _indicators(index, table)
    values = {code: stages["normalised"][code].to_numpy() for code in index.indicators}
    nodes, coverage, weights = _nodes(index.hierarchy, table, values)
    table.findings += of_tree(index)
    effective = _effective(
        index.hierarchy, values | {code: nodes[code].to_numpy() for code in index.hierarchy.nodes}, weights
    )
    banded = {b.node or index.tree.code: b for b in index.bands}
    bands = pd.DataFrame({code: bands_of(table, code, nodes[code].to_numpy(), rule) for code, rule in banded.items()})
    ranks = ranks_of(table, nodes, index.rank)
    labels = pd.Index(table.names, name=index.data.unit or "unit")
    for frame in (*stages.values(), nodes, coverage, effective, bands, ranks):
        frame.index = labels
    bands = bands.reindex(labels) if bands.empty else bands
    findings = tuple(dict.fromkeys(table.findings))
    keys = pd.DataFrame({"unit": table.units} | ({} if table.periods is None else {"period": table.periods}))
    keys.index = labels
    return Computed(
        keys,
        **stages,
        nodes=nodes,
        coverage=coverage,
        weights=weights,
        effective=effective,
        bands=bands,
        ranks=ranks,
        findings=findings,
    )


def _indicators(index: Index, table: Table) -> dict[str, pd.DataFrame]:
    """Frames of the four stages of every indicator."""
    raw = raw_values(index, table)
    rules = {code: index.rules_of(code) for code in index.indicators}
    per = {code: _before_imputation(table, code, raw[code].to_numpy(), rules[code]) for code in rules}
    whole = np.column_stack(list(per.values()))
    stages: dict[str, dict[str, Numbers]] = {"denominated": per, "imputed": {}, "treated": {}, "normalised": {}}
    for place, (code, rule) in enumerate(rules.items()):
        others = np.delete(whole, place, axis=1)
        early, late = _moments(rule)
        filled = imputed(table, code, per[code], early, others)
        fixed = transform(rule.transform)
        changed = fixed(filled)
        undefined = np.isnan(changed) & ~np.isnan(filled)
        table.say_of("not-positive", code, undefined, filled, function=_name(rule))
        calm, function = treated(table, code, changed, rule.treatment)
        scaled = _normalised(table, code, calm, rule, _one_after_the_other(fixed, function))
        scaled = imputed(table, code, scaled, late, others)
        stages["imputed"][code], stages["treated"][code] = filled, calm
        stages["normalised"][code] = rounded(scaled, rule.round)
    return {name: pd.DataFrame(columns, index=raw.index) for name, columns in stages.items()}


def _one_after_the_other(first: Function, second: Function) -> Function:
    return lambda x: second(first(x))


def _before_imputation(table: Table, code: str, values: Numbers, rules: IndicatorRules) -> Numbers:
    found = denominated(table, code, values, rules.denominator)
    return np.clip(found, rules.limits.low, rules.limits.high) if rules.limits else found


def _moments(rules: IndicatorRules) -> tuple[Missing | None, Missing | None]:
    """The rule before outliers are treated, and that on the common scale: one of them."""
    rule = rules.missing
    return (None, rule) if rule and rule.after == "normalisation" else (rule, None)


def _name(rules: IndicatorRules) -> str:
    return rules.transform.method.replace("_", " ") if rules.transform else "its transform"


def _normalised(table: Table, code: str, values: Numbers, rules: IndicatorRules, ends: Function) -> Numbers:
    if rules.normalise is None or np.isnan(values).all():
        return values
    return normalised(Job(table, code, values, rules.direction or 1, ends, rules.scale), rules.normalise)


def _nodes(
    tree: Tree, table: Table, values: dict[str, Numbers]
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, dict[str, float]]]:
    """Values and coverage of every node, children first, and the weights that were used."""
    known = dict(values)
    present = {code: (~np.isnan(column)).astype(float) for code, column in values.items()}
    used: dict[str, dict[str, float]] = {}
    for node in tree.nodes.values():
        children = np.column_stack([known[child] for child in node.children])
        weights = _weights(table, node, children)
        if weights is None:
            known[node.code] = np.full(len(table.frame), np.nan)
            present[node.code] = np.zeros(len(table.frame))
            continue
        used[node.code] = dict(zip(node.children, weights.tolist(), strict=True))
        covered = np.column_stack([present[child] for child in node.children])
        present[node.code] = covered @ (weights / weights.sum())
        enough = _is_enough(tree, table, node, children, weights, present)
        known[node.code] = _value(table, node, np.where(enough[:, None], children, np.nan), weights)
        present[node.code] = np.where(np.isnan(known[node.code]), 0.0, present[node.code])
    index = table.frame.index
    frames = (pd.DataFrame({code: each[code] for code in tree.nodes}, index=index) for each in (known, present))
    return (*frames, used)  # type: ignore[return-value]


def _effective(tree: Tree, values: dict[str, Numbers], weights: dict[str, dict[str, float]]) -> pd.DataFrame:
    """From the root down: what a node has of the whole goes to those of its children that are there, by their weights."""
    known = ~np.isnan(values[tree.root.code])
    found = {code: np.zeros(len(known)) for code in values} | {tree.root.code: np.where(known, 1.0, np.nan)}
    for node in reversed(tree.nodes.values()):
        own = weights.get(node.code, {})
        shares = np.column_stack([np.where(np.isnan(values[c]), 0.0, own.get(c, 0.0)) for c in node.children])
        total = shares.sum(axis=1)
        for place, child in enumerate(node.children):
            part = np.divide(shares[:, place], total, out=np.zeros(len(total)), where=total > 0)
            found[child] = found[child] + found[node.code] * part
    return pd.DataFrame({code: found[code] for code in tree.indicators})


def _weights(table: Table, node: TreeNode, children: Numbers) -> Numbers | None:
    if node.weights is not None:
        return np.array(node.weights, dtype=float)
    found = weights_from(children, node.weight_rule)
    if found is None:
        table.say("no-weights", node.code, function=node.weight_rule.replace("_", " "))
    return found


def _is_enough(
    tree: Tree, table: Table, node: TreeNode, children: Numbers, weights: Numbers, present: dict[str, Numbers]
) -> Flags:
    """Units in which enough of a node is there, at least one child in any case; the others get a finding."""
    rule = node.rules.coverage or Coverage()
    there = ~np.isnan(children)
    if rule.of == "indicators":
        leaves = tree.below(node.code)
        share = np.column_stack([present[leaf] for leaf in leaves]).mean(axis=1)
    elif rule.of == "weight":
        share = (there * weights).sum(axis=1) / weights.sum()
    else:
        share = there.mean(axis=1)
    needed = 1.0 if node.rules.aggregation in NEEDS_ALL else rule.share
    share = there.mean(axis=1) if node.rules.aggregation in NEEDS_ALL else share
    count = there.sum(axis=1)
    lacks_share, lacks_children = share < needed - TOLERANCE, count < rule.at_least
    least = "one child" if rule.at_least == 1 else f"{rule.at_least} children"
    table.say_of("too-little", node.code, lacks_share, share, least=f"{needed:.6g}")
    table.say_of("too-little", node.code, lacks_children & ~lacks_share, count, least=least)
    enough: Flags = ~(lacks_share | lacks_children)
    return enough


def _transformed(table: Table, node: TreeNode, values: Numbers) -> Numbers:
    if node.rules.transform is None:
        return values
    changed = transform(node.rules.transform)(values)
    undefined = np.isnan(changed) & ~np.isnan(values)
    name = node.rules.transform.method.replace("_", " ")
    table.say_of("not-positive", node.code, undefined, values, function=name)
    return changed


def _value(table: Table, node: TreeNode, children: Numbers, weights: Numbers) -> Numbers:
    """One node: aggregated, normalised, rounded."""
    found = aggregated(children, weights, node.rules)
    name = (node.rules.aggregation or "arithmetic").replace("_", " ")
    whole = ~np.isnan(children).any(axis=1)
    if node.rules.aggregation == "principal_component" and np.isnan(found.values).all() and whole.any():
        table.say("no-weights", node.code, function=name)
    elif node.rules.aggregation == "copeland" and whole.sum() == 1:
        table.say("too-few-units", node.code, count=1, function=name, least=2)
        return np.full(len(children), np.nan)
    else:
        worst = np.fmin.reduce(children, axis=1)
        table.say_of("not-under-mean", node.code, found.refused, worst, function=name)
    values, rules = _transformed(table, node, found.values), node.rules
    if rules.normalise is not None and not np.isnan(values).all():
        values = normalised(Job(table, node.code, values, rules.direction or 1, lambda x: x, None), rules.normalise)
    return rounded(values, rules.round)
