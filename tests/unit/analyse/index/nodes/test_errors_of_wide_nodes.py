"""Errors of nodes that look across places, what they cannot do, and which trees are refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from idtracker.analyse.index.across.node_findings import node_findings
from idtracker.analyse.index.tree import tree_leaves, tree_states
from idtracker.model.methods.tracker_tree import faults_of_tracker
from tests.unit.analyse.index.across_places import MEMBERS, PEOPLE, QUARTERS, index_of, places, wanted_of
from tests.unit.analyse.index.nodes.node_oracle import NodeOracle
from tests.unit.analyse.index.nodes.wide_nodes import WIDE, Z_SCORE, two_nodes

NOW = QUARTERS[-1]
Values = dict[tuple[str, str, str], float]


def inputs(cells, indicators, values: Values, error: float | None, levels: dict[str, str]) -> tuple[Any, Any]:
    rows = [
        {"indicator_id": i, "place_id": p, "period": q, "value": v, "score": v, "standard_error": error, "score_error": error}
        for (i, p, q), v in values.items()
    ]  # fmt: skip
    names = {i: {"dimension_code": "BSF1", "level": levels.get(i, "both")} for i, _, _ in values}
    return cells(rows), indicators(**names)


@pytest.fixture(scope="module")
def scored(cells, indicators, method):
    def build(document: dict[str, Any], values: Values, error: float | None = 2.0, **levels: str) -> Any:
        parts = inputs(cells, indicators, values, error, levels)
        found = tree_states(*parts, places(), index_of(document), method, wanted_of([NOW]))
        return found.set_index(["place_id", "node_code"])

    return build


@pytest.fixture(scope="module")
def told(cells, indicators, method):
    def build(document: dict[str, Any], values: Values, **levels: str) -> list[tuple[str, str]]:
        parts = inputs(cells, indicators, values, 2.0, levels)
        states, _ = tree_leaves(*parts, places(), index_of(document), method, wanted_of([NOW]))
        return [(f.rule, f.message) for f in node_findings(states, states.leaves())]

    return build


def whole(seed: int, names: str, low: float = 30.0, high: float = 70.0) -> Values:
    draw = np.random.Generator(np.random.PCG64(seed))
    return {(n, p, NOW): float(draw.uniform(low, high)) for n in names for p in [*MEMBERS, "JO"]}


def error_at(found: Any, place: str, node: str) -> float:
    return float(found.at[(place, node), "error"])


def score_of(document: dict[str, Any], values: Values, place: str, node: str) -> float:
    score = NodeOracle(document, values, MEMBERS, "JO", QUARTERS, PEOPLE).scores(NOW)[place, node][0]
    assert score is not None
    return score


@pytest.mark.parametrize("weights", ["equal", "principal_component", "inverse_standard_deviation"])
def test_an_error_is_what_every_value_of_the_panel_changes(scored, weights):
    """Each value moved by its error in the plain loops; a place's own counts no less than it does by itself."""
    wide = {"method": "z_score", "mean": 50, "sd": 8, "clip": [0, 100]}
    document, values = two_nodes("ACD", weights=weights, normalise=wide), whole(4, "ACDE")
    found = scored(document, values, 0.5)
    oracle = NodeOracle(document, values, MEMBERS, "JO", QUARTERS, PEOPLE)
    oracle.scores(NOW)
    in_force = oracle.weights["X", NOW]
    assert in_force is not None
    total = math.fsum(in_force)
    raw = {m: math.fsum(w * values[n, m, NOW] for w, n in zip(in_force, "ACD", strict=True)) / total for m in MEMBERS}
    mean = math.fsum(raw.values()) / len(raw)
    sd = math.sqrt(math.fsum((x - mean) ** 2 for x in raw.values()) / (len(raw) - 1))
    for place in ("JO-AM", "JO-MA", "JO"):
        before, squares = score_of(document, values, place, "X"), 0.0
        for n, weight in zip("ACD", in_force, strict=True):
            for other in [*MEMBERS, "JO"]:
                moved = [{**values, (n, other, NOW): values[n, other, NOW] + side * 0.5} for side in (1, -1)]
                change = max(abs(score_of(document, v, place, "X") - before) for v in moved)
                own = 8 * weight / total * 0.5 / sd if other == place else 0.0
                squares += max(change, own) ** 2
        assert error_at(found, place, "X") == pytest.approx(math.sqrt(squares), rel=1e-6)
        assert error_at(found, place, "X") > 0.1


