"""Denominators, gaps, outliers, normalisations, rounding, bands and ranks, each by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from indices import index_of, one_indicator, one_node, rules_found
from scipy import stats

from idtracker.analyse.composite.engine import compute
from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.composite.outliers import kurtosis, skew
from idtracker.model.composite.values import Rounding

NAN = float("nan")


def scaled(values: list[float], **rules: object) -> list[float]:
    return [float(x) for x in one_indicator(values, **rules).normalised["A"]]


@pytest.mark.parametrize(
    ("rule", "up", "down"),
    [
        ({"method": "goalposts", "low": 0, "high": 8}, [0.25, 0.5, 1], [0.75, 0.5, 0]),
        ({"method": "goalposts", "low": 4, "high": 8, "clip": "none"}, [-0.5, 0, 1.5], [1.5, 1, -0.5]),
        ({"method": "min_max", "scale": [1, 5]}, [1, 2, 5], [5, 4, 1]),
        ({"method": "min_max", "high": 18, "scale": [0, 100]}, [0, 12.5, 50], [100, 87.5, 50]),
        ({"method": "min_max", "percentiles": [50, 100], "clip": "both"}, [0, 0, 1], [1, 1, 0]),
        ({"method": "z_score", "reference_mean": 4, "reference_sd": 2, "mean": 45, "sd": 20}, [25, 45, 105], [65, 45, -15]),
        ({"method": "distance_to_target", "target": 6}, [0, 0.5, 2], [2, 1.5, 0]),
        ({"method": "distance_to_target", "target": 6, "clip": "high"}, [0, 0.5, 1], [1, 1, 0]),
        ({"method": "distance_to_reference", "unit": "u1"}, [0.5, 1, 2.5], [2, 1, 0.4]),
        ({"method": "distance_to_reference", "unit": "u1", "form": "difference"}, [-0.5, 0, 1.5], [0.5, 0, -1.5]),
        ({"method": "fraction_of_max", "factor": 100}, [20, 40, 100], [100, 50, 20]),
        ({"method": "percentile_rank", "scale": [0, 10]}, [0, 5, 10], [10, 5, 0]),
        ("rank", [1, 2, 3], [3, 2, 1]),
        ("borda", [0, 1, 2], [2, 1, 0]),
        ({"method": "bins", "edges": [4, 10], "scores": [1, 2, 3]}, [1, 2, 3], [3, 2, 1]),
        ({"method": "bins", "edges": [4, 10], "scores": [1, 2, 3], "closed": "high"}, [1, 1, 2], [3, 3, 2]),
        ({"method": "bins", "edges": [50], "scores": [0, 1], "percentiles": True}, [0, 1, 1], [1, 0, 0]),
        ({"method": "linear", "factor": -1, "offset": 1}, [-1, -3, -9], [3, 5, 11]),
        ({"method": "none", "scale": [0, 12]}, [2, 4, 10], [10, 8, 2]),
    ],
)  # fmt: skip
def test_normalisations_and_their_direction(rule: object, up: list[float], down: list[float]) -> None:
    assert scaled([2, 4, 10], normalise=rule) == pytest.approx(up)
    assert scaled([2, 4, 10], normalise=rule, direction=-1) == pytest.approx(down)


def test_distance_to_target_where_less_is_better() -> None:
    assert scaled([2, 4, 10], normalise={"method": "distance_to_target", "target": 0}, direction=-1) == [0.8, 0.6, 0]


def test_statistics_are_taken_inside_groups_and_over_reference_units() -> None:
    years = {"year": ["a", "a", "b", "b"]}
    assert scaled([1, 2, 10, 30], normalise={"method": "min_max", "within": "year"}, columns=years) == [0, 1, 0, 1]
    assert scaled([1, 3, 5, 9], normalise={"method": "min_max", "reference_units": ["u0", "u2"]}) == [0, 0.5, 1, 2]
    lost = one_indicator(
        [1, 2, 3], normalise={"method": "min_max", "within": "year"}, columns={"year": ["a", "a", None]}
    )
    assert math.isnan(lost.normalised.loc["u2", "A"])
    assert "no-group" in rules_found(lost)


def test_stated_ends_go_through_the_transform() -> None:
    found = scaled([100, 3829, 75000], transform="log", normalise={"method": "goalposts", "low": 100, "high": 75000})
    assert found == pytest.approx([0, 0.5506, 1], abs=5e-5)
    falling = {"transform": "reciprocal", "normalise": {"method": "goalposts", "low": 1, "high": 4}}
    assert scaled([1, 2, 4], **falling) == pytest.approx([0, 2 / 3, 1])
    assert scaled([1, 2, 4], **falling, direction=-1) == pytest.approx([1, 1 / 3, 0])


def test_fixed_functions_take_a_factor_and_an_offset() -> None:
    assert scaled([0, 3], transform={"method": "log", "offset": 1}) == pytest.approx([0, math.log(4)])
    assert scaled([0, 1], transform={"method": "exponential", "factor": 0.08, "offset": -1.12}) == pytest.approx(
        [math.exp(-1.12), math.exp(-1.04)]
    )
    assert scaled([5, 20], transform={"method": "reciprocal", "factor": 10}) == [2, 0.5]
    assert scaled([4, 9], transform={"method": "power", "exponent": 0.5}) == [2, 3]


def test_per_head_and_limits() -> None:
    people = {"people": [10, 20, 40]}
    assert scaled([1, 4, 4], denominator={"column": "people", "per": 100}, columns=people) == [10, 20, 10]
    assert scaled([1, 4, 9], limits={"low": 2, "high": 5}) == [2, 4, 5]


@pytest.mark.parametrize(
    ("rule", "filled"),
    [
        ("mean", 6.0),
        ("median", 4.0),
        ({"method": "group_mean", "group": "g"}, 3.0),
        ({"method": "group_median", "group": "g"}, 3.0),
        ({"method": "value", "value": 7}, 7.0),
        ({"method": "neighbours", "neighbours": 1}, 12.0),
    ],
)
def test_gaps_are_filled_as_stated(rule: object, filled: float) -> None:
    data = pd.DataFrame(
        {"A": [2.0, 4.0, 12.0, None], "B": [1.0, 2, 9, 8.9], "g": ["x", "x", "y", "x"]}, index=list("abcd")
    )
    computed = compute(index_of({"A": {"missing": rule}, "B": {}}), data)
    assert computed.imputed["A"].tolist() == [2, 4, 12, pytest.approx(filled)]
    assert computed.denominated["A"].isna().tolist() == [False, False, False, True]


def test_neighbours_that_are_equally_far_all_count() -> None:
    data = pd.DataFrame({"A": [1.0, 5, None, 90], "B": [1.0, 3, 2, 9]}, index=list("abcd"))
    index = index_of({"A": {"missing": {"method": "neighbours", "neighbours": 1}}, "B": {}})
    for rows in ([0, 1, 2, 3], [3, 2, 1, 0]):
        assert compute(index, data.iloc[rows]).imputed.loc["c", "A"] == 3


def test_values_are_carried_over_so_many_periods() -> None:
    data = pd.DataFrame({"place": list("xyxyxy"), "year": [1, 1, 2, 2, 3, 3], "A": [5.0, None, None, 7, None, None]})
    rules = {"A": {"missing": {"method": "carried", "periods": 1}}, "B": {"constant": 1}}
    computed = compute(index_of(rules, data={"unit": "place", "period": "year"}), data)
    assert computed.imputed["A"].tolist() == pytest.approx([5, NAN, 5, 7, NAN, 7], nan_ok=True)
    assert [(f.rule, f.unit) for f in computed.findings if f.rule == "not-imputed"] == [
        ("not-imputed", "y 1"),
        ("not-imputed", "x 3"),
    ]


def test_skew_and_kurtosis_are_those_of_spreadsheets() -> None:
    x = np.array([3.0, 4, 5, 2, 3, 4, 5, 6, 4, 7])
    assert skew(x) == pytest.approx(stats.skew(x, bias=False), abs=1e-12)
    assert kurtosis(x) == pytest.approx(stats.kurtosis(x, bias=False), abs=1e-12)
    assert skew(x) == pytest.approx(0.359543, abs=1e-6)  # the example of Excel's help for SKEW
    assert kurtosis(np.array([3.0, 4, 5, 2, 3, 4, 5, 6, 4, 7])) == pytest.approx(-0.151800, abs=1e-6)  # and for KURT


def treated(values: list[float], treatment: object) -> list[float]:
    return [float(x) for x in one_indicator(values, treatment=treatment).treated["A"]]


def test_coin_winsorises_outliers_or_takes_the_logarithm() -> None:
    outlier = [*range(1, 11), 30, 100]
    assert treated(list(range(1, 11)), "coin") == list(range(1, 11))
    assert treated(outlier, {"test": {}, "steps": [{"method": "winsorise", "points": 2}]}) == [*range(1, 11), 30, 30]
    many = [*[1.0] * 60, *(10.0**k for k in range(1, 8))]
    low, high = min(many), max(many)
    assert treated(many, "coin") == pytest.approx([math.log(x - low + 0.01 * (high - low)) for x in many])
    mirrored = [-x for x in many]
    assert treated(mirrored, "coin") == pytest.approx([-math.log(-low + 0.01 * (high - low) - x) for x in mirrored])


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("log", [math.log(x) for x in (1, 2, 4, 8)]),
        ("coin_log_original", [math.log(x) for x in (1, 2, 4, 8)]),
        ("gii_log", [math.log(7 * (x - 1) / 7 + 1) for x in (1, 2, 4, 8)]),
        ({"method": "box_cox", "power": 2, "shift": False}, [(x**2 - 1) / 2 for x in (1, 2, 4, 8)]),
        ({"method": "box_cox", "power": 0}, [math.log(x) for x in (1, 2, 4, 8)]),
        ({"method": "winsorise_percentiles", "percentiles": [0, 50]}, [1, 2, 3, 3]),
        ({"method": "winsorise_iqr", "width": 0.5}, [1, 2, 4, 6.625]),
        ({"method": "winsorise_sd", "width": 1}, [1, 2, 4, 3.75 + np.std([1, 2, 4, 8], ddof=1)]),
    ],
)
def test_steps_without_a_test_are_always_taken(step: object, expected: list[float]) -> None:
    assert treated([1, 2, 4, 8], {"steps": [step]}) == pytest.approx(expected)


def test_box_cox_without_a_lambda_takes_the_likeliest() -> None:
    values = list(np.random.default_rng(2).lognormal(0, 1, 200))
    found = treated(values, {"steps": [{"method": "box_cox", "shift": False}]})
    assert found == pytest.approx(stats.boxcox(values)[0], rel=1e-6)


def test_goalposts_follow_a_treatment_that_changes_the_unit() -> None:
    rules = {"treatment": "log", "normalise": {"method": "goalposts", "low": 1, "high": 100}}
    assert scaled([1, 10, 100, 1000], **rules) == pytest.approx([0, 0.5, 1, 1])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rounding(decimals=2), [0.29, -0.29, 2.68, 1.0]),
        (Rounding(decimals=2, mode="half_even"), [0.28, -0.28, 2.68, 1.0]),
        (Rounding(decimals=2, mode="down"), [0.28, -0.28, 2.67, 1.0]),
        (Rounding(decimals=2, mode="up"), [0.29, -0.29, 2.68, 1.01]),
        (Rounding(decimals=0), [0, 0, 3, 1]),
    ],
)
def test_halves_are_those_that_people_write(rule: Rounding, expected: list[float]) -> None:
    assert rounded(np.array([0.285, -0.285, 2.675, 1.0049]), rule).tolist() == expected


def test_stages_in_the_middle_are_rounded_before_they_are_read() -> None:
    tree = {"children": [{"code": "N", "round": 0, "children": ["A", "B"]}, "C"]}
    computed = compute(index_of({c: {} for c in "ABC"}, tree), pd.DataFrame({"A": [1.0], "B": [2.0], "C": [3.0]}))
    assert computed.nodes[["N", "R"]].iloc[0].tolist() == [2, 2.5]


def test_bands_are_half_open_and_what_is_outside_is_told() -> None:
    bands = {"round": 1, "classes": [{"label": "low", "low": 0, "high": 2}, {"label": "high", "low": 2, "high": 4}]}
    values = pd.DataFrame({"A": [0, 1.94, 1.95, 4, 4.1]}, dtype=float, index=list("abcde"))
    computed = compute(index_of({"A": {}}, bands=[bands]), values)
    assert computed.bands["R"].fillna("").tolist() == ["low", "low", "high", "high", ""]
    assert [(f.rule, f.unit) for f in computed.findings if f.severity == "error"] == [("beyond-bands", "e")]
    other = compute(index_of({"A": {}}, bands=[bands | {"closed": "high"}]), values)
    assert other.bands["R"].fillna("").tolist() == ["low", "low", "low", "high", ""]


def test_bands_may_be_halves_of_the_units() -> None:
    bands = {"percentiles": True, "classes": [{"label": "lower", "high": 50}, {"label": "upper", "low": 50}]}
    data = pd.DataFrame({"A": [1.0, 2, 3, 100]})
    assert compute(index_of({"A": {}}, bands=[bands]), data).bands["R"].tolist() == ["lower", "lower", "upper", "upper"]


def test_ranks_share_ties_and_are_taken_inside_groups() -> None:
    assert one_node({"A": [1, 3, 3, None], "B": [1, 3, 3, None]}).ranks["R"].tolist() == pytest.approx(
        [3, 1, 1, NAN], nan_ok=True
    )
    data = pd.DataFrame({"A": [1.0, 2, 3, 4], "year": [1, 1, 2, 2]})
    found = compute(index_of({"A": {}}, rank={"order": "low_first", "within": "year"}), data)
    assert found.ranks["R"].tolist() == [1, 2, 1, 2]
