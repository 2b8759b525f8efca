"""An engine keeps to its limit, and what goes through it in pieces is neither kept nor another than in one piece."""

from __future__ import annotations

import gc
from hashlib import md5
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from idtracker.model.home import Home
from idtracker.model.tables import TABLES, columns_of, conform_types
from idtracker.store import copies
from idtracker.store.connection import connect, in_memory, open_store
from idtracker.store.schema import ensure_tables
from idtracker.store.tables import fill_table, transaction

LIMITS = {"512.0 MiB", "256.0 MiB"}
TABLE = "place"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, tmp_path)


def places(rows: int) -> pd.DataFrame:
    names = pd.Series([f"{n:06}" for n in range(rows)], dtype="str")
    frame = {"place_id": names, "name": "place " * 20 + names, "level": "adm1", "classification": "OFFICIAL"}
    return conform_types(pd.DataFrame(frame), TABLES[TABLE])


def setting(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    rows = connection.execute(f"SELECT CAST(current_setting('{name}') AS VARCHAR)").fetchall()
    return str(rows[0][0])


def test_every_engine_has_a_limit_and_a_place_of_its_own_beyond_it(home: Home) -> None:
    with open_store(home) as store, in_memory(threads=1) as beside:
        assert {setting(c, "memory_limit") for c in (store, beside)} == LIMITS
        assert int(setting(store, "threads")) <= 4 and setting(beside, "threads") == "1"
        spilled = [Path(setting(c, "temp_directory")) for c in (store, beside)]
    with connect(str(home.store), read_only=True) as reader:
        spilled.append(Path(setting(reader, "temp_directory")))
    assert spilled[0].parent == home.store.parent
    assert spilled[1] == spilled[2], "a reader may not be able to write beside the file"
    assert spilled[1].stat().st_mode & 0o077 == 0, "nobody else reads what does not fit"


def test_what_does_not_fit_is_sorted_all_the_same() -> None:
    with duckdb.connect(config={"memory_limit": "24MB", "threads": 1}) as engine:
        engine.execute(
            "CREATE TABLE place AS SELECT md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS h FROM range(700000)"
        )
        rows = engine.execute("SELECT h FROM place ORDER BY h")
        first = rows.fetchmany(1000)
        assert first == sorted(first) and len(rows.fetchall()) == 699_000


def test_a_table_filled_in_blocks_within_a_transaction_keeps_no_block_in_memory(home: Home) -> None:
    with open_store(home) as store:
        ensure_tables(store)
        block = places(20_000)
        size = pa.total_allocated_bytes()
        with transaction(store):
            fill_table(store, TABLE, block)
            del block
            gc.collect()
            assert size - pa.total_allocated_bytes() > 2_000_000, "the block is gone before the transaction ends"
            fill_table(store, TABLE, places(10))
        assert store.execute(f"SELECT count(*) FROM {TABLE}").fetchall() == [(20_010,)]


@pytest.mark.parametrize("piece", [1, 7, 10_000])
def test_the_hash_of_content_is_that_of_the_sorted_hashes_of_rows(
    home: Home, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(copies, "_HASHED_AT_ONCE", piece)
    with open_store(home) as store:
        ensure_tables(store)
        fill_table(store, TABLE, places(30))
        names = ", ".join(spec.name for spec in columns_of(TABLES[TABLE]))
        rows = store.execute(f"SELECT CAST(row({names}) AS VARCHAR) FROM {TABLE}").fetchall()
        expected = md5("".join(sorted(md5(text.encode()).hexdigest() for (text,) in rows)).encode()).hexdigest()
        assert len(rows) == 30 and copies.content_hashes(store, [TABLE]) == {TABLE: expected}
