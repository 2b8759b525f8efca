"""Bad input through the command line, one kind after the other: a clear finding or error and the stated exit code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli_programme import CODEWORD, COURSE_ROWS, SECRET, SURVEY_ROWS, Prepared, Program
from tests.support.small_programme import COURSES_HEAD, SURVEY_HEAD, text_of

Write = Callable[[str, "str | bytes"], Path]
FILES: dict[str, tuple[str, str | bytes, str, int]] = {
    "unknown file type": ("courses_9.csv", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "file.unknown_type", 4),
    "a picture": ("courses_9.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "file.unknown_type", 4),
    "empty file": ("courses_9.csv", b"", "file.empty", 4),
    "nothing but blanks": ("courses_9.csv", b" \r\n \n", "file.empty", 4),
    "wrong source": ("courses_9.csv", text_of(SURVEY_HEAD, SURVEY_ROWS), "file.other_source", 4),
    "missing column": ("courses_9.csv", text_of("Governorate,Began,Trained", ["Zarqa,2025-10-01,5"]), "heading.missing", 4),
    "duplicate heading": ("courses_9.csv", text_of(COURSES_HEAD + ",Trained", [f"{r},1" for r in COURSE_ROWS]), "heading.duplicate", 4),
    "text in a number": ("courses_9.csv", text_of(COURSES_HEAD, [*COURSE_ROWS, "C-8,Zarqa,2025-10-08,many"]), "value.number", 1),
    "impossible date": ("courses_9.csv", text_of(COURSES_HEAD, [*COURSE_ROWS, "C-8,Zarqa,2025-02-30,4"]), "value.date", 1),
    "unknown place": ("courses_9.csv", text_of(COURSES_HEAD, [*COURSE_ROWS, "C-8,Atlantis,2025-10-08,4"]), "name.place", 1),
    "marked SECRET": ("courses_9.csv", SECRET, "file.protective_marking", 4),
}  # fmt: skip


@pytest.mark.parametrize("name, content, rule, code", FILES.values(), ids=FILES)
def test_bad_file_gives_its_finding_and_exit_code(
    fresh: Program, write: Write, name: str, content: str | bytes, rule: str, code: int
) -> None:
    path = write(name, content)
    document = fresh.document("check", path, "--source", "courses", code=code)
    found = [f for f in document["findings"] if f["rule"] == rule]
    assert found, document["findings"]
    assert all(f["message"] and f["remedy"] for f in found)
    if code == 1:
        assert [f["row"] for f in found] == [len(COURSE_ROWS) + 2]
        assert document["rows"]["accepted"] == len(COURSE_ROWS)
    else:
        assert document["rows"]["accepted"] == 0
    text = fresh("check", path, "--source", "courses", code=code).stdout
    assert rule in text and found[0]["message"] in text


def test_the_wrong_source_names_the_right_one(fresh: Program, write: Write) -> None:
    path = write("courses_9.csv", text_of(SURVEY_HEAD, SURVEY_ROWS))
    found = fresh.document("check", path, "--source", "courses", code=4)["findings"]
    assert ["survey" in f["message"] for f in found if f["rule"] == "file.other_source"] == [True]


@pytest.mark.parametrize("name, content, rule, code", FILES.values(), ids=FILES)
def test_unusable_files_are_not_placed_and_the_others_are(
    fresh: Program, write: Write, name: str, content: str | bytes, rule: str, code: int
) -> None:
    document = fresh.document("submit", write(name, content), "--source", "courses", code=code)
    inbox = fresh.home.inbox / "courses"
    waiting = [p.name for p in inbox.glob("*.csv")]
    assert (document["placed"] is None, waiting) == ((True, []) if code == 4 else (False, [name]))


def _holds(folder: Path, words: str) -> list[Path]:
    return [p for p in sorted(folder.rglob("*")) if p.is_file() and words.encode() in p.read_bytes()]


@pytest.mark.parametrize("command", ["check", "submit", "new"])
def test_a_secret_file_is_neither_stored_nor_printed(fresh: Program, write: Write, command: str) -> None:
    path = write("courses_9.csv", SECRET)
    words = ["sources", "new", "annex", path] if command == "new" else [command, path, "--source", "courses"]
    for extra in ([], ["--json"]):
        result = fresh(*words, *extra, code=4)
        assert "SECRET" in result.output
        assert CODEWORD not in result.output
    assert _holds(fresh.home.root.parent, CODEWORD) == [path]


def test_a_secret_file_in_the_inbox_is_refused_by_the_run_and_goes_nowhere(prepared: Prepared) -> None:
    home = prepared.home.root
    assert CODEWORD not in prepared.output
    assert "file.protective_marking" in prepared.stdout
    assert _holds(home, CODEWORD) == [home / "inbox" / "courses" / "courses_annex.csv"]


def test_a_second_run_at_the_same_time_is_told_to_wait(fresh: Program) -> None:
    lock = fresh.home.store.with_suffix(".lock")
    lock.parent.mkdir(parents=True)
    code = f"import filelock\nwith filelock.FileLock({str(lock)!r}):\n    print('held', flush=True)\n    input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            assert "Another run is writing" in fresh("run", code=3).stderr
            assert fresh.document("run", code=3)["exit_code"] == 3
            assert "Another run is writing" in fresh("publish", code=3).stderr
        finally:
            other.communicate("\n")


def test_the_program_itself_ends_with_the_exit_code(fresh: Program, write: Write) -> None:
    """Through a process of its own, as a script calls it."""
    path = write("courses_9.csv", text_of(COURSES_HEAD, [*COURSE_ROWS, "C-8,Zarqa,2025-10-08,many"]))
    place = ["--home", str(fresh.home.root), "--sources", str(fresh.home.sources)]
    run = "from idtracker.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", run, *place, "check", str(path), "--source", "courses"], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 1
    assert "value.number" in done.stdout
    assert done.stderr == "Invented figures [of a test].\n"
