"""A file that was withdrawn and counts again: what runs in between made of it is what is made of the record from nothing."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from idtracker.ingest.decisions.revocations import Revocation, Revocations
from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.home import Home
from idtracker.publish.current import open_current
from idtracker.publish.tracker import Tracker
from tests.support.runs import METRICS, SUITES, runner_without
from tests.support.small_programme import PROGRAMME, SURVEY_HEAD, drop, text_of, write_programme

_RUNNER = runner_without(
    *(SUITES, METRICS, "tracker/uncertainty", "tracker/judgements", "tracker/warnings", "tracker/framework")
)
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
BACK = AT + timedelta(days=2)
TABLES = ("submission_state", "obligation", "obligation_vintage", "consequence", "merged_cell_vintage", "freshness")


def received(folder: Path) -> Home:
    write_programme(folder / "sources", programme=PROGRAMME.replace("2026-02-10", "2026-03-05"))
    home = Home(folder / "home", folder / "sources")
    for quarter in ("2025-Q3", "2025-Q4"):
        rows = text_of(SURVEY_HEAD, [f"VOICE,{place},{quarter},40" for place in ("Amman", "Zarqa")])
        drop(home.root, "survey", f"survey_{quarter}.csv", rows, "2026-01-20T10:00:00Z")
    assert run(home) == "done"
    return home


def run(home: Home) -> str:
    report = _RUNNER(home).run()
    assert report.failures == {}
    return report.outcome


def withdraw(home: Home) -> str:
    (submission,) = [r.submission_id for r in Ledger(home).receipts("survey") if r.file_name == "survey_2025-Q3.csv"]
    Ledger(home).withdraw("survey", submission, at=AT, by="team", why="Sent by mistake")
    return submission


def revoke(home: Home, submission: str) -> None:
    (withdrawal,) = Ledger(home).withdrawals("survey", submission)
    Revocations(home).give(Revocation("survey", withdrawal.act_id, "team", "It was right", BACK))


def tables_of(home: Home) -> dict[str, list[tuple[object, ...]]]:
    with open_current(home, "hmg") as connection:
        return {name: connection.execute(f'FROM "{name}" ORDER BY ALL').fetchall() for name in TABLES}


@pytest.mark.parametrize("runs_between", [True, False])
def test_it_is_what_is_made_from_nothing(tmp_path: Path, runs_between: bool) -> None:
    home = received(tmp_path)
    submission = withdraw(home)
    if runs_between:
        assert run(home) == "done"
    revoke(home, submission)
    assert run(home) == "done", "that it was away is told, also where no run saw it"
    assert run(home) == "nothing_new"
    fresh = Home(tmp_path / "fresh", home.sources)
    shutil.copytree(home.landing, fresh.landing)
    assert run(fresh) == "done"
    tables = tables_of(home)
    assert tables == tables_of(fresh)
    acts = {row[3] for row in tables["consequence"]}
    assert acts == {"WITHDRAWN"}
    with Tracker(home, "hmg").as_known_at(AT + timedelta(days=1)) as then:
        (owed,) = then.sql("SELECT received_at FROM obligation WHERE period = '2025-Q3'").to_dict("records")
        (gone,) = then.sql("SELECT state, withdrawn_at FROM submission WHERE state <> 'accepted'").to_dict("records")
    assert str(owed["received_at"]) in ("NaT", "None")
    assert (gone["state"], str(gone["withdrawn_at"])) == ("withdrawn", "2026-03-01 09:00:00")
