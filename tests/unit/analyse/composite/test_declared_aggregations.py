"""What is declared of an aggregation is what its function does, for every one that is declared."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from indices import one_node
from pydantic import ValidationError

import idtracker.model.register as register
from idtracker.analyse.composite.aggregation import FUNCTIONS, REFUSES, Transformed, aggregated, refuses, transformed
from idtracker.analyse.sensitivity.nodes import node_values
from idtracker.analyse.sensitivity.problem import Node
from idtracker.explain.tree import aggregation_words
from idtracker.model.composite.alternative_words import form_words
from idtracker.model.composite.alternatives import AggregationChoice
from idtracker.model.composite.node import NodeRules
from idtracker.model.methods.aggregations import (
    AGGREGATIONS,
    COMPARABLE,
    DRAWN,
    ON_THE_SCALE,
    Aggregation,
    compared_with,
    declared,
)

NAMES = list(AGGREGATIONS)
NEEDED: dict[str, dict[str, Any]] = {"power": {"exponent": 2.0}, "inform_geometric": {"component_scale": (0.0, 100.0)}}
"""What an aggregation needs beside its name."""


def rules(name: str) -> NodeRules:
    return NodeRules(aggregation=name, **NEEDED.get(name, {}))


def children(name: str, seed: int = 1) -> np.ndarray:
    """Six units, with as many children as the aggregation takes."""
    return np.random.default_rng(seed).uniform(5, 95, (6, declared(name).child_count or 3))


def values(name: str, x: np.ndarray, weights: list[float]) -> np.ndarray:
    return aggregated(x, np.array(weights[: x.shape[-1]]), rules(name)).values


def test_every_name_has_a_function_and_words_and_no_function_is_undeclared() -> None:
    assert len(NAMES) >= 16
    assert set(FUNCTIONS) == set(NAMES) == set(get_args(Aggregation))
    assert set(REFUSES) <= set(NAMES)
    words = [form_words(AggregationChoice(aggregation=name)) for name in NAMES]
    assert all(words) and len(set(words)) == len(NAMES)
    assert all(aggregation_words(name) for name in NAMES)


def test_what_may_score_the_tracker_is_in_the_codelist_in_both_languages() -> None:
    path = Path(register.__file__).parent / "data" / "codelists" / "aggregation.csv"
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    assert {row["code"] for row in rows} == set(ON_THE_SCALE)
    assert all(row["label_en"] and row["label_ar"] for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_children_that_are_alike_are_their_value_exactly_where_others_can_be_held_against_it(name: str) -> None:
    alike = np.repeat(np.linspace(10, 90, 6)[:, None], declared(name).child_count or 3, axis=1)
    found = values(name, alike, [1.0, 2.0, 4.0])
    is_on_their_scale = bool(np.allclose(found, alike[:, 0], atol=1e-9, equal_nan=False))
    assert is_on_their_scale == declared(name).is_comparable


@pytest.mark.parametrize("name", ON_THE_SCALE)
def test_on_the_scale_of_the_tracker_no_better_child_makes_it_worse_and_ends_are_kept(name: str) -> None:
    x = children(name)
    if name == "mazziotta_pareto":  # imbalance costs points: a better child may cost more than it adds
        x = np.sort(x, axis=-1)
    better = x.copy()
    better[:, 0] += 0.5
    assert (values(name, better, [1.0, 2.0, 4.0]) >= values(name, x, [1.0, 2.0, 4.0]) - 1e-9).all()
    assert (values(name, np.full((6, 3), 100.0), [1.0, 2.0, 4.0]) <= 100 + 1e-9).all()
    assert name in COMPARABLE


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_what_they_are_said_to_be(name: str) -> None:
    x, weights = children(name), [0.5, 0.3, 0.2]
    found = values(name, x, weights)
    assert not np.isnan(found).any()
    is_same_doubled = np.allclose(values(name, x, [2 * w for w in weights]), found, rtol=1e-9)
    is_same_without = all(
        np.allclose(values(name, children(name, seed), [0.1, 0.1, 0.8]), values(name, children(name, seed), weights))
        for seed in range(20)
    )
    kind = declared(name).weights
    assert is_same_doubled == (kind in ("shares", "votes", "none"))
    assert is_same_without == (kind == "none")


@pytest.mark.parametrize("name", NAMES)
def test_a_child_that_is_missing_ends_those_that_need_all(name: str) -> None:
    count = declared(name).child_count or 3
    columns: dict[str, list[float | None]] = {
        code: [*map(float, children(name)[:, n])] for n, code in enumerate("ABC"[:count])
    }
    gaps: dict[str, list[float | None]] = {**columns, "A": [None, *columns["A"][1:]]}
    found = one_node(gaps, aggregation=name, coverage=0.1, **NEEDED.get(name, {})).nodes["R"]
    assert np.isnan(found.iloc[0]) == declared(name).needs_all
    assert found.iloc[1:].notna().all()


def test_every_aggregation_of_the_tracker_is_compared_with_another_one_of_it() -> None:
    assert ON_THE_SCALE and DRAWN
    for name in ON_THE_SCALE:
        assert compared_with(name) in ON_THE_SCALE
        assert compared_with(name) != name
    for name in set(NAMES) - set(ON_THE_SCALE):
        with pytest.raises(ValueError, match=f"nothing is compared with the aggregation `{name}`"):
            compared_with(name)


@pytest.mark.parametrize("name", DRAWN)
def test_draws_have_the_mean_of_that_name_with_gaps_zeros_and_weights_of_each_draw(name: str) -> None:
    draw = np.random.default_rng(5)
    x = np.where(draw.random((40, 7, 3)) < 0.1, np.nan, draw.choice([0.0, -1.0, *draw.uniform(1, 99, 60)], (40, 7, 3)))
    weights = draw.uniform(0.1, 3, (40, 3))
    node = Node("N", ("A", "B", "C"), (1.0, 1.0, 1.0), (compared_with(name), name))
    forms = np.ones(40, dtype=int)
    found = node_values(node, [x[..., n] for n in range(3)], weights, forms)
    expected = np.stack([aggregated(own, w, rules(name)).values for own, w in zip(x, weights, strict=True)])
    assert np.isfinite(expected).sum() > 100
    np.testing.assert_allclose(found, expected, rtol=1e-12)


TRANSFORMED = [name for name, function in FUNCTIONS.items() if isinstance(function, Transformed)]


@pytest.mark.parametrize("name", TRANSFORMED)
def test_errors_reach_as_far_as_the_transformed_value_bends(name: str) -> None:
    """1 / |slope|, the slope by central differences."""
    one, x, step = transformed(name), np.linspace(1, 99, 25), 1e-4
    slope = np.abs((one.into(x + step, rules(name)) - one.into(x - step, rules(name))) / (2 * step))
    np.testing.assert_allclose(one.reach(x, rules(name)), 1 / slope, rtol=1e-5)
    np.testing.assert_allclose(one.back(one.into(x, rules(name)), rules(name)), x, rtol=1e-12)


def test_parts_make_the_whole() -> None:
    x, weights = children("arithmetic"), np.array([0.5, 0.3, 0.2])
    whole = {"points": (weights * x).sum(axis=-1), "factors": (x**weights).prod(axis=-1)}
    parted = {name: one.parts for name, one in AGGREGATIONS.items() if one.parts}
    assert set(parted.values()) == set(whole)
    for name, parts in parted.items():
        np.testing.assert_allclose(values(name, x, [*weights]), whole[str(parts)], rtol=1e-12)


def test_a_name_that_nobody_declared_is_refused_wherever_it_comes_from() -> None:
    with pytest.raises(ValidationError, match="'harmonic'"):
        NodeRules(aggregation="cubic")
    unchecked = NodeRules.model_construct(aggregation="cubic")
    for call in (
        lambda: aggregated(np.ones((2, 2)), np.ones(2), unchecked),
        lambda: transformed("cubic"),
        lambda: declared("cubic"),
        lambda: compared_with("cubic"),
        lambda: aggregation_words("cubic"),
    ):
        with pytest.raises(ValueError, match="there is no aggregation `cubic`: use one of arithmetic"):
            call()
    assert not refuses("arithmetic", np.zeros(2)).any()
