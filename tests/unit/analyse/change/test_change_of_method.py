"""A score by a two-level method against one by a tree: the method is one cause, and all causes add up, as every order in plain loops has it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from idtracker.analyse.change.cells import Basis, Cell
from idtracker.analyse.change.decompose import decompose
from idtracker.analyse.change.leaf import Expected, Side
from idtracker.analyse.change.method_tree import Members, tree_of_method
from idtracker.analyse.index.nodes import pruned, valued
from idtracker.model.composite.definition import Index
from idtracker.model.errors import UsageError
from idtracker.model.method import Method, load_method
from tests.unit.analyse.change.programmes import SCALE, cell, score_of
from tests.unit.analyse.change.test_tree_change import EXPECTED, NEW, OLD, index_of, parts_of, same_parts, value_of
from tests.unit.analyse.change.tree_programmes import NAMES, TREE, by_every_order

METHOD = load_method()
DIMENSIONS = list(METHOD.dimensions)
MEMBERS: Members = {name: (DIMENSIONS[n // 2], 1.0) for n, name in enumerate(NAMES)}
"""A and B, C and D, E and F make a dimension each; two dimensions have no indicator."""
TWO_LEVEL: dict[str, Any] = {
    "code": METHOD.root, "aggregation": METHOD.across, "floor": METHOD.floor, "coverage": METHOD.coverage,
    "children": [
        {"code": code, "weight": METHOD.dimensions[code].weight, "aggregation": METHOD.within, "coverage": METHOD.coverage,
         "children": [name for name in NAMES if MEMBERS[name][0] == code]}
        for code in DIMENSIONS[:3]
    ],
}  # fmt: skip


def two_level(
    cells: dict[str, Cell], members: Members = MEMBERS, node: str = METHOD.root, method: Method = METHOD
) -> Side:
    """A side of a publication by the two-level method, with the score of the tracker's own aggregation of it."""
    expected = {name: Expected(*own, SCALE) for name, own in members.items()}
    score = score_of(Side(0.0, method, expected, cells, {}), node)
    return Side(score, tree_of_method(method, members), EXPECTED, cells, {}, method)


def by_tree(cells: dict[str, Cell], index: Index, node: str = "WHOLE") -> Side:
    leaves = {n: np.array([cells[n].score if n in cells else np.nan]) for n in NAMES}
    value = float(valued(pruned(index.hierarchy, frozenset(NAMES)), leaves)[node].value[0])
    return Side(None if np.isnan(value) else value, index, EXPECTED, cells, {}, METHOD)


@pytest.mark.parametrize("is_tree_after", [True, False], ids=["to a tree", "to a two-level method"])
def test_a_change_of_kind_is_divided_as_every_order_has_it(is_tree_after: bool) -> None:
    before = two_level(OLD) if is_tree_after else by_tree(OLD, index_of())
    after = by_tree(NEW, index_of()) if is_tree_after else two_level(NEW)
    nodes = (METHOD.root, "WHOLE") if is_tree_after else ("WHOLE", METHOD.root)
    first, second = (TWO_LEVEL, TREE) if is_tree_after else (TREE, TWO_LEVEL)
    rows = decompose(before, after, nodes[1], "PERIOD", node_before=nodes[0])
    expected = by_every_order(
        lambda acted: second if "METHOD" in acted else first,
        value_of,
        ["NEW_DATA", "CARRIED", "COVERAGE", "METHOD"],
        "METHOD",
    )
    same_parts(parts_of(rows), expected)
    assert abs(expected["METHOD", ""]) > 0.1
    assert [(row.indicator_id, row.org_id) for row in rows if row.cause == "METHOD"] == [("", "")]
    assert sum(row.points or 0.0 for row in rows) == pytest.approx((after.score or 0) - (before.score or 0), abs=1e-9)


