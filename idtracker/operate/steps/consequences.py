"""What rested on facts that were withdrawn or corrected."""

from __future__ import annotations

from datetime import datetime

from idtracker.analyse.consequence.derive import TABLE, derive_consequences
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.model.warnings.load import rules_fingerprint
from idtracker.operate.step import Context, Step, StepResult
from idtracker.operate.steps.figures.derived import derived_tables
from idtracker.store.tables import count_rows


def write_consequences(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None
) -> dict[str, int]:
    """Say of every submission with facts that ended what rested on them the moment before; rows of the table."""
    rests_on = f"{rules_fingerprint(home.sources)} {catalogue.methods.headline.fingerprint} {catalogue.methods.trend}"
    with derived_tables(home, catalogue, now, until) as (connection, line, _):
        derive_consequences(connection, line.resting_on(rests_on), catalogue.methods.trend)
        return {TABLE: count_rows(connection, TABLE)}


def _consequences(context: Context) -> StepResult:
    return StepResult(dict(write_consequences(context.home, context.catalogue, context.now, context.until)))


CONSEQUENCES = Step(
    "tracker/consequences",
    ("tracker/scores", "tracker/judgements", "tracker/warnings", "tracker/rounds"),
    _consequences,
    "What rested on facts that were withdrawn or corrected, the moment before they were.",
    (TABLE,),
)
