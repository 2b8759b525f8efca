"""Uncertainty and sensitivity of the latest round."""

from __future__ import annotations

from datetime import datetime

from idtracker.analyse.sensitivity.derive import ROUND_TABLES, derive_uncertainty
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.model.method import load_method
from idtracker.operate.step import Context, Step, StepResult
from idtracker.operate.steps.derived import derived_tables
from idtracker.store.tables import count_rows


def write_uncertainty(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None
) -> dict[str, int]:
    """Draw the latest round where something behind it changed; rows per table."""
    with derived_tables(home, catalogue, now, until) as (connection, line, _):
        derive_uncertainty(connection, line, load_method())
        return {name: count_rows(connection, name) for name in ROUND_TABLES}


def _run(context: Context) -> StepResult:
    return StepResult(dict(write_uncertainty(context.home, context.catalogue, context.now, context.until)))


UNCERTAINTY = Step(
    "tracker/uncertainty",
    ("tracker/scores",),
    _run,
    "The latest round under other errors, weights and aggregations: intervals, ranks, bands, sensitivity, reliability.",
    ROUND_TABLES,
)