def test_where_nothing_else_changed_the_method_has_all_of_it() -> None:
    before, after = two_level(OLD), by_tree(OLD, index_of())
    (row,) = decompose(before, after, "WHOLE", "KNOWLEDGE", node_before=METHOD.root)
    assert (row.cause, row.indicator_id, row.points) == ("METHOD", "", (after.score or 0) - (before.score or 0))


def test_the_same_method_written_as_a_tree_has_no_part() -> None:
    """What is left of the difference is what the reports did, to the last digit that a score has."""
    index = Index.model_validate(
        tree_of_method(METHOD, MEMBERS).model_dump(exclude_unset=True) | {"method_version": "T"}
    )
    rows = decompose(two_level(OLD), replace(two_level(NEW), method=index), METHOD.root, "PERIOD")
    alone = decompose(two_level(OLD), two_level(NEW), METHOD.root, "PERIOD")
    same_parts(parts_of(rows), parts_of(alone) | {("METHOD", ""): 0.0})


def test_a_method_whose_codes_no_tree_can_have_is_refused_in_words() -> None:
    odd = METHOD.model_copy(update={"root": "the whole"})
    with pytest.raises(UsageError, match="cannot be set against a tree"):
        tree_of_method(odd, MEMBERS)


def test_a_dimension_that_the_tree_has_too_is_compared_with_it() -> None:
    first = DIMENSIONS[0]
    index = index_of(
        {"code": "WHOLE", "children": [{"code": first, "aggregation": "minimum", "children": ["A", "B"]}, *NAMES[2:]]}
    )
    before, after = two_level(OLD, node=first), by_tree(OLD, index, first)
    (row,) = decompose(before, after, first, "KNOWLEDGE")
    assert (row.cause, row.points) == ("METHOD", pytest.approx(30.0 - (30.0 + 45.0) / 2))


def test_an_indicator_that_one_of_the_methods_leaves_out_counts_where_it_is_in_force() -> None:
    """F is of the tree alone, and alone is reported anew: it has a part, and half of the method's is with F as it was."""
    members = {name: own for name, own in MEMBERS.items() if name != "F"}
    old = {name: cell(40.0) for name in NAMES}
    new = old | {"F": cell(100.0, origin="2026-Q3")}
    index = index_of({"code": "WHOLE", "children": list(NAMES)})
    rows = decompose(two_level(old, members), by_tree(new, index), "WHOLE", "PERIOD", node_before=METHOD.root)
    # 40 by both methods before, 50 by the tree after: alone the tree moves nothing and F nothing, so that each has half
    assert parts_of(rows) == pytest.approx({("NEW_DATA", "F"): 5.0, ("METHOD", ""): 5.0})


_CELLS = st.dictionaries(
    st.sampled_from(NAMES),
    st.builds(lambda value, carried: cell(value, carried=carried), st.floats(-10, 110, allow_nan=False), st.booleans()),
    min_size=3,
)


@settings(max_examples=60, deadline=None, phases=[Phase.generate])
@given(
    _CELLS,
    _CELLS,
    st.booleans(),
    st.sampled_from(["PERIOD", "KNOWLEDGE"]),
    st.sampled_from(["arithmetic", "geometric"]),
    st.sampled_from(["arithmetic", "geometric"]),
)
def test_the_parts_of_a_change_of_kind_add_up(
    old: dict[str, Cell], new: dict[str, Cell], is_tree_after: bool, basis: Basis, within: str, across: str
) -> None:
    method = METHOD.model_copy(update={"within": within, "across": across})
    sides = two_level(old, method=method), by_tree(new, index_of())
    nodes = METHOD.root, "WHOLE"
    if not is_tree_after:
        sides, nodes = sides[::-1], nodes[::-1]
    rows = decompose(*sides, nodes[1], basis, node_before=nodes[0])
    start, end = (side.score for side in sides)
    if start is None or end is None:
        assert all(row.points is None for row in rows)
    else:
        assert sum(row.points or 0.0 for row in rows) == pytest.approx(end - start, abs=1e-9)
        assert {row.cause for row in rows if not row.indicator_id} <= {"METHOD"}
