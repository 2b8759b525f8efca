"""`idtracker run`: what it does, does again, and does under a lock. That it may be killed is shown in tests/system."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
import yaml
from click.testing import CliRunner, Result

from idtracker.cli import cli
from idtracker.model.home import Home
from idtracker.publish.manifest import read_manifest
from idtracker.store.connection import open_store
from idtracker.store.schema import recall
from pipelines.instance import open_instance, write_instance_config, write_workspace
from tests.support.dagster_runs import orchestrated

Runs = Callable[[], Sequence[dg.DagsterRun]]
ROOT = Path(__file__).parents[3]
HOLD = """
import sys, time
from pathlib import Path
from idtracker.model.home import Home
from idtracker.store.connection import writing_turn
with writing_turn(Home(Path(sys.argv[1]), Path("unused"))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance) -> Runs:
    """Dagster's runs, kept in memory for speed."""
    monkeypatch.setattr("pipelines.drive.open_instance", lambda home: nullcontext(instance))
    return instance.get_runs


def call(home: Home, *options: str) -> Result:
    arguments = ["run", "--home", str(home.root), "--sources", str(home.sources), "--json", *options]
    return CliRunner().invoke(cli, arguments)


def query(home: Home, sql: str) -> list[tuple[Any, ...]]:
    path = home.published / "hmg" / "current" / "idtracker.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_second_run_does_nothing_unless_asked_for_in_full(
    programme: Home, drop: Callable[..., Path], runs: Runs
) -> None:
    drop()
    first = orchestrated(programme).run()
    manifest = read_manifest(programme, "hmg")
    second = orchestrated(programme).run()
    assert (first.outcome, second.outcome, second.changed) == ("done", "nothing_new", False)
    assert len(runs()) == 2
    assert orchestrated(programme).run(full=True).outcome == "done"
    assert len(runs()) == 4
    assert read_manifest(programme, "hmg") == manifest


def test_every_step_of_a_run_speaks_of_one_instant(programme: Home, drop: Callable[..., Path], runs: Runs) -> None:
    """Of a programme whose clock goes on: what is read by one step would otherwise be later than what the store says it is."""
    drop()
    definition = programme.sources / "programme.yml"
    stated = yaml.safe_load(definition.read_text("utf-8"))
    definition.write_text(yaml.safe_dump({k: v for k, v in stated.items() if k != "clock"}), "utf-8")
    assert orchestrated(programme).run().failed_steps == []
    with open_store(programme) as store:
        as_of = recall(store, "as_of")
        (last,) = store.execute("SELECT max(moment) FROM _moment WHERE step LIKE 'metric:%'").fetchone() or (None,)
    assert last is not None and as_of == last.isoformat()


def test_a_second_process_is_turned_away_at_once(programme: Home, drop: Callable[..., Path]) -> None:
    drop()
    command = [sys.executable, "-c", HOLD, str(programme.root)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        result = call(programme)
        holder.communicate()
    assert result.exit_code == 3
    assert "Another run is writing" in json.loads(result.stdout)["error"]
    assert not (programme.dagster / "storage").exists(), "nothing was started"


def test_the_instance_lives_inside_its_home(home: Home) -> None:
    folder = write_instance_config(home)
    config = yaml.safe_load((folder / "dagster.yaml").read_text("utf-8"))
    template = yaml.safe_load((ROOT / "dagster.yaml").read_text("utf-8"))
    homes = [config["storage"]["sqlite"], config["compute_logs"]["config"], config["local_artifact_storage"]["config"]]
    assert all(Path(section["base_dir"]).parent == home.dagster for section in homes)
    assert {k: v for k, v in config.items() if k not in ("storage", "compute_logs", "local_artifact_storage")} == {
        k: v for k, v in template.items() if k not in ("storage", "compute_logs", "local_artifact_storage")
    }
    with open_instance(home) as instance:
        pools = instance.get_concurrency_config().pool_config
        assert (pools.default_pool_limit, str(pools.pool_granularity.value)) == (1, "op")
        assert not instance.telemetry_enabled
        assert instance.run_monitoring_enabled
    [location] = yaml.safe_load(write_workspace(home).read_text("utf-8"))["load_from"]
    assert location["python_module"] == {"module_name": "pipelines.definitions", "location_name": "idtracker"}
