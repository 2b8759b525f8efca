"""What was delivered last counts, and a file that stands back is named in the run's summary with the remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.placing import place_in_inbox
from idtracker.model.home import Home
from tests.support.quarterly_programme import COURSES_HEAD
from tests.support.runs import FIGURES, SUITES, runner_without

RUNNER = runner_without(SUITES, *FIGURES)


def query(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.published / "hmg" / "current" / "idtracker.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("names", [("z.csv", "a.csv"), ("a.csv", "z.csv"), ("same.csv", "same.csv")])
def test_of_two_files_in_one_run_the_later_delivery_counts(programme: Home, names: tuple[str, str]) -> None:
    source = load_catalogue(programme.sources).sources["visits"]
    for name, figure in zip(names, (40, 41), strict=True):
        content = f"{COURSES_HEAD}\nC-1,Zarqa,2025-Q3,2,{figure}\n"
        place_in_inbox(programme, source, content.encode(), name, None)
    report = RUNNER(programme).run()
    assert query(programme, "SELECT people_reached FROM now.activity") == [(41,)]
    assert [s.superseded_by for s in report.submissions] == [[], []], "the first one counted until the second came"


def test_a_file_that_stands_back_is_named_with_the_stronger_one(programme: Home, drop: Callable[..., Path]) -> None:
    drop(name="courses_2025-Q3_v99.csv", rows=["C-1,Zarqa,2025-Q3,2,11"], received_at="2025-10-15T09:00:00Z")
    RUNNER(programme).run()
    drop(name="courses_2025-Q3_v2.csv", rows=["C-1,Zarqa,2025-Q3,2,12"], received_at="2025-10-16T09:00:00Z")
    (second,) = RUNNER(programme).run().submissions
    assert (second.rows_superseded, second.superseded_by) == (1, ["courses_2025-Q3_v99.csv"])
    ((misnamed,),) = query(programme, "SELECT submission_id FROM submission WHERE file_name LIKE '%v99%'")
    assert f"idtracker withdraw {misnamed}" in second.remedy
    withdraw(programme, misnamed)
    RUNNER(programme).run()
    assert query(programme, "SELECT people_reached FROM now.activity") == [(12,)]


def withdraw(home: Home, submission_id: str) -> None:
    Ledger(home).withdraw("courses", submission_id, at=datetime(2025, 10, 17, tzinfo=UTC), by="ops", why="misnamed")
