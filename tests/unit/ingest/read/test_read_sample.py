"""A first look into files that no source describes: kind, tables, headings and first values."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from idtracker.ingest.read.sample import SAMPLED_ROWS, heading_rows, sample_file
from idtracker.model.errors import UsageError


def csv_of(*rows: str) -> bytes:
    return ("\n".join(rows) + "\n").encode()


def workbook(path: Path, **sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path.read_bytes()


def test_delimited_text_is_one_table_without_a_sheet() -> None:
    sampled = sample_file(csv_of("Ref;Area;Value", "A;Zarqa;1,5", "B;;"), "a.csv")
    assert (sampled.kind, sampled.encoding) == ("csv", "utf-8")
    (table,) = sampled.tables
    assert (table.sheet, table.columns) == ("", {"Ref": ["A", "B"], "Area": ["Zarqa", ""], "Value": ["1,5", ""]})


def test_only_the_first_values_are_taken_and_every_list_is_as_long() -> None:
    sampled = sample_file(csv_of("Ref,Value", *(f"R{n},{n}" for n in range(200))), "a.csv")
    assert {len(v) for v in sampled.tables[0].columns.values()} == {SAMPLED_ROWS}


def test_the_encoding_is_told() -> None:
    assert sample_file("الرقم,المحافظة\n1,عمان\n".encode("cp1256"), "a.csv").encoding == "windows-1256"


@pytest.mark.parametrize(
    "head, rows",
    [
        ([["Ref", "Area"], ["A", "Zarqa"]], [1]),
        ([["Return of a department", ""], [], ["Ref", "Area", "Value"], ["A", "Zarqa", "1"]], [3]),
        ([["Country", "2020", "2021", "2022"], ["Jordan", "1", "2", "3"]], [1]),
        ([["", "", "2020", "2020", "2021", "2021"], ["Area", "Code", "Low", "High", "Low", "High"], ["Z", "z", *"1234"]], [1, 2]),
        ([["Area", "Interval", ""], ["", "Low", "High"], ["Zarqa", "1", "2"]], [1, 2]),
        ([["Ref", "Area"]], []),
        ([["1", "2"], ["3", "4"]], []),
        ([], []),
    ],
    ids=["first row", "below a banner", "periods across", "two rows that repeat", "two rows that cover", "no data", "no words", "nothing"],
)  # fmt: skip
def test_the_rows_of_the_headings_are_found(head: list[list[str]], rows: list[int]) -> None:
    assert heading_rows(head) == rows


def test_headings_that_stand_twice_name_no_column() -> None:
    sampled = sample_file(csv_of("Ref,Area,Value,Value", "A,Zarqa,1,2"), "a.csv")
    assert list(sampled.tables[0].columns) == ["Ref", "Area"]


def test_each_sheet_with_a_table_is_a_sample(tmp_path: Path) -> None:
    content = workbook(
        tmp_path / "a.xlsx",
        Notes=[["Only a remark"]],
        Data=[["Ref", "Area"], ["A", "Zarqa"]],
        Wide=[["", "", "2020", "2020", "2021", "2021"], ["Area", "Code", "Low", "High", "Low", "High"], ["Z", "z", 1, 2, 3, 4]],
    )  # fmt: skip
    sampled = sample_file(content, "a.xlsx")
    assert sampled.kind == "xlsx"
    assert [(t.sheet, t.header_rows) for t in sampled.tables] == [("Data", ()), ("Wide", (1, 2))]
    assert list(sampled.tables[1].columns)[2:4] == ["2020 / Low", "2020 / High"]


def test_a_row_of_tags_makes_it_hxl_and_names_the_columns() -> None:
    sampled = sample_file(
        csv_of("Ref,Area,First,Second", "#activity+id,#adm1 +name,#sector,#sector", "A,Zarqa,x,y"), "a.csv"
    )
    assert sampled.kind == "hxl"
    assert sampled.tables[0].columns == {
        "#activity+id": ["A"], "#adm1+name": ["Zarqa"], "First": ["x"], "Second": ["y"],
    }  # fmt: skip


def test_json_gives_each_list_of_records_with_what_surrounds_it() -> None:
    document = {
        "period": "2026-Q1",
        "projects": [
            {"id": "P-1", "place": {"name": "Zarqa"}, "visits": [{"id": "V-1", "on": "2026-01-02"}, {"id": "V-2"}]},
            {"id": "P-2", "visits": [{"id": "V-3"}]},
        ],
    }
    sampled = sample_file(json.dumps(document).encode(), "a.json")
    assert sampled.kind == "json"
    found = {t.sheet: t.columns for t in sampled.tables}
    assert found["projects"] == {"id": ["P-1", "P-2"], "place.name": ["Zarqa", ""], "period": ["2026-Q1", "2026-Q1"]}
    visits = found["projects.visits"]
    assert (visits["id"], visits["../id"]) == (["V-1", "V-2", "V-3"], ["P-1", "P-1", "P-2"])
    assert visits["period"] == ["2026-Q1"] * 3


def test_headings_of_later_records_count_too() -> None:
    records = [{"id": n} for n in range(SAMPLED_ROWS)] + [{"id": "x", "late": "y"}]
    (table,) = sample_file(json.dumps(records).encode(), "a.json").tables
    assert table.columns["late"] == [""] * SAMPLED_ROWS


def test_iati_gives_the_sections_that_hold_records() -> None:
    content = (
        b'<iati-activities version="2.03"><iati-activity><iati-identifier>X-1</iati-identifier>'
        b'<participating-org ref="GB-GOV-1" role="1"/></iati-activity></iati-activities>'
    )
    sampled = sample_file(content, "a.xml")
    assert sampled.kind == "iati"
    assert {t.sheet: t.columns["iati-identifier"] for t in sampled.tables} == {
        "activity": ["X-1"],
        "participation": ["X-1"],
    }
    assert all(any(values) for table in sampled.tables for values in table.columns.values())


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "it is empty"),
        (b"%PDF-1.4", "it is PDF"),
        (b"PK\x03\x04broken", "a damaged ZIP archive"),
        (b"<iati-activities><iati-activity>", "not well-formed XML"),
        (b'{"a": ', "not valid JSON"),
        (b"[1, 2]", "no table with headings"),
        (b"only one line\n", "no table with headings"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_name_of_the_file(content: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        sample_file(content, "report.dat")
    assert str(refused.value).startswith("report.dat")
