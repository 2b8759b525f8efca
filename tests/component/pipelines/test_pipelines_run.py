"""`idtracker run`: what it does, does again, and does after a failure, under a lock or after being killed."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
import yaml
from click.testing import CliRunner, Result

from idtracker.cli import cli
from idtracker.model.home import Settings
from idtracker.operate import pipeline as steps
from idtracker.publish.snapshot import read_manifest
from pipelines.instance import COMMAND, open_instance, write_instance_config, write_workspace
from pipelines.run import Orchestrator

Runs = Callable[[], Sequence[dg.DagsterRun]]
ROOT = Path(__file__).parents[3]
MARKED = ["SECRET", "C-1,Zarqa,2025-Q3,2,11"]
KILLED_AT = {
    "between landing and judging": "pipelines.source_assets.judge_one",
    "between facts and scores": "idtracker.operate.pipeline.write_scores",
    "before the switch to the new snapshot": "idtracker.publish.snapshot._switch",
}
KILL = """
import os, signal, sys
from pathlib import Path
from importlib import import_module
from idtracker.publish import steps
from idtracker.settings import Settings
from pipelines.run import Orchestrator
steps.check_expectations = lambda *context: [
    steps.TableVerdict(table, 0, True, False, {}, {}) for table in steps.EXPECTED_TABLES
]
steps.write_metrics = lambda *context: {"dagster/row_count": 0}
for place in sys.stdin:
    process = os.fork()
    if not process:
        module, name = place.strip().rsplit(".", 1)
        setattr(import_module(module), name, lambda *args, **options: os.kill(os.getpid(), signal.SIGKILL))
        Orchestrator(Settings(Path(sys.argv[1]), Path(sys.argv[2]))).run()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""
"""A process that runs the programme once per line that it reads, killed where the line says; it tells how each run ended."""
HOLD = """
import sys, time
from pathlib import Path
from idtracker.settings import Settings
from idtracker.store.connection import writing_turn
with writing_turn(Settings(Path(sys.argv[1]), Path("unused"))):
    print("held", flush=True)
    sys.stdin.read()
"""


def passing(*context: object) -> list[steps.TableVerdict]:
    """Verdicts of the suites, which have tests of their own; loading their library takes longer than a small run."""
    return [steps.TableVerdict(table, 0, True, False, {}, {}) for table in steps.EXPECTED_TABLES]


@pytest.fixture(autouse=True)
def without_suites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "check_expectations", passing)


@pytest.fixture
def without_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "write_metrics", lambda *context: {"dagster/row_count": 0})


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch, without_metrics: None) -> None:
    """For what is told by the facts alone."""
    for step in ("write_cells", "write_scores"):
        monkeypatch.setattr(steps, step, lambda *context: {"dagster/row_count": 0})


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance) -> Runs:
    """Dagster's runs, kept in memory for speed."""
    monkeypatch.setattr("pipelines.run.open_instance", lambda settings: nullcontext(instance))
    return instance.get_runs


def call(settings: Settings, *options: str) -> Result:
    arguments = ["run", "--home", str(settings.home), "--sources", str(settings.sources), "--json", *options]
    return CliRunner().invoke(cli, arguments)


def query(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    path = settings.published / "hmg" / "current" / "idtracker.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_second_run_does_nothing_unless_asked_for_in_full(
    programme: Settings, drop: Callable[..., Path], without_metrics: None, runs: Runs
) -> None:
    drop()
    first = Orchestrator(programme).run()
    manifest = read_manifest(programme, "hmg")
    second = Orchestrator(programme).run()
    assert (first["outcome"], second["outcome"], second["changed"]) == ("done", "nothing_new", False)
    assert len(runs()) == 2
    assert Orchestrator(programme).run(full=True)["outcome"] == "done"
    assert len(runs()) == 4
    assert read_manifest(programme, "hmg") == manifest


def test_a_refused_file_stops_only_its_own_source(
    programme: Settings, drop: Callable[..., Path], without_figures: None, runs: Runs
) -> None:
    drop("visits", "visits.csv")
    refused = drop(rows=MARKED)
    result = call(programme)
    report = json.loads(result.stdout)
    assert (result.exit_code, report["outcome"], report["failed_steps"]) == (0, "done", [])
    assert refused.exists()
    assert query(programme, "SELECT source_id, count(*) FROM now.activity GROUP BY 1") == [("visits", 6)]
    assert query(programme, "SELECT rule FROM finding WHERE source_id = 'courses'") == [("file.protective_marking",)]
    assert call(programme).exit_code == 0
    assert len(runs()) == 2, "a refused file is decided: it is no reason for another run"


def test_a_file_that_cannot_be_taken_in_is_named_and_waits(
    programme: Settings, drop: Callable[..., Path], without_figures: None, runs: Runs
) -> None:
    drop("visits", "visits.csv")
    kept = drop()
    kept.with_name(kept.name + ".envelope.json").write_text("{", "utf-8")
    report = json.loads(call(programme).stdout)
    (problem,) = report["not_taken"]
    assert problem.startswith(f"courses/{kept.name}: the envelope") and "correct or remove it" in problem
    assert [s["source"] for s in report["submissions"]] == ["visits"]
    assert kept.exists()


