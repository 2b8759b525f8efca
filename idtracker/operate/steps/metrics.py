"""Integration metrics, a family at a time."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from idtracker.analyse.history.metrics import baseline_quarter, derive_metrics
from idtracker.analyse.history.network_changes import derive_network_changes
from idtracker.analyse.metrics.registry import family
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.operate.step import Context, Step, StepResult
from idtracker.operate.steps.derived import derived_tables
from idtracker.operate.steps.rounds import ROUNDS
from idtracker.store.tables import count_rows

NETWORK, NETWORK_CHANGE = "network", "network_change"
"""The family whose step also says why its figures moved, and the table that says it."""


def write_metrics(
    home: Home, catalogue: ProgrammeCatalogue, family_id: str, now: datetime, until: datetime | None
) -> dict[str, int]:
    """Measure one family at the ends of months and on the day of knowledge; values and suppressed values now."""
    named = ", ".join(f"'{m.id}'" for m in family(family_id))
    with derived_tables(home, catalogue, now, until) as (connection, line, as_of):
        baseline = baseline_quarter(connection, catalogue.programme)
        derive_metrics(connection, line, as_of, family_id, baseline)
        if family_id == NETWORK:
            derive_network_changes(connection, line, as_of)
        every = count_rows(connection, "metric_value", f"metric_id IN ({named})")
        stated = count_rows(connection, "metric_value", f"metric_id IN ({named}) AND suppressed_reason IS NULL")
    return {"dagster/row_count": every, "suppressed": every - stated}


def _metrics(name: str, context: Context) -> StepResult:
    return StepResult(dict(write_metrics(context.home, context.catalogue, name, context.now, context.until)))


def metrics_step(name: str) -> Step:
    """The step of one family."""
    ids = [metric.id for metric in family(name)]
    description = f"Integration metrics {ids[0]} to {ids[-1]}: {name}."
    tables = ("metric_value", *([NETWORK_CHANGE] if name == NETWORK else []))
    return Step(f"metrics/{name}", ("tracker/scores", ROUNDS.name), partial(_metrics, name), description, tables)
