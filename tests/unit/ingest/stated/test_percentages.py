"""A number shown as a percentage means what is shown, whatever is stored beneath."""

from __future__ import annotations

from pathlib import Path

import pytest
from stated_files import HEAD, OBSERVATIONS, SPENDING, Judge, column, rules, table, workbook

from idtracker.ingest.read.workbook.number_formats import number_format

PLACES = ("Amman", "Irbid", "Karak", "Zarqa", "Ajloun")


def sheet(*cells: object, indicator: str = "RATE", unit: str | None = None) -> bytes:
    return workbook(HEAD, *((indicator, p, "2026-Q3", c, unit) for p, c in zip(PLACES, cells, strict=False)))


FORMATS = (
    "0%",
    "0.0%",
    "0.00 %",
    "0.0%;-0.0%;0%",
    "[Red][<0.2]0%;[Green]0.0%",
    "#,##0.0\\ %",
    "[$-409]0.0%",
    "_-* 0.0%_-",
)


@pytest.mark.parametrize("shown", FORMATS)
def test_every_percent_format(judge: Judge, shown: str) -> None:
    result = judge(sheet((0.615, shown), (0.58, shown), 63.5, "59%"), "xlsx")
    assert column(result, "value") == [61.5, 58.0, 63.5, 59.0]
    assert rules(result) == {}


def test_a_section_counts_where_it_applies() -> None:
    shown = number_format("[>1]0.0;[<=1]0%")
    assert [shown.section(v).shown for v in (63.5, 0.6)] == ["plain", "percent"]
    assert [number_format("0%;0.0").section(v).shown for v in (0.6, -0.6)] == ["percent", "plain"]
    assert [number_format(code).section(1).shown for code in ('0.0"%"', "0.0\\%", "General", "")] == ["plain"] * 4


def test_a_percent_sign_beside_a_number_that_is_one(judge: Judge) -> None:
    assert column(judge(sheet((61.5, '0.0"%"'), (58, "0\\%")), "xlsx"), "value") == [61.5, 58.0]
    assert rules(judge(sheet((61.5, '0.0"%"'), indicator="FED"), "xlsx")) == {"unit.other_dimension": [2]}


def test_an_indicator_of_another_unit(judge: Judge) -> None:
    """A share of one is converted; people and minutes are no share of anything."""
    shares = judge(sheet((0.615, "0.0%"), "58%", 0.5, indicator="PART"), "xlsx")
    assert column(shares, "value") == [0.615, 0.58, 0.5]
    assert rules(shares) == {"unit.converted": [2, 3]}
    for indicator in ("FED", "WAIT"):
        held = judge(sheet((0.615, "0.0%"), "58%", 20, indicator=indicator), "xlsx")
        assert (column(held, "value"), rules(held)) == ([20.0], {"unit.other_dimension": [2, 3]})


def test_percent_signs_of_a_text_file(judge: Judge) -> None:
    rows = ("PART,Amman,2026-Q3,58%,,", "FED,Amman,2026-Q3,58%,,", "RATE,Amman,2026-Q3,58%,,")
    result = judge(table(",".join(HEAD), *rows))
    assert column(result, "value") == [0.58, 58.0]
    assert rules(result) == {"unit.converted": [2], "unit.other_dimension": [3]}


def test_a_cell_counts_before_the_column_of_units(judge: Judge) -> None:
    result = judge(sheet((0.615, "0.0%"), 0.58, unit="share"), "xlsx")
    assert column(result, "value") == [61.5, 58.0]
    assert rules(result) == {"unit.in_cell": [2], "unit.converted": [3]}
    assert rules(judge(sheet((0.615, "0.0%"), unit="per cent"), "xlsx")) == {}


def test_a_percentage_says_its_own_scale(judge: Judge) -> None:
    columns = [{**c, "scale": 100} if c["field"] == "value" else c for c in OBSERVATIONS["columns"]]
    result = judge(sheet((0.615, "0.0%"), 0.58, "59%"), "xlsx", columns=columns)
    assert column(result, "value") == [61.5, 58.0, 59.0]
    assert rules(result) == {"value.percent_scale": [2, 4]}


