"""Whatever is read as known at a past instant equals a home that only ever received what had arrived by then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from benchmarks.proofs.instants import AT_MONTH_ENDS, AT_PAST, differing, instants
from benchmarks.proofs.small_programme import END, START, Delivery, derive, stamp
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.model.tables import FACTS, OVER_TIME
from idtracker.model.tables.vintages import KEYS
from idtracker.operate.steps.facts import refresh_store
from idtracker.publish.tracker import open_snapshot
from idtracker.store.copies import content_hashes

INSTANTS = 2  # of each of the two programmes; tests/system compares more, `python -m benchmarks.proofs.instants` fifty
Received = Callable[[str | None], tuple[Home, list[Delivery]]]


@pytest.fixture(scope="module", params=["2024-Q4", None], ids=["stated first quarter", "first quarter observed"])
def whole(request: pytest.FixtureRequest, received: Received) -> tuple[Home, list[Delivery]]:
    return received(request.param)


def test_past_instants_equal_homes_that_received_no_more(whole: tuple[Home, list[Delivery]], tmp_path: Path) -> None:
    home, sent = whole
    for number, at in enumerate(instants(sent, INSTANTS, seed=7)):
        assert differing(home, sent, at, tmp_path / str(number)) == [], at


def test_what_is_derived_in_small_blocks_is_what_is_derived_at_once(
    whole: tuple[Home, list[Delivery]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, sent = whole
    for module, rows in (("cells", 1), ("computed", 1), ("scores", 400)):
        monkeypatch.setattr(f"idtracker.analyse.history.{module}.BLOCK_ROWS", rows)
    assert differing(home, sent, END, tmp_path / "blocks") == []


def test_macros_read_what_the_past_store_reads(whole: tuple[Home, list[Delivery]]) -> None:
    home, _ = whole
    seen = 0
    with open_snapshot(home) as published:
        for day in ("2025-03-31", "2025-07-01", "2025-11-30"):
            at = pd.Timestamp(day) + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
            with open_snapshot(home, at=at) as then:
                for table in (*FACTS, *(t for t in KEYS if t != "metric_value")):
                    where = "WHERE recorded_to IS NULL" if table in FACTS else ""
                    shown = "* EXCLUDE (known_at)" if table in AT_MONTH_ENDS else "*"
                    by_macro = _rows(published, f"SELECT {shown} FROM {table}_as_known_at('{day}')", table)
                    assert by_macro == _rows(then, f'SELECT * FROM "{table}" {where}', table), (table, day)
                    seen += len(by_macro)
    assert seen > 1000
    assert set(OVER_TIME) == {f"{t}_vintage" for t in KEYS}


def test_the_macro_of_metrics_says_which_instant_its_rows_speak_of(whole: tuple[Home, list[Delivery]]) -> None:
    home, _ = whole
    kept = {
        "2025-03-31": "2025-03-01",
        "2025-07-01": "2025-07-01",
        "2025-07-20 12:00": "2025-07-01",
        "2025-12-01 00:00": "2025-12-01",
        "2031-01-01": "2025-12-01",
    }
    with open_snapshot(home) as published:
        for asked, at in kept.items():
            query = f"SELECT * EXCLUDE (known_at) FROM metric_value_as_known_at('{asked}') WHERE known_at = '{at}'"
            (every,) = published.execute(f"SELECT count(*) FROM metric_value_as_known_at('{asked}')").fetchone() or (0,)
            with open_snapshot(home, at=pd.Timestamp(at)) as then:
                found = _rows(published, query, "metric_value")
                assert found == _rows(then, "SELECT * FROM metric_value", "metric_value"), asked
                assert len(found) == every > 0


def _rows(connection: duckdb.DuckDBPyConnection, query: str, table: str) -> list[tuple[object, ...]]:
    skipped = "EXCLUDE (recorded_to)" if table in FACTS else ""
    return connection.execute(f"SELECT * {skipped} FROM ({query}) ORDER BY ALL").fetchall()


def test_going_back_and_forth_in_time_leaves_the_same_store(whole: tuple[Home, list[Delivery]]) -> None:
    home, _ = whole
    catalogue, past = load_catalogue(home.sources), START + timedelta(days=200)
    with open_snapshot(home) as now, open_snapshot(home, at=stamp(past)) as then:
        before, expected = content_hashes(now, AT_PAST), content_hashes(then, AT_PAST)
    refresh_store(home, catalogue, past, past)
    derive(home, past, past)
    with open_snapshot(home) as back:
        found = content_hashes(back, AT_PAST)
    assert [t for t in AT_PAST if found[t] != expected[t]] == []
    assert [t for t in AT_PAST if found[t] != before[t]] != []
    refresh_store(home, catalogue, END)
    derive(home, END)
    with open_snapshot(home) as again:
        assert content_hashes(again, AT_PAST) == before
