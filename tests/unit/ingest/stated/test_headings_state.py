"""A scale or a unit that stands in a heading counts, and is reported where it is not what is declared."""

from __future__ import annotations

from typing import Any

import pytest
from stated_files import OBSERVATIONS, Judge, column, rules, table

THOUSANDS = (
    "Spend (£000)",
    "Spend '000",
    "Spend (000s)",
    "Spend in thousands",
    "Spend, thousands",
    "£000 spent",
    "Spend (GBP thousands)",
    "الإنفاق بالآلاف",
    "Spend (£k)",
)
MILLIONS = ("Spend (£m)", "Spend in millions", "Spend (GBP million)", "الإنفاق (مليون)", "Spend £mn")
PLAIN = (
    "Spend",
    "Spend (£)",
    "Spend per 1,000 residents",
    "Spend per thousand",
    "الإنفاق لكل ألف",
    "Spend 2000",
    "Room 1000",
    "Spend (m)",
)


def spend_of(judge: Judge, heading: str, **spend: Any) -> tuple[list[Any], dict[str, list[int]]]:
    columns = [
        {"field": "reference"},
        {"field": "place", "constant": "Amman"},
        {"field": "spend", "heading": heading, "currency": "GBP", **spend},
    ]
    result = judge(
        table(f"reference;{heading}", "A;3.5"),
        format={"delimiter": ";"},
        feeds="activity_cell",
        key=["reference"],
        columns=columns,
    )
    return column(result, "spend"), rules(result)


@pytest.mark.parametrize(("heading", "scale"), [*((h, 1e3) for h in THOUSANDS), *((h, 1e6) for h in MILLIONS)])
def test_a_scale_in_a_heading(judge: Judge, heading: str, scale: float) -> None:
    assert spend_of(judge, heading) == ([3.5 * scale], {"value.scale": [2]})
    assert spend_of(judge, heading, scale=scale) == ([3.5 * scale], {})
    assert spend_of(judge, heading, scale=100) == ([3.5 * scale], {"value.scale": [2]})


@pytest.mark.parametrize("heading", PLAIN)
def test_headings_that_say_no_scale(judge: Judge, heading: str) -> None:
    assert spend_of(judge, heading) == ([3.5], {})
    assert spend_of(judge, heading, scale=1000) == ([3500.0], {})


def test_counts_and_observations(judge: Judge) -> None:
    columns = [{**c, "heading": "People (thousands)"} if c["field"] == "value" else c for c in OBSERVATIONS["columns"]]
    rows = ("FED,Amman,2026-Q3,3.5,", "FED,Irbid,2026-Q3,3.5,people")
    result = judge(table("indicator,place,period,People (thousands),unit", *rows), columns=columns)
    assert (column(result, "value"), rules(result)) == ([3500.0, 3500.0], {"value.scale": [2, 3]})
    units = judge(
        table("indicator,place,period,People (thousands),unit", "FED,Amman,2026-Q3,3.5,thousand people"),
        columns=columns,
    )
    assert (column(units, "value"), rules(units)) == ([3500.0], {"unit.converted": [2]})


def test_scales_of_columns_side_by_side(judge: Judge) -> None:
    columns = [{"field": "indicator"}, {"field": "place"}, {"field": "period"}, {"field": "value"}]
    head = "indicator,place,2026-Q1 (thousands),2026-Q2,2026-Q3 (millions)"
    keys = {"columns": columns, "unpivot": {"columns": r"(?P<period>\d{4}-Q\d).*"}}
    result = judge(table(head, "FED,Amman,3.5,7,2"), **keys)
    assert (column(result, "value"), rules(result)) == ([3500.0, 7.0, 2e6], {"value.scale": [2, 2]})
    alike = judge(
        table(head.replace("Q2", "Q2 (thousands)").replace("millions", "thousands"), "FED,Amman,3.5,7,2"), **keys
    )
    assert column(alike, "value") == [3500.0, 7000.0, 2000.0]


def test_a_held_value_comes_back_at_its_scale(judge: Judge) -> None:
    """Held rows come back under the heading of the long table, which says no scale."""
    columns = [{"field": "indicator"}, {"field": "place"}, {"field": "period"}, {"field": "value"}]
    content = table("indicator,place,2026-Q1 (thousands),2026-Q2", "FED,Atlantis,3.5,7")
    held = judge(content, columns=columns, unpivot={"columns": r"(?P<period>\d{4}-Q\d).*"}).held["cells"].tolist()
    assert '"value": "3500"' in held[0] and '"value": "7"' in held[1]


@pytest.mark.parametrize(
    ("heading", "indicator", "value", "found"),
    [("Wait (hours)", "WAIT", 120.0, "unit.converted"), ("Wait (minutes)", "WAIT", 2.0, ""), ("Value (%)", "PART", 0.02, "unit.converted"), ("Value (%)", "RATE", 2.0, ""),
     ("Value (people)", "WAIT", None, "unit.other_dimension"), ("Value (number)", "RATE", 2.0, ""), ("Value (Amman)", "WAIT", 2.0, "")],
)  # fmt: skip
def test_a_unit_in_a_heading(judge: Judge, heading: str, indicator: str, value: float | None, found: str) -> None:
    columns = [{**c, "heading": heading} if c["field"] == "value" else c for c in OBSERVATIONS["columns"]]
    result = judge(table(f"indicator,place,period,{heading}", f"{indicator},Amman,2026-Q3,2"), columns=columns)
    assert column(result, "value") == ([] if value is None else [value])
    assert rules(result) == ({found: [2]} if found else {})


def test_the_unit_of_the_row_counts_before_that_of_the_heading(judge: Judge) -> None:
    columns = [{**c, "heading": "Wait (hours)"} if c["field"] == "value" else c for c in OBSERVATIONS["columns"]]
    result = judge(
        table("indicator,place,period,Wait (hours),unit", "WAIT,Amman,2026-Q3,2,minutes", "WAIT,Irbid,2026-Q3,2,"),
        columns=columns,
    )
    assert column(result, "value") == [2.0, 120.0]
    assert rules(result) == {"unit.in_heading": [2], "unit.converted": [3]}
