"""A hash over content that is kept is that of the rows as they are."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from idtracker.model.tables import TABLES
from idtracker.store import copies
from idtracker.store.schema import ensure_tables

NAMES = ("place", "place_code", "organisation")


@pytest.fixture
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        ensure_tables(connection)
        connection.execute(
            "INSERT INTO place BY NAME SELECT * FROM (VALUES ('A', 'One'), ('B', 'Two')) AS p(place_id, name), "
            "(SELECT 'adm1' AS level, 'OFFICIAL' AS classification, 'HMG' AS releasable_to)"
        )
        yield connection


def _plain(store: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return copies.content_hashes(store, NAMES)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE place SET name = 'Three' WHERE place_id = 'A'",
        "UPDATE place SET name = CASE place_id WHEN 'A' THEN 'Two' ELSE 'One' END",
        "UPDATE place SET name_ar = name",
        "INSERT INTO place SELECT * FROM place",
        "DELETE FROM place WHERE place_id = 'B'",
        "DELETE FROM place",
        "INSERT INTO place_code BY NAME SELECT 'A' AS place_id, 'x' AS scheme, 'y' AS code, "
        "'OFFICIAL' AS classification, 'HMG' AS releasable_to",
    ],
)
def test_what_changed_has_another_hash(store: duckdb.DuckDBPyConnection, change: str) -> None:
    first = copies.cached_hashes(store, NAMES)
    assert first == _plain(store)
    store.execute(change)
    assert copies.cached_hashes(store, NAMES) == _plain(store) != first


def test_what_did_not_change_is_not_hashed_again(
    store: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, hashed = copies.cached_hashes(store, NAMES), []
    whole = copies.content_hashes
    monkeypatch.setattr(copies, "content_hashes", lambda c, tables: hashed.extend(tables) or whole(c, tables))
    assert copies.cached_hashes(store, NAMES) == first and hashed == []
    store.execute("UPDATE place SET name = 'Three' WHERE place_id = 'A'")
    assert copies.cached_hashes(store, NAMES) != first and hashed == ["place"]


def test_a_log_has_no_hash(store: duckdb.DuckDBPyConnection) -> None:
    assert copies.cached_hashes(store, list(TABLES)).keys() == TABLES.keys() - set(copies.LOGS)
