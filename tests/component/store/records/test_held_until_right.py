"""A held row is waited for until a later file of its source says it right, and again where that file is withdrawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from claims_home import HEAD, ClaimsHome

Make = Callable[..., ClaimsHome]
WRONG = HEAD + "A,2025-Q3,9,1\nB,2025-Q3,9,two\nC,2025-Q3,many,3\n"
RIGHT = HEAD + "A,2025-Q3,9,1\nB,2025-Q3,9,2\nC,2025-Q3,7,3\n"


def waiting(home: ClaimsHome) -> list[str]:
    """Submission and row of each held row that is waited for."""
    return [f"{r['submission_id'][:4]}/{r['row_number']}" for r in home.held(900).to_dict("records")]


@pytest.mark.parametrize("revision", ["upsert", "replace_period", "replace_all"])
@pytest.mark.parametrize("name", ["returns.csv", "returns_final.csv"])
def test_rows_of_a_file_that_was_later_sent_right_are_held_no_longer(make: Make, revision: str, name: str) -> None:
    home = make(revision=revision)
    first = home.send(1, WRONG)
    assert len(waiting(home)) == 2
    home.send(5, RIGHT, name)
    assert waiting(home) == []
    (row,) = home.submissions().loc[[first.submission_id]].to_dict("records")
    assert (row["rows_held"], row["rows_superseded"] + row["rows_unchanged"] + row["rows_accepted"]) == (0, 3)
    held = home.store().execute("SELECT DISTINCT held_from, held_to FROM _holding").fetchall()
    assert [(str(since)[:10], str(until)[:10]) for since, until in held] == [("2026-01-02", "2026-01-06")]


def test_the_rows_are_held_again_when_the_later_file_is_withdrawn(make: Make) -> None:
    home = make()
    home.send(1, WRONG)
    home.withdraw(8, home.send(5, RIGHT, "again.csv"))
    assert len(waiting(home)) == 2
    stretches = home.store().execute("SELECT held_from, held_to FROM _holding ORDER BY held_id, held_from").fetchall()
    days = [(since.day, until and until.day) for since, until in stretches]
    assert days == [(2, 6), (9, None)] * 2


def test_a_row_that_no_later_file_has_stays_held(make: Make) -> None:
    home = make()
    first = home.send(1, WRONG)
    home.send(5, HEAD + "B,2025-Q3,9,2\nD,2025-Q3,1,1\n", "more.csv")
    home.send(6, HEAD + "B,2025-Q4,9,2\nC,2025-Q4,7,3\n", "next.csv")
    assert waiting(home) == [f"{first.submission_id[:4]}/4"]


def test_a_weaker_or_earlier_file_does_not_speak_for_a_held_row(make: Make) -> None:
    home = make(revision="replace_period")
    home.send(1, HEAD + "A,2025-Q3,9,1\n", "returns.csv")
    later = home.send(5, WRONG, "returns.csv", edition="2")
    assert len(waiting(home)) == 2
    home.send(6, HEAD + "A,2025-Q3,9,1\nX,2025-Q3,9,1\n", "returns.csv", edition="1")
    assert {w[:4] for w in waiting(home)} == {later.submission_id[:4]} and len(waiting(home)) == 2


def test_a_row_whose_key_could_not_be_read_is_settled_by_the_same_file_sent_again(make: Make) -> None:
    home = make(revision="upsert")
    home.send(1, HEAD + "A,2025-Q3,9,1\nB,2025-Q33,9,2\n")
    assert len(waiting(home)) == 1
    home.send(4, HEAD + "C,2025-Q3,9,1\n", "other.csv")
    home.send(5, HEAD + "C,2025-Q4,9,1\n")
    assert len(waiting(home)) == 1
    home.send(6, HEAD + "A,2025-Q3,9,1\nB,2025-Q3,9,2\n")
    assert waiting(home) == []


def test_what_a_correction_left_open_is_settled_by_a_later_whole_file(make: Make) -> None:
    from claims_home import saved

    home = make()
    home.send(1, WRONG)
    home.send(3, saved(home.export(2, B__reached="2", C__targeted="more")), "fixed.xlsx")
    assert len(waiting(home)) == 1
    home.send(5, RIGHT, "again.csv")
    assert waiting(home) == []
