"""Rounds where something is out of the ordinary: what came later still, who was not there, what was done twice or damaged."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from held_round import BY, RECORD, query, run_again, shown

from idtracker.ingest.decisions.rounds import Rounds
from idtracker.ingest.judge.catalogue import catalogue_of
from idtracker.operate.services.acts.listing import revoke_act
from idtracker.operate.services.rounds.acting import freeze_round
from tests.support.cli_programme import Program

SECOND = ("2025-Q4", "--cutoff", "2026-01-25", "--held-on", "2026-01-28", *BY)


def test_late_rows_go_to_the_first_round_whose_cut_off_they_did_not_miss(copied_round: Program) -> None:
    """They were recorded on 1 February: after the cut-off of the second round of the quarter, too."""
    copied_round("round", "open", *SECOND)
    document = shown(copied_round)
    assert (document["late_goes_to"], [late["goes_to"] for late in document["late"]]) == ("2025-Q4-2", [None])
    said = copied_round("round", "show", "2025-Q4").stdout
    assert "goes to a later round, not opened yet" in said
    copied_round("round", "open", "2026-Q1", "--cutoff", "2026-04-20", "--held-on", "2026-04-25", *BY)
    document = shown(copied_round)
    assert (document["late_goes_to"], [late["goes_to"] for late in document["late"]]) == ("2025-Q4-2", ["2026-Q1"])
    assert "جولة لاحقة" not in copied_round("round", "show", "2025-Q4", "--lang", "ar").stdout


def test_late_rows_of_a_withdrawn_file_are_late_no_more(copied_round: Program) -> None:
    notice = {"withdraws": "survey_2025-Q4_v2.csv", "by": "GB-GOV-24", "why": "wrong", "at": "2026-02-03T09:00:00Z"}
    inbox = copied_round.home.root / "inbox" / "survey" / "wrong.withdrawal.json"
    inbox.write_text(json.dumps(notice), "utf-8")
    run_again(copied_round)
    document = shown(copied_round)
    assert (document["late"], document["late_rows"]) == ([], 0)
    assert query(copied_round, "SELECT late_count, late_submission_count FROM round") == [
        {"late_count": 0, "late_submission_count": 0}
    ]


@pytest.mark.parametrize("cutoff", ["2026-01-10", "2026-01-20T12:00:00Z"])
def test_a_second_round_of_a_quarter_looks_at_what_is_known_later(held: Program, cutoff: str) -> None:
    words = ("2025-Q4", "--cutoff", cutoff, "--held-on", "2026-01-28", *BY)
    refused = held("round", "open", *words, code=2).stderr
    assert "has the cut-off 2026-01-20 12:00 UTC already" in refused and "choose a later --cutoff" in refused


def test_an_organisation_that_ended_attends_no_round(copied_round: Program, tmp_path: Path) -> None:
    copied_round("round", "open", *SECOND)
    copied_round("round", "freeze", "2025-Q4-2", *BY)
    record = tmp_path / "record.md"
    for old, new, said in (
        ("GB-GOV-8]", "GB-GOV-13]", "attended: `GB-GOV-13` ended on 2023-02-06, before the round is held (2026-01-28); name `GB-GOV-25`"),
        ("owner: GB-GOV-24", "owner: GB-GOV-15", "actions[0].owner: `GB-GOV-15` ended on 2023-02-06"),
    ):  # fmt: skip
        record.write_text(RECORD.replace(old, new), "utf-8")
        assert said in copied_round("round", "publish", "2025-Q4-2", *BY, "--record", record, code=2).stderr
    record.write_text(RECORD, "utf-8")
    copied_round("round", "publish", "2025-Q4-2", *BY, "--record", record)


def test_organisations_have_their_arabic_names(held: Program) -> None:
    document = shown(held, "--lang", "ar")
    names = {p["org_id"]: p["name"] for p in document["participants"]}
    assert names["GB-GOV-1"] == "وزارة الخارجية والكومنولث والتنمية البريطانية"
    assert names["GB-GOV-1"] in held("round", "show", "2025-Q4", "--lang", "ar").stdout


def test_what_does_not_belong_among_the_folders_is_removed(copied_round: Program) -> None:
    root = copied_round.home.published / "hmg" / "rounds"
    (root / "notes.txt").touch()
    (root / ".part-2025-Q4").mkdir()
    copied_round("publish")
    assert [path.name for path in root.iterdir()] == ["2025-Q4"]


def test_a_damaged_act_hides_nothing_else_that_is_wrong(copied_round: Program) -> None:
    home = copied_round.home
    opened = shown(copied_round)["acts"][0]["act_id"]
    (home.landing / "ledger" / "_decisions" / "rounds" / f"{opened}.json").write_text('{"round_id": 1}', "utf-8")
    (home.published / "hmg" / "current" / "manifest.json").unlink()
    said = copied_round("verify", code=1).output.replace("\n", " ")
    assert "the decision is damaged" in said and "was changed since it was sealed" in said and "manifest.json" in said


def test_a_freeze_that_is_taken_back_and_done_again_at_once_holds(copied_round: Program) -> None:
    """All three in one instant, as a programme whose clock stands ahead has them."""
    home, now = copied_round.home, datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    copied_round("round", "open", *SECOND)
    catalogue = catalogue_of(home)
    ids = []
    for _ in range(3):
        act_id = freeze_round(home, catalogue, "2025-Q4-2", by="team", record=None, now=now).act_id
        assert Rounds(home).one("2025-Q4-2").state == "FROZEN"
        revoke_act(home, catalogue, act_id, by="team", why="wrong", at=now)
        assert Rounds(home).one("2025-Q4-2").state == "OPEN"
        ids.append(act_id)
    assert len(set(ids)) == 3
