"""The history that a command writes, through connections that it keeps, is Dagster's own: others read it and write beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from idtracker.model.home import Home
from pipelines.instance import open_instance, write_instance_config

KEY = dg.AssetKey("counted")


@dg.asset(key=KEY, check_specs=[dg.AssetCheckSpec("sound", asset=KEY)])
def counted() -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    yield dg.AssetCheckResult(check_name="sound", passed=False, severity=dg.AssetCheckSeverity.WARN)
    yield dg.MaterializeResult(metadata={"rows": 3})


def run_by(instance: dg.DagsterInstance) -> str:
    result = dg.materialize([counted], instance=instance)
    assert result.success
    return result.run_id


def seen(instance: dg.DagsterInstance, run_id: str) -> list[object]:
    """What the UI shows of a run and its asset."""
    run, event = instance.get_run_by_id(run_id), instance.get_latest_materialization_event(KEY)
    assert run is not None and event is not None and event.asset_materialization is not None
    [check] = instance.event_log_storage.get_asset_check_execution_history(dg.AssetCheckKey(KEY, "sound"), limit=1)
    events = [(e.dagster_event_type, e.timestamp) for e in instance.all_logs(run_id)]
    assert len(events) > 5
    return [run.status, event.run_id, dict(event.asset_materialization.metadata), check.run_id, check.status, events]


def test_dagster_reads_what_a_command_wrote_while_it_runs_and_afterwards(home: Home, tmp_path: Path) -> None:
    folder = write_instance_config(home)
    with open_instance(home) as command:
        first = run_by(command)
        shown = seen(command, first)
        assert shown[:3] == [dg.DagsterRunStatus.SUCCESS, first, {"rows": dg.IntMetadataValue(3)}]
        with dg.DagsterInstance.from_config(str(folder)) as service:
            assert seen(service, first) == shown
            second = run_by(service)
            beside = seen(service, second)
        assert seen(command, second) == beside != shown
    assert not [path.name for path in folder.rglob("*.db-wal")], "everything is in the databases themselves"
    with dg.DagsterInstance.from_config(str(folder)) as service:
        assert seen(service, second) == beside
        assert {run.run_id for run in service.get_runs()} == {first, second}
