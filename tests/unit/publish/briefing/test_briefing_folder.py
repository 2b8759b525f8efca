"""The folder of a briefing: the same bytes again, whole or not at all, and nothing of others replaced."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path

import pytest

from idtracker.model.errors import IdtrackerError, NotPublishedError, UsageError
from idtracker.model.home import Home
from idtracker.model.marking import Marking
from idtracker.publish.briefing.current import write_current
from idtracker.publish.briefing.data_files import DataFiles
from idtracker.publish.briefing.parts import Page, Section, Table
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.briefing.write_briefing import write_briefing
from idtracker.store.connection import connect
from tests.unit.publish.briefing.small_publication import small_rows, words_of, write_publication


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_publication(tmp_path_factory.mktemp("folder") / "published", small_rows())


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One without scores, so without charts."""
    rows = {name: entries for name, entries in small_rows().items() if name in ("place", "round_action")}
    return write_publication(tmp_path_factory.mktemp("light") / "published", rows)


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_publication_gives_the_same_bytes_and_replaces_a_briefing(publication: Path, tmp_path: Path) -> None:
    files = write_briefing(publication, tmp_path / "site", "R", "OFFICIAL")
    first = content(tmp_path / "site")
    assert files[0] == tmp_path / "site" / "index.html"
    assert {path.relative_to(tmp_path / "site").as_posix() for path in files} == set(first)
    assert 'url=en/index.html"' in first["index.html"].decode()
    (tmp_path / "site" / "en" / "left-over.html").touch()
    write_briefing(publication, tmp_path / "site", "R", "OFFICIAL")
    assert content(tmp_path / "site") == first
    assert [p.name for p in tmp_path.iterdir()] == ["site"]
    _rows_are_shared_by_the_languages(tmp_path)


def _rows_are_shared_by_the_languages(tmp_path: Path) -> None:
    lines = (tmp_path / "site" / "data" / "cells-XX-_22_1_22_.csv").read_text("utf-8").splitlines()
    assert (len(lines), lines[0].split(",")[:3]) == (2, ["indicator_id", "place_id", "period"])
    assert 'I1,"XX-""1""",2026-Q2' in lines[1]
    assert not [name for name in content(tmp_path / "site") if name.endswith(("-en.csv", "-ar.csv"))]
    english, arabic = ((tmp_path / "site" / lang / "index.html").read_text("utf-8") for lang in ("en", "ar"))
    assert "../data/nodes.csv" in english
    assert "../data/nodes.csv" in arabic


def test_a_draft_without_a_manifest_on_disk_is_written_with_the_one_passed_in(light: Path, tmp_path: Path) -> None:
    draft = tmp_path / ".part-x"
    draft.mkdir()
    (draft / "idtracker.duckdb").write_bytes((light / "idtracker.duckdb").read_bytes())
    with pytest.raises(NotPublishedError, match="manifest"):
        write_briefing(draft, draft / "briefing", "R", "OFFICIAL")
    manifest = {"programme": "P", "notice": "", "as_of": "2026-08-01T00:00:00", "content": "ffff00001111"}
    mark = Marking("OFFICIAL-SENSITIVE", frozenset({"PARTNERS", "HMG"}))
    write_briefing(draft, draft / "briefing", "R", mark, ("ar",), manifest)
    text = words_of(draft / "briefing" / "ar" / "index.html")
    assert "OFFICIAL-SENSITIVE · HMG · PARTNERS" in text
    assert "2026-08-01-ffff00001111" in text
    assert not (draft / "briefing" / "en").exists()


