"""Bad input has its finding and no silent number: what is not defined is empty, and says why in one sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from indices import index_of, one_indicator, one_node, rules_found

from idtracker.analyse.composite.engine import Computed, compute
from idtracker.analyse.composite.findings import TEXTS, finding


def empty(computed: Computed, code: str = "A") -> list[bool]:
    frame = computed.nodes if code in computed.nodes else computed.normalised
    return [bool(x) for x in frame[code].isna()]


@pytest.mark.parametrize("aggregation", ["geometric", "harmonic"])
@pytest.mark.parametrize("worst", [0, -1])
def test_zero_or_less_under_a_mean_that_multiplies_or_divides(aggregation: str, worst: float) -> None:
    computed = one_node({"A": [5, worst, 7], "B": [4, 8, 6]}, aggregation=aggregation)
    assert empty(computed, "R") == [False, True, False]
    assert [(f.rule, f.unit) for f in computed.findings] == [("not-under-mean", "u1")]
    floored = one_node({"A": [5, worst, 7], "B": [4, 8, 6]}, aggregation=aggregation, floor=1)
    assert empty(floored, "R") == [False] * 3


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ({"A": [-1.0], "B": [4.0]}, {"aggregation": "product"}),
        ({"A": [-1.0], "B": [4.0]}, {"aggregation": "power", "exponent": 2}),
        ({"A": [0.0], "B": [4.0]}, {"aggregation": "power", "exponent": -2}),
        ({"A": [12.0], "B": [4.0]}, {"aggregation": "inform_geometric"}),
        ({"A": [-5.0], "B": [4.0]}, {"aggregation": "mazziotta_pareto"}),
        ({"A": [5.0], "B": [0.0]}, {"aggregation": "ratio"}),
        ({"A": [1e200], "B": [1e200]}, {"aggregation": "product"}),
    ],
)
def test_what_an_aggregation_does_not_allow(values: dict[str, Sequence[float]], rules: dict[str, object]) -> None:
    computed = one_node(values, **rules)
    assert empty(computed, "R") == [True]
    assert rules_found(computed) == ["not-under-mean"]


@pytest.mark.parametrize("transform", ["log", "log10", "reciprocal", {"method": "power", "exponent": 0.5}, "logit"])
def test_what_a_transform_does_not_allow(transform: object) -> None:
    bad = -4 if transform != "reciprocal" else 0
    computed = one_indicator([0.5, bad], transform=transform)
    assert empty(computed) == [False, True]
    assert [(f.rule, f.unit) for f in computed.findings if f.where == "A"] == [("not-positive", "u1")]


@pytest.mark.parametrize("step", ["log", {"method": "box_cox", "power": 1, "shift": False}])
def test_what_a_treatment_does_not_allow(step: object) -> None:
    computed = one_indicator([1, 5, -2], treatment={"steps": [step]})
    assert empty(computed) == [False, False, True]
    assert "not-positive" in rules_found(computed)


def test_a_logarithm_that_would_turn_values_round_is_not_taken() -> None:
    assert empty(one_indicator([0.1, 0.5, 0.9], treatment={"steps": ["gii_log"]})) == [True] * 3


@pytest.mark.parametrize(
    "normalise",
    ["min_max", "z_score", "percentile_rank", "rank", "borda", {"method": "bins", "edges": [50], "scores": [0, 1], "percentiles": True}],
)  # fmt: skip
def test_all_values_equal(normalise: object) -> None:
    computed = one_indicator([3, 3, 3], normalise=normalise)
    assert empty(computed) == [True] * 3
    assert "all-equal" in rules_found(computed)


@pytest.mark.parametrize("normalise", ["min_max", "z_score", "percentile_rank", "rank"])
def test_rates_that_are_equal_but_for_their_last_bits(normalise: str) -> None:
    """0.1 * 3 / 3 and the like: the noise of arithmetic is no difference between places."""
    counts, people = [0.1, 0.3, 0.7], [1.0, 3.0, 7.0]
    assert len({a / b for a, b in zip(counts, people, strict=True)}) > 1
    computed = one_indicator(counts, normalise=normalise, denominator="people", columns={"people": people})
    assert empty(computed) == [True] * 3
    assert "all-equal" in rules_found(computed)


@pytest.mark.parametrize("normalise", ["z_score", "percentile_rank", "rank", "borda"])
def test_one_unit_alone(normalise: str) -> None:
    computed = one_indicator([3], normalise=normalise)
    assert empty(computed) == [True]
    assert "too-few-units" in rules_found(computed)


def test_one_indicator_only() -> None:
    assert rules_found(one_node({"A": [1, 2]})) == ["one-indicator"]


def test_an_indicator_in_two_nodes_is_told_unless_it_is_meant() -> None:
    tree = {"children": [{"code": "N", "children": ["A", "B"]}, {"code": "M", "children": ["A"]}]}
    data = pd.DataFrame({"A": [1.0], "B": [2.0]})
    told = compute(index_of({"A": {}, "B": {}}, tree), data)
    assert [(f.rule, f.where) for f in told.findings] == [("in-two-nodes", "A")]
    assert rules_found(compute(index_of({"A": {"shared": True}, "B": {}}, tree), data)) == []


def test_a_column_that_two_indicators_read_is_told() -> None:
    data = pd.DataFrame({"X": [1.0], "B": [2.0]})
    rules = {"A": {"column": "X"}, "C": {"column": "X", "direction": -1}, "B": {}}
    told = compute(index_of(rules), data)
    assert [(f.rule, f.where) for f in told.findings] == [("same-column", "A")]
    assert rules_found(compute(index_of(rules | {"C": {"column": "X", "shared": True}}), data)) == []


@pytest.mark.parametrize("people", [None, 0, -5, "many"])
def test_a_place_without_population_under_per_head(people: object) -> None:
    computed = one_indicator([4, 6], denominator="people", columns={"people": [2, people]})
    assert empty(computed) == [False, True]
    assert [(f.rule, f.unit) for f in computed.findings if f.where == "A"] == [("no-denominator", "u1")]


def test_columns_that_the_data_lack() -> None:
    computed = compute(index_of({"A": {"denominator": "people"}, "B": {}}, {"coverage": 0}), pd.DataFrame({"A": [1.0]}))
    assert [(f.rule, f.where) for f in computed.findings if f.rule == "no-column"] == [
        ("no-column", "B"),
        ("no-column", "A"),
    ]
    assert computed.nodes["R"].isna().all()


@pytest.mark.parametrize("value", ["many", "1,5", "1_5", float("inf"), True, pd.Timestamp("2026-01-01"), [1, 2]])
def test_cells_that_are_no_numbers(value: object) -> None:
    computed = one_indicator([1.0, value, 3.0])
    assert empty(computed) == [False, True, False]
    assert [(f.rule, f.unit) for f in computed.findings if f.where == "A"] == [("not-a-number", "u1")]


def test_days_are_no_numbers_and_yes_is_one() -> None:
    days = one_indicator(list(pd.date_range("2026-01-01", periods=2)))
    assert empty(days) == [True, True] and "not-a-number" in rules_found(days)
    assert one_indicator([True, False]).normalised["A"].tolist() == [1, 0]


def test_columns_that_stand_twice_are_not_used() -> None:
    data = pd.DataFrame([[1.0, 2.0, 3.0]], columns=["A", "A", "B"])
    computed = compute(index_of({"A": {}, "B": {}}, {"coverage": 0}), data)
    assert empty(computed) == [True]
    assert rules_found(computed) == ["repeated-column", "no-column"]


def test_categories_that_nobody_stated() -> None:
    rule = {"method": "categories", "values": {"yes": 1, "no": 0}}
    computed = one_indicator(["yes", "no", "perhaps", None], normalise=rule)
    assert empty(computed) == [False, False, True, True]
    assert [(f.rule, f.unit) for f in computed.findings if f.where == "A"] == [("unknown-category", "u2")]


def test_values_beyond_the_scale_that_they_are_said_to_be_on() -> None:
    computed = one_indicator([1, 11], normalise={"method": "none", "scale": [0, 10]})
    assert empty(computed) == [False, True]
    assert "beyond-scale" in rules_found(computed)


def test_units_that_stand_twice_or_have_no_name() -> None:
    data = pd.DataFrame({"place": ["x", "x", "y", "", None], "A": [1.0, 2, 3, 4, 5], "B": 1.0})
    computed = compute(index_of({"A": {}, "B": {}}, data={"unit": "place"}), data)
    assert computed.nodes.index.tolist() == ["y"]
    assert sorted(rules_found(computed)) == ["repeated-unit", "unnamed-unit"]


def test_a_reference_or_target_that_does_not_hold() -> None:
    for rule, told in (
        ({"method": "distance_to_reference", "unit": "nowhere"}, "no-reference"),
        ({"method": "distance_to_target", "target": 1}, "target-not-beyond"),
        ({"method": "min_max", "reference_units": ["nowhere"]}, "too-few-units"),
    ):
        computed = one_indicator([2, 3], normalise=rule)
        assert empty(computed) == [True, True]
        assert told in rules_found(computed)


@pytest.mark.parametrize("rules", [{"weights": "principal_component"}, {"weights": "inverse_standard_deviation"}, {"aggregation": "principal_component"}])  # fmt: skip
def test_weights_that_the_data_do_not_give(rules: dict[str, object]) -> None:
    computed = one_node({"A": [1, 2, 3], "B": [4, 4, 4]}, **rules)
    assert empty(computed, "R") == [True] * 3
    assert rules_found(computed) == ["no-weights"]


def test_two_children_that_run_against_each_other_have_no_first_component() -> None:
    """Their loadings are as much up as down: the sign would be that of the order of rows."""
    computed = one_node({"A": [1, 2, 3, 5], "B": [4, 3, 2, 1]}, aggregation="principal_component")
    assert empty(computed, "R") == [True] * 4
    assert rules_found(computed) == ["no-weights"]


def test_copeland_needs_someone_to_compare_with() -> None:
    computed = one_node({"A": [1, None], "B": [2, 3]}, aggregation="copeland")
    assert empty(computed, "R") == [True, True]
    assert "too-few-units" in rules_found(computed)


@pytest.mark.parametrize("aggregation", ["arithmetic", "copeland", "principal_component", "median", "minimum"])
def test_no_units_at_all_are_no_fault(aggregation: str) -> None:
    rules = {"A": {"normalise": "min_max", "treatment": "coin"}, "B": {}}
    computed = compute(index_of(rules, {"aggregation": aggregation}), pd.DataFrame({"A": [], "B": []}))
    assert computed.nodes.shape == (0, 1)


def test_a_gap_that_cannot_be_filled_is_told() -> None:
    computed = one_indicator([None, 3], missing={"method": "group_mean", "group": "g"}, columns={"g": ["x", "y"]})
    assert empty(computed) == [True, False]
    assert "not-imputed" in rules_found(computed)


def test_every_text_is_whole_and_names_a_remedy() -> None:
    names = dict.fromkeys(("column", "value", "count", "function", "least", "number"), "7")
    for rule, text in TEXTS.items():
        said = finding(rule, "A", "u", **names)
        assert "{" not in said.message + said.remedy
        assert said.message.endswith(".") and text.remedy.endswith(".")


def test_nothing_is_computed_from_nothing() -> None:
    """Whatever is drawn, a value that is no number has a finding of its unit or of all."""
    generator = np.random.default_rng(7)
    values = {c: np.where(generator.random(30) < 0.3, np.nan, generator.integers(-2, 5, 30)) for c in "ABCD"}
    computed = one_node(values, aggregation="geometric", coverage=0.5)
    told = {f.unit for f in computed.findings}
    lost = computed.nodes.index[computed.nodes["R"].isna()]
    assert len(lost) > 5 and set(lost) <= told
    assert not any(math.isinf(x) for x in computed.nodes["R"])
