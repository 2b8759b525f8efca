"""Who owes what, and the merged cells."""

from __future__ import annotations

from datetime import datetime

from idtracker.analyse.history.cells import derive_cells
from idtracker.analyse.history.obligations import derive_obligations
from idtracker.analyse.timeliness.freshness import freshness_table, organisation_names
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.operate.step import CheckSpec, Context, Step, StepResult, account_check
from idtracker.operate.steps.figures.derived import derived_tables
from idtracker.quality.reconciliation import accounts
from idtracker.store.markings import mark_decisions
from idtracker.store.tables import (
    count_rows,
    read_table,
    rewrite_table,
)


def write_cells(home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None) -> dict[str, int]:
    """Say who owes what, and merge observations into cells, at every moment at which that changed; rows per table now."""
    with derived_tables(home, catalogue, now, until) as (connection, line, as_of):
        derive_obligations(connection, catalogue, line)
        derive_cells(connection, catalogue, line, catalogue.methods.merging)
        mark_decisions(connection)
        freshness = freshness_table(
            catalogue.sources,
            read_table(connection, "obligation"),
            read_table(connection, "submission"),
            as_of,
            names=organisation_names(read_table(connection, "organisation")),
        )
        rewrite_table(connection, "freshness", freshness)
        return {
            name: count_rows(connection, name) for name in ("merged_cell", "cell_report", "obligation", "freshness")
        }


def _cells(context: Context) -> StepResult:
    figures = write_cells(context.home, context.catalogue, context.now, context.until)
    every = context.is_thorough
    account = accounts.reconcile_cells(context.home, context.catalogue, context.now, context.until, every=every)
    return StepResult(dict(figures), (account_check("facts_to_cells", account),))


CELLS = Step(
    "tracker/cells",
    ("tracker/facts",),
    _cells,
    "One value per indicator, place and quarter, merged from every report by the indicator's policy.",
    ("merged_cell", "cell_report", "obligation", "freshness"),
    (
        CheckSpec(
            "facts_to_cells", "Every observation known is used by a cell, or counted under one reason why it is not."
        ),
    ),
)
