"""Of a larger file only the rows that a part asks for are read, whatever kind it is; how many are left out is told."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from pydantic import ValidationError

from idtracker.ingest.read.reading import read

ROWS = [["Land", "id", "value"], ["Jordan", "1", "10"], ["Iraq", "2", "20"], ["JORDAN ", "3", "30"], ["", "4", "40"]]


def as_text(rows):
    return "\n".join(",".join(cells) for cells in rows).encode()


def as_workbook(rows):
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def as_json(rows):
    return json.dumps([dict(zip(rows[0], cells, strict=True)) for cells in rows[1:]]).encode()


def as_tagged(rows):
    return as_text([rows[0], ["#country", "#meta+id", "#indicator"], *rows[1:]])


def ids(reading):
    (table,) = reading.tables["activity"]
    return list(table.cells[next(h for h in table.headings if h in ("id", "#meta+id"))])


def told(reading):
    return [(g.rule.id, g.details.get("count")) for g in reading.findings.groups]


@pytest.mark.parametrize(
    ("kind", "write", "heading"),
    [
        ("csv", as_text, "Land"),
        ("xlsx", as_workbook, " land"),
        ("json", as_json, "Land"),
        ("hxl", as_tagged, "#country"),
    ],
)
@pytest.mark.parametrize(
    ("values", "left"),
    [("Jordan", ["1", "3"]), (["jordan", "IRAQ"], ["1", "2", "3"]), (["Iraq", ""], ["2", "4"]), (["Jordan", "Iraq", ""], ["1", "2", "3", "4"])],
)  # fmt: skip
def test_rows_of_other_values_are_left_out_and_counted(kind, write, heading, values, left, define):
    source = define(kind, "#meta+id" if kind == "hxl" else "id", where={heading: values})
    reading = read(write(ROWS), "f", source)
    assert ids(reading) == left
    assert told(reading) == ([("file.rows_left_out", str(4 - len(left)))] if len(left) < 4 else [])


def test_every_heading_must_fit_and_numbers_may_be_plain(define):
    reading = read(as_text(ROWS), "f", define("csv", "id", where={"Land": "Jordan", "value": [30, 20]}))
    assert (ids(reading), reading.tables["activity"][0].row_numbers.tolist()) == (["3"], [4])


def test_records_are_asked_for_by_what_stands_around_them(define):
    document = {"lands": [{"iso": "JO", "rows": [{"id": "1"}, {"id": "2"}]}, {"iso": "IQ", "rows": [{"id": "3"}]}]}
    source = define("json", "id", layout={"records": "lands[].rows"}, where={"iso": "jo"})
    assert ids(read(json.dumps(document).encode(), "f", source)) == ["1", "2"]


def test_activities_of_an_aid_file(define):
    activity = "<iati-activity><iati-identifier>{}</iati-identifier><recipient-country code='{}'/></iati-activity>"
    content = (
        f"<iati-activities version='2.03'>{activity.format('A', 'JO')}{activity.format('B', 'LB')}</iati-activities>"
    )
    layout = {"sheet": "activity"}
    reading = read(content.encode(), "f", define("iati", "iati-identifier", layout=layout, where={"recipient-country": "JO"}))  # fmt: skip
    assert reading.tables["activity"][0].cells["iati-identifier"].tolist() == ["A"]


def test_a_file_of_which_nothing_is_left_says_what_it_holds(define):
    reading = read(as_text(ROWS), "f", define("csv", "id", where={"Land": ["JOR", "JO"]}))
    (group,) = reading.findings.groups
    assert (group.rule.id, len(reading.tables["activity"][0])) == ("file.none_left", 0)
    assert "“Land” should be JOR, JO, and is Jordan, Iraq, JORDAN." in group.message()


def test_a_heading_that_is_missing_refuses_the_file(define):
    (group,) = read(as_text(ROWS), "f", define("csv", "id", where={"Country": "Jordan"})).findings.groups
    assert (group.rule.id, group.column) == ("heading.missing", "Country")


@pytest.mark.parametrize("where", [{"@sheet": "x"}, {"Land": []}, {"Land": True}, {"Land": 1.5}])
def test_what_cannot_be_asked_for(where, define):
    with pytest.raises(ValidationError):
        define("csv", "id", where=where)
