"""Runs of fewer steps: what a test is not about is left out of the list, never replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from fnmatch import fnmatchcase

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.operate.pipeline import run_pipeline, run_steps, silent, store_steps
from idtracker.operate.run import Driver, Runner
from idtracker.operate.step import Context, Listener, PipelineResult, Step
from idtracker.store.connection import kept_open

SUITES = "tracker/expectations"
"""They have tests of their own; loading their library takes longer than a small run."""
BRIEFINGS = "briefing/*"
"""Pages have tests of their own; drawing them takes longer than a small run."""
FILES = "files/*"
"""So have the formats of a publication."""
METRICS = "metrics/*"
FIGURES = (
    *("tracker/cells", "tracker/scores", "tracker/uncertainty", "tracker/rounds", "tracker/indices"),
    "tracker/consequences",
    METRICS,
    "tracker/framework",
)


def steps_without(catalogue: ProgrammeCatalogue, *names: str) -> list[Step]:
    """The steps behind the judged rows, but for those whose names match, for the briefings and the formats."""
    return [
        s for s in store_steps(catalogue) if not any(fnmatchcase(s.name, name) for name in (*names, BRIEFINGS, FILES))
    ]


def driver_without(*names: str) -> Driver:
    """Runs the pipeline in this process without some of the steps over the store."""

    def drive(context: Context, source_ids: Iterable[str], listen: Listener = silent) -> PipelineResult:
        return run_pipeline(context, source_ids, listen, store=steps_without(context.catalogue, *names))

    return drive


def runner_without(*names: str) -> Callable[[Home], Runner]:
    """What a command takes for the orchestrator."""
    return lambda home: Runner(home, driver_without(*names))


def run_all(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None = None, *without: str
) -> PipelineResult:
    """Land and judge whatever waits, and everything behind it but for the steps named; a step that fails fails the test."""
    drive = driver_without(SUITES, *without)
    return whole(drive(Context(home, catalogue, now, until), list(catalogue.sources), silent))


def run_store(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None = None, *without: str
) -> PipelineResult:
    """The steps behind the judged rows alone, over a store that is kept open as a run keeps it."""
    with kept_open(home):
        return whole(run_steps(steps_without(catalogue, SUITES, *without), Context(home, catalogue, now, until)))


def whole(result: PipelineResult) -> PipelineResult:
    """The result, in which no step failed and every row of the facts is accounted for."""
    assert not result.failures and not result.skipped, (result.failures, result.skipped)
    facts = result.results.get("tracker/facts")
    assert facts is None or all(check.passed for check in facts.checks), facts
    return result
