"""The store opened once for many steps, and its tables read as frames of their types."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from idtracker.model.home import Home
from idtracker.model.tables import TABLES, conform_types
from idtracker.store.connection import connect, kept_open, open_store
from idtracker.store.tables import read_table

ROWS = pd.DataFrame(
    {
        "indicator_id": ["A", "B"],
        "name": ["Water", None],
        "name_ar": ["مياه", None],
        "direction": [1, None],
        "weight": [0.5, None],
        "retired_on": [pd.Timestamp("2026-03-31"), pd.NaT],
    }
)


def test_a_table_comes_back_as_it_was_whatever_was_left_unread(home: Home) -> None:
    written = conform_types(ROWS, TABLES["indicator"])
    with open_store(home) as connection:
        connection.register("_written", written)
        connection.execute("CREATE TABLE indicator AS SELECT * FROM _written")
        connection.execute("SELECT * FROM range(5)").fetchone()
        read = read_table(connection, "indicator")[list(written.columns)]
    pd.testing.assert_frame_equal(read, written)
    read.loc[0, "weight"] = 1.0  # not read-only


def test_a_store_kept_open_is_one_and_closed_in_the_end(home: Home) -> None:
    with kept_open(home):
        with open_store(home) as first:
            first.execute("CREATE TABLE here AS SELECT 1 AS a")
        with open_store(home) as second:
            assert second.execute("SELECT a FROM here").fetchall() == [(1,)]
    assert not home.store.with_name(f"{home.store.name}.wal").exists()
    with connect(str(home.store), read_only=True) as alone:
        assert alone.execute("SELECT a FROM here").fetchall() == [(1,)]


def test_a_store_that_cannot_be_opened_is_told_by_the_step_that_needs_it(home: Home) -> None:
    home.store.parent.mkdir(parents=True)
    home.store.write_bytes(b"no store" * 1000)
    with kept_open(home), pytest.raises(duckdb.Error), open_store(home):
        pass
