"""A false refusal is overruled at the command line, and shown where the submission is explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cli_programme import COURSE_ROWS, Program

from tests.support.small_programme import COURSES_HEAD, text_of

Write = Callable[[str, "str | bytes"], Path]
REFUSED = text_of(COURSES_HEAD, [*COURSE_ROWS, "SECRET,Zarqa,2025-10-09,9"])
BY, WHY = "FCDO information desk", "the code of a course on ballots"


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
