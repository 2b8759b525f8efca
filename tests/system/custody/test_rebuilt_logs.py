"""After a rebuild every published table is as before, the logs of the latest run's own work among them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.operate.custody.rebuild import rebuild
from tests.support.runs import runner_without

QUARTERS = [f"{year}-Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)][:11]


def logs(home: Home) -> dict[str, list[tuple[object, ...]]]:
    database = home.published / "hmg" / "current" / "idtracker.duckdb"
    with duckdb.connect(str(database), read_only=True) as published:
        return {t: published.execute(f"SELECT * FROM {t} ORDER BY ALL").fetchall() for t in ("reconciliation", "drift")}


def test_accounts_and_comparisons_are_as_before(programme: Home, drop: Callable[..., Path]) -> None:
    rows = [f"VOICE,{place},{quarter},{50 + n},," for quarter in QUARTERS for n, place in enumerate(("Zarqa", "Karak"))]
    drop("survey", "survey_1.csv", rows, "Indicator,Area,Quarter,Value,Low,High")
    runner_without()(programme).run()
    before = logs(programme)
    assert all(before.values()), "a table without rows compares nothing"
    result = rebuild(programme, load_catalogue(programme.sources), datetime.now(UTC))
    assert result.is_compared and not result.differing
    assert logs(programme) == before
