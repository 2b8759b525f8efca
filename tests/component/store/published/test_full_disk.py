"""A publication that cannot be written leaves nothing of itself, and what was published before stays."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home
from idtracker.model.published.audience import Audience
from idtracker.publish import snapshot
from idtracker.publish.snapshot import Beside, publish_snapshot
from idtracker.store.connection import open_store
from idtracker.store.schema import ensure_tables
from tests.support.small_programme import write_programme

AUDIENCE = Audience("partners", "Partners", ("PARTNERS",))
FULL = os.strerror(errno.ENOSPC)
Publish = Callable[[str], Path]


@pytest.fixture
def publish(tmp_path: Path) -> Iterator[Publish]:
    home = Home(tmp_path / "var", write_programme(tmp_path / "sources"))
    programme = load_catalogue(home.sources).programme
    with open_store(home) as store:
        ensure_tables(store)

        def once(place: str) -> Path:
            store.execute(
                "INSERT INTO place BY NAME SELECT ? AS place_id, ? AS name, 'adm1' AS level, 'OFFICIAL' AS classification",
                [place, place],
            )
            return publish_snapshot(store, home, AUDIENCE, programme, pd.Timestamp("2026-01-01"), {}, Beside())[0]

        yield once


@pytest.mark.parametrize(
    ("problem", "raised", "words"),
    [
        (OSError(errno.ENOSPC, FULL, "place.parquet"), IdtrackerError, "is full"),
        (duckdb.IOException(f'IO Error: Could not write file "x": {FULL}'), IdtrackerError, "is full"),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES), "x"), PermissionError, "denied"),
    ],
)
def test_what_was_published_stays_and_the_draft_goes(
    publish: Publish, monkeypatch: pytest.MonkeyPatch, problem: Exception, raised: type[Exception], words: str
) -> None:
    before = publish("JO-AM")
    root = before.parent
    there = sorted(path.name for path in root.iterdir())

    def fail(*_: object) -> None:
        raise problem

    with monkeypatch.context() as patched:
        patched.setattr(snapshot, "write_parquet", fail)
        with pytest.raises(raised, match=words) as said:
            publish("JO-IR")
    assert said.value is problem or str(root) in str(said.value)
    assert sorted(path.name for path in root.iterdir()) == there
    assert (root / "current").resolve() == before
    after = publish("JO-MA")
    assert (root / "current").resolve() == after != before
