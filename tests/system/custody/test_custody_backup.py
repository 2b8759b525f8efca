"""A backup brings back the same content; an archive that was tampered with is refused by the name of its member."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.home import Home
from idtracker.operate.custody.backup import back_up
from idtracker.operate.custody.rebuild import COMPARED
from idtracker.operate.custody.restore import restore, unpack
from idtracker.operate.custody.verify import verify
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes
from tests.support.custody_home import NOW, copy_home

Members = list[tuple[tarfile.TarInfo, bytes]]


@pytest.fixture(scope="module")
def archive(made: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "home.tar.gz"
    done = back_up(made, load_catalogue(made.sources), path)
    assert not done.damaged and done.files == 13 + 15 + 2  # bytes, documents, chain and log of runs
    return path


def hashes(home: Home) -> dict[str, str]:
    with open_store(home) as store:
        return content_hashes(store, COMPARED)


def logs(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """What the latest run says of its own work: accounts, and comparisons with earlier periods."""
    with open_store(home) as store:
        rows = {t: store.execute(f"SELECT * FROM {t} ORDER BY ALL").fetchall() for t in ("reconciliation", "drift")}
    assert rows["reconciliation"], "a table without rows compares nothing"
    return rows


@pytest.mark.parametrize("whole", [False, True])
def test_a_restored_home_has_the_content_of_the_one_backed_up(made: Home, tmp_path: Path, whole: bool) -> None:
    catalogue, path = load_catalogue(made.sources), tmp_path / "b.tar.gz"
    back_up(made, catalogue, path, whole)
    home = Home(tmp_path / "again", made.sources)
    result = restore(home, catalogue, path, NOW)
    assert (result.problems, result.differing, result.notes) == ([], [], [])
    assert (result.judged, result.compared) == (0 if whole else 13, len(COMPARED))
    assert hashes(home) == hashes(made)
    assert logs(home) == logs(made)
    for path in (p for p in made.landing.rglob("[!.]*") if p.is_file()):
        assert (home.root / path.relative_to(made.root)).read_bytes() == path.read_bytes()
    assert verify(home, catalogue, NOW).problems == []
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_the_refused_file_is_in_no_backup(archive: Path) -> None:
    with tarfile.open(archive) as opened:
        assert not [m.name for m in opened if m.name.startswith("inbox")]
    assert b"C-99,Zarqa" not in gzip.decompress(archive.read_bytes())


def test_the_same_home_makes_the_same_archive_and_never_over_another_file(
    made: Home, archive: Path, tmp_path: Path
) -> None:
    catalogue = load_catalogue(made.sources)
    back_up(made, catalogue, tmp_path / "twice.tar.gz")
    assert (tmp_path / "twice.tar.gz").read_bytes() == archive.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        back_up(made, catalogue, archive)


def test_a_home_that_is_not_empty_is_kept_unless_moved_aside(made: Home, archive: Path, tmp_path: Path) -> None:
    catalogue, home = load_catalogue(made.sources), copy_home(made, tmp_path)
    (home.root / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="is not empty"):
        restore(home, catalogue, archive, NOW)
    result = restore(home, catalogue, archive, NOW, force=True)
    assert result.moved_aside == tmp_path / "home.replaced-1"
    assert (tmp_path / "home.replaced-1" / "mine.txt").read_text("utf-8") == "mine"
    assert not (home.root / "mine.txt").exists()


def repack(archive: Path, target: Path, change: Callable[[Members], None]) -> Path:
    members: Members = []
    with tarfile.open(archive) as opened:
        for member in opened:
            content = opened.extractfile(member)
            assert content is not None
            members.append((member, content.read()))
    change(members)
    with tarfile.open(target, "w:gz") as packed:
        for member, data in members:
            member.size = len(data) if member.isreg() else 0
            packed.addfile(member, io.BytesIO(data))
    return target


def add(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> Callable[[Members], None]:
    def change(members: Members) -> None:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, link
        members.append((member, b"x" if kind == tarfile.REGTYPE else b""))
        listed = json.loads(members[0][1])
        listed["files"].append([name, 1, "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"])
        members[0] = (members[0][0], json.dumps(listed).encode())

    return change


def flip(members: Members) -> None:
    member, data = members[3]
    members[3] = (member, bytes([data[0] ^ 1]) + data[1:])


def drop(members: Members) -> None:
    del members[3]


def repeat(members: Members) -> None:
    members.append(members[3])


def smuggle(members: Members) -> None:
    members.append((tarfile.TarInfo("landing/aa/unlisted"), b"x"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (add("../outside.txt"), r"\.\./outside\.txt leads out of the home"),
        (add("landing/../../outside.txt"), "leads out of the home"),
        (add("/etc/outside"), "/etc/outside leads out of the home"),
        (add("landing\\..\\x"), "leads out of the home"),
        (add("landing/link", tarfile.SYMTYPE, "/etc/passwd"), "landing/link is a link or no file"),
        (add("landing/hard", tarfile.LNKTYPE, "runs.jsonl"), "landing/hard is a link or no file"),
        (add("landing/pipe", tarfile.FIFOTYPE), "landing/pipe is a link or no file"),
        (add("dagster/dagster.yaml"), "dagster/dagster.yaml does not belong into a home"),
        (flip, "is not what was backed up"),
        (drop, "is missing"),
        (repeat, "is in it twice"),
        (smuggle, "landing/aa/unlisted is not in its list"),
        (lambda members: members.pop(0), "does not begin with manifest.json"),
    ],
)
def test_an_archive_that_was_tampered_with_is_refused_by_name(
    archive: Path, tmp_path: Path, change: Callable[[Members], None], said: str
) -> None:
    bad = repack(archive, tmp_path / "bad.tar.gz", change)
    (tmp_path / "in").mkdir()
    with pytest.raises(IdtrackerError, match=said) as refused:
        unpack(bad, tmp_path / "in")
    assert "nothing was restored" in str(refused.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.tar.gz", "in"]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_an_archive_that_was_cut_off_is_refused(made: Home, archive: Path, tmp_path: Path, share: float) -> None:
    content = archive.read_bytes()
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(content[: int(len(content) * share)])
    home = Home(tmp_path / "again", made.sources)
    with pytest.raises(IdtrackerError, match=r"cut\.tar\.gz"):
        restore(home, load_catalogue(made.sources), cut, NOW)
    assert [p.name for p in tmp_path.iterdir()] == ["cut.tar.gz"]
