"""names suggest, accept and check: a person settles what a name means, and the next run judges the files again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

from docs_builder.json_schemas import schema_of
from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.ingest.judged.archive import SubmissionOutcome, write_assessment
from idtracker.ingest.judged.queue import judged_by
from idtracker.ingest.landing.collect import collect, landed_bytes
from tests.support.cli_programme import COURSE_ROWS, Program
from tests.support.small_programme import COURSES_HEAD, drop, text_of

HEADING = "kind,typed,identifier,reviewed_by,reviewed_on\n"


def judged(program: Program, *rows: str) -> SubmissionOutcome:
    """The outcome of a file with these rows that reached the courses, as a run would have left it."""
    home, catalogue = program.home, load_catalogue(program.home.sources)
    source = catalogue.source("courses")
    drop(home.root, "courses", "courses_9.csv", text_of(COURSES_HEAD, rows), "2026-01-09T09:00:00Z")
    (receipt,) = collect(home, source, datetime(2026, 1, 9, tzinfo=UTC)).received
    found = assess(
        landed_bytes(home, receipt), receipt.file_name, source, catalogue,
        submission_id=receipt.submission_id, received_at=pd.Timestamp("2026-01-09 09:00"),
    )  # fmt: skip
    return write_assessment(home, found, judged_by(source, catalogue))


def names_file(program: Program) -> Path:
    return program.home.sources / "courses" / "names.csv"


def test_an_unknown_place_is_suggested_accepted_and_released(fresh: Program) -> None:
    first = judged(fresh, *COURSE_ROWS[:2], "C-8,محافظة الزرقا,2025-10-08,9", "C-9,محافظة الزرقا,2025-10-09,9")
    assert (first.rows_accepted, first.rows_held) == (2, 2)
    document = fresh.document("names", "suggest", "--source", "courses")
    jsonschema.Draft202012Validator(schema_of("names suggest")).validate(document)
    (name,) = document["names"]
    assert (name["kind"], name["typed"], name["times"], name["held"]) == ("place", "محافظة الزرقا", 2, True)
    assert (name["first_seen"]["file_name"], name["first_seen"]["row"]) == ("courses_9.csv", 4)
    assert name["candidates"][0]["identifier"] == "JO-AZ"
    accepted = fresh.document("names", "accept", "courses", "محافظة الزرقا", "JO-AZ", "--by", "data team")
    jsonschema.Draft202012Validator(schema_of("names accept")).validate(accepted)
    assert (accepted["kind"], accepted["added"]) == ("place", True)
    assert fresh.document("run")["outcome"] == "done"
    shown = fresh.document("query", "SELECT place_id, place_name FROM activity WHERE recorded_to IS NULL")
    said = [("JO-AZ", "Zarqa")] * 2 + [("JO-AZ", "محافظة الزرقا")] * 2
    assert sorted((r["place_id"], r["place_name"]) for r in shown) == said
    assert fresh.document("query", "SELECT count(*) AS n FROM held_row") == [{"n": 0}]
    assert fresh.document("names", "suggest")["names"] == []
    assert "Every name" in fresh("names", "suggest").stdout


def test_accepting_keeps_the_file_as_it_is_written(fresh: Program) -> None:
    names_file(fresh).write_bytes(f"{HEADING}place,Zed,JO-AZ,data team,2026-01-01".replace("\n", "\r\n").encode())
    names_file(fresh).chmod(0o664)
    fresh("names", "accept", "courses", "City, the", "JO-AM", "--by", "data team", "--on", "2026-02-01")
    assert names_file(fresh).read_bytes().decode().split("\r\n") == [
        HEADING.strip(),
        "place,Zed,JO-AZ,data team,2026-01-01",
        'place,"City, the",JO-AM,data team,2026-02-01',
        "",
    ]
    assert names_file(fresh).stat().st_mode & 0o777 == 0o664
    before = names_file(fresh).read_bytes()
    assert fresh.document("names", "accept", "courses", "city, THE", "JO-AM", "--by", "data team")["added"] is False
    assert "Nothing new" in fresh("names", "accept", "courses", "Zarqa", "JO-AZ", "--by", "data team").stdout
    assert names_file(fresh).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Zed", "JO-XX", "--by", "data team"), "`JO-XX` is not a known identifier. Did you mean `"),
        (("Zed", "JO-AZ", "--by", "data team", "--kind", "organisation"), "not a known identifier of organisation"),
        (("Zed", "JO-AZ", "--by", "someone@example.org"), "not an address"),
        (("Zed", "JO-AZ", "--by", " "), "--by is empty"),
        ((" ", "JO-AZ", "--by", "data team"), "The name as typed is empty"),
        (("Karak", "JO-AZ", "--by", "data team"), "The register knows `Karak` as JO-KA"),
        (("north", "JO-AZ", "--by", "data team"), "names.csv:2: `North` means JO-IR already"),
    ],
)
def test_what_is_not_fit_is_refused(fresh: Program, words: tuple[str, ...], said: str) -> None:
    names_file(fresh).write_text(f"{HEADING}place,North,JO-IR,data team,2026-01-01\n", "utf-8")
    before = names_file(fresh).read_bytes()
    refused = fresh("names", "accept", "courses", *words, code=2)
    assert said in refused.stderr
    assert names_file(fresh).read_bytes() == before


def test_an_unknown_source_is_refused(fresh: Program) -> None:
    assert "Did you mean `courses`?" in fresh("names", "accept", "course", "A", "JO-AZ", "--by", "r", code=2).stderr
    assert "Did you mean `courses`?" in fresh("names", "suggest", "--source", "course", code=2).stderr


def test_entries_that_no_longer_serve_are_named(fresh: Program) -> None:
    judged(fresh, "C-1,North,2025-10-08,9", "C-2,Karak,2025-10-08,9")
    names_file(fresh).write_text(
        HEADING
        + "place,North,JO-IR,data team,2026-01-01\n"
        + "place,South,JO-MN,data team,2026-01-01\n"
        + "place,Karak,JO-AZ,data team,2026-01-01\n"
        + "organisation,Old office,GB-GOV-3,data team,2026-01-01\n",
        "utf-8",
    )
    document = fresh.document("names", "check", "--source", "courses", code=1)
    jsonschema.Draft202012Validator(schema_of("names check")).validate(document)
    found = [(d["line"], d["fault"]) for d in document["doubts"]]
    assert found == [(3, "unused"), (4, "contradicts"), (5, "expired")]
    assert document["entries"] == 4
    assert "courses/names.csv:4:" in fresh("names", "check", code=1).stdout
    assert "السجل يعرف" in fresh("names", "check", "--lang", "ar", code=1).stdout


def test_without_files_nothing_is_called_unused(fresh: Program) -> None:
    names_file(fresh).write_text(f"{HEADING}place,North,JO-IR,data team,2026-01-01\n", "utf-8")
    assert fresh.document("names", "check")["doubts"] == []
