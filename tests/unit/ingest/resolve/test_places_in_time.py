"""Places of every level, and places that begin and end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from resolving_cases import groups, listed, rules

from idtracker.ingest.resolve.resolving import Resolved, resolve
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Part
from idtracker.model.findings import Findings
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names

Overlay = Callable[..., Path]
HEADING = "place_id,name,level,parent_id,valid_from,valid_to\n"
DISTRICTS = (
    HEADING
    + "JO-MA-1,Middle Steppe,adm2,JO-MA,,\n"
    + "JO-MA-1-1,Balama,adm3,JO-MA-1,,\n"
    + "JO-MA-2,Badia,adm2,JO-MA,,2019-12-31\n"
    + "JO-MA-3,Badia,adm2,JO-MA,2020-01-01,\n"
    + "JO-MA-C1,Burqu camp,site,JO-MA-1-1,2014-04-30,\n"
)


@pytest.fixture(scope="module")
def districts(tmp_path_factory: pytest.TempPathFactory) -> Register:
    sources = tmp_path_factory.mktemp("sources")
    (sources / "_reference").mkdir()
    (sources / "_reference" / "places.csv").write_text(DISTRICTS, "utf-8")
    (sources / "_reference" / "place_codes.csv").write_text(
        "scheme,code,place_id\nown,22-1,JO-MA-2\nname,The Badia,JO-MA-3\n", "utf-8"
    )
    return Register.load(sources)


def read(register: Register, values: list[str], days: list[str | None], scheme: str | None = None) -> Resolved:
    frame = pd.DataFrame({"thing": pd.Series(values, dtype="str")})
    frame["seen_on"] = pd.to_datetime(pd.Series(days)).astype("datetime64[ns]")
    field = {"field": "thing", "heading": "Thing", "type": "place", "scheme": scheme}
    part = Part.model_validate(
        {"feeds": "activity", "key": ["thing"], "columns": [field, {"field": "seen_on", "type": "date"}]}
    )
    numbers = np.arange(2, len(frame) + 2, dtype=np.int64)
    raw = frame[["thing"]].rename(columns={"thing": "Thing"})
    shaped = Shaped("S", frame, numbers, raw, Findings(), {"thing": 0}, {"thing": "Thing"})
    return resolve(shaped, part, {}, register, Names(), {}, "GB-GOV-1")


def test_places_of_every_level_are_found_by_name_identifier_and_code(districts: Register) -> None:
    resolved = read(districts, ["Balama", "JO-MA-C1", "burqu camp", "mafraq"], ["2026-01-01"] * 4)
    assert listed(resolved.frame["thing_id"]) == ["JO-MA-1-1", "JO-MA-C1", "JO-MA-C1", "JO-MA"]
    assert rules(resolved) == []


def test_a_name_that_passed_on_means_the_place_of_the_day(districts: Register) -> None:
    resolved = read(districts, ["Badia"] * 3, ["2019-12-31", "2020-01-01", None])
    assert listed(resolved.frame["thing_id"]) == ["JO-MA-2", "JO-MA-3", "JO-MA-3"]
    assert rules(resolved) == []


def test_a_place_outside_its_life_is_kept_with_a_warning(districts: Register) -> None:
    resolved = read(districts, ["22-1", "The Badia", "Burqu camp"], ["2020-01-01", "2019-06-30", "2014-04-30"], "own")
    assert listed(resolved.frame["thing_id"]) == ["JO-MA-2", "JO-MA-3", "JO-MA-C1"]
    found = {r: g.details["validity"] for g in groups(resolved, "name.place_inactive") for r in g.rows}
    assert found == {2: "… – 2019-12-31", 3: "2020-01-01 – …"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("XX-1,One,adm2,JO,,\nXX-2,Two,adm1,XX-1,,\n", "places.csv:3: XX-2 (adm1) lies in XX-1 (adm2)"),
        ("XX-1,One,adm2,,,\n", "places.csv:2: XX-1 has no `parent_id`; expected the place it lies in"),
        ("XX,One,country,JO,,\n", "places.csv:2: XX is a country and has a `parent_id`"),
        ("XX-1,One,adm1,JO,2020-01-01,2019-01-01\n", "places.csv:2: `valid_to` lies before `valid_from`"),
        ("XX-1,One,adm1,JO,2010-01-01,\nXX-2,Two,adm2,XX-1,2009-01-01,\n", "places.csv:3: XX-2 exists when XX-1"),
        ("XX-1,One,adm1,JO,,2019-12-31\nXX-2,One,adm1,JO,2019-12-31,\n", "places.csv:3: `one` means XX-1 and XX-2"),
        ("XX-1,One,adm9,JO,,\n", "places.csv:2: `level` is `adm9`; expected one of country, adm1"),
    ],
)
def test_a_broken_hierarchy_is_named(overlay: Overlay, rows: str, expected: str) -> None:
    problems = [str(p) for p in Register.gather(overlay(places=HEADING + rows))[1]]
    assert len(problems) == 1 and expected in problems[0], problems
