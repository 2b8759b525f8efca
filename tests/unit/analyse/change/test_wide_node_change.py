"""Why the score of a tree moved whose nodes look across places: as every order in plain loops has it, the other places as one cause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from idtracker.analyse.change.decompose import decompose
from idtracker.analyse.change.leaf import Expected, NodeContext, Side
from idtracker.analyse.change.shapley import Floats
from idtracker.model.composite.definition import Index
from idtracker.model.method import load_method
from tests.unit.analyse.change.programmes import SCALE
from tests.unit.analyse.change.test_tree_change import CAUSE, NEW, OLD, parts_of, same_parts
from tests.unit.analyse.change.tree_programmes import HEAD, NAMES, by_every_order, score

MIN_MAX = {"method": "min_max", "scale": [0, 100]}
ENDS = {False: (20.0, 80.0), True: (10.0, 95.0)}
"""Least and greatest value of the root among the places, before and after."""
SHARES = {False: (0.3, 0.7), True: (0.65, 0.35)}
"""Weights of the children of LEFT from the data."""


def tree_in(after: bool) -> dict[str, Any]:
    """The tree of the plain loops, with the weights of one side."""
    low, middle = SHARES[after]
    return {
        "code": "WHOLE", "coverage": 0.5, "ends": ENDS[after],
        "children": [
            {"code": "LEFT", "weight": 3, "coverage": 0.4, "children": [
                {"code": "LOW", "weight": low, "aggregation": "minimum", "coverage": 0.5, "children": ["A", "B"]},
                {"code": "MIDDLE", "weight": middle, "coverage": 0.6, "children": ["C", "D"]},
            ]},
            {"code": "RIGHT", "weight": 2, "aggregation": "harmonic", "floor": 1.0, "coverage": 0.5, "children": ["E", "F"]},
        ],
    }  # fmt: skip


def placed(tree: dict[str, Any], value: float) -> float:
    low, high = tree["ends"]
    return float(min(100.0, max(0.0, 100 * (value - low) / (high - low))))


def index() -> Index:
    def defined(node: dict[str, Any]) -> dict[str, Any]:
        children = [c if isinstance(c, str) else defined(c) for c in node["children"]]
        return {key: value for key, value in node.items() if key != "ends"} | {"children": children}

    tree = defined(tree_in(False))
    tree["normalise"] = MIN_MAX
    left = tree["children"][0]
    left["weights"] = "inverse_standard_deviation"
    for child in left["children"]:
        del child["weight"]
    leaves = {n: {"label": n, "normalise": "register"} for n in NAMES}
    return Index.model_validate({**HEAD, "indicators": leaves, "tree": tree})


def onto(after: bool) -> Any:
    low, high = ENDS[after]

    def made(values: Floats) -> Floats:
        return np.clip(100 * (values - low) / (high - low), 0.0, 100.0)

    return made


def contexts(after: bool) -> dict[str, NodeContext]:
    ends = np.array(ENDS[after]).tobytes()
    return {
        "LEFT": NodeContext(SHARES[after], None, np.array(SHARES[after]).tobytes()),
        "WHOLE": NodeContext((3.0, 2.0), onto(after), ends),
    }


def side_of(cells: Any, after: bool) -> Side:
    """Scores are published to 9 decimals, those of the nodes below too."""
    tree, values = tree_in(after), {n: cells[n].value if n in cells else None for n in NAMES}
    below = [(child["weight"], score(child, values, is_root=False)[0]) for child in tree["children"]]
    there = [(w, round(v, 9)) for w, v in below if v is not None]
    assert there
    found = sum(w * v for w, v in there) / sum(w for w, _ in there)
    expected = {name: Expected("", 1.0, SCALE) for name in NAMES}
    return Side(round(placed(tree, found), 9), index(), expected, cells, {}, load_method(), contexts=contexts(after))


def value_of(tree: Any, acted: frozenset[tuple[str, str]]) -> float:
    values = {n: (NEW if (CAUSE[n], n) in acted else OLD).get(n) for n in NAMES}
    found = score(tree, {n: None if c is None else c.value for n, c in values.items()})[1]
    assert found is not None
    return placed(tree, found)


def test_weights_and_scales_that_other_places_changed_are_one_cause() -> None:
    rows = decompose(side_of(OLD, False), side_of(NEW, True), "WHOLE", "PERIOD")
    expected = by_every_order(
        lambda before: tree_in("PANEL" in before), value_of, ["NEW_DATA", "CARRIED", "COVERAGE", "PANEL"], "PANEL"
    )
    same_parts(parts_of(rows), expected)
    assert abs(expected["PANEL", ""]) > 1 and len(parts_of(rows)) == 7
    assert [row.indicator_id for row in rows if row.cause == "PANEL"] == [""]


def test_where_the_other_places_stay_they_are_no_cause() -> None:
    rows = decompose(side_of(OLD, False), side_of(NEW, False), "WHOLE", "PERIOD")
    expected = by_every_order(lambda before: tree_in(False), value_of, ["NEW_DATA", "CARRIED", "COVERAGE"])
    same_parts(parts_of(rows), expected)
    assert "PANEL" not in {row.cause for row in rows}


def test_where_only_the_other_places_changed_they_are_the_whole_cause() -> None:
    old, new = side_of(OLD, False), side_of(OLD, True)
    (row,) = decompose(old, new, "WHOLE", "KNOWLEDGE")
    assert row.cause == "PANEL" and old.score is not None and new.score is not None
    assert row.points == pytest.approx(new.score - old.score, abs=1e-9) and abs(row.points or 0) > 1


def test_a_node_beside_the_one_that_is_looked_at_does_nothing() -> None:
    """RIGHT has no wide node at or below it."""
    pair = []
    for cells, after in ((OLD, False), (NEW, True)):
        value = score(tree_in(after)["children"][1], {n: cells[n].value if n in cells else None for n in NAMES})[0]
        pair.append(replace(side_of(cells, after), score=None if value is None else round(value, 9)))
    rows = decompose(pair[0], pair[1], "RIGHT", "PERIOD")
    assert rows and "PANEL" not in {row.cause for row in rows}


def test_weights_that_the_data_no_longer_give_take_the_node_out_and_still_add_up() -> None:
    old, new = side_of(OLD, False), side_of(NEW, True)
    lost = dict(new.contexts) | {"LEFT": NodeContext((np.nan, np.nan), None, b"none")}
    right = score(tree_in(True)["children"][1], {n: NEW[n].value if n in NEW else None for n in NAMES})[0]
    assert right is None or right > 0
    value = round(placed(tree_in(True), NEW["E"].value), 9)
    rows = decompose(old, replace(new, score=value, contexts=lost), "WHOLE", "PERIOD")
    assert old.score is not None
    assert sum(row.points or 0.0 for row in rows) == pytest.approx(value - old.score, abs=1e-9)


@settings(max_examples=40, deadline=None, phases=[Phase.generate])
@given(st.lists(st.integers(5, 95), min_size=12, max_size=12), st.booleans())
def test_it_adds_up_whatever_changes(numbers: list[int], is_new: bool) -> None:
    old = {n: replace(OLD["A"], value=float(x), score=float(x)) for n, x in zip(NAMES, numbers[:6], strict=True)}
    new = {n: replace(NEW["A"], value=float(x), score=float(x)) for n, x in zip(NAMES, numbers[6:], strict=True)}
    before, after = side_of(old, False), side_of(new, is_new)
    rows = decompose(before, after, "WHOLE", "PERIOD")
    assert before.score is not None and after.score is not None
    assert sum(row.points or 0.0 for row in rows) == pytest.approx(after.score - before.score, abs=1e-9)
    assert "UNDIVIDED" not in {row.cause for row in rows}


def test_a_node_on_goalposts_of_its_own_is_divided_as_any_other() -> None:
    """Its scale looks at no other place: the parts are those of the plain loops."""
    low, high = ENDS[False]
    made = index().model_dump(exclude_unset=True)
    made["tree"]["normalise"] = {"method": "goalposts", "low": low, "high": high, "scale": [0, 100]}
    left = made["tree"]["children"][0]
    left["weights"] = "relative"
    for child, weight in zip(left["children"], SHARES[False], strict=True):
        child["weight"] = weight
    own = Index.model_validate(made)
    pair = [replace(side_of(cells, False), method=own, contexts={}) for cells in (OLD, NEW)]
    rows = decompose(pair[0], pair[1], "WHOLE", "PERIOD")
    same_parts(
        parts_of(rows), by_every_order(lambda before: tree_in(False), value_of, ["NEW_DATA", "CARRIED", "COVERAGE"])
    )
