"""Why a score is what it is: its dimensions, their indicators and what each of them adds, down to the rows.

Parts of an arithmetic mean are `points` that add up to the score; those of a geometric mean are a `factor` each, whose
product is the score. Of a node that is put on a scale of its own they have their weights alone.
"""

from __future__ import annotations

import json

import numpy as np

from idtracker.analyse.composite.aggregation import lifted, refuses
from idtracker.analyse.index.aggregate import ERROR_SHARES
from idtracker.analyse.index.score import expected_items
from idtracker.analyse.merge.quarters import grid
from idtracker.explain.cell import cell_node
from idtracker.explain.certainty import certainty_of_score
from idtracker.explain.leaves import leaf_terms, looks_further
from idtracker.explain.tables import KnownTables, Row
from idtracker.explain.tree import aggregation_words, coverage_words, leaves_at, node_terms
from idtracker.model.errors import UsageError
from idtracker.model.explanation import Node, node
from idtracker.model.methods.aggregations import declared

_FIGURES = (
    "low",
    "high",
    "band",
    "completeness",
    "indicator_count",
    "expected_count",
    "carried_share",
    "imputed_share",
    *ERROR_SHARES.values(),
    "aggregation",
    "method_version",
    "classification",
    "recorded_from",
)


def explain_score(known: KnownTables, place_id: str, period: str, node_code: str, limit: int | None) -> Node:
    """The tree behind one score; at most `limit` entries stand under each node (None: all).

    UsageError where the place, quarter and node have no row in the table `score`.
    """
    row = known.one("score", place_id=place_id, period=period, node_code=node_code)
    if row is None:
        raise UsageError(f"There is no score of {node_code} for {known.place(place_id)} in {period}.")
    return _score_node(known, row, limit)


def _score_node(known: KnownTables, row: Row, limit: int | None, **more: object) -> Node:
    terms = node_terms(known, row["node_code"], row["place_id"], row["period"])
    label, parts = _of_tree(known, row, limit) if known.index else _of_method(known, row, limit)
    return node(
        f"{label} ({row['node_code']}), {known.place(row['place_id'])}, {row['period']}",
        row["score"],
        parts,
        unit="points",
        says="; ".join([_words(known, row, is_whole=not more), *terms]),
        kind="score",
        node_code=row["node_code"],
        **{name: row.get(name) for name in _FIGURES},
        **more,
    )


def _of_method(known: KnownTables, row: Row, limit: int | None) -> tuple[str, list[Node]]:
    """Label and parts of a node of a two-level method."""
    method = known.method
    if row["node_code"] == method.root:
        return "Whole index", _dimensions(known, row, limit)
    return method.dimensions[row["node_code"]].label, _indicators(known, row, limit)


def _of_tree(known: KnownTables, row: Row, limit: int | None) -> tuple[str, list[Node]]:
    """Label and parts of a node of a tree: the nodes and the indicators below it that are expected there."""
    assert known.index is not None
    own = known.index.hierarchy.nodes[row["node_code"]]
    at = {"place_id": row["place_id"], "period": row["period"]}
    leaves = leaves_at(known, own.children, **at)
    parts = []
    for child in own.children:
        if child in leaves:
            share = _share(known, row, child, leaves[child])
            name = known.index.column_of(child)
            terms = leaf_terms(known, child, **at) if looks_further(known) else {}
            cell = cell_node(known, name, row["place_id"], row["period"], limit, **share, **terms)
            parts.append(_with_terms(cell))
        elif (below := known.one("score", **at, node_code=child)) is not None and below["expected_count"]:
            parts.append(_score_node(known, below, limit, **_share(known, row, child, below["score"])))
    return "Whole index" if own.depth == 1 else own.label, parts


def _with_terms(cell: Node) -> Node:
    """A cell that says first what the tree does with it."""
    terms = cell.get("terms")
    return {**cell, "says": "; ".join([*map(str, terms), str(cell["says"])])} if isinstance(terms, list) else cell


