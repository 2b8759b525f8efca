"""Rows: columns side by side, lists in cells, and whole tables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shape_tables import found, part_of, shape_table, table_of

from idtracker.ingest.read.raw import RawTable
from idtracker.ingest.shape.shaped import Shaped
from idtracker.ingest.shape.split import split_rows
from idtracker.ingest.shape.unpivot import unpivot
from idtracker.model.config.source import Column, Unpivot
from idtracker.model.errors import DefinitionError
from idtracker.model.findings import FINDING_COLUMNS

PERIODS = Unpivot(columns=r"(?P<period>\d{4}[- ]Q\d)")
MEASURES = Unpivot(columns=r"(?P<period>\d{4}-Q\d) (?P<measure>target|actual)")


def observation(**options: object) -> tuple[Column, ...]:
    value = Column.model_validate({"field": "value", **options})
    return Column(field="place"), Column(field="period", required=True), value


def test_columns_side_by_side_become_rows() -> None:
    table = table_of({"place": ["A", "B"], "2026-Q1": ["1", None], "2026-Q2": ["2", "4"], "note": ["n", "m"]})
    long = unpivot(table, PERIODS)
    assert long.table.cells.fillna("-").to_dict("list") == {
        "place": ["A", "A", "B"],
        "note": ["n", "n", "m"],
        "period": ["2026-Q1", "2026-Q2", "2026-Q2"],
        "value": ["1", "2", "4"],
    }
    assert long.table.row_numbers.tolist() == [2, 2, 3]
    assert long.consumed == ["2026-Q1", "2026-Q2"]


def test_empty_cells_are_kept_where_asked() -> None:
    table = table_of({"place": ["A"], "2026-Q1": [None], "2026-Q2": [".."], "2026-Q3": [" "]})
    assert len(unpivot(table, PERIODS, missing=[".."]).table) == 0
    assert len(unpivot(table, PERIODS).table) == 1
    assert len(unpivot(table, PERIODS.model_copy(update={"keep_empty": True})).table) == 3


def test_measures_come_side_by_side_again() -> None:
    cells = {"2026-Q1 target": ["1", None], "2026-Q1 actual": ["2", None], "2026-Q2 actual": ["3", "4"]}
    long = unpivot(table_of({"place": ["A", "B"], **cells}), MEASURES)
    assert long.table.cells.fillna("-").to_dict("list") == {
        "place": ["A", "A", "B"],
        "period": ["2026-Q1", "2026-Q2", "2026-Q2"],
        "target": ["1", "-", "-"],
        "actual": ["2", "3", "4"],
    }


def test_two_columns_with_the_same_groups_both_count() -> None:
    rule = Unpivot(columns=r"(?P<period>\d{4}-Q\d).*", value="v")
    long = unpivot(table_of({"2026-Q1 a": ["1"], "2026-Q1 b": ["2"]}), rule)
    assert long.table.cells.to_dict("list") == {"period": ["2026-Q1", "2026-Q1"], "v": ["1", "2"]}


def test_the_pattern_must_match_the_whole_heading_but_not_its_invisible_marks() -> None:
    table = table_of({"\u200f2026-Q1": ["1"], "2026\u00a0Q2": ["2"], "2026-Q1 remark": ["r"]})
    long = unpivot(table, PERIODS)
    assert long.consumed == ["\u200f2026-Q1", "2026\u00a0Q2"]
    assert long.table.cells["period"].tolist() == ["2026-Q1", "2026 Q2"]


def test_findings_of_side_by_side_columns_name_the_cell_in_the_file() -> None:
    table = table_of({"place": ["A", "B"], "2026-Q1": ["1", "n/a"], "2026-Q2": ["x", "4"], "2026-Q7": ["5", None]})
    shaped = shape_table(table, part_of(*observation(), unpivot=PERIODS), {"value": "number", "period": "period"})
    assert found(shaped) == [
        ("value.number", 2, "C2", "x"),
        ("value.period", 2, "D2", "2026-Q7"),
        ("value.number", 3, "B3", "n/a"),
    ]
    assert {g.column for g in shaped.findings.groups} == {"2026-Q1", "2026-Q2", "2026-Q7"}
    held = shaped.findings.holds("Data", shaped.row_numbers)
    assert shaped.raw["value"][held].tolist() == ["x", "5", "n/a"]
    assert shaped.frame["value"].isna().tolist() == [False, True, False, True, False]


def test_a_cell_that_several_rows_share_is_reported_once_and_holds_them_all() -> None:
    table = table_of({"place": [None, "B"], "2026-Q1": ["1", "2"], "2026-Q2": ["3", "4"]})
    columns = (Column(field="place", required=True), Column(field="period"), Column(field="value"))
    shaped = shape_table(table, part_of(*columns, unpivot=PERIODS))
    assert found(shaped) == [("value.required", 2, "A2", None)]
    assert shaped.findings.holds("Data", shaped.row_numbers).tolist() == [True, True, False, False]


def test_a_consumed_heading_over_two_columns_refuses_the_file() -> None:
    table = table_of({"place": ["A"], "2026-Q1": ["1"]}, duplicates={"2026-Q1": [1, 2]})
    shaped = shape_table(table, part_of(*observation(), unpivot=PERIODS))
    assert [(g.rule.id, g.details["places"]) for g in shaped.findings.groups] == [("heading.duplicate", "B, C")]


def test_without_matching_columns_the_value_is_missing() -> None:
    shaped = shape_table(table_of({"place": ["A"]}), part_of(*observation(), unpivot=PERIODS))
    assert [(g.rule.id, g.column) for g in shaped.findings.groups] == [
        ("heading.missing", "period"),
        ("heading.missing_optional", "value"),
    ]


def test_a_column_that_a_new_heading_replaces_is_not_read() -> None:
    table = table_of({"place": ["A"], "period": ["old"], "2026-Q1": ["1"]})
    shaped = shape_table(table, part_of(*observation(), unpivot=PERIODS), {"period": "period"})
    assert shaped.frame["period"].tolist() == ["2026-Q1"]
    assert [(g.rule.id, g.column) for g in shaped.findings.groups] == [("heading.unmapped", "period")]


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        ({"a": ["x"], "b": ["y"]}, [("x", "y")]),
        ({"a": ["x; y"], "b": ["1"]}, [("x", "1"), ("y", "1")]),
        ({"a": ["x;y"], "b": ["1;2"]}, [("x", "1"), ("y", "2")]),
        ({"a": ["x;y;"], "b": ["1;2"]}, [("x", "1"), ("y", "2")]),
        ({"a": ["x;;z"], "b": ["1;2;3"]}, [("x", "1"), (None, "2"), ("z", "3")]),
        ({"a": ["x;y"], "b": ["1;2;3"]}, [("x", "1;2;3"), ("y", "1;2;3")]),
        ({"a": ["x"], "b": ["1;2"]}, [("x", "1"), ("x", "2")]),
        ({"a": ["x;;y"], "b": [None]}, [("x", None), ("y", None)]),
        ({"a": [";"], "b": ["1"]}, [(None, "1")]),
        ({"a": [None], "b": ["1"]}, [(None, "1")]),
    ],
)
def test_lists_in_cells_become_rows(cells: dict[str, list[str | None]], rows: list[tuple[str | None, ...]]) -> None:
    longer, origin = split_rows(table_of(cells).cells, {"a": ";", "b": ";"})
    assert [tuple(None if v != v else v for v in row) for row in longer.itertuples(index=False)] == rows
    assert origin.tolist() == [0] * len(rows)


def test_an_empty_separator_divides_at_blanks() -> None:
    longer, origin = split_rows(table_of({"a": ["x  y\nz", "w"]}).cells, {"a": ""})
    assert longer["a"].tolist() == ["x", "y", "z", "w"]
    assert origin.tolist() == [0, 0, 0, 1]


def test_a_divided_row_keeps_its_number_and_its_other_cells() -> None:
    table = table_of({"id": ["1", "2"], "org": ["A|B", "C"], "n": ["5", "x"]})
    columns = (Column(field="id"), Column(field="org", split="|"), Column(field="n", type="integer"))
    shaped = shape_table(table, part_of(*columns))
    assert shaped.frame["org"].tolist() == ["A", "B", "C"]
    assert shaped.frame["n"].tolist()[:2] == [5, 5]
    assert shaped.row_numbers.tolist() == [2, 2, 3]
    assert shaped.raw["org"].tolist() == ["A", "B", "C"]
    assert found(shaped) == [("value.number", 3, "C3", "x")]


def test_one_bad_value_of_a_list_holds_only_its_own_row() -> None:
    table = table_of({"id": ["1"], "n": ["5|x|7"]})
    shaped = shape_table(table, part_of(Column(field="id"), Column(field="n", type="integer", split="|")))
    assert found(shaped) == [("value.number", 2, "B2", "x")]
    assert shaped.findings.holds("Data", shaped.row_numbers).tolist() == [False, True, False]


def test_values_are_mapped_as_typed_then_under_folding(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["-", "Ja", " نَعَم ", "x", "X"], "flag", map={"-": "", "ja": "yes", "نعم": "no", "x": "yes"})
    assert shaped.frame["x"].isna().tolist() == [True, False, False, False, False]
    assert shaped.frame["x"].tolist()[1:] == [True, False, True, True]
    assert not shaped.findings


def test_a_mapped_value_is_reported_as_typed(shape_column: Callable[..., Shaped]) -> None:
    assert found(shape_column(["bad"], "number", map={"bad": "worse"})) == [("value.number", 2, "A2", "bad")]


def test_declared_texts_mean_no_value(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["..", "#N/A", "5"], "number", fmt={"missing": ["..", "#N/A"]})
    assert shaped.frame["x"].isna().tolist() == [True, True, False]
    assert not shaped.findings


def test_required_cells_must_be_filled(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["a", None, " \u200f", "..", "b"], "text", required=True, fmt={"missing": [".."]})
    assert [(rule, row) for rule, row, _, _ in found(shaped)] == [("value.required", row) for row in (3, 4, 5)]


def test_text_stays_as_typed_but_for_its_ends(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column([" \u200fعمّـان  الغربية\n", "a\nb"], "place")
    assert shaped.frame["x"].tolist() == ["عمّـان  الغربية", "a\nb"]
    assert shaped.raw["x"].tolist() == [" \u200fعمّـان  الغربية\n", "a\nb"]


def test_a_constant_that_cannot_be_read_is_a_fault_of_the_definition() -> None:
    part = part_of(Column(field="a"), Column(field="n", constant="many", type="integer"))
    with pytest.raises(DefinitionError, match="field `n`: constant: expected a value of type integer, got `many`"):
        shape_table(table_of({"a": ["1"]}), part)


KINDS = {
    "text": "str",
    "code": "str",
    "organisation": "str",
    "place": "str",
    "indicator": "str",
    "number": "float64",
    "money": "float64",
    "integer": "Int64",
    "flag": "boolean",
    "date": "datetime64[ns]",
    "period": "str",
}


@pytest.mark.parametrize("texts", [["1"], [None, None], []])
def test_every_type_has_its_column_type_even_without_values(texts: list[str | None]) -> None:
    columns = [Column(field=f"{kind}_x", heading="x") for kind in KINDS]
    shaped = shape_table(table_of({"x": texts}), part_of(*columns), {f"{kind}_x": kind for kind in KINDS})
    types = shaped.frame.dtypes.astype("str").to_dict()
    assert {kind: types[f"{kind}_x"] for kind in KINDS} == KINDS
    assert (types["period_x_start"], types["period_x_end"]) == ("datetime64[ns]", "datetime64[ns]")
    assert types["money_x_currency"] == "str"
    assert len(shaped.frame) == len(shaped.raw) == len(shaped.row_numbers) == len(texts)
    assert shaped.frame.index.tolist() == list(range(len(texts)))


CELLS = (
    st.none()
    | st.text(max_size=12)
    | st.sampled_from(["1,5", "(2)", "٣٫٥", "£5", "2026-Q2", "#REF!", "3 آذار 2026", "a;b", ";", "نعم", "1e400"])
)


@settings(max_examples=50)
@given(st.just([]) | st.lists(st.tuples(CELLS, CELLS), min_size=12, max_size=60), st.booleans())
def test_shaping_never_fails_whatever_the_cells_hold(rows: list[tuple[str | None, str | None]], is_wide: bool) -> None:
    table = table_of(
        {"k": [f"k{place}" for place in range(len(rows))], "x": [a for a, _ in rows], "y": [b for _, b in rows]}
    )
    unpivoted = Unpivot(columns=r"(?P<col>[xy])", value="x") if is_wide else None
    columns = [Column(field="k", split=";")]
    columns += [Column(field=f"{kind}_x", heading="x", minimum=0, scale=2, required=True) for kind in KINDS]
    columns += [Column(field="spend", heading="x", type="money"), Column(field="spend_currency", heading="x")]
    columns += [Column(field="parts", heading="y", split=";")]
    shaped = shape_table(table, part_of(*columns, unpivot=unpivoted), {f"{kind}_x": kind for kind in KINDS})
    assert len(shaped.frame) == len(shaped.raw) == len(shaped.row_numbers)
    assert set(shaped.row_numbers) <= set(table.row_numbers)
    assert list(shaped.findings.to_frame().columns) == FINDING_COLUMNS
    held = shaped.findings.holds("Data", shaped.row_numbers)
    for kind in ("number", "integer", "date", "flag", "money", "period"):
        assert held[shaped.frame[f"{kind}_x"].isna()].all()


@given(st.lists(st.text(min_size=1, max_size=10), unique=True, max_size=5))
def test_shaping_never_fails_whatever_the_headings(headings: list[str]) -> None:
    table = table_of({heading: ["1"] for heading in headings})
    table = RawTable("Data", table.cells, np.arange(2, 2 + len(table.cells)), table.positions)
    shaped = shape_table(table, part_of(Column(field="x"), Column(field="y", heading=["Y", "@file"]), unpivot=PERIODS))
    assert len(shaped.frame) == len(table.cells)
