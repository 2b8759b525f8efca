"""Small programmes of seven governorates under trees that look across them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from idtracker.analyse.merge.quarters import grid
from idtracker.model.composite.definition import Index
from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Place

HEAD = {"method_version": "P-1", "title": "test", "source": "none", "defaults": {"weights": "relative"}}
MEMBERS = ["JO-AJ", "JO-AM", "JO-AQ", "JO-BA", "JO-IR", "JO-KA", "JO-MA"]
PEOPLE = dict(zip(MEMBERS, [180_000, 4_000_000, 200_000, 500_000, 1_900_000, 320_000, 560_000], strict=True))
QUARTERS = ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]
GROUPS = {"north": ["JO-AJ", "JO-IR", "JO-MA"], "rest": ["JO-AM", "JO-AQ", "JO-BA", "JO-KA"]}
NAMES = ["A", "B", "C", "D", "E", "F", "G"]
DEEP: dict[str, Any] = {
    **HEAD,
    "indicator_defaults": {"scale": [0, 100]},
    "indicators": {
        "A": {"label": "A", "denominator": {"column": "population", "per": 1000}, "normalise": {"method": "min_max"}},
        "B": {"label": "B", "treatment": "coin", "direction": -1,
              "normalise": {"method": "z_score", "mean": 50, "sd": 20, "clip": [0, 100]}},
        "C": {"label": "C", "missing": {"method": "group_mean", "groups": GROUPS},
              "normalise": {"method": "goalposts", "low": 0, "high": 80}},
        "D": {"label": "D", "missing": {"method": "neighbours", "neighbours": 2},
              "normalise": {"method": "percentile_rank", "ties": "average"}},
        "E": {"label": "E", "missing": {"method": "carried", "periods": 2}, "normalise": "register", "scale": None},
        "F": {"label": "F", "transform": "log1p", "denominator": {"column": "G"},
              "normalise": {"method": "min_max", "reference_periods": ["2025-Q3", "2025-Q4"]}},
        "G": {"label": "G", "missing": {"method": "median", "after": "normalisation"},
              "normalise": {"method": "distance_to_reference", "unit": "JO", "factor": 50}},
    },
    "tree": {
        "code": "WHOLE", "aggregation": "geometric", "floor": 1.0, "coverage": 0.5,
        "children": [
            {"code": "PEOPLE", "weight": 3, "coverage": 0.4, "children": [
                {"code": "LOCAL", "weight": 2, "coverage": 0.5, "children": ["A", "B", "C"]},
                {"code": "WORK", "weight": 1, "aggregation": "minimum", "coverage": 0.5, "children": ["D", "E"]},
            ]},
            {"code": "TRADE", "weight": 2, "coverage": 0.5, "children": ["F", "G"]},
        ],
    },
}  # fmt: skip


def places(**people: float | None) -> pd.DataFrame:
    """The country, which states no population, and its governorates."""
    known = {**PEOPLE, **people}
    rows = [{"place_id": "JO", "name": "Jordan", "level": "country"}]
    rows += [
        {"place_id": name, "name": name, "level": "adm1", "parent_id": "JO", "population": known[name]} for name in MEMBERS
    ]  # fmt: skip
    return conform_types(pd.DataFrame(rows), Place)


def index_of(document: dict[str, Any]) -> Index:
    return Index.model_validate(document)


def one_leaf(rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A tree of one leaf, X."""
    return {**HEAD, **more, "indicators": {"X": {"label": "X", **rules}}, "tree": {"code": "R", "children": ["X"]}}


def drawn(seed: int, gaps: float = 0.15) -> dict[tuple[str, str, str], float]:
    """Values of every indicator, place and quarter, some of them missing; B has one far beyond the others."""
    draw = np.random.Generator(np.random.PCG64(seed))
    found = {}
    for name in NAMES:
        for place in [*MEMBERS, "JO"]:
            for quarter in QUARTERS:
                value = float(draw.gamma(4, 10))
                if name == "B" and place == "JO-IR":
                    value *= 40
                if draw.random() >= gaps or (name == "G" and place == "JO"):
                    found[name, place, quarter] = value
    return found


def wanted_of(quarters: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"place_id": ["JO", *MEMBERS]}).merge(grid(quarters)[["period"]], how="cross")
