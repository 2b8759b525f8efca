"""Why the score of a tree moved: as every order in plain loops has it, and adding up whatever changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from idtracker.analyse.change.cells import Cell
from idtracker.analyse.change.decompose import ChangeRow, decompose
from idtracker.analyse.change.leaf import Expected, PanelState, Side
from idtracker.analyse.change.tree_game import TreeGame
from idtracker.analyse.change.tree_leaves import counted_by
from idtracker.analyse.change.tree_levels import divide_tree
from idtracker.analyse.index.nodes import pruned, valued
from idtracker.model.composite.definition import Index
from idtracker.model.method import load_method
from tests.unit.analyse.change.programmes import SCALE, cell
from tests.unit.analyse.change.programmes import side as two_level_side
from tests.unit.analyse.change.tree_programmes import HEAD, NAMES, TREE, by_every_order, score

MERGING = load_method()
EXPECTED = {name: Expected("", 1.0, SCALE) for name in NAMES}


def index_of(tree: dict[str, Any] = TREE, **own: Any) -> Index:
    return Index.model_validate(
        {**HEAD, "indicators": {n: {"label": n, "normalise": "register", **own.get(n, {})} for n in NAMES}, "tree": tree}
    )  # fmt: skip


def side(cells: dict[str, Cell], index: Index, node: str = "WHOLE", expected: dict[str, Expected] = EXPECTED) -> Side:
    """A side with the score that the tracker's own aggregation gives (idtracker.analyse.index.nodes)."""
    tree = pruned(index.hierarchy, frozenset(expected))
    leaves = {n: np.array([cells[n].score if n in cells else np.nan]) for n in tree.indicators}
    value = float(valued(tree, leaves)[node].value[0])
    return Side(None if np.isnan(value) else value, index, expected, cells, {}, MERGING)


def parts_of(rows: list[ChangeRow]) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for row in rows:
        found[row.cause, row.indicator_id] = found.get((row.cause, row.indicator_id), 0.0) + (row.points or 0.0)
    return found


OLD = {"A": cell(30.0), "B": cell(45.0), "C": cell(80.0), "E": cell(20.0), "F": cell(66.0)}
NEW = {
    "A": cell(50.0, origin="2026-Q3"),
    "B": cell(35.0, origin="2026-Q3"),
    "C": cell(70.0, carried=True, origin="2026-Q1"),
    "D": cell(15.0, origin="2026-Q3"),
    "E": cell(90.0, carried=True, origin="2026-Q1"),
}
"""A and B are new, C and E carried, D comes in and F is too old."""
CAUSE = {"A": "NEW_DATA", "B": "NEW_DATA", "C": "CARRIED", "E": "CARRIED", "D": "COVERAGE", "F": "CARRIED"}


def value_of(tree: Any, acted: frozenset[tuple[str, str]]) -> float:
    values = {n: (NEW if (CAUSE[n], n) in acted else OLD).get(n) for n in NAMES}
    found = score(tree, {n: None if c is None else c.value for n, c in values.items()})[1]
    assert found is not None
    return found


def same_parts(found: dict[tuple[str, str], float], expected: dict[tuple[str, str], float]) -> None:
    assert found == pytest.approx({key: part for key, part in expected.items() if part or key in found}, abs=5e-9)


def test_a_change_of_three_levels_is_divided_as_every_order_along_the_tree_has_it() -> None:
    index = index_of()
    rows = decompose(side(OLD, index), side(NEW, index), "WHOLE", "PERIOD")
    expected = by_every_order(lambda before: TREE, value_of, ["NEW_DATA", "CARRIED", "COVERAGE"])
    same_parts(parts_of(rows), expected)
    assert len(parts_of(rows)) == 6


def test_a_node_below_the_root_has_a_change_of_its_own() -> None:
    index, left = index_of(), TREE["children"][0]
    rows = decompose(side(OLD, index, "LEFT"), side(NEW, index, "LEFT"), "LEFT", "PERIOD")
    same_parts(parts_of(rows), by_every_order(lambda before: left, value_of, ["NEW_DATA", "CARRIED", "COVERAGE"]))


