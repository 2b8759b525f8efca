"""Small programmes under a tree, and what its changes are worth by plain loops over every order, without any of the tracker's code."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import permutations, product
from typing import Any

HEAD = {"method_version": "T-1", "title": "test", "source": "none", "defaults": {"weights": "relative"}}
NAMES = ("A", "B", "C", "D", "E", "F")
TREE: dict[str, Any] = {
    "code": "WHOLE", "aggregation": "geometric", "floor": 1.0, "coverage": 0.5,
    "children": [
        {"code": "LEFT", "weight": 3, "coverage": 0.4, "children": [
            {"code": "LOW", "weight": 2, "aggregation": "minimum", "coverage": 0.5, "children": ["A", "B"]},
            {"code": "MIDDLE", "weight": 1, "coverage": 0.6, "children": ["C", "D"]},
        ]},
        {"code": "RIGHT", "weight": 2, "aggregation": "harmonic", "floor": 1.0, "coverage": 0.5, "children": ["E", "F"]},
    ],
}  # fmt: skip

Values = Mapping[str, float | None]


def score(node: Mapping[str, Any], values: Values, *, is_root: bool = True) -> tuple[float | None, float | None]:
    """Value of a node where it is covered, and in any case; of the root always the latter."""
    pairs = [
        (values[c], values[c]) if isinstance(c, str) else score(c, values, is_root=False) for c in node["children"]
    ]
    weights = [1.0 if isinstance(c, str) else c["weight"] for c in node["children"]]
    strict = [pair[0] for pair in pairs]
    chosen = strict if any(v is not None for v in strict) else [pair[1] for pair in pairs]
    there = [(w, max(v, node.get("floor", v))) for w, v in zip(weights, chosen, strict=True) if v is not None]
    if not there:
        return None, None
    total = sum(w for w, _ in there)
    kind = node.get("aggregation", "arithmetic")
    if kind == "arithmetic":
        value = sum(w * v for w, v in there) / total
    elif kind == "geometric":
        value = math.exp(sum(w * math.log(v) for w, v in there) / total)
    elif kind == "harmonic":
        value = total / sum(w / v for w, v in there)
    else:
        value = min(v for _, v in there)
    present = sum(w for w, v in zip(weights, strict, strict=True) if v is not None)
    return (value if present / sum(weights) >= node["coverage"] - 1e-9 else None), value


def orders(node: Mapping[str, Any]) -> Iterator[list[str]]:
    """Every order of the leaves in which those of each node stay together."""
    for turn in permutations(node["children"]):
        for parts in product(*([[c]] if isinstance(c, str) else list(orders(c)) for c in turn)):
            yield [leaf for part in parts for leaf in part]


def by_every_order(
    trees: Callable[[frozenset[str]], Mapping[str, Any]],
    value_of: Callable[[Mapping[str, Any], frozenset[tuple[str, str]]], float],
    causes: list[str],
    method: str | None = None,
) -> dict[tuple[str, str], float]:
    """(cause, leaf) -> the mean of what it adds, over every order of the causes and within each every order along the tree in force.

    `value_of` gives the value of the tree where these (cause, leaf) have acted; the method acts as a whole.
    """
    gains: dict[tuple[str, str], float] = {}
    turns = list(permutations(causes))
    for turn in turns:
        acted: set[tuple[str, str]] = set()
        for place, cause in enumerate(turn):
            before = frozenset(turn[:place])
            tree = trees(before)
            if cause == method:
                moved = value_of(trees(before | {cause}), frozenset(acted)) - value_of(tree, frozenset(acted))
                gains[cause, ""] = gains.get((cause, ""), 0.0) + moved / len(turns)
                continue
            ways = list(orders(tree))
            for way in ways:
                now = set(acted)
                for leaf in way:
                    old = value_of(tree, frozenset(now))
                    now.add((cause, leaf))
                    added = value_of(tree, frozenset(now)) - old
                    gains[cause, leaf] = gains.get((cause, leaf), 0.0) + added / len(turns) / len(ways)
            acted |= {(cause, leaf) for leaf in NAMES}
    return gains
