"""Delimited text to tables."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from idtracker.ingest.read.cells import clean
from idtracker.ingest.read.reading import read
from idtracker.ingest.read.text.separated import OpenQuoteError, parse_at_once, parse_by_record
from idtracker.model.config.source import Column


def rows_of(table):
    return [[None if c != c else c for c in row] for row in table.cells.to_numpy().tolist()]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_quotes_and_blanks(end, table, define):
    text = end.join(["id,name,note", '1," a ","x, ""y"""', "", f'2,"two{end}lines",', "  ,\t,\u00a0", "3,,z"])
    read_table = table(text + end, define("csv"))
    assert read_table.sheet == ""
    assert read_table.headings == ["id", "name", "note"]
    assert rows_of(read_table) == [["1", "a", 'x, "y"'], ["2", f"two{end}lines", None], ["3", None, "z"]]
    assert read_table.row_numbers.tolist() == [2, 4, 6]
    assert read_table.row_numbers.dtype == np.int64
    assert read_table.positions == {"id": 0, "name": 1, "note": 2}
    assert all(str(t) == "str" for t in read_table.cells.dtypes)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_detected(delimiter, table, define):
    text = f"id{delimiter}amount\n1{delimiter}'1.5'\n2{delimiter}'2.5'\n"
    assert rows_of(table(text, define("csv"))) == [["1", "'1.5'"], ["2", "'2.5'"]]


def test_decimal_commas_do_not_win_over_the_headings(table, define):
    assert table("id;value\n1;1,5\n2;2,5\n3;7,5\n", define("csv", "id", "value")).headings == ["id", "value"]


def test_the_separator_line_of_excel(table, define):
    read_table = table("sep=;\nid;a\n1;x,y\n", define("csv"))
    assert rows_of(read_table) == [["1", "x,y"]]
    assert read_table.row_numbers.tolist() == [3]


def test_a_declared_delimiter_that_does_not_fit_is_reported(define):
    reading = read(b"id;a\n1;2\n", "f", define("csv", format={"delimiter": ","}))
    (group,) = reading.findings.groups
    assert group.rule.id == "file.delimiter"
    assert group.message("en").startswith("Cells are separated by semicolon, not by the declared comma")
    assert "فاصلة منقوطة" in group.message("ar")
    assert reading.tables["activity"][0].headings == ["id", "a"]


@pytest.mark.parametrize(
    ("written", "separator"),
    [
        ("\t", "\t"),
        ("tab", "\t"),
        ("Tab", "\t"),
        (r"\t", "\t"),
        (" ", " "),
        ("،", "،"),
        ("¦", "¦"),
        ("^", "^"),
        ("\x1f", "\x1f"),
    ],
)
def test_every_character_can_be_declared_as_the_delimiter(written, separator, found, define):
    text = "\n".join(separator.join(row) for row in [("id", "a"), ("1", "x,y"), ("2", "z;w")])
    read_table, rules = found(text, define("csv", "id", "a", format={"delimiter": written}))
    assert (rules, rows_of(read_table)) == ([], [["1", "x,y"], ["2", "z;w"]])


@pytest.mark.parametrize("written", ['"', "\n", "\r\n", "\0"])
def test_what_cannot_separate_cells_cannot_be_declared(written, define):
    with pytest.raises(ValueError, match="cannot separate cells"):
        define("csv", format={"delimiter": written})


def test_a_declared_delimiter_that_the_file_lacks_is_reported_where_no_other_fits(found, define):
    _, rules = found("id a\n1 2\n", define("csv", "id", "a", format={"delimiter": "tab"}))
    assert rules == ["file.delimiter_absent"]
    _, rules = found("id\n1\n2\n", define("csv", "id", format={"delimiter": "tab"}))
    assert rules == []


@pytest.mark.parametrize(("written", "kept"), [("tab", "\t"), ("\t", "\t"), ("\n", "\n"), (" ", ""), (" | ", "|")])
def test_a_separator_within_cells_stays_as_written(written, kept):
    assert Column(field="place", split=written).split == kept


def test_a_declared_delimiter_that_separates_stands(table, define):
    assert table("id|a;b\n1|2;3\n", define("csv", format={"delimiter": "|"})).headings == ["id", "a;b"]


def test_decimal_commas_do_not_make_a_comma_fit(found, define):
    read_table, rules = found("id;a\n1;2,5\n2;3,5\n", define("csv", format={"delimiter": ","}))
    assert rules == ["file.delimiter"]
    assert rows_of(read_table) == [["1", "2,5"], ["2", "3,5"]]


def test_a_misfit_is_seen_without_any_known_heading(found, define):
    read_table, rules = found("x;a\n1;2\n2;3\n", define("csv", format={"delimiter": ","}))
    assert (rules, read_table.headings) == (["file.delimiter"], ["x", "a"])


def test_commas_inside_the_only_column_are_no_separator(table, define):
    read_table = table("id\nAmman, Jordan\nIrbid, Jordan\n", define("csv", format={"delimiter": ";"}))
    assert rows_of(read_table) == [["Amman, Jordan"], ["Irbid, Jordan"]]


def test_a_single_column_is_no_misfit(table, define):
    assert rows_of(table("id\n1\n2\n", define("csv", format={"delimiter": ","}))) == [["1"], ["2"]]


