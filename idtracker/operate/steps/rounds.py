"""Rounds of the tracker as tables."""

from __future__ import annotations

from datetime import datetime

from idtracker.analyse.round.derive import ROUND_TABLES, derive_rounds
from idtracker.ingest.decisions.rounds import Rounds
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.operate.step import Context, Step, StepResult
from idtracker.operate.steps.figures.derived import derived_tables
from idtracker.store.tables import count_rows


def write_rounds(home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None) -> dict[str, int]:
    """Say what rounds there are at every moment at which an act or late data changed one; rows per table."""
    with derived_tables(home, catalogue, now, until) as (connection, line, _):
        derive_rounds(connection, line, Rounds(home, until).acts(), catalogue.programme.marking)
        return {name: count_rows(connection, name) for name in ROUND_TABLES}


def _rounds(context: Context) -> StepResult:
    return StepResult(dict(write_rounds(context.home, context.catalogue, context.now, context.until)))


ROUNDS = Step(
    "tracker/rounds",
    ("tracker/scores",),
    _rounds,
    "Rounds: inputs frozen at a cut-off, who attended and contributed, actions, and what came late.",
    ROUND_TABLES,
)
