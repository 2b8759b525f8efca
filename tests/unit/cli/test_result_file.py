"""The result of a query as a file: the format meant, and workbooks whose cells are what the store holds."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import openpyxl
import pytest

from idtracker.cli.reading.result_file import format_of, write_frame, write_workbook
from idtracker.model.errors import UsageError
from idtracker.model.messages import Lang
from idtracker.publish.export import sheet_text
from idtracker.publish.reading.sandbox import running


def written(tmp_path: Path, sql: str, lang: Lang = "en", **values: Any) -> Path:
    path = tmp_path / "result.xlsx"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE result AS {sql}", values or None)
        with running(connection, "FROM result", 60) as result:
            write_workbook(result, str(path), lang, "Invented figures.")
    return path


def cells(path: Path) -> list[Any]:
    """(value, type) of each cell of the second row."""
    return [(cell.value, cell.data_type) for cell in openpyxl.load_workbook(path).active[2]]


def test_columns_are_as_wide_as_what_stands_in_them(tmp_path: Path) -> None:
    path = written(
        tmp_path, "SELECT 1 AS n, 'XX-LOCAL-JO-OBSERVATORY' AS org_id, repeat('a', 500) AS note, 'x' AS a_long_heading"
    )
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [sheet.column_dimensions[letter].width for letter in "ABCD"] == [3, 25, 40, 16]


def test_a_workbook_has_typed_cells(tmp_path: Path) -> None:
    sql = (
        "SELECT -12 AS whole, -0.5::DOUBLE AS fraction, 12.25::DECIMAL(9, 2) AS amount, true AS flag, "
        "DATE '2026-06-30' AS day, TIMESTAMP '2026-06-30 08:01:00' AS moment, 'Irbid' AS text, NULL::INTEGER AS nothing"
    )
    path = written(tmp_path, sql)
    assert cells(path) == [
        (-12, "n"), (-0.5, "n"), (12.25, "n"), (True, "b"), (datetime.fromisoformat("2026-06-30"), "d"),
        (datetime.fromisoformat("2026-06-30T08:01"), "d"), ("Irbid", "s"), (None, "n"),
    ]  # fmt: skip
    head = openpyxl.load_workbook(path).active[1]
    assert [c.value for c in head] == ["whole", "fraction", "amount", "flag", "day", "moment", "text", "nothing"]
    assert openpyxl.load_workbook(path).properties.description == "Invented figures."


@pytest.mark.parametrize("text", ["=1+1", "+962 6 555", "-5", "@SUM(A1)", "#N/A", '=HYPERLINK("http://a")', "'=1"])
def test_text_is_never_a_formula_or_a_number(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, "SELECT $text AS a", text=text)
    assert cells(path) == [(text, "s")]
    assert b"<f>" not in ZipFile(path).read("xl/worksheets/sheet1.xml")
    assert openpyxl.load_workbook(path).active["A2"].quotePrefix is (text[0] in "=+-@#")


def test_a_heading_is_never_a_formula(tmp_path: Path) -> None:
    head = openpyxl.load_workbook(written(tmp_path, 'SELECT 1 AS "=A1"')).active["A1"]
    assert (head.value, head.data_type) == ("=A1", "s")


def test_the_sheet_is_read_from_right_to_left_in_arabic(tmp_path: Path) -> None:
    sheets = {lang: openpyxl.load_workbook(written(tmp_path, "SELECT 1 AS a", lang)).active for lang in ("en", "ar")}  # type: ignore[arg-type]
    assert sheets["ar"].sheet_view.rightToLeft and not sheets["en"].sheet_view.rightToLeft
    assert sheets["ar"].title == "النتيجة"


def test_characters_that_no_workbook_holds_are_replaced_visibly(tmp_path: Path) -> None:
    assert cells(written(tmp_path, "SELECT 'a' || chr(7) || 'b' || chr(27) AS a")) == [("a\ufffdb\ufffd", "s")]


def test_a_text_longer_than_a_cell_says_that_it_was_cut(tmp_path: Path) -> None:
    ((text, _),) = cells(written(tmp_path, "SELECT repeat('a', 40000) AS a"))
    assert len(text) == 32_767 and text.endswith("… [cut: 40,000 characters]")


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT 9007199254740993 AS a", "9007199254740993"),
        ("SELECT 1234567890123456.78::DECIMAL(18, 2) AS a", "1234567890123456.78"),
        ("SELECT DATE '1850-01-31' AS a", "1850-01-31"),
        ("SELECT 'nan'::DOUBLE AS a", "nan"),
        ("SELECT ['a', 'ب'] AS a", '["a", "ب"]'),
        ("SELECT INTERVAL 2 DAY AS a", "2 days, 0:00:00"),
    ],
)
def test_what_a_cell_would_alter_is_written_as_text(tmp_path: Path, sql: str, value: str) -> None:
    assert cells(written(tmp_path, sql)) == [(value, "s")]


def test_instants_are_in_utc(tmp_path: Path) -> None:
    path = written(tmp_path, "SELECT TIMESTAMPTZ '2026-06-30 11:00:00+03' AS a")
    assert cells(path) == [(datetime.fromisoformat("2026-06-30T08:00:00"), "d")]


def test_a_result_that_no_sheet_holds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_text, "MOST_ROWS", 5)
    assert openpyxl.load_workbook(written(tmp_path, "SELECT * FROM range(4)")).active.max_row == 5
    (tmp_path / "result.xlsx").unlink()
    with pytest.raises(UsageError, match=r"5 rows, headings included.*write \.parquet or \.csv"):
        written(tmp_path, "SELECT * FROM range(5)")
    assert not (tmp_path / "result.xlsx").exists()
    monkeypatch.setattr(sheet_text, "MOST_COLUMNS", 1)
    with pytest.raises(UsageError, match="2 columns do not fit"):
        written(tmp_path, "SELECT 1 AS a, 2 AS b")


@pytest.mark.parametrize(
    ("form", "name", "meant"),
    [
        (None, None, "table"), (None, "a.csv", "csv"), (None, "a.JSON", "json"), (None, "a.parquet", "parquet"),
        (None, "a.xlsx", "xlsx"), (None, "a", "csv"), ("csv", "a.txt", "csv"), ("xlsx", "a", "xlsx"), ("csv", None, "csv"),
    ],
)  # fmt: skip
def test_the_ending_says_the_format(tmp_path: Path, form: str | None, name: str | None, meant: str) -> None:
    assert format_of(form, str(tmp_path / name) if name else None, as_json=False) == meant


@pytest.mark.parametrize(
    ("form", "name", "said"),
    [
        (None, "a.xls", r"nothing is written as \.xls; the endings are \.csv, \.json, \.parquet, \.xlsx"),
        (None, "a.feather", r"nothing is written as \.feather"),
        ("csv", "a.xlsx", "csv does not go into such a file"),
        ("table", "a.csv", "table does not go into such a file"),
        ("xlsx", None, "A workbook goes into a file; name one with -o"),
        ("parquet", None, "name one with -o"),
        (None, "none/a.csv", "there is no folder"),
    ],
)
def test_a_file_that_cannot_be_is_refused_at_once(
    tmp_path: Path, form: str | None, name: str | None, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        format_of(form, str(tmp_path / name) if name else None, as_json=False)


def test_numbers_of_json_are_read_back_to_the_bit(tmp_path: Path) -> None:
    sql = (
        "SELECT 100 / 6.0::DOUBLE AS share, 1e-17::DOUBLE AS small, 12345678.123456789::DOUBLE AS large, 'NaN'::DOUBLE AS nan, NULL::DOUBLE AS nothing, "
        "7::BIGINT AS whole, DATE '2026-06-30' AS day, [100 / 6.0::DOUBLE, 0.1] AS list, {'a': 100 / 6.0::DOUBLE, 'b': NULL} AS struct, MAP {1: 'x'} AS map, 'عمّان' AS text"
    )
    write_frame(duckdb.sql(sql).df(), "json", str(tmp_path / "result.json"))
    (record,) = json.loads((tmp_path / "result.json").read_text("utf-8"))
    exact = 100 / 6.0
    assert f"{exact:.10f}" != repr(exact)
    assert (record["share"], record["small"], record["large"]) == (exact, 1e-17, 12345678.123456789)
    assert (record["nan"], record["nothing"], record["whole"], record["text"]) == (None, None, 7, "عمّان")
    assert record["list"] == [exact, 0.1] and record["struct"] == {"a": exact, "b": None}
    assert record["day"].startswith("2026-06-30") and "x" in str(record["map"])
