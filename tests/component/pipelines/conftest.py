"""Dagster over the small programme."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import dagster as dg
import pytest

from idtracker.model.home import Home
from pipelines.definitions import build
from pipelines.keys import accepted_key, landed_key


@pytest.fixture(autouse=True)
def terminated_as_before() -> Iterator[None]:
    """Dagster lets SIGTERM interrupt whatever runs afterwards in the process: a killed suite would fail in some other test."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """Dagster's memory of one test."""
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture
def ingest(programme: Home, instance: dg.DagsterInstance) -> Callable[..., dg.ExecuteInProcessResult]:
    """Run the two assets of one source, as the sensor asks for them."""

    def run(source: str = "courses") -> dg.ExecuteInProcessResult:
        job = build(programme).resolve_implicit_global_asset_job_def()
        keys = [landed_key(source), accepted_key(source)]
        return job.execute_in_process(instance=instance, asset_selection=keys, raise_on_error=False)

    return run
