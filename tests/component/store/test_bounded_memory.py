"""An engine keeps to its limit, and what goes through it in pieces is neither kept nor another than in one piece."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.home import Home
from idtracker.model.tables import TABLES, columns_of, conform_types
from idtracker.operate.pipeline import run_step
from idtracker.operate.step import Context, PipelineResult, Step, StepResult
from idtracker.store import connection as connection_module
from idtracker.store import copies
from idtracker.store.connection import SETTING, connect, in_memory, open_store, writing_turn
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
    connection_module._engine.cache_clear()  # one that another test has let write somewhere stays there
    with open_store(home) as store, in_memory(threads=1) as beside:
        assert {setting(c, "memory_limit") for c in (store, beside)} == LIMITS
        assert int(setting(store, "threads")) <= 4 and setting(beside, "threads") == "1"
        spilled = [Path(setting(c, "temp_directory")) for c in (store, beside)]
    with connect(str(home.store), read_only=True) as reader:
        spilled.append(Path(setting(reader, "temp_directory")))
    assert spilled[0].parent == spilled[1].parent == home.store.parent, "a writer's engines stay inside the home"
    assert home.store.parent.stat().st_mode & 0o077 == 0, "nobody else reads what does not fit"
    assert not spilled[2].is_relative_to(home.root), "a reader may not be able to write beside the file"
    assert spilled[2].stat().st_mode & 0o077 == 0


_SPILLS = """
import os, sys
from pathlib import Path
from idtracker.model.home import Home
from idtracker.store.connection import in_memory, open_store
made = "CREATE TEMP TABLE {} AS SELECT md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS h FROM range(1000000)"
with open_store(Home(Path(sys.argv[1]), Path(sys.argv[1]))) as store, in_memory(threads=1) as beside:
    store.execute(made.format("large"))
    beside.execute(made.format("large"))
    assert len([path for path in Path(sys.argv[1], "store").iterdir() if path.is_dir()]) == 2
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), 9)
"""


def test_what_a_killed_writer_had_on_disk_is_private_and_gone_with_the_next_one(home: Home) -> None:
    small = {**os.environ, SETTING: "64MiB"}
    ended = subprocess.run([sys.executable, "-c", _SPILLS, str(home.root), "ended"], env=small, check=False)
    assert ended.returncode == 0 and [path for path in home.store.parent.iterdir() if path.is_dir()] == []
    killed = subprocess.run([sys.executable, "-c", _SPILLS, str(home.root), "killed"], env=small, check=False)
    assert killed.returncode == -9
    left = [path for path in home.store.parent.iterdir() if path.is_dir()]
    assert {path.name.split("-")[0] for path in left} == {f"{home.store.name}.tmp", ".spilled"}
    assert all(any(file.stat().st_size for file in path.iterdir()) for path in left), "both had written"
    with writing_turn(home):
        assert [path for path in home.store.parent.iterdir() if path.is_dir()] == []
        with writing_turn(home):
            pass


def test_a_small_limit_gives_equal_rows(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "SELECT md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS h FROM range(1000000) ORDER BY h"
    answers = []
    for limit in ("64MiB", "1GiB"):
        monkeypatch.setenv(SETTING, limit)
        with open_store(home) as store:
            store.execute("SET threads = 1")
            store.execute(f"CREATE TEMP TABLE sorted AS {query}")
            spilled = store.execute("SELECT sum(size) FROM duckdb_temporary_files()").fetchall()[0][0]
            assert bool(spilled) == (limit == "64MiB")
            rows = store.execute("SELECT h FROM sorted").fetchall()
            answers.append((len(rows), md5("".join(h for (h,) in rows).encode()).hexdigest()))
    assert answers[0] == answers[1] and answers[0][0] == 1_000_000


@pytest.mark.parametrize("stated", ["much", "63MiB", "512", "-1GiB"])
def test_a_limit_that_is_none_is_told_before_anything_is_done(
    home: Home, monkeypatch: pytest.MonkeyPatch, stated: str
) -> None:
    monkeypatch.setenv(SETTING, stated)
    with pytest.raises(UsageError, match=SETTING), writing_turn(home):
        pass
    assert not home.store.parent.exists()


def test_no_room_is_a_failed_step_that_says_what_to_set(home: Home) -> None:
    def fill(context: Context) -> StepResult:
        with duckdb.connect(config={"memory_limit": "2MiB", "threads": 1, "temp_directory": ""}) as engine:
            engine.execute("BEGIN")
            try:
                engine.execute("CREATE TABLE t AS SELECT md5(range::VARCHAR) AS h FROM range(1000000)")
            finally:
                engine.execute("SELECT 1")  # fails as well: the transaction is aborted
        return StepResult()

    context = Context(home, ProgrammeCatalogue.__new__(ProgrammeCatalogue), datetime(2026, 11, 30, tzinfo=UTC))
    result = run_step(Step("a", (), fill, "a"), context, PipelineResult())
    assert isinstance(result.error, IdtrackerError) and f"{SETTING}=1024MiB" in str(result.error)
    assert "set memory_limit" not in str(result.error).lower(), "not what the engine would have us type"


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
