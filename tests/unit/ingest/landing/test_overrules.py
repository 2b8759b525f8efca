"""A marking that is none is overruled on the record; and what waits is searched before the writer's turn."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from idtracker.ingest.landing import searches
from idtracker.ingest.landing.audit import Audited, audit_landing
from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.collect import collect, undecided
from idtracker.ingest.landing.searches import search_ahead, take_search
from idtracker.ingest.marking.scan import Searched, search
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Source
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.operate.services.overrules import overrule
from idtracker.store.connection import writing_turn

NOW = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
REFUSED = b"reference,ballot\nA,SECRET\nB,open\n"
WHY = "a kind of ballot"


@pytest.fixture(autouse=True)
def programme(home: Home) -> None:
    home.sources.mkdir(parents=True, exist_ok=True)
    (home.sources / "programme.yml").write_text("title: t\ncountry: JO\n")


def drop(home: Home, content: bytes, name: str = "q1.csv") -> Path:
    path = home.inbox / "returns" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_an_overruled_file_is_taken_in_and_no_other(home: Home, source: Source) -> None:
    drop(home, REFUSED)
    assert [r.marking for r in collect(home, source, NOW).refused] == ["SECRET"]
    assert undecided(home, source) == []
    decision = overrule(home, "returns", REFUSED, "q1.csv", by="FCDO information desk", why=WHY, at=NOW)
    assert decision.sha256 == hashlib.sha256(REFUSED).hexdigest()
    assert [p.name for p in undecided(home, source)] == ["q1.csv"]
    drop(home, REFUSED + b"C,open\n", "q2.csv")
    got = collect(home, source, NOW)
    assert [r.file_name for r in got.received] == ["q1.csv"]
    assert [r.file_name for r in got.refused] == ["q2.csv"]
    assert undecided(home, source) == []


def test_the_decision_is_sealed_when_it_is_made(home: Home) -> None:
    overrule(home, "returns", REFUSED, "q1.csv", by="FCDO", why=WHY, at=NOW)
    (path,) = (home.landing / "ledger" / "returns" / "overrules").glob("*.json")
    assert [link.document for link in Chain(home).links()] == [f"returns/overrules/{path.name}"]
    said = json.loads(path.read_text("utf-8"))
    assert (said["marking"], said["given_by"], said["why"]) == ("SECRET", "FCDO", WHY)
    audited = Audited()
    audit_landing(home, NOW, audited)
    assert audited.problems == []
    path.write_text(path.read_text("utf-8").replace("ballot", "tunnel"), "utf-8")
    assert "was changed" in str(Chain(home).first_broken())


@pytest.mark.parametrize(("by", "why"), [("", WHY), ("FCDO", " "), ("a.b@example.org", WHY)])
def test_who_and_why_are_said(home: Home, by: str, why: str) -> None:
    with pytest.raises(UsageError):
        overrule(home, "returns", REFUSED, "q1.csv", by=by, why=why, at=NOW)


def test_without_a_marking_there_is_nothing_to_overrule(home: Home) -> None:
    with pytest.raises(UsageError, match="nothing to overrule"):
        overrule(home, "returns", b"reference\nA\n", "q1.csv", by="FCDO", why=WHY, at=NOW)


def test_what_waits_is_searched_before_the_writers_turn(
    home: Home, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = FileLock(home.store.with_suffix(".lock"), is_singleton=True)
    held: list[bool] = []

    def watched(content: bytes, limits: Limits, file_name: str) -> Searched:
        held.append(lock.is_locked)
        return search(content, limits, file_name)

    monkeypatch.setattr(searches, "search", watched)
    drop(home, REFUSED)
    search_ahead(home, [source])
    with writing_turn(home):
        assert len(collect(home, source, NOW).refused) == 1
    assert held == [False]


def test_other_bytes_than_those_searched_ahead_are_searched_again(home: Home, source: Source) -> None:
    path = drop(home, b"reference\nA\n")
    search_ahead(home, [source])
    path.write_bytes(b"SECRET\nreference\nA\n")
    assert len(collect(home, source, NOW).refused) == 1
    assert take_search(b"reference\nA\n", "q1.csv", Limits()) == (None, True)
