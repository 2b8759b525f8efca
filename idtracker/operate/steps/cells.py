"""Who owes what, and the merged cells."""

from __future__ import annotations

from datetime import datetime

from idtracker.analyse.history.cells import derive_cells
from idtracker.analyse.history.obligations import derive_obligations
from idtracker.analyse.timeliness.freshness import freshness_table, organisation_names
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.operate.steps.derived import derived_tables
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
