"""A time that is stated beside a file is a claim: nothing is known before it arrived, unless its source has the right to that."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from idtracker.ingest.landing.audit import Audited, audit_landing
from idtracker.ingest.landing.chain import OLDEST, Chain
from idtracker.ingest.landing.collect import collect
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.placing import place_in_inbox
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Source
from idtracker.model.home import Home

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY, YEAR = timedelta(days=1), timedelta(days=365)


def drop(home: Home, name: str, stamp: datetime = NOW, claim: datetime | None = None) -> Path:
    path = home.inbox / "returns" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if claim is not None:
        path.with_name(f"{name}.envelope.json").write_text(json.dumps({"received_at": claim.isoformat()}))
    path.write_text(f"reference\n{name}\n")
    os.utime(path, (stamp.timestamp(), stamp.timestamp()))
    return path


def receipt_of(home: Home, name: str) -> Receipt:
    return next(r for r in Ledger(home).receipts("returns") if r.file_name == name)


@pytest.mark.parametrize("ago", [timedelta(hours=1), DAY, 5 * YEAR])
@pytest.mark.parametrize("visited", [False, True])
def test_a_back_dated_claim_without_the_right_is_not_followed_and_says_what_to_do(
    home: Home, source: Source, ago: timedelta, visited: bool
) -> None:
    if visited:
        collect(home, source, NOW - timedelta(minutes=30))
    drop(home, "old.csv", stamp=NOW - timedelta(minutes=10), claim=NOW - ago)
    drop(home, "plain.csv", stamp=NOW - timedelta(minutes=5))
    got = collect(home, source, NOW)
    assert [r.file_name for r in got.received] == ["old.csv", "plain.csv"]
    assert NOW - timedelta(minutes=30) < receipt_of(home, "old.csv").received_at <= NOW
    (problem,) = got.problems
    assert problem.startswith("returns/old.csv: its envelope says") and "`received: {may_backdate: true}`" in problem


def test_with_the_right_it_counts_and_the_real_arrival_is_kept(home: Home, history: Source) -> None:
    drop(home, "old.csv", claim=NOW - 2 * YEAR)
    assert collect(home, history, NOW).problems == []
    receipt = receipt_of(home, "old.csv")
    assert (receipt.received_at, receipt.came_at) == (NOW - 2 * YEAR, NOW)


@pytest.mark.parametrize("claim", [datetime(1989, 12, 31, tzinfo=UTC), NOW + timedelta(hours=3), NOW + 900 * YEAR])
def test_the_right_covers_no_instant_that_cannot_be(home: Home, history: Source, claim: datetime) -> None:
    drop(home, "far.csv", claim=claim)
    (problem,) = collect(home, history, NOW).problems
    assert f"{claim:%Y-%m-%d %H:%M}" in problem
    assert receipt_of(home, "far.csv").received_at == NOW


def test_local_time_that_is_stamped_as_utc_lies_after_the_arrival_and_is_not_followed(
    home: Home, source: Source
) -> None:
    drop(home, "local.csv", claim=NOW + timedelta(hours=3))
    (problem,) = collect(home, source, NOW).problems
    assert "local time needs its offset, such as +03:00" in problem
    assert receipt_of(home, "local.csv").received_at == NOW


def test_a_claim_within_the_tolerance_says_nothing_and_is_never_before_the_arrival(home: Home, source: Source) -> None:
    collect(home, source, NOW - DAY)
    came = NOW - timedelta(hours=1)
    drop(home, "a.csv", stamp=came, claim=came - timedelta(minutes=2))
    assert collect(home, source, NOW).problems == []
    assert receipt_of(home, "a.csv").received_at == came


def test_what_is_submitted_before_the_first_run_counts_from_then(home: Home, source: Source) -> None:
    place_in_inbox(home, source, b"reference\nA\n", "a.csv", None, NOW - DAY)
    assert collect(home, source, NOW).problems == []
    assert receipt_of(home, "a.csv").received_at == NOW - DAY


@pytest.mark.parametrize("stamp", [datetime(1980, 1, 1, tzinfo=UTC), NOW + 40 * YEAR])
def test_a_time_stamp_that_cannot_be_is_not_followed(home: Home, source: Source, stamp: datetime) -> None:
    collect(home, source, NOW - DAY)
    drop(home, "zip.csv", stamp=stamp)
    assert collect(home, source, NOW).problems == []
    assert receipt_of(home, "zip.csv").received_at == NOW


def notice(home: Home, at: datetime) -> None:
    document = {"withdraws": "a.csv", "by": "GB-GOV-11", "why": "wrong unit", "at": at.isoformat()}
    (home.inbox / "returns" / "a.withdrawal.json").write_text(json.dumps(document))


def test_a_notice_counts_from_its_arrival_unless_the_source_may_back_date(
    home: Home, source: Source, history: Source
) -> None:
    for sender, counts_from in ((source, NOW), (history, NOW - 2 * DAY)):
        drop(home, "a.csv")
        collect(home, sender, NOW - 5 * DAY)
        notice(home, NOW - 2 * DAY)
        got = collect(home, sender, NOW)
        assert [r.withdrawn_at for r in Ledger(home).receipts("returns")][-1] == counts_from
        assert len(got.problems) == (sender is source)


@pytest.mark.parametrize(("on", "counts_from"), [("2026-11-16", NOW - 2 * DAY), ("2026-11-18", NOW)])
def test_no_back_dated_notice_reaches_behind_a_lock(
    home: Home, history: Source, on: str, counts_from: datetime
) -> None:
    home.sources.mkdir(exist_ok=True)
    lock = f"{{through: 2026-Q2, on: {on}, why: return}}"
    (home.sources / "programme.yml").write_text(f"title: t\ncountry: JO\nlocks: [{lock}]\n")
    drop(home, "a.csv")
    collect(home, history, NOW - 5 * DAY)
    notice(home, NOW - 2 * DAY)
    got = collect(home, history, NOW)
    assert receipt_of(home, "a.csv").withdrawn_at == counts_from
    assert len(got.problems) == (counts_from == NOW)


@pytest.mark.parametrize("ahead", [2 * DAY, YEAR, 40 * YEAR])
def test_a_clock_that_was_ahead_once_drags_nothing_after_it(home: Home, source: Source, ahead: timedelta) -> None:
    drop(home, "first.csv", stamp=NOW + ahead)
    collect(home, source, NOW + ahead)
    Chain(home).seal(NOW + ahead)
    drop(home, "second.csv")
    got = collect(home, source, NOW)
    Chain(home).seal(NOW)
    (problem,) = got.problems
    assert "it was ahead once; what arrives counts from now on" in problem
    first, second = Ledger(home).receipts("returns")
    assert (first.file_name, second.file_name) == ("first.csv", "second.csv"), "the later delivery is the stronger"
    assert first.received_at == second.received_at == NOW
    assert got.restamped == [first.submission_id]
    audited = Audited()
    audit_landing(home, NOW, audited)
    assert audited.problems == []
    drop(home, "third.csv", stamp=NOW + DAY)
    assert collect(home, source, NOW + DAY).problems == [], "it is said once"
    assert [r.received_at for r in Ledger(home).receipts("returns")] == [NOW, NOW, NOW + DAY]


def test_a_clock_that_was_ahead_for_another_source_drags_nothing(home: Home, source: Source) -> None:
    (home.landing / "ledger" / "other").mkdir(parents=True)
    (home.landing / "ledger" / "other" / "x.json").write_text("{}")
    Chain(home).seal(NOW + YEAR)
    drop(home, "a.csv")
    got = collect(home, source, NOW)
    assert [r.received_at for r in got.received] == [NOW] and "it was ahead once" in got.problems[0]
    Chain(home).seal(NOW)
    drop(home, "b.csv")
    assert collect(home, source, NOW).problems == [], "it is said once"


def test_a_clock_that_says_what_cannot_be_is_not_believed(home: Home, source: Source) -> None:
    drop(home, "first.csv")
    collect(home, source, NOW)
    Chain(home).seal(NOW)
    drop(home, "second.csv")
    (problem,) = collect(home, source, OLDEST - YEAR).problems
    assert "Set the clock" in problem
    assert [(r.file_name, r.received_at) for r in Ledger(home).receipts("returns")] == [
        ("first.csv", NOW),
        ("second.csv", NOW),
    ]
