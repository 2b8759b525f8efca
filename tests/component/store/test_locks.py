"""Closed periods: what comes later is held, and nothing later wipes or changes what was known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from claims_home import HEAD, ClaimsHome, saved
from test_waivers import asked

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.config.programme import PeriodLock
from idtracker.model.errors import DefinitionError
from idtracker.operate.services.waivers import waive

Make = Callable[..., ClaimsHome]
LOCK = {"through": "2025-Q4", "on": "2026-02-15", "why": "annual return"}
BEFORE, AFTER = 10, 60
OLD = HEAD + "A,2025-Q3,9,1\nB,2025-Q4,9,2\nC,2026-Q1,9,3\n"


@pytest.mark.parametrize("revision", ["upsert", "replace_period", "replace_all"])
def test_a_closed_period_stays_as_it_was(make: Make, revision: str) -> None:
    home = make(locks=[LOCK], revision=revision)
    home.send(BEFORE, OLD)
    late = home.send(AFTER, HEAD + "A,2025-Q3,9,7\nC,2026-Q1,9,8\nE,2025-Q4,9,5\n", "late.csv")
    assert (late.rows_held, late.rows_accepted) == (2, 1)
    assert set(home.held(AFTER + 1)["rules"]) == {"period.locked"}
    assert home.known() == {"A/2025-Q3": 1, "B/2025-Q4": 2, "C/2026-Q1": 8}
    home.submissions()


def test_a_whole_file_that_no_longer_carries_a_closed_period_does_not_wipe_it(make: Make) -> None:
    home = make(locks=[LOCK], revision="replace_all")
    first = home.send(BEFORE, OLD)
    home.send(BEFORE + 2, HEAD + "A,2025-Q3,9,4\nC,2026-Q1,9,3\n", "second.csv")
    assert home.known() == {"A/2025-Q3": 4, "C/2026-Q1": 3}
    home.send(AFTER, HEAD + "D,2026-Q1,9,9\n", "third.csv")
    assert home.known() == {"A/2025-Q3": 4, "D/2026-Q1": 9}
    assert home.state(first) == "superseded"
    open_home = make(revision="replace_all")
    open_home.send(BEFORE, OLD)
    open_home.send(AFTER, HEAD + "D,2026-Q1,9,9\n", "third.csv")
    assert open_home.known() == {"D/2026-Q1": 9}


@pytest.mark.parametrize("revision", ["upsert", "replace_period", "replace_all"])
def test_a_back_dated_file_passes_no_lock(make: Make, revision: str) -> None:
    home = make(locks=[LOCK], revision=revision)
    home.send(BEFORE, OLD)
    late = home.send(BEFORE + 2, HEAD + "A,2025-Q3,9,7\nC,2026-Q1,9,8\n", "late.csv", came=AFTER)
    assert (late.rows_held, late.rows_accepted) == (1, 1)
    assert home.known(BEFORE + 1) == {"A/2025-Q3": 1, "B/2025-Q4": 2, "C/2026-Q1": 3}
    assert home.known() == {"A/2025-Q3": 1, "B/2025-Q4": 2, "C/2026-Q1": 8}
    assert home.send(BEFORE + 3, HEAD + "A,2025-Q3,9,5\n", "in_time.csv", came=BEFORE + 4).rows_held == 0
    home.submissions()


def test_a_deletion_of_a_record_about_a_closed_period_waits(make: Make) -> None:
    home = make(locks=[LOCK], key=["reference"], deleted={"heading": "status", "values": ["deleted"]})
    home.remembers, head = True, "ref,period,targeted,reached,status\n"
    home.send(BEFORE, head + "A,2025-Q3,9,1,live\nC,2026-Q1,9,3,live\n")
    late = home.send(AFTER, head + "A,,,,deleted\nC,,,,deleted\n", "late.csv")
    assert (late.rows_held, late.rows_accepted) == (1, 1)
    assert set(home.held(AFTER + 1)["rules"]) == {"period.locked"}
    assert home.known() == {"A/2025-Q3": 1}


def test_a_waiver_lets_one_late_row_in_and_touches_no_other(make: Make) -> None:
    for revision in ("upsert", "replace_period", "replace_all"):
        home = make(locks=[LOCK], revision=revision)
        home.send(BEFORE, HEAD + "A,2025-Q3,9,1\nB,2025-Q3,9,2\n")
        home.send(AFTER, HEAD + "A,2025-Q3,9,7\n", "late.csv")
        held_id = str(home.held(AFTER + 1)["held_id"].iat[0])
        waive(home.home, *asked(home, held_id, None, "2026-12-31", AFTER + 2))
        assert home.known(AFTER + 3) == {"A/2025-Q3": 7, "B/2025-Q3": 2}, revision
        assert home.known(AFTER + 1) == home.known(500) == {"A/2025-Q3": 1, "B/2025-Q3": 2}
        home.submissions(as_of=AFTER + 3)


def test_a_late_correction_of_a_closed_period_waits_for_a_waiver(make: Make) -> None:
    home = make(locks=[LOCK], revision="replace_period")
    home.send(BEFORE, HEAD + "A,2025-Q3,9,1\nB,2025-Q3,9,two\n")
    home.send(AFTER, saved(home.export(AFTER - 1, B__reached="2")), "fixed.xlsx")
    assert home.held(AFTER + 1)["rules"].tolist() == ["period.locked"]
    held_id = str(home.held(AFTER + 1)["held_id"].iat[0])
    waive(home.home, *asked(home, held_id, None, "2026-12-31", AFTER + 2))
    assert home.known(AFTER + 3) == {"A/2025-Q3": 1, "B/2025-Q3": 2}


def test_a_key_without_its_period_keeps_the_closed_row(make: Make) -> None:
    home = make(locks=[LOCK], key=["reference"])
    home.send(BEFORE, HEAD + "A,2025-Q3,9,1\n")
    late = home.send(AFTER, HEAD + "A,2026-Q1,9,7\n", "late.csv")
    assert home.known() == {"A/2025-Q3": 1}
    assert home.state(late) == "superseded"


def test_dates_stand_in_for_periods_and_other_sources_stay_open(make: Make) -> None:
    columns = [{"field": "reference", "heading": "ref"}, {"field": "start_on", "heading": "start"}, {"field": "people_reached", "heading": "n"}]  # fmt: skip
    home = make(locks=[LOCK], key=["reference"], columns=columns)
    late = home.send(AFTER, "ref,start,n\nA,2025-11-01,1\nB,2026-01-05,2\nC,,3\n")
    assert (late.rows_held, late.rows_accepted) == (1, 2)
    home.locks = [PeriodLock.model_validate({**LOCK, "sources": ["t"]})]
    home.judge_all()
    assert home.held(AFTER + 1).empty


def test_the_last_day_counts_and_a_lock_is_part_of_the_judgement(make: Make) -> None:
    home = make()
    at_end = home.send(45.9, HEAD + "A,2025-Q3,9,1\n", "on_the_day.csv")  # 15 February, evening
    after = home.send(46, HEAD + "A,2025-Q3,9,2\n", "after.csv")
    home.locks = [PeriodLock.model_validate(LOCK)]
    before = after.judged_by
    home.judge_all()
    assert home.outcome(after.submission_id).judged_by != before
    assert [home.outcome(o.submission_id).rows_held for o in (at_end, after)] == [0, 1]


def test_a_lock_of_an_unknown_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "programme.yml").write_text(
        "title: P\ncountry: JO\nlocks: [{through: 2025-Q4, on: 2026-02-15, why: w, sources: [nobody]}]\n", "utf-8"
    )
    with pytest.raises(DefinitionError, match="there is no source `nobody`"):
        load_catalogue(tmp_path)
