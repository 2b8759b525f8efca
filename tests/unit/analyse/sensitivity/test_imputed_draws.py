"""What was imputed: each draw is the index with one of the donors in the gap, or with the gap; what is not known is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from idtracker.analyse.composite.engine import compute
from idtracker.analyse.sensitivity.adapters.index_files import index_problem
from idtracker.analyse.sensitivity.derive import worked_out_of_file
from idtracker.analyse.sensitivity.outcome import drawn
from idtracker.model.composite.definition import Index

DATA = pd.DataFrame(
    {
        "A": [10.0, 40.0, 90.0, 60.0, 20.0],
        "B": [20.0, 80.0, 30.0, None, 50.0],
        "C": [55.0, 5.0, 70.0, 35.0, 40.0],
        "group": ["x", "y", "x", "y", "y"],
        "year": [1, 1, 2, 2, 2],
    },
    index=pd.Index(["u2", "u0", "u3", "u1", "u4"], name="unit"),
)
WAYS: list[dict[str, Any]] = [
    {"normalise": {"method": "goalposts", "low": 0, "high": 100}},
    {"normalise": "min_max"},
    {"normalise": "z_score", "transform": "log"},
    {"normalise": "min_max", "treatment": {"steps": ["winsorise_iqr"]}},
    {"normalise": "percentile_rank"},
]


def index(missing: Any, **rules: Any) -> Index:
    own = {"label": "B"} if missing is None else {"label": "B", "missing": missing}
    return Index.model_validate(
        {
            "method_version": "T-1", "title": "test", "source": "none",
            "indicator_defaults": {"normalise": "min_max", **rules},
            "indicators": {"A": {"label": "A"}, "B": own, "C": {"label": "C"}},
            "tree": {"code": "R", "coverage": 0, "children": ["A", "B", "C"]},
        }
    )  # fmt: skip


def drawn_roots(definition: Index, data: pd.DataFrame = DATA) -> set[tuple[float, ...]]:
    problem = index_problem(definition, compute(definition, data), data)
    values = drawn(problem, 400, only=("imputation",)).values[-1]
    return {tuple(np.round(row, 9)) for row in values}


def roots_with(donors: list[float], **rules: Any) -> set[tuple[float, ...]]:
    """The index with each donor in the gap, and with the gap, by the engine."""
    found = set()
    for value in (*donors, None):
        data = DATA.assign(B=DATA["B"].where(DATA["B"].notna(), value))
        found.add(tuple(np.round(compute(index(None, **rules), data).nodes["R"].sort_index(), 9)))
    return found


@pytest.mark.parametrize("rules", WAYS, ids=str)
def test_a_mean_is_drawn_from_all_units_that_have_a_value(rules: dict[str, Any]) -> None:
    assert drawn_roots(index("mean", **rules)) == roots_with([20.0, 30.0, 50.0, 80.0], **rules)


def test_a_group_and_neighbours_are_drawn_from_their_own() -> None:
    assert drawn_roots(index({"method": "group_median", "group": "group"})) == roots_with([80.0, 50.0])
    near = drawn_roots(index({"method": "neighbours", "neighbours": 2}))
    all_donors = roots_with([20.0, 30.0, 50.0, 80.0])
    assert near < all_donors and len(near) == 3


def test_what_is_filled_on_the_common_scale_is_drawn_there() -> None:
    definition = index({"method": "mean", "after": "normalisation"})
    problem = index_problem(definition, compute(definition, DATA), DATA)
    assert not problem.ways and set(problem.donors) == {"B"}
    (donors,) = problem.donors["B"].values()
    assert donors.tolist() == pytest.approx([0.0, 1 / 6, 0.5, 1.0])


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ({"method": "value", "value": 40}, "a stated value stands in"),
        ({"method": "group_mean", "group": "alone"}, "one value alone stands behind that of u1"),
    ],
    ids=str,
)
def test_what_is_not_known_about_an_imputed_value_is_told(missing: dict[str, Any], told: str) -> None:
    data = DATA.assign(alone=["x", "x", "x", "y", "y"])
    found = worked_out_of_file(index(missing), data, 100)
    assert told in found.not_varied["imputation of B"]
    assert "imputation" in found.frames["score_uncertainty"]["varied"].iloc[0].split(";"), "it may stay away"


def test_draws_of_imputed_values_are_the_same_bits_in_any_order_of_rows() -> None:
    first, second = (worked_out_of_file(index("mean"), data, 100) for data in (DATA, DATA.iloc[[3, 0, 4, 2, 1]]))
    assert first.frames["score_uncertainty"]["high"].tolist() == pytest.approx(
        second.frames["score_uncertainty"]["high"].tolist(), abs=1e-12
    )


def test_an_imputed_value_widens_the_interval_of_its_unit() -> None:
    filled = worked_out_of_file(index("mean"), DATA, 2_000).frames["score_uncertainty"]
    whole = worked_out_of_file(index(None), DATA.assign(B=[20.0, 80.0, 30.0, 45.0, 50.0]), 2_000).frames[
        "score_uncertainty"
    ]
    wide, narrow = (f.assign(width=f["high"] - f["low"]).set_index("place_id")["width"] for f in (filled, whole))
    assert wide["u1"] > 1.5 * narrow["u1"]
