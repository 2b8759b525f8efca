"""`check` says which published scores a file would move, and the run that takes it finds the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from idtracker.feedback.check import moved_scores
from idtracker.feedback.check.result import CheckResult, check_file
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from tests.support.quarterly_programme import drop_rows, drop_survey
from tests.support.runs import METRICS, SUITES, runner_without

HEAD = "Indicator,Area,Quarter,Value,Low,High"
RUNNER = runner_without(SUITES, METRICS)


def checked(home: Home, path: Path) -> CheckResult:
    catalogue = load_catalogue(home.sources)
    now = pd.Timestamp(datetime.now(UTC).replace(tzinfo=None))
    return check_file(home, catalogue, catalogue.source("survey"), path.read_bytes(), path.name, now)


def test_the_forecast_of_a_file_is_what_the_run_finds(programme: Home, tmp_path: Path) -> None:
    drop_survey(programme.root)
    assert RUNNER(programme).run().moved_scores == []
    said_again = drop_survey(tmp_path)
    assert checked(programme, said_again).comparison.moved == []
    rows = ["VOICE,Zarqa,2025-Q3,80,76,84", "WORK,Karak,2025-Q3,25,21,29"]
    path = drop_rows(programme.root, "survey", "survey_2.csv", rows, HEAD, "2025-11-20T09:00:00Z")
    forecast = checked(programme, path).comparison.moved
    assert forecast is not None and {(m.place, m.period) for m in forecast} >= {("Zarqa", "2025-Q3")}
    assert all(m.before is not None and m.after is not None and m.after > m.before for m in forecast)
    found = RUNNER(programme).run().moved_scores
    assert [(m.place_id, m.period, m.before, m.after) for m in found] == [
        (m.place_id, m.period, m.before, m.after) for m in forecast
    ]


def test_a_home_without_publication_moves_nothing(programme: Home) -> None:
    assert checked(programme, drop_survey(programme.root)).comparison.moved == []


def test_many_rows_are_left_to_the_run(programme: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    drop_survey(programme.root)
    RUNNER(programme).run()
    rows = ["VOICE,Zarqa,2025-Q3,80,76,84"]
    path = drop_rows(programme.root, "survey", "survey_2.csv", rows, HEAD, "2025-11-20T09:00:00Z")
    monkeypatch.setattr(moved_scores, "MOST_ROWS", 3)
    assert checked(programme, path).comparison.moved is None
