"""Each aggregation gives the number that its formula gives by hand, with gaps as well."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from indices import index_of, one_node, rules_found

from idtracker.analyse.composite.aggregation import aggregated
from idtracker.analyse.composite.engine import compute
from idtracker.model.composite.node import NodeRules

THREE = {"A": [80.0], "B": [20.0], "C": [50.0]}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"aggregation": "arithmetic"}, 50.0),
        ({"aggregation": "geometric"}, 43.08869380063768),
        ({"aggregation": "harmonic"}, 36.36363636363637),
        ({"aggregation": "power", "exponent": -1}, 36.36363636363637),
        ({"aggregation": "power", "exponent": 2}, math.sqrt((6400 + 400 + 2500) / 3)),
        ({"aggregation": "sum"}, 150.0),
        ({"aggregation": "product"}, 80000.0),
        ({"aggregation": "minimum"}, 20.0),
        ({"aggregation": "maximum"}, 80.0),
        ({"aggregation": "median"}, 50.0),
        ({"aggregation": "mazziotta_pareto"}, 50 - 600 / 50),
        ({"aggregation": "mazziotta_pareto", "sign": 1}, 50 + 600 / 50),
        ({"aggregation": "mazziotta_pareto", "ddof": 1}, 50 - 900 / 50),
        ({"aggregation": "arithmetic", "normalise": {"method": "linear", "factor": -1, "offset": 1}}, -49.0),
    ],
)
def test_formulas(rules: dict[str, object], expected: float) -> None:
    assert one_node(THREE, **rules).nodes.loc["u0", "R"] == pytest.approx(expected, abs=1e-9)


def test_the_bad_component_dominates() -> None:
    """INFORM's mean of 8 and 2 on 0 to 10 is 5.787; the same on a scale of 0 to 100 is ten times that."""
    assert one_node({"A": [8], "B": [2]}, aggregation="inform_geometric").nodes.loc["u0", "R"] == pytest.approx(
        5.787, abs=5e-4
    )
    scaled = one_node({"A": [80], "B": [20]}, aggregation="inform_geometric", component_scale=[0, 100])
    assert scaled.nodes.loc["u0", "R"] == pytest.approx(57.87, abs=5e-3)


def test_a_node_may_be_transformed_before_it_is_normalised() -> None:
    """The square root of a product, and the distance of a ratio from 1, whichever side."""
    assert one_node({"A": [4], "B": [9]}, aggregation="product", transform="square_root").nodes.loc["u0", "R"] == 6
    parity = {"aggregation": "ratio", "transform": {"method": "absolute", "offset": -1}}
    assert one_node({"A": [3, 5], "B": [4, 4]}, **parity).nodes["R"].tolist() == [0.25, 0.25]
    lost = one_node({"A": [-4, 4], "B": [1, 1]}, aggregation="minimum", transform="log")
    assert lost.nodes["R"].isna().tolist() == [True, False]
    assert [(f.rule, f.unit) for f in lost.findings] == [("not-positive", "u0")]


def test_the_worst_component_holds_the_others_back() -> None:
    values = {"A": [90, 90], "B": [80, 80], "C": [10, None]}
    held = one_node(values, worst_component={"margin": 20}, coverage=0.5).nodes["R"]
    assert held.tolist() == [30, 85]
    risk = one_node({"A": [1], "B": [2], "C": [9]}, worst_component={"margin": 2, "worst": "high"}).nodes["R"]
    assert risk.tolist() == [7]


def test_ratio_and_difference_of_two() -> None:
    assert one_node({"A": [3], "B": [4]}, aggregation="ratio").nodes.loc["u0", "R"] == 0.75
    assert one_node({"A": [3], "B": [4]}, aggregation="difference").nodes.loc["u0", "R"] == -1


def test_sources_are_drawn_towards_the_middle_where_they_are_few() -> None:
    """Unobserved components: errors .4, .5, .6 and .8 weigh .4009, .2566, .1782 and .1002."""
    errors = {"A": 0.4, "B": 0.5, "C": 0.6, "D": 0.8}
    weights = [0.4009, 0.2566, 0.1782, 0.1002]
    index = index_of({c: {"weight": 1 / e**2} for c, e in errors.items()}, {"aggregation": "unobserved_components"})
    found = compute(index, pd.DataFrame(np.eye(4), columns=list(errors))).nodes["R"]
    # one source at 1 and the others at 0: the estimate is the weight of that source
    assert found.tolist() == pytest.approx(weights, abs=5e-5)


