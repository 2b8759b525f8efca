"""`round action`: what became of an action that a round agreed, as it was known at each instant; the published folder stays."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from held_round import BY, RECORD, files, query, run_again, shown

from docs_builder.json_schemas import schema_of
from idtracker.ingest.decisions.rounds import Rounds
from tests.support.cli_programme import Program

DAYS = ", ".join(f"strftime({name}, '%Y-%m-%d') AS {name}" for name in ("state_on", "done_on"))
NAMES = f"action_number, state, state_by, note, {DAYS}"
TEAM = ("--by", "survey team")


def act(program: Program, number: int, *words: str) -> dict[str, Any]:
    document: dict[str, Any] = program.document("round", "action", "2025-Q4", str(number), *words)
    jsonschema.Draft202012Validator(schema_of("round action")).validate(document)
    return document


def states(program: Program) -> list[tuple[str, bool]]:
    return [(a["state"], a["is_overdue"]) for a in shown(program)["actions"]]


def test_an_action_is_closed_and_opened_again_and_the_folder_stays(copied_round: Program) -> None:
    before = files(copied_round.home)
    assert states(copied_round) == [("OPEN", True), ("OPEN", False), ("DONE", False)]
    done = act(copied_round, 1, "--done", "--on", "2026-03-01", "--note", "Zarqa sent its sheet.", *TEAM)
    assert (done["state"], done["state_on"], done["owner_org_id"]) == ("DONE", "2026-03-01", "GB-GOV-24")
    act(copied_round, 2, "--dropped", "--on", "2026-03-02", *TEAM)
    act(copied_round, 3, "--reopen", "--on", "2026-03-03", *TEAM)
    document = shown(copied_round)
    assert states(copied_round) == [("DONE", False), ("DROPPED", False), ("OPEN", True)]
    assert [a["done_on"] for a in document["actions"]] == ["2026-03-01", None, None] and document["overdue"] == 1
    text = copied_round("round", "show", "2025-Q4").stdout
    assert "done on 2026-03-01: Zarqa sent its sheet." in text and "dropped on 2026-03-02" in text
    arabic = copied_round("round", "show", "2025-Q4", "--lang", "ar").stdout
    assert "أُنجز في" in arabic and "أُلغي في" in arabic and "متأخر" in arabic
    run_again(copied_round)
    at = {a.action: a.acted_at for a in Rounds(copied_round.home).acts()}
    assert query(copied_round, f"SELECT {NAMES} FROM round_action ORDER BY action_number") == [
        {"action_number": 1, "state": "DONE", "state_on": "2026-03-01", "state_by": "survey team",
         "note": "Zarqa sent its sheet.", "done_on": "2026-03-01"},
        {"action_number": 2, "state": "DROPPED", "state_on": "2026-03-02", "state_by": "survey team", "note": None, "done_on": None},
        {"action_number": 3, "state": "OPEN", "state_on": "2026-03-03", "state_by": "survey team", "note": None, "done_on": None},
    ]  # fmt: skip
    for moment, expected in (
        (at["published"], ["OPEN", "OPEN", "DONE"]),
        (at["action_reopened"], ["DONE", "DROPPED", "OPEN"]),
    ):
        known = f"round_action_as_known_at('{moment:%Y-%m-%d %H:%M:%S.%f}')"
        rows = query(copied_round, f"SELECT state FROM {known} ORDER BY action_number")
        assert [row["state"] for row in rows] == expected
    assert files(copied_round.home) == before and copied_round("verify").exit_code == 0


def test_what_was_said_of_an_action_is_taken_back_and_said_anew(copied_round: Program) -> None:
    first = act(copied_round, 1, "--done", "--on", "2026-03-01", *TEAM)["act_id"]
    second = act(copied_round, 1, "--reopen", "--on", "2026-03-02", *TEAM)["act_id"]
    published = next(a["act_id"] for a in shown(copied_round)["acts"] if a["action"] == "published")
    listed = {a["act_id"]: (a["kind"], a["state"]) for a in copied_round.document("acts", "list")["acts"]}
    assert listed[first] == ("round_action_done", "replaced") and listed[second] == (
        "round_action_reopened",
        "in_force",
    )
    signed = ("--by", "data team", "--why", "another action was meant")
    assert "was replaced by a later one" in copied_round("acts", "revoke", first, *signed, code=2).stderr
    assert f"revoke `{second}` first" in copied_round("acts", "revoke", published, *signed, code=2).stderr
    revoked = copied_round.document("acts", "revoke", second, *signed)
    jsonschema.Draft202012Validator(schema_of("acts revoke")).validate(revoked)
    assert states(copied_round)[0] == ("DONE", False)
    copied_round("acts", "revoke", first, *signed)
    assert states(copied_round)[0] == ("OPEN", True)
    assert act(copied_round, 1, "--done", "--on", "2026-03-01", *TEAM)["act_id"] != first
    assert states(copied_round)[0] == ("DONE", False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("1",), "Say one thing of the action"),
        (("1", "--done", "--dropped"), "Say one thing of the action"),
        (("4", "--done"), "agreed actions 1 to 3; there is no action 4"),
        (("3", "--done"), "is done already, since 2026-01-30"),
        (("1", "--reopen"), "is open already, since 2026-01-25"),
        (("1", "--done", "--on", "2198-12-31"), "has not come yet at the programme's clock"),
        (("1", "--done", "--on", "2026-01-24"), "is open since 2026-01-25; name that day or a later one"),
        (("1", "--done", "--note", " "), "--note is empty"),
        (("1", "--done", "--note", "ask a@b.org"), "a person's address"),
        (("1", "--done", "--note", "bad\x07"), "control characters"),
        (("1", "--done", "--note", "SECRET"), "marking SECRET"),
    ],
)
def test_what_cannot_be_said_of_an_action_keeps_nothing(held: Program, words: tuple[str, ...], said: str) -> None:
    result = held("round", "action", "2025-Q4", *words, *TEAM, code=None)
    assert result.exit_code in (2, 4) and said in result.stderr
    assert not any(act.action.startswith("action_") for act in Rounds(held.home).acts())


def test_open_actions_follow_into_the_next_round_and_into_the_status(copied_round: Program) -> None:
    dates = ("--cutoff", "2026-04-20", "--held-on", "2026-04-25")
    copied_round("round", "open", "2026-Q1", *dates, *BY)
    refused = copied_round("round", "action", "2026-Q1", "1", "--done", *TEAM, code=2).stderr
    assert "`2026-Q1` is not published yet" in refused
    following = copied_round.document("round", "show", "2026-Q1")
    jsonschema.Draft202012Validator(schema_of("round show")).validate(following)
    assert [(a["round_id"], a["number"], a["is_overdue"]) for a in following["earlier_actions"]] == [
        ("2025-Q4", 1, True),
        ("2025-Q4", 2, False),
    ]
    assert following["earlier_overdue"] == 1 and shown(copied_round)["earlier_actions"] == []
    assert "Still open from earlier rounds" in copied_round("round", "show", "2026-Q1").stdout
    status = copied_round.document("status", code=None)
    jsonschema.Draft202012Validator(schema_of("status")).validate(status)
    assert [(a["round_id"], a["number"], a["is_overdue"]) for a in status["actions"]] == [
        ("2025-Q4", 1, True),
        ("2025-Q4", 2, False),
    ]
    assert "2 open, 1 overdue" in copied_round("status", code=None).stdout
    act(copied_round, 1, "--done", *TEAM)
    assert [a["number"] for a in copied_round.document("status", code=None)["actions"]] == [2]
    assert copied_round.document("status", "--as-of", "2026-02-15", code=None)["actions"] == []


def test_a_record_says_nothing_was_done_before_its_round(copied_round: Program) -> None:
    published = next(a["act_id"] for a in shown(copied_round)["acts"] if a["action"] == "published")
    copied_round("acts", "revoke", published, "--by", "x", "--why", "y")
    record = copied_round.home.root.parent / "record.md"
    record.write_text(RECORD.replace("done: 2026-01-30", "done: 2026-01-24"), "utf-8")
    refused = copied_round("round", "publish", "2025-Q4", *BY, "--record", record, code=2).stderr
    assert "actions[2].done: 2026-01-24 lies before the round is held" in refused
