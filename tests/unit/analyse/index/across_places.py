"""Small programmes of seven governorates under trees that look across them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from idtracker.analyse.index.scoring import scored_states
from idtracker.analyse.merge.quarters import grid
from idtracker.analyse.sensitivity.adapters.tracker import RoundTables
from idtracker.model.composite.definition import Index
from idtracker.model.method import load_method
from idtracker.model.methods.chosen import Methods, Scoring
from idtracker.model.periods import bounds_frame
from idtracker.model.tables import conform_types
from idtracker.model.tables.derived import MergedCell
from idtracker.model.tables.derived import Score as ScoreTable
from idtracker.model.tables.reference import Indicator, Place

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


Values = dict[tuple[str, str, str], float]


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


def drawn(seed: int, gaps: float = 0.15) -> Values:
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


_INDICATOR = {
    "dimension_code": "BSF1", "unit": "x", "direction": 1, "goalpost_low": 0.0, "goalpost_high": 100.0, "weight": 1.0, "level": "both",
    "roll_up": "mean", "frequency": "quarter", "merge_policy": "quality_weighted", "max_age_days": 200,
}  # fmt: skip


def cells_of(values: Values, error: float | None = 2.0) -> pd.DataFrame:
    """Merged cells of one report each; scores lie between goalposts 0 and 100."""
    keys = pd.DataFrame(list(values), columns=["indicator_id", "place_id", "period"])
    cells = keys.assign(
        value=list(values.values()), score=[min(100.0, v) for v in values.values()], standard_error=error, score_error=error,
        method="SINGLE", obs_count=1, org_count=1, is_disagreement=False, obs_status="A", is_carried=False, age_days=30,
        origin_period=keys["period"], is_ungraded=False, classification="OFFICIAL", recorded_from=pd.Timestamp("2026-07-20"),
        error_basis=None if error is None else "STATED",
    )  # fmt: skip
    bounds = bounds_frame(cells["period"])
    return conform_types(cells.assign(period_start=bounds["start"], period_end=bounds["end"]), MergedCell)


def indicators_of(names: list[str]) -> pd.DataFrame:
    return conform_types(pd.DataFrame([{**_INDICATOR, "indicator_id": n, "name": n} for n in names]), Indicator)


def methods_of(document: dict[str, Any]) -> Methods:
    return Methods(load_method(), Scoring("OWN", "headline", index_of(document)))


def round_of(document: dict[str, Any], values: Values, error: float | None = 2.0) -> RoundTables:
    """The last two quarters as draws read them, with the cells of all."""
    methods, cells = methods_of(document), cells_of(values, error)
    indicator, where = indicators_of(sorted({i for i, _, _ in values})), places()
    scores = scored_states(cells, indicator, where, methods.headline, methods.merging, wanted_of(QUARTERS[-2:]))
    return RoundTables(cells.assign(report=None, quality=None), conform_types(scores, ScoreTable), indicator, where)


def wanted_of(quarters: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"place_id": ["JO", *MEMBERS]}).merge(grid(quarters)[["period"]], how="cross")
