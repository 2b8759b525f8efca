"""Old days of the log of access go by a signed act alone, whole and as they were sealed; `verify` takes that and nothing else."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from idtracker.ingest.access.log import Access, AccessLog
from idtracker.ingest.access.removals import AccessRemoval, AccessRemovals, remove_days
from idtracker.ingest.landing.audit import Audited, audit_landing
from idtracker.ingest.landing.chain import Chain
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.store.operations import audit_table

FIRST = datetime(2026, 3, 4, 9, tzinfo=UTC)
LATER = FIRST + timedelta(days=400)
WHY = {"by": "HMG-JO programme office", "why": "retention schedule"}


@pytest.fixture
def days(home: Home) -> AccessLog:
    """2026-03-04, -05 and -06 with 1, 2 and 3 lines; the last is open."""
    (home.landing / "ledger").mkdir(parents=True)
    log = AccessLog(home)
    for day in range(3):
        for number in range(day + 1):
            at = FIRST + timedelta(days=day, minutes=number)
            log.add(Access(at, f"reader {day}", "query", "hmg", "2026-03-01-abc", {"rows": number}))
    return log


def problems(home: Home) -> list[tuple[str, str]]:
    audited = Audited()
    audit_landing(home, LATER, audited)
    return [(problem.check, problem.place) for problem in audited.problems]


def prune(home: Home, before: str, kept_days: int = 365, at: datetime = LATER) -> AccessRemoval:
    return remove_days(home, date.fromisoformat(before), kept_days, at=at, **WHY)


def listed(log: AccessLog) -> list[str]:
    return sorted(path.name for path in log.folder.glob("*.jsonl"))


def test_an_act_names_what_was_removed_and_the_rest_still_holds(home: Home, days: AccessLog) -> None:
    contents = {path.stem: path.read_bytes() for path in days.files()}
    act = prune(home, "2026-03-06")
    assert listed(days) == ["2026-03-06.jsonl"]
    for day, lines in (("2026-03-04", 1), ("2026-03-05", 2)):
        last = json.loads(contents[day].splitlines()[-1])["link"]
        sha256 = hashlib.sha256(contents[day]).hexdigest()
        assert {"day": day, "lines": lines, "link": last, "sha256": sha256} in [dict(one) for one in act.days]
    assert (act.lines, len(act.days), act.given_by, act.kept_days) == (3, 2, WHY["by"], 365)
    assert AccessRemovals(home).acts() == [act]
    assert Chain(home).links()[-1].document == f"_access/removals/{act.act_id}.json"
    assert problems(home) == [] and list(days.faults()) == []
    kept = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file())
    assert b"reader 2" in kept and b"reader 0" not in kept and b"reader 1" not in kept
    days.add(Access(LATER, "reader 3", "query", "hmg", "2026-03-01-abc"))
    assert problems(home) == [] and len(days.entries()) == 4
    audit = audit_table(home, [])
    (row,) = audit[audit["action"] == "access_removed"].to_dict("records")
    assert (row["actor"], row["subject"], row["detail"]) == (
        *(WHY["by"], "2026-03-04..2026-03-05", "3 lines: retention schedule"),
    )


@pytest.mark.parametrize(
    ("before", "kept_days", "at", "said"),
    [
        ("2026-03-07", 365, LATER, "2026-03-06 is still open"),
        ("2026-03-04", 365, LATER, "no day before 2026-03-04"),
        ("2026-03-06", 365, FIRST + timedelta(days=366), "kept for 365 days"),
        ("2026-03-06", 399, LATER, "from 2026-03-05 on"),
        ("2026-03-05", 1, FIRST, "kept for 1 days"),
    ],
)
def test_what_may_not_go_stays_and_the_reason_is_said(
    home: Home, days: AccessLog, before: str, kept_days: int, at: datetime, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        prune(home, before, kept_days, at)
    assert len(listed(days)) == 3 and AccessRemovals(home).acts() == [] and problems(home) == []


def test_the_last_day_that_is_kept_is_counted_from_the_day_of_the_act(home: Home, days: AccessLog) -> None:
    at = datetime(2027, 3, 5, 23, 59, tzinfo=UTC)  # 365 days before it: 2026-03-05
    with pytest.raises(UsageError, match="from 2026-03-05 on"):
        prune(home, "2026-03-06", at=at)
    assert [day["day"] for day in prune(home, "2026-03-05", at=at).days] == ["2026-03-04"]
    assert problems(home) == []


@pytest.mark.parametrize(
    "signed", [{"by": " ", "why": "x"}, {"by": "office", "why": ""}, {"by": "a@b.org", "why": "x"}]
)
def test_an_act_that_is_not_signed_removes_nothing(home: Home, days: AccessLog, signed: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"--by|--why"):
        remove_days(home, date(2026, 3, 6), 365, at=LATER, **signed)
    assert len(listed(days)) == 3 and AccessRemovals(home).acts() == []


def test_a_day_that_was_changed_is_not_removed_so_that_nobody_hides_it(home: Home, days: AccessLog) -> None:
    path = days.folder / "2026-03-05.jsonl"
    path.write_bytes(path.read_bytes().replace(b"reader", b"nobody"))
    with pytest.raises(UsageError, match=r"2026-03-05\.jsonl: line 1 was changed"):
        prune(home, "2026-03-06")
    assert len(listed(days)) == 3


def _without_the_act(home: Home, act: AccessRemoval) -> None:
    (home.landing / "ledger" / "_access" / "removals" / f"{act.act_id}.json").unlink()


def _edited(home: Home, act: AccessRemoval) -> None:
    path: Path = home.landing / "ledger" / "_access" / "removals" / f"{act.act_id}.json"
    path.write_text(path.read_text("utf-8").replace("retention", "no"), "utf-8")


def _another_day(home: Home, _: AccessRemoval) -> None:
    (home.landing / "ledger" / "_access" / "2026-03-05.jsonl").unlink()


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (_without_the_act, {("access", "ledger/_access/2026-03-04.jsonl"), ("chain", "ledger/chain.jsonl")}),
        (_edited, {("chain", "ledger/chain.jsonl")}),
        (_another_day, {("access", "ledger/_access/2026-03-05.jsonl")}),
    ],
)
def test_verify_takes_nothing_but_what_an_act_removed(
    home: Home, days: AccessLog, harm: object, expected: set[tuple[str, str]]
) -> None:
    act = prune(home, "2026-03-05")
    assert problems(home) == []
    harm(home, act)  # type: ignore[operator]
    assert set(problems(home)) == expected


def test_an_act_for_a_day_that_was_too_young_removes_it_for_nobody(home: Home, days: AccessLog) -> None:
    """One written past the command, which says itself that the day was not old enough."""
    closing = json.loads((days.folder / "2026-03-04.json").read_text("utf-8"))
    one = {name: closing[name] for name in ("day", "lines", "link", "sha256")}
    AccessRemovals(home).give(AccessRemoval((one,), 365, "office", "hurry", FIRST + timedelta(days=3)))
    (days.folder / "2026-03-04.jsonl").unlink()
    assert problems(home) == [("access", "ledger/_access/2026-03-04.jsonl")]


def test_an_interruption_after_the_act_leaves_lines_and_the_next_one_removes_them(
    home: Home, days: AccessLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        prune(home, "2026-03-05")
    assert len(listed(days)) == 3 and len(AccessRemovals(home).acts()) == 1 and problems(home) == []
    prune(home, "2026-03-05", at=LATER + timedelta(hours=1))
    assert listed(days) == ["2026-03-05.jsonl", "2026-03-06.jsonl"] and problems(home) == []
