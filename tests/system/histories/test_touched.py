"""A home that goes on after a correction holds what one made from nothing holds, and counts only what was touched."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.proofs.instants import COMPARED
from benchmarks.proofs.small_programme import END, Delivery, derive
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.quality.reconciliation import accounts
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes
from idtracker.store.history.recorded_changes import forget_changes

LATER = END + timedelta(hours=12)


@pytest.fixture(scope="module")
def corrected(received: Callable[[str | None], tuple[Home, list[Delivery]]]) -> Home:
    """A home in which one value of the store is another since an instant after everything else."""
    home, _ = received("2024-Q4")
    at = (END + timedelta(hours=1)).replace(tzinfo=None)
    with open_store(home) as store:
        store.execute("CREATE TEMP TABLE one AS FROM observation WHERE recorded_to IS NULL ORDER BY fact_id LIMIT 1")
        store.execute(
            "UPDATE observation SET recorded_to = ? WHERE recorded_to IS NULL AND fact_id IN (SELECT fact_id FROM one)",
            [at],
        )
        store.execute(
            "INSERT INTO observation SELECT * REPLACE (value + 1 AS value, CAST(? AS TIMESTAMP) AS recorded_from) FROM one",
            [at],
        )
        forget_changes(store)
    return home


OLDER = """
    INSERT INTO observation SELECT * REPLACE (
      md5(fact_id || ? ) AS fact_id, value + (? * 7) % 5 AS value, period_start - ? * INTERVAL 3 MONTH AS period_start,
      last_day(period_start - (? - 1) * INTERVAL 3 MONTH - INTERVAL 1 DAY) AS period_end)
    FROM observation WHERE period = '2024-Q4' AND recorded_to IS NULL
"""
"""What was reported of the tracker's first quarter once more, so many quarters earlier."""


@pytest.fixture(scope="module")
def corrected_history(received: Callable[[str | None], tuple[Home, list[Delivery]]]) -> Home:
    """A home of series with a past of nine quarters before the tracker's first, one of which is corrected later."""
    home, _ = received("2024-Q4")
    with open_store(home) as store:
        for back in range(1, 10):
            store.execute(OLDER, [str(back), back, back, back])
        forget_changes(store)
    derive(home, LATER - timedelta(hours=11), LATER - timedelta(hours=11))
    at = (END + timedelta(hours=2)).replace(tzinfo=None)
    with open_store(home) as store:
        store.execute(
            "CREATE TEMP TABLE one AS FROM observation WHERE period_start = '2023-01-01' AND recorded_to IS NULL"
        )
        store.execute("UPDATE observation SET recorded_to = ? WHERE fact_id IN (SELECT fact_id FROM one)", [at])
        store.execute(
            "INSERT INTO observation SELECT * REPLACE (value + 9 AS value, CAST(? AS TIMESTAMP) AS recorded_from) FROM one",
            [at],
        )
        forget_changes(store)
    return home


def errors(home: Home) -> list[tuple[object, ...]]:
    with open_store(home) as store:
        query = "SELECT indicator_id, place_id, period, score_error FROM merged_cell WHERE error_basis = 'ESTIMATED' ORDER BY ALL"
        return store.execute(query).fetchall()


def test_a_corrected_past_changes_the_errors_of_later_quarters_as_making_all_from_nothing_does(
    corrected_history: Home, tmp_path: Path
) -> None:
    home, fresh = corrected_history, Home(tmp_path / "home", corrected_history.sources)
    shutil.copytree(home.root, fresh.root, symlinks=True)
    with open_store(fresh) as store:
        store.execute("DELETE FROM _moment")
    before = errors(home)
    derive(home, LATER, LATER)
    derive(fresh, LATER, LATER)
    assert hashes(home) == hashes(fresh)
    changed = {key[2] for key in set(errors(home)) - set(before)}
    assert "2024-Q4" in changed, "seven quarters after the corrected one"
    assert changed <= {"2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3"}


def hashes(home: Home) -> dict[str, str]:
    with open_store(home) as store:
        return content_hashes(store, [t for t in COMPARED if t != "run"])


def test_going_on_after_a_correction_equals_making_all_from_nothing(corrected: Home, tmp_path: Path) -> None:
    fresh = Home(tmp_path / "home", corrected.sources)
    shutil.copytree(corrected.root, fresh.root, symlinks=True)
    with open_store(fresh) as store:
        store.execute("DELETE FROM _moment")
    before = hashes(corrected)
    derive(corrected, LATER, LATER)
    derive(fresh, LATER, LATER)
    assert before["merged_cell"] != hashes(corrected)["merged_cell"], "the corrected value counts"
    assert hashes(corrected) == hashes(fresh)


def test_the_account_of_touched_cells_equals_the_full_recount(corrected: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = load_catalogue(corrected.sources)
    derive(corrected, LATER, LATER)
    kept = accounts.reconcile_cells(corrected, catalogue, LATER, LATER)
    for rows in (1, 7):
        monkeypatch.setattr("idtracker.quality.reconciliation.touched_cells.BLOCK_ROWS", rows)
        in_blocks = accounts.reconcile_cells(corrected, catalogue, LATER, LATER, every=True)
        assert kept.rows.equals(in_blocks.rows) and kept.failing == in_blocks.failing
    monkeypatch.undo()
    counted = accounts.reconcile_cells(corrected, catalogue, LATER, LATER, every=True)
    assert kept.is_whole and kept.rows.equals(counted.rows) and kept.failing == counted.failing


def test_a_full_recount_finds_a_cell_that_nothing_touched(corrected: Home) -> None:
    catalogue = load_catalogue(corrected.sources)
    derive(corrected, LATER, LATER)
    accounts.reconcile_cells(corrected, catalogue, LATER, LATER)
    with open_store(corrected) as store:
        store.execute("UPDATE merged_cell SET obs_count = obs_count + 1")
    counted = accounts.reconcile_cells(corrected, catalogue, LATER, LATER, every=True)
    assert counted.failing["merged_cell"]
    assert accounts.reconcile_cells(corrected, catalogue, LATER, LATER).failing["merged_cell"], "faults are not kept"
