"""Frames as tables of an engine within a block."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from idtracker.store.connection import registered

FRAME = pd.DataFrame({"n": [1, 2]})


def test_they_are_there_within_the_block_alone() -> None:
    with duckdb.connect() as engine:
        with registered(engine, {"_a": FRAME, "_b": FRAME}):
            assert engine.execute("SELECT sum(_a.n * _b.n) FROM _a, _b").fetchall() == [(9,)]
        for name in ("_a", "_b"):
            with pytest.raises(duckdb.CatalogException):
                engine.execute(f"FROM {name}")


def test_an_error_that_ends_the_transaction_is_told_as_it_is() -> None:
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE t (n INTEGER PRIMARY KEY); BEGIN")
        with pytest.raises(duckdb.ConstraintException, match=r"(?i)duplicate key"), registered(engine, {"_a": FRAME}):
            engine.execute("INSERT INTO t SELECT 1 FROM _a")
        engine.execute("ROLLBACK")
