"""An explanation of a tree whose nodes look across places says which weights the data gave, and what a node was before its own scale."""

from __future__ import annotations

from typing import Any

import pytest

from idtracker.analyse.index.scoring import scored_states
from idtracker.explain.score import explain_score
from idtracker.explain.tables import KnownTables
from idtracker.model.method import load_method
from idtracker.model.tables import TABLES, conform_types, empty_frame
from tests.unit.analyse.index.across_places import (
    MEMBERS,
    PEOPLE,
    QUARTERS,
    Values,
    cells_of,
    index_of,
    indicators_of,
    methods_of,
    places,
    wanted_of,
)
from tests.unit.analyse.index.nodes.node_oracle import NodeOracle
from tests.unit.analyse.index.nodes.wide_nodes import Z_SCORE, two_nodes

NOW = QUARTERS[-1]
VALUES: Values = {
    (n, p, NOW): float(30 + 7 * ((at * (k + 2)) % 6)) for k, n in enumerate("ACE") for at, p in enumerate([*MEMBERS, "JO"])
}  # fmt: skip


def known(document: dict[str, Any], values: Values) -> KnownTables:
    methods, cells, indicator, where = methods_of(document), cells_of(values), indicators_of(list("ACE")), places()
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


def test_weights_and_the_value_before_the_scale_are_named() -> None:
    document = two_nodes("AC", weights="inverse_standard_deviation", normalise=Z_SCORE)
    found = explain_score(known(document, VALUES), "JO-AM", NOW, "X", None)
    oracle = NodeOracle(document, VALUES, MEMBERS, "JO", QUARTERS, PEOPLE)
    oracle.scores(NOW)
    weights = oracle.weights["X", NOW]
    assert weights is not None
    raw = sum(w * VALUES[n, "JO-AM", NOW] for w, n in zip(weights, "AC", strict=True))
    assert f"A {weights[0]:.3f}, C {weights[1]:.3f} (7 places with every child in 2026-Q2)" in str(found["says"])
    assert f"{raw:.2f} before it is put on its own scale" in str(found["says"])
    assert "z-score with mean 50 and deviation 20 (7 places with a value in 2026-Q2)" in str(found["says"])
    because = found["because"]
    assert isinstance(because, list) and len(because) == 2
    assert all("points" not in child and child["weight"] > 0 for child in because), (
        "parts do not add up to a score on another scale"
    )


def test_an_empty_node_says_why() -> None:
    values = {key: 40.0 if key[0] == "A" else v for key, v in VALUES.items()}
    found = explain_score(known(two_nodes("AC", weights="principal_component"), values), "JO-AM", NOW, "X", None)
    assert found["value"] is None and "X in 2026-Q2: A is the same in all places" in str(found["says"])


@pytest.mark.parametrize(("rules", "words"), [({}, ""), ({"normalise": {"method": "goalposts", "low": 20, "high": 80, "scale": [0, 100]}}, "then between goalposts 20 and 80 to 0-100")])  # fmt: skip
def test_a_node_that_looks_at_no_other_place_says_what_it_does(rules: dict[str, Any], words: str) -> None:
    found = explain_score(known(two_nodes("AC", **rules), VALUES), "JO-AM", NOW, "X", None)
    assert words in str(found["says"]) and ("goalposts" in str(found["says"])) == bool(words)


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ({"aggregation": "geometric"}, "not defined: A is 0, and a geometric mean has no value there"),
        ({"aggregation": "harmonic"}, "not defined: A is 0, and a harmonic mean has no value there"),
        ({"aggregation": "power", "exponent": -1}, "not defined: A is 0, and a power mean has no value there"),
        ({"aggregation": "geometric", "floor": 1, "coverage": {"share": 0.5, "at_least": 3}}, "withheld: 100% of the weight"),
    ],
)  # fmt: skip
def test_a_zero_is_named_where_it_ends_the_mean_and_nowhere_else(rules: dict[str, Any], says: str) -> None:
    values = {**VALUES, ("A", "JO-AM", NOW): 0.0}
    found = explain_score(known(two_nodes("AC", **rules), values), "JO-AM", NOW, "X", None)
    assert found["value"] is None
    assert says in str(found["says"])
