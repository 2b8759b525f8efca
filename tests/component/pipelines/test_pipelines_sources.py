"""One source at a time: what a good, a partly held, a refused and a repeated file leave behind in Dagster."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from idtracker.model.home import Home
from pipelines.assets import REFUSED
from pipelines.keys import accepted_key

ACCEPTED = accepted_key("courses")
HELD = ["C-1,Zarqa,2025-Q3,2,11", "C-2,Zarqa,2025-Q3,2,12", "C-3,Zarqa,2025-Q3,2,many", "C-4,Zarqa,2025-Q3,2,9"]
BROKEN = ["C-1,Zarqa,2025-Q3,2,11"]
Drop = Callable[..., Path]
Ingest = Callable[..., dg.ExecuteInProcessResult]


def checks_of(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {e.check_name: e for e in result.get_asset_check_evaluations() if e.asset_key == ACCEPTED}


def rows_shown(check: dg.AssetCheckEvaluation) -> list[dict[str, object]]:
    return [dict(record.data) for record in check.metadata["first_failing_rows"].value.records]


def last_materialised(instance: dg.DagsterInstance) -> dg.AssetMaterialization | None:
    event = instance.get_latest_materialization_event(ACCEPTED)
    return event.asset_materialization if event else None


def test_a_good_file_is_materialised_with_its_counts(ingest: Ingest, drop: Drop) -> None:
    drop()
    result = ingest()
    assert result.success
    [found] = result.asset_materializations_for_node("accepted__courses")
    figures = {name: value.value for name, value in found.metadata.items()}
    assert figures["dagster/row_count"] == figures["rows_read"] == figures["rows_accepted"] == 6
    assert figures["rows_held"] == 0
    assert {name: check.passed for name, check in checks_of(result).items()} == {
        "file_readable": True,
        "rows_valid": True,
        "bounds": True,
        "history": True,
        "names": True,
    }


def test_a_held_row_is_shown_where_it_stands(ingest: Ingest, drop: Drop) -> None:
    drop(rows=HELD)
    result = ingest()
    [found] = result.asset_materializations_for_node("accepted__courses")
    assert (found.metadata["rows_accepted"].value, found.metadata["rows_held"].value) == (3, 1)
    check = checks_of(result)["rows_valid"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    [row] = rows_shown(check)
    assert (row["file"], row["row"], row["column"], row["value"]) == ("courses_2025-Q3.csv", 4, "Trained", "many")
    assert check.metadata["by_rule"].value == {row["rule"]: 1}
    assert str(row["message"]) in str(check.description)


def test_a_later_edition_clears_the_checks_of_the_one_before(programme: Home, ingest: Ingest, drop: Drop) -> None:
    folder = programme.sources / "courses" / "source.yml"
    text = folder.read_text("utf-8").replace('pattern: "*.csv"', 'pattern: "*.csv", edition: "_v(?P<edition>[0-9]+)"')
    folder.write_text(text, "utf-8")
    drop(name="courses_v1.csv", rows=HELD)
    assert not checks_of(ingest())["rows_valid"].passed
    drop(name="courses_v2.csv", received_at="2025-10-16T09:00:00Z")
    assert checks_of(ingest())["rows_valid"].passed


@pytest.mark.parametrize(
    ("head", "rows", "rule"),
    [("Ref,Governorate,Status", ["C-1,Zarqa,2"], "heading.missing"), ("SECRET", BROKEN, "file.protective_marking")],
)
def test_a_refused_file_says_why_and_leaves_what_stood(
    ingest: Ingest, drop: Drop, instance: dg.DagsterInstance, head: str, rows: list[str], rule: str
) -> None:
    drop()
    ingest()
    before = last_materialised(instance)
    refused = drop(name="refused.csv", head=head, rows=rows, received_at="2026-01-15T09:00:00Z")
    result = ingest()
    assert not result.success
    [failure] = [e.step_failure_data for e in result.all_events if e.is_step_failure]
    assert failure.user_failure_data is not None
    assert REFUSED in failure.user_failure_data.metadata
    check = checks_of(result)["file_readable"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    shown = rows_shown(check)
    assert (shown[0]["file"], shown[0]["rule"], shown[0]["severity"]) == ("refused.csv", rule, "critical")
    assert {row["file"] for row in shown} == {"refused.csv"}
    assert before is not None
    assert last_materialised(instance) == before, "a refusal must not make the source look fresh"
    refused.unlink(missing_ok=True)
    drop(name="good.csv", received_at="2026-01-16T09:00:00Z", rows=["C-1,Karak,2025-Q4,2,11"])
    assert ingest().success, "an earlier refusal is no reason to fail a good file"


def test_content_that_came_before_does_not_look_fresh(ingest: Ingest, drop: Drop, instance: dg.DagsterInstance) -> None:
    drop()
    ingest()
    before = last_materialised(instance)
    again = drop(name="another name.csv", received_at="2026-01-15T09:00:00Z")
    result = ingest()
    assert result.success
    assert not again.exists()
    assert last_materialised(instance) == before
    assert set(checks_of(result)) == {"file_readable", "rows_valid", "bounds", "history", "names"}


def test_a_withdrawal_is_a_change(programme: Home, ingest: Ingest, drop: Drop, instance: dg.DagsterInstance) -> None:
    drop(rows=HELD)
    ingest()
    notice = {"withdraws": "courses_2025-Q3.csv", "by": "GB-GOV-8", "why": "sent in error"}
    (programme.inbox / "courses" / "x.withdrawal.json").write_text(json.dumps(notice), "utf-8")
    result = ingest()
    found = last_materialised(instance)
    assert found is not None
    assert found.metadata["dagster/row_count"].value == 0
    assert checks_of(result)["rows_valid"].passed, "a withdrawn file has nothing left to correct"
