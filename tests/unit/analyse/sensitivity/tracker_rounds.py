"""A small round of the tracker: cells of five indicators in four places and two quarters, and the scores that a method makes."""

from __future__ import annotations

from typing import Any

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

NOW, BEFORE = "2026-Q2", "2026-Q1"
NAMES = ("I_A", "I_B", "I_C", "I_D", "I_E")
PLACES = ("JO", "JO-AM", "JO-IR", "JO-MA")
HEAD = {"method_version": "T-1", "title": "test", "source": "none", "defaults": {"weights": "relative"}}
DEEP: dict[str, Any] = {
    "code": "WHOLE", "aggregation": "power", "exponent": 0.5, "coverage": 0.5, "round": 1,
    "children": [
        {"code": "PEOPLE", "weight": 0.7, "aggregation": "geometric", "floor": 1.0, "coverage": 0.3, "children": [
            {"code": "LOCAL", "weight": 2, "aggregation": "harmonic", "coverage": 0.5, "children": ["I_A", "I_B"]},
            {"code": "WORK", "weight": 1, "coverage": 0.5, "round": 0, "children": ["I_C", "I_D"]},
        ]},
        {"code": "BORDER", "weight": 0.3, "aggregation": "minimum", "coverage": 1.0, "children": ["I_E"]},
    ],
}  # fmt: skip


def index_of(tree: dict[str, Any] | None = None, *, more: dict[str, Any] | None = None, **rules: Any) -> Index:
    """A tree over the five indicators; `rules` are those of single indicators, `more` further keys of the file."""
    own = {name: {"label": name, "normalise": "register", **rules.get(name, {})} for name in NAMES}
    return Index.model_validate({**HEAD, "indicators": own, "tree": tree or DEEP, **(more or {})})


def methods_of(index: Index) -> Methods:
    return Methods(load_method(), Scoring("OWN", "headline", index))


def round_tables(methods: Methods, error: float | None = 3.0, **values: float) -> RoundTables:
    """Values of an indicator rise with place and quarter between goalposts 0 and 50; some are missing, one is only for the country."""
    rows = []
    for n, name in enumerate(NAMES):
        for at, place in enumerate(PLACES):
            for later, quarter in enumerate((BEFORE, NOW)):
                if (n, at) in ((3, 1), (2, 3), (3, 3)) or (name == "I_B" and at):
                    continue
                value = values.get(name, 9.0 + 6 * n + 2.7 * at + 1.3 * later)
                rows.append((name, place, quarter, value, error, value * 2, None if error is None else error * 2))
    columns = ["indicator_id", "place_id", "period", "value", "standard_error", "score", "score_error"]
    cells = pd.DataFrame(rows, columns=columns).assign(
        method="priority", obs_count=1, org_count=1, is_disagreement=False, obs_status="A", is_carried=False, age_days=30,
        origin_period=lambda f: f["period"], is_ungraded=False, classification="OFFICIAL", recorded_from=pd.Timestamp("2026-07-01"),
        error_basis=None if error is None else "STATED",
    )  # fmt: skip
    bounds = bounds_frame(cells["period"])
    cells = conform_types(cells.assign(period_start=bounds["start"], period_end=bounds["end"]), MergedCell)
    indicator = pd.DataFrame(
        {
            "indicator_id": NAMES, "name": NAMES, "dimension_code": "BSF1", "unit": "x", "direction": 1, "goalpost_low": 0.0,
            "goalpost_high": 50.0, "weight": 1.0, "level": ["both", "country", "both", "both", "both"], "roll_up": "mean", "frequency": "quarter",
            "merge_policy": "quality_weighted", "max_age_days": 400,
        }
    )  # fmt: skip
    indicator = conform_types(indicator, Indicator)
    levels = ["country", "adm1", "adm1", "adm1"]
    areas = conform_types(pd.DataFrame({"place_id": PLACES, "name": PLACES, "level": levels}), Place)
    wanted = areas[["place_id"]].merge(grid([BEFORE, NOW])[["period"]], how="cross")
    states = scored_states(cells, indicator, areas, methods.headline, methods.merging, wanted)
    behind = cells.assign(report=None, quality=None)
    return RoundTables(behind, conform_types(states, ScoreTable), indicator, areas)