def test_another_tree_is_a_cause_of_its_own_beside_what_else_changed() -> None:
    left, right = TREE["children"]
    other = TREE | {"children": [right | {"weight": 1, "aggregation": "arithmetic"}, left | {"weight": 1}]}
    rows = decompose(side(OLD, index_of()), side(NEW, index_of(other)), "WHOLE", "PERIOD")
    expected = by_every_order(
        lambda before: other if "METHOD" in before else TREE,
        value_of,
        ["NEW_DATA", "CARRIED", "COVERAGE", "METHOD"],
        "METHOD",
    )
    same_parts(parts_of(rows), expected)
    assert abs(expected["METHOD", ""]) > 1


def test_a_leaf_with_a_rule_of_its_own_is_divided_in_its_own_unit() -> None:
    own = {"normalise": {"method": "goalposts", "low": 0, "high": 40, "scale": [0, 100]}, "transform": "square_root"}
    index = index_of({"code": "WHOLE", "children": list(NAMES)}, A=own)
    tree = pruned(index.hierarchy, frozenset(NAMES))
    pair = []
    for first, second in ((4.0, 16.0), (9.0, 23.0)):
        mean = (first + second) / 2
        merged = Cell(mean, np.nan, "MEAN", False, "2026-Q2", {"UN": (first, 0.5), "NGO": (second, 0.5)})
        cells = {**{n: cell(50.0) for n in NAMES}, "A": merged}
        root = 100 * np.sqrt(mean) / np.sqrt(40.0)
        leaves = {n: np.array([root if n == "A" else 50.0]) for n in NAMES}
        value = float(valued(tree, leaves)["WHOLE"].value[0])
        pair.append(Side(value, index, EXPECTED, cells, {}, MERGING))
    rows = {row.org_id: row.points for row in decompose(pair[0], pair[1], "WHOLE", "KNOWLEDGE")}
    assert set(rows) == {"UN", "NGO"} and rows["NGO"] == pytest.approx(7 / 5 * rows["UN"])  # type: ignore[operator]
    assert rows["UN"] + rows["NGO"] == pytest.approx(100 * (4 - np.sqrt(10)) / np.sqrt(40) / 6)  # type: ignore[operator]


PER_HEAD = {"denominator": {"column": "population", "per": 10}, "scale": [0, 100],
            "normalise": {"method": "goalposts", "low": 0, "high": 4}}  # fmt: skip


def test_a_leaf_per_head_is_divided_as_its_value_is_while_the_population_stays() -> None:
    one = {"indicators": {"A": {"label": "A", **PER_HEAD}}, "tree": {"code": "WHOLE", "children": ["A"]}}
    index = Index.model_validate({**HEAD, **one})
    own = {"A": EXPECTED["A"]}
    old, new = (Side(s, index, own, {"A": c}, {}, MERGING, figures={"population": 250.0})
                for s, c in ((30.0, cell(30.0)), (50.0, cell(50.0, origin="2026-Q3"))))  # fmt: skip
    assert parts_of(decompose(old, new, "WHOLE", "PERIOD")) == pytest.approx({("NEW_DATA", "A"): 20.0})
    more = replace(new, score=25.0, figures={"population": 500.0})
    assert parts_of(decompose(old, more, "WHOLE", "KNOWLEDGE")) == {("UNDIVIDED", ""): -5.0}


def panel_state(value: float, low: float, high: float, *, is_imputed: bool = False) -> PanelState:
    """A value between the least and greatest of its panel."""

    def onto(x: float) -> float:
        return 100 * min(1.0, max(0.0, (x - low) / (high - low)))

    return PanelState(onto(value), is_imputed, value, onto)


MIN_MAX = {"normalise": {"method": "min_max", "scale": [0, 100]}}
ONE_LEAF = {"indicators": {"A": {"label": "A", **MIN_MAX}}, "tree": {"code": "WHOLE", "children": ["A"]}}


def panel_sides(old: PanelState, new: PanelState, cells: tuple[Cell | None, Cell | None]) -> tuple[Side, Side]:
    index, own = Index.model_validate({**HEAD, **ONE_LEAF}), {"A": EXPECTED["A"]}
    pairs = zip((old, new), cells, strict=True)
    before, after = (
        Side(s.score, index, own, {} if c is None else {"A": c}, {}, MERGING, panel={"A": s}) for s, c in pairs
    )
    return before, after


