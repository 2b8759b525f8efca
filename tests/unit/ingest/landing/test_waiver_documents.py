"""Waivers kept beside the ledger: their names, their order, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from idtracker.ingest.decisions.waivers import Waiver, Waivers
from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.home import Home

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
GIVEN = Waiver("returns", "s1", "", ("value.date", "value.range"), "data team", "checked", NOON, date(2026, 8, 1))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.resolve(tmp_path / "home", tmp_path / "sources")


def test_a_waiver_is_named_by_its_content_and_read_as_it_was_given(home: Home) -> None:
    Waivers(home).give(GIVEN)
    Waivers(home).give(GIVEN)
    assert Waivers(home).of("returns") == [GIVEN]
    (path,) = home.landing.rglob("*.json")
    assert path.stem == GIVEN.waiver_id == "9c615914a95e"


def test_waivers_are_known_from_when_they_were_given(home: Home) -> None:
    later = replace(GIVEN, given_at=NOON + timedelta(hours=1))
    Waivers(home).give(later)
    Waivers(home).give(GIVEN)
    assert Waivers(home).of("returns") == [GIVEN, later]
    assert Waivers(home, NOON).of("returns") == [GIVEN]
    assert Waivers(home).of("other") == []


def test_a_decision_of_a_clock_that_was_ahead_does_not_outdo_later_ones(home: Home) -> None:
    now = datetime.now(UTC)
    ahead = replace(GIVEN, given_at=now + timedelta(days=365), until_on=date(2199, 1, 1))
    Waivers(home).give(ahead)
    (written,) = home.landing.rglob("*.json")
    content = written.read_bytes()
    ended = replace(ahead, given_at=now, until_on=date(2020, 1, 1))
    again = replace(ahead, given_at=now + timedelta(seconds=1))
    for waiver in (ended, again, ahead):
        Waivers(home).give(waiver)
    assert Waivers(home).of("returns") == [ahead, ended, again]
    assert written.read_bytes() == content, "what is sealed is never written anew"


@pytest.mark.parametrize("changed", [{"why": " "}, {"given_by": ""}, {"given_by": "name@example.org"}])
def test_what_is_not_signed_is_refused(home: Home, changed: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        Waivers(home).give(replace(GIVEN, **changed))  # type: ignore[arg-type]
    assert Waivers(home).of("returns") == []


def test_a_damaged_waiver_is_named(home: Home) -> None:
    Waivers(home).give(GIVEN)
    (path,) = home.landing.rglob("*.json")
    path.write_text(path.read_text("utf-8").replace("2026-08-01", "soon"), "utf-8")
    with pytest.raises(IdtrackerError, match=path.name):
        Waivers(home).of("returns")
