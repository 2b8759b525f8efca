"""Files that do not belong in an inbox: check says so, submit refuses them, a run leaves them and says why, a person overrules it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli_programme import COURSE_ROWS, Program
from tests.support.small_programme import COURSES_HEAD, drop, text_of

Write = Callable[[str, str | bytes], Path]
REFUSED = text_of(COURSES_HEAD, [*COURSE_ROWS, "SECRET,Zarqa,2025-10-09,9"])
BY, WHY = "FCDO information desk", "the code of a course on ballots"


def test_a_name_that_does_not_fit_is_said_and_not_placed(fresh: Program, write: Write) -> None:
    path = write("final version.csv", text_of(COURSES_HEAD, COURSE_ROWS))
    checked = fresh.document("check", path, "--source", "courses")
    (finding,) = [f for f in checked["findings"] if f["rule"] == "file.name_pattern"]
    assert "courses_*.csv" in finding["message"] and finding["severity"] == "warning"
    refused = fresh.document("submit", path, "--source", "courses", code=2)
    assert "does not fit courses_*.csv" in refused["error"]
    assert not (fresh.home.inbox / "courses").exists()


def test_a_name_of_another_source_names_it(fresh: Program, write: Write) -> None:
    path = write("survey_1.csv", text_of(COURSES_HEAD, COURSE_ROWS))
    assert "It fits the source survey" in fresh("submit", path, "--source", "courses", code=2).stderr


@pytest.mark.parametrize("name", ["courses_1.csv", "example.csv", "held-courses.csv", "COURSES_1.CSV"])
def test_names_that_may_be_checked_without_a_warning(fresh: Program, write: Write, name: str) -> None:
    checked = fresh.document("check", write(name, text_of(COURSES_HEAD, COURSE_ROWS)), "--source", "courses")
    assert [f["rule"] for f in checked["findings"] if f["rule"].startswith("file.")] == []


def test_a_long_name_is_refused_plainly(fresh: Program, write: Write) -> None:
    path = write(f"courses_{'x' * 238}.csv", text_of(COURSES_HEAD, COURSE_ROWS))
    refused = fresh.document("submit", path, "--source", "courses", code=2)
    assert "longer than 241 bytes" in refused["error"]


def test_a_file_with_headings_alone_is_warned_of(fresh: Program, write: Write) -> None:
    checked = fresh.document("check", write("courses_1.csv", f"{COURSES_HEAD}\n"), "--source", "courses")
    assert [(f["rule"], f["severity"]) for f in checked["findings"]] == [("file.no_rows", "warning")]


def test_a_run_says_what_it_left_and_takes_the_rest(fresh: Program) -> None:
    drop(fresh.home.root, "courses", "courses_1.csv", text_of(COURSES_HEAD, COURSE_ROWS), "2026-01-05T09:00:00Z")
    inbox = fresh.home.inbox
    (inbox / "courses" / "survey_1.csv").write_text("x\n")
    (inbox / "survey").mkdir()
    (inbox / "survey" / "notes.txt").write_text("x\n")
    (inbox / "courses_2.csv").write_text("x\n")
    half = fresh.home.accepted / "courses" / ".part-left"
    half.mkdir(parents=True)
    first = fresh.document("run")
    assert [s["file_name"] for s in first["submissions"]] == ["courses_1.csv"]
    assert [line.split(":")[0] for line in first["not_taken"]] == [
        "courses/survey_1.csv",
        "survey/notes.txt",
        "courses_2.csv",
    ]
    assert "move it to inbox/survey" in first["not_taken"][0] and "inbox/courses" in first["not_taken"][2]
    assert not half.exists()
    again = fresh.document("run")
    assert (again["outcome"], again["not_taken"]) == ("nothing_new", first["not_taken"])


def test_a_false_refusal_is_overruled_on_the_record(fresh: Program, write: Write) -> None:
    path = write("courses_9.csv", REFUSED)
    place = ("submit", path, "--source", "courses")
    assert [f["rule"] for f in fresh.document(*place, code=4)["findings"]] == ["file.protective_marking"]
    assert fresh(*place, "--overrule-marking", WHY, code=2).stderr.count("--by") == 1
    document = fresh.document(*place, "--overrule-marking", WHY, "--by", BY)
    assert document["rows"]["accepted"] + document["rows"]["unchanged"] == len(COURSE_ROWS) + 1
    fresh("run")
    query = "SELECT actor, subject, detail FROM audit WHERE action = 'marking_overruled'"
    said = {"actor": BY, "subject": document["submission_id"], "detail": f"SECRET: {WHY}"}
    assert fresh.document("query", query) == [said]
    tree = fresh.document("explain", "submission", document["submission_id"])
    assert f"{BY}: SECRET: {WHY}" in str(tree)


def test_what_is_not_refused_is_not_overruled(fresh: Program, write: Write) -> None:
    path = write("courses_9.csv", text_of(COURSES_HEAD, COURSE_ROWS))
    fresh("submit", path, "--source", "courses", "--overrule-marking", WHY, "--by", BY, code=2)
