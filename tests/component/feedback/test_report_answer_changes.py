"""What a file would change: by period, against what is published and what came before, by the submitter's own key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from answer_files import Desk, csv_of

from idtracker.feedback.check.sentences import change_sentence, notes
from idtracker.ingest.landing.ledger import Ledger

OLD = csv_of("TRUST,Irbid,2026-Q1,50,", "TRUST,Zarqa,2026-Q1,51,", "TRUST,Amman,2026-Q1,52,", "TRUST,Irbid,2025-Q4,40,")
NEW = csv_of("TRUST,Irbid,2026-Q1,50,", "TRUST,Zarqa,2026-Q1,61,checked", "TRUST,Karak,2026-Q1,53,")


def told(desk: Desk, content: bytes = NEW, name: str = "trust_new.csv") -> list[tuple[str, int, int, int, int, int]]:
    periods = desk.ask(content, name).comparison.periods
    return [(p.period, p.added, p.changed, p.unchanged, p.removed, p.superseded) for p in periods]


def test_a_file_replaces_its_periods_and_no_other(desk: Desk) -> None:
    desk.publish(OLD)
    found = desk.ask(NEW)
    assert told(desk) == [("2026-Q1", 1, 1, 1, 1, 0)]
    assert found.changes == {"added": 1, "changed": 1, "removed": 1}
    assert found.rows == {"read": 3, "accepted": 2, "held": 0, "unchanged": 1, "superseded": 0}
    [said] = change_sentence(found, "en")
    assert said == "Replaces 2026-Q1: 1 added, 1 changed, 1 left alone, 1 removed; no other period is touched."


@pytest.mark.parametrize(
    ("revision", "removed", "tail"),
    [
        ("upsert", 0, "rows that are not in the file stay as they are"),
        ("replace_all", 2, "the file replaces everything"),
    ],
)
def test_what_goes_follows_from_how_the_source_revises(desk: Desk, revision: str, removed: int, tail: str) -> None:
    desk.define(revision)
    desk.publish(OLD)
    found = desk.ask(NEW)
    assert (found.comparison.total("removed"), found.comparison.total("changed")) == (removed, 1)
    assert tail in found.sentence()


def test_nothing_overwritten_is_said_in_words(desk: Desk) -> None:
    desk.publish(OLD)
    said = desk.ask(csv_of("TRUST,Irbid,2026-Q2,50,")).sentence()
    assert (
        "Against what is published: 1 added, 0 changed, 0 left alone, 0 removed; nothing that was sent before" in said
    )


def test_examples_stand_under_the_headings_of_the_file(desk: Desk) -> None:
    desk.publish(OLD)
    document = desk.ask(NEW).document()
    [changed], [removed], [added] = (document["examples"][k] for k in ("changed", "removed", "added"))
    assert changed["key"] == {"Measure": "TRUST", "Governorate": "Zarqa", "Quarter": "2026-Q1"}
    assert changed["differences"] == [
        {"column": "Share", "before": "51", "after": "61"},
        {"column": "Remarks", "before": "", "after": "checked"},
    ]
    assert (changed["row"], added["row"], removed["row"]) == (3, 4, None)
    assert removed["key"]["Governorate"] == "Amman"


def test_removed_rows_that_the_file_holds_back_are_told_apart(desk: Desk) -> None:
    desk.publish(OLD)
    found = desk.ask(csv_of("TRUST,Irbid,2026-Q1,50,", "TRUST,Zarqa,Q1 2026,many,"))
    removed = found.comparison.examples["removed"]
    assert [(r.key["place"], r.is_held) for r in removed] == [("Amman", False), ("Zarqa", True)]
    assert "1 of the removed rows is in this file, but held" in notes(found, "en")[0]
    assert "أحد الصفوف المحذوفة" in notes(found, "ar")[0]


def test_the_very_same_file_changes_nothing(desk: Desk) -> None:
    receipt = desk.receive(OLD, "trust_old.csv", "2026-04-05")
    desk.publish(OLD)
    found = desk.ask(OLD, "another name.csv")
    assert found.comparison.received == receipt
    assert found.changes == {"added": 0, "changed": 0, "removed": 0}
    assert notes(found, "en") == [
        "This very file was received before, on 2026-04-05 as “trust_old.csv”. Sending it again changes nothing."
    ]


def test_a_withdrawn_file_sent_again_is_a_delivery_of_its_own(desk: Desk) -> None:
    receipt = desk.receive(OLD, "trust_old.csv", "2026-04-05")
    Ledger(desk.home).withdraw(
        "trust", receipt.submission_id, at=datetime(2026, 4, 9, tzinfo=UTC), by="GB-GOV-1", why="wrong"
    )
    desk.publish(csv_of("TRUST,Irbid,2024-Q1,1,"))
    found = desk.ask(OLD)
    assert found.rows["superseded"] == 0 and found.rows["accepted"] == 4
    assert "withdrawn since. Sending it again puts it back" in notes(found, "en")[0]


def test_a_file_sent_again_after_another_of_its_name_goes_back_to_it(desk: Desk) -> None:
    desk.receive(OLD, "trust.csv", "2026-04-05")
    desk.receive(NEW, "trust.csv", "2026-04-20")
    desk.publish(NEW)
    found = desk.ask(OLD, "trust.csv")
    assert found.rows["superseded"] == 0
    assert "Sending it again goes back to it" in notes(found, "en")[0]


def test_an_earlier_edition_does_not_outdo_a_later_one(desk: Desk) -> None:
    desk.receive(NEW, "trust_2026-Q1_v2.csv", "2026-04-20")
    desk.publish(NEW)
    assert told(desk, OLD, "trust_2026-Q1_v1.csv") == [("2025-Q4", 1, 0, 0, 0, 0), ("2026-Q1", 0, 0, 0, 0, 3)]
    found = desk.ask(OLD, "trust_2026-Q1_v1.csv")
    assert found.rows == {"read": 4, "accepted": 1, "held": 0, "unchanged": 0, "superseded": 3}
    [said] = notes(found, "en")
    assert "trust_2026-Q1_v2.csv" in said and "3 rows of this file" in said
    assert told(desk, OLD, "trust_2026-Q1_v3.csv")[1] == ("2026-Q1", 1, 1, 1, 1, 0)


def test_where_nothing_is_published_nothing_is_compared(desk: Desk) -> None:
    found = desk.ask(NEW)
    assert found.changes is None and found.document()["changes"] == {"added": 3, "changed": 0, "removed": 0}
    assert notes(found, "en") == ["Nothing is published yet, so there is nothing to compare the file with."]


def test_what_is_closed_is_not_removed(desk: Desk) -> None:
    desk.define("replace_all")
    desk.publish(OLD)
    assert desk.ask(NEW).comparison.total("removed") == 2
    programme = desk.home.sources / "programme.yml"
    lock = 'locks:\n  - {through: 2025-Q4, on: 2026-02-01, why: "figures were reported"}\n'
    programme.write_text(programme.read_text("utf-8") + lock, "utf-8")
    assert [r.key["place"] for r in desk.ask(NEW).comparison.examples["removed"]] == ["Amman"]


def test_a_later_correction_does_not_outdo_a_file(desk: Desk) -> None:
    receipt = desk.receive(NEW, "trust_2026-Q1.csv", "2026-04-20")
    assert told(desk, OLD, "trust_2026-Q1.csv")[1] == ("2026-Q1", 3, 0, 0, 0, 0)
    desk.receive(csv_of("TRUST,Irbid,2026-Q1,1,"), "trust_2026-Q1_v2.csv", "2026-04-25", is_correction=True)
    assert told(desk, OLD, "trust_2026-Q1.csv")[1] == ("2026-Q1", 3, 0, 0, 0, 0)
    desk.receive(csv_of("TRUST,Irbid,2026-Q1,1,"), "trust_2026-Q1_v2.csv", "2026-04-25", is_correction=False)
    assert told(desk, OLD, "trust_2026-Q1.csv")[1] == ("2026-Q1", 0, 0, 0, 0, 3)
    assert receipt.base_name == "trust_2026-Q1.csv"
