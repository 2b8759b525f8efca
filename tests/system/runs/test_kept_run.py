"""A run that finds nothing new is told from the files alone, and looks again as soon as anything may have changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from idtracker.ingest.decisions.waivers import Waiver, Waivers
from idtracker.model.home import Home
from idtracker.operate import kept_run
from idtracker.operate.kept_run import nothing_new_again
from idtracker.operate.run import Runner
from idtracker.operate.run_log import logged_runs
from tests.support.runs import FIGURES, SUITES, runner_without

RUNNER = runner_without(SUITES, *FIGURES)


def another_file(home: Home) -> None:
    (home.inbox / "courses" / "late.csv").write_text("Course\nC-9\n", "utf-8")


def another_definition(home: Home) -> None:
    path = home.sources / "courses" / "source.yml"
    path.write_text(path.read_text("utf-8") + "\n# A comment\n", "utf-8")


def a_judgement_lost(home: Home) -> None:
    next(home.accepted.rglob("outcome.json")).unlink()


def a_judgement_rewritten(home: Home) -> None:
    path = next(home.accepted.rglob("findings.parquet"))
    path.write_bytes(path.read_bytes())


def a_waiver(home: Home) -> None:
    now = datetime.now(UTC)
    until = (now + timedelta(days=9)).date()
    Waivers(home).give(Waiver("courses", "s" * 8, "", ("value.range",), "GB-GOV-1", "checked", now, until))


def no_store(home: Home) -> None:
    home.store.unlink()


@pytest.fixture
def quiet(programme: Home, drop: Callable[..., Path]) -> Home:
    """A home in which the last run found nothing new."""
    drop()
    assert RUNNER(programme).run().outcome == "done"
    assert nothing_new_again(programme) is None, "the run before it found something"
    assert RUNNER(programme).run().outcome == "nothing_new"
    return programme


def test_the_same_report_again_and_a_line_in_the_log(quiet: Home) -> None:
    last, lines = RUNNER(quiet).run(), len(logged_runs(quiet))
    again = nothing_new_again(quiet)
    assert again is not None
    assert again.model_copy(update={"seconds": last.seconds}) == last
    *_, line = logged_runs(quiet)
    assert (len(logged_runs(quiet)), line["outcome"]) == (lines + 1, "nothing_new")
    assert nothing_new_again(quiet) is not None, "the line itself is nothing new"


@pytest.mark.parametrize(
    "change", [another_file, another_definition, a_judgement_lost, a_judgement_rewritten, a_waiver, no_store]
)
def test_it_looks_again_after_a_change(quiet: Home, change: Callable[[Home], None]) -> None:
    assert nothing_new_again(quiet) is not None
    change(quiet)
    assert nothing_new_again(quiet) is None


def test_formats_alone_are_written_without_anything_else(quiet: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where what was written is taken away again."""
    monkeypatch.setenv("IDTRACKER_FILES", "yes")
    runner = Runner(quiet, lambda *_: pytest.fail("worked out again"))
    path = quiet.sources / "programme.yml"
    path.write_text(path.read_text("utf-8") + "formats: [csv]\n", "utf-8")
    report = runner.run()
    assert (report.outcome, report.changed, report.formats) == ("done", True, {"hmg": ["csv"]})
    assert runner.run().outcome == "nothing_new" and nothing_new_again(quiet) is not None
    file = quiet.published / "hmg" / "current" / "csv" / "activity.csv"
    before = file.read_bytes()
    assert before.count(b"\r\n") > 1
    file.unlink()
    assert nothing_new_again(quiet) is None
    assert runner.run().outcome == "done" and file.read_bytes() == before
    monkeypatch.setenv("IDTRACKER_FILES", "no")
    file.unlink()
    assert runner.run().outcome == "nothing_new" and nothing_new_again(quiet) is not None
    monkeypatch.setenv("IDTRACKER_FILES", "yes")
    assert nothing_new_again(quiet) is None


def test_a_briefing_that_is_missing_is_drawn_without_anything_else(
    quiet: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after `rebuild`, which publishes tables alone."""
    monkeypatch.setenv("IDTRACKER_BRIEFING", "yes")
    assert nothing_new_again(quiet) is None
    runner = Runner(quiet, lambda *_: pytest.fail("worked out again"))
    report = runner.run()
    assert (report.outcome, [Path(page).name for page in report.briefings.values()]) == ("done", ["index.html"])
    assert runner.run().outcome == "nothing_new" and nothing_new_again(quiet) is not None
    shutil.rmtree(Path(report.briefings["hmg"]).parent)
    assert nothing_new_again(quiet) is None


@pytest.mark.parametrize("name", ["idtracker.duckdb", "parquet/activity.parquet", "boundaries.geojson"])
def test_a_table_that_was_taken_away_is_published_again(quiet: Home, name: str) -> None:
    current = quiet.published / "hmg" / "current"
    before = json.loads((current / "manifest.json").read_text("utf-8"))["content"]
    (current / name).unlink()
    assert nothing_new_again(quiet) is None
    assert RUNNER(quiet).run().outcome == "done"
    assert (current / name).is_file()
    assert json.loads((current / "manifest.json").read_text("utf-8"))["content"] == before
    assert RUNNER(quiet).run().outcome == "nothing_new"


def test_it_looks_again_on_another_day(quiet: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(days=1)

    monkeypatch.setattr(kept_run, "datetime", Tomorrow)
    assert nothing_new_again(quiet) is None


def test_a_run_that_left_a_file_alone_is_not_repeated(programme: Home, drop: Callable[..., Path]) -> None:
    drop()
    (programme.inbox / "courses" / "no-such-pattern.bin").write_bytes(b"?")
    RUNNER(programme).run()
    report = RUNNER(programme).run()
    assert report.outcome == "nothing_new" and report.not_taken
    assert nothing_new_again(programme) is None
