"""Whatever is read as known at a past instant equals a home that only ever received what had arrived by then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from benchmarks.proofs.instants import COMPARED, differing, instants
from benchmarks.proofs.small_programme import END, START, Delivery, derive, stamp
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Settings
from idtracker.model.tables import FACTS, OVER_TIME
from idtracker.model.tables.vintages import KEYS
from idtracker.operate.steps.facts import refresh_store
from idtracker.publish.tracker import open_snapshot
from idtracker.store.copies import content_hashes

INSTANTS = 2  # of each of the two programmes; tests/system compares more, `python -m benchmarks.proofs.instants` fifty
Received = Callable[[str | None], tuple[Settings, list[Delivery]]]


@pytest.fixture(scope="module", params=["2024-Q4", None], ids=["stated first quarter", "first quarter observed"])
def whole(request: pytest.FixtureRequest, received: Received) -> tuple[Settings, list[Delivery]]:
    return received(request.param)


def test_past_instants_equal_homes_that_received_no_more(
    whole: tuple[Settings, list[Delivery]], tmp_path: Path
) -> None:
    settings, sent = whole
    for number, at in enumerate(instants(sent, INSTANTS, seed=7)):
        assert differing(settings, sent, at, tmp_path / str(number)) == [], at


def test_what_is_derived_in_small_blocks_is_what_is_derived_at_once(
    whole: tuple[Settings, list[Delivery]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, sent = whole
    for room, rows in (("cells", 1), ("computed", 1), ("scores", 400)):
        monkeypatch.setattr(f"idtracker.analyse.history.{room}.BLOCK_ROWS", rows)
    assert differing(settings, sent, END, tmp_path / "blocks") == []


def test_macros_read_what_the_past_store_reads(whole: tuple[Settings, list[Delivery]]) -> None:
    settings, _ = whole
    seen = 0
    with open_snapshot(settings) as published:
        for day in ("2025-03-31", "2025-07-01", "2025-11-30"):
            at = pd.Timestamp(day) + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
            with open_snapshot(settings, at=at) as then:
                for table in (*FACTS, *(t for t in KEYS if t != "metric_value")):
                    where = "WHERE recorded_to IS NULL" if table in FACTS else ""
                    by_macro = _rows(published, f"SELECT * FROM {table}_as_known_at('{day}')", table)
                    assert by_macro == _rows(then, f'SELECT * FROM "{table}" {where}', table), (table, day)
                    seen += len(by_macro)
    assert seen > 1000
    assert set(OVER_TIME) == {f"{t}_vintage" for t in KEYS}


def test_the_macro_of_metrics_says_which_instant_its_rows_speak_of(whole: tuple[Settings, list[Delivery]]) -> None:
    settings, _ = whole
    kept = {
        "2025-03-31": "2025-03-01",
        "2025-07-01": "2025-07-01",
        "2025-07-20 12:00": "2025-07-01",
        "2025-12-01 00:00": "2025-12-01",
        "2031-01-01": "2025-12-01",
    }
    with open_snapshot(settings) as published:
        for asked, at in kept.items():
            query = f"SELECT * EXCLUDE (known_at) FROM metric_value_as_known_at('{asked}') WHERE known_at = '{at}'"
            (every,) = published.execute(f"SELECT count(*) FROM metric_value_as_known_at('{asked}')").fetchone() or (0,)
            with open_snapshot(settings, at=pd.Timestamp(at)) as then:
                found = _rows(published, query, "metric_value")
                assert found == _rows(then, "SELECT * FROM metric_value", "metric_value"), asked
                assert len(found) == every > 0


def _rows(connection: duckdb.DuckDBPyConnection, query: str, table: str) -> list[tuple[object, ...]]:
    skipped = "EXCLUDE (recorded_to)" if table in FACTS else ""
    return connection.execute(f"SELECT * {skipped} FROM ({query}) ORDER BY ALL").fetchall()


def test_going_back_and_forth_in_time_leaves_the_same_store(whole: tuple[Settings, list[Delivery]]) -> None:
    settings, _ = whole
    catalogue, past = load_catalogue(settings.sources), START + timedelta(days=200)
    with open_snapshot(settings) as now, open_snapshot(settings, at=stamp(past)) as then:
        before, expected = content_hashes(now, COMPARED), content_hashes(then, COMPARED)
    refresh_store(settings, catalogue, past, past)
    derive(settings, past, past)
    with open_snapshot(settings) as back:
        found = content_hashes(back, COMPARED)
    assert [t for t in COMPARED if found[t] != expected[t]] == []
    assert [t for t in COMPARED if found[t] != before[t]] != []
    refresh_store(settings, catalogue, END)
    derive(settings, END)
    with open_snapshot(settings) as again:
        assert content_hashes(again, COMPARED) == before
