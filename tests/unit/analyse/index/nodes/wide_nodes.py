"""Trees whose nodes look across places: weights from the data, nodes that are normalised again."""

from __future__ import annotations

from typing import Any

from tests.unit.analyse.index.across_places import DEEP, HEAD

Z_SCORE = {"method": "z_score", "mean": 50, "sd": 20, "clip": [0, 100]}
LEAVES = DEEP["indicators"]
WIDE: dict[str, Any] = {
    **HEAD,
    "indicator_defaults": {"scale": [0, 100]},
    "indicators": LEAVES,
    "tree": {
        "code": "WHOLE", "aggregation": "geometric", "floor": 1.0, "coverage": 0.5,
        "children": [
            {"code": "PEOPLE", "weight": 3, "coverage": 0.4, "weights": "inverse_standard_deviation", "normalise": Z_SCORE, "children": [
                {"code": "LOCAL", "coverage": 0.5, "weights": "principal_component", "children": ["A", "B", "C"]},
                {"code": "WORK", "aggregation": "minimum", "coverage": 0.5, "transform": "square_root",
                 "normalise": {"method": "goalposts", "low": 2, "high": 9, "scale": [0, 100]}, "children": ["D", "E"]},
            ]},
            {"code": "TRADE", "weight": 2, "coverage": 0.5, "direction": -1,
             "normalise": {"method": "min_max", "scale": [0, 100]}, "children": ["F", "G"]},
        ],
    },
}  # fmt: skip
WAYS: list[dict[str, Any]] = [
    {"method": "min_max", "scale": [0, 100]},
    {"method": "goalposts", "low": 20, "high": 70, "scale": [0, 100]},
    Z_SCORE,
    {"method": "percentile_rank", "ties": "average", "scale": [0, 100]},
    {"method": "fraction_of_max", "factor": 100},
    {"method": "distance_to_target", "target": 90, "scale": [0, 100]},
    {"method": "distance_to_reference", "unit": "JO", "form": "ratio", "factor": 50},
    {"method": "bins", "edges": [30, 50], "scores": [10, 40, 90]},
]


def plain(name: str) -> dict[str, Any]:
    """An indicator that is on the scale already."""
    return {"label": name, "normalise": {"method": "none", "scale": [0, 100]}}


def two_nodes(names: str = "AC", **rules: Any) -> dict[str, Any]:
    """A root over one node, X, with `rules`, and one indicator beside it, E; leaves are as they are."""
    node = {"code": "X", "weights": "equal", "coverage": 0.5, "children": list(names), **rules}
    return {
        **HEAD,
        "indicators": {name: plain(name) for name in [*names, "E"]},
        "tree": {"code": "R", "coverage": 0.5, "children": [node, "E"]},
    }
