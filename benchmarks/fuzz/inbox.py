"""What lies in an inbox beside the files: side files of every shape, envelopes and notices that claim anything.

Each case is made from one seed, and holds the same invariants: nothing raises, the other files go on, nothing is known
before it arrived unless its source has the right to that, and no withdrawal counts from before the file or after now.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from idtracker.ingest.landing.audit import Audited, audit_landing
from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.collect import Collected, collect
from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.config.source import Source
from idtracker.model.home import Home

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_KEYS = ("received_at", "submitted_by", "file_name", "withdraws", "by", "why", "at")
_ODD: tuple[Any, ...] = (None, True, 0, -1, 1e400, float("nan"), [], {}, [[]], "", " ", "\x00", "\ud800", "a@b.org", "../../x.csv", "x" * 600, "\u202ex", "good.csv", "10**999", 10**400)  # fmt: skip
_BYTES = (b"", b"{", b"[]", b"[" * 50_000, b"\xff\xfe{\x00}\x00", b"\x00" * 100, b" " * 70_000, b'{"a":' * 9_000, b"\xef\xbb\xbf{}", b'{"received_at": 1e999}')  # fmt: skip


def source_of(may_backdate: bool) -> Source:
    """Returns of a programme, whose inbox takes every name."""
    definition = {
        "title": "Returns",
        "publisher": "GB-GOV-11",
        "received": {"may_backdate": may_backdate},
        "format": {"kind": "csv"},
        "cadence": {"every": "quarter"},
        "feeds": "activity",
        "key": ["reference"],
        "columns": [{"field": "reference"}],
    }
    return Source.model_validate(definition).located("returns", Path(), "x")


SOURCES = {right: source_of(right) for right in (False, True)}


def side_files(root: Path, rng: random.Random) -> None:
    """Anything at all in the place of an envelope or a notice."""
    home, source = Home(root, root / "sources"), SOURCES[rng.random() < 0.5]
    good = [_drop(home, f"good_{n}.csv", rng, sane=True) for n in range(2)]
    for n in range(rng.randrange(1, 4)):
        name = (
            _drop(home, f"bad_{n}.csv", rng).name + ".envelope.json" if rng.random() < 0.5 else f"{n}.withdrawal.json"
        )
        _put_anything(home.inbox / "returns" / name, rng)
    got = collect(home, source, NOW)
    _hold(home, source, NOW, got)
    assert {path.name for path in good} <= {r.file_name for r in got.received}, "a good file did not go on"
    assert all(problem.isprintable() for problem in got.problems), "a message that a screen obeys"


def envelopes(root: Path, rng: random.Random) -> None:
    """Envelopes that claim any instant in any writing, over several visits under clocks that go to and fro."""
    home, source, now = Home(root, root / "sources"), SOURCES[rng.random() < 0.5], NOW
    for visit in range(rng.randrange(1, 4)):
        before = {r.submission_id for r in Ledger(home).receipts("returns")}
        names = [_drop(home, f"{visit}_{n}.csv", rng).name for n in range(rng.randrange(1, 4))]
        for name in names:
            if rng.random() < 0.8:
                _write(home.inbox / "returns" / f"{name}.envelope.json", _envelope(rng, name))
        good = _drop(home, f"good_{visit}.csv", rng, sane=True).name
        got = collect(home, source, now)
        _hold(home, source, now, got)
        fresh = [r for r in Ledger(home).receipts("returns") if r.submission_id not in before]
        assert good in {r.file_name for r in fresh}, "a good file did not go on"
        Chain(home).seal(now)
        now += rng.choice((timedelta(0), timedelta(minutes=1), timedelta(hours=-3), timedelta(days=40), timedelta(days=-90)))  # fmt: skip
    sequences = [r.sequence for r in Ledger(home).receipts("returns")]
    assert len(set(sequences)) == len(sequences), "two files of one place in the sequence"


def notices(root: Path, rng: random.Random) -> None:
    """Notices about files that came, with any instant, by anybody."""
    home, source = Home(root, root / "sources"), SOURCES[rng.random() < 0.5]
    names = [_drop(home, f"{n}.csv", rng, sane=True).name for n in range(3)]
    collect(home, source, NOW - timedelta(days=2))
    for n in range(rng.randrange(1, 4)):
        stated = {"withdraws": rng.choice(names), "by": "GB-GOV-11", "why": "wrong unit", "at": _instant(rng)}
        if rng.random() < 0.5:
            stated[rng.choice(list(stated))] = rng.choice(_ODD)
        _write(home.inbox / "returns" / f"{n}.withdrawal.json", stated)
    good = _drop(home, "good.csv", rng, sane=True).name
    got = collect(home, source, NOW)
    _hold(home, source, NOW, got)
    assert good in {r.file_name for r in got.received}, "a good file did not go on"
    for receipt in Ledger(home).receipts("returns"):
        if receipt.withdrawn_at is not None and not source.received.may_backdate:
            assert receipt.withdrawn_at >= NOW - timedelta(days=2), "a withdrawal from before its notice came"


TARGETS: dict[str, Callable[[Path, random.Random], None]] = {
    "side-files": side_files,
    "envelopes": envelopes,
    "notices": notices,
}


def _hold(home: Home, source: Source, now: datetime, got: Collected) -> None:
    """The invariants of every visit."""
    latest = max([now, *(link.at for link in Chain(home).links())]) + timedelta(minutes=5)
    for receipt in got.received:
        assert receipt.received_at <= latest, "received in the future"
        assert receipt.arrived_at is not None and receipt.received_at <= receipt.arrived_at
        if not source.received.may_backdate:
            assert receipt.received_at == receipt.arrived_at, "known before it arrived"
    for receipt in Ledger(home).receipts("returns"):
        if receipt.withdrawn_at is not None:
            assert receipt.received_at <= receipt.withdrawn_at <= latest, "withdrawn before it came, or in the future"
    audited = Audited()
    audit_landing(home, latest, audited)
    assert not audited.problems, audited.problems


def _drop(home: Home, name: str, rng: random.Random, sane: bool = False) -> Path:
    path = home.inbox / "returns" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"reference\n{name} {rng.random()}\n")
    stamp = (
        NOW.timestamp() - rng.randrange(86_400) if sane else rng.choice((0, -1, 2**33, NOW.timestamp(), 315_532_800))
    )
    os.utime(path, (stamp, stamp))
    return path


def _put_anything(path: Path, rng: random.Random) -> None:
    match rng.randrange(8):
        case 0:
            os.mkfifo(path)
        case 1:
            path.mkdir()
        case 2:
            path.symlink_to(rng.choice(("/etc/hostname", "/dev/zero", path, "nowhere")))
        case 3:
            path.write_bytes(rng.choice(_BYTES))
        case 4:
            path.write_bytes(rng.randbytes(rng.randrange(400)))
        case _:
            _write(path, {rng.choice(_KEYS): rng.choice((*_ODD, _instant(rng))) for _ in range(rng.randrange(8))}, rng)


def _write(path: Path, document: dict[str, Any], rng: random.Random | None = None) -> None:
    content = json.dumps(document).encode()
    if rng is not None and rng.random() < 0.3 and content:
        damaged = bytearray(content)
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        content = bytes(damaged)
    path.write_bytes(content)


def _envelope(rng: random.Random, name: str) -> dict[str, Any]:
    stated: dict[str, Any] = {"received_at": _instant(rng), "submitted_by": "GB-GOV-8", "file_name": name}
    return {key: value for key, value in stated.items() if rng.random() < 0.7 or key == "received_at"}


def _instant(rng: random.Random) -> str:
    """An instant near or far, with or without a zone, in one of many writings, or none at all."""
    seconds = rng.choice((0, 1, 59, 299, 301, 10_800, 86_400, 10**7, 10**9, 3 * 10**10)) * rng.choice((-1, 1))
    try:
        at = NOW + timedelta(seconds=seconds)
    except OverflowError:
        return "99999-01-01T00:00:00Z"
    forms = (at.isoformat(), f"{at:%Y-%m-%dT%H:%M:%S}Z", f"{at:%Y-%m-%d}", f"{at:%Y-%m-%dT%H:%M}", f"{at:%Y%m%dT%H%M%S}Z", f"{at:%Y-%m-%dT%H:%M:%S}+14:00", f"{at:%Y-%m-%dT%H:%M:%S}-12:00", f"{at:%G-W%V-%u}", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "24:00", "ZZ")  # fmt: skip
    return rng.choice(forms)
