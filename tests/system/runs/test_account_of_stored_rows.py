"""Every row of every accepted file has its fate in the store: one that is missing breaks the account, whoever else speaks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.quality.reconciliation import accounts
from idtracker.quality.reconciliation.facts_and_scores import ReconciliationResult
from idtracker.store.connection import open_store
from tests.support.runs import FIGURES, SUITES, runner_without

RUNNER = runner_without(SUITES, *FIGURES)


def account(home: Home) -> ReconciliationResult:
    _, stored = accounts.reconcile_facts(home, load_catalogue(home.sources), None, every=True)
    return stored


@pytest.mark.parametrize("revision", ["upsert", "append", "replace_period", "replace_all"])
def test_the_account_is_broken_by_one_row(programme: Home, drop: Callable[..., Path], revision: str) -> None:
    definition = programme.sources / "courses" / "source.yml"
    text = definition.read_text().replace("revision: replace_period", f"revision: {revision}")
    definition.write_text(text.replace("held_rate: 0.5", "held_rate: 0.5, removed_rate: 1.0"))
    drop(name="a.csv", rows=[f"A-{n},Zarqa,2025-Q3,2,1" for n in range(3)], received_at="2025-10-15T09:00:00Z")
    drop(name="b.csv", rows=[f"B-{n},Zarqa,2025-Q4,2,1" for n in range(3)], received_at="2026-01-15T09:00:00Z")
    drop(name="b_v9.csv", rows=["B-1,Karak,2025-Q4,2,7"], received_at="2026-01-20T09:00:00Z")
    drop(name="b_v3.csv", rows=["B-1,Karak,2025-Q4,2,8"], received_at="2026-01-21T09:00:00Z")
    RUNNER(programme).run()
    assert account(programme).is_whole
    with open_store(programme) as store:
        kept = store.execute("SELECT * FROM activity").df()
    for key in ("A-0", "B-1"):  # of the first file, and of one that others speak of as well
        with open_store(programme) as store:
            store.execute("DELETE FROM activity WHERE activity_id = ?", [key])
        lost = account(programme)
        assert not lost.is_whole, key
        with open_store(programme) as store:
            store.execute("DELETE FROM activity")
            store.execute("INSERT INTO activity BY NAME SELECT * FROM kept")
        assert kept is not None and account(programme).is_whole
