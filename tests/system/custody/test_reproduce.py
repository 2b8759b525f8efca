"""A past publication is made again from what was on record then, though more arrived that counts from before its day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.collect import collect
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.operate.custody.past_record import past_records, submissions_of
from idtracker.operate.custody.reproduce import ReproducedTable, Reproduction, _wanted, reproduce
from idtracker.publish.snapshot import LOG
from tests.support.custody_home import NOW, copy_home
from tests.support.small_programme import SURVEY_HEAD, drop, text_of


@pytest.fixture(scope="module")
def later(made: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home after another file came that counts from before the day of its publication."""
    home = copy_home(made, tmp_path_factory.mktemp("later"))
    rows = text_of(SURVEY_HEAD, ["VOICE,Zarqa,2025-Q4,12"])
    drop(home.root, "survey", "survey_late.csv", rows, "2026-01-25T09:00:00Z")
    collect(home, load_catalogue(home.sources).source("survey"), NOW)
    Chain(home).seal(NOW)
    return home


def test_the_record_of_a_run_is_what_was_sealed_by_then(later: Home) -> None:
    now, first = past_records(later)
    assert len(submissions_of(later, now) - submissions_of(later, first)) == 1
    assert submissions_of(later, first) < submissions_of(later, now)


def test_it_is_made_again_byte_for_byte_and_a_file_that_was_changed_is_named(later: Home) -> None:
    folder = (later.published / "hmg" / "current").resolve()
    changed = folder / "parquet" / "score.parquet"
    before = changed.read_bytes()
    changed.write_bytes(before + b" ")
    again = reproduce(later, load_catalogue(later.sources), "hmg", folder.name)
    changed.write_bytes(before)
    differing = [(table.table, table.has_same_content, table.has_same_bytes) for table in again.differing]
    assert differing == [("score", True, False)]
    assert again.is_kept and not again.is_same
    assert again.made == folder.name, "its content has the hash that its name says"
    same = {table.table: table.rows for table in again.tables if table.is_same}
    assert len(same) > 80 and same["merged_cell"] and same["observation"]
    assert not list(later.root.glob(".reproduce-*"))


def test_a_publication_that_is_no_longer_kept_is_the_same_where_its_name_is() -> None:
    table = ReproducedTable("score", None, 4, True, None)
    for made, is_same in (("2026-02-10-0123456789ab", True), ("2026-02-10-ffffffffffff", False)):
        assert Reproduction("2026-02-10-0123456789ab", False, made, tables=[table]).is_same is is_same
    assert not Reproduction("2026-02-10-0123456789ab", False).is_same


def test_a_noted_publication_says_which_record_it_was_made_from(later: Home) -> None:
    folder = (later.published / "hmg" / "current").resolve()
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    now, first = past_records(later)
    content = "0123456789ab" + manifest["content"][12:]
    gone = manifest | {"content": content, "made_from": {"chain_links": first.links}}
    log = later.published / "hmg" / LOG
    log.write_text(f"torn{{\n{json.dumps(gone)}\n", "utf-8")
    wanted = _wanted(later, "hmg", f"{folder.name[:10]}-0123456789ab")
    log.unlink()
    assert (wanted.folder, wanted.manifest["tables"]) == (None, manifest["tables"])
    assert wanted.records() == [first] and first != now


def test_a_day_of_which_nothing_on_record_speaks_is_not_made(later: Home) -> None:
    again = reproduce(later, load_catalogue(later.sources), "hmg", "2020-01-01-0123456789ab")
    assert (again.is_same, again.tried, again.made) == (False, 0, "")
    assert again.reasons


def test_something_that_is_no_name_is_answered_with_those_that_are_kept(later: Home) -> None:
    kept: Path = (later.published / "hmg" / "current").resolve()
    with pytest.raises(UsageError, match=kept.name):
        reproduce(later, load_catalogue(later.sources), "hmg", "yesterday")