def _words(known: KnownTables, row: Row, is_whole: bool) -> str:
    """The score's standing in one line; `is_whole` is the one that was asked about."""
    present = f"{row['completeness']:.0%} of the weight is present"
    if row["score"] is None:
        zeros = _zeros(known, row)
        if zeros:
            return (
                f"not defined: {', '.join(zeros)} is 0, and a {row['aggregation']} mean has no value there; {present}"
            )
        rules = known.index.hierarchy.nodes[row["node_code"]].rules if known.index else None
        asked = coverage_words(rules) if rules else f"the method asks for {known.method.coverage:.0%}"
        return f"withheld: {present}, {asked}"
    words = certainty_of_score(row, known.method, is_whole)
    if row["carried_share"]:
        present += f", {row['carried_share']:.0%} of it carried forward"
    if row.get("imputed_share"):
        present += f"; {row['imputed_share']:.0%} of what counts was filled in by the method and not reported"
    return "; ".join(
        [*words, str(row["band"]), present, aggregation_words(str(row["aggregation"])), str(row["method_version"])]
    )


def _zeros(known: KnownTables, row: Row) -> list[str]:
    """Children with a score of 0 under a mean that has none for it; a method with a floor lifts them above it."""
    own = known.index.hierarchy.nodes[row["node_code"]] if known.index else None
    if own is None:
        return []
    at = {"place_id": row["place_id"], "period": row["period"]}
    scores = leaves_at(known, own.children, **at)
    below = {c: known.one("score", **at, node_code=c) for c in own.children if c not in scores}
    scores |= {code: found["score"] for code, found in below.items() if found is not None}
    values = {code: max(score, own.rules.floor or score) for code, score in scores.items() if score is not None}
    lost = refuses(str(row["aggregation"]), np.array([*values.values()]), own.rules)
    return sorted(code for code, is_lost in zip(values, lost, strict=True) if is_lost)


def _dimensions(known: KnownTables, root: Row, limit: int | None) -> list[Node]:
    nodes = []
    for code in sorted(known.method.dimensions):
        row = known.one("score", place_id=root["place_id"], period=root["period"], node_code=code)
        if row is not None and row["expected_count"]:
            nodes.append(_score_node(known, row, limit, **_share(known, root, code, row["score"])))
    return nodes


def _indicators(known: KnownTables, dimension: Row, limit: int | None) -> list[Node]:
    """The indicators expected in a dimension, with or without a value."""
    indicator, place = known.tables["indicator"], known.tables["place"]
    items = expected_items(
        known.select("merged_cell", place_id=dimension["place_id"], period=dimension["period"]),
        indicator[indicator["dimension_code"] == dimension["node_code"]],
        place[place["place_id"] == dimension["place_id"]],
        known.method,
        grid([dimension["period"]]).assign(place_id=dimension["place_id"]),
    )
    scores = items["score"].astype("object").where(items["score"].notna(), None)
    return [
        cell_node(
            known, name, dimension["place_id"], dimension["period"], limit, **_share(known, dimension, name, score)
        )
        for name, score in zip(items["child"], scores, strict=True)
    ]


def _share(known: KnownTables, parent: Row, child: str, score: float | None) -> dict[str, object]:
    """Weight of a child in force, and its points (arithmetic mean) or factor (geometric mean); empty where it has none."""
    weights = json.loads(parent["effective_weights"]) if parent["effective_weights"] else {}
    weight = weights.get(child)
    if weight is None or score is None:
        return {"weight": None}
    rules = known.index.hierarchy.nodes[parent["node_code"]].rules if known.index else None
    if rules is not None and (rules.worst_component is not None or rules.normalise is not None):
        return {"weight": weight}
    name = str(parent["aggregation"])
    score = max(score, rules.floor or 0.0) if rules else float(lifted(name, np.array(score), known.method.floor))
    parts = declared(name).parts
    if parts == "points":
        return {"weight": weight, "points": weight * score}
    return {"weight": weight, "factor": score**weight} if parts == "factors" else {"weight": weight}
