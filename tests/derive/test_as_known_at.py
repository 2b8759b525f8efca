"""Whatever is read as known at a past instant equals a home that only ever received what had arrived by then."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from small_programme import END, START, Delivery, deliveries, receive, run, stamp, write_sources  # type: ignore[import-not-found]

from idtracker.contract.tables import FACTS, OVER_TIME, TABLES
from idtracker.contract.tables.over_time import KEYS
from idtracker.publish.reading import open_snapshot
from idtracker.settings import Settings
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes

COMPARED = [t for t in TABLES if t not in ("run", "audit")]
INSTANTS = 5  # of each of the two programmes; `python -m benchmarks.instants` compares fifty


@pytest.fixture(scope="module", params=["2024-Q4", None], ids=["stated first quarter", "first quarter observed"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[Delivery]]:
    """A home that received everything, in several runs, so that what it derived was continued and not made at once."""
    folder = tmp_path_factory.mktemp("whole")
    settings = Settings(folder / "home", write_sources(folder / "sources", request.param))
    sent = deliveries(seed=4 if request.param else 5)
    for days in (100, 101, 250, 330):
        receive(settings, [d for d in sent if START + timedelta(days=days - 150) < d.at], START + timedelta(days=days))
        run(settings, min(START + timedelta(days=days), END))
    return settings, sent


@pytest.fixture
def fresh(whole: tuple[Settings, list[Delivery]], tmp_path: Path) -> Callable[..., Settings]:
    def make(at) -> Settings:  # type: ignore[no-untyped-def]
        settings = Settings(tmp_path / f"{at:%Y%m%d%H%M%S}", whole[0].sources)
        receive(settings, whole[1], at)
        run(settings, at, publish=False)
        return settings

    return make


def test_past_instants_equal_homes_that_received_no_more(
    whole: tuple[Settings, list[Delivery]], fresh: Callable[..., Settings]
) -> None:
    settings, sent = whole
    dice = random.Random(11)
    arrivals = [d.at + timedelta(microseconds=dice.choice([-1, 0, 1])) for d in dice.sample(sent, INSTANTS // 2)]
    others = [START + timedelta(seconds=dice.randint(0, int((END - START).total_seconds()))) for _ in range(INSTANTS)]
    for at in [*arrivals, *others][:INSTANTS]:
        home = fresh(at)
        with open_snapshot(settings, at=stamp(at)) as later, open_store(home) as then:
            seen, expected = content_hashes(later, COMPARED), content_hashes(then, COMPARED)
        assert [t for t in COMPARED if seen.get(t) != expected.get(t)] == [], at


def test_macros_read_what_the_past_store_reads(whole: tuple[Settings, list[Delivery]]) -> None:
    settings, _ = whole
    with open_snapshot(settings) as published:
        for day in ("2025-03-31", "2025-07-01", "2025-11-30"):
            at = stamp(END).normalize().__class__(day) + timedelta(days=1) - timedelta(microseconds=1)
            with open_snapshot(settings, at=at) as then:
                for table in (*FACTS, *KEYS):
                    where = "WHERE recorded_to IS NULL" if table in FACTS else ""
                    by_macro = _rows(published, f"SELECT * FROM {table}_as_known_at('{day}')", table)
                    assert by_macro == _rows(then, f'SELECT * FROM "{table}" {where}', table), (table, day)
    assert set(OVER_TIME) == {f"{t}_vintage" for t in KEYS}


def _rows(connection: duckdb.DuckDBPyConnection, query: str, table: str) -> list[tuple[object, ...]]:
    skipped = "EXCLUDE (recorded_to)" if table in FACTS else ""
    return connection.execute(f"SELECT * {skipped} FROM ({query}) ORDER BY ALL").fetchall()


def test_going_back_and_forth_in_time_leaves_the_same_store(whole: tuple[Settings, list[Delivery]]) -> None:
    from small_programme import derive  # type: ignore[import-not-found]

    from idtracker.contract.catalogue import load_catalogue
    from idtracker.publish import steps

    settings, _ = whole
    catalogue, past = load_catalogue(settings.sources), START + timedelta(days=200)
    with open_snapshot(settings) as now:
        before = content_hashes(now, COMPARED)
    with open_snapshot(settings, at=stamp(past)) as then:
        expected = content_hashes(then, COMPARED)
    steps.refresh_store(settings, catalogue, past, past)
    derive(settings, past, past)
    with open_snapshot(settings) as back:
        found = content_hashes(back, COMPARED)
    assert [t for t in COMPARED if found[t] != expected[t]] == []
    steps.refresh_store(settings, catalogue, END)
    derive(settings, END)
    with open_snapshot(settings) as again:
        assert content_hashes(again, COMPARED) == before