def test_what_a_value_did_is_told_apart_from_what_those_around_it_did() -> None:
    """From 30 to 50 while the scale goes from 10..60 to 20..90: the mean of the step on both scales is its own."""
    old, new = panel_state(30.0, 10.0, 60.0), panel_state(50.0, 20.0, 90.0)
    rows = parts_of(decompose(*panel_sides(old, new, (cell(30.0), cell(50.0, origin="2026-Q3"))), "WHOLE", "PERIOD"))
    own = (100 * 20 / 50 + 100 * 20 / 70) / 2
    assert rows == pytest.approx({("NEW_DATA", "A"): own, ("PANEL", "A"): 100 * 30 / 70 - 100 * 20 / 50 - own})
    still = panel_state(30.0, 20.0, 90.0)
    rows = parts_of(decompose(*panel_sides(old, still, (cell(30.0), cell(30.0))), "WHOLE", "PERIOD"))
    assert rows == pytest.approx({("PANEL", "A"): 100 * 10 / 70 - 100 * 20 / 50})


def test_what_is_filled_in_comes_in_or_is_the_panels() -> None:
    old, new = panel_state(30.0, 10.0, 60.0), panel_state(50.0, 20.0, 90.0, is_imputed=True)
    rows = parts_of(decompose(*panel_sides(old, new, (cell(30.0), None)), "WHOLE", "PERIOD"))
    assert rows == pytest.approx({("COVERAGE", "A"): 100 * 30 / 70 - 40})
    both = replace(old, is_imputed=True)
    rows = parts_of(decompose(*panel_sides(both, new, (None, None)), "WHOLE", "PERIOD"))
    assert rows == pytest.approx({("PANEL", "A"): 100 * 30 / 70 - 40})


def test_a_change_that_no_game_explains_is_not_divided_and_says_so() -> None:
    """Of another tree that looks across places, and where the score is not what its leaves give."""
    old, new = panel_sides(panel_state(30.0, 10.0, 60.0), panel_state(50.0, 20.0, 90.0), (cell(30.0), cell(50.0)))
    off = replace(new, score=77.0)
    assert decompose(old, off, "WHOLE", "PERIOD") == [ChangeRow("UNDIVIDED", "", "", 77.0 - 40.0)]
    other = replace(new, method=Index.model_validate({**HEAD, **ONE_LEAF, "title": "other"}))
    (row,) = decompose(old, other, "WHOLE", "KNOWLEDGE")
    assert (row.cause, row.points) == ("UNDIVIDED", pytest.approx(100 * 30 / 70 - 40))
    assert decompose(replace(old, score=None), other, "WHOLE", "PERIOD")[0].cause == "APPEARED"


def test_a_sum_of_governorates_under_a_rule_of_its_own_is_divided_by_what_each_added() -> None:
    """10 more in P and 30 more in Q, by other organisations: a quarter and three quarters of what the leaf moves."""
    own = {"normalise": {"method": "goalposts", "low": 0, "high": 400, "scale": [0, 100]}, "direction": -1}
    index = index_of({"code": "WHOLE", "children": list(NAMES)}, A=own)
    pair = []
    for p, q in ((20.0, 60.0), (30.0, 90.0)):
        parts = {"P": cell(p, org="UN"), "Q": cell(q, org="NGO")}
        whole = Cell(p + q, 50.0, "NATIONAL_SUM", False, "2026-Q2", {}, parts)
        score_of_leaf = 100 * (1 - (p + q) / 400)
        cells = {**{n: cell(50.0) for n in NAMES}, "A": whole}
        value = (5 * 50.0 + score_of_leaf) / 6
        pair.append(Side(round(value, 9), index, EXPECTED, cells, {"P": 1.0, "Q": 1.0}, MERGING))
    rows = {row.org_id: row.points for row in decompose(pair[0], pair[1], "WHOLE", "KNOWLEDGE")}
    assert rows == pytest.approx({"UN": -10 / 4 / 6, "NGO": -30 / 4 / 6}, abs=2e-9)


_CELLS = st.dictionaries(
    st.sampled_from(NAMES),
    st.builds(
        lambda value, carried, origin: cell(value, carried=carried, origin=origin),
        st.floats(-10, 110, allow_nan=False),
        st.booleans(),
        st.sampled_from(["2026-Q1", "2026-Q2"]),
    ),
    min_size=2,
)
_EXPECTED = st.lists(st.sampled_from(NAMES), min_size=3, unique=True).map(lambda some: {n: EXPECTED[n] for n in some})