def test_above_a_wide_node_errors_go_on(scored):
    document, values = two_nodes("AC", normalise=Z_SCORE), whole(6, "ACE")
    found = scored(document, values, 0.5)
    for place in MEMBERS:
        want = math.sqrt((error_at(found, place, "X") / 2) ** 2 + (0.5 / 2) ** 2)
        assert error_at(found, place, "R") == pytest.approx(want, rel=1e-6)


def test_a_node_at_an_end_is_no_surer_than_one_inside(scored):
    """The best of all places by min-max, and a value beyond goalposts."""
    values = whole(8, "ACE")
    found = scored(two_nodes("AC", normalise={"method": "min_max", "scale": [0, 100]}), values, 1.0)
    at_ends = [m for m in MEMBERS if found.at[(m, "X"), "score"] in (0.0, 100.0)]
    assert len(at_ends) == 2
    assert min(error_at(found, m, "X") for m in MEMBERS) > 1.0
    beyond = {"method": "goalposts", "low": 70, "high": 90, "scale": [0, 100]}
    found = scored(two_nodes("AC", normalise=beyond), values, 1.0)
    assert (found.xs("X", level="node_code")["score"] == 0).all()
    error = found.xs("X", level="node_code")["error"]
    assert error.to_numpy() == pytest.approx(100 / 20 * math.sqrt(2 * 0.25))


def test_a_rank_has_the_error_of_a_rank_and_its_parent_has_it_too(scored):
    document, values = (
        two_nodes("AC", normalise={"method": "percentile_rank", "scale": [0, 100]}),
        whole(9, "ACE"),
    )
    found = scored(document, values, 5.0)
    draw = np.random.Generator(np.random.PCG64(1))
    base = np.array([[values[n, m, NOW] for n in "AC"] for m in MEMBERS])
    sample = (base[None] + draw.normal(0, 5.0, (20_000, *base.shape))).mean(axis=2)
    ranks = 100 * (sample[:, None, :] < sample[:, :, None]).sum(axis=2) / (len(MEMBERS) - 1)
    for n, place in enumerate(MEMBERS):
        assert found.at[(place, "X"), "error"] == pytest.approx(ranks[:, n].std(), rel=0.05)
        want = math.hypot(found.at[(place, "X"), "error"] / 2, 5.0 / 2)
        assert found.at[(place, "R"), "error"] == pytest.approx(want, rel=1e-6)


def test_without_errors_there_is_none(scored):
    found = scored(two_nodes("AC", normalise=Z_SCORE, weights="principal_component"), whole(4, "ACE"), None)
    assert found["error"].isna().all() and found["score"].notna().all()


def test_a_child_of_the_country_alone_has_no_weight_from_the_places(scored, told):
    document, values = two_nodes("ACD", weights="inverse_standard_deviation"), whole(5, "ACDE")
    found, without = scored(document, values, 2.0, D="country"), scored(two_nodes("AC", weights="inverse_standard_deviation"), values)  # fmt: skip
    assert found.at[("JO", "X"), "score"] == pytest.approx(without.at[("JO", "X"), "score"], abs=1e-9)
    assert '"D"' not in found.at[("JO", "X"), "effective_weights"]
    rules = told(document, values, D="country")
    assert [rule for rule, _ in rules] == ["child-of-country"] and "D is expected of the country alone" in rules[0][1]


def few(values: Values, keep: int) -> Values:
    return {key: v for key, v in values.items() if key[0] != "A" or key[1] in MEMBERS[:keep]}


