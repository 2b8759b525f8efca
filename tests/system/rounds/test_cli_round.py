"""`round`: opened, frozen, published and shown over one home; made again from the store, and what keeps that from being the same."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import jsonschema
import pytest
from held_round import BY, RECORD, files, query, run_again, shown

from docs_builder.json_schemas import schema_of
from idtracker.model.home import Home
from tests.support.cli_programme import Program
from tests.support.small_programme import SURVEY_HEAD, drop, text_of

SAME = {
    "is_same": True,
    "differing": [],
    "reasons": [],
    "with_kept_method": False,
    "with_kept_definitions": False,
}


def test_a_round_shows_what_was_frozen_beside_what_is_known_now(held: Program) -> None:
    """60 % heard and 25 % out of work are 60 and 75 points, their geometric mean 67.08; 50 % heard makes 61.24."""
    document = shown(held)
    then, now = document["headline"], document["now"]
    assert (document["state"], then["place_id"]) == ("PUBLISHED", "JO")
    assert (then["score"], now["score"]) == (pytest.approx((60 * 75) ** 0.5), pytest.approx((50 * 75) ** 0.5))
    assert then["low"] < then["score"] < then["high"]
    assert "fell from 67.1 to 61.2" in now["moved"] and "Residents with a voice" in now["moved"]
    assert document["tables"][[t["table"] for t in document["tables"]].index("merged_cell")]["rows"] == 6
    assert document["submissions"] == 1 and document["narrative"] == "Water is scarce."
    assert document["rebuilt"] is None if "rebuilt" in document else True


def test_attendance_is_recorded_and_contributions_are_counted(held: Program) -> None:
    found = {
        p["org_id"]: (p["has_attended"], p["has_contributed"], p["observations"]) for p in shown(held)["participants"]
    }
    assert found == {"GB-GOV-1": (True, False, 0), "GB-GOV-8": (True, False, 0), "GB-GOV-24": (False, True, 6)}


def test_actions_are_overdue_at_the_programmes_clock(held: Program) -> None:
    document = shown(held, "--lang", "ar")
    assert [a["is_overdue"] for a in document["actions"]] == [True, False, False] and document["overdue"] == 1
    assert document["actions"][0]["text"] == "اسألوا الزرقاء من جديد."
    text = held("round", "show", "2025-Q4", "--lang", "ar").stdout
    assert "متأخر" in text and "Water is scarce." in text and "الأردن" in text


def test_late_data_is_named_and_goes_to_the_next_round(held: Program) -> None:
    document = shown(held)
    (late,) = document["late"]
    assert (late["source"], late["org_id"], late["submissions"]) == ("survey", "GB-GOV-24", 1)
    assert late["first_at"].startswith("2026-02-01T09:00:00") and document["late_rows"] == late["rows"] == 2
    assert document["late_goes_to"] is None
    row = query(held, "SELECT late_count, late_submission_count FROM round")[0]
    assert row == {"late_count": 2, "late_submission_count": 1}


def test_the_table_holds_the_round_as_it_was_frozen(held: Program) -> None:
    document = shown(held)
    (row,) = query(held, "SELECT state, score, low, high, digest, cell_count, narrative, classification FROM round")
    expected = {name: document["headline"][name] for name in ("score", "low", "high")}
    assert row == pytest.approx(
        {"state": "PUBLISHED", **expected, "digest": document["digest"], "cell_count": 6, "narrative": "Water is scarce.",
         "classification": "OFFICIAL"}
    )  # fmt: skip
    assert [r["action_number"] for r in query(held, "SELECT action_number FROM round_action")] == [1, 2, 3]
    before = query(held, "SELECT count(*) AS n FROM round_as_known_at('2026-03-01')")
    assert before == [{"n": 0}]


def test_a_published_round_of_two_departments_is_a_joint_product(held: Program) -> None:
    """Five products without contributions on record, and the round: one of six."""
    (row,) = query(
        held,
        "SELECT value, numerator, denominator FROM metric_value WHERE metric_id = 'IM-01' AND measure = 'value' "
        "AND period = '2026-Q1' AND scope = 'programme'",
    )
    assert row == {"value": pytest.approx(100 / 6), "numerator": 1, "denominator": 6}
    tree = json.dumps(held.document("explain", "metric", "IM-01", "--period", "2026-Q1"))
    assert "2025-Q4" in tree and "GB-GOV-8" in tree


def test_a_rebuilt_round_is_the_same_to_the_byte(copied_round: Program, tmp_path: Path) -> None:
    home, before = copied_round.home, files(copied_round.home)
    assert set(before) == {"score.parquet", "trend.parquet", "merged_cell.parquet", "round.json"}
    assert json.loads(before["round.json"])["digest"] == shown(copied_round)["digest"]
    for path in (home.published / "hmg" / "rounds" / "2025-Q4").iterdir():
        path.unlink()
    copied_round("rebuild")
    assert files(home) == before
    copied_round("backup", tmp_path / "home.tar.gz")
    restored = Program(Home(tmp_path / "restored", home.sources))
    restored("restore", tmp_path / "home.tar.gz")
    assert files(restored.home) == before
    assert shown(restored, "--rebuild")["rebuilt"]["is_same"]


def test_a_withdrawal_leaves_what_was_frozen_as_it_was(copied_round: Program) -> None:
    before = files(copied_round.home)
    notice = {"withdraws": "survey_2025-Q4.csv", "by": "GB-GOV-24", "why": "wrong file", "at": "2026-02-03T09:00:00Z"}
    inbox = copied_round.home.root / "inbox" / "survey" / "wrong.withdrawal.json"
    inbox.write_text(json.dumps(notice), "utf-8")
    run_again(copied_round)
    left = "SELECT count(*) AS n FROM now.observation JOIN submission USING (submission_id) WHERE file_name = 'survey_2025-Q4.csv'"
    assert query(copied_round, left) == [{"n": 0}]
    again = shown(copied_round, "--rebuild")["rebuilt"]
    assert again == SAME
    assert files(copied_round.home) == before


def test_a_vintage_changed_by_hand_is_named(copied_round: Program) -> None:
    known = "known_from <= TIMESTAMP '2026-01-20' AND place_id = 'JO-AZ' AND period = '2025-Q4'"
    with duckdb.connect(str(copied_round.home.store)) as store:
        store.execute(f"UPDATE merged_cell_vintage SET value = value + 1e-9 WHERE indicator_id = 'VOICE' AND {known}")
    again = shown(copied_round, "--rebuild", code=1)["rebuilt"]
    assert again["differing"] == ["merged_cell: other content"]
    (copied_round.home.published / "hmg" / "rounds" / "2025-Q4" / "score.parquet").unlink()
    verified = copied_round("verify", code=1).output
    assert "merged_cell: other content" in verified and "score.parquet is missing" in verified
    (published,) = [a["act_id"] for a in shown(copied_round)["acts"] if a["action"] == "published"]
    copied_round("acts", "revoke", published, "--by", "x", "--why", "y")
    record = copied_round.home.root.parent / "record.md"
    record.write_text(RECORD, "utf-8")
    refused = copied_round("round", "publish", "2025-Q4", *BY, "--record", record, code=2).stderr
    assert "cannot be made again: merged_cell: other content" in refused and shown(copied_round)["state"] == "FROZEN"


def test_a_folder_that_says_more_or_other_than_the_acts_is_named(copied_round: Program) -> None:
    folder = copied_round.home.published / "hmg" / "rounds" / "2025-Q4"
    document = json.loads((folder / "round.json").read_text("utf-8"))
    for name, value in (("held_on", "2026-01-01"), ("cutoff_at", "2026-01-19"), ("digest", "0" * 64)):
        (folder / "round.json").write_text(json.dumps(document | {name: value}), "utf-8")
        assert f"frozen and recorded: {name}" in copied_round("verify", code=1).output
    for marking in ({"classification": "PUBLIC"}, {"releasable_to": "HMG;PARTNERS"}):
        (folder / "round.json").write_text(json.dumps(document | marking), "utf-8")
        assert "marked below what was frozen" in copied_round("verify", code=1).output, marking
    (folder / "round.json").write_text(json.dumps(document), "utf-8")
    (folder / "notes.txt").touch()
    (folder.parent / "other").mkdir()
    said = copied_round("verify", code=1).output
    assert "notes.txt is none of its files" in said and "no published round has this name" in said


def test_a_round_is_made_again_by_its_own_method_and_names_a_backdated_file(copied_round: Program) -> None:
    home, before = copied_round.home, files(copied_round.home)
    programme = home.sources / "programme.yml"
    programme.write_text(programme.read_text("utf-8") + "method: STAB-1.0\n", "utf-8")
    run_again(copied_round)
    document = shown(copied_round, "--rebuild")
    assert document["rebuilt"] == SAME | {"with_kept_method": True}
    assert (document["headline"]["method_version"], document["now"]["method_version"]) == ("STAB-1.2", "STAB-1.0")
    (home.published / "hmg" / "rounds" / "2025-Q4" / "score.parquet").unlink()
    copied_round("publish")
    assert files(home) == before
    late = text_of(SURVEY_HEAD, ["VOICE,Karak,2025-Q4,41"])
    drop(home.root, "survey", "survey_2025-Q4_v3.csv", late, "2026-01-15T09:00:00Z")
    run_again(copied_round)
    document = shown(copied_round, "--rebuild", code=1)
    again = document["rebuilt"]
    assert document["backdated"] == ["survey_2025-Q4_v3.csv (survey)"]
    assert any("survey_2025-Q4_v3.csv" in reason and "before the cut-off" in reason for reason in again["reasons"])
    assert files(home) == before


def test_a_mistake_is_revoked_from_the_last_act_on_and_done_again(copied_round: Program) -> None:
    acts = {a["action"]: a["act_id"] for a in shown(copied_round)["acts"]}
    signed = ("--by", "data team", "--why", "wrong day")
    for first in ("opened", "frozen"):
        assert (
            f"revoke `{acts['published']}` first" in copied_round("acts", "revoke", acts[first], *signed, code=2).stderr
        )
    revoked = copied_round.document("acts", "revoke", acts["published"], *signed)
    jsonschema.Draft202012Validator(schema_of("acts revoke")).validate(revoked)
    assert revoked["act"]["kind"] == "round_published" and shown(copied_round)["state"] == "FROZEN"
    assert "was revoked already" in copied_round("acts", "revoke", acts["published"], *signed, code=2).stderr
    copied_round("acts", "revoke", acts["frozen"], *signed)
    assert shown(copied_round)["digest"] is None
    frozen = copied_round.document("round", "freeze", "2025-Q4", *BY)
    jsonschema.Draft202012Validator(schema_of("round freeze")).validate(frozen)
    assert frozen["act_id"] != acts["frozen"] and frozen["folders"] == {}
    run_again(copied_round)
    assert not (copied_round.home.published / "hmg" / "rounds" / "2025-Q4").exists()
    assert query(copied_round, "SELECT state FROM round") == [{"state": "FROZEN"}]
    states = [row["state"] for row in query(copied_round, "SELECT state FROM round_vintage ORDER BY known_from")]
    assert states[-2:] == ["PUBLISHED", "FROZEN"] or states[-1] == "FROZEN"


def test_a_product_that_the_log_has_not_is_named(copied_round: Program) -> None:
    assert shown(copied_round)["unlogged_product"] is None
    record = copied_round.home.root.parent / "record.md"
    for product, is_logged in (("P-9", False), ("P-1", True)):
        (published,) = [a["act_id"] for a in shown(copied_round)["acts"] if a["action"] == "published"]
        copied_round("acts", "revoke", published, "--by", "x", "--why", "y")
        record.write_text(RECORD.replace("---\n", f"---\nproduct_id: {product}\n", 1), "utf-8")
        note = copied_round.document("round", "publish", "2025-Q4", *BY, "--record", record)["note"]
        assert ("`P-9` is not in the log of analysis products" in note) != is_logged
        assert shown(copied_round)["unlogged_product"] == (None if is_logged else product)
        if not is_logged:
            assert "`P-9` is not in the log" in copied_round("round", "show", "2025-Q4").stdout
            assert "`P-9`" in copied_round("round", "show", "2025-Q4", "--lang", "ar").stdout
