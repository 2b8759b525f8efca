"""The log of access: what was added, changed or cut, by whom at once, and what closes a day."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from idtracker.ingest.access.log import Access, AccessLog
from idtracker.ingest.landing.audit import Audited, audit_landing
from idtracker.ingest.landing.chain import Chain
from idtracker.model.home import Home

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


def access(at: datetime = NOW, user: str = "reader", **about: object) -> Access:
    return Access(at, user, "query", "hmg", "2026-03-01-abc", about)


@pytest.fixture
def log(home: Home) -> AccessLog:
    (home.landing / "ledger").mkdir(parents=True)
    return AccessLog(home)


@pytest.fixture
def days(log: AccessLog) -> AccessLog:
    """Three days of three lines; the last one is not closed."""
    for day in range(3):
        for number in range(3):
            log.add(access(NOW + timedelta(days=day, minutes=number), rows=number))
    return log


def checked(home: Home, now: datetime = NOW) -> Audited:
    audited = Audited()
    audit_landing(home, now, audited)
    return audited


def add_many(root: Path, user: str, times: int) -> None:
    for number in range(times):
        AccessLog(Home(root, root)).add(access(NOW, user, rows=number))


def test_processes_that_write_at_once_leave_every_line_and_a_chain_that_holds(home: Home, log: AccessLog) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=add_many, args=(home.root, f"user {n}", 15)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    written = [(entry.user, entry.about["rows"]) for entry in log.entries()]
    assert sorted(written) == [(f"user {n}", row) for n in range(3) for row in range(15)]
    assert all([row for user, row in written if user == f"user {n}"] == list(range(15)) for n in range(3))
    assert list(log.faults()) == []


def test_links_are_the_hash_of_the_link_before_number_and_act(log: AccessLog) -> None:
    log.add(access(rows=1))
    log.add(access(user="another", tables=["score"]))
    link = "0" * 64
    lines = (log.folder / "2026-03-04.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 2
    for number, line in enumerate(lines, start=1):
        entry = json.loads(line)
        act = {k: entry[k] for k in ("at", "user", "command", "audience", "publication", "about")}
        told = json.dumps([link, number, act], ensure_ascii=False, sort_keys=True)
        link = hashlib.sha256(told.encode()).hexdigest()
        assert (entry["n"], entry["link"]) == (number, link)


def test_a_day_that_ends_is_sealed_in_the_chain_of_the_ledger(home: Home, days: AccessLog) -> None:
    assert [link.document for link in Chain(home).links()] == ["_access/2026-03-04.json", "_access/2026-03-05.json"]
    assert checked(home).problems == []
    assert checked(home).counts["accesses"] == 9


@pytest.mark.parametrize("day", ["2026-03-04", "2026-03-05", "2026-03-06"])
@pytest.mark.parametrize("line", [0, 1])
@pytest.mark.parametrize("harm", ["edit", "remove", "swap"])
def test_a_line_that_is_changed_removed_or_moved_is_found(
    home: Home, days: AccessLog, day: str, line: int, harm: str
) -> None:
    path = days.folder / f"{day}.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    if harm == "edit":
        lines[line] = lines[line].replace(b'"reader"', b'"nobody"')
    elif harm == "remove":
        del lines[line]
    else:
        lines[line], lines[line + 1] = lines[line + 1], lines[line]
    path.write_bytes(b"".join(lines))
    places = [problem.place for problem in checked(home).problems]
    assert f"ledger/_access/{day}.jsonl" in places


def test_the_end_of_a_closed_day_cannot_be_cut_nor_written_anew(home: Home, days: AccessLog) -> None:
    path = days.folder / "2026-03-05.jsonl"
    whole = path.read_bytes()
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    assert [problem.check for problem in checked(home).problems] == ["access"]
    path.write_bytes(whole)
    assert checked(home).problems == []
    closing = path.with_suffix(".json")
    closing.write_text(closing.read_text("utf-8").replace('"lines": 3', '"lines": 2'), "utf-8")
    assert {problem.check for problem in checked(home).problems} == {"access", "chain"}


def test_a_day_that_somebody_removed_is_missing_however_old_it_is(home: Home, days: AccessLog) -> None:
    (days.folder / "2026-03-04.jsonl").unlink()
    for now in (NOW, NOW + timedelta(days=9_999)):
        problems = checked(home, now).problems
        assert [(p.place, p.check) for p in problems] == [("ledger/_access/2026-03-04.jsonl", "access")]
        assert "no act on the record removed it" in problems[0].problem


def test_what_a_crash_left_of_a_line_counts_as_never_written(days: AccessLog) -> None:
    path = days.folder / "2026-03-06.jsonl"
    path.write_bytes(path.read_bytes() + b'{"n": 4, "at": "2026-03')
    assert len(days.entries()) == 9
    days.add(access(NOW + timedelta(days=2, hours=1)))
    assert len(days.entries()) == 10
    assert list(days.faults()) == []


def test_a_clock_that_goes_back_writes_into_the_day_that_is_open(days: AccessLog) -> None:
    days.add(access(NOW - timedelta(days=9)))
    assert [path.name for path in sorted(days.folder.glob("*.jsonl"))][-1] == "2026-03-06.jsonl"
    assert list(days.faults()) == []
    assert [entry.at for entry in days.entries(until=NOW - timedelta(days=1))] == [NOW - timedelta(days=9)]