OTHER: dict[str, Any] = {
    "code": "WHOLE", "aggregation": "power", "exponent": 0.5, "coverage": {"share": 0.4, "of": "indicators"},
    "children": [
        {"code": "LEFT", "weight": 3, "coverage": {"share": 0.5, "of": "children"}, "round": {"decimals": 1, "mode": "half_up"},
         "children": [
            {"code": "LOW", "weight": 2, "aggregation": "median", "coverage": {"share": 0.0, "at_least": 2}, "children": ["A", "B", "C"]},
            {"code": "MIDDLE", "weight": 1, "worst_component": {"margin": 10}, "children": ["A", "D"]},
        ]},
        {"code": "RIGHT", "weight": 0, "aggregation": "maximum", "children": ["E"]},
        {"code": "F", "weight": 1},
    ],
}  # fmt: skip
"""Every rule of coverage, rounding, a worst component, a leaf that counts twice and one beside nodes."""


@settings(max_examples=80, deadline=None, phases=[Phase.generate])
@given(_CELLS, _CELLS, _EXPECTED, _EXPECTED, st.sampled_from(["WHOLE", "LEFT", "LOW"]), st.booleans())
def test_the_parts_of_a_tree_add_up_to_the_difference(
    old: dict[str, Cell],
    new: dict[str, Cell],
    first: dict[str, Expected],
    second: dict[str, Expected],
    node: str,
    is_other: bool,
) -> None:
    index = index_of(OTHER, A={"shared": True}) if is_other else index_of()
    sides = []
    for cells, expected in ((old, first), (new, second)):
        if node == "WHOLE" or set(expected) & {"A", "B"}:
            sides.append(side(cells, index, node, expected))
    if len(sides) < 2:
        return
    rows = decompose(sides[0], sides[1], node, "KNOWLEDGE")
    if None in (sides[0].score, sides[1].score):
        assert all(row.points is None for row in rows)
    else:
        assert sum(row.points or 0.0 for row in rows) == pytest.approx(sides[1].score - sides[0].score, abs=1e-9)  # type: ignore[operator]


def test_a_tree_that_says_what_the_two_level_method_says_has_the_same_parts() -> None:
    children = [
        {"code": code, "weight": d.weight, "coverage": MERGING.coverage, "children": [f"{code}-a", f"{code}-b"]}
        for code, d in MERGING.dimensions.items()
    ]
    names = [leaf for child in children for leaf in child["children"]]
    tree = {"code": MERGING.root, "aggregation": MERGING.across, "floor": MERGING.floor, "coverage": MERGING.coverage}
    index = Index.model_validate(
        {**HEAD, "indicators": {n: {"label": n, "normalise": "register"} for n in names}, "tree": tree | {"children": children}}
    )  # fmt: skip
    old = {n: cell(20.0 + 6 * at) for at, n in enumerate(names)}
    new = {n: cell(70.0 - 5 * at, carried=at % 3 == 0, origin="2026-Q3") for at, n in enumerate(names)}
    pair = [two_level_side(cells, method=MERGING) for cells in (old, new)]
    expected = {n: Expected("", 1.0, SCALE) for n in names}
    trees = [replace(one, method=index, expected=expected, merging=MERGING) for one in pair]
    one = decompose(pair[0], pair[1], MERGING.root, "PERIOD")
    other = decompose(trees[0], trees[1], MERGING.root, "PERIOD")
    assert parts_of(one) == pytest.approx(parts_of(other), abs=5e-9)


def test_sampled_parts_of_a_tree_lie_within_their_error_and_add_up() -> None:
    index = index_of()
    sides = side(OLD, index), side(NEW, index)
    game = TreeGame([counted_by(index, "WHOLE", sides, "PERIOD")], sides[0].score or 0.0)
    exact, drawn = divide_tree(game), divide_tree(game, most_exact=1)
    assert drawn == divide_tree(game, most_exact=1)
    assert sum(p.points for p in drawn) == pytest.approx(sides[1].score - sides[0].score, abs=5e-9)  # type: ignore[operator]
    assert any(p.error > 0 for p in drawn) and all(p.error == 0 for p in exact)
    for one, other in zip(drawn, exact, strict=True):
        assert (one.cause, one.place) == (other.cause, other.place)
        assert abs(one.points - other.points) <= 5 * one.error + 1e-9


def test_a_score_that_does_not_follow_from_the_leaves_is_refused() -> None:
    index = index_of()
    with pytest.raises(ValueError, match="what it is made of gives"):
        decompose(side(OLD, index), replace(side(NEW, index), score=99.0), "WHOLE", "PERIOD")
