"""A published database that is carried on from the one before holds what one holds that is written whole, and the one before stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from idtracker.store import published_database as published
from idtracker.store.copies import content_hashes, fingerprints
from idtracker.store.published_database import EarlierDatabase, WrittenDatabase, form_of, write_database
from idtracker.store.schema import ensure_tables

TABLES = ("place", "metric_value", "metric_value_vintage", "run")
CHANGES = (
    "INSERT INTO place BY NAME SELECT 'P' || i AS place_id, 'Name ' || i % 5 AS name, 'adm1' AS level, 'OFFICIAL' AS classification, "
    "'HMG' AS releasable_to FROM range({0}, {0} + 40) AS r(i)",
    "INSERT INTO place SELECT * FROM place USING SAMPLE {0}",
    "UPDATE place SET name_ar = name WHERE hash(place_id) % 7 = {0} % 7",
    "UPDATE place SET name_ar = NULL WHERE hash(place_id) % 5 = {0} % 5",
    "DELETE FROM place WHERE hash(place_id) % 3 = {0} % 3",
    "DELETE FROM place",
    "INSERT INTO run BY NAME SELECT 'r{0}' AS run_id, TIMESTAMP '2026-01-01' AS started_at, 'done' AS outcome, 1 AS submissions_count, "
    "'OFFICIAL' AS classification, 'HMG' AS releasable_to",
    "INSERT INTO _moment VALUES ('metric:flow', TIMESTAMP '2026-01-01' + INTERVAL {0} DAY, '')",
)
Store = duckdb.DuckDBPyConnection
Known = dict[str, str]


@pytest.fixture
def store() -> Iterator[Store]:
    with new_store() as connection:
        yield connection


def new_store() -> Store:
    connection = duckdb.connect()
    ensure_tables(connection)
    connection.execute(CHANGES[0].format(0))
    return connection


def write(store: Store, path: Path, earlier: EarlierDatabase | None = None) -> WrittenDatabase:
    return write_database(store, path, TABLES, "Invented.", fingerprints(store, TABLES), earlier)


def carried_on(store: Store, path: Path, before: Path, whole: int, known: Known) -> WrittenDatabase:
    now = content_hashes(store, TABLES)
    return write(store, path, EarlierDatabase(before, whole, [t for t in now if now[t] == known[t]], True))


def content(path: Path) -> dict[str, object]:
    """All that a reader can see: rows in some order, descriptions, readings, and the clients that can open the file."""
    with duckdb.connect(str(path), read_only=True) as own:
        seen: dict[str, object] = {
            table: sorted(map(repr, own.execute(f"SELECT * FROM {table}").fetchall())) for table in TABLES
        }
        for name, sql in {
            "tables": "SELECT table_name, comment, sql FROM duckdb_tables() ORDER BY ALL",
            "columns": "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal ORDER BY ALL",
            "readings": "SELECT function_name, macro_definition FROM duckdb_functions() WHERE NOT internal ORDER BY ALL",
            "clients": "SELECT tags['storage_version'] FROM duckdb_databases() WHERE path IS NOT NULL",
        }.items():
            seen[name] = own.execute(sql).fetchall()
        assert seen["clients"] != [] and seen["readings"] != []
        return seen


@pytest.mark.parametrize(
    ("rewritten", "share"),
    [(0, 2), (0, published.REWRITTEN_SHARE), (published.REWRITTEN_ROWS, published.REWRITTEN_SHARE)],
)
@settings(max_examples=4, deadline=None, phases=[Phase.generate])
@given(
    steps=st.lists(
        st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(1, 90)), max_size=3), min_size=2, max_size=4
    )
)
def test_step_by_step_it_holds_what_one_written_whole_holds(
    steps: list[list[tuple[str, int]]], rewritten: int, share: float
) -> None:
    with pytest.MonkeyPatch.context() as patched, TemporaryDirectory() as name, new_store() as store:
        patched.setattr(published, "REWRITTEN_ROWS", rewritten)
        patched.setattr(published, "REWRITTEN_SHARE", share)
        folder, patience = Path(name), (1 << 30)
        before, known = folder / "0.duckdb", content_hashes(store, TABLES)
        write(store, before)
        for number, step in enumerate(steps):
            for change, argument in step:
                store.execute(change.format(argument))
            bytes_before, after = before.read_bytes(), folder / f"{number + 1}.duckdb"
            written = carried_on(store, after, before, patience, known)
            whole = write(store, folder / f"whole{number}.duckdb")
            assert content(after) == content(folder / f"whole{number}.duckdb")
            assert (written.rows, written.bytes_whole) == (whole.rows, patience), "it was carried on"
            assert before.read_bytes() == bytes_before
            before, known = after, content_hashes(store, TABLES)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def remove(path: Path) -> None:
    path.unlink()


def lose_a_row(path: Path) -> None:
    with duckdb.connect(str(path)) as own:
        own.execute("DELETE FROM place WHERE place_id = 'P3'")


def lose_a_table(path: Path) -> None:
    with duckdb.connect(str(path)) as own:
        own.execute("DROP TABLE run")


@pytest.mark.parametrize("damage", [cut, remove, lose_a_row, lose_a_table])
def test_what_is_damaged_has_no_part_in_the_next(store: Store, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    before, after = tmp_path / "before.duckdb", tmp_path / "after.duckdb"
    known, whole = content_hashes(store, TABLES), write(store, before).bytes_whole
    store.execute(CHANGES[6].format(1))
    damage(before)
    written = carried_on(store, after, before, whole, known)
    assert written.rows == {"place": 40, "metric_value": 0, "metric_value_vintage": 0, "run": 1}
    write(store, tmp_path / "whole.duckdb")
    assert content(after) == content(tmp_path / "whole.duckdb")
    store.execute("BEGIN TRANSACTION; ROLLBACK")  # nothing was left open


def test_a_file_that_outgrew_its_bound_is_written_whole(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "ROOM_TO_GROW", 0)
    before, known = tmp_path / "before.duckdb", content_hashes(store, TABLES)
    size = write(store, before).bytes_whole
    for bound, is_whole in ((size / published.MOST_GROWTH - 1, True), (size / published.MOST_GROWTH + 1, False)):
        after = tmp_path / f"{is_whole}.duckdb"
        written = carried_on(store, after, before, int(bound), known)
        assert (written.bytes_whole == after.stat().st_size) == is_whole


def test_another_notice_or_other_tables_make_another_form() -> None:
    forms = {form_of(TABLES, "Invented."), form_of(TABLES, "Other."), form_of(TABLES[1:], "Invented.")}
    assert len(forms) == 3 and form_of(TABLES, "Invented.") in forms


def test_what_left_a_table_is_in_no_file_of_those_who_may_not_see_it(store: Store, tmp_path: Path) -> None:
    """It lies on in the free space of a file that is carried on, where a reader of its bytes would see it."""
    secret = "PLEIADES-" * 3
    rows = "INSERT INTO place BY NAME SELECT 'Q' || i AS place_id, '{}' AS name, 'adm1' AS level, 'OFFICIAL' AS classification, 'HMG' AS releasable_to FROM range({}) AS r(i)"
    store.execute(rows.format("open", 30_000))
    store.execute(rows.replace("'Q'", "'S'").format(secret, 1))
    before = tmp_path / "before.duckdb"
    known = content_hashes(store, TABLES)
    whole = write(store, before).bytes_whole
    assert secret.encode() in before.read_bytes()
    store.execute("DELETE FROM place WHERE place_id = 'S0'")
    same = [t for t, found in content_hashes(store, TABLES).items() if known[t] == found]
    write(store, tmp_path / "all.duckdb", EarlierDatabase(before, whole, same, may_keep_them=True))
    write(store, tmp_path / "some.duckdb", EarlierDatabase(before, whole, same, may_keep_them=False))
    assert secret.encode() in (tmp_path / "all.duckdb").read_bytes(), "else this test says nothing"
    assert secret.encode() not in (tmp_path / "some.duckdb").read_bytes()
