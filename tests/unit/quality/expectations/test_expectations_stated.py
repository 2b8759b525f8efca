"""Expectations that people write down: loaded strictly, judged with the generated ones, every failing row's key told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from judged_frames import run_expectations

from idtracker.model.errors import DefinitionError
from idtracker.model.tables import TABLES
from idtracker.quality.expectations.declared import DeclaredExpectation, read_declared
from idtracker.quality.expectations.stated import FOLDER

AS_OF = pd.Timestamp("2026-01-10")
Build = Callable[[str, int], pd.DataFrame]
_SAID = {"severity": "warning", "dimension": "consistency", "why": "a reason to read"}


def line(table: str, column: str, **form: object) -> DeclaredExpectation:
    return DeclaredExpectation.model_validate({"table": table, "column": column, **_SAID, **form})


def judge(
    frames: dict[str, pd.DataFrame], codes: dict[str, list[str]], *stated: DeclaredExpectation, **others: pd.DataFrame
) -> dict[str, object]:
    outcomes = run_expectations(frames, codes, None, {}, as_of=AS_OF, stated=stated, others=others)
    return {
        o.id.rsplit(".", 1)[-1]: o for o in outcomes if any(o.id.endswith(s.form) or s.form in o.id for s in stated)
    }


def test_bundled_lines_name_tables_and_columns_that_exist_and_say_why() -> None:
    stated = read_declared()
    assert len(stated) > 15 and {s.form for s in stated} == set(DeclaredExpectation.model_fields) - {
        "table", "column", "severity", "dimension", "why", "in_at_least",
    }  # fmt: skip
    assert all(s.table in TABLES for s in stated)


def test_every_wrong_line_of_a_programme_is_named(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / "own.yml").write_text(
        "- {table: observation, column: value, severity: warning, dimension: validity, why: it must be so}\n"
        "- {table: nowhere, column: x, filled_at_least: 1, severity: warning, dimension: validity, why: it must be so}\n"
        "- {table: score, column: scor, filled_at_least: 1, severity: warning, dimension: validity, why: it must be so}\n"
    )
    with pytest.raises(DefinitionError) as refused:
        read_declared(tmp_path)
    said = str(refused.value)
    assert "expectation 1: write one of" in said and "no table `nowhere`" in said and "no column `scor`" in said


def test_each_form_passes_what_is_right_and_fails_what_is_wrong(valid: Build, codes: dict[str, list[str]]) -> None:
    right, wrong = valid("activity", 4), valid("activity", 4)
    right["people_reached"], right["people_targeted"] = [1, 2, 3, 4], [1, 3, 3, 5]
    wrong["people_reached"], wrong["people_targeted"] = [9, 2, 3, 4], [1, 3, 3, 5]
    right["partner_org_id"], wrong["partner_org_id"] = [f"P{n}" for n in range(4)], wrong["org_id"]
    wrong["title"] = None
    known = pd.DataFrame({"objective_id": right["objective_id"]})
    stated = [
        line("activity", "objective_id", known_in="objective.objective_id"),
        line("activity", "title", filled_at_least=0.9),
        line("activity", "people_reached", at_most_column="people_targeted"),
        line("activity", "partner_org_id", differs_from="org_id"),
        line("activity", "people_targeted", mean_between=[2, 4]),
        line("activity", "start_on", newest_within_days=30),
    ]
    found = judge({"activity": right}, codes, *stated, objective=known)
    assert len(found) == len(stated) and all(o.success for o in found.values()), found
    wrong["people_targeted"] = [1, 3, 3, 500]
    wrong["start_on"] = pd.Timestamp("2025-01-01")
    failed = judge({"activity": wrong}, codes, *stated, objective=known.assign(objective_id="other"))
    assert [name for name, o in failed.items() if o.success] == []


def test_the_keys_of_more_than_ten_thousand_failing_rows_are_complete(
    valid: Build, codes: dict[str, list[str]]
) -> None:
    frame = valid("activity", 12_000)
    stated = [line("activity", "objective_id", known_in="objective.objective_id")]
    (outcome,) = judge({"activity": frame}, codes, *stated, objective=pd.DataFrame({"objective_id": ["-"]})).values()
    assert outcome.failed_count == 12_000
    assert {key["fact_id"] for key in outcome.failing_keys} == set(frame["fact_id"]) and len(
        set(frame["fact_id"])
    ) == 12_000
