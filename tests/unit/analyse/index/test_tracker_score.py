"""Scores of dimensions and of the whole: means, coverage, intervals, bands, against figures worked out by hand."""

import json
import math

import pandas as pd
import pytest

from idtracker.analyse.index.score import bands_of
from idtracker.model.tables import empty_frame, schema_of
from idtracker.model.tables.derived import MergedCell, Score
from tests.unit.analyse.figures import score_cells

THREE = ("BSF1", "BSF2", "BSF3")


def one_each(*scores, dimensions=THREE, **more):
    return {f"{code}_a": {"score": score, **more} for code, score in zip(dimensions, scores, strict=True)}


def test_the_means_of_80_20_50(score):
    root = score("STABILITY", one_each(80, 20, 50))
    assert root["score"] == pytest.approx(43.089, abs=5e-4)
    assert root["score_alternative"] == pytest.approx(50)
    assert (root["aggregation"], root["band"], root["completeness"]) == ("geometric", "at risk", 1)


def test_a_dimension_is_the_weighted_arithmetic_mean_of_its_indicators(score):
    row = score("BSF1", {"BSF1_a": 80, "BSF1_b": 20, "BSF1_c": 50}, BSF1_a={"weight": 2.0})
    assert row["score"] == pytest.approx((2 * 80 + 20 + 50) / 4)
    assert row["aggregation"] == "arithmetic"
    assert row["score_alternative"] == pytest.approx((80**2 * 20 * 50) ** 0.25)
    assert json.loads(row["effective_weights"]) == {"BSF1_a": 0.5, "BSF1_b": 0.25, "BSF1_c": 0.25}


def test_a_zero_is_taken_as_the_floor_and_not_as_the_end_of_everything(score, method):
    root = score("STABILITY", one_each(0, 90, 90))
    assert root["score"] == pytest.approx((method.floor * 90 * 90) ** (1 / 3))
    assert score("BSF1", one_each(0, 90, 90))["score"] == 0
    assert score("STABILITY", one_each(0, 0, 0))["score"] == method.floor


def test_a_missing_indicator_spreads_its_weight_down_to_two_thirds(score):
    row = score("BSF1", {"BSF1_a": 80, "BSF1_b": 50, "BSF1_c": None})
    assert (row["score"], row["indicator_count"], row["expected_count"]) == (65, 2, 3)
    assert row["completeness"] == pytest.approx(2 / 3)
    assert json.loads(row["effective_weights"]) == {"BSF1_a": 0.5, "BSF1_b": 0.5}


def test_below_two_thirds_there_is_no_score(score):
    row = score("BSF1", {"BSF1_a": 80, "BSF1_b": 50, "BSF1_c": None}, BSF1_c={"weight": 1.001})
    absent = ["score", "low", "high", "score_alternative", "band", "effective_weights", "error_coverage"]
    assert row[absent].isna().all()
    assert (row["indicator_count"], row["carried_share"]) == (2, 0)


def test_the_whole_needs_two_thirds_of_its_dimensions(score):
    values = one_each(80, 20, 50)
    two = score("STABILITY", {**values, "BSF3_a": None})
    assert (two["score"], two["completeness"]) == (pytest.approx(40), pytest.approx(2 / 3))
    one = score("STABILITY", {**values, "BSF2_a": None, "BSF3_a": None})
    assert pd.isna(one["score"])
    assert (one["indicator_count"], one["expected_count"]) == (1, 3)


def test_a_dimension_below_the_rule_is_missing_from_the_whole(score):
    values = {**one_each(80, 20, 50), "BSF4_a": 90, "BSF4_b": None}
    root = score("STABILITY", values)
    assert root["completeness"] == 0.75
    assert sorted(json.loads(root["effective_weights"])) == list(THREE)
    assert root["indicator_count"] == 4


def test_level_says_where_an_indicator_is_expected(score):
    levels = {"BSF1_a": {"level": "country"}, "BSF1_b": {"level": "both"}, "BSF1_c": {"level": "adm1"}}
    values = {"BSF1_a": 10, "BSF1_b": 50, "BSF1_c": 70}
    assert score("BSF1", values, **levels)[["score", "expected_count"]].tolist() == [60, 2]
    assert score("BSF1", values, place="JO", **levels)["expected_count"] == 3


def test_a_dimension_without_expected_indicators_does_not_count(score):
    values = {**one_each(80, 20, 50), "BSF5_a": 10}
    assert score("STABILITY", values, BSF5_a={"level": "country"})["completeness"] == 1
    empty = score("BSF5", values, BSF5_a={"level": "country"})
    assert (empty["expected_count"], empty["completeness"]) == (0, 0)
    assert pd.isna(empty["score"])


@pytest.mark.parametrize(("retired_on", "expected"), [("2026-06-30", 2), ("2026-06-29", 1), ("2026-01-01", 1)])
def test_a_retired_indicator_is_not_expected_after_its_retirement(score, retired_on, expected):
    values = {"BSF1_a": 80, "BSF1_b": 20}
    row = score("BSF1", values, BSF1_b={"retired_on": retired_on})
    assert row["expected_count"] == expected
    assert row["score"] == (50 if expected == 2 else 80)


def test_kept_and_weightless_indicators_are_not_scored(score):
    row = score(
        "BSF1",
        {"BSF1_a": 80, "BSF1_b": 20, "note": 5},
        BSF1_b={"weight": 0.0},
        note={"dimension_code": None},
    )
    assert (row["score"], row["expected_count"]) == (80, 1)


