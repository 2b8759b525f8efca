"""Small canonical frames for merging: write only the columns that matter to a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pytest

from idtracker.analyse.merge.cells import merge_observations
from idtracker.model.method import Method, load_method
from idtracker.model.periods import bounds_frame
from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Indicator, Place
from idtracker.model.tables.reporting import Event, Observation, SurveyResponse
from tests.unit.analyse.figures import merge_cells
from tests.unit.analyse.merge.linking.declarations import QUARTERS, STATED

Rows = list[dict[str, Any]]
_FACT = {
    "source_id": "source",
    "submission_id": "sub-1",
    "sheet": "Sheet1",
    "content_hash": "0",
    "recorded_from": "2026-07-20",
    "classification": "OFFICIAL",
    "releasable_to": "HMG",
    "originator_org_id": "GB-GOV-1",
}
_PLACES = [
    {"place_id": "JO", "name": "Jordan", "level": "country"},
    {"place_id": "JO-AM", "name": "Amman", "level": "adm1", "parent_id": "JO", "population": 400},
    {"place_id": "JO-IR", "name": "Irbid", "level": "adm1", "parent_id": "JO", "population": 300},
    {"place_id": "JO-MA", "name": "Mafraq", "level": "adm1", "parent_id": "JO", "population": 300},
]
_INDICATOR = {
    "indicator_id": "trust",
    "name": "Trust in institutions",
    "dimension_code": "BSF4",
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
}


def build(model: type, defaults: Mapping[str, Any], rows: Rows) -> pd.DataFrame:
    frame = pd.DataFrame([{**defaults, "fact_id": f"f{n:06d}", **row} for n, row in enumerate(rows)])
    frame["recorded_from"] = pd.to_datetime(frame["recorded_from"], format="ISO8601")
    return conform_types(with_bounds(frame), model)


def with_bounds(frame: pd.DataFrame) -> pd.DataFrame:
    if "period" not in frame.columns:
        return frame
    bounds = bounds_frame(frame["period"].astype("str"))
    return frame.assign(period_start=bounds["start"], period_end=bounds["end"])


@pytest.fixture(scope="session")
def method() -> Method:
    return load_method()


@pytest.fixture(scope="session")
def observations() -> Callable[[Rows], pd.DataFrame]:
    defaults = {**_FACT, "indicator_id": "trust", "place_id": "JO-AM", "period": "2026-Q2", "org_id": "GB-GOV-1"}
    return lambda rows: build(Observation, defaults, rows)


@pytest.fixture(scope="session")
def events() -> Callable[[Rows], pd.DataFrame]:
    return lambda rows: build(Event, {**_FACT, "event_id": "e", "place_id": "JO-AM"}, rows)


@pytest.fixture(scope="session")
def responses() -> Callable[[Rows], pd.DataFrame]:
    defaults = {**_FACT, "question": "safe", "period": "2026-Q2", "place_id": "JO-AM"}
    return lambda rows: build(SurveyResponse, defaults, [{"response_id": f"r{n}", **row} for n, row in enumerate(rows)])


@pytest.fixture(scope="session")
def indicators() -> Callable[..., pd.DataFrame]:
    """One row per mapping of changes to a plain percentage indicator."""
    return lambda *changes: conform_types(
        pd.DataFrame([{**_INDICATOR, **change} for change in changes or ({},)]), Indicator
    )


@pytest.fixture(scope="session")
def places() -> pd.DataFrame:
    return conform_types(pd.DataFrame(_PLACES), Place)


@pytest.fixture(scope="session")
def merge(
    observations: Callable[[Rows], pd.DataFrame],
    indicators: Callable[..., pd.DataFrame],
    places: pd.DataFrame,
    method: Method,
) -> Callable[..., pd.DataFrame]:
    """Cells of governorates from a few rows, of one indicator unless several are given."""

    def merged(
        rows: Rows,
        *changes: Mapping[str, Any],
        periods: tuple[str, ...] = ("2026-Q2",),
        national: bool = False,
        by: Method = method,
    ) -> pd.DataFrame:
        cells = merge_cells(observations(rows), indicators(*changes), places, by, list(periods))
        return cells if national else cells[cells["place_id"] != "JO"].reset_index(drop=True)

    return merged


@pytest.fixture
def link(observations, indicators, places):
    def merged(rows, links, change=None, method: Method = STATED, place=None, periods=QUARTERS):
        terms = indicators({"goalpost_high": 200.0, "max_age_days": 400, **(change or {})})
        found = merge_observations(
            observations(rows), terms, places if place is None else place, method, list(periods), links=links
        )
        return found

    return merged
