"""A home that an earlier version wrote is taken over as it is: rebuilt from what was received, never migrated by hand."""

from __future__ import annotations

import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.ingest.judged.judging import judge_waiting
from idtracker.ingest.judged.queue import pending
from idtracker.model.home import Home
from idtracker.model.tables import FACTS, columns_of
from idtracker.model.tables.version import model_version
from idtracker.operate.custody.rebuild import COMPARED, derive_everything, rebuild
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes
from idtracker.store.schema import recall, store_version

ARCHIVE = Path(__file__).parent / "older_home" / "home.tar.gz"
NOW = datetime(2026, 2, 10, tzinfo=UTC)
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def older(tmp_path: Path) -> Home:
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    return Home(tmp_path / "home", tmp_path / "sources")


def facts(home: Home, names: dict[str, list[str]]) -> Rows:
    with duckdb.connect(str(home.store)) as store:
        return {
            table: store.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY ALL").fetchall()
            for table, columns in names.items()
        }


def shared_columns(home: Home) -> dict[str, list[str]]:
    """Fact tables and columns that both the older store and the present model have; of a table with other columns the hash over them is another."""
    with duckdb.connect(str(home.store)) as store:
        found: dict[str, list[str]] = {}
        for table, column in store.execute("SELECT table_name, column_name FROM information_schema.columns").fetchall():
            if table in FACTS and column in {c.name for c in columns_of(FACTS[table])}:
                found.setdefault(table, []).append(f'"{column}"')
    for table, columns in found.items():
        if len(columns) != len(columns_of(FACTS[table])):
            columns.remove('"content_hash"')
    return found


def take_over(home: Home, catalogue: ProgrammeCatalogue) -> int:
    """What a run does with it: judge what waits, fill the store."""
    judged = [judge_waiting(home, catalogue, source) for source in catalogue.sources.values()]
    assert [damaged for _, damaged in judged if damaged] == []
    assert derive_everything(home, catalogue, NOW, None) == []
    return sum(len(outcomes) for outcomes, _ in judged)


def age(home: Home) -> None:
    """Make the store that of a model with a column less and a table more."""
    with duckdb.connect(str(home.store)) as store:
        store.execute("ALTER TABLE merged_cell DROP COLUMN org_count")
        store.execute("CREATE TABLE of_old (a INTEGER)")
        store.execute("UPDATE _state SET value = 'of long ago' WHERE name = 'model'")


@pytest.mark.parametrize("is_aged", [False, True])
def test_an_older_home_is_judged_and_filled_again_and_nothing_is_lost(older: Home, is_aged: bool) -> None:
    catalogue, columns = load_catalogue(older.sources), shared_columns(older)
    before = facts(older, columns)
    assert sum(map(len, before.values())) > 60
    if is_aged:
        age(older)
    received = list((older.landing / "ledger").glob("*/*[0-9a-f].json"))
    assert sum(len(pending(older, s, catalogue)) for s in catalogue.sources.values()) == 13
    assert take_over(older, catalogue) == 13
    assert facts(older, columns) == before
    assert list((older.landing / "ledger").glob("*/*[0-9a-f].json")) == received
    with open_store(older) as store:
        assert recall(store, "model") == store_version()
        assert not store.execute("SELECT 1 FROM information_schema.tables WHERE table_name = 'of_old'").fetchall()


def test_a_rebuild_of_an_older_home_has_the_content_of_a_run_over_it(older: Home) -> None:
    catalogue = load_catalogue(older.sources)
    take_over(older, catalogue)
    with open_store(older) as store:
        expected = content_hashes(store, COMPARED)
    result = rebuild(older, catalogue, NOW)
    assert (result.problems, result.differing) == ([], [])
    with open_store(older) as store:
        assert content_hashes(store, COMPARED) == expected


def test_its_tables_of_the_same_shape_have_the_hashes_that_the_older_version_published(older: Home) -> None:
    (manifest,) = (older.published / "hmg").glob("2*/manifest.json")
    told = json.loads(manifest.read_text("utf-8"))
    if told["versions"]["model"] != model_version():
        pytest.skip("the data model has changed since: the shared columns are compared in the test above")
    take_over(older, load_catalogue(older.sources))
    with open_store(older) as store:
        found = content_hashes(store, COMPARED)
    assert {t: h for t, h in found.items() if t in told["tables"]} == {
        t: told["tables"][t]["hash"] for t in found if t in told["tables"]
    }
