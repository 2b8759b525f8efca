"""Commands that move reports and say where they stand: text for a person, one document for a script, and the exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from docs_builder.json_schemas import schema_of
from idtracker.model.document import RowCounts
from idtracker.operate.documents.run import Run
from tests.support.cli_programme import COURSE_ROWS, Prepared, Program
from tests.support.small_programme import COURSES_HEAD, text_of

Write = Callable[[str, "str | bytes"], Path]
NOTICE = "Invented figures [of a test]."


def valid(document: Any, command: str) -> Any:
    jsonschema.validate(document, schema_of(command))
    return document


class Machine:
    """An orchestrator that has done its work already."""

    def __init__(self, **report: Any) -> None:
        self.asked: dict[str, Any] = {}
        nothing = RowCounts(read=0, accepted=0, held=0, unchanged=0, superseded=0)
        said: dict[str, Any] = {
            "submissions": [], "rows": nothing, "headline": None, "moved": [], "moved_scores": [], "overdue": [], "published": {},
            "warning_count": 0, "warnings": [],
            "failed_steps": [], "failures": {}, "unknown_inboxes": [], "not_taken": [], "notice": "", "changed": True,
            "seconds": 0.1, "outcome": "done",
        }  # fmt: skip
        self.report = Run(**said | report)

    def __call__(self, home: object) -> Machine:
        return self

    def run(self, **asked: Any) -> Run:
        self.asked = asked
        return self.report

    def dev(self, **asked: Any) -> None:
        self.asked = asked


# run, dev, publish


def test_run_tells_what_it_did(prepared: Prepared) -> None:
    said = prepared.stdout
    for words in (
        NOTICE,
        "4 submissions · rows read 16 = accepted 15 + held 1",
        "courses_1.csv",
        "Overdue",
        "Published for hmg",
    ):
        assert words in said
    assert [line for line in prepared.stderr.splitlines() if not re.match(r"\d+ s · ", line)] == []


def test_a_second_run_changes_nothing_and_says_so(copied: Program) -> None:
    document = valid(copied.document("run"), "run")
    assert (document["outcome"], document["changed"], document["submissions"]) == ("nothing_new", False, [])
    assert "Nothing new" in copied("run").stdout


def test_run_ends_with_one_where_a_step_failed(fresh: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = "survey/[1].csv: the envelope [1].csv.envelope.json cannot be read; correct or remove it"
    machine = Machine(failed_steps=["tracker/score"], unknown_inboxes=["elsewhere"], not_taken=[problem])
    monkeypatch.setattr("idtracker.cli.operating.run.orchestrator", machine)
    said = fresh("run", code=1).stdout
    assert "tracker/score" in said and "inbox/elsewhere" in said
    assert f"inbox/{problem}" in said
    assert fresh.document("run", code=1)["failed_steps"] == ["tracker/score"]


def test_run_hands_on_what_it_was_asked(fresh: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine()
    monkeypatch.setattr("idtracker.cli.operating.run.orchestrator", machine)
    fresh("run", "--source", "survey", "--source", "courses", "--full", "--as-of", "2026-01-31", "--json")
    assert machine.asked["sources"] == ("survey", "courses")
    assert machine.asked["full"] is True
    assert str(machine.asked["as_of"]).startswith("2026-01-31 23:59:59")
    fresh("dev", "--port", "3999")
    assert machine.asked == {"host": "127.0.0.1", "port": 3999}


def test_run_knows_only_its_sources_and_real_days(fresh: Program) -> None:
    assert "Did you mean `survey`?" in fresh("run", "--source", "survy", code=2).stderr
    assert "is not a date" in fresh("run", "--as-of", "yesterday", code=2).stderr


def test_publish_again_writes_nothing_new(copied: Program) -> None:
    document = valid(copied.document("publish"), "publish")
    assert document["changed"] is False
    assert Path(document["published"]["hmg"], "idtracker.duckdb").is_file()
    assert "Unchanged for hmg" in copied("publish").stdout
    assert "Known audiences: hmg" in copied("publish", "--audience", "all", code=2).stderr


# check, submit, withdraw


def test_check_of_a_clean_file_compares_with_what_is_published(published: Program, write: Write) -> None:
    rows = [*COURSE_ROWS[1:], "C-1,Zarqa,2025-10-01,99", "C-7,Karak,2025-10-07,7"]
    path = write("courses_2.csv", text_of(COURSES_HEAD, rows))
    document = valid(published.document("check", path, "--source", "courses"), "check")
    assert (document["verdict"], document["findings"]) == ("accepted", [])
    assert document["rows"] == {"read": 6, "accepted": 2, "held": 0, "unchanged": 4, "superseded": 0}
    assert document["changes"] == {"added": 1, "changed": 1, "removed": 0}
    assert "1 added, 1 changed, 4 left alone, 0 removed" in published("check", path, "--source", "courses").stdout


def test_findings_say_where_what_and_how(fresh: Program, write: Write) -> None:
    rows = [f"C-{n},Zarqa,2025-10-01,many{n}" for n in range(1, 21)]
    path = write("courses_2.csv", text_of(COURSES_HEAD, rows))
    said = fresh("check", path, "--source", "courses", code=1).stdout
    assert "row 2 (Trained) “many1”" in said
    assert "… and 8 more" in said
    arabic = fresh("check", path, "--source", "courses", "--lang", "ar", code=1).stdout
    assert "ليس" in arabic
    document = valid(fresh.document("check", path, "--source", "courses", code=1), "check")
    assert [f["row"] for f in document["findings"]] == list(range(2, 22))


@pytest.mark.parametrize("command", ["check", "submit"])
def test_what_cannot_be_checked_is_wrong_use(fresh: Program, write: Write, tmp_path: Path, command: str) -> None:
    path = write("courses_2.csv", text_of(COURSES_HEAD, COURSE_ROWS))
    assert "no such file" in fresh(command, tmp_path / "absent.csv", "--source", "courses", code=2).stderr
    assert "is a folder" in fresh(command, tmp_path, "--source", "courses", code=2).stderr
    assert "Did you mean `courses`?" in fresh(command, path, "--source", "course", code=2).stderr
    error = valid(fresh.document(command, path, "--source", "nothing", code=2), "error")
    assert error["exit_code"] == 2 and "Known sources" in error["error"]


def test_a_file_that_may_not_be_read_is_wrong_use(
    fresh: Program, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("courses_2.csv", "x")

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "cannot be read: Permission denied" in fresh("check", path, "--source", "courses", code=2).stderr


def test_submit_places_the_file_with_its_sender(fresh: Program, write: Write) -> None:
    path = write("courses_2.csv", text_of(COURSES_HEAD, COURSE_ROWS))
    document = valid(fresh.document("submit", path, "--source", "courses", "--as", "GB-GOV-1"), "submit")
    placed = Path(document["placed"])
    assert placed.read_bytes() == path.read_bytes()
    assert placed.parent == fresh.home.inbox / "courses"
    envelope = json.loads((placed.parent / "courses_2.csv.envelope.json").read_text())
    assert envelope.pop("submitted_by") == "GB-GOV-1"
    assert datetime.fromisoformat(envelope.pop("received_at")).tzinfo is not None and not envelope
    assert len(document["submission_id"]) == 16
    assert document["submission_id"] in fresh("submit", path, "--source", "courses").stdout


def test_submit_knows_only_registered_senders(fresh: Program, write: Write) -> None:
    path = write("courses_2.csv", text_of(COURSES_HEAD, COURSE_ROWS))
    said = fresh("submit", path, "--source", "courses", "--as", "GB-GOV-99", code=2).stderr
    assert "not in the register" in said and "Did you mean" in said
    assert not fresh.home.inbox.exists()


def test_withdraw_goes_on_the_record_once(copied: Program) -> None:
    listed = copied.document("query", "SELECT submission_id FROM submission WHERE source_id = 'survey'")
    words = ("withdraw", listed[0]["submission_id"], "--by", "GB-GOV-24", "--why", "wrong weights")
    document = valid(copied.document(*words), "withdraw")
    assert document == {"submission_id": listed[0]["submission_id"], "source": "survey", "state": "withdrawn"}
    assert "idtracker run" in copied(*words).stdout
    assert "There is no submission `0`" in copied("withdraw", "0", "--by", "x", "--why", "y", code=2).stderr


# status


def test_status_says_what_is_overdue_and_whose_turn_it_is(published: Program) -> None:
    document = valid(published.document("status", code=1), "status")
    states = {s["id"]: s["state"] for s in document["sources"]}
    assert states == {"courses": "FRESH", "products": "FRESH", "survey": "OVERDUE"}
    assert {t["table"]: t["rows"] for t in document["tables"]}["observation"] == 4
    said = published("status", code=1).stdout
    for words in (NOTICE, "survey (team:survey)", "2025-Q4 was due on 2026-01-20", "Last run: done"):
        assert words in said


def test_status_on_other_days(published: Program) -> None:
    assert {s["state"] for s in published.document("status", "--as-of", "2026-01-10")["sources"]} == {"FRESH", "DUE"}
    assert published.document("status", "--as-of", "2026-12-31", code=2)["as_of"].startswith("2026-12-31")
    assert "is not a date" in published("status", "--as-of", "soon", code=2).stderr


def test_status_of_a_home_in_which_nothing_ran(fresh: Program) -> None:
    document = valid(fresh.document("status", code=2), "status")
    assert document["tables"] == [] and document["last_run"] is None
    assert "Nothing is published yet" in fresh("status", code=2).stdout


def test_status_ends_with_two_after_a_failed_run(copied: Program) -> None:
    log = copied.home.root / "runs.jsonl"
    last = json.loads(log.read_text().splitlines()[-1]) | {"outcome": "failed", "message": "tracker/score"}
    with log.open("a") as out:
        out.write(json.dumps(last) + "\n")
    assert copied.document("status", "--as-of", "2026-01-10", code=2)["last_run"]["message"] == "tracker/score"