@pytest.mark.parametrize(
    ("rules", "change", "rule", "sentence"),
    [
        ({"weights": "principal_component"}, lambda v: few(v, 2), "too-few-whole-places",
         "X in 2026-Q2: 2 places have all its children, and weights by principal component need 3"),
        ({"weights": "inverse_standard_deviation"}, lambda v: {k: 41.0 if k[0] == "A" else x for k, x in v.items()}, "child-equal",
         "X in 2026-Q2: A is the same in all places"),
        ({"normalise": Z_SCORE}, lambda v: {k: 41.0 if k[0] != "E" else x for k, x in v.items()}, "places-equal",
         "X in 2026-Q2 is the same in all places: z score"),
        ({"normalise": {"method": "min_max", "scale": [0, 100]}, "coverage": 1}, lambda v: few(v, 1), "too-few-places",
         "X in 2026-Q2: 1 places have a value, and min max needs 2"),
    ],
)  # fmt: skip
def test_what_the_places_do_not_allow_is_empty_and_has_a_finding(scored, told, rules, change, rule, sentence):
    document, values = two_nodes("AC", **rules), change(whole(3, "ACE"))
    assert rule in [name for name, _ in told(document, values)]
    assert any(sentence in message for _, message in told(document, values))
    found = scored(document, values)
    assert found.xs("X", level="node_code")["score"].isna().all()
    assert found.xs("R", level="node_code")["score"].notna().any(), "the rest of the tree still scores"


def test_two_directions_that_explain_as_much_give_no_weights(told, scored):
    points = {"A": [1, 1, -1, -1, 0, 0, 0], "C": [1, -1, 1, -1, 0, 0, 0]}
    values = {(n, m, NOW): 50.0 + 10 * x for n, own in points.items() for m, x in zip(MEMBERS, own, strict=True)}
    values |= {("E", m, NOW): 50.0 for m in MEMBERS}
    document = two_nodes("AC", weights="principal_component")
    assert [rule for rule, _ in told(document, values)] == ["no-first-component"]
    assert scored(document, values).xs("X", level="node_code")["score"].isna().all()


def test_a_child_that_runs_against_the_others_is_told(told):
    values = whole(3, "ACE")
    values |= {("C", m, NOW): 100 - values["A", m, NOW] + 0.01 * n for n, m in enumerate(MEMBERS)}
    rules = [rule for rule, _ in told(two_nodes("AC", weights="principal_component"), values)]
    assert "against-its-node" in rules


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ({"transform": "square_root"}, "must come back onto the scale"),
        ({"transform": "reciprocal", "normalise": {"method": "min_max", "scale": [0, 100]}}, "is not defined for every value"),
        ({"normalise": "register"}, "the register has goalposts for indicators alone"),
        ({"normalise": {"method": "min_max", "scale": [0, 100], "reference_periods": ["2025-Q1", "2025-Q4"]}}, "those of its own quarter"),
        ({"normalise": {"method": "min_max", "scale": [0, 100], "within": "region"}}, "remove `within`"),
        ({"normalise": {"method": "min_max"}}, "it must end on the scale from 0 to 100"),
        ({"normalise": {"method": "goalposts", "low": 0, "high": 9, "scale": [0, 100], "clip": "none"}}, "at both ends"),
        ({"normalise": "z_score"}, "must be put on the scale"),
        ({"normalise": "rank"}, "it must end on the scale from 0 to 100"),
        ({"weights": "principal_component", "children": ["A"]}, "and it has one: remove `weights`"),
    ],
)  # fmt: skip
def test_what_no_score_can_follow_is_refused_with_its_remedy(rules, sentence):
    document = two_nodes("AC")
    document["tree"]["children"][0] |= rules
    if rules.get("children"):
        del document["indicators"]["C"]
    messages = [message for _, message in faults_of_tracker(index_of(document), set("ACDEFG"))]
    assert len(messages) == 1 and sentence in messages[0] and "node `X`" in messages[0]


def test_what_may_look_across_is_not_refused():
    assert list(faults_of_tracker(index_of(WIDE), set("ABCDEFG"))) == []


def test_a_leaf_without_an_error_has_none_either(scored):
    """A value nobody states an error of, under a method that completes none: no interval, and not one of the whole scale."""
    document = two_nodes("AC", normalise=Z_SCORE)
    document["indicators"]["A"] = {"label": "A", "normalise": {"method": "min_max", "scale": [0, 100]}}
    found = scored(document, whole(4, "ACE"), None)
    assert found["score"].notna().all() and found["error"].isna().all()
