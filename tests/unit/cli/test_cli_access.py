"""`access prune`: what the programme still keeps is refused, what it removes is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from idtracker.cli import cli
from idtracker.ingest.access.log import Access, AccessLog
from idtracker.model.home import Home
from idtracker.operate.documents.custody import PrunedAccess

FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> AccessLog:
    """Two days of one line, the first of them closed."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "programme.yml").write_text("title: P\ncountry: JO\naudit_days: 3\n", "utf-8")
    home = Home(tmp_path / "var", tmp_path / "sources")
    (home.landing / "ledger").mkdir(parents=True)
    log = AccessLog(home)
    for day in range(2):
        log.add(Access(FIRST + timedelta(days=day), "reader", "query", "hmg", "2026-01-01-abc"))
    return log


def prune(folder: Path, before: str, *options: str) -> Result:
    places = ["--home", str(folder / "var"), "--sources", str(folder / "sources")]
    words = ["access", "prune", "--before", before, "--by", "office", "--why", "retention", *places, *options]
    return CliRunner().invoke(cli, words)


def test_days_before_one_go_and_the_document_names_them(tmp_path: Path, log: AccessLog) -> None:
    done = prune(tmp_path, "2026-01-06", "--json")
    assert done.exit_code == 0, done.output
    document = PrunedAccess.model_validate(json.loads(done.stdout))
    assert [(day.day, day.lines) for day in document.days] == [("2026-01-05", 1)]
    assert (document.lines, document.by, document.why) == (1, "office", "retention")
    assert [path.stem for path in log.files()] == ["2026-01-06"]


def test_a_person_reads_what_went_and_that_backups_have_it(tmp_path: Path, log: AccessLog) -> None:
    done = prune(tmp_path, "2026-01-06")
    assert "Removed 1 day of the log of access, 2026-01-05 to 2026-01-05: 1 lines" in done.output
    assert "backups" in done.output


def test_days_that_the_programme_keeps_stay(tmp_path: Path, log: AccessLog) -> None:
    for before, said in ((f"{datetime.now(UTC):%Y-%m-%d}", "kept for 3 days"), ("2026-01-07", "still open")):
        done = prune(tmp_path, before)
        assert done.exit_code == 2 and said in done.output.replace("\n", " ")
    assert len(log.files()) == 2
    assert prune(tmp_path, "yesterday").exit_code == 2
