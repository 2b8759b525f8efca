"""A copy on storage: never half for who reads it, nothing of anybody's replaced, no credential in any message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from published_rows import publish_rows, row_of

from idtracker.cli.reading.export import export
from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.home import Home
from idtracker.publish.export.delivery.storage import MARKER, check_url, copy_export, folder_for
from idtracker.publish.export.folder import DESCRIPTION
from idtracker.publish.export.write_export import export_publication

fsspec = pytest.importorskip("fsspec")
URL = "memory://bucket/exports/now"


@pytest.fixture
def memory() -> Iterator[Any]:
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return publish_rows(tmp_path, {"place": [row_of("place", place_id="A")], "place_code": []})


def objects(system: Any, root: str = "/bucket/exports/now") -> dict[str, bytes]:
    return {str(p).removeprefix(root).lstrip("/"): system.cat_file(p) for p in system.find(root)}


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def exported(home: Home, folder: Path, formats: str = "csv,parquet") -> Path:
    return export_publication(home, folder, formats=formats).folder


def test_a_copy_has_every_file_and_a_later_one_replaces_it(home: Home, tmp_path: Path, memory: Any) -> None:
    first = exported(home, tmp_path / "one")
    assert copy_export(home, first, URL) == len(files(first)) == 5
    assert objects(memory) == files(first)
    second = exported(home, tmp_path / "two", "xlsx")
    assert copy_export(home, second, URL + "/") == 2
    assert objects(memory) == files(second)  # nothing of the first is left


def test_the_description_goes_first_and_comes_last(
    home: Home, tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_export(home, exported(home, tmp_path / "one"), URL)
    seen: list[tuple[str, bool]] = []
    put = memory.put_file

    def watched(here: str, there: str, **options: Any) -> None:
        seen.append((Path(here).name, memory.exists(f"/bucket/exports/now/{DESCRIPTION}")))
        put(here, there, **options)

    monkeypatch.setattr(type(memory), "put_file", lambda self, here, there, **o: watched(here, there, **o))
    copy_export(home, exported(home, tmp_path / "two"), URL)
    assert [is_there for _, is_there in seen] == [False] * 5 and seen[-1][0] == DESCRIPTION


def test_a_copy_that_was_broken_off_is_made_again(
    home: Home, tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = exported(home, tmp_path / "one")
    put, sent = memory.put_file, []

    def failing(self: Any, here: str, there: str, **options: Any) -> None:
        if len(sent) == 2:
            raise RuntimeError("AKIASECRET is not allowed")
        sent.append(there)
        put(here, there, **options)

    with monkeypatch.context() as broken:
        broken.setattr(type(memory), "put_file", failing)
        with pytest.raises(IdtrackerError) as problem:
            copy_export(home, folder, URL)
    assert "AKIASECRET" not in str(problem.value) and "RuntimeError" in str(problem.value)
    assert problem.value.__cause__ is None and problem.value.__suppress_context__
    there = objects(memory)
    assert DESCRIPTION not in there and MARKER in there and len(there) == 3
    copy_export(home, folder, URL)
    assert objects(memory) == files(folder)


def test_bytes_that_did_not_arrive_are_noticed(
    home: Home, tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = exported(home, tmp_path / "one")
    monkeypatch.setattr(type(memory), "put_file", lambda self, here, there, **o: self.pipe_file(there, b"half"))
    with pytest.raises(IdtrackerError, match="not all of it arrived"):
        copy_export(home, folder, URL)
    assert DESCRIPTION not in objects(memory)


@pytest.mark.parametrize("stranger", ["report.docx", "csv/extra.csv"])
@pytest.mark.parametrize("is_copy", [True, False])
def test_nothing_of_anybody_is_replaced(home: Home, tmp_path: Path, memory: Any, stranger: str, is_copy: bool) -> None:
    folder = exported(home, tmp_path / "one")
    if is_copy:
        copy_export(home, folder, URL)
    memory.pipe_file(f"/bucket/exports/now/{stranger}", b"mine")
    before = objects(memory)
    with pytest.raises(UsageError, match="no export wrote"):
        copy_export(home, folder, URL)
    assert objects(memory) == before


def test_a_description_of_somebody_else_is_no_export(home: Home, tmp_path: Path, memory: Any) -> None:
    memory.pipe_file(f"/bucket/exports/now/{DESCRIPTION}", json.dumps({"resources": [{"path": "a.csv"}]}).encode())
    memory.pipe_file("/bucket/exports/now/a.csv", b"a")
    with pytest.raises(UsageError, match="no export wrote"):
        copy_export(home, exported(home, tmp_path / "one"), URL)


@pytest.mark.parametrize(
    "url",
    [
        "s3://AKIA:SECRET@bucket/x",
        "sftp://me:SECRET@host/x",
        "s3://bucket/x?key=SECRET",
        "s3://bucket/x#SECRET",
        "nowhere",
        "abc://SECRET",
    ],
)
def test_addresses_that_cannot_be_are_refused_without_repeating_them(home: Home, url: str) -> None:
    with pytest.raises(UsageError) as problem:
        check_url(home, url)
    assert "SECRET" not in str(problem.value)


def test_a_missing_package_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(url: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(IdtrackerError, match="pip install s3fs"):
        check_url(home, "s3://bucket/x")
    with pytest.raises(IdtrackerError, match="pip install paramiko"):
        check_url(home, "sftp://host/x")


def test_a_local_address_is_a_folder_outside_the_home(home: Home, tmp_path: Path) -> None:
    folder = exported(home, tmp_path / "one")
    copy_export(home, folder, f"file://{tmp_path}/two")
    assert files(tmp_path / "two") == files(folder)
    with pytest.raises(UsageError, match="inside the home"):
        check_url(home, f"file://{home.root}/x")


def test_the_command_takes_an_address_for_a_folder_and_beside_one(home: Home, tmp_path: Path, memory: Any) -> None:
    given = ["--home", str(home.root), "--format", "csv", "--json"]
    answer = CliRunner().invoke(export, [URL, *given])
    assert answer.exit_code == 0, answer.output
    document = json.loads(answer.stdout)
    assert (document["folder"], document["copied_to"]) == (URL, None)
    assert sorted(objects(memory)) == ["csv/place.csv", "csv/place_code.csv", DESCRIPTION]
    answer = CliRunner().invoke(export, [str(tmp_path / "here"), *given, "--to", "memory://bucket/other"])
    document = json.loads(answer.stdout)
    assert (document["folder"], document["copied_to"]) == (str(tmp_path / "here"), "memory://bucket/other")
    assert objects(memory, "/bucket/other") == files(tmp_path / "here") == objects(memory)
    refused = CliRunner().invoke(export, [str(tmp_path / "there"), *given, "--to", "s3://a:SECRET@b/c"])
    assert refused.exit_code == 2 and "SECRET" not in refused.output and not (tmp_path / "there").exists()


def test_no_folder_stays_behind_an_address() -> None:
    with folder_for(URL) as folder:
        assert folder.parent.is_dir()
    assert not folder.parent.exists()
