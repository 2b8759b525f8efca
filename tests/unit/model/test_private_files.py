"""What is written is its user's alone, whatever the umask; publications are for a group that somebody names."""

from __future__ import annotations

import grp
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import idtracker.cli
from idtracker.model.errors import IdtrackerError
from idtracker.model.files import be_private, private_folder, write_bytes
from idtracker.model.home import Home
from idtracker.operate.run_log import log_run
from idtracker.publish.sharing import SETTING, share
from idtracker.store.connection import writing_turn


@pytest.fixture(params=[0o000, 0o022])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {p.relative_to(folder).as_posix(): p.lstat().st_mode & 0o777 for p in (folder, *folder.rglob("*"))}


@pytest.mark.usefixtures("umask")
def test_a_new_home_is_closed_whoever_makes_it_first(tmp_path: Path) -> None:
    for number, make in enumerate(
        (
            lambda home: write_bytes(home.inbox / "s" / "a.csv", b"x"),
            lambda home: log_run(home, {"run_id": "a"}),
            lambda home: writing_turn(home).__enter__(),
        )
    ):
        home = Home(tmp_path / str(number) / "home", tmp_path)
        make(home)
        assert home.root.stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("umask")
def test_a_file_written_whole_is_private_and_a_folder_that_exists_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    write_bytes(tmp_path / "answer.html", b"x")
    private_folder(tmp_path / "a" / "b")
    assert modes(tmp_path) == {".": 0o755, "answer.html": 0o600, "a": 0o700, "a/b": 0o700}


@pytest.mark.usefixtures("umask")
def test_the_program_writes_nothing_for_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def command(**_: object) -> None:
        (tmp_path / "out.csv").write_text("x")
        (tmp_path / "folder").mkdir()

    monkeypatch.setattr(idtracker.cli, "cli", command)
    idtracker.cli.main()
    assert {name: mode for name, mode in modes(tmp_path).items() if name != "."} == {"out.csv": 0o600, "folder": 0o700}


@pytest.fixture
def publication(tmp_path: Path) -> Path:
    before = os.umask(0)
    be_private()
    folder = tmp_path / "home" / "published" / "hmg" / "2026"
    (folder / "parquet").mkdir(parents=True)
    (folder / "parquet" / "score.parquet").write_bytes(b"x")
    (tmp_path / "home" / "landing").mkdir()
    (tmp_path / "home" / "runs.jsonl").write_text("")
    os.umask(before)
    return folder


def test_without_the_setting_a_publication_is_private(publication: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    share(publication.parents[2], publication)
    assert {mode & 0o077 for mode in modes(publication.parents[2]).values()} == {0}


def test_the_group_reads_publications_and_nothing_else(publication: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, grp.getgrgid(os.getgid()).gr_name)
    share(publication.parents[2], publication)
    assert modes(publication.parents[2]) == {
        ".": 0o710, "landing": 0o700, "runs.jsonl": 0o600, "published": 0o750, "published/hmg": 0o750,
        "published/hmg/2026": 0o750, "published/hmg/2026/parquet": 0o750,
        "published/hmg/2026/parquet/score.parquet": 0o640,
    }  # fmt: skip


def test_a_group_that_is_not_there_is_said(publication: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "no-such-group-of-readers")
    with pytest.raises(IdtrackerError, match="there is no group"):
        share(publication.parents[2], publication)
