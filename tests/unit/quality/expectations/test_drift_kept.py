"""Comparisons that are kept are those that would be made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from idtracker.model.home import Home
from idtracker.operate.steps.expectations import write_drift
from idtracker.quality.expectations import drift
from idtracker.store.connection import open_store
from idtracker.store.schema import ensure_tables
from idtracker.store.tables import read_table, replace_table

QUARTERS = [f"{year}-Q{n}" for year in (2024, 2025) for n in (1, 2, 3, 4)]


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables that were compared, not kept."""
    names: list[str] = []
    whole = drift.measure_drift

    def follow(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> pd.DataFrame:
        names.extend(tables)
        return whole(connection, tables)

    monkeypatch.setattr(drift, "measure_drift", follow)
    return names


def _observations(valid: Callable[[str, int], pd.DataFrame], shift: float) -> pd.DataFrame:
    frame = valid("observation", 30 * len(QUARTERS))
    values = np.random.default_rng(3).normal(50, 10, len(frame))
    values[-30:] += shift
    ends = [pd.Period(q.replace("-", ""), freq="Q").end_time.normalize() for q in QUARTERS]
    return frame.assign(
        source_id="s", period=np.repeat(QUARTERS, 30), period_end=pd.DatetimeIndex(ends).repeat(30), value=values
    )


def test_only_tables_that_changed_are_compared_again(
    tmp_path: Path, valid: Callable[[str, int], pd.DataFrame], measured: list[str]
) -> None:
    home = Home(tmp_path, tmp_path)
    home.store.parent.mkdir()

    def write(shift: float) -> None:
        with open_store(home) as connection:
            ensure_tables(connection)
            replace_table(connection, "observation", _observations(valid, shift))

    def compare(every: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
        measured.clear()
        alarms = write_drift(home, every=every)
        with open_store(home) as connection:
            return alarms, read_table(connection, "drift")

    def few() -> list[str]:
        kept, again = compare(), list(measured)
        for one, other in zip(kept, compare(every=True), strict=True):
            pd.testing.assert_frame_equal(one, other)
        return again

    write(0)
    assert "observation" in few()
    assert few() == []
    assert compare()[0].empty and len(compare()[1]) > 3
    write(40)
    assert few() == ["observation"]
    assert compare()[0]["column_name"].tolist() == ["value"]
    with open_store(home) as connection:
        connection.execute("DELETE FROM drift")
    assert few() == [], "the table is written anew from what is kept"
    assert len(compare()[1]) > 3
