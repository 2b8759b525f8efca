"""What happens in a district or a camp happens in the governorate and the country that it lies in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from idtracker.analyse.merge.computed_indicators.located_facts import rows_in_places
from idtracker.analyse.merge.computed_indicators.observations import derive_observations
from idtracker.model.method import Method
from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Place
from tests.unit.analyse.figures import merge_cells

Frame = Callable[..., pd.DataFrame]
DISTRICT, CAMP, CROSSING = "JO-MA-1", "JO-MA-C1", "JO-S1"
COUNT = {"derived_from": "event:count", "roll_up": "sum", "level": "both"}
AT = {CAMP: 2, DISTRICT: 1, "JO-MA": 4, CROSSING: 8, "JO": 16}


@pytest.fixture
def world(places: pd.DataFrame) -> pd.DataFrame:
    """Jordan with a camp in a district in a governorate, and a crossing that no governorate holds."""
    rows = [
        {"place_id": CAMP, "name": "A camp", "level": "site", "parent_id": DISTRICT},
        {"place_id": DISTRICT, "name": "A district", "level": "adm2", "parent_id": "JO-MA"},
        {"place_id": CROSSING, "name": "A crossing", "level": "site", "parent_id": "JO"},
    ]
    return pd.concat([conform_types(pd.DataFrame(rows), Place), places], ignore_index=True)


@pytest.fixture
def feed(events: Frame) -> pd.DataFrame:
    """One event at each place, with as many deaths as AT says, in a quarter that the feed covered."""
    rows: list[dict[str, Any]] = [
        {
            "event_id": place,
            "place_id": place,
            "event_on": "2025-11-03",
            "fatalities": dead,
            "recorded_from": "2026-01-15",
        }
        for place, dead in AT.items()
    ]
    return events(rows)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("count", {"JO": 5, "JO-AM": 0, "JO-IR": 0, "JO-MA": 3}),
        ("fatalities", {"JO": 31, "JO-AM": 0, "JO-IR": 0, "JO-MA": 7}),
    ],
)
def test_events_below_a_division_count_in_it_and_in_its_country(
    indicators: Frame, world: pd.DataFrame, feed: pd.DataFrame, measure: str, expected: dict[str, int]
) -> None:
    indicator = indicators({**COUNT, "derived_from": f"event:{measure}"})
    found = derive_observations({"event": feed}, indicator, world, ["2025-Q4"])
    assert dict(zip(found["place_id"], found["value"], strict=True)) == expected


def test_events_at_a_place_that_no_division_holds_count_in_the_country_alone(
    indicators: Frame, world: pd.DataFrame, feed: pd.DataFrame
) -> None:
    alone = feed[feed["place_id"] == CROSSING]
    found = derive_observations({"event": alone}, indicators(COUNT), world, ["2025-Q4"])
    assert dict(zip(found["place_id"], found["value"], strict=True)) == {"JO": 1, "JO-AM": 0, "JO-IR": 0, "JO-MA": 0}


def test_answers_in_a_camp_make_the_mean_of_the_governorate(
    indicators: Frame, world: pd.DataFrame, responses: Frame
) -> None:
    places = [CAMP, CAMP, DISTRICT, "JO-MA", "JO-MA"]
    rows = responses([{"place_id": p, "answer_score": n + 1.0} for n, p in enumerate(places)])
    indicator = indicators({"derived_from": "survey_response:safe"})
    (row,) = derive_observations({"survey_response": rows}, indicator, world, ["2026-Q2"]).to_dict("records")
    assert (row["place_id"], row["value"], row["sample_size"]) == ("JO-MA", 3, 5)


def test_the_rows_behind_a_governorate_and_a_country_are_those_below_them(
    world: pd.DataFrame, feed: pd.DataFrame
) -> None:
    found = {p: feed["place_id"].iloc[rows].tolist() for p, rows in rows_in_places(feed, world).items()}
    assert found == {"JO-MA": [CAMP, DISTRICT, "JO-MA"], "JO": list(AT)}


def test_a_value_stated_for_a_district_stays_its_own(
    indicators: Frame, world: pd.DataFrame, observations: Frame, method: Method
) -> None:
    rows = observations([{"place_id": p, "value": v} for p, v in ((CAMP, 10.0), (DISTRICT, 20.0), ("JO-MA", 60.0))])
    cells = merge_cells(rows, indicators({"roll_up": "sum"}), world, method, ["2026-Q2"])
    assert dict(zip(cells["place_id"], cells["value"], strict=True)) == {CAMP: 10, DISTRICT: 20, "JO-MA": 60}