def test_copeland_counts_units_beaten_less_units_lost_to() -> None:
    values = {"A": [3.0, 2, 1, 2], "B": [3.0, 1, 2, 2], "C": [1.0, 3, 2, 2]}
    found = one_node(values, aggregation="copeland").nodes["R"].tolist()
    expected = []
    for i in range(4):
        score = 0
        for j in range(4):
            ahead = sum((values[c][i] > values[c][j]) + 0.5 * (values[c][i] == values[c][j]) for c in values) / 3
            score += 0 if i == j else (ahead > 0.5) - (ahead < 0.5)
        expected.append(score)
    assert found == expected


def test_missing_children_leave_their_weight_to_the_others() -> None:
    index = index_of(
        {"A": {"weight": 1}, "B": {"weight": 2}, "C": {"weight": 3}}, {"weights": "relative", "coverage": 0.5}
    )
    computed = compute(index, pd.DataFrame({"A": [1.0, 1], "B": [4.0, None], "C": [None, None]}))
    assert computed.nodes["R"].tolist()[0] == pytest.approx(3.0)
    assert math.isnan(computed.nodes["R"].tolist()[1])
    assert computed.coverage["R"].tolist() == [0.5, 0]
    assert rules_found(computed) == ["all-missing", "too-little"]


def test_effective_weights_say_what_each_indicator_counts_for_unit_by_unit() -> None:
    tree = {"children": [{"code": "N", "children": ["A", "B"], "coverage": 0}, "C"], "coverage": 0}
    data = pd.DataFrame({"A": [1.0, None, None], "B": [1.0, 2, None], "C": [1.0, 2, 3]})
    found = compute(index_of({c: {} for c in "ABC"}, tree), data).effective
    assert found.to_numpy().tolist() == [[0.25, 0.25, 0.5], [0, 0.5, 0.5], [0, 0, 1]]


def test_a_sum_stands_for_all_children_where_some_are_missing_and_coverage_allows_it() -> None:
    values = {"A": [10.0], "B": [20.0], "C": [None]}
    assert one_node(values, aggregation="sum", coverage=0.6).nodes.loc["u0", "R"] == 45
    assert math.isnan(one_node(values, aggregation="sum", coverage=1).nodes.loc["u0", "R"])


def test_coverage_counts_children_or_the_indicators_below() -> None:
    tree = {
        "children": [{"code": "N", "children": ["A", "B", "C"], "coverage": 0}, "D"],
        "coverage": {"of": "indicators", "share": 0.75},
    }
    index = index_of({c: {} for c in "ABCD"}, tree)
    data = pd.DataFrame({"A": [1.0, None], "B": [1.0, 1], "C": [None, None], "D": [1.0, 1]})
    assert compute(index, data).nodes["R"].isna().tolist() == [False, True]
    counted = one_node({"A": [1], "B": [None], "C": [None]}, coverage={"share": 0, "at_least": 2})
    assert math.isnan(counted.nodes.loc["u0", "R"])


def test_children_stand_on_the_last_axis_so_that_draws_may_stand_before() -> None:
    draws = np.random.default_rng(1).uniform(1, 9, (5, 4, 3))
    weights = np.array([0.2, 0.3, 0.5])
    for name in ("arithmetic", "geometric", "mazziotta_pareto", "median", "copeland", "minimum"):
        rules = NodeRules(aggregation=name)
        whole = aggregated(draws, weights, rules).values
        assert whole.shape == (5, 4)
        for draw in range(5):
            np.testing.assert_allclose(whole[draw], aggregated(draws[draw], weights, rules).values, atol=1e-12)


def test_weights_come_from_the_data_by_the_method_named() -> None:
    generator = np.random.default_rng(3)
    common = generator.normal(size=60)
    values = {"A": common + 0.1, "B": common * 2 + generator.normal(size=60), "C": generator.normal(size=60) * 4}
    frame = pd.DataFrame(values)
    sds = frame.std()
    by_spread = compute(index_of({c: {} for c in values}, {"weights": "inverse_standard_deviation"}), frame)
    assert by_spread.weights["R"] == pytest.approx(((1 / sds) / (1 / sds).sum()).to_dict(), abs=1e-12)
    by_component = compute(index_of({c: {} for c in values}, {"weights": "principal_component"}), frame)
    vectors = np.linalg.svd((frame - frame.mean()) / sds)[2]
    assert list(by_component.weights["R"].values()) == pytest.approx(vectors[0] ** 2, abs=1e-9)
    assert sum(by_component.weights["R"].values()) == pytest.approx(1)


def test_a_first_component_rises_with_most_children_and_has_deviation_one() -> None:
    generator = np.random.default_rng(4)
    common = generator.normal(size=40)
    values = {"A": common, "B": common + generator.normal(size=40), "C": common + generator.normal(size=40)}
    found = compute(
        index_of({c: {} for c in values}, {"aggregation": "principal_component"}), pd.DataFrame(values)
    ).nodes["R"]
    assert found.std() == pytest.approx(1)
    assert np.corrcoef(found, common)[0, 1] > 0.7
