"""Runs through Dagster's assets without the suites, which have tests of their own."""

from __future__ import annotations

from functools import partial

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.operate.run import Runner
from pipelines.drive import drive
from tests.support.runs import SUITES, steps_without


def orchestrated(home: Home) -> Runner:
    """What a command takes for the orchestrator."""
    return Runner(home, partial(drive, store=steps_without(load_catalogue(home.sources), SUITES)))
