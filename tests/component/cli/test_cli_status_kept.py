"""What `status` keeps: read for as long as it would be worked out the same, and never longer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from idtracker.operate.services import source_states
from idtracker.operate.services.status import state_of
from tests.support.cli_programme import Program
from tests.support.runs import FIGURES, SUITES, runner_without

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
Worked = list[object]


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> Worked:
    """One entry each time that the states of sources are worked out."""
    calls: Worked = []
    work: Callable[..., Any] = source_states.worked_out

    def counted(*given: Any) -> Any:
        calls.append(given)
        return work(*given)

    monkeypatch.setattr(source_states, "worked_out", counted)
    return calls


def test_what_is_kept_says_the_same_in_the_same_words(copied: Program, worked: Worked) -> None:
    shown = [copied("status", *words, code=1).stdout for words in ((), ("--json",))]
    assert len(worked) == 1
    (copied.home.store.parent / "status.json").unlink()
    assert [copied("status", "--json", code=1).stdout, copied("status", code=1).stdout] == shown[::-1]
    assert len(worked) == 2


def test_another_day_a_change_of_a_definition_and_damage_are_worked_out_anew(copied: Program, worked: Worked) -> None:
    home = copied.home
    state_of(home, NOW)
    source = home.sources / "survey" / "source.yml"
    source.write_text(source.read_text().replace("grace_days: 10", "grace_days: 90"))
    states = {s["id"]: s["state"] for s in state_of(home, NOW)["sources"]}
    assert states["survey"] == "DUE" and len(worked) == 2
    programme = home.sources / "programme.yml"
    programme.write_text(programme.read_text().replace("clock: 2026-02-10", ""))
    state_of(home, NOW)
    state_of(home, NOW.replace(hour=20))
    assert len(worked) == 3
    assert state_of(home, NOW.replace(month=3))["as_of"].startswith("2026-03-10") and len(worked) == 4
    (home.store.parent / "status.json").write_text("{")
    state_of(home, NOW.replace(month=3))
    assert len(worked) == 5


def test_a_day_that_is_asked_for_takes_the_place_of_nothing(copied: Program, worked: Worked) -> None:
    state_of(copied.home, NOW)
    state_of(copied.home, NOW, "2026-01-10")
    state_of(copied.home, NOW)
    assert len(worked) == 2


def test_a_publication_of_another_version_says_how_to_make_it_again(copied: Program) -> None:
    current = copied.home.published / "hmg" / "current"
    with duckdb.connect(str(current / "idtracker.duckdb")) as connection:
        connection.execute("ALTER TABLE submission DROP COLUMN last_day")
    (copied.home.store.parent / "status.json").unlink(missing_ok=True)
    manifest = json.loads((current / "manifest.json").read_text("utf-8"))
    manifest["versions"]["model"] = "another"
    (current / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    told = copied("status", code=2)
    assert "made by another version of the program" in told.stderr and "`idtracker run`" in told.stderr
    assert json.loads(copied("status", "--json", code=2).stdout)["exit_code"] == 2


def test_a_run_keeps_what_status_will_say(copied: Program, worked: Worked) -> None:
    home = copied.home
    source = home.sources / "survey" / "source.yml"
    source.write_text(source.read_text().replace("grace_days: 10", "grace_days: 90"))
    runner_without(SUITES, *FIGURES)(home).run()
    assert len(worked) == 1
    said = state_of(home, NOW)
    assert {s["id"]: s["state"] for s in said["sources"]}["survey"] == "DUE"
    assert len(worked) == 1, "it was kept"
    (home.store.parent / "status.json").unlink()
    assert state_of(home, NOW) == said
