"""Formats inside a publication: what is asked for is there, whole, described and from that publication alone."""

from __future__ import annotations

import json
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from published_rows import publish_rows, row_of

from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home
from idtracker.model.published.audience import OWNER, Audience
from idtracker.model.published.formats import FORMATS
from idtracker.model.tables.labels import label_of
from idtracker.operate.custody.audit import publication_problems
from idtracker.publish import extras
from idtracker.publish.export.folder import sha256_of
from idtracker.publish.export.inside.described import PLACES, file_problems, has_files, published_formats
from idtracker.publish.export.inside.write_files import add_files
from idtracker.publish.export.write_export import export_publication

ROWS = {
    "observation": [row_of("observation", indicator_id="I", place_id="A", value=-5.0)],
    "activity": [],
    "participation": [],
    "transaction": [],
    "result_value": [],
    "indicator": [row_of("indicator", indicator_id="I", name='=1+1 "x"')],
    "organisation": [row_of("organisation", org_id="O")],
    "place": [row_of("place", place_id="A", name="إربد"), row_of("place", place_id="B", name="-5")],
    "place_code": [],
}


def asking(*formats: Any, languages: tuple[str, ...] = ("en", "ar")) -> Audience:
    return replace(OWNER, formats=formats, languages=languages)


def folder_of(home: Home) -> Path:
    return (home.published / "hmg" / "current").resolve()


def files_of(folder: Path) -> dict[str, bytes]:
    places = [folder / place for place in (*PLACES.values(), "datapackage.json")]
    paths = [p for place in places for p in [place, *place.rglob("*")] if p.is_file()]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return publish_rows(tmp_path, ROWS)


def test_without_a_word_there_is_a_workbook_in_each_language(home: Home) -> None:
    assert not has_files(home, OWNER) and published_formats(home, "hmg") == []
    written = add_files(home, OWNER)
    assert (written.formats, written.is_new, dict(written.failed)) == (("xlsx",), True, {})
    assert sorted(files_of(written.folder)) == ["datapackage.json", "xlsx/tables_ar.xlsx", "xlsx/tables_en.xlsx"]
    books = {lang: openpyxl.load_workbook(written.folder / "xlsx" / f"tables_{lang}.xlsx") for lang in ("en", "ar")}
    for lang, book in books.items():
        # rows of reports stand in Parquet, and in CSV where it is asked for
        assert sorted(book.sheetnames[2:]) == ["indicator", "organisation", "place", "place_code"]
        assert {sheet.sheet_view.rightToLeft for sheet in book} == {lang == "ar"}
        names = {(cell.value, cell.data_type) for row in book["place"].iter_rows(min_row=2) for cell in row}
        assert {("إربد", "s"), ("-5", "s")} <= names
        about = [str(cell) for row in book.worksheets[0].values for cell in row]
        assert any(
            text.startswith(("4 of the 9 tables", "4 من أصل 9 جدول")) for text in about
        )  # what is not here is said
    english, arabic = (list(book["place"].iter_rows(values_only=True)) for book in books.values())
    assert english[1:] == arabic[1:] and len(english) == 3
    assert english[0] != arabic[0] and label_of(_spec("place", "name"), "ar") in arabic[0]


def _spec(table: str, column: str) -> Any:
    from idtracker.model.tables import TABLES, columns_of

    return next(spec for spec in columns_of(TABLES[table]) if spec.name == column)


def test_what_is_there_is_described_and_not_written_again(home: Home) -> None:
    folder = add_files(home, asking("csv", "xlsx", "croissant", "odcs", "sdmx")).folder
    document = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert document["formats"] == ["csv", "xlsx", "sdmx", "croissant", "odcs"] and document["notWritten"] == []
    stated = {entry["path"]: entry["hash"] for entry in document["resources"]}
    assert stated == {
        name: f"sha256:{sha256_of(folder / name)}" for name in files_of(folder) if name != "datapackage.json"
    }
    assert {name.split("/")[0] for name in stated} == {"csv", "xlsx", "croissant.json", "contracts"}
    before = {name: (folder / name).stat().st_ino for name in stated}
    assert has_files(home, asking("xlsx", "csv", "odcs", "sdmx", "croissant"))  # in whatever order they are named
    assert not add_files(home, asking("csv", "xlsx", "croissant", "odcs", "sdmx")).is_new
    assert before == {name: (folder / name).stat().st_ino for name in stated}


def test_they_are_the_files_of_an_export(home: Home, tmp_path: Path) -> None:
    folder = add_files(home, asking("csv", "parquet", "sdmx", "odcs")).folder
    exported = export_publication(home, tmp_path / "out", formats="csv,parquet,sdmx,odcs")
    same = {file.path: (tmp_path / "out" / file.path).read_bytes() for file in exported.files}
    assert len(same) > 2 * len(ROWS)
    assert {name: (folder / name).read_bytes() for name in same} == same
    described = [
        json.loads((f / "datapackage.json").read_text("utf-8"))["resources"] for f in (folder, tmp_path / "out")
    ]
    assert described[0] == described[1]  # Parquet is described where it stands, not written twice


def test_other_formats_take_the_place_of_the_ones_before(home: Home) -> None:
    folder = add_files(home, asking("csv")).folder
    assert {name.split("/")[0] for name in files_of(folder)} == {"csv", "datapackage.json"}
    kept = {path: path.read_bytes() for path in (folder / "parquet").iterdir()}
    assert len(kept) == len(ROWS)
    add_files(home, asking("sdmx", "xlsx"))
    assert not has_files(home, asking("csv")) and not (folder / "csv").exists()
    assert add_files(home, asking()).is_new
    assert files_of(folder) == {} and has_files(home, asking())
    assert {path: path.read_bytes() for path in (folder / "parquet").iterdir()} == kept
    assert list(folder.glob(".files-*")) == []


