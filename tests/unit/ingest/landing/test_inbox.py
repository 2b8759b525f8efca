"""What lies in the inbox and is no report stays there, with a reason; leftovers of a killed process are swept."""

from __future__ import annotations

import io
import os
import socket
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from idtracker.ingest.landing.collect import collect, waiting
from idtracker.ingest.landing.inbox import fits, fitting_source, is_stamped, left_alone, sweep_parts
from idtracker.ingest.landing.placing import place_in_inbox
from idtracker.model.config.source import Source
from idtracker.model.errors import UsageError
from idtracker.model.home import Home

NOW = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
DEFINITION = """
title: Returns
publisher: GB-GOV-11
received: {{pattern: "{pattern}"}}
format: {{kind: csv}}
cadence: {{every: quarter}}
feeds: activity
key: [reference]
columns: [{{field: reference}}]
"""


def source_of(home: Home, source_id: str, pattern: str) -> Source:
    from idtracker.model.config.discover import load_source

    folder = home.sources / source_id
    folder.mkdir(parents=True)
    (folder / "source.yml").write_text(DEFINITION.format(pattern=pattern), "utf-8")
    return load_source(folder)


@pytest.fixture
def source(home: Home) -> Source:
    return source_of(home, "returns", "returns_*.csv")


@pytest.fixture
def inbox(home: Home) -> Path:
    folder = home.inbox / "returns"
    folder.mkdir(parents=True)
    return folder


def stamped(property_name: str = "idtracker.kind") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as book:
        book.writestr("docProps/custom.xml", f'<Properties><property name="{property_name}">x</property></Properties>')
    return content.getvalue()


def left(home: Home, source: Source) -> str:
    (line,) = left_alone(home, [source])
    return line


@pytest.mark.parametrize(
    "name",
    ["returns_1.csv", "RETURNS_1.CSV", "returns_1.csv.gz", "returns_1.zip", "held-returns.xlsx", "returns_١.csv"],
)
def test_names_that_fit(source: Source, name: str) -> None:
    assert fits(source, name)


@pytest.mark.parametrize(
    "name", ["return_1.csv", "returns_1.xlsx", "other.zip", "example.csv", "xreturns_1.csv", "copy of held-x.xlsx"]
)
def test_names_that_do_not(source: Source, name: str) -> None:
    assert not fits(source, name)


def test_a_file_of_another_name_stays_and_is_sent_to_its_source(home: Home, source: Source, inbox: Path) -> None:
    source_of(home, "survey", "survey_*.csv")
    source_of(home, "anything", "*")
    (inbox / "survey_1.csv").write_text("reference\nA\n")
    got = collect(home, source, NOW)
    assert (got.received, (inbox / "survey_1.csv").exists(), waiting(home, source)) == ([], True, [])
    (line,) = got.problems
    assert line.startswith("returns/survey_1.csv: its name does not fit the pattern of this source, returns_*.csv")
    assert "move it to inbox/survey" in line
    assert fitting_source(home, "nobody.csv") is None


def test_a_workbook_of_this_program_may_have_any_name(home: Home, source: Source, inbox: Path) -> None:
    (inbox / "my corrections.xlsx").write_bytes(stamped())
    (inbox / "other.xlsx").write_bytes(stamped("somebody"))
    (inbox / "broken.xlsx").write_bytes(b"PK\x03\x04")
    assert [p.name for p in waiting(home, source)] == ["my corrections.xlsx"]
    assert is_stamped("a.XLSX", stamped()) and not is_stamped("a.csv", stamped())


