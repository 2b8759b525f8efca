"""Index files: the point is that of the engine, whatever the file does to its nodes; what cannot be varied is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from idtracker.analyse.composite.engine import compute
from idtracker.analyse.sensitivity.adapters.index_files import index_problem
from idtracker.analyse.sensitivity.derive import worked_out_of_file
from idtracker.analyse.sensitivity.outcome import drawn
from idtracker.analyse.sensitivity.sample import evaluated
from idtracker.model.composite.definition import Index

DATA = pd.DataFrame(
    {"A": [10.0, 40.0, 90.0, 60.0], "B": [20.0, 80.0, 30.0, None], "C": [55.0, 5.0, 70.0, 35.0]},
    index=pd.Index(["u2", "u0", "u3", "u1"], name="unit"),
)
NODES: list[dict[str, Any]] = [
    {},
    {"aggregation": "geometric"},
    {"aggregation": "sum"},
    {"aggregation": "harmonic"},
    {"aggregation": "minimum", "children": ["A", "B"]},
    {"worst_component": {"worst": "low", "margin": 10}},
    {"round": {"decimals": 1}},
    {"normalise": {"method": "min_max"}},
    {"transform": "square_root"},
]


def index(node: dict[str, Any], **indicator: Any) -> Index:
    inner = {"code": "N", "children": [{"code": "A", "weight": 2}, {"code": "B", "weight": 1}], **node}
    return Index.model_validate(
        {
            "method_version": "T-1",
            "title": "test",
            "source": "none",
            "indicator_defaults": {"normalise": "none", **indicator},
            "indicators": {code: {"label": code} for code in "ABC"},
            "defaults": {"weights": "relative"},
            "tree": {"code": "R", "children": [inner, "C"], "coverage": 0},
            "bands": [{"classes": [{"label": "low", "high": 40}, {"label": "high", "low": 40}]}],
        }
    )


@pytest.mark.parametrize("node", NODES, ids=str)
def test_the_point_is_that_of_the_engine(node: dict[str, Any]) -> None:
    definition = index({"coverage": 0, **node})
    computed = compute(definition, DATA)
    problem = index_problem(definition, computed, DATA)
    assert problem.places == ("u0", "u1", "u2", "u3")
    for code, values in evaluated(problem).items():
        assert values[0] == pytest.approx(computed.nodes[code].loc[list(problem.places)], abs=1e-9, nan_ok=True)


def test_without_its_transformation_an_indicator_is_drawn_between_the_same_goalposts() -> None:
    body = index({"coverage": 0}, scale=(0, 100)).model_dump(exclude_unset=True)
    body["indicators"]["A"] |= {"transform": "log", "normalise": {"method": "goalposts", "low": 1, "high": 100}}
    choice = {"of": ["A"], "choices": [{"transform": "none"}]}
    definition = Index.model_validate(body | {"alternatives": {"normalisation": [choice]}})
    problem = index_problem(definition, compute(definition, DATA), DATA)
    found = drawn(problem, 200, only=("normalisation",)).values[-1]
    b, c = np.array([80.0, np.nan, 20.0, 30.0]), np.array([5.0, 35.0, 55.0, 70.0])
    a = np.array([40.0, 60.0, 10.0, 90.0])
    expected = set()
    for score in (100 * np.log(a) / np.log(100), 100 * (a - 1) / 99):
        node = np.where(np.isnan(b), score, (2 * score + np.nan_to_num(b)) / 3)
        expected.add(tuple(np.round((node + c) / 2, 8)))
    assert {tuple(np.round(row, 8)) for row in found} == expected and len(expected) == 2


def test_a_child_of_zero_keeps_the_geometric_mean_out_and_is_told() -> None:
    data = DATA.assign(A=[0.0, 40.0, 90.0, 60.0])
    found = worked_out_of_file(index({}), data, 100)
    assert "geometric mean is not defined" in found.not_varied["aggregation of N"]
    assert found.frames["score_uncertainty"]["undefined_draws"].eq(0).all()


def test_what_was_imputed_may_as_well_stay_away() -> None:
    found = worked_out_of_file(index({}, missing={"method": "mean"}), DATA, 200)
    assert "imputation" in found.frames["score_uncertainty"]["varied"].iloc[0].split(";")
    assert "imputation" not in found.not_varied and "normalisation" in found.not_varied


def test_weights_from_the_data_stay_and_are_told() -> None:
    definition = index({"weights": "inverse_standard_deviation", "children": ["A", "B"]})
    found = worked_out_of_file(definition.model_copy(), DATA.fillna(30.0), 100)
    assert found.not_varied["weights of N"]


def test_shares_of_a_file_add_up_to_one() -> None:
    found = worked_out_of_file(index({}), DATA, 200)
    for table in ("rank_acceptability", "band_probability"):
        sums = found.frames[table].groupby(["place_id", "node_code"])["share"].sum()
        assert sums.to_numpy() == pytest.approx(np.ones(len(sums)))
    assert set(found.frames["band_probability"]["node_code"]) == {"R"}
