"""The audit chain is told to a place outside the home, and every act is sealed when it is made."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from idtracker.ingest.decisions.adjudications import Adjudication, Adjudications
from idtracker.ingest.decisions.overrules import Overrule, Overrules
from idtracker.ingest.decisions.waivers import Waiver, Waivers
from idtracker.ingest.landing.audit import Audited, audit_heads
from idtracker.ingest.landing.chain import ANCHOR, Chain
from idtracker.model.home import Home

NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)
ACTS: dict[str, Callable[[Home, datetime], None]] = {
    "waiver": lambda home, at: Waivers(home).give(
        Waiver("s", "0" * 12, "", ("value.range",), "GB-GOV-1", "agreed", at, date(2026, 3, 1))
    ),
    "adjudication": lambda home, at: Adjudications(home).add(
        Adjudication("IND-01", "JO-AM", "2025-Q4", 5.0, None, "GB-GOV-1", "agreed", at)
    ),
    "overrule": lambda home, at: Overrules(home).give(Overrule("s", "f" * 64, "SECRET", "GB-GOV-1", "a ballot", at)),
}


@pytest.fixture
def anchor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "elsewhere" / "anchors.jsonl"
    path.parent.mkdir()
    monkeypatch.setenv(ANCHOR, str(path))
    return path


@pytest.mark.parametrize("kind", ACTS)
def test_an_act_is_sealed_when_it_is_made(home: Home, kind: str) -> None:
    ACTS[kind](home, NOW)
    assert Chain(home).unsealed() == []
    assert [link.at for link in Chain(home).links()] == [NOW]


def test_the_last_link_is_read_without_the_others(home: Home) -> None:
    assert Chain(home).last() is None
    for day in range(300):
        ACTS["waiver"](home, NOW + timedelta(days=day))
    assert Chain(home).last() == Chain(home).links()[-1]
    with Chain(home).path.open("ab") as out:
        out.write(b'{"n": 301, "cut')
    assert Chain(home).last() == Chain(home).links()[-1]


def test_each_seal_is_told_outside_the_home(home: Home, anchor: Path) -> None:
    for day, make in enumerate(ACTS.values()):
        make(home, NOW + timedelta(days=day))
    told = [json.loads(line) for line in anchor.read_text().splitlines()]
    assert [(t["links"], t["link"]) for t in told] == [(link.number, link.link) for link in Chain(home).links()]
    assert {t["home"] for t in told} == {str(home.root)}
    assert Chain(home).anchors() == ([(f"{anchor}, line {n + 1}", t["link"]) for n, t in enumerate(told)], "")
    assert Chain(Home(home.root / "other", home.sources)).anchors() == ([], ""), "another home's links are not ours"


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_chain_that_is_cut_short_or_written_anew_no_longer_holds_its_anchors(
    home: Home, anchor: Path, kept: int
) -> None:
    for day, make in enumerate(ACTS.values()):
        make(home, NOW + timedelta(days=day))
    chain, audited = Chain(home), Audited()
    for link in chain.links()[kept:]:
        (chain.root / link.document).unlink()
    chain.path.write_bytes(b"".join(link.line() for link in chain.links()[:kept]))
    assert chain.first_broken() is None, "by itself the chain holds"
    audit_heads(home, chain.anchors()[0], audited)
    assert [(p.check, p.place) for p in audited.problems] == [("chain", f"{anchor}, line {kept + 1}")]


def test_an_anchor_that_cannot_be_written_is_said_and_stops_nothing(
    home: Home, anchor: Path, caplog: pytest.LogCaptureFixture
) -> None:
    anchor.mkdir()
    ACTS["waiver"](home, NOW)
    assert Chain(home).unsealed() == [] and "the anchor of the audit chain was not written" in caplog.text
    told, problem = Chain(home).anchors()
    assert told == [] and "cannot be read" in problem
