"""Runs through Dagster's assets without the suites, which have tests of their own, and what tests of Dagster share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from functools import partial

import dagster as dg
import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.operate.run import Runner
from pipelines.drive import drive
from tests.support.runs import SUITES, steps_without


def orchestrated(home: Home) -> Runner:
    """What a command takes for the orchestrator."""
    return Runner(home, partial(drive, store=steps_without(load_catalogue(home.sources), SUITES)))


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
