"""The accounts of the steps over the store: each is worked out after its step and kept in the table `reconciliation`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from idtracker.contract.catalogue import Catalogue
from idtracker.contract.tables import TABLES, columns_of
from idtracker.derive.cells import known_observations, scored_places
from idtracker.derive.timeline import timeline
from idtracker.merge import load_method
from idtracker.publish.reconcile import Account, account_judged, account_scores, account_stored
from idtracker.publish.reconcile_cells import account_cells
from idtracker.publish.snapshot import DATABASE
from idtracker.publish.steps import day_of_knowledge
from idtracker.settings import Settings
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes
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


def reconcile_cells(settings: Settings, catalogue: Catalogue, now: datetime, until: datetime | None) -> Account:
    """Account from the observations known, reported and computed, to the merged cells."""
    method = load_method()
    with open_store(settings) as connection:
        line = timeline(connection, catalogue, day_of_knowledge(settings, catalogue, now, until), method)
        observation, periods = known_observations(connection, line)
        cells, indicator = read_table(connection, "merged_cell"), read_table(connection, "indicator")
        account = account_cells(observation, cells, indicator, periods, method)
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


def published_differences(settings: Settings, folder: Path) -> list[str]:
    """Tables of a publication whose rows or content, in the database or in Parquet, are not those of the store."""
    paths = sorted((folder / "parquet").glob("*.parquet"))
    tables = [path.stem for path in paths]
    with open_store(settings) as connection:
        told = {"store": _told(connection, tables)}
    with duckdb.connect(str(folder / DATABASE), read_only=True) as own:
        told["database"] = _told(own, tables)
    with duckdb.connect() as own:
        for path in paths:
            names = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[path.stem]))
            quoted = str(path).replace("'", "''")
            own.execute(f"CREATE VIEW \"{path.stem}\" AS SELECT {names} FROM read_parquet('{quoted}')")
        told["parquet"] = _told(own, tables)
    return [
        f"{table}: {form} has {told[form][table][0]} rows, content {told[form][table][1][:12]}; "
        f"the store {told['store'][table][0]} rows, content {told['store'][table][1][:12]}"
        for table in tables
        for form in ("database", "parquet")
        if told[form][table] != told["store"][table]
    ]


def _told(connection: duckdb.DuckDBPyConnection, tables: list[str]) -> dict[str, tuple[int, str]]:
    """Rows and content hash per table; a log of the work, which has no hash, by its rows alone."""
    hashes = content_hashes(connection, tables)
    counts = {}
    for table in tables:
        row = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
        counts[table] = (int(row[0]) if row else 0, hashes.get(table, ""))
    return counts
