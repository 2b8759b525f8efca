"""acts list and revoke: every kind of act, documents held against their schemas, words and exit codes."""

from __future__ import annotations

from typing import Any

import jsonschema

from docs_builder.json_schemas import schema_of
from idtracker.ingest.decisions.adjudications import Adjudications
from idtracker.ingest.decisions.overrules import Overrules
from tests.support.cli_programme import SECRET, Program

SIGNED = ("--by", "data team", "--why", "looked at again")


def told(program: Program, *words: str, code: int = 0) -> Any:
    document = program.document("acts", *words, code=code)
    if code == 0:
        jsonschema.Draft202012Validator(schema_of(f"acts {words[0]}")).validate(document)
    return document


def survey_of(program: Program) -> str:
    """The submission of the survey."""
    listed = program.document("query", "SELECT submission_id FROM submission WHERE source_id = 'survey'")
    return str(listed[0]["submission_id"])


def test_acts_of_every_kind_are_listed_and_revoked(copied: Program) -> None:
    """One home: somebody decides in every way there is, and takes it all back."""
    survey = survey_of(copied)
    assert copied("acts", "list").stdout.strip() == "No act is on the record."
    copied("withdraw", survey, *SIGNED)
    copied("adjudicate", "decide", "VOICE", "Zarqa", "2025-Q3", "--value", "61", *SIGNED)
    copied("names", "accept", "courses", "Trainers, Ltd", "GB-GOV-8", "--by", "data team")
    file = copied.home.root.parent / "courses_annex.csv"
    file.write_text(SECRET, "utf-8")
    copied("submit", file, "--source", "courses", "--overrule-marking", "a codeword of a game", "--by", "FCDO")
    acts = told(copied, "list")["acts"]
    assert sorted(a["kind"] for a in acts) == ["adjudication", "marking_overruled", "name_review", "withdrawal"]
    assert {a["state"] for a in acts} == {"in_force"} and len({a["act_id"] for a in acts}) == 4
    assert {a["kind"] for a in told(copied, "list", "--source", "survey")["acts"]} == {"withdrawal"}
    shown = copied("acts", "list").stdout
    for act in acts:
        assert act["act_id"] in shown
        done = told(copied, "revoke", act["act_id"], *SIGNED)
        assert (done["act"]["state"], done["act"]["revoked_by"]) == ("revoked", "data team")
        again = copied("acts", "revoke", act["act_id"], *SIGNED, code=2)
        assert f"The act `{act['act_id']}` was revoked already, by data team" in again.stderr
    assert Adjudications(copied.home).in_force() == {} and Overrules(copied.home).in_force("courses") == []
    assert (copied.home.sources / "courses" / "names.csv").read_text().splitlines()[1:] == []


def test_what_there_is_not_is_told_with_the_usage_exit_code(copied: Program) -> None:
    assert "There is no act `f00`" in copied("acts", "revoke", "f00", *SIGNED, code=2).stderr
    assert "acts list" in told(copied, "revoke", "f00", *SIGNED, code=2)["error"]
    assert "Did you mean `survey`?" in copied("acts", "list", "--source", "survy", code=2).stderr
    assert (
        "no person's address" in copied("withdraw", survey_of(copied), "--by", "a@b.org", "--why", "x", code=2).stderr
    )
    assert "--why" in copied("acts", "revoke", "f00", "--by", "x", code=2).stderr
