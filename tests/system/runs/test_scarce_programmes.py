"""Programmes that have little: no indicator, one submission, one source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from idtracker.model.home import Home
from tests.support.runs import SUITES, runner_without


def test_a_programme_without_indicators_and_with_one_submission_runs(
    programme: Home, drop: Callable[..., Path]
) -> None:
    (programme.sources / "_reference" / "indicators.csv").unlink()
    drop()
    report = runner_without(SUITES)(programme).run()
    assert report.failures == {}
    database = programme.published / "hmg" / "current" / "idtracker.duckdb"
    with duckdb.connect(str(database), read_only=True) as published:
        counts = [
            published.execute(f"SELECT count({what}").fetchall()
            for what in ("*) FROM activity", "score) FROM score", "*) FROM merged_cell")
        ]
    assert counts == [[(6,)], [(0,)], [(0,)]]


def test_a_programme_into_which_nothing_came_runs(programme: Home) -> None:
    assert runner_without(SUITES)(programme).run(full=True).failures == {}
