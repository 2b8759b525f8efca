"""Dagster over the small programme."""

from __future__ import annotations

from collections.abc import Callable

import dagster as dg
import pytest

from idtracker.model.home import Home
from pipelines.definitions import build
from pipelines.keys import accepted_key, landed_key
from tests.support import dagster_runs

instance, terminated_as_before = dagster_runs.instance, dagster_runs.terminated_as_before


@pytest.fixture
def ingest(programme: Home, instance: dg.DagsterInstance) -> Callable[..., dg.ExecuteInProcessResult]:
    """Run the two assets of one source, as the sensor asks for them."""

    def run(source: str = "courses") -> dg.ExecuteInProcessResult:
        job = build(programme).resolve_implicit_global_asset_job_def()
        keys = [landed_key(source), accepted_key(source)]
        return job.execute_in_process(instance=instance, asset_selection=keys, raise_on_error=False)

    return run
