"""Scenarios and calibration."""

from __future__ import annotations

from datetime import datetime

from idtracker.analyse.judgement.history import JUDGEMENT_TABLES, derive_judgements
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.operate.step import Context, Step, StepResult
from idtracker.operate.steps.figures.derived import derived_tables
from idtracker.store.markings import mark_resolutions
from idtracker.store.tables import count_rows


def write_judgements(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None
) -> dict[str, int]:
    """Pool the judgements at every moment at which one changed, and hold them against what came about; rows per table."""
    with derived_tables(home, catalogue, now, until) as (connection, line, _):
        derive_judgements(connection, line)
        mark_resolutions(connection)
        return {name: count_rows(connection, name) for name in JUDGEMENT_TABLES}


def _judgements(context: Context) -> StepResult:
    return StepResult(dict(write_judgements(context.home, context.catalogue, context.now, context.until)))


JUDGEMENTS = Step(
    "tracker/judgements",
    ("tracker/facts",),
    _judgements,
    "Judgements pooled by question and quarter, resolved, and the calibration of those who made them.",
    JUDGEMENT_TABLES,
)
