"""Small canonical frames for scoring: cells are written as figures on the 0-100 scale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from explanations import table

from idtracker.explain.tables import KnownTables
from idtracker.model.method import Method, load_method
from idtracker.model.periods import bounds_frame
from idtracker.model.tables import conform_types
from idtracker.model.tables.derived import MergedCell
from idtracker.model.tables.reference import Indicator, Place
from tests.unit.analyse.figures import score_cells

Rows = list[dict[str, Any]]
_CELL = {
    "place_id": "JO-AM",
    "period": "2026-Q2",
    "method": "SINGLE",
    "obs_count": 1,
    "org_count": 1,
    "is_disagreement": False,
    "obs_status": "A",
    "is_carried": False,
    "origin_period": "2026-Q2",
    "is_ungraded": False,
    "classification": "OFFICIAL",
    "releasable_to": "HMG",
    "submission_ids": "s1",
    "org_ids": "GB-GOV-1",
    "recorded_from": "2026-07-20",
}
_INDICATOR = {
    "unit": "percent",
    "direction": 1,
    "goalpost_low": 0.0,
    "goalpost_high": 100.0,
    "weight": 1.0,
    "level": "adm1",
    "frequency": "quarter",
    "roll_up": "mean",
    "max_age_days": 200,
    "merge_policy": "quality_weighted",
    "retired_on": None,
}


@pytest.fixture(scope="session")
def method() -> Method:
    return load_method()


@pytest.fixture(scope="session")
def places() -> pd.DataFrame:
    rows = [
        {"place_id": "JO", "name": "Jordan", "level": "country"},
        {"place_id": "JO-AM", "name": "Amman", "level": "adm1", "parent_id": "JO"},
    ]
    return conform_types(pd.DataFrame(rows), Place)


@pytest.fixture(scope="session")
def cells() -> Callable[[Rows], pd.DataFrame]:
    """Merged cells from rows of indicator_id, score and whatever else matters."""

    def build(rows: Rows) -> pd.DataFrame:
        bases = [{"error_basis": None if row.get("score_error") is None else "STATED"} for row in rows]
        figures = [{**_CELL, **basis, "value": row.get("score"), **row} for basis, row in zip(bases, rows, strict=True)]
        frame = pd.DataFrame(figures)
        bounds = bounds_frame(frame["period"].astype("str"))
        return conform_types(frame.assign(period_start=bounds["start"], period_end=bounds["end"]), MergedCell)

    return build


@pytest.fixture(scope="session")
def indicators() -> Callable[..., pd.DataFrame]:
    """Indicators by identifier `<dimension>-<name>`, each with changes to the defaults."""

    def build(**changes: dict[str, Any]) -> pd.DataFrame:
        rows = [
            {**_INDICATOR, "indicator_id": name, "name": name, "dimension_code": name.split("_")[0], **change}
            for name, change in changes.items()
        ]
        return conform_types(pd.DataFrame(rows), Indicator)

    return build


@pytest.fixture(scope="session")
def score(
    cells: Callable[[Rows], pd.DataFrame],
    indicators: Callable[..., pd.DataFrame],
    places: pd.DataFrame,
    method: Method,
) -> Callable[..., pd.Series]:
    """One score row of Amman in 2026-Q2 from `{indicator: cell}`; indicators without a cell are given as None."""

    def scored(node: str, values: dict[str, Any], place: str = "JO-AM", **changes: dict[str, Any]) -> pd.Series:
        expected = indicators(**{name: changes.get(name, {}) for name in values})
        rows = [
            {"indicator_id": name, "place_id": place, **(value if isinstance(value, dict) else {"score": value})}
            for name, value in values.items()
            if value is not None
        ]
        frame = score_cells(cells(rows), expected, places, method, ["2026-Q2"])
        return frame[(frame["place_id"] == place) & (frame["node_code"] == node)].iloc[0]

    return scored


@pytest.fixture(scope="session")
def known(
    cells: Callable[[Rows], pd.DataFrame],
    indicators: Callable[..., pd.DataFrame],
    places: pd.DataFrame,
    method: Method,
) -> Callable[..., KnownTables]:
    """What is known of cells, indicators and further tables; scores follow from the cells."""

    def build(
        rows: Rows, expected: dict[str, dict[str, Any]], where: pd.DataFrame = places, **more: Rows
    ) -> KnownTables:
        merged, defined = cells(rows), indicators(**expected)
        score = score_cells(merged, defined, where, method, ["2026-Q2"])
        names = ("observation", "event", "survey_response", "cell_report", "codelist", "organisation", "adjudication")
        tables = {name: table(name, more.get(name, [])) for name in names}
        return KnownTables(
            {**tables, "merged_cell": merged, "indicator": defined, "place": where, "score": score}, method
        )

    return build
