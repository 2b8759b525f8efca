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
    return home


def hashes(home: Home) -> dict[str, str]:
    with open_store(home) as store:
        return content_hashes(store, [t for t in COMPARED if t != "run"])


def test_going_on_after_a_correction_equals_making_all_from_nothing(corrected: Home, tmp_path: Path) -> None:
    fresh = Home(tmp_path / "home", corrected.sources)
    shutil.copytree(corrected.root, fresh.root, symlinks=True)
    with open_store(fresh) as store:
        store.execute("DELETE FROM _moment")
    derive(corrected, LATER, LATER)
    derive(fresh, LATER, LATER)
    assert hashes(corrected) == hashes(fresh)


def test_the_account_of_touched_cells_equals_the_full_recount(corrected: Home) -> None:
    catalogue = load_catalogue(corrected.sources)
    derive(corrected, LATER, LATER)
    kept = accounts.reconcile_cells(corrected, catalogue, LATER, LATER)
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
