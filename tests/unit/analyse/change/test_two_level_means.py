"""A change is divided by the same mean as scores are made of, whichever a two-level method names; no name is taken for another."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from idtracker.analyse.change.decompose import rules_of
from idtracker.analyse.change.game import Game, Leaf
from idtracker.analyse.composite.aggregation import refuses, transformed, two_level_mean
from idtracker.analyse.index.aggregate import ERROR_SHARES, aggregate
from idtracker.model.method import Method
from idtracker.model.methods.aggregations import (
    AGGREGATIONS,
    FLOORED,
    ON_THE_SCALE,
    TWO_LEVEL,
    TwoLevelAggregation,
    compared_with,
    declared,
)
from tests.unit.analyse.change.programmes import DIMENSIONS, METHOD, state, whole_value

Weighted = list[tuple[float, float]]
PLAIN: dict[str, Callable[[Weighted], float]] = {
    "arithmetic": lambda rows: sum(w * x for w, x in rows),
    "geometric": lambda rows: prod(max(x, METHOD.floor) ** w for w, x in rows),
}
"""Each mean of shares and scores in plain Python."""


def score(rows: Weighted, name: str) -> dict[str, Any]:
    """Weights and scores as one node, by the tracker's own aggregation."""
    extra = dict.fromkeys([*ERROR_SHARES.values(), "carried_share"], 0.0)
    children = pd.DataFrame(
        {"node": 0, "child": [f"c{n:02}" for n in range(len(rows))], "weight": [w for w, _ in rows],
         "score": [x for _, x in rows], "error": 3.0, **extra}
    )  # fmt: skip
    return {str(k): v for k, v in aggregate(children, name, METHOD).iloc[0].to_dict().items()}


def with_means(within: str, across: str) -> Method:
    return Method.model_validate({**METHOD.model_dump(), "within": within, "across": across})


def whole_of(values: list[tuple[str, float, float]], method: Method) -> float:
    """The root from (dimension, weight, score), by aggregate() twice."""
    codes = sorted({d for d, _, _ in values})
    within = [score([(w, x) for d, w, x in values if d == code], method.within)["score"] for code in codes]
    shares = [method.dimensions[code].weight for code in codes]
    return float(score(list(zip(shares, within, strict=True)), method.across)["score"])


_SCORES = st.one_of(st.sampled_from([0.0, 0.25, 1.0, 100.0]), st.floats(0, 100))
_CHANGES = st.lists(
    st.tuples(st.sampled_from(DIMENSIONS[:3]), st.sampled_from([0.5, 1.0, 3.0]), _SCORES, _SCORES),
    min_size=1,
    max_size=7,
)


@pytest.mark.parametrize("across", TWO_LEVEL)
@pytest.mark.parametrize("within", TWO_LEVEL)
@settings(max_examples=20, deadline=None, phases=[Phase.generate])
@given(rows=_CHANGES)
def test_a_game_has_the_scores_of_both_sides(
    within: str, across: str, rows: list[tuple[str, float, float, float]]
) -> None:
    method = with_means(within, across)
    before, after = ([(d, w, pair[n]) for d, w, *pair in rows] for n in (0, 1))
    leaves = [
        Leaf(f"{n:02}", d, state(old, w), state(new, w), {("NEW_DATA", "x"): new - old})
        for n, (d, w, old, new) in enumerate(rows)
    ]
    rules = rules_of(method, method.root)
    start = whole_of(before, method)
    found = whole_value(Game(leaves, rules, rules, start, is_dimension=False))
    assert found == pytest.approx((start, whole_of(after, method)), abs=2e-9)


@pytest.mark.parametrize("name", TWO_LEVEL)
@settings(max_examples=30, deadline=None, phases=[Phase.generate])
@given(rows=st.lists(st.tuples(st.sampled_from([0.5, 1.0, 3.0]), _SCORES), min_size=1, max_size=6))
def test_scores_are_the_mean_of_that_name_and_errors_follow_from_it(name: str, rows: Weighted) -> None:
    """The mean in plain Python; the error by moving each child a little."""
    total = sum(w for w, _ in rows)
    shares = [(w / total, x) for w, x in rows]
    found = score(rows, name)
    assert found["score"] == pytest.approx(PLAIN[name](shares), abs=1e-8)
    assert found["score_alternative"] == pytest.approx(PLAIN[compared_with(name)](shares), abs=1e-8)
    inside = [(w, max(x, 2 * METHOD.floor)) for w, x in shares]
    moved = [
        (PLAIN[name]([(w, x + 1e-4 * (n == at)) for n, (w, x) in enumerate(inside)])
         - PLAIN[name]([(w, x - 1e-4 * (n == at)) for n, (w, x) in enumerate(inside)])) / 2e-4
        for at in range(len(inside))
    ]  # fmt: skip
    assert score(inside, name)["error"] == pytest.approx(3 * sum(m**2 for m in moved) ** 0.5, rel=1e-5)


def test_what_a_two_level_method_may_name_has_all_that_it_needs() -> None:
    assert set(TWO_LEVEL) == set(PLAIN) == set(get_args(TwoLevelAggregation))
    for name in TWO_LEVEL:
        transformed(name)
        assert name in ON_THE_SCALE
        assert compared_with(name) in TWO_LEVEL
        assert not refuses(name, np.zeros(1)).any() or name in FLOORED
    assert set(FLOORED) <= set(TWO_LEVEL)


@pytest.mark.parametrize("name", ["cubic", *(n for n in AGGREGATIONS if not declared(n).is_two_level)])
def test_any_other_name_is_refused_by_definitions_scores_and_changes(name: str) -> None:
    """A harmonic mean of 10 and 90 is 18; as a geometric one, for which changes once took it, it would be 30."""
    with pytest.raises(ValidationError, match="within"):
        with_means(name, "arithmetic")
    refusal = f"there is no aggregation `{name}`|no two-level method takes the aggregation `{name}`|`{name}`, which does not stay"
    leaves = [Leaf(n, "BSF1", state(x), state(x + 1), {("NEW_DATA", "x"): 1.0}) for n, x in (("1", 10.0), ("2", 90.0))]
    rules = rules_of(METHOD.model_copy(update={"within": name}), "BSF1")
    with pytest.raises(ValueError, match=refusal):
        whole_value(Game(leaves, rules, rules, 50.0, is_dimension=True))
    with pytest.raises(ValueError, match=refusal):
        score([(1.0, 10.0), (1.0, 90.0)], name)
    with pytest.raises(ValueError, match=refusal):
        two_level_mean(name, np.array([10.0, 90.0]), 1.0, np.mean)
