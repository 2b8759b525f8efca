"""Tables to explain, and what is looked for in the tree of an explanation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from idtracker.model.explanation import Node
from idtracker.model.tables import TABLES, conform_types, empty_frame

Rows = list[dict[str, Any]]


def table(name: str, rows: Rows) -> pd.DataFrame:
    return conform_types(pd.DataFrame(rows), TABLES[name]) if rows else empty_frame(TABLES[name])


def nodes_of(tree: Node, **keys: object) -> Iterator[Node]:
    """Every node that has these keys, the tree's own first."""
    if all(tree.get(name) == value for name, value in keys.items()):
        yield tree
    because = tree["because"]
    assert isinstance(because, list)
    for inner in because:
        yield from nodes_of(inner, **keys)


def amounts(tree: Node, name: str) -> list[float]:
    because = tree["because"]
    assert isinstance(because, list)
    return [float(str(inner[name])) for inner in because if inner.get(name) is not None]