def test_what_finishes_a_briefing_is_part_of_it(light: Path, tmp_path: Path) -> None:
    seen: list[set[str]] = []

    def seal(folder: Path, queries: Mapping[str, str]) -> list[str]:
        assert not (tmp_path / "site").exists()
        seen.append(set(content(folder)))
        assert queries == {"data/actions.csv": queries["data/actions.csv"]}
        (folder / "seal.txt").write_text("sealed", "utf-8")
        return ["seal.txt"]

    files = write_briefing(light, tmp_path / "site", "R", "OFFICIAL", ("en",), finish=seal)
    names = {path.relative_to(tmp_path / "site").as_posix() for path in files}
    assert names == set(content(tmp_path / "site")) == seen[0] | {"seal.txt"}

    def stop(folder: Path, queries: Mapping[str, str]) -> list[str]:
        raise OSError(errno.EACCES, "Permission denied", str(folder))

    with pytest.raises(IdtrackerError, match="Permission denied"):
        write_briefing(light, tmp_path / "site", "R", "OFFICIAL", ("en",), finish=stop)
    assert set(content(tmp_path / "site")) == names
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_a_full_disk_leaves_what_was_there(light: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_briefing(light, tmp_path / "site", "R", "OFFICIAL", ("en",))
    before, write_bytes = content(tmp_path / "site"), Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == "tracker.html":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write_bytes(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    for target in ("site", "new"):
        with pytest.raises(IdtrackerError, match=r"No space left on device\. No briefing was written"):
            write_briefing(light, tmp_path / target, "R", "OFFICIAL")
    assert content(tmp_path) == {f"site/{name}": data for name, data in before.items()}


def test_a_folder_that_cannot_be_made_is_said(publication: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(IdtrackerError, match="No briefing was written"):
        write_briefing(publication, tmp_path / "file" / "below", "R", "OFFICIAL")


def test_what_is_no_briefing_is_not_replaced(publication: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    for name, why in (("mine", "no briefing"), ("file", "not a folder"), ("link", "not a folder")):
        with pytest.raises(UsageError, match=why):
            write_briefing(publication, tmp_path / name, "R", "OFFICIAL")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "letter.txt", "link", "mine"]


def test_the_briefing_of_a_home_is_marked_by_its_highest_row(tmp_path: Path) -> None:
    home = Home((tmp_path / "home").resolve(), tmp_path / "sources")
    with pytest.raises(NotPublishedError):
        write_current(home)
    rows = {"place": small_rows()["place"], "score": small_rows()["score"][:4]}
    rows["score"][3] |= {"classification": "OFFICIAL-SENSITIVE", "releasable_to": "HMG"}
    version = write_publication(home.published / "hmg" / "2026-07-31-ab12cd34ef56", rows)
    (home.published / "hmg" / "current").symlink_to(version.name)
    published = content(home.published)
    written = write_current(home)
    assert written.index == home.root / "briefing" / "hmg" / "index.html"
    assert written.marking == Marking("OFFICIAL-SENSITIVE", frozenset({"HMG"}))
    assert "OFFICIAL-SENSITIVE · HMG" in words_of(home.root / "briefing" / "hmg" / "en" / "index.html")
    for inside in (home.root, home.published / "hmg" / "current" / "briefing"):
        with pytest.raises(UsageError, match="stays as it is"):
            write_current(home, inside)
    assert content(home.published) == published


def test_one_file_is_not_written_for_two_sets_of_rows(publication: Path, tmp_path: Path) -> None:
    def page(*sql: str) -> Page:
        return Page("a.html", "A", [Section("s", "S", [Table("t", ["x"], [], "t.csv", text) for text in sql])])

    with connect(str(publication / "idtracker.duckdb"), read_only=True) as connection:
        data = DataFiles(PublishedRows(connection), tmp_path / "data")
        with pytest.raises(ValueError, match=r"t\.csv"):
            data.add([page("SELECT 1 AS x", "SELECT 2 AS x")], "en")
        data = DataFiles(PublishedRows(connection), tmp_path / "data")
        data.add([page("SELECT 1 AS x", "SELECT 1 AS x")], "en")
        data.add([page("SELECT 2 AS x")], "ar")
    assert data.names == {("t.csv", "en"): "t.csv", ("t.csv", "ar"): "t-ar.csv"}
    assert content(tmp_path / "data") == {"t.csv": b"x\r\n1\r\n", "t-ar.csv": b"x\r\n2\r\n"}
