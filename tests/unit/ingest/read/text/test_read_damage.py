"""Delimited text that is written in its own way, or damaged: the rest is read and the damage is said."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from idtracker.ingest.read.reading import read
from idtracker.ingest.read.text.mending import mend
from idtracker.ingest.read.text.separated import records_of
from idtracker.model.config.limits import Limits


def rows_of(table):
    return [[None if c != c else c for c in row] for row in table.cells.to_numpy().tolist()]


def rules_and_rows(reading):
    return [(g.rule.id, list(g.rows)) for g in reading.findings.groups]


@pytest.mark.parametrize("kind", ["csv", "hxl"])
@pytest.mark.parametrize("rows_before", [0, 3, 200])
def test_a_quotation_mark_that_is_never_closed_holds_its_row(rows_before, kind, define):
    heading = "id,a\n" if kind == "csv" else "#id,#a\n"
    text = heading + "1,2\n" * rows_before + '7,"open\n8,9\n10,"two\nlines"\n'
    reading = read(text.encode(), "f", define(kind, *(["#id"] if kind == "hxl" else [])))
    assert rules_and_rows(reading) == [("row.damaged", [rows_before + 2])]
    table = reading.tables["activity"][0]
    assert rows_of(table)[rows_before:] == [["7", '"open'], ["8", "9"], ["10", "two\nlines"]]
    assert table.row_numbers.tolist()[rows_before:] == [rows_before + 2, rows_before + 3, rows_before + 4]


def test_two_open_marks_do_not_swallow_what_is_between_them(define):
    text = 'id,a,b\n7,"open,x\n8,1,2\n9,"open2,x\n10,3,4\n'
    reading = read(text.encode(), "f", define("csv"))
    assert rules_and_rows(reading) == [("row.damaged", [2, 4])]
    assert rows_of(reading.tables["activity"][0])[1::2] == [["8", "1", "2"], ["10", "3", "4"]]


def test_a_swallowed_file_is_no_huge_cell(define):
    text = 'id,a\n7,"open\n' + "8,9\n" * 1_000
    reading = read(text.encode(), "f", define("csv"), Limits(cell_characters=500))
    assert rules_and_rows(reading) == [("row.damaged", [2])]
    assert len(reading.tables["activity"][0]) == 1_001


@pytest.mark.parametrize(
    "text",
    ['id,a\n1,5" pipe\n2,6" pipe\n3,"x"\n', 'id,a\n1,"b,\nc,d"\n2,"e\n\nf,g"\n', 'id,a\n1,"say ""x"",\n"\n2,b\n'],
)
def test_what_only_looks_damaged_is_read_as_it_is(text, table, define):
    expected = list(csv.reader(io.StringIO(text)))[1:]
    assert rows_of(table(text, define("csv"))) == expected


@settings(max_examples=200)
@given(
    st.lists(
        st.lists(st.text(st.sampled_from('ab",\n \u00e9'), max_size=3), min_size=3, max_size=3), min_size=1, max_size=8
    )
)
def test_sound_text_needs_no_mending(records):
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["x", "y", "z"], *records])
    assert mend(written.getvalue(), ",") == (written.getvalue(), [])


@settings(max_examples=300)
@given(st.text(st.sampled_from('ab",;\n\r é'), max_size=60))
@example('"\r"\r,"')
def test_mended_text_can_be_parsed(text):
    mended, damaged = mend(text, ",")
    records = list(records_of(mended, ","))
    assert all(1 <= n <= len(records) for n in damaged)
    assert sum(len(c) for r in records for c in r) <= len(text)


def test_backslashes_before_quotation_marks(define):
    text = 'id,a,b\n1,"the \\"new\\" clinic, north",3\n2,"say \\"x\\", y",4\n3,plain,5\n'
    reading = read(text.encode(), "f", define("csv"))
    assert rules_and_rows(reading) == [("file.quoting", [])]
    assert rows_of(reading.tables["activity"][0])[:2] == [
        ["1", 'the "new" clinic, north', "3"],
        ["2", 'say "x", y', "4"],
    ]


def test_backslashes_inside_doubled_quotation_marks_stay(table, define):
    document = json.dumps({"a": 'x "y", z', "b": [1, 2]})
    written = io.StringIO()
    csv.writer(written).writerows([["id", "json"], ["1", document], ["2", document]])
    assert rows_of(table(written.getvalue(), define("csv"))) == [["1", document], ["2", document]]


@pytest.mark.parametrize("separator", ["||", "|~|", "::"])
def test_a_separator_of_several_characters(separator, table, define):
    text = f'id{separator}a\n1{separator}"x{separator}y"\n2{separator}z\n'
    source = define("csv", format={"delimiter": separator})
    assert rows_of(table(text, source)) == [["1", f"x{separator}y"], ["2", "z"]]


@pytest.mark.parametrize("separator", ["^", "~", "\x1f", ":"])
def test_rare_separators_are_found_where_no_common_one_separates(separator, table, define):
    assert rows_of(table(f"id{separator}a\n1{separator}x\n", define("csv"))) == [["1", "x"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_declared_comments_are_no_rows(end, table, define):
    text = end.join(["# made on Monday, by hand", "id,a", "1,2", '  # "half, a note', "3,#4", ""])
    read_table = table(text, define("csv", format={"comment": "#"}))
    assert rows_of(read_table) == [["1", "2"], ["3", "#4"]]
    assert read_table.row_numbers.tolist() == [3, 5]


def test_mixed_line_ends_and_nul_characters(table, define):
    assert rows_of(table(b"id,a\r1,\x002\n3,4\r\n5,6", define("csv"))) == [["1", "2"], ["3", "4"], ["5", "6"]]


SPECTRUM = [
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines", "newlines_crlf", "quotes_and_newlines",
    "simple", "simple_crlf", "utf8",
]  # fmt: skip


@pytest.mark.parametrize("name", SPECTRUM)
def test_the_spectrum_of_csv_says_what_it_must(name, shared, define):
    folder = shared / "09_dirty/csv-spectrum"
    expected = json.loads((folder / f"{name}.json").read_text("utf-8"))
    ((table,),) = read((folder / f"{name}.csv").read_bytes(), f"{name}.csv", define("csv")).tables.values()
    found = [{h: "" if c != c else c for h, c in row.items()} for row in table.cells.to_dict("records")]
    assert [{k: v.replace("\r\n", "\n") for k, v in r.items()} for r in found] == [
        {k: v.strip().replace("\r\n", "\n") for k, v in r.items()} for r in expected
    ]
