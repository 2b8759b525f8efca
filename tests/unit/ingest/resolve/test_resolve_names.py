"""names.csv of a source, and which day a row is judged by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from resolving_cases import Resolving, listed, rules

from idtracker.ingest.resolve.lookup import row_dates
from idtracker.ingest.resolve.resolving import resolve
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Part
from idtracker.model.errors import DefinitionError
from idtracker.model.findings import Findings
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names

HEADING = "kind,typed,identifier,reviewed_by,reviewed_on\n"


def names_of(folder: Path, text: str) -> Names:
    (folder / "names.csv").write_text(HEADING + text, encoding="utf-8")
    return Names.load(folder)


def test_a_source_without_the_file_has_no_names(tmp_path: Path) -> None:
    assert Names.load(tmp_path).entries == ()


def test_reviewed_names_come_first(resolve_column: Resolving, tmp_path: Path) -> None:
    names = names_of(
        tmp_path,
        "organisation,The Met,GB-GOV-6,data team,2026-03-31\n"
        "organisation,MOD,XX-LOCAL-JO-JAF,data team,2026-03-31\n"
        "place,North,JO-IR,data team,2026-03-31\n"
        "indicator,Joblessness,BSF2-UNEMP,data team,2026-03-31\n",
    )
    organisations = resolve_column(["the met", "MOD", "UNDP"], "organisation", names=names)
    assert listed(organisations.frame["thing_id"]) == ["GB-GOV-6", "XX-LOCAL-JO-JAF", "XM-DAC-41114"]
    assert listed(resolve_column(["NORTH"], "place", names=names).frame["thing_id"]) == ["JO-IR"]
    assert listed(resolve_column(["joblessness"], "indicator", names=names).frame["thing_id"]) == ["BSF2-UNEMP"]
    assert rules(organisations) == []


def test_a_name_of_one_kind_says_nothing_about_another(resolve_column: Resolving, tmp_path: Path) -> None:
    names = names_of(tmp_path, "organisation,North,GB-GOV-6,data team,2026-03-31\n")
    assert rules(resolve_column(["North"], "place", names=names)) == ["name.place"]


def test_every_broken_row_is_named(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        names_of(
            tmp_path,
            "organisation,A,GB-GOV-1,data team,2026-03-31\n"
            "person,B,GB-GOV-1,data team,2026-03-31\n"
            "place,C,JO-AM,someone@example.org,31/03/2026\n"
            "organisation,a,GB-GOV-8,data team,2026-03-31\n"
            "place,,JO-AM,data team,2026-03-31\n"
            "place,D\n",
        )
    found = "\n".join(caught.value.problems)
    assert "names.csv:3: `kind` is `person`; expected one of organisation, place, indicator" in found
    assert "names.csv:4: `reviewed_by` is `someone@example.org`; expected a role" in found
    assert "names.csv:4: `reviewed_on` is `31/03/2026`; expected a date" in found
    assert "names.csv:5: `a` stands on line 2 already" in found
    assert "names.csv:6: `typed` is empty" in found
    assert "names.csv:7: has 2 cells; expected 5" in found
    assert len(caught.value.problems) == 6


def test_a_foreign_heading_is_refused(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("typed,identifier\nA,B\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"names\.csv:1: the columns are typed, identifier; expected kind"):
        Names.load(tmp_path)


def test_identifiers_are_checked_against_the_register(register: Register, tmp_path: Path) -> None:
    names = names_of(
        tmp_path, "place,North,JO-IR,data team,2026-03-31\norganisation,North,JO-IR,data team,2026-03-31\n"
    )
    (problem,) = names.check(register)
    assert problem.endswith("names.csv:3: `identifier` is `JO-IR`; expected a known organisation")


def part_of(*fields: tuple[str, str]) -> Part:
    return Part.model_validate(
        {"feeds": "activity", "key": [fields[0][0]], "columns": [{"field": f, "type": t} for f, t in fields]}
    )


def test_the_day_of_a_row_is_the_end_of_its_period_else_its_first_date() -> None:
    part = part_of(("made_on", "date"), ("seen_on", "date"), ("period", "period"))
    days = {
        "made_on": ["2020-01-01", None, "2020-01-03"],
        "seen_on": ["2021-01-01", "2021-01-02", "2021-01-03"],
        "period_end": [None, None, "2022-03-31"],
    }
    frame = pd.DataFrame({k: pd.to_datetime(pd.Series(v)).astype("datetime64[ns]") for k, v in days.items()})
    assert [str(d.date()) for d in row_dates(frame, part, {})] == ["2020-01-01", "2021-01-02", "2022-03-31"]


def test_types_and_codelists_come_from_the_canonical_field_where_the_column_is_silent(register: Register) -> None:
    part = Part.model_validate(
        {"feeds": "participation", "key": ["organisation"], "columns": [{"field": f} for f in ("organisation", "role")]}
    )
    frame = pd.DataFrame({"organisation": ["HMRC", None], "role": ["Funding", "soup"]}).astype("str")
    shaped = Shaped("S", frame, np.array([5, 9]), frame, Findings(), {"role": 1})
    before = frame.copy()
    resolved = resolve(
        shaped,
        part,
        {"organisation": "organisation", "role": "code"},
        register,
        Names(),
        {"role": "organisation_role"},
        "GB-GOV-1",
    )
    assert list(resolved.frame.columns) == ["organisation", "role", "organisation_id"]
    assert listed(resolved.frame["organisation_id"]) == ["GB-GOV-11", None]
    assert listed(resolved.frame["role"]) == ["1", None]
    assert resolved.frame["organisation_id"].dtype == "str"
    (group,) = list(resolved.findings)
    assert (group.rule.id, group.rows, group.column, group.position) == ("value.code", [9], "role", 1)
    pd.testing.assert_frame_equal(shaped.frame, before)


def test_a_table_without_rows_resolves_to_itself(resolve_column: Resolving) -> None:
    for kind in ("organisation", "place", "indicator"):
        resolved = resolve_column([], kind, dates=[])
        assert list(resolved.frame.columns) == ["thing", "seen_on", "thing_id"]
        assert not resolved.findings
    assert not resolve_column([], "code", codelist="fund").findings
