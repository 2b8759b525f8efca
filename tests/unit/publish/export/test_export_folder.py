"""The folder of an export: whole or not at all, the same bytes each time, and nothing of anybody's is replaced."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from published_rows import publish_rows, row_of

from idtracker.model.errors import IdtrackerError, NotPublishedError, OtherTablesError, UsageError
from idtracker.model.home import Home
from idtracker.publish.export import draft, write_export
from idtracker.publish.export import folder as export_folder
from idtracker.publish.export.published import open_publication
from idtracker.publish.export.write_export import export_publication
from tests.support.packages.table_schema import description_of, problems


@pytest.fixture
def home(tmp_path: Path) -> Home:
    secret = row_of("place", place_id="B", classification="OFFICIAL-SENSITIVE", releasable_to="HMG")
    cells = {"merged_cell": [row_of("merged_cell", period="2026-Q1", handling="HMG USE ONLY")], "indicator": []}
    return publish_rows(tmp_path, {"place": [row_of("place", place_id="A"), secret], "place_code": [], **cells})


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_two_exports_have_the_same_bytes_and_name_no_place(home: Home, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export_publication(home, tmp_path / name)
    one = content(tmp_path / "one")
    assert {"datapackage.json", "tables.xlsx", "csv/place.csv", "parquet/place.parquet", "sdmx/merged_cell.csv"} <= set(
        one
    )
    assert one == content(tmp_path / "two")
    assert problems(tmp_path / "one") == []
    assert str(tmp_path).encode() not in one["datapackage.json"]


def test_parquet_files_are_those_that_are_published(home: Home, tmp_path: Path) -> None:
    export_publication(home, tmp_path / "out", formats="parquet")
    published = home.published / "hmg" / "current" / "parquet"
    assert content(tmp_path / "out" / "parquet") == content(published)


def test_everything_is_marked_as_its_rows_are(home: Home, tmp_path: Path) -> None:
    exported = export_publication(home, tmp_path / "out")
    assert (exported.marking.classification, exported.marking.releasable_to) == ("OFFICIAL-SENSITIVE", "HMG")
    package = description_of(tmp_path / "out")
    assert package["marking"] == {
        "classification": "OFFICIAL-SENSITIVE", "releasableTo": ["HMG"], "handling": ["HMG USE ONLY"],
    }  # fmt: skip
    marks = {r["name"]: r["marking"] for r in package["resources"]}
    assert marks["merged_cell"]["classification"] == "OFFICIAL"
    assert marks["merged_cell"]["releasableTo"] == ["HMG", "PARTNERS"]
    assert marks["place_code"] is None  # no row, no mark
    assert marks["tables-xlsx"] == package["marking"]
    fields = [[f["name"].lower() for f in r["schema"]["fields"]] for r in package["resources"] if "schema" in r]
    assert fields and all({"classification", "releasable_to"} <= set(names) for names in fields)
    assert "licenses" not in package


@pytest.mark.parametrize("mark", ["", "SECRET"])
def test_a_row_without_a_known_marking_goes_nowhere(tmp_path: Path, mark: str) -> None:
    home = publish_rows(tmp_path, {"place": [row_of("place", place_id="A"), row_of("place", classification=mark)]})
    with pytest.raises(IdtrackerError, match="1 of `place`"):
        export_publication(home, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_export_that_nobody_touched_is_replaced(home: Home, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()  # an empty folder is taken
    export_publication(home, tmp_path / "out")
    export_publication(home, tmp_path / "out", formats="csv", tables="place")
    assert set(content(tmp_path / "out")) == {"datapackage.json", "csv/place.csv"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "out"]


def _add(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")


def _edit(folder: Path) -> None:
    (folder / "tables.xlsx").write_bytes(b"edited")


def _link(folder: Path) -> None:
    path = folder / "csv" / "place.csv"
    path.rename(folder.parent / "elsewhere.csv")
    path.symlink_to(folder.parent / "elsewhere.csv")


def _foreign(folder: Path) -> None:
    description = json.loads((folder / "datapackage.json").read_text())
    del description["madeBy"]
    (folder / "datapackage.json").write_text(json.dumps(description))


@pytest.mark.parametrize("change", [_add, _edit, _link, _foreign])
def test_what_somebody_touched_is_not_replaced(home: Home, tmp_path: Path, change: Any) -> None:
    export_publication(home, tmp_path / "out")
    change(tmp_path / "out")
    before = content(tmp_path / "out")
    with pytest.raises(UsageError, match=r"not as the export wrote it|not an export"):
        export_publication(home, tmp_path / "out")
    assert content(tmp_path / "out") == before


def test_a_folder_that_cannot_be_is_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place, words in {
        "file": "is a file",
        "no/such": "there is no folder",
        "home/published/out": "inside the home",
    }.items():
        with pytest.raises(UsageError, match=words):
            export_publication(home, tmp_path / place)


@pytest.mark.parametrize("writer", ["write_csv", "write_description", "sha256_of"])
@pytest.mark.parametrize("is_again", [False, True])
def test_a_full_disk_leaves_what_was_there(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str, is_again: bool
) -> None:
    if is_again:
        export_publication(home, tmp_path / "out", tables="place")
    before = content(tmp_path / "out")

    def full(*arguments: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(write_export if writer == "write_description" else draft, writer, full)
    with pytest.raises(IdtrackerError, match=r"No space left on device\. Nothing was exported") as caught:
        export_publication(home, tmp_path / "out")
    assert caught.value.exit_code == 1
    assert content(tmp_path / "out") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", *(["out"] if is_again else [])]


def test_a_read_only_place_is_one_message(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**where: Any) -> str:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(where["dir"]))

    monkeypatch.setattr(export_folder.tempfile, "mkdtemp", refuse)
    with pytest.raises(IdtrackerError, match=f"^{tmp_path}: Read-only file system. Nothing was exported"):
        export_publication(home, tmp_path / "out")


def test_what_is_replaced_comes_back_where_the_new_one_cannot_take_its_place(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_publication(home, tmp_path / "out", tables="place")
    before, rename = content(tmp_path / "out"), Path.rename

    def fail_for_drafts(path: Path, target: Path) -> Path:
        if path.parent == tmp_path and path.name.startswith(".out-"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_for_drafts)
    with pytest.raises(IdtrackerError, match="Input/output error"):
        export_publication(home, tmp_path / "out")
    assert content(tmp_path / "out") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "out"]


def test_a_damaged_publication_is_not_exported(home: Home, tmp_path: Path) -> None:
    parquet = home.published / "hmg" / "current" / "parquet"
    other = publish_rows(tmp_path / "other", {"place": [row_of("place", place_id="A"), row_of("place", place_id="C")]})
    (parquet / "place.parquet").write_bytes((other.published / "hmg/current/parquet/place.parquet").read_bytes())
    with pytest.raises(IdtrackerError, match=r"not what its manifest says \(place\)"):
        export_publication(home, tmp_path / "out")
    (parquet / "place.parquet").write_bytes(b"torn")
    with pytest.raises(IdtrackerError, match="not what its manifest says"):
        export_publication(home, tmp_path / "out")
    (parquet / "place.parquet").unlink()
    with pytest.raises(IdtrackerError, match=r"not what its manifest says \(place\)"):
        export_publication(home, tmp_path / "out")
    export_publication(home, tmp_path / "out", tables="merged_cell", formats="csv")  # the others are sound
    assert set(content(tmp_path / "out")) == {"datapackage.json", "csv/merged_cell.csv"}


def test_what_is_not_published_or_by_another_version_is_not_exported(home: Home, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Known audiences"):
        export_publication(home, tmp_path / "out", audience="partners")
    with pytest.raises(OtherTablesError):
        export_publication(publish_rows(tmp_path / "old", {"place": []}, versions={"model": "old"}), tmp_path / "out")
    (home.published / "hmg" / "current" / "manifest.json").write_text("{")
    with pytest.raises(NotPublishedError, match="manifest"):
        export_publication(home, tmp_path / "out")
    with pytest.raises(NotPublishedError, match="idtracker run"):
        export_publication(Home(tmp_path / "nowhere", tmp_path), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_tables_and_formats_are_chosen_by_name_or_group(home: Home, tmp_path: Path) -> None:
    exported = export_publication(home, tmp_path / "out", formats=["csv"], tables=["reference", "merged_cell"])
    assert exported.tables == ("merged_cell", "place", "place_code", "indicator")
    assert {f.format for f in exported.files} == {"csv"}
    assert export_publication(home, tmp_path / "out", formats=" sdmx ").tables == ("merged_cell",)
    for choice, words in (
        ({"tables": "plase"}, "Did you mean `place`"),
        ({"tables": "score"}, "no table `score`"),
        ({"formats": "csv,pdf"}, "Nothing is exported as `pdf`"),
        ({"tables": "place", "formats": "sdmx"}, "sdmx has merged_cell"),
        ({"tables": "facts"}, "None of these"),
    ):
        with pytest.raises(UsageError, match=words):
            export_publication(home, tmp_path / "new", **choice)
    assert not (tmp_path / "new").exists()


def test_what_is_read_stays_when_a_newer_publication_appears(home: Home, tmp_path: Path) -> None:
    newer = publish_rows(tmp_path / "newer", {"place": [row_of("place", place_id="new")]}, content="cd34")
    with open_publication(home, "hmg") as published:
        current = home.published / "hmg" / "current"
        current.unlink()
        current.symlink_to(newer.published / "hmg" / "current")
        assert published.manifest["content"] == "ab12"
        assert [row[0] for row in published.rows_of("place")] == ["A", "B"]
    export_publication(home, tmp_path / "out", tables="place", formats="csv")
    assert description_of(tmp_path / "out")["publication"] == "cd34"
    assert b"new" in content(tmp_path / "out")["csv/place.csv"]
