"""Envelopes and notices are claims: whatever lies beside a file, the past stays as it was and everything else goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from idtracker.ingest.landing.collect import Collected, collect
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.side_file import LONGEST, MOST_BYTES
from idtracker.model.config.source import Source
from idtracker.model.home import Home

NOW = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def drop(home: Home, name: str) -> Path:
    path = home.inbox / "returns" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"reference\n{name}\n")
    return path


def folder(path: Path) -> None:
    path.mkdir()


def link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def written(content: str | bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content.encode() if isinstance(content, str) else content)


HOSTILE: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "folder": folder,
    "link": link,
    "empty": written(""),
    "no text": written(b"\xff\xfe{\x00"),
    "list": written("[]"),
    "deep": written("[" * 30_000),
    "long": written(" " * (MOST_BYTES + 1)),
    "number": written('{"received_at": 20260401, "withdraws": 1, "by": 2, "why": 3}'),
    "surrogate": written('{"submitted_by": "\\ud800", "withdraws": "\\ud800", "by": "a", "why": "b"}'),
    "control": written('{"submitted_by": "a\\u001b[31m", "withdraws": "good.csv", "by": "a\\u001b", "why": "b"}'),
    "address": written('{"submitted_by": "a@example.org", "withdraws": "good.csv", "by": "a@b.org", "why": "b"}'),
    "long text": written(json.dumps({"submitted_by": "x" * (LONGEST + 1), "withdraws": "good.csv", "by": "y" * 600})),
    "no instant": written('{"received_at": "soon", "withdraws": "good.csv", "by": "a", "why": "b", "at": "soon"}'),
    "far instant": written('{"received_at": "99999-01-01", "withdraws": "good.csv", "by": "a", "why": "b", "at": "0"}'),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_envelope_that_cannot_be_used_is_named_and_its_file_alone_waits(
    home: Home, source: Source, make: Callable[[Path], object]
) -> None:
    bad = drop(home, "bad.csv")
    make(bad.with_name("bad.csv.envelope.json"))
    drop(home, "good.csv")
    got = collect(home, source, NOW)
    assert [r.file_name for r in got.received] == ["good.csv"]
    (problem,) = got.problems
    assert "bad.csv: the envelope bad.csv.envelope.json" in problem and problem.isprintable()
    assert bad.exists()


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_notice_that_cannot_be_used_is_named_and_withdraws_nothing(
    home: Home, source: Source, make: Callable[[Path], object]
) -> None:
    drop(home, "good.csv")
    make(home.inbox / "returns" / "bad.withdrawal.json")
    got = collect(home, source, NOW)
    assert [r.withdrawn_at for r in Ledger(home).receipts("returns")] == [None]
    (problem,) = got.problems
    assert "bad.withdrawal.json" in problem and problem.isprintable()


def withdrawn(home: Home, source: Source, **notice: str) -> Collected:
    drop(home, "q1.csv")
    collect(home, source, NOW)
    document = {"withdraws": "q1.csv", "by": "GB-GOV-11", "why": "wrong unit"} | notice
    stated = {key: value for key, value in document.items() if value}
    (home.inbox / "returns" / "q1.withdrawal.json").write_text(json.dumps(stated))
    return collect(home, source, LATER)


@pytest.mark.parametrize("missing", ["by", "why", "withdraws"])
def test_a_notice_says_what_who_and_why(home: Home, source: Source, missing: str) -> None:
    got = withdrawn(home, source, **{missing: ""})
    assert got.withdrawn == [] and f"does not say `{missing}`" in got.problems[0]


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00Z", "2926-01-01T00:00:00Z"])
def test_a_withdrawal_never_reaches_before_the_arrival_nor_beyond_now(home: Home, source: Source, at: str) -> None:
    got = withdrawn(home, source, at=at)
    (receipt,) = Ledger(home).receipts("returns")
    assert receipt.withdrawn_at == LATER
    assert "counts from now on" in got.problems[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["received_at", "submitted_by", "file_name", "withdraws", "by", "why", "at"])

NEAR = st.timedeltas(timedelta(days=-40), timedelta(days=40)).map(lambda apart: (NOW + apart).isoformat())
INSTANTS = NEAR | st.datetimes().map(str)
SOUND = st.fixed_dictionaries(
    {"withdraws": st.sampled_from(["good.csv", "bad.csv"]), "by": st.just("GB-GOV-11"), "why": st.just("wrong unit")},
    optional={"at": INSTANTS | JSON},
)


@given(envelope=st.dictionaries(KEYS, JSON | INSTANTS), notice=st.dictionaries(KEYS, JSON) | SOUND)
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_side_files_say_other_files_go_on_and_nothing_is_known_before_its_arrival(
    tmp_path_factory: pytest.TempPathFactory, source: Source, envelope: dict[str, object], notice: dict[str, object]
) -> None:
    home = Home(tmp_path_factory.mktemp("home"), Path())
    bad = drop(home, "bad.csv")
    bad.with_name("bad.csv.envelope.json").write_text(json.dumps(envelope))
    drop(home, "good.csv")
    (home.inbox / "returns" / "bad.withdrawal.json").write_text(json.dumps(notice))
    got = collect(home, source, NOW)
    assert "good.csv" in [r.file_name for r in got.received]
    for receipt in Ledger(home).receipts("returns"):
        assert receipt.received_at <= NOW
        assert receipt.withdrawn_at is None or receipt.received_at <= receipt.withdrawn_at <= NOW