def test_ragged_rows_stay_and_are_reported(define):
    reading = read(b"id,a\n1,2,3\n2\n3,4\n5,,,\n,,x\n", "f", define("csv"))
    said = [(group.rule.id, list(group.rows)) for group in reading.findings.groups]
    assert said == [("row.ragged", [2, 6]), ("row.trailing_cells", [5])]
    read_table = reading.tables["activity"][0]
    assert rows_of(read_table) == [["1", "2"], ["2", None], ["3", "4"], ["5", None], [None, None]]


@pytest.mark.parametrize("last", ["3,4,\n", "\n"])
def test_a_separator_at_the_end_of_every_row_is_no_cell(last, table, define):
    assert table("id,a\n1,2,\n2,3,\n" + last, define("csv")).headings == ["id", "a"]


def test_headings_further_down_are_found(table, define):
    text = "Report of the border agency\nid,only one\n\nid, place ,people\n7,Irbid,3\n"
    read_table = table(text, define("csv", "ID", "place", "people"))
    assert read_table.headings == ["id", "place", "people"]
    assert read_table.row_numbers.tolist() == [5]


def test_half_of_the_required_headings_must_be_there(table, define):
    columns = [{"field": f, "required": True} for f in ("f0", "b", "c", "d")]
    text = "a,b,x\nf0,y,z\nu,v,w\n"
    assert table(text, define("csv", columns=columns)).headings == ["a", "b", "x"]
    assert table(text.replace("y", "c"), define("csv", columns=columns)).headings == ["f0", "c", "z"]


def test_declared_layout(table, define):
    text = "x,,\nTarget,,Actual\nid,a,\n(code),t,u\n1,2,3\nSubtotal,9,9\n2,2,2\nTotal,9,9\n3,3,3\n"
    layout = {"header_rows": [2, 3], "data_row": 5, "skip_rows": "Sub", "stop_at": "Total"}
    read_table = table(text, define("csv", layout=layout))
    assert read_table.headings == ["Target / id", "Target / a", "Actual"]
    assert read_table.row_numbers.tolist() == [5, 7]


def test_duplicate_and_blank_headings(table, define):
    read_table = table("id,a,,a,\n1,2,3,4,\n", define("csv"))
    assert read_table.headings == ["id", "a", "(C)"]
    assert rows_of(read_table) == [["1", "2", "3"]]
    assert read_table.duplicates == {"a": [1, 3]}
    assert read_table.positions == {"id": 0, "a": 1, "(C)": 2}


def test_marks_around_headings_go_and_cells_keep_theirs(table, define):
    read_table = table("\ufeff\u200eid\u200f,\u00a0name \n\u200f1,\u200fعمّان\u00a0\n", define("csv"))
    assert read_table.headings == ["id", "name"]
    assert rows_of(read_table) == [["\u200f1", "\u200fعمّان"]]


def test_declared_missing_values(table, define):
    read_table = table("id,a\n1,..\n2, #N/A \n3,0\n..,..\n", define("csv", format={"missing": ["..", "#N/A"]}))
    assert rows_of(read_table) == [["1", None], ["2", None], ["3", "0"], [None, None]]


def test_a_tag_row_below_the_headings_is_no_data(table, define):
    read_table = table("id,name\n#activity+code,#org\n1,x\n", define("csv"))
    assert read_table.row_numbers.tolist() == [3]


def test_headings_alone_make_an_empty_table(table, define):
    read_table = table("id,name\n", define("csv"))
    assert (read_table.headings, len(read_table)) == (["id", "name"], 0)


def test_header_rows_beyond_the_end(table, define):
    read_table = table("id\n1\n", define("csv", layout={"header_rows": [9]}))
    assert (read_table.headings, len(read_table)) == ([], 0)


def test_an_optional_part_without_its_headings_is_absent(define):
    part = {"feeds": "activity", "key": ["id"], "columns": [{"field": "id"}]}
    other = {**part, "name": "other", "optional": True, "columns": [{"field": "zz"}], "key": ["zz"]}
    reading = read(b"id\n1\n", "f", define("csv", parts=[part, other]))
    assert list(reading.tables) == ["activity"]


def test_a_cell_of_any_length(found, define):
    read_table, rules = found("id,a\n1," + "x" * 300_000 + "\n2,y,\n", define("csv"))
    assert (len(read_table.cells["a"][0]), rules) == (300_000, ["row.trailing_cells"])


def both_ways(text, width):
    by_record = parse_by_record(text, ",", width, 2)
    at_once = parse_at_once(text, ",", width)
    wanted = [clean(c).to_pylist() for c in by_record.columns]
    return at_once and [clean(c).to_pylist() for c in at_once], wanted, by_record.ragged


@settings(max_examples=400)
@given(st.text(st.sampled_from('ab",,\n\r \u00a0é'), max_size=24), st.integers(1, 4))
@example('"a",b\n"c ""d""",\r\n', 2)
@example("a,b,\nc,d,\n", 2)
@example("\n\na,b\n", 2)
def test_both_ways_of_parsing_agree(text, width):
    try:
        fast, slow, ragged = both_ways(text, width)
    except OpenQuoteError:
        assert parse_at_once(text, ",", width) is None
        return
    if fast is not None:
        assert ragged == []
        assert fast == slow


def test_the_fast_way_is_taken_for_quoted_text():
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[str(i), 'say "hi", twice\nat least', ""] for i in range(500)])
    fast, slow, _ = both_ways(buffer.getvalue(), 3)
    assert fast == slow
    assert len(fast[0]) == 500
