"""A file is withdrawn and the pipeline run in the same second, by a moving clock and by one that stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.home import Home
from idtracker.model.instants import next_second
from idtracker.store.connection import open_store
from tests.support.runs import METRICS, SUITES, runner_without
from tests.support.small_programme import PROGRAMME, SURVEY_HEAD, drop, text_of, write_programme

_RUNNER = runner_without(
    SUITES, METRICS, "tracker/uncertainty", "tracker/judgements", "tracker/warnings", "published/*"
)


@pytest.mark.parametrize("clock", ["", "clock: 2026-02-10\n"])
def test_a_withdrawal_counts_in_the_run_that_follows_it(clock: str, tmp_path: Path) -> None:
    write_programme(tmp_path / "sources", programme=PROGRAMME.replace("clock: 2026-02-10\n", clock))
    home = Home(tmp_path / "home", tmp_path / "sources")
    for place in ("Amman", "Zarqa"):
        rows = text_of(SURVEY_HEAD, [f"VOICE,{place},2025-Q4,40"])
        drop(home.root, "survey", f"survey_{place}.csv", rows, "2026-01-20T10:00:00Z")
    assert _RUNNER(home).run().failed_steps == []
    (first, _) = Ledger(home).receipts("survey")
    Ledger(home).withdraw("survey", first.submission_id, at=datetime.now(UTC), by="team", why="Sent by mistake")
    again = _RUNNER(home).run()
    assert (again.changed, again.failures) == (True, {})
    with open_store(home) as store:
        counted = store.execute("SELECT count(*) FROM merged_cell WHERE place_id <> 'JO' AND period = '2025-Q4'")
        assert counted.fetchall() == [(1,)]


def test_the_second_after_an_instant() -> None:
    at = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert next_second(at) == at
    assert next_second(at.replace(microsecond=1)) == datetime(2027, 1, 1, tzinfo=UTC)
