"""Declared breaks and shares in the register: each thing that is wrong is named in both languages, and the rest is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from idtracker.model.register.checks.breaks import check_sources
from idtracker.model.register.checks.in_force import in_force
from idtracker.model.register.problems import RegisterProblem
from idtracker.model.register.register import Register
from tests.support.small_programme import INDICATOR_COLUMNS

BREAKS = "break_id,indicator_id,source_id,valid_from,kind,crosswalk,factor,addend,crosswalk_error,scheme,restated_on,reason\n"
CODES = "break_id,old_value,new_value\n"
SHARES = "from_place_id,to_place_id,valid_from,share,share_error,source\n"
PLACES = "place_id,name,level,parent_id,population,valid_from,valid_to\n"
GOOD_PLACES = (
    PLACES
    + "JO-O1,One,adm1,JO,100,,2024-12-31\nJO-O2,Two,adm1,JO,300,,2024-12-31\nJO-N1,Three,adm1,JO,,2025-01-01,\nJO-N2,Four,adm1,JO,,2025-01-01,\n"
)
INDICATORS = (
    f"{INDICATOR_COLUMNS}\n"
    "VOICE,Voice,صوت,BSF1,%,1,0,100,1,adm1,quarter,mean,400,median,,,,\n"
    "EVENTS,Events,أحداث,BSF3,events,-1,0,20,1,adm1,quarter,sum,100,median,,,,\n"
)
GOOD = {
    "places": GOOD_PLACES,
    "series_breaks": BREAKS
    + "B1,VOICE,,2024-01-01,base,linear,2,1,0.5,,,why\nB2,VOICE,,2024-07-01,codes,codes,,,0.2,CSSF_AR_V2,,why\n"
    + "B3,VOICE,one,2025-01-01,definition,none,,,,,,why\nB4,VOICE,two,2025-01-01,definition,none,,,,,,why\n",
    "code_crosswalks": CODES + "B2,1,2\nB2,2,3\n",
    "place_shares": SHARES
    + "JO-O1,JO-N1,2025-01-01,0.25,3,x\nJO-O1,JO-N2,2025-01-01,0.75,3,x\nJO-O2,JO-N2,2025-01-01,1,3,x\n",
}


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(**files: str) -> Path:
        (tmp_path / "_reference").mkdir()
        for name, text in ({"indicators": INDICATORS} | GOOD | files).items():
            (tmp_path / "_reference" / f"{name}.csv").write_text(text, "utf-8")
        return tmp_path

    return write


def problems_in(sources: Path) -> list[RegisterProblem]:
    return Register.gather(sources)[1]


def test_sound_declarations_are_read(written: Callable[..., Path]) -> None:
    sources = written()
    assert [str(problem) for problem in problems_in(sources)] == []
    register = Register.load(sources)
    assert (len(register.series_breaks), len(register.code_crosswalks), len(register.place_shares)) == (4, 2, 3)


def b(row: str) -> dict[str, str]:
    return {"series_breaks": BREAKS + row + "\n", "code_crosswalks": CODES}


def share(*rows: str, places: str = GOOD_PLACES) -> dict[str, str]:
    return {"place_shares": SHARES + "".join(f"{row}\n" for row in rows), "places": places}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (b("B,NOTHING,,2024-01-01,base,none,,,,,,x"), ["`indicator_id` is `NOTHING`; expected a known indicator"]),
        (b("B,VOICE,,2024-02-01,base,none,,,,,,x"), ["2024-02-01 is not the first day of a quarter"]),
        (b("B,VOICE,,2024-01-01,base,linear,0,,1,,,x"), ["its `factor` is 0.0; expected a number other than 0"]),
        (b("B,VOICE,,2024-01-01,base,linear,,,1,,,x"), ["its `factor` is -"]),
        (b("B,VOICE,,2024-01-01,base,linear,2,,,,,x"), ["no `crosswalk_error` is stated"]),
        (b("B,VOICE,,2024-01-01,base,linear,2,,-1,,,x"), ["`crosswalk_error` is -1.0; expected 0 or more"]),
        (b("B,VOICE,,2024-01-01,base,none,2,,,,,x"), ["`factor` is filled and the crosswalk is none"]),
        (b("B,VOICE,,2024-01-01,base,none,,,,,2024-06-01,x"), ["`restated_on` is filled"]),
        (
            b("B,VOICE,,2024-10-01,base,linear,2,,1,,2024-01-01,x"),
            ["`restated_on` is 2024-01-01, before the break begins on 2024-10-01"],
        ),
        (b("B,EVENTS,,2024-01-01,base,linear,2,5,1,,,x"), ["EVENTS is summed over months and its `addend` is 5"]),
        (b("B,VOICE,,2024-01-01,codes,codes,,,1,NO_LIST,,x"), ["`scheme` is `NO_LIST`", "has none for `B`"]),
        (
            b("B,VOICE,,2024-01-01,base,none,,,,,,x\nC,VOICE,one,2024-01-01,base,none,,,,,,x"),
            ["VOICE has two breaks on 2024-01-01"],
        ),
        ({"code_crosswalks": CODES + "B2,1,2\nB2,2,99\n"}, ["99 is no rank or code of CSSF_AR_V2 on 2024-07-01"]),
        ({"code_crosswalks": CODES + "B2,1,2\nZZ,2,3\n"}, ["`break_id` is `ZZ`; expected a break"]),
        ({"code_crosswalks": CODES + "B2,1,2\nB1,2,3\n"}, ["the crosswalk of `B1` is linear; expected `codes`"]),
        (share("JO-O1,JO-N1,2025-01-01,0.6,3,x", "JO-O1,JO-N2,2025-01-01,0.3,3,x"), ["shares of JO-O1 add up to 0.9"]),
        (share("JO-O1,JO-ZZ,2025-01-01,1,3,x"), ["`to_place_id` is `JO-ZZ`; expected a known place"]),
        (share("JO-O1,JO-N1,2025-02-01,1,3,x"), ["2025-02-01 is not the first day of a quarter"]),
        (share("JO-O1,JO-N1,2025-01-01,1,-3,x"), ["`share_error` is -3.0"]),
        (share("JO-O1,JO-O1,2025-01-01,1,3,x"), ["JO-O1 goes into itself"]),
        (share("JO-O1,JO-N1,2025-01-01,1.5,3,x"), ["`share` is 1.5; expected more than 0 and at most 1", "add up to 1.5"]),
        (share("JO-O1,JO-N1,2025-04-01,1,3,x"), ["its `valid_to` is 2024-12-31", "its `valid_from` is 2025-01-01"]),
        (
            share("JO-O1,IQ-N,2025-01-01,1,3,x", places=GOOD_PLACES + "IQ-N,Other,adm1,IQ,,2025-01-01,\n"),
            ["`JO-O1` lies in JO and `IQ-N` in IQ"],
        ),
        (share("JO-O1,JO,2025-01-01,1,3,x"), ["JO-O1 is a place of level adm1 and JO of level country"]),
        (
            share("JO-O1,JO-N2,2025-01-01,1,3,x", "JO-O2,JO-N2,2025-01-01,1,3,x", places=GOOD_PLACES.replace("300", "")),
            ["JO-O2 is one of several places that JO-N2 is made from and states no population"],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_in_both_languages(
    written: Callable[..., Path], files: dict[str, str], expected: list[str]
) -> None:
    sources = written(**files)
    found = problems_in(sources)
    assert len(found) == len(expected), [str(problem) for problem in found]
    for text in expected:
        problem = next(p for p in found if text in str(p))
        assert problem.message_ar and problem.expected_ar and any("؀" <= c <= "ۿ" for c in problem.message_ar)
        assert problem.expected
    register, told = Register.sound(sources)
    assert {p.in_both for p in found} <= set(told)
    assert "VOICE" in set(register.indicators["indicator_id"]), "the rest is read"


@pytest.mark.parametrize("ends", ["1,3", "3,1"], ids=["rising", "falling"])
def test_a_code_that_becomes_a_value_beyond_the_goalposts_is_seen_to(written: Callable[..., Path], ends: str) -> None:
    """CSSF_AR_V2 has the rank 4 and the indicator ends at 3: the value counts, as the goalpost does."""
    narrow = INDICATORS.replace("BSF1,%,1,0,100", f"BSF1,%,1,{ends}")
    sources = written(indicators=narrow, code_crosswalks=CODES + "B2,1,1\nB2,2,3\nB2,3,4\n")
    (problem,) = problems_in(sources)
    assert (problem.message, problem.expected) == (
        "4 lies beyond the goalposts of VOICE and scores as the nearer one does", "a value from 1 to 3",
    )  # fmt: skip
    assert not problem.stops and "المؤشر VOICE" in str(problem.message_ar) and problem.at.endswith(":4")
    register, told = Register.sound(sources)
    assert told == [] and len(register.code_crosswalks) == 3, "nothing is left out for it"


def test_a_source_that_there_is_not_is_named(written: Callable[..., Path]) -> None:
    register = Register.load(written())
    assert [str(p).partition(": ")[2] for p in check_sources(register, ["one"])] == [
        "`source_id` is `two`; expected a source of the programme, or none for all of them"
    ]
    assert not [*check_sources(register, ["one", "two"])]


def test_what_begins_later_has_no_effect_until_then(written: Callable[..., Path]) -> None:
    register = Register.load(written())
    early, problems = in_force(register, date(2024, 6, 30))
    assert early.series_breaks["break_id"].tolist() == ["B1"] and early.place_shares.empty
    assert len(problems) == 6 and not any(problem.stops for problem in problems)
    assert all("يقع" in (problem.message_ar or "") for problem in problems)
    assert in_force(register, date(2025, 1, 1)) == (register, [])
    assert early.fingerprint != register.fingerprint
