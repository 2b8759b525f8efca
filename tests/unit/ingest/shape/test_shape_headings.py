"""Which column feeds which field, and what is said about the others."""

from __future__ import annotations

import pytest
from shape_tables import found, part_of, shape_table, table_of

from idtracker.model.config.source import Column, Part, Received, Unpivot


@pytest.mark.parametrize(
    ("in_file", "declared"),
    [
        ("Governorate", "Governorate"),
        (" Governorate ", "Governorate"),
        ("GOVERNORATE", "governorate"),
        ("Governorate\u00a0 name", "governorate name"),
        ("المحافظة", "المُحافظــة"),
        ("إسم الجهة", "اسم الجهة"),
        ("\u200fالفترة", "الفترة"),
        ("العدد ٢", "العدد 2"),
    ],
)
def test_a_heading_matches_whatever_its_spelling(in_file: str, declared: str) -> None:
    shaped = shape_table(
        table_of({"other": ["o"], in_file: ["v"]}),
        part_of(
            Column(field="x", heading=declared),
        ),
    )
    assert shaped.frame["x"].tolist() == ["v"]
    assert shaped.headings == {"x": in_file}
    assert shaped.positions == {"x": 1}


def test_the_first_alternative_found_wins_and_an_exact_one_goes_before_a_loose_one() -> None:
    table = table_of({"Name": ["loose"], "name": ["exact"], "title": ["t"]})
    column = Column(field="x", heading=["absent", "name", "title"])
    assert shape_table(table, part_of(column)).frame["x"].tolist() == ["exact"]


def test_the_field_itself_is_the_default_heading() -> None:
    assert shape_table(table_of({"x": ["v"]}), part_of(Column(field="x"))).frame["x"].tolist() == ["v"]


@pytest.mark.parametrize(
    ("column", "rule"),
    [
        (Column(field="b", heading=["B", "b2"], required=True), "heading.missing"),
        (Column(field="b", heading=["B", "b2"]), "heading.missing_optional"),
    ],
)
def test_a_missing_column_is_said_once(column: Column, rule: str) -> None:
    table = table_of({"a": ["1", "2"], "c": ["3", "4"]})
    shaped = shape_table(table, part_of(Column(field="a"), column, ignore=["c"]), {"b": "number"})
    assert found(shaped) == [(rule, None, "", None)]
    group = shaped.findings.groups[0]
    assert (group.column, group.sheet) == ("B", "Data")
    assert shaped.findings.is_critical == (rule == "heading.missing")
    assert str(shaped.frame["b"].dtype) == "float64"
    assert shaped.frame["b"].isna().all()


def test_a_missing_key_column_refuses_the_file_and_names_what_is_there() -> None:
    shaped = shape_table(table_of({"b": ["1"]}), part_of(Column(field="a"), Column(field="b")))
    assert [g.rule.id for g in shaped.findings.groups] == ["heading.missing"]
    assert shaped.findings.groups[0].remedy() == "Add the column “a”. The file has: b."


def test_a_mapped_heading_over_two_columns_refuses_the_file() -> None:
    table = table_of({"a": ["1"], "b": ["2"], "c": ["3"]}, duplicates={"c": [2, 5], "b": [1, 30]})
    shaped = shape_table(table, part_of(Column(field="a"), Column(field="c"), ignore=["b"]))
    assert [(g.rule.id, g.column, g.details["places"]) for g in shaped.findings.groups] == [
        ("heading.duplicate", "c", "C, F")
    ]


def test_two_spellings_of_one_heading_leave_open_which_is_meant() -> None:
    table = table_of({"a": ["1"], "NAME": ["2"], "Name": ["3"]})
    shaped = shape_table(table, part_of(Column(field="a"), Column(field="b", heading="name"), ignore=["n*"]))
    assert [(g.rule.id, g.details["places"]) for g in shaped.findings.groups] == [("heading.duplicate", "B, C")]
    assert shaped.frame["b"].isna().all()


def test_unknown_headings_are_reported_unless_ignored() -> None:
    table = table_of({"a": ["1"], "extra": ["2"], "Internal notes": ["3"], "tmp_1": ["4"], "odd [x]": ["5"]})
    part = part_of(Column(field="a"), ignore=["internal*", "tmp_?", "odd [x]"])
    shaped = shape_table(table, part)
    assert [(g.rule.id, g.column, g.position) for g in shaped.findings.groups] == [("heading.unmapped", "extra", 1)]
    assert shaped.findings.groups[0].rule.severity == "warning"


def test_headings_that_another_part_reads_are_known() -> None:
    table = table_of({"a": ["1"], "B ": ["2"], "2026-Q1": ["3"], "note": ["4"], "extra": ["5"]})
    other = Part(
        name="other",
        feeds="observation",
        key=["b"],
        columns=[Column(field="b"), Column(field="value")],
        unpivot=Unpivot(columns=r"(?P<period>\d{4}-Q\d)"),
        ignore=["note"],
    )
    shaped = shape_table(table, part_of(Column(field="a")), others=[other])
    assert [g.column for g in shaped.findings.groups] == ["extra"]


def test_virtual_headings_and_constants() -> None:
    columns = [
        Column(field="a"),
        Column(field="sheet", heading="@sheet"),
        Column(field="file", heading="@file"),
        Column(field="row", heading="@row"),
        Column(field="period", heading=["period", "@name.quarter"]),
        Column(field="unit", constant="people"),
        Column(field="round", constant="7"),
    ]
    shaped = shape_table(
        table_of({"a": ["1", "2"]}, sheet="North"),
        part_of(*columns),
        {"row": "integer", "period": "period", "round": "integer"},
        file_name="return_2026-Q2_v1.csv",
        received=Received(from_name=r"return_(?P<quarter>[^_]+)_"),
    )
    assert not shaped.findings
    assert shaped.frame.drop(columns=["period_start", "period_end"]).to_dict("list") == {
        "a": ["1", "2"],
        "sheet": ["North", "North"],
        "file": ["return_2026-Q2_v1.csv"] * 2,
        "row": [2, 3],
        "period": ["2026-Q2", "2026-Q2"],
        "unit": ["people", "people"],
        "round": [7, 7],
    }
    assert shaped.positions == {"a": 0}


@pytest.mark.parametrize("pattern", [None, r"other_(?P<quarter>.+)", r"(?P<year>\d{4})"])
def test_a_file_name_that_does_not_say_it_is_a_missing_column(pattern: str | None) -> None:
    shaped = shape_table(
        table_of({"a": ["1"]}),
        part_of(Column(field="a"), Column(field="period", heading="@name.quarter", required=True)),
        file_name="return_2026.csv",
        received=Received(from_name=pattern),
    )
    assert [(g.rule.id, g.column) for g in shaped.findings.groups] == [("heading.missing", "@name.quarter")]
