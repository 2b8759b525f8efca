"""The accounts of the steps over the store: each is worked out after its step and kept in the table `reconciliation`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import duckdb
import pandas as pd

from idtracker.analyse.history.cells import scored_places
from idtracker.analyse.history.timeline import timeline
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.model.tables import TABLES, frame_of
from idtracker.quality.reconciliation.facts_and_scores import (
    UNEXPLAINED,
    ReconciliationResult,
    account_judged,
    account_scores,
    account_stored,
)
from idtracker.quality.reconciliation.touched_cells import forget_counts, recount_touched
from idtracker.store.connection import open_store, rows_of
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.markings import kept_markings
from idtracker.store.refresh_facts import changed_since, mark_done
from idtracker.store.tables import read_table, rewrite_table, transaction

_CELL = "indicator_id, place_id, period, period_end, value, score"
_SCORE = "place_id, period, node_code, indicator_count"
_BROKEN_SQL = f"""
    SELECT step, subject, first(rows_in), sum(rows), coalesce(sum(rows) FILTER (reason = '{UNEXPLAINED}'), 0) AS lost
    FROM reconciliation GROUP BY step, subject HAVING sum(rows) <> first(rows_in) OR lost > 0 ORDER BY ALL
"""


def reconcile_facts(
    home: Home, catalogue: ProgrammeCatalogue, until: datetime | None, *, every: bool = False
) -> list[ReconciliationResult]:
    """Accounts from the landing area to the judgement and from the accepted files to the store.

    The latter keeps the counts of a source whose facts did not change since they were counted, unless `every` is asked for.
    """
    with open_store(home) as connection:
        judged = account_judged(read_table(connection, "submission"))
        chosen = changed_since(connection, "counted", catalogue.sources, every)
        counted = account_stored(connection, home, [catalogue.sources[s] for s in chosen], until)
        failing = {subject.split(".")[0] for subject in counted.failing}
        stored = ReconciliationResult(
            counted.step, _with_unchanged(connection, counted, catalogue, chosen), counted.failing
        )
        _keep(connection, judged)
        with transaction(connection):  # no mark without its counts
            _write(connection, stored)
            mark_done(connection, "counted", {s: "" if s in failing else mark for s, mark in chosen.items()})
    return [judged, stored]


def _with_unchanged(
    connection: duckdb.DuckDBPyConnection,
    counted: ReconciliationResult,
    catalogue: ProgrammeCatalogue,
    chosen: Collection[str],
) -> pd.DataFrame:
    """The counts made now and those of the sources that were not counted again."""
    before = read_table(connection, "reconciliation", f"step = '{counted.step}'")
    unchanged = before[before["subject"].str.split(".").str[0].isin(set(catalogue.known) - set(chosen))]
    return pd.concat([counted.rows, unchanged]).sort_values(["subject", "reason"], ignore_index=True)


def reconcile_cells(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None, *, every: bool = False
) -> ReconciliationResult:
    """Account from the observations known to the merged cells: counted anew is what something touched, or `every` cell."""
    as_of = day_of_knowledge(home, catalogue, now, until)
    with open_store(home) as connection:
        if every:
            with transaction(connection):
                forget_counts(connection)
        method = catalogue.methods.merging
        account = recount_touched(connection, timeline(connection, catalogue, as_of, method), method)
        _keep(connection, account)
    return account


def reconcile_scores(home: Home, catalogue: ProgrammeCatalogue) -> ReconciliationResult:
    """Account from the merged cells to the nodes of the index."""
    with open_store(home) as connection:
        places = scored_places(read_table(connection, "place"), catalogue.programme)
        cells = frame_of(rows_of(connection, f"SELECT {_CELL} FROM merged_cell ORDER BY ALL"), TABLES["merged_cell"])
        score = frame_of(rows_of(connection, f"SELECT {_SCORE} FROM score ORDER BY ALL"), TABLES["score"])
        account = account_scores(cells, score, read_table(connection, "indicator"), places, catalogue.methods.headline)
        _keep(connection, account)
    return account


def broken_accounts(home: Home) -> dict[str, str]:
    """The accounts in the store that do not add up: what is short or has no named fate, by the name of the account."""
    if not home.store.exists():
        return {}
    with open_store(home) as connection:
        try:
            rows = connection.execute(_BROKEN_SQL).fetchall()
        except duckdb.CatalogException:  # a store of which no account was made yet
            return {}
    broken: dict[str, str] = {}
    for account, subject, rows_in, rows_out, unexplained in rows:
        told = (
            f"{subject}: {rows_in:,} rows came in, {rows_out:,} are accounted for, {unexplained:,} of them unexplained"
        )
        broken[account] = f"{broken[account]}; {told}" if account in broken else told
    return broken


def _keep(connection: duckdb.DuckDBPyConnection, account: ReconciliationResult) -> None:
    with transaction(connection):
        _write(connection, account)


def _write(connection: duckdb.DuckDBPyConnection, account: ReconciliationResult) -> None:
    rows = kept_markings(connection).mark(account.rows, account.rows["subject"].str.split(".").str[0])
    rewrite_table(connection, "reconciliation", rows, where=f"step = '{account.step}'")