def test_the_interval_of_an_arithmetic_mean(score):
    row = score("BSF1", {"BSF1_a": {"score": 60, "score_error": 3.0}, "BSF1_b": {"score": 50, "score_error": 4.0}})
    half = 1.645 * math.sqrt((0.5 * 3) ** 2 + (0.5 * 4) ** 2)
    assert (row["low"], row["high"]) == (pytest.approx(55 - half), pytest.approx(55 + half))
    assert row["error_coverage"] == 1


def test_the_interval_of_a_geometric_mean(score):
    root = score("STABILITY", one_each(80, 20, 50, score_error=2.0))
    mean = (80 * 20 * 50) ** (1 / 3)
    half = 1.645 * mean * math.sqrt(sum((2 / (3 * x)) ** 2 for x in (80, 20, 50)))
    assert (root["low"], root["high"]) == (pytest.approx(mean - half), pytest.approx(mean + half))


def test_the_delta_method_agrees_with_simulation(score):
    import numpy as np

    root = score("STABILITY", one_each(80, 40, 50, score_error=2.0))
    drawn = np.random.default_rng(7).normal([80, 40, 50], 2.0, size=(200_000, 3))
    low, high = np.quantile(np.exp(np.log(drawn).mean(axis=1)), [0.05, 0.95])
    assert (root["low"], root["high"]) == (pytest.approx(low, abs=0.05), pytest.approx(high, abs=0.05))


def test_the_interval_says_how_much_of_the_weight_it_rests_on(score):
    values = {"BSF1_a": {"score": 60, "score_error": 3.0}, "BSF1_b": 50, "BSF2_a": 40, "BSF3_a": 40}
    dimension, root = score("BSF1", values), score("STABILITY", values)
    assert dimension["error_coverage"] == 0.5
    assert dimension["high"] - dimension["score"] == pytest.approx(1.645 * 1.5)
    assert root["error_coverage"] == pytest.approx(1 / 6)
    silent = score("BSF2", values)
    assert pd.isna(silent["low"])
    assert silent["error_coverage"] == 0


def test_the_interval_stays_on_the_scale(score):
    row = score("BSF1", {"BSF1_a": {"score": 98, "score_error": 30.0}})
    assert (row["high"], row["low"]) == (100, pytest.approx(98 - 49.35))


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (0, "very fragile"),
        (19.999, "very fragile"),
        (20, "fragile"),
        (39.99, "fragile"),
        (40, "at risk"),
        (60, "fairly stable"),
        (80, "stable"),
        (100, "stable"),
        (None, None),
    ],
)
def test_bands_are_half_open_and_the_top_one_closed(method, value, band):
    found = bands_of(pd.Series([value], dtype="float64"), method).iloc[0]
    assert found == band or (pd.isna(found) and band is None)


def test_a_score_on_an_edge_is_not_moved_by_the_order_of_its_sum(score):
    values = {f"BSF1_{n}": 60.0 for n in range(7)}
    row = score("BSF1", values, **{name: {"weight": 0.1 * (n + 1)} for n, name in enumerate(values)})
    assert (row["score"], row["band"]) == (60, "fairly stable")


def test_the_share_that_is_carried(score):
    values = {"BSF1_a": {"score": 60, "is_carried": True}, "BSF1_b": 50, "BSF2_a": 40}
    weights = {"BSF1_a": {"weight": 3.0}}
    assert score("BSF1", values, **weights)["carried_share"] == 0.75
    assert score("STABILITY", values, **weights)["carried_share"] == pytest.approx(0.375)


def test_the_marking_of_a_score(score):
    secret = {"score": 50, "classification": "OFFICIAL-SENSITIVE", "recorded_from": "2026-08-01"}
    values = {
        "BSF1_a": {"score": 60, "releasable_to": "HMG;PARTNERS"},
        "BSF2_a": {**secret, "releasable_to": "PARTNERS"},
        "BSF3_a": 10,
    }
    own, root = score("BSF1", values), score("STABILITY", values)
    assert (own["classification"], own["releasable_to"]) == ("OFFICIAL", "HMG;PARTNERS")
    assert root["classification"] == "OFFICIAL-SENSITIVE"
    assert pd.isna(root["releasable_to"])
    assert root["recorded_from"] == pd.Timestamp("2026-08-01")


def test_every_place_quarter_and_node_has_a_row(cells, indicators, places, method):
    expected = indicators(BSF1_a={})
    frame = score_cells(
        cells([{"indicator_id": "BSF1_a", "score": 5}]), expected, places, method, ["2026-Q2", "2026-Q1"]
    )
    assert len(frame) == 2 * 2 * 6
    assert frame["node_code"].tolist()[:6] == ["STABILITY", "BSF1", "BSF2", "BSF3", "BSF4", "BSF5"]
    schema_of(Score).validate(frame)


def test_no_cells_make_empty_scores_and_no_quarters_none(indicators, places, method):
    expected, nothing = indicators(BSF1_a={}), empty_frame(MergedCell)
    frame = score_cells(nothing, expected, places, method, ["2026-Q1"])
    assert frame["score"].isna().all()
    assert schema_of(Score).validate(frame) is not None
    assert score_cells(nothing, expected, places, method, []).empty
