"""Keys of failing rows stay complete however many there are, in the metadata of the check as well."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from idtracker.expectations import run_expectations
from idtracker.publish.steps import TableVerdict
from pipelines.checks import verdict_result

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
    shown = verdict_result(verdict).metadata["failing_keys"].value
    assert [key["event_id"] for key in shown[ID]] == wanted
