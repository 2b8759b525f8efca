"""An index as rows: shares that were filled in, against plain loops; periods; and where each finding stands."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from indices import index_of

from idtracker.analyse.composite.engine import compute
from idtracker.analyse.composite.index_rows import COLUMNS, imputed_shares, index_rows
from idtracker.model.composite.definition import Index

WEIGHTS = {"ROOT": {"LEFT": 0.25, "C": 0.75}, "LEFT": {"A": 0.4, "B": 0.6}}
DATA = pd.DataFrame(
    {
        "A": [1.0, None, 3.0, None, 2.0],
        "B": [4.0, 5.0, None, None, 6.0],
        "C": [7.0, None, 9.0, 8.0, None],
        "D": [1.0, None, 2.0, 4.0, 8.0],
    },
    index=["u0", "u1", "u2", "u3", "u4"],
)


def filled() -> Index:
    """A is filled by the mean, B never, C on the common scale."""
    late = {"method": "value", "value": 0.5, "after": "normalisation"}
    goals = {"method": "goalposts", "low": 0, "high": 10}
    left = {
        "code": "LEFT",
        "coverage": 0,
        "children": [{"code": "A", "weight": 0.4}, {"code": "B", "weight": 0.6}],
        "weight": 0.25,
    }
    return index_of(
        {"A": {"missing": "mean"}, "B": {}, "C": {"normalise": goals, "missing": late}},
        {"code": "ROOT", "coverage": 0, "children": [left, {"code": "C", "weight": 0.75}]},
    )


def by_loops(unit: str) -> dict[str, float | None]:
    """The same shares, child by child, from what the data lack."""
    row = {code: None if math.isnan(value) else value for code, value in DATA.loc[unit].items()}
    shares: dict[str, float | None] = {
        "A": 0.0 if row["A"] is not None else 1.0, "B": None if row["B"] is None else 0.0, "C": 0.0 if row["C"] is not None else 1.0
    }  # fmt: skip
    for node in ("LEFT", "ROOT"):
        there = {child: weight for child, weight in WEIGHTS[node].items() if shares[child] is not None}
        total = sum(there.values())
        shares[node] = (
            sum(weight * (shares[child] or 0.0) for child, weight in there.items()) / total if total else None
        )
    return shares


def test_shares_that_were_filled_in_follow_the_weights_of_what_is_there() -> None:
    index = filled()
    computed = compute(index, DATA)
    found = imputed_shares(index.hierarchy, computed)
    seen = set()
    for place, unit in enumerate(DATA.index):
        for code, share in by_loops(unit).items():
            mine = float(found[code][place])
            assert math.isnan(mine) if share is None else mine == pytest.approx(share, abs=1e-12), (unit, code)
            seen.add(share)
    assert {None, 0.0, 1.0} < seen, "nothing, whole and in part"


def test_every_unit_has_a_row_for_every_code_with_the_values_of_the_engine() -> None:
    index = filled()
    computed = compute(index, DATA)
    rows, _ = index_rows(index, computed)
    assert tuple(rows.columns) == COLUMNS and len(rows) == 5 * 5
    assert list(dict.fromkeys(rows["node_code"])) == ["ROOT", "LEFT", "A", "B", "C"]
    keyed = rows.set_index(["unit_name", "node_code"])
    for unit in DATA.index:
        assert keyed.loc[(unit, "ROOT"), "score"] == computed.nodes.loc[unit, "ROOT"]
        assert keyed.loc[(unit, "ROOT"), "coverage"] == computed.coverage.loc[unit, "ROOT"]
        assert keyed.loc[(unit, "C"), "score"] == computed.normalised.loc[unit, "C"]
        assert pd.isna(keyed.loc[(unit, "C"), "rank"]) and pd.isna(keyed.loc[(unit, "C"), "coverage"])
        value = keyed.loc[(unit, "A"), "value"]
        assert value == (2.0 if math.isnan(DATA.loc[unit, "A"]) else DATA.loc[unit, "A"]), (
            "filled before the scale: the mean"
        )


def test_a_finding_stands_in_its_row_and_others_stand_apart() -> None:
    index = index_of({"A": {}, "B": {}}, {"coverage": 1})
    data = pd.DataFrame({"unit": ["x", "y", "y", "z"], "A": ["1", "2", "2", "many"], "B": ["1", "1", "1", "1"]})
    rows, apart = index_rows(index, compute(index, data))
    said = rows.set_index(["unit_name", "node_code"])["findings"].dropna().to_dict()
    assert set(said) == {("z", "A"), ("z", "R")}
    assert "`many`, which is no number" in said[("z", "A")]
    assert [(f.rule, f.unit) for f in apart] == [("repeated-unit", "y")]
    assert set(rows["unit_name"]) == {"x", "z"}


def test_periods_are_named_beside_units() -> None:
    index = index_of({"A": {}, "B": {}}, data={"unit": "place", "period": "year"})
    data = pd.DataFrame(
        {"place": ["x", "x", "y"], "year": ["2019", "2020", "2019"], "A": [1.0, 2.0, None], "B": [1.0, 2.0, 3.0]}
    )
    rows, _ = index_rows(index, compute(index, data))
    roots = rows[rows["node_code"] == "R"]
    assert roots[["unit_name", "unit_period"]].to_numpy().tolist() == [["x", "2019"], ["x", "2020"], ["y", "2019"]]
    late = rows.set_index(["unit_name", "unit_period", "node_code"])["findings"].dropna()
    assert set(late.index) == {("y", "2019", "R")}, "half of the weight is too little"
