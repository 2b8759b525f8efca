"""Somebody reads `current` again and again while fifty publications are made: no error, and never a mix of two of them."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.model.published.audience import OWNER, Audience
from idtracker.model.tables import TABLES as TABLES_OF_ALL
from idtracker.model.tables import columns_of
from idtracker.publish.snapshot import Beside, publish_snapshot
from idtracker.store.connection import open_store
from idtracker.store.schema import ensure_tables
from tests.support.small_programme import write_programme

PUBLICATIONS = 50
TABLES = ("codelist", "unit")


def _read(current: Path, done: Event, outcome: Any) -> None:
    """Count rows by the manifest, the database and the Parquet files of what `current` leads to, until all is published."""
    read, seen = 0, set[str]()
    try:
        while not done.is_set() or read == 0:
            folder = current.resolve()
            manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
            with duckdb.connect(str(folder / "idtracker.duckdb"), read_only=True) as connection:
                for table in TABLES:
                    stated = manifest["tables"][table]["rows"]
                    rows = [
                        connection.execute(f"SELECT count(*) FROM {place}").fetchall()[0][0]
                        for place in (table, f"read_parquet('{folder}/parquet/{table}.parquet')")
                    ]
                    if rows != [stated, stated]:
                        raise AssertionError(f"{folder.name}: {table} has {rows}, the manifest says {stated}")
            read, seen = read + 1, seen | {folder.name}
    except BaseException as problem:
        outcome.put((read, len(seen), repr(problem)))
        raise
    outcome.put((read, len(seen), ""))


def _add_row(store: duckdb.DuckDBPyConnection, table: str, text: str) -> None:
    """One more row, which has what it must have."""
    needed = [spec for spec in columns_of(TABLES_OF_ALL[table]) if spec.is_required]
    values = ["1" if spec.sql_type in ("DOUBLE", "BIGINT") else text for spec in needed]
    names = ", ".join(f'"{spec.name}"' for spec in needed)
    store.execute(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(needed))})', values)


def test_a_reader_sees_one_publication_at_a_time(tmp_path: Path) -> None:
    home = Home(tmp_path / "var", write_programme(tmp_path / "sources"))
    programme = load_catalogue(home.sources).programme
    audience = Audience("partners", "Partners", ("PARTNERS",))
    spawn = multiprocessing.get_context("spawn")
    done, outcome = spawn.Event(), spawn.Queue()
    reader = spawn.Process(target=_read, args=(home.published / audience.id / "current", done, outcome))
    with open_store(home) as store:
        ensure_tables(store)
        for number in range(PUBLICATIONS):
            for table in TABLES:
                _add_row(store, table, str(number))
            as_of = pd.Timestamp(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)) + pd.Timedelta(days=number)
            publish_snapshot(store, home, audience, programme, as_of, {}, Beside())
            if number == 0:
                reader.start()
    done.set()
    read, seen, problem = outcome.get(timeout=120)
    reader.join(timeout=60)
    assert problem == "" and read > 0 and seen > 1
    assert OWNER.id not in {path.name for path in home.published.iterdir()}
