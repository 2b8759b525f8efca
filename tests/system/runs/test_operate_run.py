"""A run over a home, without an orchestrator: what it does, does again, and leaves alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.operate.pipeline import run_pipeline, run_steps
from idtracker.operate.run import Runner
from idtracker.operate.step import ACCOUNTS, Check, Context, Listener, PipelineResult, Step, StepResult
from idtracker.publish.manifest import read_manifest
from idtracker.store.connection import open_store
from tests.support.quarterly_programme import GOOD, drop_rows
from tests.support.runs import FIGURES, SUITES, runner_without, steps_without

MARKED = ["SECRET", "C-1,Zarqa,2025-Q3,2,11"]
RUNNER = runner_without(SUITES, *FIGURES)


def query(home: Home, sql: str) -> list[tuple[Any, ...]]:
    path = home.published / "hmg" / "current" / "idtracker.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_second_run_does_nothing_unless_asked_for_in_full(programme: Home, drop: Callable[..., Path]) -> None:
    drop()
    first = RUNNER(programme).run()
    manifest = read_manifest(programme, "hmg")
    second = RUNNER(programme).run()
    assert (first.outcome, second.outcome, second.changed) == ("done", "nothing_new", False)
    full = RUNNER(programme).run(full=True)
    assert full.outcome == "done", full.failures
    assert read_manifest(programme, "hmg") == manifest


def test_a_refused_file_stops_only_its_own_source(programme: Home, drop: Callable[..., Path]) -> None:
    drop("visits", "visits.csv")
    refused = drop(rows=MARKED)
    report = RUNNER(programme).run()
    assert (report.outcome, report.failed_steps) == ("done", [])
    assert refused.exists()
    assert query(programme, "SELECT source_id, count(*) FROM now.activity GROUP BY 1") == [("visits", 6)]
    assert query(programme, "SELECT rule FROM finding WHERE source_id = 'courses'") == [("file.protective_marking",)]
    again = RUNNER(programme).run()
    assert again.outcome == "nothing_new", "a refused file is decided: it is no reason for another run"


def test_a_file_that_cannot_be_taken_in_is_named_and_waits(programme: Home, drop: Callable[..., Path]) -> None:
    drop("visits", "visits.csv")
    kept = drop()
    kept.with_name(kept.name + ".envelope.json").write_text("{", "utf-8")
    report = RUNNER(programme).run()
    (problem,) = report.not_taken
    assert problem.startswith(f"courses/{kept.name}: the envelope") and "correct or remove it" in problem
    assert [s.source for s in report.submissions] == ["visits"]
    assert kept.exists()


def test_an_exception_in_a_step_fails_the_run_and_names_it(programme: Home, drop: Callable[..., Path]) -> None:
    drop()

    def drive(context: Context, source_ids: Iterable[str], listen: Listener) -> PipelineResult:
        steps = steps_without(context.catalogue, SUITES)
        broken = [replace(s, run=lambda given: 1 / 0) if s.name == "tracker/scores" else s for s in steps]  # type: ignore[arg-type, return-value]
        return run_pipeline(context, source_ids, listen, store=broken)

    report = Runner(programme, drive).run()
    assert (report.failed_steps, report.outcome) == (["tracker/scores"], "failed")
    assert report.failures == {"tracker/scores": "division by zero"}
    assert read_manifest(programme, "hmg") is None
    assert RUNNER(programme).run().failed_steps == [], "the next run takes up what was left"
    assert query(programme, "SELECT count(*) FROM now.activity") == [(6,)]


def test_an_account_that_does_not_add_up_fails_this_run_and_the_next(
    programme: Home, drop: Callable[..., Path]
) -> None:
    drop()
    assert RUNNER(programme).run().outcome == "done"
    with open_store(programme) as store:
        store.execute("UPDATE reconciliation SET rows = rows - 1 WHERE step = 'accepted_to_store'")
    for _ in range(2):
        report = RUNNER(programme).run()
        assert (report.outcome, report.failed_steps) == ("failed", ["tracker/facts"])
        assert "courses.activity: 6 rows came in, 5 are accounted for" in report.failures["tracker/facts"]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_step_whose_account_fails_is_named_and_keeps_nothing_from_following(programme: Home, account: str) -> None:
    context = Context(programme, load_catalogue(programme.sources), datetime(2026, 2, 10, tzinfo=UTC))
    first = Step("first", (), lambda _: StepResult(checks=(Check(account, passed=False),)), "")
    result = run_steps([first, Step("second", ("first",), lambda _: StepResult(), "")], context)
    assert list(result.results) == ["first", "second"] and list(result.failures) == ["first"]
    assert account in result.failures["first"] and "idtracker rebuild" in result.failures["first"]


def test_only_the_source_asked_for_is_taken_in(programme: Home, drop: Callable[..., Path]) -> None:
    waiting = drop("visits", "visits.csv")
    drop()
    RUNNER(programme).run(sources=["courses"])
    assert waiting.exists()
    assert query(programme, "SELECT DISTINCT source_id FROM activity") == [("courses",)]
    with pytest.raises(UsageError, match="curses"):
        RUNNER(programme).run(sources=["curses"])


def test_a_run_as_of_a_day_knows_only_what_had_come(programme: Home, drop: Callable[..., Path]) -> None:
    drop()
    later = drop("visits", "visits.csv", received_at="2026-01-20T00:00:00Z")
    RUNNER(programme).run(as_of=datetime(2025, 12, 31, tzinfo=UTC))
    assert later.exists()
    assert query(programme, "SELECT DISTINCT source_id FROM activity") == [("courses",)]
    manifest = read_manifest(programme, "hmg")
    assert manifest is not None
    assert str(manifest["as_of"]).startswith("2025-12-31")
    RUNNER(programme).run()
    assert query(programme, "SELECT DISTINCT source_id FROM activity ORDER BY 1") == [("courses",), ("visits",)]


def test_a_withdrawal_alone_is_a_reason_to_publish(programme: Home, drop: Callable[..., Path]) -> None:
    name = drop().name
    RUNNER(programme).run()
    notice = {"withdraws": name, "by": "GB-GOV-8", "why": "sent in error", "at": "2025-11-01T00:00:00Z"}
    (programme.inbox / "courses" / "x.withdrawal.json").write_text(json.dumps(notice), "utf-8")
    assert RUNNER(programme).run().outcome == "done"
    assert query(programme, "SELECT count(*) FROM now.activity") == [(0,)]
    assert RUNNER(programme).run().outcome == "nothing_new"


def test_a_home_that_was_copied_without_its_links_publishes_again(
    programme: Home, drop: Callable[..., Path], tmp_path: Path
) -> None:
    drop()
    RUNNER(programme).run()
    copy = replace(programme, root=tmp_path / "copy")
    shutil.copytree(programme.root, copy.root, symlinks=False)
    assert not (copy.published / "hmg" / "current").is_symlink()
    drop_rows(copy.root, name="courses_2025-Q3_v2.csv", rows=GOOD[:4], received_at="2025-10-16T09:00:00Z")
    assert RUNNER(copy).run().outcome == "done"
    assert (copy.published / "hmg" / "current").is_symlink()
    assert query(copy, "SELECT count(*) FROM now.activity") == [(4,)]