def test_what_an_interruption_left_is_replaced_and_what_is_gone_comes_back(home: Home) -> None:
    folder = add_files(home, OWNER).folder
    whole = files_of(folder)
    (folder / "datapackage.json").unlink()
    (folder / "csv").mkdir()
    (folder / "csv" / "half.csv").touch()
    assert not has_files(home, OWNER)
    add_files(home, OWNER)
    assert files_of(folder) == whole
    (folder / "xlsx" / "tables_ar.xlsx").unlink()
    assert not has_files(home, OWNER) and add_files(home, OWNER).is_new
    assert files_of(folder) == whole


def test_a_format_whose_extra_is_not_installed_is_named_and_the_rest_goes_on(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    with monkeypatch.context() as without:
        without.setattr(extras, "import_module", absent)
        written = add_files(home, asking("csv", "gpkg", "geoparquet"))
    assert written.formats == ("csv",) and set(written.failed) == {"gpkg", "geoparquet"}
    assert "pip install 'idtracker[geo]'" in written.failed["gpkg"]
    assert {name.split("/")[0] for name in files_of(written.folder)} == {"csv", "datapackage.json"}
    assert not has_files(home, asking("csv", "gpkg", "geoparquet"))  # the next run tries again
    assert add_files(home, asking("csv", "gpkg", "geoparquet")).formats == ("csv", "gpkg", "geoparquet")


def test_a_full_disk_is_an_error_that_names_the_place_and_leaves_no_half(home: Home) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, limits[1]))
    try:
        with pytest.raises(
            IdtrackerError, match=r"File too large\. The formats of the publication for hmg were not written"
        ):
            add_files(home, OWNER)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert files_of(folder_of(home)) == {} and list(folder_of(home).glob(".files-*")) == []
    assert add_files(home, OWNER).is_new


def test_a_damaged_publication_gets_no_files(home: Home) -> None:
    other = publish_rows(home.root / "other", {"place": [row_of("place", place_id="C")]})
    (folder_of(home) / "parquet" / "place.parquet").write_bytes(
        (folder_of(other) / "parquet" / "place.parquet").read_bytes()
    )
    with pytest.raises(IdtrackerError, match="not what its manifest says"):
        add_files(home, OWNER)
    assert files_of(folder_of(home)) == {}


def publish_next(home: Home, tmp_path: Path, rows: dict[str, list[dict[str, Any]]]) -> Path:
    """Another publication after the current one; its folder."""
    made = folder_of(publish_rows(tmp_path / "next", rows))
    target = home.published / "hmg" / "2026-07-31-bbbbbbbbbbbb"
    made.rename(target)
    (home.published / "hmg" / "current").unlink()
    (home.published / "hmg" / "current").symlink_to(target.name)
    return target


def test_of_tables_that_did_not_change_the_file_before_is_carried_on(home: Home, tmp_path: Path) -> None:
    first = add_files(home, asking("csv")).folder
    (first / "csv" / "indicator.csv").write_bytes(b"damaged\r\n")
    changed = ROWS | {"place": [*ROWS["place"], row_of("place", place_id="C")]}
    second = publish_next(home, tmp_path, changed)
    assert add_files(home, asking("csv")).folder == second
    same = {p.name for p in (second / "csv").iterdir() if p.stat().st_ino == (first / "csv" / p.name).stat().st_ino}
    assert same == {f"{table}.csv" for table in ROWS} - {"place.csv", "indicator.csv"}
    fresh = publish_rows(tmp_path / "fresh", changed)
    add_files(fresh, asking("csv"))
    assert files_of(second) == files_of(folder_of(fresh))  # whether or not something was carried on


@pytest.mark.parametrize("harm", ["change", "remove", "add", "undescribed", "unreadable", "none"])
def test_verify_notices_whatever_is_not_as_it_was_written(home: Home, harm: str) -> None:
    folder = add_files(home, asking("xlsx", "csv")).folder
    path, description = folder / "csv" / "place.csv", folder / "datapackage.json"
    if harm == "change":
        path.write_bytes(path.read_bytes().replace(b"-5", b"-6"))
    elif harm == "remove":
        path.unlink()
    elif harm == "add":
        (folder / "csv" / "more.csv").touch()
    elif harm == "undescribed":
        description.unlink()
    elif harm == "unreadable":
        description.write_text("{", "utf-8")
    expected = {
        "change": ["csv/place.csv is not as it was written"],
        "remove": ["csv/place.csv is missing"],
        "add": ["csv/more.csv is not in datapackage.json"],
        "undescribed": ["datapackage.json is missing: nothing says what 11 files beside the tables hold"],
        "unreadable": ["datapackage.json cannot be read"],
        "none": [],
    }
    assert list(file_problems(folder)) == expected[harm]
    said = [problem.problem for problem in publication_problems(home, "hmg")]
    assert [problem for problem in said if "datapackage" in problem or "csv" in problem] == expected[harm]


def test_every_format_has_its_place(home: Home) -> None:
    assert set(PLACES) | {"parquet"} == set(FORMATS)
    written = add_files(home, asking(*FORMATS))
    assert {*written.formats, *written.failed} == set(FORMATS)
    assert set(written.failed) <= {"iati"}  # where the published schema is not at hand
    assert {name.split("/")[0] for name in files_of(written.folder)} >= {*PLACES.values()} - {"sdmx", "iati"}
