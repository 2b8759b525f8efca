"""Every limit refuses the file with the limit and the figure, in both languages, and nothing of it is read."""

from __future__ import annotations

import pytest

from idtracker.ingest.read.reading import read
from idtracker.model.config.limits import Limits

NESTED = b'[{"id": ' + b"[" * 9 + b"1" + b"]" * 9 + b"}]"
WIDE_TABLE = b"<table><tr><td colspan=99>id</td></tr></table>"


@pytest.mark.parametrize(
    ("kind", "content", "limits", "limit", "found"),
    [
        ("csv", b"id\n1\n", {"file_bytes": 1}, "1 MB", "1 MB"),
        ("csv", b"id,a,b\n1,2,3\n", {"columns": 2}, "2 columns", "3 columns"),
        ("csv", b"id\n1," + b"," * 500 + b"\n", {"columns": 100}, "100 columns", "502 columns"),
        ("csv", b"id,a\n1,2\n3,4\n5,6\n", {"rows": 2}, "2 rows", "3 rows"),
        ("csv", b"id,a\n1,2\n3,4,5\n5,6\n", {"rows": 2}, "2 rows", "4 rows"),
        ("csv", b"id,a\n" + b"\n" * 60_000, {"rows": 50_000}, "50,000 rows", "50,001 rows"),
        ("csv", b"id,a\n1,2\n3,4\n", {"cells": 3}, "3 cells", "4 cells"),
        ("csv", b"id\n" + b"x" * 600 + b"\n", {"cell_characters": 500}, "500 characters in a cell", "600 characters in a cell"),
        ("csv", b'id\n"' + b"x\n" * 600 + b'"\n', {"cell_characters": 500},
         "500 characters in a cell", "1,200 characters in a cell"),
        ("json", b'[{"id": 1}, {"id": 2}]', {"values": 2}, "2 values", "4 values"),
        ("json", NESTED, {"depth": 8}, "8 levels of nesting", "more than 8 levels of nesting"),
        ("json", b'[{"id": "xxxxx"}]', {"cell_characters": 4}, "4 characters in a cell", "5 characters in a cell"),
        ("json", b'[{"id": 1}, {"id": 2}]', {"rows": 1}, "1 rows", "2 rows"),
        ("csv", WIDE_TABLE, {"columns": 50}, "50 columns", "99 columns"),
        ("csv", b"<table>" + b"<tr><td>id" * 9 + b"</table>", {"rows": 8}, "8 rows", "9 rows"),
        ("csv", b"<table>" + b"<tr><td>id" * 9 + b"</table>", {"values": 8}, "8 tags in one record", "20 tags"),
        ("iati", b"<iati-activities>" + b"<iati-activity><title/></iati-activity>" * 9 + b"</iati-activities>",
         {"values": 3}, "3 tags in one record", "4 tags"),
    ],
)  # fmt: skip
def test_each_limit_refuses_the_file(kind, content, limits, limit, found, define):
    reading = read(content, "file", define(kind), Limits(**limits))
    (group,) = reading.findings.groups
    assert (group.rule.id, group.details["limit"], group.details["found"]) == ("file.too_large", limit, found)
    assert {"limit_ar", "found_ar"} <= set(group.details)
    assert reading.tables == {}


def test_what_is_just_within_the_limits_is_read(define):
    limits = Limits(columns=2, rows=2, cells=6, cell_characters=4, file_bytes=100)
    reading = read(b"id,a\n1,2222\n3,4\n", "file", define("csv"), limits)
    assert not reading.findings
    assert len(reading.tables["activity"][0]) == 2


def test_separators_inside_quotation_marks_are_no_columns(define):
    polygon = ", ".join(f"{i} {i}" for i in range(400))
    content = f'id,shape\n1,"{polygon}"\n2,"{polygon}\n{polygon}"\n'.encode()
    reading = read(content, "file", define("csv"), Limits(columns=100))
    assert not reading.findings
    assert reading.tables["activity"][0].cells["shape"][0] == polygon


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_json_without_end_or_bottom(opening, define, refused):
    assert refused(opening * 200_000, define("json"))[0] == "file.unreadable"


def test_many_long_lines_take_no_time_each(define):
    line = b'1,"' + b"x," * 10_000 + b'"\n'
    reading = read(b"id,a\n" + line * 300, "file", define("csv"))
    assert len(reading.tables["activity"][0]) == 300
