"""Trees with weights from the data and with nodes that are normalised again: as the recomputation in plain loops, and as index files."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from idtracker.analyse.composite.engine import compute
from idtracker.analyse.index.tree import tree_states
from tests.unit.analyse.index.across_places import MEMBERS, PEOPLE, QUARTERS, drawn, index_of, places, wanted_of
from tests.unit.analyse.index.nodes.node_oracle import NodeOracle
from tests.unit.analyse.index.nodes.wide_nodes import WAYS, WIDE, two_nodes

Values = dict[tuple[str, str, str], float]


def oracle(document: dict[str, Any], values: Values) -> NodeOracle:
    known = {key: min(100.0, v) if key[0] == "E" else v for key, v in values.items()}
    return NodeOracle(document, known, MEMBERS, "JO", QUARTERS, PEOPLE)


@pytest.fixture(scope="module")
def scored(cells, indicators, method):
    """Scores of values by a document."""

    def build(
        document: dict[str, Any], values: Values, quarters: list[str] = QUARTERS[-1:], error: float | None = 2.0,
        wanted: pd.DataFrame | None = None, levels: dict[str, str] | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        rows = [
            {"indicator_id": i, "place_id": p, "period": q, "value": v, "score": min(100.0, v), "standard_error": error, "score_error": error}
            for (i, p, q), v in values.items()
        ]  # fmt: skip
        names = {i: {"dimension_code": "BSF1", "level": (levels or {}).get(i, "both")} for i, _, _ in values}
        asked = wanted_of(quarters) if wanted is None else wanted
        return tree_states(cells(rows), indicators(**names), places(), index_of(document), method, asked)

    return build


def assert_as_told(found: pd.DataFrame, told: dict[tuple[str, str], tuple[float | None, float]]) -> None:
    assert len(told) == len(found)
    for key, (score, complete) in told.items():
        row = found.loc[key]
        assert (score is None and math.isnan(row["score"])) or row["score"] == pytest.approx(score, abs=1e-9), key
        assert score is None or row["completeness"] == pytest.approx(complete, abs=1e-9), key


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_deep_tree_of_wide_nodes_scores_as_the_plain_loops(scored, seed):
    values = drawn(seed)
    told = oracle(WIDE, values)
    for quarter in QUARTERS[-2:]:
        found = scored(WIDE, values, [quarter]).set_index(["place_id", "node_code"])
        assert_as_told(found, told.scores(quarter))
        assert found["score"].notna().sum() > 20


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way["method"])
@pytest.mark.parametrize("weights", ["equal", "principal_component", "inverse_standard_deviation"])
def test_every_way_of_a_node_is_as_the_plain_loops(scored, way, weights):
    values = {key: min(100.0, v) for key, v in drawn(7).items() if key[0] in "ACE"}
    document = two_nodes("AC", normalise=way, weights=weights)
    found = scored(document, values).set_index(["place_id", "node_code"])
    assert found["score"].notna().sum() >= 12
    assert_as_told(found, oracle(document, values).scores(QUARTERS[-1]))


def file_of(values: Values, names: str, quarter: str = QUARTERS[-1]) -> pd.DataFrame:
    rows = [{"unit": m, **{n: values.get((n, m, quarter)) for n in names}} for m in MEMBERS]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("way", [None, *WAYS[:6]], ids=lambda way: way["method"] if way else "none")
@pytest.mark.parametrize("weights", ["principal_component", "inverse_standard_deviation"])
def test_the_numbers_are_those_of_the_index_file_on_the_same_panel(scored, way, weights):
    values = {key: min(100.0, v) for key, v in drawn(3, gaps=0.05).items() if key[0] in "ACDE"}
    document = two_nodes("ACD", weights=weights, **({"normalise": way} if way else {}))
    found = scored(document, values).set_index(["place_id", "node_code"])
    computed = compute(index_of(document), file_of(values, "ACDE"))
    assert computed.nodes["X"].notna().sum() >= 5
    in_force = computed.weights["X"]
    for place in MEMBERS:
        for node in ("X", "R"):
            want, have = computed.nodes.at[place, node], found.at[(place, node), "score"]
            assert (math.isnan(want) and math.isnan(have)) or abs(have - want) < 2e-9
        if found.at[(place, "X"), "completeness"] == 1.0:
            said = json.loads(found.at[(place, "X"), "effective_weights"])
            assert all(abs(said[child] - in_force[child]) < 1e-12 for child in "ACD")


def test_weights_of_the_engine_and_of_many_draws_are_the_same_to_the_bit():
    from idtracker.analyse.composite.weights import weights_from, weights_of_draws

    draws = np.random.Generator(np.random.PCG64(5)).normal(50, 10, (40, 9, 4))
    draws[3, 2, 1] = np.nan
    draws[4, :, 2] = 7.0
    draws[5, 2:, 0] = np.nan
    for rule in ("principal_component", "inverse_standard_deviation"):
        together = weights_of_draws(draws, rule)
        for draw, own in zip(draws, together, strict=True):
            alone = weights_from(draw, rule)
            assert np.isnan(own).all() if alone is None else (alone == own).all()
        assert np.isnan(together).all(axis=1).sum() == 2
        assert np.allclose(np.nansum(together, axis=1)[~np.isnan(together[:, 0])], 1.0, atol=1e-12)


def test_places_asked_for_alone_are_scored_as_all_are(scored):
    values = drawn(2)
    whole = scored(WIDE, values, QUARTERS[-2:])
    part = scored(WIDE, values, wanted=pd.DataFrame({"place_id": ["JO-KA", "JO-AM"], "period": QUARTERS[-2:]}))
    both = part.merge(whole, on=["place_id", "period", "node_code"], suffixes=("", "_whole"))
    assert len(both) == len(part) == 10 and both["score"].notna().sum() >= 8
    for name in ("score", "score_alternative", "low", "high", "completeness", "effective_weights", "recorded_from"):
        pd.testing.assert_series_equal(both[name], both[f"{name}_whole"], check_names=False)