def test_an_exception_in_a_step_fails_the_run_and_names_it(
    programme: Settings, drop: Callable[..., Path], without_figures: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop()
    with monkeypatch.context() as broken:
        broken.setattr(steps, "write_scores", lambda *args: 1 / 0)
        result = call(programme)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["failed_steps"] == ["tracker/scores"]
    assert read_manifest(programme, "hmg") is None
    assert call(programme).exit_code == 0, "the next run takes up what was left"
    assert query(programme, "SELECT count(*) FROM now.activity") == [(6,)]


def test_only_the_source_asked_for_is_taken_in(
    programme: Settings, drop: Callable[..., Path], without_figures: None, runs: Runs
) -> None:
    waiting = drop("visits", "visits.csv")
    drop()
    Orchestrator(programme).run(sources=["courses"])
    assert waiting.exists()
    assert query(programme, "SELECT DISTINCT source_id FROM activity") == [("courses",)]
    assert call(programme, "--source", "curses").exit_code == 2


def test_a_run_as_of_a_day_knows_only_what_had_come(
    programme: Settings, drop: Callable[..., Path], without_figures: None, runs: Runs
) -> None:
    drop()
    later = drop("visits", "visits.csv", received_at="2026-01-20T00:00:00Z")
    Orchestrator(programme).run(as_of=datetime(2025, 12, 31, tzinfo=UTC))
    assert later.exists()
    assert query(programme, "SELECT DISTINCT source_id FROM activity") == [("courses",)]
    manifest = read_manifest(programme, "hmg")
    assert manifest is not None
    assert str(manifest["as_of"]).startswith("2025-12-31")
    Orchestrator(programme).run()
    assert query(programme, "SELECT DISTINCT source_id FROM activity ORDER BY 1") == [("courses",), ("visits",)]


def test_a_second_process_is_turned_away_at_once(programme: Settings, drop: Callable[..., Path]) -> None:
    drop()
    command = [sys.executable, "-c", HOLD, str(programme.home)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        result = call(programme)
        holder.communicate()
    assert result.exit_code == 3
    assert "Another run is writing" in json.loads(result.stdout)["error"]
    assert not (programme.dagster / "storage").exists(), "nothing was started"


def test_a_run_killed_at_any_moment_is_made_good_by_the_next(
    programme: Settings,
    drop: Callable[..., Path],
    drop_survey: Callable[[], Path],
    tmp_path: Path,
    without_metrics: None,
) -> None:
    drop()
    drop_survey()
    undisturbed = Settings(tmp_path / "undisturbed", programme.sources)
    shutil.copytree(programme.inbox, undisturbed.inbox)
    Orchestrator(undisturbed).run()
    command = [sys.executable, "-c", KILL, str(programme.home), str(programme.sources)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killing:
        assert killing.stdin is not None and killing.stdout is not None
        for moment, place in KILLED_AT.items():
            print(place, file=killing.stdin, flush=True)
            assert killing.stdout.readline() == f"{-signal.SIGKILL}\n", moment
            assert read_manifest(programme, "hmg") is None, moment
    assert Orchestrator(programme).run()["outcome"] == "done"
    assert content_of(programme) == content_of(undisturbed)
    assert Orchestrator(programme).run()["outcome"] == "nothing_new"
    with open_instance(programme) as instance:
        found = instance.get_runs()
    ended = [run.status for run in found]
    assert ended.count(dg.DagsterRunStatus.FAILURE) == len(KILLED_AT)
    assert ended.count(dg.DagsterRunStatus.SUCCESS) == len(ended) - len(KILLED_AT)
    assert all(COMMAND.items() <= run.tags.items() for run in found)


def content_of(settings: Settings) -> object:
    manifest = read_manifest(settings, "hmg")
    assert manifest is not None
    return manifest["content"]


def test_a_withdrawal_alone_is_a_reason_to_publish(
    programme: Settings, drop: Callable[..., Path], without_figures: None, runs: Runs
) -> None:
    name = drop().name
    Orchestrator(programme).run()
    notice = {"withdraws": name, "why": "sent in error", "at": "2025-11-01T00:00:00Z"}
    (programme.inbox / "courses" / "x.withdrawal.json").write_text(json.dumps(notice), "utf-8")
    assert Orchestrator(programme).run()["outcome"] == "done"
    assert query(programme, "SELECT count(*) FROM now.activity") == [(0,)]
    assert Orchestrator(programme).run()["outcome"] == "nothing_new"


def test_the_instance_lives_inside_its_home(settings: Settings) -> None:
    folder = write_instance_config(settings)
    config = yaml.safe_load((folder / "dagster.yaml").read_text("utf-8"))
    template = yaml.safe_load((ROOT / "dagster.yaml").read_text("utf-8"))
    homes = [config["storage"]["sqlite"], config["compute_logs"]["config"], config["local_artifact_storage"]["config"]]
    assert all(Path(section["base_dir"]).parent == settings.dagster for section in homes)
    assert {k: v for k, v in config.items() if k not in ("storage", "compute_logs", "local_artifact_storage")} == {
        k: v for k, v in template.items() if k not in ("storage", "compute_logs", "local_artifact_storage")
    }
    with open_instance(settings) as instance:
        pools = instance.get_concurrency_config().pool_config
        assert (pools.default_pool_limit, str(pools.pool_granularity.value)) == (1, "op")
        assert not instance.telemetry_enabled
        assert instance.run_monitoring_enabled
    [location] = yaml.safe_load(write_workspace(settings).read_text("utf-8"))["load_from"]
    assert location["python_module"] == {"module_name": "pipelines.definitions", "location_name": "idtracker"}
