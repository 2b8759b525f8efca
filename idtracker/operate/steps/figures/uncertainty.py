"""Uncertainty and sensitivity of the latest round."""

from __future__ import annotations

from datetime import datetime

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.model.tables import SIMULATED
from idtracker.operate.step import Context, Step, StepResult
from idtracker.operate.steps.figures.derived import derived_tables
from idtracker.store.tables import count_rows


def write_uncertainty(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None
) -> dict[str, int]:
    """Draw the latest round where something behind it changed; rows per table."""
    from idtracker.analyse.sensitivity.derive import derive_uncertainty

    with derived_tables(home, catalogue, now, until) as (connection, line, _):
        methods = catalogue.methods
        derive_uncertainty(connection, line.resting_on(methods.headline.drawn_from), methods)
        return {name: count_rows(connection, name) for name in SIMULATED}


def _run(context: Context) -> StepResult:
    return StepResult(dict(write_uncertainty(context.home, context.catalogue, context.now, context.until)))


UNCERTAINTY = Step(
    "tracker/uncertainty",
    ("tracker/scores",),
    _run,
    "The latest round under other errors, weights and aggregations: intervals, ranks, bands, sensitivity, reliability.",
    tuple(SIMULATED),
)
