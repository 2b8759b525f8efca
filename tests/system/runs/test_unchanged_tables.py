"""A publication shares the Parquet files of tables that did not change with the one before; what is damaged is told and made anew."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.operate.steps.publication import publish
from idtracker.publish.verify_snapshot import published_differences
from tests.support import quarterly_programme as quarterly
from tests.support.built import built, copy_of
from tests.support.runs import FIGURES, SUITES, runner_without

NOW = datetime(2026, 2, 10, tzinfo=UTC)
"""After everything that is sent."""


@pytest.fixture
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a publication after each of two files; nobody may change it."""
    return built(tmp_path_factory, "published_twice", publish_twice)


def publish_twice(home: Home) -> None:
    quarterly.write_quarterly(home.sources)
    quarterly.drop_survey(home.root)
    runner_without(SUITES, *FIGURES)(home).run()
    quarterly.drop_rows(home.root, rows=["C-1,Zarqa,2025-Q3,2,11"])
    report = runner_without(SUITES, *FIGURES)(home).run()
    assert not report.failed_steps


def current(home: Home) -> Path:
    return (home.published / "hmg" / "current").resolve()


def test_files_of_tables_that_did_not_change_are_shared(published: Home) -> None:
    after = current(published)
    (before,) = (p for p in published.published.glob("hmg/2*") if p != after)
    shared = {p.stem for p in (after / "parquet").iterdir() if p.samefile(before / "parquet" / p.name)}
    assert {"observation", "place", "decision"} <= shared
    assert shared.isdisjoint({"activity", "submission", "run", "audit"})
    assert published_differences(published, after) == []
    assert pq.read_table(after / "parquet" / "activity.parquet").num_rows == 1


def test_a_damaged_file_that_is_shared_is_told_and_made_anew(published: Home, tmp_path: Path) -> None:
    home = copy_of(published, tmp_path)
    file = current(home) / "parquet" / "observation.parquet"
    pq.write_table(pq.read_table(file).slice(1), file)
    quarterly.drop_rows(
        home.root, name="later.csv", rows=["C-2,Zarqa,2025-Q3,2,12"], received_at="2025-11-02T09:00:00Z"
    )
    runner_without(SUITES, *FIGURES)(home).run()
    (told,) = published_differences(home, current(home))
    assert told == "observation: parquet has 7 rows, the store 8"
    again, is_new = publish(home, load_catalogue(home.sources), NOW, None, again=True)
    assert is_new and published_differences(home, again) == []


def test_another_notice_makes_every_file_anew(published: Home, tmp_path: Path) -> None:
    home = copy_of(published, tmp_path)
    before, programme = current(home) / "parquet", home.sources / "programme.yml"
    programme.write_text(re.sub(r"(?m)^notice: .*$", "notice: Other figures.", programme.read_text("utf-8")), "utf-8")
    noted, is_new = publish(home, load_catalogue(home.sources), NOW, None)
    files = list((noted / "parquet").iterdir())
    assert is_new and files and not any(p.samefile(before / p.name) for p in files)
    assert {pq.read_metadata(p).metadata[b"notice"] for p in files} == {b"Other figures."}
