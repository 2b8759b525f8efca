"""JSON records to tables."""

from __future__ import annotations

import json

import pytest

from idtracker.ingest.read.reading import read


def rows_of(table):
    return [[None if c != c else c for c in row] for row in table.cells.to_numpy().tolist()]


def test_nested_objects_and_plain_lists(table, define):
    record = '{"id": 1.50, "big": 12345678901234567890, "ok": true, "a": {"b": {"c": " x "}}, "tags": ["u", 2, null]}'
    read_table = table(f'[{record}, {{}}, {{"id": "", "ok": null}}, {{"id": 1e3, "new": false}}]', define("json"))
    assert read_table.headings == ["id", "big", "ok", "a.b.c", "tags", "new"]
    assert rows_of(read_table) == [
        ["1.50", "12345678901234567890", "true", "x", "u;2", None],
        ["1e3", None, None, None, None, "false"],
    ]
    assert read_table.row_numbers.tolist() == [1, 4]


def test_form_questions_keep_their_group(table, define):
    read_table = table('[{"_id": 7, "group/age": "20", "group/rep": [{"group/rep/x": 1}]}]', define("json", "_id"))
    assert read_table.headings == ["_id", "group/age"]


def test_the_only_list_of_records_is_found(table, define):
    document = {"meta": {"count": 2, "flags": [1, 2]}, "result": {"records": [{"id": "a"}, {"id": "b"}]}}
    assert len(table(json.dumps(document), define("json"))) == 2


def test_of_several_lists_the_one_with_known_headings_is_taken(table, define):
    document = {"choices": [{"name": "x"}], "submissions": [{"id": "a"}]}
    assert rows_of(table(json.dumps(document), define("json"))) == [["a"]]


def test_json_lines(table, define):
    assert rows_of(table('{"id": 1}\n\n{"id": 2}\n', define("json"))) == [["1"], ["2"]]


NESTED = {
    "quarter": "2026-Q1",
    "activities": [
        {"id": "A", "site": {"name": "Irbid"}, "results": [{"id": "r1", "n": 1}, {"id": "r2", "n": 2}]},
        {"id": "B", "results": [{"id": "r3", "n": 3}]},
        {"id": "C"},
    ],
}


@pytest.mark.parametrize("path", ["activities[].results", "activities.results[]"])
def test_inner_records_see_the_records_around_them(path, table, define):
    source = define("json", "id", "../id", "site.name", "quarter", layout={"records": path})
    read_table = table(json.dumps(NESTED), source)
    assert read_table.sheet == path
    assert read_table.cells[["id", "n", "../id", "quarter"]].to_numpy().tolist() == [
        ["r1", "1", "A", "2026-Q1"],
        ["r2", "2", "A", "2026-Q1"],
        ["r3", "3", "B", "2026-Q1"],
    ]
    assert read_table.cells["site.name"].tolist()[:2] == ["Irbid", "Irbid"]
    assert read_table.cells["site.name"].isna().tolist() == [False, False, True]
    assert read_table.row_numbers.tolist() == [1, 2, 3]


def test_fields_around_are_left_out_unless_named(table, define):
    assert table(json.dumps(NESTED), define("json", layout={"records": "activities"})).headings == ["id", "site.name"]


def test_two_parts_of_one_document(define):
    outer = {"name": "outer", "feeds": "activity", "key": ["id"], "columns": [{"field": "id"}]}
    outer["layout"] = {"records": "activities"}
    inner = {**outer, "name": "inner", "layout": {"records": "activities[].results"}}
    reading = read(json.dumps(NESTED).encode(), "f", define("json", parts=[outer, inner]))
    assert {k: len(v[0]) for k, v in reading.tables.items()} == {"outer": 3, "inner": 3}


def test_a_path_that_leads_nowhere(define):
    reading = read(b'{"a": [{"id": 1}], "b": 2}', "f", define("json", layout={"records": "c.d"}))
    (group,) = reading.findings.groups
    assert (group.rule.id, group.details) == ("file.sheet_missing", {"expected": "c.d", "found": "a, b"})
    optional = define("json", layout={"records": "c"}, optional=True)
    assert not read(b'{"a": [{"id": 1}]}', "f", optional).findings


def test_an_empty_list_beside_a_filled_one_has_the_declared_headings(define):
    part = {"feeds": "activity", "key": ["id"], "columns": [{"field": "id"}], "layout": {"records": "a"}}
    other = {**part, "name": "other", "layout": {"records": "b"}}
    reading = read(b'{"a": [{"id": 1}], "b": []}', "f", define("json", parts=[part, other]))
    (empty,) = reading.tables["other"]
    assert (empty.headings, len(empty)) == (["id"], 0)


@pytest.mark.parametrize("content", ["[{}]", '{"records": [{}, {}]}'])
def test_records_that_say_nothing_are_no_report(content, refused, define):
    layout = {"records": "records"} if content.startswith("{") else {}
    assert refused(content, define("json", layout=layout)) == ("file.empty", {})


@pytest.mark.parametrize("path", ["", "records"])
def test_a_list_of_no_records_has_the_declared_headings(path, table, define):
    layout = {"records": path} if path else {}
    read_table = table('{"count": 0, "records": []}', define("json", "id", "a", layout=layout))
    assert (read_table.headings, len(read_table)) == (["id", "a"], 0)


def test_the_api_of_the_world_bank_is_a_list_of_two(table, define):
    content = '[{"page": 1, "pages": 1, "total": 2}, [{"id": 1, "date": "2024"}, {"id": 2, "date": "2023"}]]'
    for layout in ({}, {"records": "records"}):
        assert table(content, define("json", "id", layout=layout)).cells["id"].tolist() == ["1", "2"]
    assert len(table('[{"page": 0, "total": 0}, null]', define("json", "id"))) == 0


def test_a_page_of_several_of_the_world_bank_says_so(found, define):
    content = '[{"page": 1, "pages": 6, "per_page": 50, "total": 266}, [{"id": 1}]]'
    assert found(content, define("json", "id"))[1] == ["file.incomplete"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[{"id": 1,}]', "it is not valid JSON (line 1, column 11)"),
        ('[{"id": "secret"', "it is not valid JSON (line 1, column 17)"),
        ("[1, 2]", "a list that should hold records holds plain values"),
        ('[{"id": 1}, 5]', "a list that should hold records holds plain values"),
        ("[" * 100_000, "the JSON is nested too deeply"),
    ],
)
def test_what_is_no_list_of_records(content, reason, refused, define):
    assert refused(content, define("json")) == ("file.unreadable", {"reason": reason})


def test_deep_objects_never_raise(define):
    for depth in (300, 900, 990):
        content = '[{"id": 1, "a": ' + '{"a": ' * depth + "1" + "}" * depth + "}]"
        reading = read(content.encode(), "f", define("json"))
        assert reading.tables or reading.findings.is_critical


def test_half_a_surrogate_pair_is_replaced(table, define):
    read_table = table(r'[{"id": "a\ud800b", "\udfff": 1}]', define("json"))
    assert (read_table.headings, rows_of(read_table)) == (["id", "\ufffd"], [["a\ufffdb", "1"]])


def test_declared_missing_values(table, define):
    read_table = table('[{"id": "n/a", "v": 1}]', define("json", format={"missing": ["n/a"]}))
    assert rows_of(read_table) == [[None, "1"]]
