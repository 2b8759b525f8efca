"""Who read what, by organisation: whose accounts count for whom, what is kept when lines go, and what is said where nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from idtracker.ingest.access.log import Access, AccessLog
from idtracker.ingest.access.readership import BEFORE_DAYS, FOLDER, Readership, keep_readership, readership_of
from idtracker.ingest.access.readership_table import readership_frame
from idtracker.ingest.access.removals import remove_days
from idtracker.ingest.landing.audit import Audited, audit_landing
from idtracker.ingest.landing.chain import Chain
from idtracker.model.config.programme import load_programme
from idtracker.model.errors import DefinitionError
from idtracker.model.home import Home
from idtracker.model.published.readers import Named, ReaderEntry, organisation_of

START = datetime(2026, 3, 4, 9, tzinfo=UTC)
READERS = (
    ReaderEntry(org_id="GB-GOV-8", users=["mod-*"], since=date(2026, 1, 1), until=date(2026, 6, 30)),
    ReaderEntry(org_id="GB-GOV-1", users=["fcdo-*", "*-8"], since=date(2026, 1, 1)),
    ReaderEntry(org_id="XM-UN", audience="partners", since=date(2026, 1, 1)),
    ReaderEntry(users=["analyst*"]),
    ReaderEntry(org_id="JO-BODY", users=["body"], audience="partners", since=date(2026, 1, 1)),
)


@pytest.mark.parametrize(
    ("user", "audience", "day", "named"),
    [
        ("mod-1", "hmg", date(2026, 3, 4), Named(True, "GB-GOV-8")),
        ("MOD-1", "hmg", date(2026, 3, 4), Named(False)),
        ("mod-1", "hmg", date(2026, 6, 30), Named(True, "GB-GOV-8")),
        ("mod-1", "hmg", date(2026, 7, 1), Named(False)),
        ("mod-1", "hmg", date(2025, 12, 31), Named(False)),
        ("mod-8", "hmg", date(2026, 3, 4), Named(False)),  # of two organisations
        ("analyst 2", "hmg", date(2020, 3, 4), Named(True, None)),
        ("anybody", "partners", date(2026, 3, 4), Named(True, "XM-UN")),
        ("body", "partners", date(2026, 3, 4), Named(True, "JO-BODY")),
        ("anybody", "hmg", date(2026, 3, 4), Named(False)),
    ],
)
def test_a_user_reads_for_one_organisation_or_for_nobody_that_is_named(
    user: str, audience: str, day: date, named: Named
) -> None:
    assert organisation_of(READERS, user, audience, day) == named


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{org_id: GB-GOV-8, users: [m], since: 2026-01-01, audience: press}", "there is no audience `press`"),
        ("{org_id: GB-GOV-8, since: 2026-01-01}", "name `users`"),
        ("{org_id: GB-GOV-8, users: [m]}", "say `since`"),
        ("{org_id: GB-GOV-8, users: [m], since: 2026-02-01, until: 2026-01-31}", "is before `since`"),
        ("{org_id: GB-GOV-8, user: m, since: 2026-02-01}", "user"),
    ],
)
def test_readers_that_cannot_be_are_refused_with_their_place(entry: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "programme.yml").write_text(f"title: T\ncountry: JO\nreaders:\n  - {entry}\n", "utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_programme(tmp_path)
    assert problem in str(refused.value) and "readers" in str(refused.value)


@pytest.fixture
def read(home: Home) -> AccessLog:
    """Three days of reads of two publications; the last day is not closed."""
    (home.landing / "ledger").mkdir(parents=True)
    log = AccessLog(home)
    lines: list[tuple[timedelta, str, str, str]] = [
        (timedelta(hours=0), "svc", "publish", "P1"),
        (timedelta(hours=1), "mod-1", "query", "P1"),
        (timedelta(hours=2), "mod-2", "query", "P1"),
        (timedelta(hours=3), "analyst", "query", "P1"),
        (timedelta(hours=4), "stranger", "Tracker", "P1"),
        (timedelta(days=1), "svc", "publish", "P2"),
        (timedelta(days=1, hours=5), "mod-1", "query", "P2"),
        (timedelta(days=2), "fcdo-1", "query", "P0"),
    ]
    for after, user, command, publication in lines:
        log.add(Access(START + after, user, command, "hmg", publication, {}))
    log.add(Access(START + timedelta(days=2), "fcdo-1", "query", "hmg", "P0", {"opened": True}))
    return log


FOUND = [
    ("2026-03-04", None, "P1", 0, 4, 1),
    ("2026-03-04", "GB-GOV-8", "P1", 0, 1, 2),
    ("2026-03-05", "GB-GOV-8", "P2", 24, 29, 1),
    ("2026-03-06", "GB-GOV-1", "P0", None, 48, 1),
]
"""Day, organisation, publication, hours until it was made and first read, and how often: two lines of one command are one read."""


def _found(known: Readership) -> list[tuple[object, ...]]:
    hour = timedelta(hours=1)
    return [
        (
            str(r.day),
            r.org_id,
            r.publication,
            None if r.published_at is None else (r.published_at - START) / hour,
            (r.first_at - START) / hour,
            r.count,
        )
        for r in known.reads
    ]


def test_reads_are_counted_by_day_organisation_and_publication(home: Home, read: AccessLog) -> None:
    known = readership_of(home, READERS)
    assert _found(known) == FOUND
    assert (known.begun, known.not_kept) == (START.date(), [])
    assert _found(readership_of(home, READERS, START + timedelta(hours=2))) == [
        ("2026-03-04", "GB-GOV-8", "P1", 0, 1, 2)
    ]


def _remove_lines(log: AccessLog) -> Sequence[str]:
    for closed in log.closed():
        (log.folder / f"{closed}.jsonl").unlink()
    return log.removed()


def test_what_is_kept_outlasts_the_lines_and_names_no_user(home: Home, read: AccessLog) -> None:
    early = START + timedelta(days=365 - BEFORE_DAYS)
    assert keep_readership(home, READERS, early, 365) == 1  # the day itself is old enough, the next is not
    assert keep_readership(home, READERS, START + timedelta(days=365), 365) == 1
    assert keep_readership(home, READERS, START + timedelta(days=365), 365) == 0
    kept = sorted((home.landing / "ledger" / FOLDER).iterdir())
    assert [path.stem for path in kept] == ["2026-03-04", "2026-03-05"]
    assert not any(b"mod-" in path.read_bytes() or b"stranger" in path.read_bytes() for path in kept)
    assert Chain(home).unsealed() == [] and Chain(home).first_broken() is None
    later = START + timedelta(days=400)
    remove_days(home, date(2026, 3, 6), 365, by="records officer", why="retention", at=later)
    assert read.removed() == ["2026-03-04", "2026-03-05"]
    assert _found(readership_of(home, READERS)) == FOUND
    audited = Audited()
    audit_landing(home, later, audited)
    assert audited.problems == []


def test_days_that_went_unkept_are_said_to_be_unknown(home: Home, read: AccessLog) -> None:
    _remove_lines(read)
    known = readership_of(home, READERS)
    assert _found(known) == FOUND[-1:]
    assert known.not_kept == [date(2026, 3, 4), date(2026, 3, 5)]
    table = readership_frame(known, READERS, {}, {})
    assert table[table["state"] == "not_kept"]["known_at"].dt.strftime("%d").tolist() == ["04", "05"]


def test_an_audience_that_is_behind_was_told_less_and_nobody_may_read_before_the_log_begins(
    home: Home, read: AccessLog
) -> None:
    known = readership_of(home, READERS)
    table = readership_frame(known, READERS, {"hmg": ["b", "a"]}, {"hmg": timedelta(days=7)})
    may = table[table["state"] == "may_read"]
    assert set(may["known_at"].dt.date) == {date(2026, 3, 4)}
    assert may["org_id"].tolist() == ["GB-GOV-8", "GB-GOV-1", "XM-UN", "JO-BODY"]
    assert may["source_ids"].fillna("").tolist() == ["a;b", "a;b", "", ""]
    first = table[table["publication"] == "P1"].iloc[0]
    assert first["published_at"] == (START - timedelta(days=7)).replace(tzinfo=None)
    assert len(readership_frame(known, (), {}, {})) == 0
