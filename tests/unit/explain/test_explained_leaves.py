"""An explanation of a tree that looks further says what was divided, what a test of outliers saw, and what was filled in from whom."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from idtracker.analyse.index.scoring import scored_states
from idtracker.explain.score import explain_score
from idtracker.explain.tables import KnownTables
from idtracker.model.explanation import Node
from idtracker.model.method import load_method
from idtracker.model.tables import TABLES, conform_types, empty_frame
from tests.unit.analyse.index.across_places import (
    DEEP,
    GROUPS,
    MEMBERS,
    NAMES,
    QUARTERS,
    Values,
    cells_of,
    index_of,
    indicators_of,
    methods_of,
    places,
    wanted_of,
)

NOW = QUARTERS[-1]


def values() -> Values:
    """B lies far out in one place; C of one place and G of another were not reported, E of a third not since two quarters."""
    found = {
        (n, p, q): 10.0 + 3 * at + 2 * k for k, n in enumerate(NAMES) for at, p in enumerate(MEMBERS) for q in QUARTERS
    }
    found |= {("G", "JO", q): 30.0 for q in QUARTERS}
    found["B", "JO-IR", NOW] = 900.0
    gone = [("C", "JO-AJ", NOW), ("G", "JO-AM", NOW), ("E", "JO-AQ", NOW), ("E", "JO-AQ", QUARTERS[2])]
    return {key: value for key, value in found.items() if key not in gone}


def known(document: dict[str, Any]) -> KnownTables:
    methods, cells, indicator, where = methods_of(document), cells_of(values()), indicators_of(NAMES), places()
    scores = scored_states(cells, indicator, where, methods.headline, methods.merging, wanted_of([NOW]))
    names = ("observation", "event", "survey_response", "cell_report", "codelist", "organisation", "adjudication")
    tables = {name: empty_frame(TABLES[name]) for name in names}
    tables |= {
        "merged_cell": cells,
        "indicator": indicator,
        "place": where,
        "score": conform_types(scores, TABLES["score"]),
    }
    return KnownTables(tables, load_method(), index_of(document))


def cell(tree: Node, indicator: str) -> dict[str, Any]:
    because = tree["because"]
    assert isinstance(because, list)
    found = [n for n in because if n.get("indicator_id") == indicator] or [
        c for n in because for c in [cell(n, indicator)] if c
    ]
    return found[0] if found else {}


@pytest.fixture(scope="module")
def told() -> KnownTables:
    return known(DEEP)


def test_a_denominator_is_named_with_its_figure(told: KnownTables) -> None:
    found = cell(explain_score(told, "JO-AJ", NOW, "LOCAL", None), "A")
    assert found["terms"][0] == "0.05556 per 1,000 population (180,000)"
    assert "12 places" not in found["says"] and "7 places with a value in 2026-Q2" in found["says"]


def test_a_treatment_says_which_test_it_did_not_pass(told: KnownTables) -> None:
    (said,) = [
        t for t in cell(explain_score(told, "JO-IR", NOW, "LOCAL", None), "B")["terms"] if t.startswith("outliers")
    ]
    assert (
        said
        == "outliers: skew 2.64, kurtosis 6.99 do not pass the test (skew 2 and kurtosis 3.5): winsorise, values held from 12 to 30"
    )


def test_what_was_filled_in_is_named_with_its_sources_and_not_covered(told: KnownTables) -> None:
    local = explain_score(told, "JO-AJ", NOW, "LOCAL", None)
    found = cell(local, "C")
    assert found["is_imputed"] and found["value"] is None
    assert "the group mean of JO-IR, JO-MA stands in" in found["says"] and "does not count as covered" in found["says"]
    assert found["leaf_score"] == pytest.approx(100 * (26 + 32) / 2 / 80) and found["leaf_error"] > 0
    assert "67% of the weight is present; 33% of what counts was filled in by the method" in str(local["says"])
    late = cell(explain_score(told, "JO-AM", NOW, "TRADE", None), "G")
    assert late["is_imputed"] and "the median of JO-AJ, JO-AQ, JO-BA, JO-IR, JO-KA and 1 more" in late["says"]
    assert set(GROUPS["north"]) == {"JO-AJ", "JO-IR", "JO-MA"}


def test_a_value_that_the_tree_carries_on_names_its_quarter(told: KnownTables) -> None:
    found = cell(explain_score(told, "JO-AQ", NOW, "WORK", None), "E")
    assert "takes that of 2025-Q4, 2 quarters old" in found["says"] and found["is_imputed"]


def test_what_the_values_do_not_allow_is_said_where_the_leaf_is_empty() -> None:
    document = deepcopy(DEEP)
    document["indicators"]["G"]["normalise"]["unit"] = "JO-XX"
    tree = explain_score(known(document), "JO-KA", NOW, "TRADE", None)
    assert "G is held against JO-XX in 2026-Q2, which the data lack" in cell(tree, "G")["says"]


def test_parts_of_a_mean_make_up_its_score(told: KnownTables) -> None:
    tree = explain_score(told, "JO-AJ", NOW, "LOCAL", None)
    because = tree["because"]
    assert isinstance(because, list)
    assert sum(part["points"] for part in because) == pytest.approx(tree["value"], abs=1e-8)
