"""The library's cells and scores equal those recomputed from the documents (tests/support/oracle), which share no code with it."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.analyse.merge.computed_indicators.observations import derive_observations
from idtracker.model.method import load_method
from idtracker.model.tables import TABLES, conform_types
from tests.support.oracle import cells, compare, components, derived, grid, policies, scores, trends
from tests.support.oracle.given import Method as Definition
from tests.support.oracle.given import Row, method_of, rows_of
from tests.support.programmes import recomputed_strategies as some
from tests.unit.analyse.figures import merge_cells, method_frame, score_cells, trend_scores

METHOD = load_method()
DEFINITION = method_of(rows_of(method_frame(METHOD)))
MERGING = {
    "disagreement_steps": 2,
    "unobserved_components": {"minimum_components": 3, "minimum_cells": 8, "minimum_error": 1.0},
}
LATER: Definition = {**DEFINITION, "merging": MERGING}
"""The method with what is new in STAB-1.1."""
CELL, SCORE = ["indicator_id", "place_id", "period"], ["place_id", "period", "node_code"]


def frame(rows: list[Row], table: str) -> pd.DataFrame:
    known = pd.DataFrame(rows) if rows else pd.DataFrame({"indicator_id": pd.Series(dtype="str")})
    return conform_types(known, TABLES[table])


def test_the_recomputation_imports_nothing_of_the_library() -> None:
    files = sorted((Path(__file__).parents[2] / "support" / "oracle").glob("*.py"))
    assert len(files) > 10
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if n.split(".")[0] in ("idtracker", "pipelines", "importlib")], file.name


@settings(max_examples=12, derandomize=True)
@given(
    indicator=some.indicators(("priority", "quality_weighted", "median")),
    told=some.countries(some.PLACES, some.OBSERVATIONS),
)
def test_any_reports_give_the_same_cells_and_scores(indicator: list[Row], told: list[list[Row]]) -> None:
    """Of up to eight countries in each example, that share their indicators."""
    place, observation = told
    i, p, o = frame(indicator, "indicator"), frame(place, "place"), frame(observation, "observation")
    found = merge_cells(o, i, p, METHOD, some.QUARTERS)
    expected = grid.merge(rows_of(o), rows_of(i), rows_of(p), DEFINITION, some.QUARTERS)
    assert compare.differences(rows_of(found), expected, CELL, list(found.columns)) == []
    scored = score_cells(found, i, p, METHOD, some.QUARTERS)
    again = scores.scores(expected, rows_of(i), rows_of(p), DEFINITION, some.QUARTERS)
    assert compare.differences(rows_of(scored), again, SCORE, list(scored.columns)) == []


@settings(max_examples=10, derandomize=True)
@given(
    indicator=some.indicators(("quality_weighted", "median")),
    place=some.PLACES,
    observation=some.LONG,
    kind=st.sampled_from([{"derived_from": "event:count"}, {"derived_from": "survey_response:q"}, {"unit": "days"}]),
)
def test_any_long_series_give_the_same_errors(
    indicator: list[Row], place: list[Row], observation: list[Row], kind: Row
) -> None:
    indicator = [{**indicator[0], **kind, "max_age_days": 800}, *indicator[1:]]
    i, p, o = frame(indicator, "indicator"), frame(place, "place"), frame(observation, "observation")
    periods = some.LONG_QUARTERS[5:]
    found = merge_cells(o, i, p, METHOD, periods)
    expected = grid.merge(rows_of(o), rows_of(i), rows_of(p), DEFINITION, periods)
    assert compare.differences(rows_of(found), expected, CELL, list(found.columns)) == []
    assert (found["score_error"] > 0).all() and found["error_basis"].notna().all()
    scored = score_cells(found, i, p, METHOD, periods)
    again = scores.scores(expected, rows_of(i), rows_of(p), DEFINITION, periods)
    assert compare.differences(rows_of(scored), again, SCORE, list(scored.columns)) == []
    shares = scored.loc[scored["score"].notna(), list(scores.SHARES.values())].sum(axis=1)
    assert shares.tolist() == pytest.approx([1.0] * len(shares))


@pytest.mark.skipif(not hasattr(METHOD, "merging"), reason="the method has no ranks, components or decisions")
@settings(max_examples=10, derandomize=True)
@given(
    told=some.countries(
        some.later_indicators(), some.PLACES, some.OBSERVATIONS | some.DENSE, some.DECISIONS, own_indicators=True
    )
)
def test_any_ranks_components_and_decisions_give_the_same_cells(told: list[list[Row]]) -> None:
    """Of up to eight countries in each example, each with indicators, reports and decisions of its own."""
    names = ("indicator", "place", "observation", "adjudication")
    i, p, o, decided = (frame(rows, name) for rows, name in zip(told, names, strict=True))
    found = merge_cells(o, i, p, METHOD, some.QUARTERS, decided)
    expected = grid.merge(rows_of(o), rows_of(i), rows_of(p), DEFINITION, some.QUARTERS, rows_of(decided))
    assert compare.differences(rows_of(found), expected, CELL, list(found.columns)) == []


@settings(max_examples=10, derandomize=True)
@given(told=some.facts_of_countries())
def test_any_events_and_answers_give_the_same_observations(told: tuple[dict[str, list[Row]], list[Row]]) -> None:
    """Of up to eight countries in each example, that share their sources or not."""
    facts, place = told
    i, p = frame(some.computed_indicators(), "indicator"), frame(place, "place")
    given_facts = {name: frame(rows, name) for name, rows in facts.items()}
    found = derive_observations(given_facts, i, p, some.QUARTERS)
    known = {name: rows_of(f) for name, f in given_facts.items()}
    expected = derived.observations(known, rows_of(i), rows_of(p), some.QUARTERS)
    columns = sorted(set(found.columns) & set(expected[0])) if expected else []
    assert compare.differences(rows_of(found), expected, [*CELL, "org_id"], columns) == []


@pytest.mark.parametrize("seed", range(4))
def test_any_series_of_scores_heads_the_same_way(seed: int) -> None:
    dice = random.Random(seed)
    periods = [f"{2022 + n // 4}-Q{n % 4 + 1}" for n in range(16)]
    places = [f"JO-{n:02}" for n in range(40)]
    rows = []
    for place in places:
        slope, scatter = dice.choice([-4.0, -1.7, 0.0, 0.6, 2.2]), dice.choice([0.0, 2.0, 12.0])
        for n, period in enumerate(periods):
            score = min(max(50 + slope * (n - 8) + dice.uniform(-1, 1) * scatter, 0.0), 100.0)
            rows.append({
                "place_id": place, "period": period, "node_code": "BSF1", "score": dice.choice([score] * 5 + [None]),
                "carried_share": dice.choice([0.0, 0.5, 0.6]), "method_version": METHOD.method_version,
                "classification": dice.choice(["OFFICIAL"] * 9 + ["OFFICIAL-SENSITIVE"]),
                "releasable_to": dice.choice(["HMG;PARTNERS"] * 9 + ["HMG", None]),
            })  # fmt: skip
    broken = [
        {**dict(zip(CELL, ("I", place, dice.choice(periods)), strict=True)), "obs_status": dice.choice(["B", "A"])}
        for place in places[::2]
    ]
    indicator = [{"indicator_id": "I", "dimension_code": "BSF1"}]
    found = trend_scores(frame(rows, "score"), METHOD, frame(broken, "merged_cell"), frame(indicator, "indicator"))
    expected = trends.trends(rows, broken, indicator, DEFINITION)
    assert compare.differences(rows_of(found), expected, SCORE, list(found.columns)) == []
    assert found["trend_class"].nunique() > 4


def reports(*values: float, **known: Any) -> list[Row]:
    """Independent reports of one cell, each of an organisation of its own."""
    return [
        {
            "org_id": f"O{n}", "origin": None, "value": value, "error": None, "quality": 1.0, "is_unusable": False,
            "recorded_from": n, **{k: v[n] for k, v in known.items()},
        }
        for n, value in enumerate(values)
    ]  # fmt: skip


CONTINUOUS: Row = {
    "merge_policy": "quality_weighted", "priority_org_id": None, "scale": None, "direction": 1,
    "goalpost_low": 0.0, "goalpost_high": 100.0,
}  # fmt: skip
ORDINAL = CONTINUOUS | {"merge_policy": None, "scale": "ordinal", "goalpost_low": 1.0, "goalpost_high": 5.0}


@pytest.mark.parametrize(
    ("values", "quality", "median"),
    [
        ((1.0, 2.0, 4.0), (1.0, 1.0, 1.0), 2.0),
        ((1.0, 2.0, 4.0), (0.25, 0.25, 1.0), 4.0),
        ((1.0, 2.0), (0.5, 0.5), 1.0),  # half is reached at the first
        ((1.0, 2.0, 5.0), (None, None, 0.5), 2.0),  # .25 and .25 of 1 reach half
        ((4.0, 3.0, 2.0, 1.0), (0.1, 0.2, 0.3, 0.3), 2.0),  # sorted by value, not as they came
    ],
)
def test_a_rank_is_the_lower_weighted_median(values: Any, quality: Any, median: float) -> None:
    result = policies.merged(reports(*values, quality=quality), ORDINAL, LATER)
    assert (result["value"], result["method"]) == (median, "WEIGHTED_MEDIAN")


@pytest.mark.parametrize(
    ("indicator", "values", "is_disagreement"),
    [
        (CONTINUOUS, [10, 25], False),
        (CONTINUOUS, [10, 25.1], True),
        (CONTINUOUS, [100, 140], False),  # beyond a goalpost the score is the same
        (ORDINAL, [1, 2], False),
        (ORDINAL, [1, 3], True),
        (CONTINUOUS | {"merge_policy": "adjudicated"}, [10, 10.01], True),
        (CONTINUOUS | {"merge_policy": "adjudicated"}, [10, 10], False),
    ],
)
def test_when_reports_disagree(indicator: Row, values: list[float], is_disagreement: bool) -> None:
    assert cells.disagree(values, indicator, LATER) is is_disagreement


def test_unobserved_components_give_the_published_weights() -> None:
    names = [f"o{n}" for n in range(4)]
    known = {
        "bias": dict.fromkeys(names, 0.0), "error": dict(zip(names, (0.4, 0.5, 0.6, 0.8), strict=True)),
        "mu": 0.0, "tau2": 1.0,
    }  # fmt: skip
    result = components.merge_components(reports(1, 1, 1, 1), CONTINUOUS, known)
    assert result is not None
    assert result["standard_error"] == pytest.approx(0.2533, abs=5e-5)
    assert result["weights"] == pytest.approx([0.4009, 0.2566, 0.1782, 0.1002], abs=5e-5)


def test_components_are_told_apart_by_what_they_add() -> None:
    """Three add 0, +3 and -3 to the truth and nothing else: the biases come back, the errors are the least allowed."""
    table = {("JO", n): reports(20.0 + 5 * n, 23.0 + 5 * n, 17.0 + 5 * n) for n in range(8)}
    found = components.calibrate(table, CONTINUOUS, LATER)
    assert found is not None
    assert list(found["bias"].values()) == pytest.approx([0, 3, -3])
    assert list(found["error"].values()) == [1.0, 1.0, 1.0]
    assert found["mu"] == pytest.approx(37.5) and found["tau2"] == pytest.approx(150)
    result = components.merge_components(table["JO", 0], CONTINUOUS, found)
    assert result is not None
    precision = 1 / 150 + 3
    assert result["value"] == pytest.approx((37.5 / 150 + 3 * 20) / precision)
    assert result["standard_error"] == pytest.approx(precision**-0.5)


@pytest.mark.parametrize("drop", [lambda n: n[1:], lambda n: n[:2]])
def test_seven_common_cells_or_two_components_are_too_few(drop: Callable[[list[Row]], list[Row]]) -> None:
    cells_of_three = {("JO", n): reports(20.0 + n, 23.0, 17.0) for n in range(7)}
    assert components.calibrate(cells_of_three, CONTINUOUS, LATER) is None
    cells_of_two = {("JO", n): drop(reports(20.0 + n, 23.0, 17.0)) for n in range(9)}
    assert components.calibrate(cells_of_two, CONTINUOUS, LATER) is None


def test_a_decision_stands_until_a_later_report_says_otherwise() -> None:
    revoked = {
        "indicator_id": "I",
        "place_id": "P",
        "period": "2025-Q4",
        "value": None,
        "decided_at": 3,
        "adjudication_id": "b",
    }
    decision = revoked | {"value": 40.0, "standard_error": None, "decided_at": 2, "adjudication_id": "a"}
    assert cells.decisions_at([revoked, decision], 2) == {("I", "P", "2025-Q4"): decision}
    assert cells.decisions_at([revoked, decision], 3) == {}
    earlier = [r | {"statuses": {None}, "recorded_from": 1} for r in reports(10, 90)]
    cell = {"recorded_from": 1}
    decided = cells.decide(cell, decision, earlier, CONTINUOUS, LATER)
    assert (decided["value"], decided["is_disagreement"], decided["obs_status"]) == (40.0, False, "A")
    late = [*earlier, {**earlier[0], "value": 55.0, "recorded_from": 3}]
    assert not cells.decide(cell, decision, late, CONTINUOUS, LATER)["is_disagreement"]
    late[-1]["value"] = 55.1
    assert cells.decide(cell, decision, late, CONTINUOUS, LATER)["obs_status"] == "U"
