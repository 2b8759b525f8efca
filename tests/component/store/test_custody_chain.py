"""The audit chain over the ledger: what was edited, removed, cut or never finished is found, and clocks that go backwards."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from idtracker.ingest.landing.audit import Audited, audit_heads, audit_landing
from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.collect import collect
from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.config.source import Source
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home

NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)


def write(home: Home, source: str, names: str) -> None:
    folder = home.landing / "ledger" / source
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.json").write_text(json.dumps({"received_at": NOW.isoformat(), "name": name}), "utf-8")


@pytest.fixture
def chained(home: Home) -> Chain:
    write(home, "a", "xyz")
    Chain(home).seal(NOW)
    write(home, "b", "xyz")
    Chain(home).seal(NOW + timedelta(hours=1))
    return Chain(home)


def test_every_document_is_sealed_once_and_the_chain_holds(chained: Chain) -> None:
    assert [(link.number, link.document) for link in chained.links()] == [
        (n + 1, f"{source}/{name}.json") for n, (source, name) in enumerate((s, n) for s in "ab" for n in "xyz")
    ]
    assert chained.first_broken() is None
    before = chained.path.read_bytes()
    assert chained.seal(NOW) == 0
    assert chained.path.read_bytes() == before


@how(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@example(line=0, byte=26)  # the T between day and time
@given(line=st.integers(0, 5), byte=st.integers(0, 10_000))
def test_a_changed_character_anywhere_in_the_chain_is_found(chained: Chain, line: int, byte: int) -> None:
    lines = chained.path.read_bytes().splitlines(keepends=True)
    place = byte % (len(lines[line]) - 1)
    original = chained.path.read_bytes()
    old = lines[line][place : place + 1]
    lines[line] = lines[line][:place] + (b"7" if old != b"7" else b"8") + lines[line][place + 1 :]
    chained.path.write_bytes(b"".join(lines))
    try:
        try:
            assert chained.first_broken() is not None
        except IdtrackerError as problem:
            assert f"line {line + 1}" in str(problem)
    finally:
        chained.path.write_bytes(original)


def test_the_first_broken_link_is_named(chained: Chain) -> None:
    (chained.root / "a" / "y.json").write_text("{}", "utf-8")
    (chained.root / "b" / "x.json").unlink()
    assert chained.first_broken() == "link 2: a/y.json was changed since it was sealed"
    (chained.root / "a" / "y.json").unlink()
    assert chained.first_broken() == "link 2: a/y.json was removed since it was sealed"
    lines = chained.path.read_bytes().splitlines(keepends=True)
    chained.path.write_bytes(b"".join(lines[:1] + lines[2:]))
    assert chained.first_broken() == "link 3 (a/z.json) does not follow from the one before it"


def test_a_chain_that_was_cut_or_written_anew_lacks_the_heads_told_elsewhere(home: Home, chained: Chain) -> None:
    heads, found = [("run 1", chained.links()[2].link), ("run 2", chained.head())], Audited()
    audit_heads(home, heads, found)
    assert found.problems == []
    whole = chained.path.read_bytes()
    chained.path.write_bytes(b"".join(whole.splitlines(keepends=True)[:4]))
    audit_heads(home, heads, found)
    chained.path.unlink()
    chained.seal(NOW + timedelta(days=1))
    assert chained.first_broken() is None
    audit_heads(home, heads, found)
    assert [p.place for p in found.problems] == ["run 2", "run 1"]


def test_a_line_cut_off_by_a_crash_is_written_again(chained: Chain) -> None:
    whole = chained.path.read_bytes()
    chained.path.write_bytes(whole[:-20])
    assert [p.name for p in chained.unsealed()] == ["z.json"]
    chained.seal(NOW + timedelta(hours=1))
    assert chained.path.read_bytes() == whole


def test_sources_that_seal_at_the_same_time_make_one_chain(home: Home) -> None:
    sources = [f"s{n}" for n in range(8)]
    for source in sources:
        write(home, source, "abcde")
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda s: Chain(home).seal(NOW, s), sources)) == 40
    chain = Chain(home)
    assert len({link.document for link in chain.links()}) == 40
    assert chain.first_broken() is None


def source_of(home: Home) -> Source:
    (home.inbox / "s").mkdir(parents=True, exist_ok=True)
    (home.sources / "programme.yml").write_text("title: t\ncountry: JO\n", "utf-8")
    document = {"title": "-", "publisher": "GB-GOV-1", "received": {"may_backdate": True}, "format": {"kind": "csv"}, "cadence": {"every": "quarter"},
                "feeds": "activity", "key": ["reference"],
                "columns": [{"field": "reference", "heading": "ref", "required": True}]}  # fmt: skip
    return Source.model_validate(document).located("s", Path(), "f")


def test_a_clock_that_goes_backwards_is_told_and_does_not_reorder_arrivals(home: Home) -> None:
    source = source_of(home)
    (home.inbox / "s" / "one.csv").write_text("ref\n1\n", "utf-8")
    assert collect(home, source, NOW).problems == []
    Chain(home).seal(NOW)
    (home.inbox / "s" / "two.csv").write_text("ref\n2\n", "utf-8")
    (home.inbox / "s" / "old.csv").write_text("ref\n3\n", "utf-8")
    envelope = {"received_at": "2025-01-01T00:00:00Z"}
    (home.inbox / "s" / "old.csv.envelope.json").write_text(json.dumps(envelope), "utf-8")
    got = collect(home, source, NOW - timedelta(days=400))
    Chain(home).seal(NOW - timedelta(days=400))
    (problem,) = got.problems
    assert problem.startswith("s: the clock of this machine says 2025-01-06") and "2026-02-10 09:00 UTC" in problem
    arrived = {r.file_name: r.received_at for r in Ledger(home).receipts("s")}
    assert arrived == {"one.csv": NOW, "two.csv": NOW, "old.csv": datetime(2025, 1, 1, tzinfo=UTC)}
    found = Audited()
    audit_landing(home, NOW, found)
    assert found.problems == []
    assert [n for n in found.notes if "clock went backwards between links 1 and 2" in n]


def test_a_small_step_of_the_clock_is_taken_without_a_word(home: Home) -> None:
    source = source_of(home)
    write(home, "s2", "a")
    Chain(home).seal(NOW)
    (home.inbox / "s" / "one.csv").write_text("ref\n1\n", "utf-8")
    assert collect(home, source, NOW - timedelta(seconds=40)).problems == []
    assert [r.received_at for r in Ledger(home).receipts("s")] == [NOW]
