"""Trends: the published test vectors, the five-point rule, gaps, carried points, breaks, classes."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from idtracker.analyse.index.trend import direction, exact_p, trend_states
from idtracker.model.periods import quarters_between
from idtracker.model.tables import conform_types, schema_of
from idtracker.model.tables.derived import Score, Trend
from tests.unit.analyse.figures import trend_scores

QUARTERS = quarters_between("2023-Q1", "2026-Q4")


def scores(values, carried=(), node="STABILITY", place="JO-AM"):
    rows = [
        {
            "place_id": place,
            "period": QUARTERS[n],
            "period_start": "2026-01-01",
            "period_end": "2026-03-31",
            "node_code": node,
            "score": value,
            "aggregation": "geometric",
            "band_scheme": "STAB5-1",
            "completeness": 1.0,
            "indicator_count": 1,
            "expected_count": 1,
            "carried_share": 1.0 if n in carried else 0.0,
            "method_version": "STAB-1.0",
            "classification": "OFFICIAL",
        }
        for n, value in enumerate(values)
    ]
    return conform_types(pd.DataFrame(rows), Score)


def last(values, method, carried=()):
    return trend_scores(scores(values, carried), method).iloc[-1]


@pytest.mark.parametrize(
    ("values", "s", "z", "slope", "trend_class"),
    [
        ([50, 52, 51, 55, 57, 58], 13, 2.254, 1.667, "IMPROVEMENT"),
        ([58, 57, 55, 51, 52, 50], -13, -2.254, -1.667, "DETERIORATION"),
    ],
)
def test_the_moving_vector(method, values, s, z, slope, trend_class):
    row = last(values, method)
    assert (row["mk_s"], row["trend_class"], row["points_count"]) == (s, trend_class, 6)
    assert row["mk_z"] == pytest.approx(z, abs=5e-4)
    assert row["slope"] == pytest.approx(slope, abs=5e-4)
    assert row["p_value"] == pytest.approx(2 * (1 + 5) / 720)  # orders with at most one inversion, both ways


STILL = [50, 49, 51, 50, 50, 49]


def with_ties(method, is_corrected):
    return method.model_copy(update={"trend": method.trend.model_copy(update={"tie_correction": is_corrected})})


def test_the_still_vector(method):
    row = last(STILL, with_ties(method, is_corrected=False))
    assert (row["mk_s"], row["trend_class"]) == (-3, "STABLE")
    assert row["mk_z"] == pytest.approx(-0.376, abs=5e-4)
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(-row["mk_z"]))


def test_ties_are_corrected_for(method):
    row = last(STILL, method)
    variance = (6 * 5 * 17 - 3 * 2 * 11 - 2 * 1 * 9) / 18
    assert row["mk_z"] == pytest.approx(-2 / math.sqrt(variance))


@pytest.mark.parametrize(("n", "least"), [(4, 0.083), (5, 0.017)])
def test_the_least_exact_p(n, least):
    assert exact_p(n * (n - 1) // 2, n) == pytest.approx(least, abs=5e-4)


@pytest.mark.parametrize("n", range(2, 8))
def test_the_exact_p_against_every_order(n):
    found = [
        sum(np.sign(b - a) for a, b in itertools.combinations(order, 2)) for order in itertools.permutations(range(n))
    ]
    for s in set(found):
        assert exact_p(int(s), n) == pytest.approx(np.mean(np.abs(found) >= abs(s)))


def test_against_scipy(method):
    rule = method.trend.model_copy(update={"exact_up_to": 30})
    drawn = np.random.default_rng(3)
    for _ in range(50):
        n = int(drawn.integers(5, 13))
        x, y = np.sort(drawn.choice(np.arange(30.0), n, replace=False)), drawn.normal(size=n)
        found = direction(x, y, rule)
        assert found.slope == pytest.approx(stats.theilslopes(y, x).slope)
        assert found.p == pytest.approx(stats.kendalltau(x, y, method="exact").pvalue)


def test_four_points_have_no_trend_whatever_they_show(method):
    row = last([10, 30, 60, 90], method)
    assert (row["trend_class"], row["points_count"]) == ("INSUFFICIENT_DATA", 4)
    assert row[["slope", "mk_s", "mk_z", "p_value"]].isna().all()
    assert last([10, 30, 60, 90, 95], method)["trend_class"] == "STRONG_IMPROVEMENT"


def test_equal_scores_are_stable(method):
    row = last([50] * 6, method)
    assert (row["trend_class"], row["slope"], row["mk_s"], row["mk_z"], row["p_value"]) == ("STABLE", 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("step", "trend_class"),
    [
        (0.9, "STABLE"),
        (1.0, "IMPROVEMENT"),
        (2.9, "IMPROVEMENT"),
        (3.0, "STRONG_IMPROVEMENT"),
        (-0.9, "STABLE"),
        (-1.0, "DETERIORATION"),
        (-3.0, "STRONG_DETERIORATION"),
    ],
)
def test_the_classes_of_a_straight_line(method, step, trend_class):
    assert last([50 + step * n for n in range(6)], method)["trend_class"] == trend_class


def test_a_swinging_series_is_volatile_and_not_stable(method):
    assert last([20, 80, 20, 80, 20, 80], method)["trend_class"] == "VOLATILE"
    assert last([50, 53, 49, 52, 50, 51], method)["trend_class"] == "STABLE"


def test_carried_points_are_left_out(method):
    values = [50, 52, 52, 54, 56, 58, 60]
    row = last(values, method, carried=(2,))
    assert (row["points_count"], row["trend_class"], row["slope"]) == (6, "IMPROVEMENT", pytest.approx(5 / 3, abs=0.4))
    assert last(values, method, carried=(2, 3, 4))["trend_class"] == "INSUFFICIENT_DATA"


def test_half_carried_is_still_a_point(method):
    frame = scores([50, 52, 54, 56, 58]).assign(carried_share=0.5)
    assert trend_scores(frame, method).iloc[-1]["points_count"] == 5
    assert trend_scores(frame.assign(carried_share=0.51), method).iloc[-1]["points_count"] == 0


def test_gaps_are_time(method):
    row = last([50, None, None, 56, 58, 60, 62], method)
    assert (row["points_count"], row["slope"]) == (5, 2)


def test_the_window_is_twelve_quarters(method):
    values = [90, 80, 70, *range(50, 62)]
    row = last(values, method)
    assert (row["points_count"], row["slope"]) == (12, 1)


def test_every_quarter_has_a_trend_of_its_own(method):
    frame = trend_scores(scores([50, 52, 54, 56, 58, 60]), method)
    assert frame["points_count"].tolist() == [1, 2, 3, 4, 5, 6]
    assert frame["trend_class"].tolist() == ["INSUFFICIENT_DATA"] * 4 + ["IMPROVEMENT"] * 2
    schema_of(Trend).validate(frame)


def test_series_stay_apart_and_order_does_not_matter(method):
    frame = pd.concat(
        [scores([50, 52, 54, 56, 58]), scores([58, 56, 54, 52, 50], node="BSF1"), scores([5] * 5, place="JO")],
        ignore_index=True,
    )
    found = trend_scores(frame, method)
    final = found[found["period"] == "2024-Q1"].set_index(["place_id", "node_code"])["trend_class"].to_dict()
    assert final == {
        ("JO-AM", "STABILITY"): "IMPROVEMENT",
        ("JO-AM", "BSF1"): "DETERIORATION",
        ("JO", "STABILITY"): "STABLE",
    }
    pd.testing.assert_frame_equal(found, trend_scores(frame.sample(frac=1, random_state=1), method))


def test_a_break_inside_the_window_cuts_it(method, cells, indicators):
    values = [90, 90, 90, 50, 52, 54, 56, 58]
    broken = cells([{"indicator_id": "BSF1_a", "score": 50, "obs_status": "B", "period": QUARTERS[3]}])
    frame = pd.concat([scores(values), scores(values, node="BSF1"), scores(values, node="BSF2")], ignore_index=True)
    found = trend_scores(frame, method, broken, indicators(BSF1_a={}))
    final = found[found["period"] == QUARTERS[7]].set_index("node_code")
    assert final["points_count"].to_dict() == {"STABILITY": 5, "BSF1": 5, "BSF2": 8}
    assert final.loc["BSF1", "trend_class"] == "IMPROVEMENT"
    before = found[(found["period"] == QUARTERS[2]) & (found["node_code"] == "BSF1")].iloc[0]
    assert before["points_count"] == 3
    early = found[(found["period"] == QUARTERS[6]) & (found["node_code"] == "BSF1")].iloc[0]
    assert early["trend_class"] == "INSUFFICIENT_DATA"


def test_where_nothing_is_scored_there_is_no_trend(method):
    schema_of(Trend).validate(trend_scores(scores([50.0]).head(0), method))
    assert trend_scores(scores([50.0]).head(0), method).empty


def test_a_trend_is_marked_as_all_scores_of_its_window(method):
    given = scores([50.0] * 16)
    given["releasable_to"] = "HMG;PARTNERS"
    given.loc[2, ["classification", "releasable_to"]] = ["OFFICIAL-SENSITIVE", "HMG"]
    rows = trend_scores(given, method)
    marked = list(zip(rows["classification"], rows["releasable_to"], strict=True))
    window = method.trend.window
    assert marked[:2] == [("OFFICIAL", "HMG;PARTNERS")] * 2
    assert marked[2 : 2 + window] == [("OFFICIAL-SENSITIVE", "HMG")] * len(marked[2 : 2 + window])
    assert marked[2 + window :] == [("OFFICIAL", "HMG;PARTNERS")] * (16 - 2 - window)


def test_volatility_is_the_median_distance_from_the_line(method):
    assert last([50, 60, 70, 80, 90], method)["volatility"] == pytest.approx(0)
    assert last([50, 60, 50, 60, 50, 60], method)["volatility"] == pytest.approx(5, abs=1)
    assert np.isnan(last([50, 60, 50, 60], method)["volatility"])


def test_the_last_break_of_the_window_stands_beside_the_trend(method):
    indicator = pd.DataFrame({"indicator_id": ["A"], "dimension_code": ["BSF1"]})
    cells = pd.DataFrame({"indicator_id": ["A"], "place_id": ["JO-AM"], "period": [QUARTERS[3]], "obs_status": ["B"]})
    trends = trend_states(scores(list(range(50, 60))), method, cells, indicator)
    assert trends["series_break"].isna().tolist() == [True] * 3 + [False] * 7
    assert set(trends["series_break"].dropna()) == {QUARTERS[3]}
    assert trends["points_count"].tolist() == [1, 2, 3, 1, 2, 3, 4, 5, 6, 7]


def test_a_break_counts_whatever_the_instants_beside_it(method):
    """Instants as text depend on the column that they stand in: all at midnight, they lose their hours."""
    indicator = pd.DataFrame({"indicator_id": ["A"], "dimension_code": ["BSF1"]})
    midnight, noon = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-02 12:00:00.5")
    cells = pd.DataFrame({"indicator_id": ["A"], "place_id": ["JO-AM"], "period": [QUARTERS[3]], "obs_status": ["B"]})
    both = pd.concat([scores(list(range(50, 60))).assign(known_at=at) for at in (midnight, noon)], ignore_index=True)
    trends = trend_states(both, method, cells.assign(known_at=midnight), indicator, ["known_at"])
    breaks = trends.dropna(subset="series_break")
    assert len(breaks) == 7 and set(breaks["known_at"]) == {midnight}
