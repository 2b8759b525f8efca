"""Rounds after the definitions changed: made again, byte for byte, by those of the day on which they were frozen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from held_round import BY, files, query, run_again, shown

from idtracker.ingest.decisions.kept_definitions import KeptDefinitions
from idtracker.ingest.decisions.rounds import Rounds
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judged.judging import judge_waiting
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.operate.services.rounds import rebuilding
from tests.support.cli_programme import Program
from tests.support.small_programme import SURVEY_HEAD, drop, text_of


def change_the_register(home: Home) -> None:
    """Other goalposts, another population, another name, another title and notice, other source definitions."""
    reference = home.sources / "_reference"
    indicators = (reference / "indicators.csv").read_text("utf-8")
    changed = indicators.replace("BSF1,%,1,0,100", "BSF1,%,1,20,90").replace("Residents with a voice", "Voice")
    assert changed != indicators
    (reference / "indicators.csv").write_text(changed, "utf-8")
    places = "place_id,name,name_ar,level,parent_id,population\nJO-KA,Kerak,الكرك,adm1,JO,123456\n"
    (reference / "places.csv").write_text(places, "utf-8")
    programme = (home.sources / "programme.yml").read_text("utf-8")
    other = programme.replace("title: ", "title: Another ").replace("notice: ", "notice: Other ")
    (home.sources / "programme.yml").write_text(other, "utf-8")


def counting(judged: list[int], home: Home, catalogue: ProgrammeCatalogue, source: Source) -> Any:
    outcomes, damaged = judge_waiting(home, catalogue, source)
    judged.append(len(outcomes))
    return outcomes, damaged


def test_rounds_are_made_again_byte_for_byte_after_the_register_changed(
    copied_round: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, before = copied_round.home, files(copied_round.home)
    copied_round("round", "open", "2025-Q4", "--cutoff", "2026-01-25", "--held-on", "2026-01-28", *BY)
    copied_round("round", "freeze", "2025-Q4-2", *BY)
    change_the_register(home)
    run_again(copied_round)
    now = query(copied_round, "SELECT score FROM score WHERE node_code = 'STABILITY' AND place_id = 'JO'")
    document = shown(copied_round, "--rebuild")
    assert document["now"]["is_as_frozen"] is False and now[-1]["score"] != pytest.approx((50 * 75) ** 0.5)
    assert document["rebuilt"] == {
        "is_same": True,
        "differing": [],
        "reasons": [],
        "with_kept_method": True,
        "with_kept_definitions": True,
    }
    assert (
        "reference data and source definitions: the same"
        in copied_round("round", "show", "2025-Q4", "--rebuild").stdout
    )
    assert files(home) == before
    for path in (home.published / "hmg" / "rounds" / "2025-Q4").iterdir():
        path.unlink()
    copied_round("publish")
    judged: list[int] = []
    monkeypatch.setattr(rebuilding, "judge_waiting", lambda *words: counting(judged, *words))
    assert files(home) == before and copied_round("verify").exit_code == 0
    assert sum(judged) == len(list((home.landing / "ledger").glob("[!_]*/*.json"))) == 3, "once for both rounds"
    assert [p.name for p in home.root.iterdir() if p.name.startswith(".round-")] == []


def test_a_kept_definition_that_was_changed_or_is_missing_is_named(copied_round: Program) -> None:
    home = copied_round.home
    folder, frozen = KeptDefinitions(home).folder, Rounds(home).one("2025-Q4").frozen
    assert frozen is not None and {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}
    listed = json.loads((folder / frozen.content["definition_set"]).read_text("utf-8"))
    path = folder / listed["_reference/indicators.csv"]
    content = path.read_bytes()
    path.write_bytes(content.replace(b",0,100,", b",0,101,"))
    said = copied_round("verify", code=1).output
    assert f"{path.name} (rounds): the kept definition {path.name[:12]} was changed" in said.replace("\n", " ")
    change_the_register(home)
    run_again(copied_round)
    again = shown(copied_round, "--rebuild", code=1)["rebuilt"]
    assert again["reasons"][0] == f"the kept definition {path.name[:12]} was changed"
    assert "changed since: reference data" in again["reasons"] and not again["with_kept_definitions"]
    path.unlink()
    assert "cannot be read" in copied_round("verify", code=1).output
    path.write_bytes(content)
    (folder / ("0" * 64)).write_bytes(b"left of a freeze that was cut off")
    verified = copied_round("verify")
    assert "no act about a round names this file" in verified.output


def test_a_restored_home_has_the_definitions_of_its_rounds(copied_round: Program, tmp_path: Path) -> None:
    before = files(copied_round.home)
    change_the_register(copied_round.home)
    copied_round("backup", tmp_path / "home.tar.gz")
    other = Program(Home(tmp_path / "other", copied_round.home.sources))
    other("restore", tmp_path / "home.tar.gz", code=None)
    assert files(other.home) == before
    kept = KeptDefinitions(other.home).folder
    assert sorted(p.name for p in kept.iterdir()) == sorted(
        p.name for p in KeptDefinitions(copied_round.home).folder.iterdir()
    )


def test_a_file_that_came_later_is_named_also_where_the_register_changed(copied_round: Program) -> None:
    home, before = copied_round.home, files(copied_round.home)
    change_the_register(home)
    late = text_of(SURVEY_HEAD, ["VOICE,Karak,2025-Q4,41"])
    drop(home.root, "survey", "survey_2025-Q4_v3.csv", late, "2026-01-15T09:00:00Z")
    run_again(copied_round)
    again = shown(copied_round, "--rebuild", code=1)["rebuilt"]
    assert again["with_kept_definitions"] and "merged_cell: other content" in again["differing"]
    assert len(again["reasons"]) == 1 and "survey_2025-Q4_v3.csv" in again["reasons"][0]
    assert files(home) == before


def test_a_break_that_begins_later_keeps_nobody_from_freezing(copied_round: Program) -> None:
    """It has no effect yet, for a run and for a round alike."""
    home = copied_round.home
    breaks = (
        "break_id,indicator_id,valid_from,kind,crosswalk,reason\nB1,VOICE,2198-01-01,definition,none,Asked otherwise\n"
    )
    (home.sources / "_reference" / "series_breaks.csv").write_text(breaks, "utf-8")
    run_again(copied_round, code=None)
    copied_round("round", "open", "2026-Q1", "--cutoff", "2026-04-20", "--held-on", "2026-04-25", *BY)
    copied_round("round", "freeze", "2026-Q1", *BY)
    frozen = Rounds(home).one("2026-Q1").frozen
    assert frozen is not None and frozen.content["inputs"]["headline"] is not None
    copied_round("verify")
