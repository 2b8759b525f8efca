"""The accounts of the steps over the store: each is worked out after its step and kept in the table `reconciliation`."""

from __future__ import annotations

from datetime import datetime

import duckdb

from idtracker.analyse.history.cells import scored_places
from idtracker.analyse.history.timeline import timeline
from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.model.home import Settings
from idtracker.model.method import load_method
from idtracker.quality.reconciliation.facts_and_scores import Account, account_judged, account_scores, account_stored
from idtracker.quality.reconciliation.touched_cells import forget_counts, recount_touched
from idtracker.store.connection import open_store
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.tables import read_table, rewrite_table, transaction


def reconcile_facts(settings: Settings, catalogue: Catalogue, until: datetime | None) -> list[Account]:
    """Accounts from the landing area to the judgement and from the accepted files to the store."""
    with open_store(settings) as connection:
        accounts = [
            account_judged(read_table(connection, "submission")),
            account_stored(connection, settings, catalogue.sources.values(), until),
        ]
        _keep(connection, *accounts)
    return accounts


def reconcile_cells(
    settings: Settings, catalogue: Catalogue, now: datetime, until: datetime | None, *, every: bool = False
) -> Account:
    """Account from the observations known to the merged cells: counted anew is what something touched, or `every` cell."""
    as_of = day_of_knowledge(settings, catalogue, now, until)
    with open_store(settings) as connection:
        if every:
            with transaction(connection):
                forget_counts(connection)
        account = recount_touched(connection, timeline(connection, catalogue, as_of, load_method()), load_method())
        _keep(connection, account)
    return account


def reconcile_scores(settings: Settings, catalogue: Catalogue) -> Account:
    """Account from the merged cells to the nodes of the index."""
    with open_store(settings) as connection:
        places = scored_places(read_table(connection, "place"), catalogue.programme)
        cells, score = read_table(connection, "merged_cell"), read_table(connection, "score")
        account = account_scores(cells, score, read_table(connection, "indicator"), places, load_method())
        _keep(connection, account)
    return account


def _keep(connection: duckdb.DuckDBPyConnection, *accounts: Account) -> None:
    for account in accounts:
        with transaction(connection):
            rewrite_table(connection, "reconciliation", account.rows, where=f"step = '{account.step}'")
