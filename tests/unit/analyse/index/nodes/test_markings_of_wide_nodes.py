"""A node that looks across places is marked as the cells of all of them, and so are those above it; those below it are not."""

from __future__ import annotations

from typing import Any

import pytest

from idtracker.analyse.index.tree import tree_states
from tests.unit.analyse.index.across_places import HEAD, MEMBERS, QUARTERS, index_of, places, wanted_of
from tests.unit.analyse.index.nodes.wide_nodes import Z_SCORE, plain

NOW = QUARTERS[-1]
SECRET = "OFFICIAL-SENSITIVE"
TREE: dict[str, Any] = {
    **HEAD,
    "indicators": {name: plain(name) for name in "ACE"},
    "tree": {"code": "R", "children": [
        {"code": "WIDE", "normalise": Z_SCORE, "children": [{"code": "LOCAL", "children": ["A", "C"]}]}, "E"]},
}  # fmt: skip
PER_OTHER: dict[str, Any] = {
    **HEAD,
    "indicators": {"A": {"label": "A", "denominator": {"column": "C"}, "normalise": {"method": "min_max", "scale": [0, 100]}}},
    "tree": {"code": "R", "children": ["A"]},
}  # fmt: skip


@pytest.fixture(scope="module")
def marked(cells, indicators, method):
    """(place, node) -> classification and when it was known, where one cell is more sensitive, and known later, than the others."""

    def build(document: dict[str, Any], indicator: str, place: str) -> dict[tuple[str, str], tuple[str, str]]:
        rows = []
        for k, name in enumerate("ACE"):
            for n, where in enumerate([*MEMBERS, "JO"]):
                is_it = (name, where) == (indicator, place)
                own = {"classification": SECRET, "recorded_from": "2026-08-01"} if is_it else {}
                value = 30.0 + 5 * n + 3 * k * (n % 3)
                rows.append(
                    {"indicator_id": name, "place_id": where, "period": NOW, "value": value, "score": value, **own}
                )
        names = {name: {"dimension_code": "BSF1", "level": "both"} for name in "ACE"}
        found = tree_states(cells(rows), indicators(**names), places(), index_of(document), method, wanted_of([NOW]))
        keys = zip(found["place_id"], found["node_code"], strict=True)
        return dict(
            zip(
                keys,
                zip(found["classification"], found["recorded_from"].dt.strftime("%m-%d"), strict=True),
                strict=True,
            )
        )

    return build


def test_another_places_cell_marks_the_node_and_those_above_it_alone(marked):
    found = marked(TREE, "A", "JO-AM")
    for place in [*MEMBERS, "JO"]:
        assert found[place, "WIDE"] == found[place, "R"] == (SECRET, "08-01")
        assert found[place, "LOCAL"] == ((SECRET, "08-01") if place == "JO-AM" else ("OFFICIAL", "07-20"))


def test_a_cell_beside_the_node_marks_its_own_place_alone(marked):
    found = marked(TREE, "E", "JO-AM")
    assert {key for key, (level, _) in found.items() if level == SECRET} == {("JO-AM", "R")}


def test_the_countrys_cell_is_not_among_the_places(marked):
    found = marked(TREE, "A", "JO")
    assert {key[0] for key, (level, _) in found.items() if level == SECRET} == {"JO"}


def test_what_other_places_are_divided_by_marks_a_leaf_that_looks_across(marked):
    found = marked(PER_OTHER, "C", "JO-AM")
    assert all(mark == (SECRET, "08-01") for mark in found.values()) and len(found) == 8
