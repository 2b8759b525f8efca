"""The workbook of an export: typed cells, nothing that runs, both directions, and the first sheet that says what it is."""

from __future__ import annotations

import gc
import resource
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from published_rows import NOTICE, publish_rows, row_of

from idtracker.model.errors import IdtrackerError
from idtracker.model.messages import LANGS
from idtracker.model.tables import TABLES, columns_of
from idtracker.model.tables.labels import label_of, title_of
from idtracker.publish.export import workbook
from idtracker.publish.export.sheet_text import MOST_ROWS
from idtracker.publish.export.sheets import package
from idtracker.publish.export.workbook import sheet_names
from idtracker.publish.export.write_export import export_publication

DANGEROUS = ["=cmd|' /C calc'!A1", "+962 6 555", "-5", "@SUM(A1)", "#N/A", "007", "1/2", "\t=1", "'=1"]


def column(sheet: Any, table: str, name: str) -> list[Any]:
    number = [spec.name for spec in columns_of(TABLES[table])].index(name) + 1
    return [cell for (cell,) in sheet.iter_rows(min_row=2, min_col=number, max_col=number)]


def test_cells_are_typed_and_texts_stay_texts(tmp_path: Path) -> None:
    places = [
        row_of("place", place_id="007", name=text, population=n, area_km2=-5.5 if n else 1e16)
        for n, text in enumerate(DANGEROUS)
    ]
    places[0] |= {
        "valid_from": pd.Timestamp("1999-12-31"),
        "valid_to": pd.Timestamp("1846-01-01"),
        "population": 10**16,
    }
    home = publish_rows(tmp_path, {"place": places})
    export_publication(home, tmp_path / "out", formats="xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out" / "tables.xlsx")["place"]
    names = column(sheet, "place", "name")
    assert sorted(cell.value for cell in names) == sorted(DANGEROUS)
    assert {cell.data_type for cell in names} == {"s"}
    # what a person would turn into something else by editing it keeps its quote; `\t=1` and `'=1` are none of that
    assert {cell.value for cell in names if not cell.quotePrefix} == {"\t=1", "'=1"}
    assert {(c.value, c.data_type) for c in column(sheet, "place", "place_id")} == {("007", "s")}
    first = next(n for n, cell in enumerate(names) if cell.value == DANGEROUS[0])
    typed = {
        n: column(sheet, "place", n)[first] for n in ("valid_from", "valid_to", "population", "area_km2", "name_ar")
    }
    assert (typed["valid_from"].value, typed["valid_from"].is_date) == (datetime.fromisoformat("1999-12-31"), True)
    assert typed["valid_to"].value == "1846-01-01"  # before the first day that a spreadsheet knows
    assert (typed["population"].value, typed["population"].data_type) == ("10000000000000000", "s")
    assert (typed["area_km2"].value, typed["area_km2"].data_type) == (1e16, "n")
    assert typed["name_ar"].value is None
    assert {c.value for c in column(sheet, "place", "area_km2")} == {1e16, -5.5}
    with ZipFile(tmp_path / "out" / "tables.xlsx") as parts:
        assert not [n for n in parts.namelist() if b"<f>" in parts.read(n) or b"<f " in parts.read(n)]


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_sheet_says_what_it_is(tmp_path: Path, lang: Any) -> None:
    secret = row_of("place", place_id="B", name="<script>", classification="OFFICIAL-SENSITIVE", releasable_to="HMG")
    home = publish_rows(tmp_path, {"place": [row_of("place", place_id="A", name='إربد "x"'), secret], "unit": []})
    export_publication(home, tmp_path / "out", formats="xlsx", lang=lang)
    book = openpyxl.load_workbook(tmp_path / "out" / "tables.xlsx")
    assert book.sheetnames[2:] == ["place", "unit"]
    assert {sheet.sheet_view.rightToLeft for sheet in book} == {lang == "ar"}
    assert {sheet.oddHeader.center.text for sheet in book} == {"OFFICIAL-SENSITIVE"}
    about = [[cell for cell in row if cell is not None] for row in book.worksheets[0].iter_rows(values_only=True)]
    texts = {str(row[-1]) for row in about if row}
    assert about[0] == ["Small programme"]
    assert {NOTICE, "OFFICIAL-SENSITIVE", "HMG", "2026-06-30T12:00:00Z"} <= texts
    assert ["place", "place", title_of("place", lang), 2, "OFFICIAL-SENSITIVE", "HMG"] in [row[:6] for row in about]
    assert ["unit", "unit", title_of("unit", lang), 0] in [row[:4] for row in about]
    headings = [cell.value for cell in book["place"][1]]
    assert headings == [label_of(spec, lang) for spec in columns_of(TABLES["place"])]
    explained = list(book.worksheets[1].iter_rows(min_row=2, max_col=3, values_only=True))
    assert [row[2] for row in explained if row[0] == "place"] == [spec.name for spec in columns_of(TABLES["place"])]


def test_a_table_that_no_sheet_holds_is_left_out_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ROWS == 2**20  # its headings among them
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    rows = {
        "place": [row_of("place", place_id=str(n)) for n in range(4)],
        "unit": [row_of("unit", unit=str(n)) for n in range(3)],
    }
    exported = export_publication(publish_rows(tmp_path, rows), tmp_path / "out")
    assert [(left.table, left.format) for left in exported.left_out] == [("place", "xlsx")]
    assert "4 rows, and a sheet holds 3" in exported.left_out[0].why
    assert {f.rows for f in exported.files if f.table == "place"} == {4}  # in the other formats
    book = openpyxl.load_workbook(tmp_path / "out" / "tables.xlsx")
    assert book.sheetnames[2:] == ["unit"]
    assert exported.left_out[0].why in [row[-1] for row in book.worksheets[0].iter_rows(values_only=True)]


def test_names_of_sheets_are_short_and_differ() -> None:
    long = "a_table_with_a_name_of_more_than_thirty_one_letters"
    names = sheet_names([long, long + "_too", "History", "place"], taken=["Place"])
    assert names == {long: long[:31], long + "_too": long[:29] + "_2", "History": "History_2", "place": "place_2"}
    assert all(len(name) <= 31 for name in names.values())


@pytest.mark.parametrize("lang", LANGS)
def test_every_heading_is_a_word_of_the_language_and_there_once(lang: Any) -> None:
    for table, model in TABLES.items():
        headings = [label_of(spec, lang) for spec in columns_of(model)]
        assert len(set(headings)) == len(headings), table
        if lang == "ar":
            bare = [h for h in headings if not any("\u0600" <= c <= "\u06ff" for c in h)]
            assert set(bare) <= {"SHA-256"}, table
        else:
            assert not [h for h in headings if "_" in h], table
    titles = [title_of(table, lang) for table in TABLES]
    assert len(set(titles)) == len(titles)


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_for_the_parts_of_a_workbook_is_an_error_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sheets that are large grow in temporary files: here one may not grow."""
    (tmp_path / "parts").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "parts"))
    monkeypatch.setattr(package, "IN_MEMORY", 1)
    home = publish_rows(tmp_path, {"place": [row_of("place", place_id=str(n), name="long " * 900) for n in range(200)]})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
    try:
        with pytest.raises(IdtrackerError, match=r"parts: File too large\. Nothing was exported"):
            export_publication(home, tmp_path / "out", formats="xlsx")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    gc.collect()  # what writes on until it is collected would be heard of here
    assert list((tmp_path / "parts").iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "parts"]
