"""What the steps over derived tables share: the store in one transaction, its timeline, the day of knowledge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import duckdb
import pandas as pd

from idtracker.analyse.history.timeline import Timeline, timeline
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.store.connection import open_store
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.tables import (
    transaction,
)


@contextmanager
def derived_tables(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Timeline, pd.Timestamp]]:
    """The store, its timeline and the day of knowledge; everything that a step derives is written in one transaction."""
    as_of = day_of_knowledge(home, catalogue, now, until)
    with open_store(home) as connection, transaction(connection):
        yield connection, timeline(connection, catalogue, as_of, catalogue.methods.merging), as_of
