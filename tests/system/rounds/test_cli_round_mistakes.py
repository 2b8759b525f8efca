"""`round`: every mistake has one message that says what to do, and keeps nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from held_round import BY, RECORD, shown

from docs_builder.json_schemas import schema_of
from tests.support.cli_programme import Program

Refused = Callable[..., None]


@pytest.fixture
def refused(copied_round: Program) -> Refused:
    def refused(*words: str | Path, said: str) -> None:
        assert said in copied_round("round", *words, code=2).stderr

    return refused


def test_every_mistake_has_its_error_and_its_remedy(copied_round: Program, refused: Refused) -> None:
    late = ("--cutoff", "2026-06-01", "--held-on", "2026-06-02", *BY)
    refused("show", "2025-Q3", said="Did you mean `2025-Q4`?")
    refused("freeze", "nothing", *BY, said="`idtracker round list` names")
    refused("freeze", "2025-Q4", *BY, said="changes no more")
    refused("publish", "2025-Q4", *BY, said="was published on")
    refused("open", "2026-Q5", *late, said="is not a quarter")
    refused("open", "2026", *late, said="is not a quarter")
    refused("open", "2031-Q1", *late, said="does not speak of 2031-Q1: it goes from 2025-Q1 to 2026-Q1")
    refused("open", "2026-Q1", "--held-on", "2026-06-02", *BY, said="--cutoff is missing, and programme.yml states no")
    refused("open", "2026-Q1", "--cutoff", "2026-06-02", *BY, said="--held-on is missing")
    refused(
        "open", "2026-Q1", "--cutoff", "2026-03-30", "--held-on", "2026-06-02", *BY, said="before the end of 2026-Q1"
    )
    refused("open", "2026-Q1", "--cutoff", "2026-06-05", "--held-on", "2026-06-02", *BY, said="before the cut-off")
    for cutoff in ("soon", "5/4/2026", "05-04-2026", "20260504", "2026-04", "2026-Q2", "May 2026", "now", "today"):
        refused(
            "open", "2026-Q1", "--cutoff", cutoff, "--held-on", "2026-06-02", *BY, said="is not a date or an instant"
        )
    refused("open", "2026-Q1", "--cutoff", "2999-01-01", "--held-on", "2999-01-01", *BY, said="days up to 2199")
    refused("open", "2026-Q1", "--id", "../x", *late, said="it names a folder")
    refused("open", "2026-Q1", "--id", "2025-q4", *late, said="a round `2025-q4` already")
    refused("open", "2026-Q1", *late[:4], "--by", "a@b.org", said="no person's address")
    copied_round("round", "open", "2026-Q1", "--cutoff", "2199-01-01", "--held-on", "2199-01-02", *BY)
    refused("open", "2026-Q1", *late, said="is open already")
    refused("freeze", "2026-Q1", *BY, said="has not passed at the programme's clock")
    refused("publish", "2026-Q1", *BY, said="is not frozen yet")
    refused("show", "2026-Q1", "--rebuild", said="nothing to make again")
    assert shown(copied_round)["late_goes_to"] == "2026-Q1"
    opened = copied_round.document("round", "show", "2026-Q1")["acts"][0]["act_id"]
    copied_round("acts", "revoke", opened, "--by", "x", "--why", "y")


def test_a_record_that_cannot_be_kept_keeps_nothing(copied_round: Program, refused: Refused, tmp_path: Path) -> None:
    programme = copied_round.home.sources / "programme.yml"
    programme.write_text(
        programme.read_text("utf-8") + "rounds: {cutoff_after_days: 20, held_after_days: 5}\n", "utf-8"
    )
    document = copied_round.document("round", "open", "2026-Q1", *BY)
    assert (document["cutoff_at"], document["held_on"]) == ("2026-04-20T23:59:59.999999+00:00", "2026-04-25")
    for text, said in (
        (RECORD.replace("GB-GOV-8", "GB-GOV-99"), "`GB-GOV-99` is not in the register of organisations. Did you mean"),
        (RECORD.replace("owner: GB-GOV-24", "owner: GB-GOV-2400"), "is not in the register"),
        (
            RECORD.replace("2199-01-01", "2026-04-24"),
            "actions[1].due: 2026-04-24 lies before the round is held (2026-04-25)",
        ),
        (RECORD.replace("Water is scarce.\n", ""), "narrative"),
        (RECORD.replace("done: 2026-01-30", "done: 2198-12-31"), "actions[2].done: 2198-12-31 has not come yet"),
        (RECORD.replace("Water is scarce.", "SECRET\n\nWater is scarce."), "marking SECRET"),
    ):
        record = tmp_path / "wrong.md"
        record.write_text(text.replace("due: 2026-02-01", "due: 2026-05-01"), "utf-8")
        result = copied_round("round", "freeze", "2026-Q1", *BY, "--record", record, code=None)
        assert result.exit_code in (2, 4) and said in result.stderr, result.stderr
    copied_round("round", "freeze", "2026-Q1", *BY)
    refused("publish", "2026-Q1", *BY, said="has no record")
    refused("publish", "2026-Q1", *BY, "--record", tmp_path / "absent.yml", said="cannot be read")
    listed = copied_round.document("round", "list")
    jsonschema.Draft202012Validator(schema_of("round list")).validate(listed)
    assert [(r["round_id"], r["state"]) for r in listed["rounds"]] == [("2025-Q4", "PUBLISHED"), ("2026-Q1", "FROZEN")]
