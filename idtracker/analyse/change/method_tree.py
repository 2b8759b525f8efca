"""A two-level method as the tree that gives the same scores, so that it can be set against a tree, or against one of another root.

Its dimensions and weights are those of the register beside it: another method comes with all that it weighs by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
from pydantic import ValidationError

from idtracker.model.composite.definition import Index
from idtracker.model.errors import UsageError
from idtracker.model.method import Method
from idtracker.model.methods.aggregations import FLOORED, TwoLevelAggregation

Members = Mapping[str, tuple[str, float]]
"""Indicator -> its dimension and weight."""


def members_of(connection: duckdb.DuckDBPyConnection, method: Method) -> Members:
    """The indicators that a register gives to the dimensions of a method."""
    rows = connection.execute(
        "SELECT indicator_id, dimension_code, weight FROM indicator WHERE weight > 0 ORDER BY indicator_id"
    ).fetchall()
    return {name: (dimension, weight) for name, dimension, weight in rows if dimension in method.dimensions}


def tree_of_method(method: Method, members: Members) -> Index:
    """Root, dimensions and indicators (one at least) as a tree; a dimension without indicators is not in it.

    UsageError where codes of the method cannot be those of a tree.
    """
    dimensions: list[dict[str, Any]] = []
    for code, dimension in method.dimensions.items():
        own = [{"code": name, "weight": weight} for name, (its, weight) in members.items() if its == code]
        if own:
            about = {"code": code, "label": dimension.label, "weight": dimension.weight}
            dimensions.append({**about, **_rules(method, method.within), "children": own})
    definition = {
        "method_version": method.method_version,
        "title": method.title or method.method_version,
        "source": "two-level method",
        "indicators": {name: {"label": name, "normalise": "register"} for name in members},
        "tree": {"code": method.root, **_rules(method, method.across), "children": dimensions},
    }
    try:
        return Index.model_validate(definition)
    except ValidationError as problem:
        reasons = "; ".join(str(error["msg"]) for error in problem.errors())
        raise UsageError(f"{method.method_version} cannot be set against a tree: {reasons}") from problem


def _rules(method: Method, aggregation: TwoLevelAggregation) -> dict[str, Any]:
    """The floor only for a mean that takes it in a two-level method; a tree would lift children of any."""
    floor = {"floor": method.floor} if aggregation in FLOORED else {}
    return {"aggregation": aggregation, "coverage": method.coverage, "weights": "relative", **floor}
