"""The later delivery counts for more: by the instant of delivery, then by sequence, never by spelling."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from idtracker.ingest.landing.collect import collect
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.placing import place_in_inbox
from idtracker.ingest.landing.precedence import by_precedence
from idtracker.ingest.landing.receipt import Receipt, name_parts
from idtracker.model.config.source import Source
from idtracker.model.home import Home

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = r"_(?P<edition>[^_]+)(?=\.csv$)"
NUMBER = r"[-_ ]v(?P<edition>\d+)(?=\.[^.]+$)"


def drop(home: Home, name: str, content: str, stamp: datetime, **envelope: str) -> None:
    path = home.inbox / "returns" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    os.utime(path, (stamp.timestamp(), stamp.timestamp()))
    if envelope:
        path.with_name(name + ".envelope.json").write_text(json.dumps(envelope))


def names(home: Home) -> list[str]:
    return [r.file_name for r in Ledger(home).receipts("returns")]


@pytest.mark.parametrize("order", list(permutations(["z.csv", "a.csv", "m.csv"])))
def test_files_of_one_visit_are_ordered_by_their_time_stamps(home: Home, source: Source, order: tuple[str]) -> None:
    for minutes, name in enumerate(order):
        drop(home, name, name, NOW - timedelta(minutes=10 - minutes))
    received = collect(home, source, NOW).received
    assert names(home) == list(order)
    instants = [r.received_at for r in received]
    assert instants == sorted(set(instants)) and instants[-1] == NOW


def test_files_submitted_one_after_the_other_keep_name_and_order(home: Home, source: Source) -> None:
    for minute, content in enumerate([b"first", b"second", b"third"]):
        place_in_inbox(home, source, content, "same.csv", None, NOW + timedelta(minutes=minute))
    collect(home, source, NOW + timedelta(hours=1))
    receipts = Ledger(home).receipts("returns")
    assert [(r.file_name, r.size_bytes) for r in receipts] == [("same.csv", 5), ("same.csv", 6), ("same.csv", 5)]
    assert [r.received_at for r in receipts] == [NOW + timedelta(minutes=m) for m in range(3)]


def test_a_file_submitted_to_go_back_while_the_others_wait_is_a_delivery(home: Home, source: Source) -> None:
    for minute, content in enumerate([b"40", b"400", b"40", b"400", b"400"]):
        place_in_inbox(home, source, content, "rp.csv", None, NOW + timedelta(minutes=minute))
    received = collect(home, source, NOW + timedelta(hours=1)).received
    assert [r.size_bytes for r in received] == [2, 3, 2, 3]
    assert len({r.submission_id for r in received}) == 4


def test_the_same_bytes_submitted_again_arrived_the_first_time(home: Home, source: Source) -> None:
    place_in_inbox(home, source, b"once", "same.csv", None, NOW)
    place_in_inbox(home, source, b"once", "same.csv", None, NOW + timedelta(minutes=5))
    (receipt,) = collect(home, source, NOW + timedelta(hours=1)).received
    assert receipt.received_at == NOW


def test_a_file_lies_no_earlier_in_time_than_the_last_look_into_the_inbox(home: Home, source: Source) -> None:
    collect(home, source, NOW)
    drop(home, "old.csv", "old", NOW - timedelta(days=400))
    drop(home, "friday.csv", "friday", NOW + timedelta(days=1))
    old, friday = collect(home, source, NOW + timedelta(days=3)).received
    assert (old.file_name, old.received_at) == ("old.csv", NOW)
    assert friday.received_at == NOW + timedelta(days=1)


def test_visits_at_one_instant_are_told_apart_by_sequence(home: Home, source: Source) -> None:
    for name in ("b.csv", "a.csv", "c.csv"):
        drop(home, name, name, NOW)
        collect(home, source, NOW)
    assert names(home) == ["b.csv", "a.csv", "c.csv"]


@pytest.mark.parametrize("stated", ["2926-01-01T00:00:00Z", "1026-01-01T00:00:00Z"])
def test_an_instant_that_cannot_be_is_named_and_stops_nobody(home: Home, source: Source, stated: str) -> None:
    drop(home, "far.csv", "far", NOW, received_at=stated)
    got = collect(home, source, NOW)
    assert [r.received_at for r in got.received] == [NOW]
    assert "far.csv: its envelope says" in got.problems[0] and stated[:4] in got.problems[0]
    drop(home, "next.csv", "next", NOW)
    assert [r.file_name for r in collect(home, source, NOW + timedelta(days=1)).received] == ["next.csv"]


def test_a_file_that_is_sent_a_third_time_to_go_back_to_it_is_received(home: Home, source: Source) -> None:
    for day, content in enumerate(["40", "400", "40", "40"]):
        drop(home, "rp.csv", content, NOW)
        got = collect(home, source, NOW + timedelta(days=day))
        assert len(got.received) == (day < 3), "what counts already is known"
    first, second, third = Ledger(home).receipts("returns")
    assert first.sha256 == third.sha256 != second.sha256
    assert len({r.submission_id for r in (first, second, third)}) == 3


def test_old_files_that_are_copied_once_more_change_nothing(home: Home, source: Source) -> None:
    for day, name in enumerate(["a.csv", "b.csv"]):
        drop(home, name, name, NOW)
        collect(home, source, NOW + timedelta(days=day))
    for name in ("a.csv", "b.csv"):
        drop(home, name, name, NOW)
    assert collect(home, source, NOW + timedelta(days=9)).known == ["a.csv", "b.csv"]


def test_a_withdrawn_file_that_is_sent_again_is_received(home: Home, source: Source) -> None:
    drop(home, "rp.csv", "40", NOW)
    (receipt,) = collect(home, source, NOW).received
    Ledger(home).withdraw("returns", receipt.submission_id, at=NOW + timedelta(hours=1), by="GB-GOV-1", why="wrong")
    drop(home, "rp.csv", "40", NOW)
    (again,) = collect(home, source, NOW + timedelta(days=1)).received
    assert (again.sha256, again.withdrawn_at) == (receipt.sha256, None)
    drop(home, "rp.csv", "40", NOW)
    assert collect(home, source, NOW + timedelta(days=2)).known == ["rp.csv"]


def strength(*files: str, pattern: str = NUMBER) -> list[str]:
    """Names from the weakest to the strongest, of files that arrive on one day after the other."""
    receipts = []
    for day, name in enumerate(files):
        base, edition = name_parts(name, pattern)
        at = NOW + timedelta(days=day)
        receipts.append(Receipt(f"{9 - day}{name}", "returns", name, base, edition, "", 1, at, "", sequence=day))
    ordered = [r.file_name for r in by_precedence(receipts)]
    for count in range(len(receipts)):
        before = [r.file_name for r in by_precedence(receipts[:count])]
        assert before == [name for name in ordered if name in before], "a later file changes no order"
    return ordered


def test_a_lower_edition_that_arrives_late_comes_just_before_the_higher_one() -> None:
    assert strength("r_v3.csv", "other.csv", "r_v2.csv", "r.csv") == ["r.csv", "r_v2.csv", "r_v3.csv", "other.csv"]
    assert strength("r.csv", "other.csv", "r_v2.csv") == ["r.csv", "other.csv", "r_v2.csv"]


@pytest.mark.parametrize("misnamed", ["e_latest.csv", "e_2062-11-01.csv", "e.csv", "latest_e.csv", "e_final.csv"])
def test_a_misnamed_file_freezes_no_source(misnamed: str) -> None:
    files = ["e_2026-09-01.csv", misnamed, "e_2026-10-01.csv", "e_2026-11-01.csv"]
    assert strength(*files, pattern=DAY) == files


@pytest.mark.parametrize(
    ("older", "newer"),
    [("2026-09-01", "2026-10-01"), ("20260901", "20261001"), ("2026-Q2", "2026-Q3"), ("9", "10"), ("a", "b")],
)
def test_editions_of_one_kind_are_in_order_whatever_arrives_first(older: str, newer: str) -> None:
    assert strength(f"e_{newer}.csv", f"e_{older}.csv", pattern=DAY) == [f"e_{older}.csv", f"e_{newer}.csv"]
