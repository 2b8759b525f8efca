"""Accounts over a real store: whole after a run, and broken by what is taken out of store or publication."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.operate.step import account_check
from idtracker.operate.steps.facts import refresh_store
from idtracker.operate.steps.publication import publish
from idtracker.operate.steps.registers import write_registers
from idtracker.publish.verify_snapshot import published_differences
from idtracker.quality.reconciliation import accounts
from idtracker.store.connection import open_store
from pipelines.results import check_result

NOW = datetime(2026, 2, 10, tzinfo=UTC)


def test_a_row_that_leaves_store_or_publication_breaks_its_account(
    programme: Home,
    catalogue: ProgrammeCatalogue,
    drop: Callable[..., Path],
    ingest: Callable[..., dg.ExecuteInProcessResult],
) -> None:
    drop()
    assert ingest().success
    write_registers(programme, catalogue)
    refresh_store(programme, catalogue, NOW)
    read, stored = accounts.reconcile_facts(programme, catalogue, None)
    assert read.is_whole and stored.is_whole
    assert stored.rows[["subject", "reason", "rows", "rows_in", "rows_out"]].to_numpy().tolist() == [
        ["courses.activity", "in_vintage", 6, 6, 6]
    ]
    folder, _ = publish(programme, catalogue, NOW, None)
    assert published_differences(programme, folder) == []
    with duckdb.connect(str(folder / "idtracker.duckdb")) as own:
        own.execute("DELETE FROM activity WHERE activity_id = 'C-1'")
    (differing,) = published_differences(programme, folder)
    assert differing.startswith("activity: database has 5 rows")
    with open_store(programme) as connection:
        connection.execute("DELETE FROM activity")
    _, lost = accounts.reconcile_facts(programme, catalogue, None, every=True)
    assert not lost.is_whole
    assert len(lost.failing["courses.activity"]) == 6
    check = check_result(account_check("accepted_to_store", lost))
    assert not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    with open_store(programme) as connection:
        kept = connection.execute("SELECT reason, rows FROM reconciliation WHERE step = 'accepted_to_store'").fetchall()
    assert kept == [("unexplained", 6)]
