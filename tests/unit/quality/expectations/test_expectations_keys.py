"""Keys of failing rows stay complete however many there are, in the metadata of the check as well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from judged_frames import run_expectations

from idtracker.operate.steps.expectations import TableVerdict, verdict_check
from idtracker.quality.expectations.declared import DeclaredExpectation
from pipelines.results import check_result

pytest.importorskip("great_expectations")
ROWS = 12_000
ID = "gx.event.fatalities.bounds"


def test_twelve_thousand_failing_rows_are_all_named(
    valid: Callable[[str, int], pd.DataFrame], codes: dict[str, list[str]]
) -> None:
    event = valid("event", ROWS + 5)
    event.loc[: ROWS - 1, "fatalities"] = -1
    wanted = event.loc[: ROWS - 1, "event_id"].tolist()
    outcomes = run_expectations(
        {"event": event}, codes, None, {"event": ["event_id"]}, as_of=pd.Timestamp("2026-11-22")
    )
    failed = [o for o in outcomes if not o.success]
    assert [o.id for o in failed] == [ID]
    verdict = TableVerdict("event", len(outcomes), False, True, {ID: ROWS}, {ID: list(failed[0].failing_keys)})
    shown = check_result(verdict_check(verdict)).metadata["failing_keys"].value
    assert [key["event_id"] for key in shown[ID]] == wanted


def test_rows_that_a_passing_expectation_tolerates_are_no_failing_rows(
    valid: Callable[[str, int], pd.DataFrame], codes: dict[str, list[str]], tmp_path: Path
) -> None:
    frame = valid("merged_cell", 10)
    frame["is_carried"] = [True] * 4 + [False] * 6
    found = {}
    for share in (0.5, 0.3):
        said = {"table": "merged_cell", "column": "is_carried", "severity": "warning", "dimension": "timeliness"}
        stated = [DeclaredExpectation(**said, why="carried values tell the past", share_true_at_most=share)]
        outcomes = run_expectations(
            {"merged_cell": frame}, codes, tmp_path, {}, as_of=pd.Timestamp("2026-11-22"), stated=stated
        )
        outcome = next(o for o in outcomes if o.id.startswith("gx.merged_cell.is_carried.share"))
        files = [p.name for p in (tmp_path / "failing").iterdir()]
        found[share] = (outcome.success, outcome.failed_count, len(outcome.failing_keys), len(files))
    assert found == {0.5: (True, 0, 0, 0), 0.3: (False, 4, 4, 1)}
