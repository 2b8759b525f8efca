"""Several runs within a month: only what changed since the run before is measured, and what is kept is that of one run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from idtracker.analyse.history import metrics
from idtracker.model.home import Home
from idtracker.store.connection import open_store
from tests.support.runs import SUITES, runner_without
from tests.support.small_programme import SURVEY_HEAD, drop, text_of, write_programme

_RUNNER = runner_without(SUITES, "tracker/uncertainty", "tracker/judgements", "tracker/warnings", "published/*")
TABLES = ("metric_value", "metric_value_vintage")


def _home(folder: Path) -> Home:
    write_programme(folder / "sources")
    return Home(folder / "home", folder / "sources")


def _send(home: Home, quarter: str, at: str, value: int = 40) -> None:
    rows = [f"{indicator},{place},{quarter},{value}" for indicator in ("VOICE", "WORK") for place in ("Amman", "Zarqa")]
    drop(home.root, "survey", f"survey_{quarter}_{at[8:10]}.csv", text_of(SURVEY_HEAD, rows), at)


def _rows(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    with open_store(home) as store:
        return {name: store.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in TABLES}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """The metrics and quarters that were measured."""
    pairs: list[tuple[str, str]] = []
    whole = metrics._measured

    def follow(connection: Any, chosen: Any, due: Any, basis: Any) -> Iterator[Any]:
        pairs.extend(pair for found in due.values() for pair in found)
        return whole(connection, chosen, due, basis)

    monkeypatch.setattr(metrics, "_measured", follow)
    yield pairs


DELIVERIES = {
    "later in the month of the clock": [("2025-Q1", "2026-02-03T10:00:00Z"), ("2025-Q4", "2026-02-05T10:00:00Z")],
    "after the clock": [("2025-Q1", "2026-02-12T10:00:00Z"), ("2025-Q4", "2026-02-14T10:00:00Z")],
    "of an earlier month": [("2025-Q1", "2026-02-03T10:00:00Z"), ("2025-Q4", "2026-01-25T10:00:00Z")],
    "the same quarter again": [("2025-Q4", "2026-02-12T10:00:00Z"), ("2025-Q4", "2026-02-14T10:00:00Z")],
}


@pytest.mark.parametrize("case", DELIVERIES)
def test_runs_one_by_one_leave_what_one_run_leaves(case: str, tmp_path: Path, measured: list[tuple[str, str]]) -> None:
    one, several = _home(tmp_path / "one"), _home(tmp_path / "several")
    for number, (quarter, at) in enumerate(DELIVERIES[case]):
        for home in (one, several):
            _send(home, quarter, at, 40 + 10 * number)
        measured.clear()
        assert _RUNNER(several).run().failed_steps == []
    last = set(measured)
    measured.clear()
    assert _RUNNER(one).run().failed_steps == []
    assert _rows(several) == _rows(one)
    if case in ("later in the month of the clock", "after the clock"):
        assert {period for _, period in last} == {"2025-Q4"}
        assert {period for _, period in measured} >= {"2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"}
