"""Carry-forward and the national cell."""

import math

import pandas as pd
import pytest

from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Place
from tests.unit.analyse.figures import merge_cells

YEAR = ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")


def test_the_last_cell_is_carried_within_its_age_and_not_beyond(merge):
    cells = merge([{"period": "2025-Q4", "value": 40}], {"max_age_days": 181}, periods=YEAR)
    assert cells["period"].tolist() == ["2025-Q4", "2026-Q1", "2026-Q2"]
    assert cells["age_days"].tolist() == [0, 90, 181]
    assert cells["is_carried"].tolist() == [False, True, True]
    assert cells["obs_status"].tolist() == ["A", "I", "I"]
    assert set(cells["origin_period"]) == {"2025-Q4"}
    assert merge([{"period": "2025-Q4", "value": 40}], {"max_age_days": 180}, periods=YEAR)["period"].tolist() == [
        "2025-Q4",
        "2026-Q1",
    ]


def test_a_cell_from_before_the_grid_is_carried_into_it(merge):
    cells = merge([{"period": "2025-Q4", "value": 40}], periods=("2026-Q1",))
    assert cells[["period", "origin_period", "is_carried"]].values.tolist() == [["2026-Q1", "2025-Q4", True]]


def test_new_data_end_the_carrying(merge):
    rows = [{"period": "2025-Q3", "value": 40}, {"period": "2026-Q1", "value": 50}]
    cells = merge(rows, periods=YEAR[:4])
    assert cells["value"].tolist() == [40, 40, 50, 50]
    assert cells["is_carried"].tolist() == [False, True, False, True]


def national(cells):
    return cells[cells["place_id"] == "JO"]


def rows_of(**values):
    return [{"place_id": f"JO-{code}", "value": value, "standard_error": 2.0} for code, value in values.items()]


def test_the_national_cell_is_the_population_weighted_mean(merge):
    cell = national(merge(rows_of(AM=50, IR=60, MA=80), national=True)).iloc[0]
    assert cell["value"] == pytest.approx(0.4 * 50 + 0.3 * 60 + 0.3 * 80)
    assert cell["standard_error"] == pytest.approx(2 * math.sqrt(0.4**2 + 0.3**2 + 0.3**2))
    assert (cell["method"], cell["obs_count"], cell["org_count"], cell["score"]) == (
        "NATIONAL_MEAN",
        3,
        1,
        cell["value"],
    )
    assert not cell["is_disagreement"]


def test_the_national_cell_needs_two_thirds_of_the_population(merge):
    cells = merge(rows_of(AM=50, IR=60), national=True)
    assert national(cells)["value"].tolist() == [pytest.approx((4 * 50 + 3 * 60) / 7)]
    assert national(merge(rows_of(IR=60, MA=80), national=True)).empty


def test_exactly_two_thirds_is_enough(merge, observations, indicators, places, method):
    equal = places.assign(population=places["population"].where(places["place_id"] != "JO-AM"))
    cells = merge_cells(observations(rows_of(IR=60, MA=80)), indicators(), equal, method, ["2026-Q2"])
    assert national(cells)["value"].tolist() == [70]


def test_a_national_report_comes_before_the_governorates(merge):
    rows = [*rows_of(AM=50, IR=60, MA=80), {"place_id": "JO", "value": 10}]
    assert national(merge(rows, {"level": "both"}, national=True))["method"].tolist() == ["SINGLE"]


def test_an_indicator_of_the_country_alone_is_not_made_from_governorates(merge):
    assert national(merge(rows_of(AM=50, IR=60, MA=80), {"level": "country"}, national=True)).empty


def test_the_national_sum_needs_every_governorate_and_scores_as_their_mean(merge):
    change = {"roll_up": "sum", "goalpost_high": 200.0, "direction": -1}
    cell = national(merge(rows_of(AM=50, IR=60, MA=80), change, national=True)).iloc[0]
    assert (cell["value"], cell["method"]) == (190, "NATIONAL_SUM")
    assert cell["standard_error"] == pytest.approx(math.sqrt(12))
    assert cell["score"] == pytest.approx(0.4 * 75 + 0.3 * 70 + 0.3 * 60)
    assert cell["score_error"] == pytest.approx(math.sqrt(0.4**2 + 0.3**2 + 0.3**2))
    assert national(merge(rows_of(AM=50, IR=60), change, national=True)).empty


def test_the_national_cell_is_carried_as_a_whole(merge):
    rows = [{**row, "period": "2026-Q1"} for row in rows_of(AM=50, IR=60, MA=80)] + rows_of(MA=90)
    cells = merge(rows, periods=("2026-Q1", "2026-Q2"), national=True)
    assert national(cells)["is_carried"].tolist() == [False, True]
    assert national(cells)["value"].nunique() == 1


def test_doubt_in_less_than_a_third_of_the_country_does_not_doubt_it(merge):
    doubted = [{**row, "obs_status": "U"} if row["place_id"] == "JO-MA" else row for row in rows_of(AM=5, IR=6, MA=8)]
    assert national(merge(doubted, national=True))["obs_status"].tolist() == ["A"]
    doubted[0]["obs_status"] = "U"
    assert national(merge(doubted, national=True))["obs_status"].tolist() == ["U"]


def test_the_marking_of_the_national_cell(merge):
    rows = rows_of(AM=50, IR=60, MA=80)
    rows[1].update(classification="OFFICIAL-SENSITIVE", releasable_to="HMG;PARTNERS", org_id="GB-GOV-8")
    cell = national(merge(rows, national=True)).iloc[0]
    assert (cell["classification"], cell["releasable_to"], cell["org_ids"], cell["org_count"]) == (
        "OFFICIAL-SENSITIVE",
        "HMG",
        "GB-GOV-1;GB-GOV-8",
        1,
    )


def test_two_countries_stay_apart(observations, indicators, places, method):
    other = pd.DataFrame(
        [
            {"place_id": "LB", "name": "Lebanon", "level": "country"},
            {"place_id": "LB-BA", "name": "Beirut", "level": "adm1", "parent_id": "LB"},
        ]
    )
    both = pd.concat([places, conform_types(other, Place)], ignore_index=True)
    rows = [*rows_of(AM=50, IR=50, MA=50), {"place_id": "LB-BA", "value": 90}]
    cells = merge_cells(observations(rows), indicators(), both, method, ["2026-Q2"])
    found = cells[cells["method"] == "NATIONAL_MEAN"]
    assert found[["place_id", "value"]].values.tolist() == [["JO", pytest.approx(50)], ["LB", 90]]
