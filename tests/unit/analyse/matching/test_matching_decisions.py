"""matches.csv: checked strictly, added to and taken back without a trace; the entities that it makes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from idtracker.model.errors import DefinitionError, UsageError
from idtracker.model.register.entities import entity_table
from idtracker.model.register.match_decisions import Match, Matches, decide, undo
from idtracker.model.register.register import Register

HEADING = "kind,left_id,right_id,decision,decided_by,decided_on,why,score\n"


def line(kind: str, left: str, right: str, decision: str = "same", score: str = "0.9") -> str:
    return f"{kind},{left},{right},{decision},data team,2026-11-20,one logo,{score}\n"


def write(folder: Path, *lines: str) -> Path:
    path = folder / "_reference" / "matches.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEADING + "".join(lines), "utf-8")
    return path


@pytest.mark.parametrize(
    ("lines", "place", "said"),
    [
        ([line("person", "A", "B")], 2, "`kind` is `person`; expected organisation or activity"),
        ([line("activity", "A", "B", "maybe")], 2, "`decision` is `maybe`; expected same or different"),
        ([line("activity", "A", "A")], 2, "expected another identifier"),
        ([line("activity", "A", "B", score="7")], 2, "`score` is `7`; expected a number from 0 to 1"),
        ([line("activity", "A", "B"), line("activity", "B", "A")], 3, "stand on line 2 already"),
        ([line("activity", "A", "B"), line("activity", "B", "A", "different")], 3, "stand on line 2 already"),
        (
            [line("activity", "A", "B"), line("activity", "B", "C"), line("activity", "C", "A", "different")],
            4,
            "judged different, but other lines together make them the same",
        ),
        ([line("organisation", "GB-GOV-1", "GB-GOV-3")], 2, "GB-GOV-1 and GB-GOV-3 follow one another"),
        (
            [line("organisation", "GB-GOV-1", "XX-LOCAL-A"), line("organisation", "XX-LOCAL-A", "GB-GOV-3")],
            3,
            "organisations.csv tells a merger",
        ),
        (["activity,A,B,same,a@b.example,2026-11-20,x,\n"], 2, "expected no address"),
        (["activity,A,B,same,data team,yesterday,x,\n"], 2, "expected a date such as"),
        (["activity,A,B\n"], 2, "has 3 cells; expected 8"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, register: Register, lines: list[str], place: int, said: str) -> None:
    path = write(tmp_path, *lines)
    with pytest.raises(DefinitionError) as refused:
        Matches.load(tmp_path, register)
    assert [p for p in refused.value.problems if p.startswith(f"{path}:{place}: ") and said in p]


def test_one_identifier_may_be_an_organisation_and_an_activity(tmp_path: Path, register: Register) -> None:
    write(tmp_path, line("activity", "A", "B"), line("organisation", "A", "B", "different"))
    assert len(Matches.load(tmp_path, register).entries) == 2


def entry(left: str, right: str, decision: str = "same", why: str = "one logo") -> Match:
    return Match("activity", left, right, decision, "data team", date(2026, 11, 20), why, 0.875)  # type: ignore[arg-type]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_decision_taken_back_leaves_the_file_as_it_was(tmp_path: Path, register: Register, end: str) -> None:
    path = write(tmp_path, line("activity", "X", "Y"))
    before = path.read_bytes().replace(b"\n", end.encode())
    path.write_bytes(before)
    assert decide(tmp_path, register, entry("B", "A", why='says "so", twice'))
    assert decide(tmp_path, register, entry("A", "B")) is False
    (_, added) = Matches.load(tmp_path, register).entries
    assert (added.left_id, added.right_id, added.score, added.why) == ("A", "B", 0.875, 'says "so", twice')
    undo(tmp_path, register, "activity", "A", "B")
    assert path.read_bytes() == before
    with pytest.raises(UsageError, match="no decision about A and B"):
        undo(tmp_path, register, "activity", "A", "B")


def test_a_decision_against_those_that_stand_is_refused_and_changes_nothing(tmp_path: Path, register: Register) -> None:
    path = write(tmp_path, line("activity", "A", "B"), line("activity", "B", "C"))
    before = path.read_bytes()
    for wrong, said in ((entry("A", "B", "different"), "takes that back first"), (entry("A", "C", "different"), "judged different")):  # fmt: skip
        with pytest.raises(UsageError, match=said):
            decide(tmp_path, register, wrong)
    assert path.read_bytes() == before


def test_what_is_settled_by_others_is_not_asked_again(tmp_path: Path, register: Register) -> None:
    write(tmp_path, line("activity", "A", "B"), line("activity", "B", "C"), line("activity", "C", "D", "different"))
    matches = Matches.load(tmp_path, register)
    assert matches.settles("activity", "A", "C") and matches.settles("activity", "A", "D")
    assert not matches.settles("activity", "A", "E") and not matches.settles("organisation", "A", "C")


def test_an_entity_goes_by_the_registered_identifier_else_by_the_smallest(tmp_path: Path, register: Register) -> None:
    write(
        tmp_path,
        line("organisation", "XX-LOCAL-A", "GB-GOV-8"),
        line("organisation", "XX-LOCAL-A", "XX-LOCAL-0"),
        line("organisation", "XX-LOCAL-Q", "XX-LOCAL-P"),
        line("activity", "T-2", "T-1"),
        line("activity", "T-1", "T-9", "different"),
    )
    found = entity_table(Matches.load(tmp_path, register), register.organisations["org_id"])
    assert found[["kind", "entity_id", "member_id"]].to_numpy().tolist() == [
        ["activity", "T-1", "T-1"],
        ["activity", "T-1", "T-2"],
        ["organisation", "GB-GOV-8", "GB-GOV-8"],
        ["organisation", "GB-GOV-8", "XX-LOCAL-0"],
        ["organisation", "GB-GOV-8", "XX-LOCAL-A"],
        ["organisation", "XX-LOCAL-P", "XX-LOCAL-P"],
        ["organisation", "XX-LOCAL-P", "XX-LOCAL-Q"],
    ]
    assert found["decided_on"].unique().tolist() == [pd.Timestamp("2026-11-20")]
