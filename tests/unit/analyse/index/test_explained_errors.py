"""Explanations say in words what part of an error is stated, estimated or assumed, and what the assumption is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from explanations import nodes_of

from idtracker.explain.cell import cell_node
from idtracker.explain.score import explain_score
from idtracker.explain.tables import KnownTables

PERIOD = "2026-Q2"
LABEL = [{"scheme": "error_basis", "version": "1", "code": "ASSUMED", "label_en": "Assumed by the method"}]


def test_a_score_says_what_its_error_rests_on_and_what_is_assumed(known: Callable[..., KnownTables]) -> None:
    bases = {"BSF1_a": "STATED", "BSF1_b": "ESTIMATED", "BSF1_c": "ASSUMED", "BSF1_d": "ASSUMED"}
    rows = [{"indicator_id": n, "score": 40.0, "score_error": 5.0, "error_basis": b} for n, b in bases.items()]
    tables = known(rows, {name: {} for name in bases})
    says = str(explain_score(tables, "JO-AM", PERIOD, "BSF1", None)["says"])
    assert (
        "of its weight 25% has an error stated by reports, 25% has one estimated from the disagreement, calibration or "
        "history of its reports, 50% has one assumed by the method; all are taken to be independent of one another; STAB-1.2 "
        "assumes, in points of standard error, 10 for events, 6 for survey answers, 10 for ranks, 5 for figures in per cent, "
        "7.5 for other figures, and 2 for each quarter a value is carried"
    ) in says
    whole = explain_score(tables, "JO-AM", PERIOD, "STABILITY", None)
    assert [
        n["says"] for n in nodes_of(whole, kind="score") if "errors 25% stated, 25% estimated, 50% assumed" in n["says"]
    ]
    sure = known(rows[:1], {"BSF1_a": {}})
    assert "assum" not in str(explain_score(sure, "JO-AM", PERIOD, "BSF1", None)["says"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"derived_from": "event:count"}, "10 for events of unknown error"),
        ({"derived_from": "survey_response:trust"}, "6 for survey answers of unknown error"),
        ({"scale": "ordinal", "merge_policy": "median"}, "10 for ranks of unknown error"),
        ({"unit": "%"}, "5 for figures in per cent of unknown error"),
        ({"unit": "minutes"}, "7.5 for other figures of unknown error"),
    ],
)
def test_a_cell_says_what_is_assumed_of_its_kind(
    known: Callable[..., KnownTables], change: dict[str, object], words: str
) -> None:
    cell = {"indicator_id": "BSF1_a", "score": 40.0, "score_error": 5.0, "error_basis": "ASSUMED"}
    told = known([cell], {"BSF1_a": change}, codelist=LABEL)
    assert f"standard error 5.00 points, assumed by the method ({words})" in _says(told)
    older = known(
        [{**cell, "is_carried": True, "origin_period": "2026-Q1", "age_days": 91}], {"BSF1_a": change}, codelist=LABEL
    )
    assert f"({words}, 2 for each quarter it is carried)" in _says(older)


def _says(tables: KnownTables) -> str:
    return str(cell_node(tables, "BSF1_a", "JO-AM", PERIOD, None)["says"])
