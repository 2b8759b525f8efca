"""Units: what a text means, and values of observations brought into the unit of their indicator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resolving_cases import groups, rules

from idtracker.ingest.judge.definition import specs_of
from idtracker.ingest.judge.rules.series import beside
from idtracker.ingest.resolve.resolving import Resolved, resolve
from idtracker.ingest.resolve.units import MOST_SEPARATE
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Part
from idtracker.model.findings import Findings
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names
from idtracker.model.register.units import unit_named

INDICATORS = (
    "indicator_id,name,unit,direction,weight,level,frequency,roll_up,max_age_days,merge_policy\n"
    "WAIT,Wait,minutes,-1,1,adm1,quarter,mean,100,median\n"
    "FED,People fed,people,1,1,adm1,quarter,sum,100,median\n"
    "RATE,A rate,%,1,1,adm1,quarter,mean,100,median\n"
    "PIPE,Pipe laid,km,1,1,adm1,quarter,sum,100,median\n"
    "ODD,Odd,grumbles,1,1,adm1,quarter,sum,100,median\n"
)
FIELDS = ("indicator", "place", "period", "value", "lower", "upper", "standard_error", "unit")


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    sources = tmp_path_factory.mktemp("sources")
    (sources / "_reference").mkdir()
    (sources / "_reference" / "indicators.csv").write_text(INDICATORS, "utf-8")
    return Register.load(sources)


def report(register: Register, rows: Sequence[tuple[str, float | None, str | None]]) -> Resolved:
    """Observations as (indicator, value, unit); bounds at half and twice the value, the error a tenth."""
    values = pd.Series([v for _, v, _ in rows], dtype="float64")
    frame = pd.DataFrame(
        {
            "indicator": pd.Series([i for i, _, _ in rows], dtype="str"),
            "place": pd.Series(["JO-MA"] * len(rows), dtype="str"),
            "period": pd.Series(["2026-Q1"] * len(rows), dtype="str"),
            "value": values,
            "lower": values / 2,
            "upper": values * 2,
            "standard_error": values / 10,
            "unit": pd.Series([u for _, _, u in rows], dtype="str"),
        }
    )
    columns = [{"field": f} for f in FIELDS]
    part = Part.model_validate({"feeds": "observation", "key": ["indicator", "place", "period"], "columns": columns})
    numbers = np.arange(2, len(frame) + 2, dtype=np.int64)
    shaped = Shaped("S", frame, numbers, frame[list(FIELDS)].astype("str"), Findings(), {}, {f: f for f in FIELDS})
    return resolve(shaped, part, {"indicator": "indicator"}, register, Names(), {}, "GB-GOV-1")


@pytest.mark.parametrize(
    ("indicator", "value", "unit", "expected"),
    [
        ("WAIT", 0.5, "hours", 30),
        ("WAIT", 0.5, "Hours", 30),
        ("WAIT", 2, "ساعات", 120),
        ("WAIT", 90, "seconds", 1.5),
        ("FED", 1.2, "thousand people", 1200),
        ("FED", 1.2, "thousands", 1200),
        ("RATE", 0.153, "share", 15.3),
        ("RATE", 153, "per mille", 15.3),
        ("PIPE", 2500, "metres", 2.5),
        ("PIPE", 1, "miles", 1.609344),
    ],
)
def test_a_value_in_another_unit_of_the_dimension_is_converted_with_both_said(
    register: Register, indicator: str, value: float, unit: str, expected: float
) -> None:
    resolved = report(register, [(indicator, value, unit), (indicator, value, None)])
    frame = resolved.frame
    assert frame["value"].tolist() == [expected, value]
    assert frame["lower"][0] == pytest.approx(expected / 2) and frame["upper"][0] == pytest.approx(expected * 2)
    assert frame["standard_error"][0] == pytest.approx(expected / 10)
    assert frame["unit"][0] == unit
    (group,) = groups(resolved, "unit.converted")
    assert group.rows == [2] and group.suggestions == [f"{expected:.12g}"]
    assert f"is {value:.12g} in {unit}; it was read as {expected:.12g} in " in group.message()
    assert rules(resolved) == ["unit.converted"]


@pytest.mark.parametrize(("indicator", "unit"), [("WAIT", "minutes"), ("WAIT", "MINUTES"), ("RATE", "per cent"),
                                                 ("RATE", "٪"), ("FED", "persons"), ("FED", "number")])  # fmt: skip
def test_the_same_unit_written_otherwise_is_no_news(register: Register, indicator: str, unit: str) -> None:
    resolved = report(register, [(indicator, 12.5, unit)])
    assert resolved.frame["value"].tolist() == [12.5] and rules(resolved) == []


@pytest.mark.parametrize(("indicator", "unit"), [("WAIT", "people"), ("FED", "%"), ("RATE", "kg"), ("PIPE", "litres"),
                                                 ("FED", "households"), ("RATE", "number")])  # fmt: skip
def test_a_unit_of_another_dimension_holds_the_row(register: Register, indicator: str, unit: str) -> None:
    resolved = report(register, [(indicator, 7, unit)])
    assert resolved.frame["value"].tolist() == [7]
    (group,) = groups(resolved, "unit.other_dimension")
    assert group.rule.severity == "error" and group.rows == [2] and group.column == "unit"


@pytest.mark.parametrize(("indicator", "unit"), [("WAIT", "heartbeats"), ("ODD", "minutes"), ("WAIT", "m")])
def test_a_unit_that_nobody_knows_is_said_and_the_value_kept(register: Register, indicator: str, unit: str) -> None:
    resolved = report(register, [(indicator, 7, unit)])
    assert resolved.frame["value"].tolist() == [7] and rules(resolved) == ["unit.unknown"]


def test_many_rows_of_one_pair_of_units_are_told_together(register: Register) -> None:
    few = report(register, [("WAIT", n, "hours") for n in range(MOST_SEPARATE)])
    many = report(register, [("WAIT", n, "hours") for n in range(MOST_SEPARATE + 1)])
    assert len(groups(few, "unit.converted")) == MOST_SEPARATE
    (group,) = groups(many, "unit.converted")
    assert group.rows == list(range(2, MOST_SEPARATE + 3)) and group.suggestions[2] == "120"


def test_a_missing_value_or_an_indicator_nobody_knows_is_nothing_to_convert(register: Register) -> None:
    resolved = report(register, [("WAIT", None, "hours"), ("NOBODY", 3, "hours")])
    assert resolved.frame["value"].isna().tolist() == [True, False]
    assert "unit.converted" not in rules(resolved)


@given(st.floats(0.001, 1e9), st.sampled_from(["hours", "seconds", "days", "weeks"]))
def test_there_and_back_again_is_the_same_value(register: Register, value: float, unit: str) -> None:
    stated, kept = unit_named(register, unit), unit_named(register, "minutes")
    assert stated is not None and kept is not None
    assert value * stated.factor_to(kept) * kept.factor_to(stated) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("text", ["m", "units", "a", "", "1", "lorries", "peoples' votes", "degC", "((", "x" * 300])
def test_what_pint_would_read_into_a_stray_text_is_not_taken(register: Register, text: str) -> None:
    found = unit_named(register, text)
    assert found is None or found.dimension == "count"


def test_units_of_the_list_agree_with_pint() -> None:
    pint = pytest.importorskip("pint")
    quantity = pint.UnitRegistry().Quantity
    units = Register.load().units.query("dimension == 'time'")
    assert {u: quantity(1, u).to("second").magnitude for u in units["unit"] if u != "quarters"} == pytest.approx(
        {u: s for u, s in zip(units["unit"], units["to_base"], strict=True) if u != "quarters"}
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("drams,mass,0,drams\n", "units.csv:2: `to_base` is 0.0; expected a number above 0"),
        ("hours,time,60,hours\nHours,time,3600,hours\n", "means 60.0 time and 3600.0 time"),
    ],
)
def test_wrong_units_are_named(tmp_path: Path, rows: str, expected: str) -> None:
    (tmp_path / "_reference").mkdir()
    (tmp_path / "_reference" / "units.csv").write_text("unit,dimension,to_base,name\n" + rows, "utf-8")
    problems = [str(p) for p in Register.gather(tmp_path)[1]]
    assert any(expected in p for p in problems), problems


def test_an_indicator_in_an_unknown_unit_is_said_and_stops_nothing(register: Register, tmp_path: Path) -> None:
    (tmp_path / "_reference").mkdir()
    (tmp_path / "_reference" / "indicators.csv").write_text(INDICATORS, "utf-8")
    (problem,) = Register.gather(tmp_path)[1]
    assert problem.rule == "unit" and problem.at.endswith("indicators.csv:6") and not problem.stops


@pytest.mark.parametrize(
    ("feeds", "key", "measure", "expected"),
    [
        ("observation", ["indicator", "place", "period"], "value", []),
        ("result_value", ["reference", "result_indicator", "period"], "actual", ["unit"]),
    ],
)
def test_history_compares_observations_whatever_unit_was_reported(
    feeds: str, key: list[str], measure: str, expected: list[str]
) -> None:
    columns = [{"field": f} for f in (*key, measure, "unit")]
    part = Part.model_validate({"feeds": feeds, "key": key, "columns": columns})
    assert beside(part, specs_of(part)[measure]) == expected
