"""Alternatives that a method names: each draw is one of the stated choices, worked out otherwise; what cannot be drawn is told."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tracker_rounds import NOW, index_of, methods_of, round_tables

from idtracker.analyse.composite.engine import compute
from idtracker.analyse.sensitivity.adapters.choices import only_defined
from idtracker.analyse.sensitivity.adapters.index_files import index_problem
from idtracker.analyse.sensitivity.derive import round_problem, worked_out, worked_out_of_file
from idtracker.analyse.sensitivity.one_at_a_time import changed_one_at_a_time
from idtracker.analyse.sensitivity.outcome import drawn
from idtracker.model.composite.definition import Index
from idtracker.model.method import Method, load_method
from idtracker.model.methods.chosen import Methods, Scoring

DATA = pd.DataFrame(
    {
        "A": [10.0, 40.0, 90.0, 60.0],
        "B": [20.0, 80.0, 30.0, 44.0],
        "C": [55.0, 5.0, 70.0, 35.0],
        "group": ["x", "y", "x", "y"],
    },
    index=pd.Index(["u2", "u0", "u3", "u1"], name="unit"),
)
FLAT = {"code": "WHOLE", "coverage": 0, "children": ["I_A", "I_B", "I_C", "I_D", "I_E"]}
NARROW = {"method": "goalposts", "low": 5, "high": 45, "scale": [0, 100]}


def file_index(alternatives: dict[str, Any], **more: Any) -> Index:
    """An arithmetic mean of a mean of two indicators and a third one."""
    return Index.model_validate(
        {
            "method_version": "T-1", "title": "test", "source": "none",
            "indicator_defaults": {"normalise": {"method": "goalposts", "low": 0, "high": 100}, "scale": [0, 100]},
            "indicators": {code: {"label": code} for code in "ABC"}, "defaults": {"weights": "relative", "coverage": 0},
            "tree": {"code": "R", "children": [{"code": "N", "children": [{"code": "A", "weight": 2}, {"code": "B", "weight": 1}]}, "C"]},
            "alternatives": alternatives, **more,
        }
    )  # fmt: skip


def under(index: Index, **changes: Any) -> pd.Series:
    """Values of the root where the file states something else, by the engine."""
    file = index.model_dump(exclude_unset=True)
    file.pop("alternatives")
    computed = compute(Index.model_validate({**file, **changes}), DATA)
    return computed.nodes["R"].sort_index()


def distinct(index: Index, only: str, draws: int = 300) -> set[tuple[float, ...]]:
    found = drawn(index_problem(index, compute(index, DATA), DATA), draws, only=(only,))
    return {tuple(np.round(row, 9)) for row in found.values[-1]}


def test_each_draw_is_the_index_under_one_normalisation() -> None:
    wide = {"method": "min_max"}
    index = file_index(
        {"normalisation": [{"of": ["N"], "choices": [{"normalise": wide}, {"normalise": "percentile_rank"}]}]}
    )
    stated = index.model_dump(exclude_unset=True)["indicators"]
    expected = set()
    for way in (None, wide, {"method": "percentile_rank"}):
        own = {} if way is None else {"normalise": way}
        indicators = {code: {**body, **(own if code in "AB" else {})} for code, body in stated.items()}
        expected.add(tuple(np.round(under(index, indicators=indicators), 9)))
    assert distinct(index, "normalisation") == expected and len(expected) == 3
    problem = index_problem(index, compute(index, DATA), DATA)
    assert problem.varied() == ("normalisation", "weights", "aggregation")
    assert problem.why_not()["normalisation of others"] == "no alternative is declared for C"


def test_each_draw_is_the_index_under_declared_aggregations() -> None:
    index = file_index(
        {
            "aggregation": [
                {"of": ["R"], "choices": ["harmonic", {"aggregation": "power", "exponent": 2}]},
                {"of": ["N"], "choices": []},
            ]
        }
    )
    tree = index.model_dump(exclude_unset=True)["tree"]
    forms: list[dict[str, Any]] = [{}, {"aggregation": "harmonic"}, {"aggregation": "power", "exponent": 2}]
    expected = {tuple(np.round(under(index, tree={**tree, **form}), 9)) for form in forms}
    assert distinct(index, "aggregation") == expected and len(expected) == 3
    assert (
        "no other was as reasonable" in index_problem(index, compute(index, DATA), DATA).not_varied["aggregation of N"]
    )


def test_nodes_of_one_entry_choose_together() -> None:
    index = file_index({"aggregation": [{"choices": ["minimum"]}]})
    tree = index.model_dump(exclude_unset=True)["tree"]
    inner, third = tree["children"]
    plain = {**inner, "aggregation": "minimum", "children": ["A", "B"]}
    both = under(index, tree={**tree, "aggregation": "minimum", "children": [plain, third]})
    assert distinct(index, "aggregation") == {tuple(np.round(v, 9)) for v in (under(index), both)}


def test_certain_weights_vary_with_the_sets_alone() -> None:
    sets = [
        {"label": "mine", "weights": {"R": {"N": 3, "C": 1}, "N": {"A": 1, "B": 4}}},
        {"label": "yours", "weights": {"R": {"N": 1, "C": 4}}},
    ]
    index = file_index({"weights": {"spread": 0, "sets": sets}})
    tree = index.model_dump(exclude_unset=True)["tree"]
    mine = {
        **tree,
        "children": [
            {**tree["children"][0], "weight": 3, "children": [{"code": "A", "weight": 1}, {"code": "B", "weight": 4}]},
            {"code": "C", "weight": 1},
        ],
    }
    yours = {**tree, "children": [{**tree["children"][0], "weight": 1}, {"code": "C", "weight": 4}]}
    expected = {tuple(np.round(v, 9)) for v in (under(index), under(index, tree=mine), under(index, tree=yours))}
    assert distinct(index, "weights") == expected and len(expected) == 3
    changes = changed_one_at_a_time(index_problem(index, compute(index, DATA), DATA))
    own = next(c for c in changes if c.subject == "set mine")
    assert own.score == pytest.approx(under(index, tree=mine) - under(index))


def test_a_spread_of_its_own() -> None:
    """Two equal weights: the drawn share has the standard deviation spread/2."""
    wide, none = file_index({"weights": {"spread": 0.4}}), file_index({"weights": {"spread": 0}})
    problem = index_problem(wide, compute(wide, DATA), DATA)
    found = drawn(problem, 20_000, only=("weights",))
    children = compute(wide, DATA).nodes["N"].sort_index(), DATA["C"].sort_index()
    at_n = found.values[0]
    share = (found.values[-1] - children[1].to_numpy()) / (at_n - children[1].to_numpy())
    assert share.std(axis=0) == pytest.approx(np.full(4, 0.2), rel=0.03)
    told = index_problem(none, compute(none, DATA), DATA)
    assert "weights" not in told.varied() and "spread 0" in told.why_not()["weights"]


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no column": ({"normalisation": [{"of": ["A"], "choices": [{"normalise": {"method": "min_max", "within": "region"}}]}]}, "no column `region`"),
    "log of zero": ({"normalisation": [{"of": ["C"], "choices": [{"normalise": {"method": "goalposts", "low": 1, "high": 100}, "transform": "log"}]}]}, "u0"),
    "one in its group": ({"normalisation": [{"of": ["A"], "choices": [{"normalise": {"method": "min_max", "reference_units": ["u1"]}}]}]}, "min-max"),
    "beyond its scale": ({"normalisation": [{"of": ["A"], "choices": [{"normalise": {"method": "none", "scale": [0, 100]}}]}]}, "u3"),
    "mean of zero": ({"aggregation": [{"of": ["R"], "choices": ["geometric"]}]}, "u0"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_an_alternative_that_the_data_do_not_allow_is_told_and_not_drawn(name: str) -> None:
    alternatives, told = BAD[name]
    data = DATA.assign(A=[10.0, 40.0, 120.0, 60.0], C=[55.0, 0.0, 70.0, 35.0])
    found = worked_out_of_file(file_index(alternatives), data, 100)
    kind = next(iter(alternatives))
    rules = [f for f in found.findings if f.rule == "alternative-undefined"]
    assert len(rules) == 1 and told in rules[0].message, rules
    assert any(name.startswith(f"{kind} of ") and told in why for name, why in found.not_varied.items())
    assert found.frames["score_uncertainty"]["undefined_draws"].eq(0).all()
    stated = worked_out_of_file(
        file_index({"aggregation": [{"of": ["R"], "choices": []}]} if kind == "aggregation" else {}), data, 100
    )
    columns = ["score", "low", "median", "high"]
    pd.testing.assert_frame_equal(
        found.frames["score_uncertainty"][columns], stated.frames["score_uncertainty"][columns]
    )


def test_alternatives_of_a_tree_that_scores_the_tracker_by_loops() -> None:
    """A leaf of the register under other goalposts, with errors in the unit of its values; means and goalposts in plain arithmetic."""
    choice = {"normalise": NARROW, "direction": -1}
    index = index_of(
        FLAT,
        more={
            "alternatives": {
                "normalisation": [{"of": ["I_C"], "choices": [choice]}],
                "aggregation": [{"choices": []}],
                "weights": {"spread": 0},
            }
        },
    )
    methods = methods_of(index)
    tables = round_tables(methods)
    problem, _ = round_problem(tables, methods, NOW)
    assert set(problem.varied()) == {"measurement", "normalisation"}
    found = drawn(problem, 400, only=("normalisation",))
    cells = tables.cells[tables.cells["period"] == NOW].set_index(["indicator_id", "place_id"])["value"]
    for at, place in enumerate(problem.places):
        there = [name for name in ("I_A", "I_B", "I_C", "I_D", "I_E") if (name, place) in cells.index]
        stated = [min(100.0, max(0.0, 2 * cells[name, place])) for name in there]
        other = [
            100 - 100 * min(1.0, max(0.0, (cells[n, place] - 5) / 40)) if n == "I_C" else s
            for n, s in zip(there, stated, strict=True)
        ]
        expected = {round(math.fsum(values) / len(values), 6) for values in (stated, other)}
        assert {round(float(v), 6) for v in found.values[-1][:, at]} == expected
        assert found.point[-1][at] == pytest.approx(math.fsum(stated) / len(stated), abs=1e-9)


def test_what_does_not_follow_from_its_value_alone_has_no_alternative() -> None:
    index = index_of(
        FLAT,
        more={"alternatives": {"normalisation": [{"of": ["I_C"], "choices": [{"normalise": NARROW, "direction": 1}]}]}},
    )
    methods = methods_of(index)
    tables = round_tables(methods)
    odd = (tables.cells["indicator_id"] == "I_C") & (tables.cells["place_id"] == "JO-IR")
    tables.cells.loc[odd, "score"] += 1.0
    problem, _ = round_problem(tables, methods, NOW)
    assert "normalisation" not in problem.varied() and "JO-IR" in problem.why_not()["normalisation of I_C"]


def two_level(**alternatives: Any) -> Methods:
    dump = load_method().model_dump() | {"dimensions": {"BSF1": {"label": "one", "weight": 1.0}}}
    method = Method.model_validate(dump | ({"alternatives": alternatives} if alternatives else {}))
    return Methods(method, Scoring("OWN", "headline", method))


def test_a_two_level_method_names_alternatives_too() -> None:
    methods = two_level(
        normalisation=[{"of": ["BSF1"], "choices": [{"normalise": NARROW, "direction": 1}]}],
        aggregation=[{"of": ["BSF1"], "choices": ["harmonic", "geometric"]}],
    )
    tables = round_tables(methods)
    problem, _ = round_problem(tables, methods, NOW)
    assert set(problem.varied()) == {"measurement", "normalisation", "weights", "aggregation"}
    values = drawn(problem, 600, only=("normalisation", "aggregation")).values[0]
    cells = tables.cells[tables.cells["period"] == NOW].set_index(["indicator_id", "place_id"])["value"]
    own = [float(cells[name, "JO"]) for name in ("I_A", "I_B", "I_C", "I_D", "I_E")]
    ways = ([2 * v for v in own], [100 * min(1.0, max(0.0, (v - 5) / 40)) for v in own])
    means = (
        lambda x: math.fsum(x) / 5,
        lambda x: 5 / math.fsum(1 / v for v in x),
        lambda x: math.exp(math.fsum(map(math.log, x)) / 5),
    )
    expected = {round(mean(way), 6) for mean, way in itertools.product(means, ways)}
    assert {round(float(v), 6) for v in values[:, problem.places.index("JO")]} == expected and len(expected) == 6


def test_without_alternatives_a_two_level_method_draws_what_it_drew() -> None:
    """Values of leaves and the node of a method without alternatives are positions and points, as before."""
    methods = two_level()
    tables = round_tables(methods)
    problem, _ = round_problem(tables, methods, NOW)
    assert not problem.ways and not problem.shared and problem.nodes[0].spread == 0.2
    assert "alternatives" not in methods.merging.model_dump()
    found = worked_out(tables, methods, NOW, 100)
    assert found.not_varied["normalisation"].startswith("the goalposts are fixed reference data") and not found.findings


def test_one_decision_stays_one_where_a_choice_is_what_a_node_does_already() -> None:
    """The inner node is harmonic: under `arithmetic` both are, under `harmonic` both are, and never one of each but as stated."""
    file = file_index({}).model_dump(exclude_unset=True)
    file["tree"]["children"][0]["aggregation"] = "harmonic"
    file["alternatives"] = {"aggregation": [{"choices": ["arithmetic", "harmonic"]}]}
    index = Index.model_validate(file)
    inner = file["tree"]["children"][0]
    trees = [
        {**file["tree"], "aggregation": outer, "children": [{**inner, "aggregation": own}, file["tree"]["children"][1]]}
        for outer, own in (("arithmetic", "harmonic"), ("arithmetic", "arithmetic"), ("harmonic", "harmonic"))
    ]
    expected = {tuple(np.round(under(index, tree=tree), 9)) for tree in trees}
    assert distinct(index, "aggregation") == expected and len(expected) == 3


def test_a_choice_that_one_leaf_does_not_allow_is_taken_by_none_of_its_entry() -> None:
    log = {"normalise": {"method": "goalposts", "low": 1, "high": 100}, "transform": "log"}
    index = file_index({"normalisation": [{"of": ["A", "C"], "choices": [log, {"normalise": "min_max"}]}]})
    data = DATA.assign(C=[55.0, 0.0, 70.0, 35.0])
    problem, findings = only_defined(index_problem(index, compute(index, data), data))
    assert {leaf: len(ways) for leaf, ways in problem.ways.items()} == {"A": 2, "C": 2}
    assert [found.where for found in findings] == ["C"]


def test_a_unit_without_a_value_as_stated_gets_none_by_an_alternative() -> None:
    file = file_index({}).model_dump(exclude_unset=True)
    file["indicators"]["C"] |= {"normalise": {"method": "goalposts", "low": 1, "high": 100}, "transform": "log"}
    choice = {"normalise": "min_max", "transform": "none"}
    index = Index.model_validate({**file, "alternatives": {"normalisation": [{"of": ["C"], "choices": [choice]}]}})
    data = DATA.assign(C=[55.0, 0.0, 70.0, 35.0])
    problem, findings = only_defined(index_problem(index, compute(index, data), data))
    assert len(problem.ways["C"]) == 2 and not findings
    values = drawn(problem, 50, only=("normalisation",)).values[-1]
    assert np.ptp(values, axis=0)[problem.places.index("u0")] == 0.0 < np.ptp(values, axis=0).max()


def test_where_no_alternative_can_be_drawn_the_report_does_not_say_that_none_was_declared() -> None:
    lacking = {"normalise": {"method": "min_max", "within": "region"}}
    index = file_index({"normalisation": [{"of": ["A"], "choices": [lacking]}]})
    told = worked_out_of_file(index, DATA, 100).not_varied["normalisation"]
    assert told == "none of the alternatives that are declared can be drawn"
    assert worked_out_of_file(file_index({}), DATA, 100).not_varied["normalisation"].startswith("no alternative is")
