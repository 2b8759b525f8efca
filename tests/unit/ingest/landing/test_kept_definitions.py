"""Definitions kept with a round: each content once, found when changed, and read again as the definitions that they were."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from idtracker.ingest.decisions.kept_definitions import KeptDefinitions
from idtracker.ingest.decisions.rounds import RoundAct
from idtracker.ingest.judge.catalogue import catalogue_of
from idtracker.ingest.judge.definition_set import catalogue_of_set, definition_set
from idtracker.model.errors import DamagedFileError
from idtracker.model.home import Home
from idtracker.model.register import register

SOURCES = Path(__file__).parents[4] / "sources"
NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)


def freeze(name: str) -> RoundAct:
    return RoundAct("R", "frozen", {"definition_set": name}, "team", "round frozen", NOON)


def test_each_content_is_kept_once_under_its_hash(tmp_path: Path) -> None:
    kept = KeptDefinitions(Home(tmp_path, tmp_path))
    first = kept.keep({"a.csv": b"1", "x/b.yml": b"2"})
    assert kept.keep({"x/b.yml": b"2", "a.csv": b"1"}) == first == kept.name_of({"a.csv": b"1", "x/b.yml": b"2"})
    second = kept.keep({"a.csv": b"1", "x/b.yml": b"3"})
    names = {p.name for p in kept.folder.iterdir()}
    assert names == {first, second, *(hashlib.sha256(c).hexdigest() for c in (b"1", b"2", b"3"))}
    assert kept.read(first) == {"a.csv": b"1", "x/b.yml": b"2"} and kept.read(second)["x/b.yml"] == b"3"
    assert {p.stat().st_mode & 0o777 for p in kept.folder.iterdir()} == {0o600}
    assert kept.folder.stat().st_mode & 0o777 == 0o700


def test_whatever_is_changed_or_missing_is_named_once(tmp_path: Path) -> None:
    kept = KeptDefinitions(Home(tmp_path, tmp_path))
    name = kept.keep({"a.csv": b"1", "b.csv": b"1", "c.csv": b"2"})
    acts = [freeze(name), freeze(name)]
    assert list(kept.faults(acts)) == [] and kept.unnamed(acts) == []
    one, two = (kept.folder / hashlib.sha256(c).hexdigest() for c in (b"1", b"2"))
    one.write_bytes(b"9")
    two.unlink()
    assert {path for path, _ in kept.faults(acts)} == {one, two}
    with pytest.raises(DamagedFileError, match="was changed"):
        kept.read(name)
    one.write_bytes(b"1")
    (kept.folder / name).write_bytes(b"{}")
    assert [path for path, _ in kept.faults(acts)] == [kept.folder / name]
    kept.keep({"a.csv": b"1", "b.csv": b"1", "c.csv": b"2"})
    assert list(kept.faults(acts)) == [] and kept.unnamed([]) == sorted(kept.folder.iterdir())


def test_a_list_that_leads_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    kept = KeptDefinitions(Home(tmp_path, tmp_path))
    for path in ("../a.csv", "/tmp/a.csv", "x/../../a.csv"):
        with pytest.raises(DamagedFileError, match="leads out"):
            kept.read(kept.keep({path: b"1"}))


def test_definitions_laid_out_again_are_those_that_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the program comes with other reference data by then."""
    home = Home(tmp_path / "home", SOURCES)
    catalogue = catalogue_of(home)
    kept = KeptDefinitions(home)
    files = definition_set(home, catalogue)
    name = kept.keep(files)
    assert "_bundled/places.csv" in files and "_reference/indicators.csv" in files and "programme.yml" in files
    assert not any("example" in path for path in files)
    bundled = register._bundled

    def later(folder: Path | None) -> object:
        for place, table, content in bundled(folder):
            yield place, table, content.replace(b"Amman", b"Amman City") if folder is None else content

    monkeypatch.setattr(register, "_bundled", later)
    register._of_files.cache_clear()
    assert catalogue_of(home).register.fingerprint != catalogue.register.fingerprint
    again = catalogue_of_set(kept.read(name), tmp_path / "then", NOON.date())
    assert again.register.fingerprint == catalogue.register.fingerprint
    assert again.matches.fingerprint == catalogue.matches.fingerprint
    assert {s.id: s.fingerprint for s in again.sources.values()} == {
        s.id: s.fingerprint for s in catalogue.sources.values()
    }
    assert again.programme == catalogue.programme and list(again.methods) == list(catalogue.methods)
    for table, rows in catalogue.register.tables().items():
        assert rows.equals(again.register.tables()[table]), table
    register._of_files.cache_clear()