def test_what_takes_no_percentage_is_held(judge: Judge) -> None:
    head = ("reference", "start", "reached", "spend")
    content = workbook(
        head, ("A", None, (0.5, "0%"), 7), ("B", None, 5, (0.5, "0%")), ("C", None, "50%", 7), ("D", None, 5, 7)
    )
    result = judge(content, "xlsx", **SPENDING)
    assert column(result, "activity_id") == ["D"]
    assert rules(result) == {"value.percent": [2, 4], "value.money": [3]}
    fields = ("response_id", "question", "period", "place", "answer", "weight")
    keys = {"feeds": "survey_response", "key": list(fields[:2]), "columns": [{"field": f} for f in fields]}
    rows = (("A", "q", "2026-Q3", "Amman", "yes", (0.5, "0%")), ("B", "q", "2026-Q3", "Amman", "no", 0.5))
    held = judge(workbook(fields, *rows), "xlsx", **keys)
    assert rules(held) == {"value.percent": [2]} and column(held, "weight") == [0.5]


def test_probabilities_in_per_cent(judge: Judge) -> None:
    keys = {
        "feeds": "judgement",
        "key": ["reference"],
        "columns": [{"field": f} for f in ("reference", "scenario", "probability_pct")],
    }
    result = judge(
        workbook(("reference", "scenario", "probability_pct"), ("A", "s", (0.55, "0%")), ("B", "s", 55)), "xlsx", **keys
    )
    assert column(result, "probability_pct") == [55.0, 55.0]


def test_results_in_the_unit_of_their_row(judge: Judge) -> None:
    fields = ("reference", "result_indicator", "period", "unit", "actual")
    keys = {"feeds": "result_value", "key": list(fields[:3]), "columns": [{"field": f} for f in fields]}
    units = (None, "%", "share", "people")
    rows = ((p, "Trained", "2026-Q3", unit, (0.55, "0%")) for p, unit in zip("ABCD", units, strict=True))
    result = judge(workbook(fields, *rows), "xlsx", **keys)
    assert column(result, "actual") == [55.0, 55.0, 0.55]
    assert rules(result) == {"unit.converted": [4], "unit.other_dimension": [5]}


def test_a_unit_in_the_number_format(judge: Judge) -> None:
    result = judge(sheet((2, '0.0" hours"'), (30, '0" minutes"'), (30, '0" visits"'), indicator="WAIT"), "xlsx")
    assert column(result, "value") == [120.0, 30.0, 30.0]
    assert rules(result) == {"unit.converted": [2]}


def test_a_workbook_written_as_xml(judge: Judge) -> None:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    styles = '<Styles><Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style></Styles>'
    head = "".join(f'<Cell><Data ss:Type="String">{h}</Data></Cell>' for h in HEAD[:4])
    texts = "".join(f'<Cell><Data ss:Type="String">{v}</Data></Cell>' for v in ("RATE", "Amman", "2026-Q3"))
    value = '<Cell ss:StyleID="p"><Data ss:Type="Number">0.615</Data></Cell>'
    rows = f"<Row>{head}</Row><Row>{texts}{value}</Row>"
    content = f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">{styles}<Worksheet ss:Name="D"><Table>{rows}</Table></Worksheet></Workbook>'
    assert column(judge(content.encode(), "xlsx"), "value") == [61.5]


def test_the_shared_example(judge: Judge, cases: Path) -> None:
    fields = (("place", "Governorate"), ("period", "Period"), ("value", "Value"))
    columns = [{"field": "indicator", "constant": "RATE"}, *({"field": f, "heading": h} for f, h in fields)]
    result = judge((cases / "percent_cells.xlsx").read_bytes(), "xlsx", columns=columns)
    assert column(result, "value") == [61.5, 58.0, 63.5, 59.0]


def test_a_number_in_place_of_a_term_is_kept(judge: Judge) -> None:
    """The term alone would say its middle; and a number in a gap is told once, where it stands."""
    fields = ("reference", "scenario", "yardstick", "probability_pct")
    keys = {"feeds": "judgement", "key": ["reference"], "columns": [{"field": f} for f in fields]}
    rows = (("A", "s", "60 %", None), ("B", "s", "52 %", None), ("C", "s", "likely", None), ("D", "s", "60 %", 70))
    result = judge(workbook(fields, *rows), "xlsx", **keys)
    assert column(result, "yardstick_code") == ["P5", "P4", "P5", "P5"]
    assert [None if value != value else value for value in column(result, "probability_pct")] == [60, 52, None, 70]
    assert rules(result) == {"judgement.yardstick_gap": [3]}
    bare = {**keys, "columns": [{"field": f} for f in fields[:3]]}
    only = judge(workbook(fields[:3], ("A", "s", "60 %")), "xlsx", **bare)
    assert column(only, "probability_pct") == [60]
