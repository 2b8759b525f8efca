"""`export`: a publication as a folder of files, and the same from Python."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import openpyxl
import pandas as pd
import pytest

import idtracker
from docs_builder.json_schemas import schema_of
from idtracker.ingest.access.log import AccessLog
from idtracker.model.errors import UsageError
from idtracker.model.tables import FACTS, OVER_TIME
from tests.support.cli_programme import Program
from tests.support.packages.table_schema import description_of, problems, rows_of


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_publication_is_exported_in_every_format(published: Program, tmp_path: Path) -> None:
    before = content(published.home.root)
    document = published.document("export", tmp_path / "out")
    jsonschema.validate(document, schema_of("export"))
    after = content(published.home.root)  # it reads, and writes nothing into the home but that it did
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    assert changed and all(name.startswith("landing/ledger/_access/") for name in changed)
    line = AccessLog(published.home).entries()[-1]
    parquet = [file["rows"] for file in document["files"] if file["format"] == "parquet"]
    assert (line.command, line.about["rows"]) == ("export", sum(parquet))
    assert line.about["tables"] == sorted(document["tables"])
    assert problems(tmp_path / "out") == []
    manifest = json.loads((published.home.published / "hmg" / "current" / "manifest.json").read_text("utf-8"))
    stated = {name: table["rows"] for name, table in manifest["tables"].items() if name not in OVER_TIME}
    assert sum(rows > 0 for rows in stated.values()) > 20
    for form in ("csv", "parquet"):
        assert {f["table"]: f["rows"] for f in document["files"] if f["format"] == form} == stated
    assert {f["table"] for f in document["files"] if f["format"] == "sdmx"} == {"merged_cell", "score", "metric_value"}
    assert {f["path"] for f in document["files"]} | {"datapackage.json"} == set(content(tmp_path / "out"))
    book = openpyxl.load_workbook(tmp_path / "out" / "tables.xlsx", read_only=True)
    assert set(book.sheetnames[2:]) == set(stated)
    package = description_of(tmp_path / "out")
    assert (package["notice"], package["publication"]) == (manifest["notice"], manifest["content"])
    assert sum(bool(r["schema"].get("foreignKeys")) for r in package["resources"] if "schema" in r) > 20
    published("export", tmp_path / "again", "--format", "csv,parquet,sdmx")
    same, again = content(tmp_path / "out"), content(tmp_path / "again")
    assert {name for name in same if same[name] != again.get(name)} == {"datapackage.json", "tables.xlsx"}


def test_figures_are_those_that_a_query_gives(published: Program, tmp_path: Path) -> None:
    published("export", tmp_path / "out", "--tables", "score,metric_value", "--format", "csv,sdmx")
    package, sql = description_of(tmp_path / "out"), "SELECT period, {} AS value FROM {}"
    for table, value in (("score", "score"), ("metric_value", "value")):
        with idtracker.open(published.home.root, published.home.sources) as tracker:
            asked = [
                (r.period, None if pd.isna(r.value) else r.value)
                for r in tracker.sql(sql.format(value, table)).itertuples()
            ]
        assert len(asked) > 10
        for name, columns in ((table, ("period", value)), (f"{table}-sdmx", ("TIME_PERIOD", "OBS_VALUE"))):
            resource = next(r for r in package["resources"] if r["name"] == name)
            rows = [tuple(row[c] for c in columns) for row in rows_of(tmp_path / "out", resource)]
            assert sorted(rows, key=str) == sorted(asked, key=str)


def test_the_command_says_what_it_wrote_and_for_whom(published: Program, tmp_path: Path) -> None:
    result = published("export", tmp_path / "out", "--format", "csv,xlsx", "--tables", "score,facts", "--lang", "ar")
    assert f"Exported for hmg: {tmp_path / 'out'}" in result.stdout
    assert f"{len(FACTS) + 1} tables, {len(FACTS) + 2} files" in result.stdout
    assert "OFFICIAL" in result.stdout
    assert "Invented figures" in result.stderr
    assert openpyxl.load_workbook(tmp_path / "out" / "tables.xlsx")["score"].sheet_view.rightToLeft


def test_wrong_use_is_one_message(published: Program, fresh: Program, tmp_path: Path) -> None:
    assert "formats are csv, xlsx" in published("export", tmp_path / "out", "--format", "pdf", code=2).stderr
    assert "Known audiences" in published("export", tmp_path / "out", "--audience", "all", code=2).stderr
    assert "inside the home" in published("export", published.home.root / "out", code=2).stderr
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").touch()
    assert "not an export" in published("export", tmp_path / "mine", code=2).stderr
    assert "idtracker run" in fresh("export", tmp_path / "out", code=2).stderr
    assert sorted(p.name for p in (tmp_path / "mine").iterdir()) == ["notes.txt"]
    assert not (tmp_path / "out").exists()


def test_a_tracker_exports_what_it_reads(published: Program, tmp_path: Path) -> None:
    home = published.home
    with idtracker.open(home.root, home.sources) as tracker:
        exported = tracker.export(tmp_path / "out", formats="csv", tables=["score"])
        with pytest.raises(UsageError, match="past instant"):
            tracker.as_known_at("2025-12-31").export(tmp_path / "past")
    assert [(f.path, f.table, f.format) for f in exported.files] == [("csv/score.csv", "score", "csv")]
    assert exported.folder == (tmp_path / "out").resolve() and exported.files[0].rows > 10
