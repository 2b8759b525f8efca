"""The accounts of the steps over the store: each is worked out after its step and kept in the table `reconciliation`."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pandas as pd

from idtracker.analyse.history.cells import scored_places
from idtracker.analyse.history.timeline import timeline
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.model.method import load_method
from idtracker.quality.reconciliation.facts_and_scores import (
    ReconciliationResult,
    account_judged,
    account_scores,
    account_stored,
)
from idtracker.quality.reconciliation.touched_cells import forget_counts, recount_touched
from idtracker.store.connection import open_store
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.schema import recall, remember
from idtracker.store.tables import read_table, rewrite_table, transaction


def reconcile_facts(
    home: Home, catalogue: ProgrammeCatalogue, until: datetime | None, *, every: bool = False
) -> list[ReconciliationResult]:
    """Accounts from the landing area to the judgement and from the accepted files to the store.

    The latter keeps the counts of a source whose facts did not change since they were counted, unless `every` is asked for.
    """
    with open_store(home) as connection:
        judged = account_judged(read_table(connection, "submission"))
        stored = _account_stored(connection, home, catalogue, until, every)
        _keep(connection, judged, stored)
    return [judged, stored]


def _account_stored(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    catalogue: ProgrammeCatalogue,
    until: datetime | None,
    every: bool,
) -> ReconciliationResult:
    signs = {s: recall(connection, f"facts:{s}") or "" for s in catalogue.sources}
    counted = [s for s, sign in signs.items() if every or recall(connection, f"counted:{s}") != sign]
    account = account_stored(connection, home, [catalogue.sources[s] for s in counted], until)
    before = read_table(connection, "reconciliation", f"step = '{account.step}'")
    source = before["subject"].str.split(".").str[0]
    unchanged = before[source.isin(set(signs) - set(counted))]
    failing = {subject.split(".")[0] for subject in account.failing}
    remember(connection, **{f"counted:{s}": "" if s in failing else signs[s] for s in counted})
    rows = pd.concat([account.rows, unchanged]).sort_values(["subject", "reason"], ignore_index=True)
    return ReconciliationResult(account.step, rows, account.failing)


def reconcile_cells(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None, *, every: bool = False
) -> ReconciliationResult:
    """Account from the observations known to the merged cells: counted anew is what something touched, or `every` cell."""
    as_of = day_of_knowledge(home, catalogue, now, until)
    with open_store(home) as connection:
        if every:
            with transaction(connection):
                forget_counts(connection)
        account = recount_touched(connection, timeline(connection, catalogue, as_of, load_method()), load_method())
        _keep(connection, account)
    return account


def reconcile_scores(home: Home, catalogue: ProgrammeCatalogue) -> ReconciliationResult:
    """Account from the merged cells to the nodes of the index."""
    with open_store(home) as connection:
        places = scored_places(read_table(connection, "place"), catalogue.programme)
        cells, score = read_table(connection, "merged_cell"), read_table(connection, "score")
        account = account_scores(cells, score, read_table(connection, "indicator"), places, load_method())
        _keep(connection, account)
    return account


def _keep(connection: duckdb.DuckDBPyConnection, *accounts: ReconciliationResult) -> None:
    for account in accounts:
        with transaction(connection):
            rewrite_table(connection, "reconciliation", account.rows, where=f"step = '{account.step}'")