def test_what_is_no_file_is_named(home: Home, source: Source, inbox: Path) -> None:
    outside = home.root / "outside.csv"
    outside.write_text("reference\nA\n")
    (inbox / "returns_link.csv").symlink_to(outside)
    (inbox / "returns_nowhere.csv").symlink_to(inbox / "missing")
    (inbox / "returns_folder.csv").mkdir()
    os.mkfifo(inbox / "returns_pipe.csv")
    (home.inbox / "returns_loose.csv").write_text("reference\nA\n")
    with socket.socket(socket.AF_UNIX) as plug:
        here = Path.cwd()
        os.chdir(inbox)  # the path of a socket may not be long
        try:
            plug.bind("returns_socket.csv")
        finally:
            os.chdir(here)
        lines = left_alone(home, [source])
    got = collect(home, source, NOW)
    assert got.received == [] and outside.exists()
    said = {line.split(":")[0]: line for line in lines}
    assert sorted(said) == [
        "returns/returns_folder.csv",
        "returns/returns_link.csv",
        "returns/returns_nowhere.csv",
        "returns/returns_pipe.csv",
        "returns/returns_socket.csv",
        "returns_loose.csv",
    ]
    assert "a link" in said["returns/returns_link.csv"] and "a pipe" in said["returns/returns_pipe.csv"]
    assert "put the file into inbox/returns" in said["returns_loose.csv"]


def test_a_name_that_is_no_text_is_left(home: Home, source: Source, inbox: Path) -> None:
    (inbox / os.fsdecode(b"returns_\xff.csv")).write_text("reference\nA\n")
    assert left(home, source) == "returns/returns_?.csv: its name is no text in UTF-8; rename it"
    assert collect(home, source, NOW).received == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_left(home: Home, source: Source, inbox: Path) -> None:
    (inbox / "returns_1.csv").write_text("reference\nA\n")
    (inbox / "returns_1.csv").chmod(0)
    assert "permission denied" in left(home, source)


@pytest.mark.parametrize(
    "name", ["~$returns_1.csv", "returns_1.csv.tmp", "returns_1.csv.crdownload", "returns_1.csv.PART"]
)
def test_files_that_are_still_being_written_are_left_in_silence(
    home: Home, source: Source, inbox: Path, name: str
) -> None:
    (inbox / name).write_text("reference\nA\n")
    got = collect(home, source, NOW)
    assert (got.received, got.problems, left_alone(home, [source])) == ([], [], [])


def test_a_file_that_grows_while_it_is_read_waits(
    home: Home, source: Source, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = inbox / "returns_1.csv"
    path.write_text("reference\nA\n")
    read = Path.read_bytes

    def while_it_grows(self: Path) -> bytes:
        content = read(self)
        with path.open("a") as more:
            more.write("B\n")
        return content

    monkeypatch.setattr(Path, "read_bytes", while_it_grows)
    got = collect(home, source, NOW)
    assert got.received == [] and "still being written" in got.problems[0]
    monkeypatch.undo()
    assert [r.file_name for r in collect(home, source, NOW).received] == ["returns_1.csv"]


def test_a_name_too_long_is_refused_plainly(home: Home, source: Source) -> None:
    with pytest.raises(UsageError, match="longer than 241 bytes"):
        place_in_inbox(home, source, b"x", f"returns_{'ب' * 120}.csv", None)


def test_a_second_file_never_gets_a_name_that_nobody_takes(home: Home) -> None:
    source = source_of(home, "strict", "strict_????.csv")
    place_in_inbox(home, source, b"a", "strict_2026.csv", None)
    second = place_in_inbox(home, source, b"b", "strict_2026.csv", None)
    assert second.name != "strict_2026.csv" and second in waiting(home, source)
    assert place_in_inbox(home, source, b"b", "strict_2026.csv", None) == second


def test_leftovers_older_than_the_run_are_swept(home: Home) -> None:
    begun = datetime.now(UTC) + timedelta(seconds=5)
    old = [
        home.landing / "ab" / ".part-x",
        home.accepted / "returns" / ".part-y",
        home.published / "hmg" / ".part-z",
    ]
    for path in old[1:]:
        path.mkdir(parents=True)
        (path / "outcome.json").write_text("{}")
    old[0].parent.mkdir(parents=True)
    old[0].write_bytes(b"half")
    fresh = home.landing / "ab" / ".part-new"
    fresh.write_bytes(b"half")
    os.utime(fresh, (begun.timestamp() + 60, begun.timestamp() + 60))
    kept = home.accepted / "returns" / "0123" / "outcome.json"
    kept.parent.mkdir()
    kept.write_text("{}")
    assert sorted(sweep_parts(home, begun)) == sorted(old)
    assert fresh.exists() and kept.exists() and not any(path.exists() for path in old)
