"""What is noted while a command works, what of it is written, and what happens where nothing can be written."""

from __future__ import annotations

import errno
import hashlib
import logging
import shutil
from datetime import UTC, datetime

import pytest

from idtracker.ingest.access.log import AccessLog
from idtracker.model.home import Home
from idtracker.publish import access
from idtracker.publish.access import UnrecordedAccessError, note, record, record_opening, recorded
from idtracker.publish.current import snapshot_database

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
def published(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with a ledger and one publication, whose tables nobody looks at."""
    folder = home.published / "hmg" / "2026-03-01-abc"
    folder.mkdir(parents=True)
    (folder / "idtracker.duckdb").touch()
    (home.published / "hmg" / "current").symlink_to(folder.name)
    (home.landing / "ledger").mkdir(parents=True)
    monkeypatch.setenv("IDTRACKER_USER", "desk\u202e officer")
    monkeypatch.setattr(access, "_told", set())
    return home


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("idtracker.ingest.access.log._line", no_space)


def test_one_line_for_a_command_with_what_it_read_and_never_the_text_of_the_query(published: Home) -> None:
    query = "SELECT * FROM score WHERE note = 'Nadia'"
    with recorded(published, "query", NOW):
        snapshot_database(published, "hmg")
        snapshot_database(published, "hmg")
        note(query=query, tables={"score", "place"})
        note(rows=7)
    (line,) = AccessLog(published).entries()
    assert (line.at, line.command, line.audience, line.publication) == (NOW, "query", "hmg", "2026-03-01-abc")
    assert line.user == "desk officer"
    assert dict(line.about) == {
        "tables": ["place", "score"],
        "query_sha256": hashlib.sha256(query.encode()).hexdigest(),
        "rows": 7,
    }
    assert all(b"Nadia" not in path.read_bytes() for path in AccessLog(published).folder.iterdir())


def test_a_command_that_fails_after_it_opened_a_publication_is_recorded_and_one_that_opened_none_is_not(
    published: Home,
) -> None:
    with pytest.raises(KeyError), recorded(published, "explain score", NOW):
        snapshot_database(published, "hmg")
        raise KeyError("mistake")
    with recorded(published, "sources list", NOW):
        note(rows=3)
    with recorded(published, "run", NOW):
        snapshot_database(published, "hmg")
    with recorded(Home(published.root / "other", published.sources), "query", NOW):
        snapshot_database(published, "hmg")  # not of the home of the command, such as one that is made again
    assert [line.command for line in AccessLog(published).entries()] == ["explain score"]


def test_a_program_is_recorded_where_it_opens_and_within_a_command_once(published: Home) -> None:
    record_opening(published, "hmg")
    with recorded(published, "framework", NOW):
        snapshot_database(published, "hmg")
        record_opening(published, "hmg")
    assert [line.command for line in AccessLog(published).entries()] == ["Tracker", "framework"]


def test_a_full_disk_stops_no_reader_and_is_said_once(
    published: Home, full: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "idtracker"):
        for _ in range(3):
            with recorded(published, "query", NOW):
                snapshot_database(published, "hmg")
    assert AccessLog(published).entries() == []
    assert [message for message in caplog.messages if "was not recorded" in message and "No space" in message] == [
        caplog.messages[0]
    ]


def test_a_full_disk_refuses_the_reader_before_anything_is_read_where_records_are_required(
    published: Home, full: None
) -> None:
    AccessLog(published).require(True)
    shown = []
    with pytest.raises(UnrecordedAccessError, match="requires that it is"), recorded(published, "query", NOW):
        snapshot_database(published, "hmg")
        shown.append("figures")
    assert shown == []


def test_required_records_the_opening_and_then_what_was_read(published: Home) -> None:
    AccessLog(published).require(True)
    with recorded(published, "query", NOW):
        snapshot_database(published, "hmg")
        note(rows=1)
    assert [dict(line.about) for line in AccessLog(published).entries()] == [{"opened": True}, {"rows": 1}]
    AccessLog(published).require(False)
    assert not AccessLog(published).is_required


def test_a_copied_publication_is_read_without_a_record(published: Home, caplog: pytest.LogCaptureFixture) -> None:
    shutil.rmtree(published.landing)
    with recorded(published, "query", NOW):
        assert snapshot_database(published, "hmg").name == "idtracker.duckdb"
    assert not published.landing.exists()
    assert caplog.messages == []


def test_many_figures_are_counted_and_the_first_named(published: Home) -> None:
    record(published, "cite", "hmg", "2026-03-01-abc", NOW, figures=[f"score/JO/{n}" for n in range(60)])
    (line,) = AccessLog(published).entries()
    assert line.about["figures_count"] == 60
    assert line.about["figures"] == [f"score/JO/{n}" for n in range(access.MOST_FIGURES)]
