"""Why scores moved is the same, however few places and quarters lie in memory at a time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.proofs.small_programme import END, Delivery
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.operate.steps.figures.scores import write_scores
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes
from idtracker.store.tables import count_rows


def test_score_changes_in_blocks_of_any_size_are_those_made_at_once(
    received: Callable[[str | None], tuple[Home, list[Delivery]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _ = received("2024-Q4")
    catalogue = load_catalogue(home.sources)

    def made_again(rows: int) -> tuple[str, list[tuple[str, int]]]:
        monkeypatch.setattr("idtracker.analyse.history.score_changes.BLOCK_ROWS", rows)
        with open_store(home) as store:
            store.execute("DELETE FROM _moment WHERE step = 'score_change'")
            store.execute("DELETE FROM score_change")
        write_scores(home, catalogue, END, None)
        with open_store(home) as store:
            by_basis = store.execute("SELECT basis, count(*) FROM score_change GROUP BY ALL ORDER BY ALL").fetchall()
            assert count_rows(store, "score_change", "place_id IN (SELECT parent_id FROM place)"), "a country is there"
            return content_hashes(store, ["score_change"])["score_change"], by_basis

    whole = made_again(10**9)
    assert {basis for basis, _ in whole[1]} == {"PERIOD", "KNOWLEDGE"}
    assert [made_again(rows) for rows in (1, 7, 100)] == [whole] * 3
