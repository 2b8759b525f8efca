"""Held rows that are corrected and sent back: what is used, what stays held, what a line may say, and in which state files are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from claims_home import HEAD, ClaimsHome, put, rules_of, saved

from idtracker.ingest.judged.archive import read_outcome

Make = Callable[..., ClaimsHome]
FIRST = HEAD + "A,2025-Q3,9,1\nB,2025-Q3,9,two\nC,2025-Q3,9,3\nD,2025-Q3,many,4\n"
CLEAN = HEAD + "A,2025-Q3,9,1\nB,2025-Q3,9,2\nC,2025-Q3,9,3\nD,2025-Q3,7,4\n"
WHOLE = {"A/2025-Q3": 1, "B/2025-Q3": 2, "C/2025-Q3": 3, "D/2025-Q3": 4}


@pytest.mark.parametrize("revision", ["upsert", "replace_period", "replace_all"])
def test_a_correction_gives_what_a_clean_first_file_would_have_given(make: Make, revision: str) -> None:
    home, clean = make(revision=revision), make(revision=revision)
    first = home.send(1, FIRST)
    assert home.state(first) == "partly_accepted"
    fixed = home.send(5, saved(home.export(2, B__reached="2", D__targeted="7")), "fixed.xlsx")
    clean.send(1, CLEAN)
    assert home.known() == clean.known() == WHOLE
    assert home.known(3) == {"A/2025-Q3": 1, "C/2025-Q3": 3}
    assert (home.state(first), home.state(fixed)) == ("accepted", "accepted")
    assert (fixed.is_correction, fixed.corrects) == (True, first.submission_id)
    cited = home.store().execute(
        "SELECT activity_id, submission_id, sheet, row_number FROM activity WHERE recorded_to IS NULL ORDER BY 1"
    )
    assert cited.fetchall() == [
        ("A", first.submission_id, "", 2),
        ("B", fixed.submission_id, "activity", 2),
        ("C", first.submission_id, "", 4),
        ("D", fixed.submission_id, "activity", 3),
    ]
    assert home.held(10).empty


def test_a_row_that_is_still_wrong_or_missing_stays_held_and_can_be_corrected_again(make: Make) -> None:
    home = make()
    first = home.send(1, FIRST)
    book = home.export(2, B__reached="2", D__targeted="more")
    second = home.send(5, saved(book), "fixed.xlsx")
    (waiting,) = home.held(6).to_dict("records")
    assert (waiting["submission_id"], waiting["rules"]) == (second.submission_id, "value.number")
    assert (waiting["of_submission_id"], waiting["of_row_number"]) == (first.submission_id, 5)
    assert (home.state(first), home.state(second)) == ("accepted", "partly_accepted")
    third = home.send(8, saved(home.export(7, D__targeted="7")), "again.xlsx")
    assert home.known() == WHOLE and home.held(9).empty
    assert {home.state(o) for o in (first, second, third)} == {"accepted"}
    lone = make()
    lone.send(1, FIRST)
    book = lone.export(2, B__reached="2")
    book["activity"].delete_rows(3)
    lone.send(5, saved(book), "fixed.xlsx")
    assert lone.held(6)["row_number"].tolist() == [5]


def test_the_first_workbook_may_be_used_again_for_what_it_left_open(make: Make) -> None:
    home = make()
    home.send(1, FIRST)
    book = home.export(2, B__reached="2")
    home.send(5, saved(book), "one.xlsx")
    put(book, "D", "targeted", "7")
    again = home.send(7, saved(book), "two.xlsx")
    assert home.known() == WHOLE and home.held(8).empty
    assert rules_of(home, again) == ["held.repeated"]
    assert home.state(again) == "accepted"


def test_the_same_correction_twice_is_nothing_new(make: Make) -> None:
    home = make()
    home.send(1, FIRST)
    content = saved(home.export(2, B__reached="2", D__targeted="7"))
    once = home.send(5, content, "fixed.xlsx")
    assert home.send(6, content, "fixed.xlsx").submission_id == once.submission_id
    book = home.export(7)
    assert book.sheetnames == ["Read me"]
    home.judge_all()
    assert rules_of(home, home.outcome(once.submission_id)) == []
    assert home.known() == WHOLE


def test_a_line_about_a_row_that_is_in_use_replaces_it_with_a_warning(make: Make) -> None:
    home = make()
    home.send(1, FIRST)
    book = home.export(2, B__reached="2", D__targeted="7")
    one = home.send(5, saved(book), "one.xlsx")
    put(book, "B", "reached", "5")
    two = home.send(6, saved(book), "two.xlsx")
    assert rules_of(home, two) == ["held.released", "held.repeated"]
    assert home.known() == WHOLE | {"B/2025-Q3": 5}
    assert home.submissions()["rows_superseded"][one.submission_id] == 1
    home.withdraw(9, two)
    assert home.known(8) == WHOLE | {"B/2025-Q3": 5}
    assert home.known(10) == WHOLE


def test_a_line_that_names_no_row_on_record_is_held(make: Make) -> None:
    home = make()
    home.send(1, FIRST)
    book = home.export(2, B__reached="2", D__targeted="7")
    for line, (submission, row) in enumerate([("0000", "3"), (None, "99")], 2):
        book["activity"].cell(line, 1).value = submission or book["activity"].cell(line, 1).value
        book["activity"].cell(line, 3).value = row
    stray = home.send(5, saved(book), "fixed.xlsx")
    assert rules_of(home, stray) == ["held.unknown_row"]
    assert home.state(stray) == "held" and len(home.held(6)) == 4
    again = home.export(6)
    sheet = again["activity"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for line in range(2, sheet.max_row + 1):
        if sheet.cell(line, 1).value == stray.submission_id:
            sheet.cell(line, columns["[leave out]"]).value = "yes"
        elif sheet.cell(line, columns["ref"]).value == "B":
            sheet.cell(line, columns["reached"]).value = "2"
        else:
            sheet.cell(line, columns["targeted"]).value = "7"
    home.send(8, saved(again), "again.xlsx")
    assert home.held(9).empty and home.known() == WHOLE
    assert home.state(stray) == "superseded"


def test_a_line_may_be_left_out_and_two_rows_of_one_key_be_settled(make: Make) -> None:
    home = make()
    first = home.send(1, HEAD + "A,2025-Q3,9,1\nA,2025-Q3,9,2\nB,2025-Q3,9,3\n")
    assert home.known() == {"B/2025-Q3": 3}
    book = home.export(2)
    book["activity"].cell(3, 4).value = "Yes"
    fixed = home.send(5, saved(book), "fixed.xlsx")
    assert home.known() == {"A/2025-Q3": 1, "B/2025-Q3": 3}
    assert home.held(6).empty and rules_of(home, fixed) == ["held.left_out"]
    assert (home.state(first), home.state(fixed)) == ("accepted", "accepted")


def test_a_key_of_another_row_in_use_is_not_taken(make: Make) -> None:
    home = make()
    home.send(1, FIRST)
    book = home.export(2, D__targeted="7")
    put(book, "B", "reached", "3")
    put(book, "B", "ref", "C")
    put(book, "D", "ref", "A")
    fixed = home.send(5, saved(book), "fixed.xlsx")
    assert rules_of(home, fixed) == ["row.duplicate", "row.duplicate_key"]
    assert home.known() == {"A/2025-Q3": 1, "C/2025-Q3": 3}
    assert home.held(6)["rules"].tolist() == ["row.duplicate_key"]


def test_two_lines_for_one_row_are_both_held(make: Make) -> None:
    home = make()
    home.send(1, FIRST)
    book = home.export(2, B__reached="2", D__targeted="7")
    book["activity"].cell(3, 3).value = book["activity"].cell(2, 3).value
    fixed = home.send(5, saved(book), "fixed.xlsx")
    assert rules_of(home, fixed) == ["held.same_row"]
    assert home.known() == {"A/2025-Q3": 1, "C/2025-Q3": 3}


def test_withdrawing_brings_held_rows_back_or_ends_a_correction(make: Make) -> None:
    home = make()
    first = home.send(1, FIRST)
    fixed = home.send(5, saved(home.export(2, B__reached="2", D__targeted="7")), "fixed.xlsx")
    home.withdraw(8, fixed)
    assert home.known(6) == WHOLE and home.known(9) == {"A/2025-Q3": 1, "C/2025-Q3": 3}
    assert (home.state(first), home.state(fixed)) == ("partly_accepted", "withdrawn")
    assert home.held(9)["submission_id"].unique().tolist() == [first.submission_id]
    home.withdraw(11, first)
    assert home.known(12) == {} and home.held(12).empty
    other = make()
    first = other.send(1, FIRST)
    fixed = other.send(5, saved(other.export(2, B__reached="2", D__targeted="7")), "fixed.xlsx")
    other.withdraw(8, first)
    assert other.known(9) == {} and other.state(fixed) == "superseded"


def test_a_corrected_file_keeps_its_place_below_a_later_edition(make: Make) -> None:
    home = make(revision="replace_period")
    first = home.send(1, FIRST, "returns.csv")
    later = home.send(3, HEAD + "A,2025-Q3,9,8\n", "returns.csv", edition="2")
    fixed = home.send(5, saved(home.export(2, B__reached="2", D__targeted="7")), "fixed.xlsx")
    assert home.known() == {"A/2025-Q3": 8}
    assert [home.state(o) for o in (first, later, fixed)] == ["superseded", "accepted", "superseded"]
    home.withdraw(7, later)
    assert home.known(8) == WHOLE
    assert [home.state(o) for o in (first, later, fixed)] == ["accepted", "withdrawn", "accepted"]


def test_a_rule_that_no_longer_holds_a_row_leaves_the_correction_in_force(make: Make) -> None:
    home = make()
    first = home.send(1, HEAD + "A,2025-Q3,5000,1\nB,2025-Q3,9,2\n")
    home.send(5, saved(home.export(2, A__targeted="500")), "fixed.xlsx")
    home.changes = {"columns": [{k: v for k, v in c.items() if k != "maximum"} for c in home.source.model_dump(exclude_none=True)["parts"][0]["columns"]]}  # fmt: skip
    home.judge_all()
    assert home.outcome(first.submission_id).rows_held == 0
    stored = "SELECT people_targeted FROM activity WHERE activity_id = 'A' ORDER BY recorded_from"
    assert [n for (n,) in home.store().execute(stored).fetchall()] == [5000, 500]
    home.submissions()


def test_a_workbook_of_another_source_says_so_and_columns_of_the_file_name_come_back(make: Make) -> None:
    columns = [c for c in make().source.model_dump(exclude_none=True)["parts"][0]["columns"] if c["field"] != "period"]
    columns.append({"field": "period", "heading": "@name.period", "required": True})
    named = {"columns": columns, "received": {"from_name": r"_(?P<period>\d{4}-Q\d)"}}
    home = make(**named)
    home.send(1, "ref,targeted,reached\nA,9,1\nB,9,two\n", "returns_2025-Q3.csv")
    book = home.export(2, B__reached="2")
    content = saved(book)
    assert home.send(5, content, "fixed.xlsx").verdict == "accepted"
    assert home.known() == {"A/2025-Q3": 1, "B/2025-Q3": 2}
    for prop in book.custom_doc_props.props:
        prop.value = "other" if prop.name == "idtracker.source" else prop.value
    refused = home.send(6, saved(book), "other.xlsx")
    assert (refused.verdict, rules_of(home, refused)) == ("rejected", ["file.other_source"])


def test_a_correction_is_judged_again_when_what_it_was_judged_against_changes(make: Make) -> None:
    home = make()
    home.send(1, FIRST)
    fixed = home.send(5, saved(home.export(2, B__reached="2", D__targeted="7")), "fixed.xlsx")
    before = fixed.record
    home.judge_all()
    assert home.outcome(fixed.submission_id).record == before
    home.send(3, HEAD + "E,2025-Q3,9,5\n", "late.csv")
    home.judge_all()
    assert home.outcome(fixed.submission_id).record != before
    assert read_outcome(home.home, "s", "none") is None
