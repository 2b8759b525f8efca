"""Files are kept once, by hash, before anything can fail; what is marked above OFFICIAL is never written."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from idtracker.ingest.landing.collect import collect, landed_bytes, undecided, waiting
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.placing import place_in_inbox
from idtracker.model.config.source import Source
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home

NOW = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)


def drop(home: Home, name: str, content: bytes, **envelope: str) -> Path:
    path = home.inbox / "returns" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if envelope:
        path.with_name(name + ".envelope.json").write_text(json.dumps(envelope))
    return path


def test_bytes_are_kept_by_hash_and_leave_the_inbox(home: Home, source: Source) -> None:
    drop(home, "q1.csv", b"reference\nA\n")
    got = collect(home, source, NOW)
    (receipt,) = got.received
    assert landed_bytes(home, receipt) == b"reference\nA\n"
    assert (receipt.received_at, receipt.submitted_by) == (NOW, "GB-GOV-11")
    assert waiting(home, source) == []


def test_the_same_bytes_are_one_submission(home: Home, source: Source) -> None:
    drop(home, "q1.csv", b"reference\nA\n")
    first = collect(home, source, NOW).received
    drop(home, "q1_again.csv", b"reference\nA\n")
    again = collect(home, source, NOW)
    assert (len(first), again.received, again.known) == (1, [], ["q1_again.csv"])
    assert len(Ledger(home).receipts("returns")) == 1


def test_the_envelope_says_when_and_who(home: Home, history: Source) -> None:
    drop(home, "q1.csv", b"reference\nA\n", received_at="2025-04-02T08:00:00+03:00", submitted_by="GB-GOV-8")
    (receipt,) = collect(home, history, NOW).received
    assert receipt.received_at == datetime(2025, 4, 2, 5, 0, tzinfo=UTC)
    assert receipt.submitted_by == "GB-GOV-8"
    assert not list((home.inbox / "returns").iterdir())


def test_what_arrives_later_stays_in_the_inbox(home: Home, source: Source) -> None:
    path = drop(home, "q1.csv", b"reference\nA\n", received_at="2026-04-21T00:00:00Z")
    assert collect(home, source, NOW, until=NOW).received == []
    assert path.exists()


@pytest.mark.parametrize("name", ["q1.csv.part", ".q1.csv", "q1.csv~"])
def test_half_written_files_are_no_reports(home: Home, source: Source, name: str) -> None:
    drop(home, name, b"reference\nA\n")
    assert collect(home, source, NOW).received == []


def test_a_broken_envelope_is_a_problem_and_the_rest_goes_on(home: Home, source: Source) -> None:
    bad = drop(home, "bad.csv", b"reference\nA\n")
    bad.with_name("bad.csv.envelope.json").write_text("{not json")
    drop(home, "good.csv", b"reference\nB\n")
    got = collect(home, source, NOW)
    assert [r.file_name for r in got.received] == ["good.csv"]
    assert len(got.problems) == 1 and "bad.csv.envelope.json" in got.problems[0]
    assert bad.exists()


def test_a_marked_file_is_never_written(home: Home, source: Source) -> None:
    secret = b"SECRET\nreference,remark\nA,the tunnel under the bridge\n"
    path = drop(home, "q1.csv", secret)
    got = collect(home, source, NOW)
    assert [(r.file_name, r.marking, r.sha256) for r in got.refused] == [("q1.csv", "SECRET", "")]
    assert got.received == []
    written = [p for p in home.root.rglob("*") if p.is_file() and p != path]
    assert written and all(b"tunnel" not in p.read_bytes() for p in written)
    assert undecided(home, source) == []
    assert collect(home, source, NOW).refused == []


@pytest.mark.parametrize(
    ("limits", "said"),
    [("file_bytes: 5", "larger than 5 bytes"), ("inflated_bytes: 5", "not searched for protective markings")],
)
def test_what_cannot_be_searched_is_not_taken_in(home: Home, source: Source, limits: str, said: str) -> None:
    (home.sources / "programme.yml").write_text(f"title: t\ncountry: JO\nlimits: {{{limits}}}\n")
    path = drop(home, "q1.csv.gz", gzip.compress(b"reference\nA\n"))
    got = collect(home, source, NOW)
    assert got.received == got.refused == []
    assert said in got.problems[0]
    assert path.exists()
    assert Ledger(home).receipts("returns") == []
    (home.sources / "programme.yml").unlink()
    assert len(collect(home, source, NOW).received) == 1


def test_a_withdrawal_notice_names_the_file(home: Home, history: Source) -> None:
    drop(home, "q1.csv", b"reference\nA\n")
    collect(home, history, NOW)
    notice = home.inbox / "returns" / "q1.csv.withdrawal.json"
    notice.write_text(
        json.dumps({"withdraws": "q1.csv", "at": "2026-05-01T00:00:00Z", "by": "GB-GOV-11", "why": "wrong unit"})
    )
    assert len(collect(home, history, datetime(2026, 5, 2, tzinfo=UTC)).withdrawn) == 1
    (receipt,) = Ledger(home).receipts("returns")
    assert (receipt.withdrawn_at, receipt.withdrawn_why) == (datetime(2026, 5, 1, tzinfo=UTC), "wrong unit")
    (earlier,) = Ledger(home, until=NOW).receipts("returns")
    assert earlier.withdrawn_at is None


def test_damaged_bytes_are_named(home: Home, source: Source) -> None:
    drop(home, "q1.csv", b"reference\nA\n")
    (receipt,) = collect(home, source, NOW).received
    path = home.landing / receipt.sha256[:2] / receipt.sha256
    path.chmod(0o644)
    path.write_bytes(b"reference\nB\n")
    with pytest.raises(IdtrackerError, match="damaged"):
        landed_bytes(home, receipt)
    path.unlink()
    with pytest.raises(IdtrackerError, match="missing"):
        landed_bytes(home, receipt)


def test_editions_order_files_of_one_name_whatever_the_arrival(home: Home, history: Source) -> None:
    drop(home, "q1_v10.csv", b"reference\nC\n", received_at="2026-04-01T00:00:00Z")
    drop(home, "q1_v2.csv", b"reference\nB\n", received_at="2026-04-02T00:00:00Z")
    drop(home, "q1.csv", b"reference\nA\n", received_at="2026-04-03T00:00:00Z")
    drop(home, "q2.csv", b"reference\nD\n", received_at="2026-04-04T00:00:00Z")
    collect(home, history, NOW)
    assert [r.file_name for r in Ledger(home).receipts("returns")] == [
        "q1.csv",
        "q1_v2.csv",
        "q1_v10.csv",
        "q2.csv",
    ]


def test_placing_a_file_never_overwrites_another(home: Home, source: Source) -> None:
    one = place_in_inbox(home, source, b"a", "report.csv", None)
    two = place_in_inbox(home, source, b"b", "report.csv", "GB-GOV-8")
    assert one != two
    assert (one.read_bytes(), two.read_bytes()) == (b"a", b"b")
    assert [p.name for p in waiting(home, source)] == sorted([one.name, two.name])
