"""What changed in the record when, kept by source, is what a count of all rows says, whatever has happened in between."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.home import Home
from idtracker.operate.steps.facts import refresh_store
from idtracker.store.connection import open_store
from idtracker.store.history.recorded_changes import recorded_changes
from tests.support import quarterly_programme as quarterly
from tests.support.built import built, copy_of
from tests.support.runs import FIGURES, SUITES, runner_without

NOW = datetime(2026, 2, 10, tzinfo=UTC)
"""After everything that is sent."""


@pytest.fixture
def received(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of two sources, each with a file."""
    return copy_of(built(tmp_path_factory, "two_received", receive_two), tmp_path)


def receive_two(home: Home) -> None:
    quarterly.write_quarterly(home.sources)
    quarterly.drop_rows(home.root, rows=["C-1,Zarqa,2025-Q3,2,11", "C-2,Zarqa,2025-Q3,2,12"])
    quarterly.drop_survey(home.root)
    runner_without(SUITES, *FIGURES)(home).run()


def test_changes_kept_are_those_of_the_rows(received: Home) -> None:
    with open_store(received) as store:
        assert recorded_changes(store) == recounted(store) != {}
    quarterly.drop_rows(
        received.root, name="more.csv", rows=["C-1,Zarqa,2025-Q3,2,19"], received_at="2025-11-02T09:00:00Z"
    )
    runner_without(SUITES, *FIGURES)(received).run()
    with open_store(received) as store:
        after_more = recorded_changes(store)
        assert after_more == recounted(store)
    (first, *_) = Ledger(received).receipts("courses")
    Ledger(received).withdraw("courses", first.submission_id, at=NOW, by="GB-GOV-1", why="wrong")
    refresh_store(received, load_catalogue(received.sources), NOW)
    with open_store(received) as store:
        assert after_more != recorded_changes(store) == recounted(store)


def test_a_source_that_leaves_takes_its_changes_along(received: Home) -> None:
    with open_store(received) as store:
        before = recorded_changes(store)
    for file in sorted((received.sources / "courses").rglob("*"), reverse=True):
        file.unlink()
    (received.sources / "courses").rmdir()
    refresh_store(received, load_catalogue(received.sources), NOW)
    with open_store(received) as store:
        assert before != recorded_changes(store) == recounted(store)
        assert store.execute("SELECT DISTINCT source_id FROM _change").fetchall() == [("survey",)]


def test_only_the_rows_of_a_source_that_changed_are_read_again(received: Home) -> None:
    with open_store(received) as store:
        recorded_changes(store)
        store.execute("UPDATE _change SET change = 0 WHERE source_id = 'survey'")
        store.execute("UPDATE _state SET value = 'another' WHERE name = 'facts:courses'")
        recorded_changes(store)
        kept = store.execute("SELECT DISTINCT change FROM _change WHERE source_id = 'survey'").fetchall()
        assert kept == [(0,)]


def test_the_daily_run_reads_every_row_again(received: Home) -> None:
    with open_store(received) as store:
        whole = recorded_changes(store)
        store.execute("UPDATE _change SET change = 0")
        assert recorded_changes(store) != whole
    refresh_store(received, load_catalogue(received.sources), NOW, every=True)
    with open_store(received) as store:
        assert recorded_changes(store) == whole


def test_two_open_vintages_are_found_though_no_source_changed(received: Home) -> None:
    catalogue = load_catalogue(received.sources)
    assert refresh_store(received, catalogue, NOW).broken == []
    with open_store(received) as store:
        store.execute("INSERT INTO activity SELECT * FROM activity WHERE recorded_to IS NULL LIMIT 1")
    refreshed = refresh_store(received, catalogue, NOW)
    assert refreshed.changed_sources == []
    assert refreshed.broken == ["activity: 1 facts have two open vintages"]


def recounted(store: duckdb.DuckDBPyConnection) -> dict[pd.Timestamp, str]:
    """The changes after everything that is kept of them was forgotten; kept again in the end as it was."""
    store.execute("BEGIN TRANSACTION")
    store.execute("DELETE FROM _change")
    store.execute("DELETE FROM _state WHERE starts_with(name, 'changes:')")
    changes = recorded_changes(store)
    store.execute("ROLLBACK")
    return changes
