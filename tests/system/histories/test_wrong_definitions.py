"""One wrong definition, or reference rows that clash, stop what uses them, loudly; everything else goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from idtracker.ingest.judge.catalogue import catalogue_of
from idtracker.model.errors import DefinitionError
from idtracker.model.home import Home
from idtracker.operate.services.sources import check_sources
from idtracker.operate.services.status import state_of
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes
from tests.support.runs import METRICS, SUITES, runner_without

TABLES = ("activity", "submission", "held_row", "obligation", "merged_cell")
RUNNER = runner_without(SUITES, "tracker/scores", METRICS)


def tables(home: Home) -> dict[str, str]:
    with open_store(home) as store:
        return content_hashes(store, TABLES)


def test_a_wrong_definition_stops_its_source_alone(programme: Home, drop: Callable[..., Path]) -> None:
    drop(rows=["C-1,Zarqa,2025-Q3,2,11"])
    drop("visits", "visits.csv")
    assert RUNNER(programme).run().failures == {}
    before, definition = tables(programme), programme.sources / "courses" / "source.yml"
    sound = definition.read_text()
    definition.write_text(sound.replace("title:", "titel:"))
    waiting = drop(rows=["C-2,Zarqa,2025-Q3,2,11"], name="later.csv")
    report = RUNNER(programme).run()
    assert (
        list(report.failures) == ["accepted/courses"]
        and "courses/source.yml:2: titel" in report.failures["accepted/courses"]
    )
    assert report.outcome == "failed" and report.unknown_inboxes == []
    assert tables(programme) == before and waiting.exists()
    status = state_of(programme, datetime.now(UTC))
    assert [entry["source"] for entry in status["wrong_definitions"]] == ["courses"] and status["exit_code"] == 2
    assert {s["id"] for s in status["sources"]} == {"courses", "survey", "visits"}
    with pytest.raises(DefinitionError, match="titel"):
        catalogue_of(programme).source("courses")
    definition.write_text(sound)
    report = RUNNER(programme).run()
    assert report.failures == {} and [s.file_name for s in report.submissions] == ["later.csv"]


def test_the_facts_of_a_source_stay_though_no_sound_definition_is_remembered(
    programme: Home, drop: Callable[..., Path]
) -> None:
    drop(rows=["C-1,Zarqa,2025-Q3,2,11"])
    RUNNER(programme).run()
    before = tables(programme)
    (programme.sources / "courses" / "source.yml").unlink()
    for file in sorted(programme.definitions.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    assert "accepted/courses" in RUNNER(programme).run().failures
    after = tables(programme)
    assert {t: after[t] for t in ("activity", "submission", "held_row")} == {
        t: before[t] for t in ("activity", "submission", "held_row")
    }


def test_reference_rows_that_clash_are_left_out_and_what_they_name_is_held(
    programme: Home, drop: Callable[..., Path]
) -> None:
    places = programme.sources / "_reference" / "places.csv"
    rows = "place_id,name,level,parent_id\nJO-XA,Twin Camp,site,JO-MA\nJO-XB,Twin Camp,site,JO-MA\n"
    places.write_text(rows)
    drop(rows=["C-1,Zarqa,2025-Q3,2,11", "C-2,Twin Camp,2025-Q3,2,11"])
    report = RUNNER(programme).run()
    assert list(report.failures) == ["tracker/registers"] and "JO-XA and JO-XB" in report.failures["tracker/registers"]
    assert (report.rows.accepted, report.rows.held) == (1, 1)
    status = state_of(programme, datetime.now(UTC))
    assert [entry["source"] for entry in status["wrong_definitions"]] == [None]
    problems, checked = check_sources(programme.sources, None, datetime.now(UTC))
    assert any("JO-XA and JO-XB" in line for line in problems) and {c.source_id for c in checked} == {
        "courses",
        "survey",
        "visits",
    }
    places.write_text(rows.replace("JO-XB,Twin Camp", "JO-XB,Other Camp"))
    report = RUNNER(programme).run()
    assert report.failures == {}
    with open_store(programme) as store:
        assert store.execute("SELECT count(*) FROM activity WHERE recorded_to IS NULL").fetchone() == (2,)
