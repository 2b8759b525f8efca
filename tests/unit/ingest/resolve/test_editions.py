"""Versions of one codelist beside each other: each row is read in the one in force on its day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resolving_cases import groups, listed, rules

from idtracker.ingest.resolve.resolving import Resolved, resolve
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Part
from idtracker.model.errors import DefinitionError
from idtracker.model.findings import Findings
from idtracker.model.register.codelist_versions import editions_of, rows_on
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names

Overlay = Callable[..., Path]
HEADING = "scheme,version,code,label_en,valid_from,valid_to\n"
COLOURS = (
    HEADING
    + "colour,1,R,Red,2020-01-01,\ncolour,1,G,Green,2020-01-01,\ncolour,1,X,Other,2020-01-01,\n"
    + "colour,2,R,Ruby,2024-01-01,\ncolour,2,B,Red,2024-01-01,\ncolour,2,X,Other,2024-01-01,\n"
)


@pytest.fixture(scope="module")
def colours(tmp_path_factory: pytest.TempPathFactory) -> Register:
    sources = tmp_path_factory.mktemp("sources")
    (sources / "_reference" / "codelists").mkdir(parents=True)
    (sources / "_reference" / "codelists" / "colour.csv").write_text(COLOURS, "utf-8")
    (sources / "_reference" / "code_aliases.csv").write_text("scheme,value,code\ncolour,verdant,G\n", "utf-8")
    return Register.load(sources)


def read(
    register: Register, values: Sequence[str], days: Sequence[str | None], received: str | None = None
) -> Resolved:
    frame = pd.DataFrame({"thing": pd.Series(list(values), dtype="str")})
    frame["seen_on"] = pd.to_datetime(pd.Series(list(days))).astype("datetime64[ns]")
    fields = [
        {"field": "thing", "heading": "Thing", "type": "code", "codelist": "colour"},
        {"field": "seen_on", "type": "date"},
    ]
    part = Part.model_validate({"feeds": "activity", "key": ["thing"], "columns": fields})
    numbers = np.arange(2, len(frame) + 2, dtype=np.int64)
    raw = frame[["thing"]].rename(columns={"thing": "Thing"})
    shaped = Shaped("Sheet1", frame, numbers, raw, Findings(), {"thing": 0}, {"thing": "Thing"})
    arrival = None if received is None else pd.Timestamp(received)
    return resolve(shaped, part, {}, register, Names(), {}, "GB-GOV-1", arrival)


def test_a_label_means_what_it_meant_on_the_day_of_the_row(colours: Register) -> None:
    resolved = read(colours, ["Red", "Red", "ruby", "X"], ["2023-12-31", "2024-01-01", "2025-06-30", "2021-01-01"])
    assert listed(resolved.frame["thing"]) == ["R", "B", "R", "X"]
    assert rules(resolved) == []


def test_a_code_that_a_later_version_dropped_is_understood_before_and_a_finding_after(colours: Register) -> None:
    resolved = read(colours, ["G", "verdant", "Green", "G"], ["2023-12-31", "2022-01-01", "2024-01-01", "2025-01-01"])
    assert listed(resolved.frame["thing"]) == ["G", "G", None, None]
    (group,) = groups(resolved, "value.code_validity")
    assert group.rows == [4, 5]
    assert (group.details["code"], group.details["validity"]) == ("G", "from 2020-01-01 to 2023-12-31")
    assert group.details["allowed"] == "R (Ruby), B (Red), X (Other)"
    assert groups(resolved, "value.code") == []


def test_a_code_of_a_later_version_is_none_before_it(colours: Register) -> None:
    resolved = read(colours, ["B", "B", "R", "puce"], ["2023-12-31", "2024-01-01", "2019-12-31", "2021-01-01"])
    assert listed(resolved.frame["thing"]) == [None, "B", None, None]
    assert sorted(r for g in groups(resolved, "value.code_validity") for r in g.rows) == [2, 4]
    assert groups(resolved, "value.code")[0].rows == [5]


def test_a_code_that_both_versions_have_is_valid_without_a_break(colours: Register) -> None:
    (group,) = groups(read(colours, ["X"], ["2019-01-01"]), "value.code_validity")
    assert group.details["validity"] == "from 2020-01-01"


@pytest.mark.parametrize(("received", "expected"), [("2023-05-01 10:00", "R"), ("2024-05-01 10:00", "B"), (None, "B")])
def test_a_row_without_a_day_is_of_the_day_on_which_the_file_came(
    colours: Register, received: str | None, expected: str
) -> None:
    assert listed(read(colours, ["Red"], [None], received).frame["thing"]) == [expected]


@given(st.lists(st.tuples(st.sampled_from(["R", "G", "B", "X"]), st.dates(pd.Timestamp("2018-01-01").date(),
                                                                          pd.Timestamp("2027-12-31").date())), min_size=1, max_size=12))  # fmt: skip
def test_a_code_is_read_exactly_on_the_days_on_which_its_rows_say_so(
    colours: Register, rows: list[tuple[str, pd.Timestamp]]
) -> None:
    days = {
        "R": [("2020-01-01", "9999")],
        "G": [("2020-01-01", "2023-12-31")],
        "B": [("2024-01-01", "9999")],
        "X": [("2020-01-01", "9999")],
    }
    wanted = [code if any(a <= str(day) <= b for a, b in days[code]) else None for code, day in rows]
    resolved = read(colours, [code for code, _ in rows], [str(day) for _, day in rows])
    assert listed(resolved.frame["thing"]) == wanted


@pytest.mark.parametrize(("day", "codes"), [("2019-12-31", ""), ("2020-01-01", "R G X"), ("2024-01-01", "R B X")])
def test_the_codes_of_a_day_are_those_of_the_version_in_force(colours: Register, day: str, codes: str) -> None:
    assert rows_on(colours, "colour", pd.Timestamp(day))["code"].tolist() == codes.split()


def test_a_version_without_a_first_day_adds_to_what_is_there(overlay: Overlay) -> None:
    register = Register.load(overlay(codelists=HEADING + "effect_tier,OURS-1,T5,Beyond,,\n"))
    (edition,) = editions_of(register)["effect_tier"]
    assert edition.name == "IDTIER-PROPOSED-1 and OURS-1" and len(edition.rows) == 6


def test_review_schemes_of_different_years_are_different_lists() -> None:
    register = Register.load()
    (first,), (second,) = (editions_of(register)[s] for s in ("CSSF_AR_V1", "CSSF_AR_V2"))
    ends = register.codelists["valid_to"].iloc[list(first.rows)].unique()
    assert list(ends) == [pd.Timestamp("2020-03-31")] and second.begin == pd.Timestamp("2020-04-01")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("colour,1,R,Red,2020-01-01,2023-12-31\ncolour,2,R,Red,2024-01-05,\n",
         "colour.csv:3: no version of colour is in force between 2023-12-31 and 2024-01-05"),
        ("colour,1,R,Red,2020-01-01,2024-12-31\ncolour,2,R,Red,2024-01-05,\n",
         "colour.csv:2: the code lasts until 2024-12-31, but version 2 of colour begins on 2024-01-05"),
        ("colour,1,R,Red,2020-01-01,\ncolour,1,S,red,2020-01-01,\n", "colour.csv:3: colour `red` means R and S"),
    ],
)  # fmt: skip
def test_gaps_and_clashes_between_versions_are_named(tmp_path: Path, rows: str, expected: str) -> None:
    (tmp_path / "_reference" / "codelists").mkdir(parents=True)
    (tmp_path / "_reference" / "codelists" / "colour.csv").write_text(HEADING + rows, "utf-8")
    with pytest.raises(DefinitionError) as caught:
        Register.load(tmp_path)
    (problem,) = caught.value.problems
    assert expected in problem


def test_two_files_of_a_programme_do_not_state_one_code(tmp_path: Path) -> None:
    folder = tmp_path / "_reference" / "codelists"
    folder.mkdir(parents=True)
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text(HEADING + "colour,1,R,Red,,\n", "utf-8")
    with pytest.raises(DefinitionError) as caught:
        Register.load(tmp_path)
    (problem,) = caught.value.problems
    assert "b.csv:2: repeats the scheme, version, code of" in problem and "a.csv:2" in problem


def test_a_folder_with_nearly_the_right_name_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "_reference" / "codelist").mkdir(parents=True)
    with pytest.raises(DefinitionError, match="not a folder of reference tables; expected `codelists`"):
        Register.load(tmp_path)
