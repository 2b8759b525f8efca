"""The suites follow from the contract: what they hold, and what they refuse."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from idtracker.model.errors import DefinitionError
from idtracker.model.tables import DERIVED, FACTS, INDICES, SIMULATED, TABLES, columns_of
from idtracker.quality.expectations.outcome import ExpectationResult, keys_at, outcomes_frame
from idtracker.quality.expectations.suite import ORDERS, Expected, expectations_for, key_of

KNOWN = {"indicator": ["I1"], "place": ["JO-AM"]}

KEYS = {
    "merged_cell": ("indicator_id", "place_id", "period"),
    "cell_report": ("indicator_id", "place_id", "period", "org_id", "origin"),
    "score": ("place_id", "period", "node_code"),
    "trend": ("place_id", "period", "node_code"),
    "metric_value": ("metric_id", "measure", "scope", "period", "as_of_on"),
    "method_score": ("method_id", "place_id", "period", "node_code"),
    "method_trend": ("method_id", "place_id", "period", "node_code"),
    "score_change": ("place_id", "period", "node_code", "basis", "cause", "indicator_id", "org_id"),
    "pair": ("period", "org_id", "other_org_id"),
    "network_change": ("metric_id", "measure", "period", "cause"),
    "scenario": ("question_id", "period", "scheme"),
    "calibration": ("assessor", "scheme", "horizon"),
    "missing_report": ("source_id", "org_id", "report_period", "place_id", "period", "node_code"),
    "warning": ("rule_id", "place_id", "period"),
    "warning_skill": ("rule_id",),
    "programme_index": ("index_id",),
    "index_score": ("index_id", "unit_name", "unit_period", "node_code"),
    "consequence": ("submission_id", "acted_at", "subject"),
    "round": ("round_id",),
    "round_organisation": ("round_id", "org_id"),
    "round_action": ("round_id", "action_number"),
    "kpq_view": ("question_code", "period", "scope"),
    "framework_element": ("element_code", "period"),
    "framework_evidence": ("subject_code", "evidence_code", "scope", "period"),
    "framework_answer": ("question_code", "period", "org_id", "scope_id"),
    "framework_gap": (
        *(
            "subject_code",
            "period",
            "gap",
            "evidence_code",
            "scope",
            "source_id",
            "org_id",
            "scope_id",
            "report_period",
        ),
    ),
    "score_uncertainty": ("place_id", "period", "node_code"),
    "rank_acceptability": ("place_id", "period", "node_code", "rank"),
    "band_probability": ("place_id", "period", "node_code", "band"),
    "sensitivity": ("place_id", "period", "node_code", "output", "analysis", "subject"),
    "score_reliability": ("place_id", "period", "node_code"),
    "organisation": ("org_id", "valid_from"),
    "organisation_alias": ("scheme", "value", "org_id"),
    "place": ("place_id",),
    "place_code": ("scheme", "code"),
    "indicator": ("indicator_id",),
    "codelist": ("scheme", "version", "code"),
    "series_break": ("break_id",),
    "code_crosswalk": ("break_id", "old_value"),
    "place_share": ("from_place_id", "to_place_id"),
    "method": ("method_version",),
    "definition": ("kind", "definition_id"),
    "submission": ("submission_id",),
    "adjudication": ("adjudication_id",),
    "resolution": ("resolution_id",),
    "obligation": ("source_id", "org_id", "period"),
    "run": ("run_id",),
}


@pytest.fixture(scope="module")
def suites(codes: dict[str, list[str]]) -> dict[str, list[Expected]]:
    return {name: expectations_for(name, model, codes, KNOWN) for name, model in TABLES.items()}


def test_every_property_of_a_column_becomes_one_expectation(suites: dict[str, list[Expected]]) -> None:
    for name, model in TABLES.items():
        ids = {e.id for e in suites[name]}
        for spec in columns_of(model):
            stem = f"gx.{name}.{spec.name}"
            assert (f"{stem}.filled" in ids) == spec.is_required
            assert (f"{stem}.code" in ids) == (spec.codelist is not None)
            assert (f"{stem}.bounds" in ids) == (spec.minimum is not None or spec.maximum is not None)
            assert (f"{stem}.known" in ids) == (spec.kind in KNOWN)


def test_ids_are_unique_and_name_a_column_of_the_table(suites: dict[str, list[Expected]]) -> None:
    found = [e.id for suite in suites.values() for e in suite]
    assert len(found) == len(set(found))
    for name, suite in suites.items():
        columns = {s.name for s in columns_of(TABLES[name])}
        for expected in suite:
            table, column, kind = re.fullmatch(r"gx\.(\w+)\.(\w+)\.(\w+)", expected.id).groups()  # type: ignore[union-attr]
            assert table == name
            assert kind
            assert column in ({"table", "key"} if not expected.column else columns)


def test_codes_and_bounds_are_those_of_the_contract(suites: dict[str, list[Expected]]) -> None:
    found = {e.id: e for e in suites["score"] + suites["observation"]}
    assert found["gx.observation.classification.code"].kwargs["value_set"] == ["A", "B"]
    bounds = found["gx.score.score.bounds"]
    assert (bounds.kwargs["min_value"], bounds.kwargs["max_value"]) == (0, 100)
    assert bounds.description == "score is between 0 and 100."
    columns = found["gx.observation.table.columns"].kwargs["column_list"]
    assert columns == [s.name for s in columns_of(TABLES["observation"])]


def test_only_references_warn(suites: dict[str, list[Expected]]) -> None:
    for suite in suites.values():
        for expected in suite:
            assert (expected.severity == "warning") == expected.id.endswith(".known")


def test_orders_apply_wherever_a_table_has_both_columns(suites: dict[str, list[Expected]]) -> None:
    for order in ORDERS:
        tables = {n for n, m in TABLES.items() if {order.low, order.high} <= {s.name for s in columns_of(m)}}
        assert tables, f"{order.low} and {order.high} stand together nowhere"
        judged = {n for n, s in suites.items() for e in s if e.kwargs.get("column_A") == order.high
                  and e.kwargs["column_B"] == order.low}  # fmt: skip
        assert judged == tables


def test_facts_and_derived_tables_have_a_key(suites: dict[str, list[Expected]]) -> None:
    for name in (*FACTS, *DERIVED, *SIMULATED, *INDICES):
        assert any(e.dimension == "uniqueness" for e in suites[name]), name
    assert all(set(key_of(name)) <= {s.name for s in columns_of(model)} for name, model in TABLES.items())
    assert {name: key_of(name) for name in TABLES if name not in FACTS and key_of(name)} == KEYS


def test_no_reference_no_expectation(codes: dict[str, list[str]]) -> None:
    suite = expectations_for("observation", TABLES["observation"], codes)
    assert not [e for e in suite if e.id.endswith(".known")]


def test_an_unknown_codelist_is_named(codes: dict[str, list[str]]) -> None:
    partial = {k: v for k, v in codes.items() if k != "obs_status"}
    with pytest.raises(DefinitionError, match=r"observation\.obs_status: the codelist obs_status"):
        expectations_for("observation", TABLES["observation"], partial)


def test_importing_the_room_does_not_import_great_expectations() -> None:
    program = "import sys, idtracker.quality.expectations.run, idtracker.quality.expectations.record; print(sorted({'great_expectations', 'lxml'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_keys_are_plain_and_each_combination_occurs_once() -> None:
    frame = pd.DataFrame(
        {
            "tags": [["a", "b"], ["a", "b"], np.array([1, 2]), None],
            "on": pd.to_datetime(["2026-01-01", "2026-01-01", None, None]),
            "n": pd.array([1, 1, None, 3], dtype="Int64"),
        }
    )
    assert keys_at(frame, [0, 1, 2, 3], ["tags", "on", "n"]) == [
        {"tags": '["a", "b"]', "on": "2026-01-01T00:00:00", "n": 1},
        {"tags": "[1, 2]", "on": None, "n": None},
        {"tags": None, "on": None, "n": 3},
    ]
    assert keys_at(frame, [2], ["absent"]) == [{"row": 2}]
    assert keys_at(frame, [], ["n"]) == []


def test_outcomes_as_a_table() -> None:
    outcome = ExpectationResult("score", "gx.score.score.bounds", "t", "score", False, "critical", "accuracy", 1, [{"k": "é"}],
                      "1 of 2 rows fail", "score is between 0 and 100.")  # fmt: skip
    frame = outcomes_frame([outcome])
    assert frame.loc[0, ["id", "success", "failed_count", "failing_keys"]].tolist() == [
        "gx.score.score.bounds", False, 1, '[{"k": "é"}]']  # fmt: skip
    assert list(outcomes_frame([]).columns) == list(frame.columns)
    assert outcomes_frame([]).dtypes.equals(frame.dtypes)


def test_the_coverage_rule_is_that_of_the_method(codes: dict[str, list[str]]) -> None:
    suite = {e.id: e for e in expectations_for("score", TABLES["score"], codes, coverage=0.5)}
    empty, filled = suite["gx.score.score.empty_below_coverage"], suite["gx.score.score.filled_at_coverage"]
    assert empty.kwargs["row_condition"]["parameter"] == pytest.approx(0.5, abs=1e-8)
    assert (empty.kwargs["row_condition"]["operator"], filled.kwargs["row_condition"]["operator"]) == ("<", ">=")
    assert filled.description == "score is filled where completeness reaches 50.0%."
