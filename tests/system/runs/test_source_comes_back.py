"""A source that leaves the catalogue and comes back has everything that it had before."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from idtracker.model.home import Home
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes
from idtracker.store.tables import read_table
from tests.support.runs import FIGURES, SUITES, runner_without

RUNNER = runner_without(SUITES, *FIGURES)
TABLES = ("activity", "submission", "submission_state", "finding", "held_row")


def test_a_source_that_comes_back_has_what_it_had(programme: Home, drop: Callable[..., Path], tmp_path: Path) -> None:
    drop(rows=["C-1,Zarqa,2025-Q3,2,11", "C-2,Nowhere,2025-Q3,2,11"])
    drop("visits", "visits.csv")
    before = state_after_a_run(programme)
    away = shutil.move(programme.sources / "courses", tmp_path / "courses")
    assert state_after_a_run(programme) != before
    shutil.move(away, programme.sources / "courses")
    assert state_after_a_run(programme) == before


def state_after_a_run(home: Home) -> tuple[dict[str, str], list[list[object]]]:
    """Content of the tables that hold rows of sources, and the account of the accepted files."""
    report = RUNNER(home).run(full=True)
    assert not report.failed_steps
    with open_store(home) as store:
        account = read_table(store, "reconciliation", "step = 'accepted_to_store'")
        return content_hashes(store, TABLES), account.to_numpy().tolist()
