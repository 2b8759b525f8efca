"""When each waiting file arrived, and from when it counts: a statement beside it is a claim, held against its arrival."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from idtracker.ingest.landing.chain import TOLERANCE
from idtracker.model.home import Home
from idtracker.model.instants import parse_instant

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No report arrived before this, whatever an envelope or a time stamp says."""
REMEDY = "declare `received: {may_backdate: true}` in its source.yml if this source delivers its history"
_STEP = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Visit:
    """One look into the inbox of a source: when, when the one before was (None: never), what the source may claim."""

    now: datetime
    since: datetime | None
    may_backdate: bool = False

    def arrival_of(self, path: Path, *, is_claimed: bool = False) -> datetime:
        """When a file arrived: at its time stamp, but not before it was looked for in vain, nor after now.

        It is now where nobody looked before, and where the time stamp cannot be right. A claim (`is_claimed`) is then held
        against the time when the file was put here, which no sender can set.
        """
        times = _times(path)
        if self.since is None:
            put = _instant(times.changed) if is_claimed else None
            return self.now if put is None else min(put, self.now)
        stamp = _instant(times.written)
        if stamp is None or stamp > self.now:
            return self.now
        return min(max(stamp, self.since), self.now)

    def instant(self, claim: datetime, path: Path) -> tuple[datetime, str]:
        """From when a file counts that is claimed to be of `claim`; and what to say, if anything.

        Without the right it never counts from before its arrival. A claim that lies after it was put here is not followed.
        """
        arrival = self.arrival_of(path, is_claimed=True)
        if EARLIEST <= claim < arrival and self.may_backdate:
            return claim, ""
        latest = max(arrival, _instant(_times(path).changed) or arrival)
        if arrival - TOLERANCE <= claim <= min(latest, self.now) + TOLERANCE:
            return min(max(claim, arrival), self.now), ""
        if claim < EARLIEST:
            return arrival, "which cannot be"
        if claim < arrival:
            return arrival, f"before it arrived; {REMEDY}"
        return arrival, "after it arrived; instants are in UTC, local time needs its offset, such as +03:00"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A waiting file, the instant from which it counts, and when it really came (UTC); `is_stated` where both were said."""

    path: Path
    at: datetime
    came_at: datetime
    is_stated: bool = False
    doubt: str = ""


def in_order_of_arrival(claims: Iterable[tuple[Path, datetime | None]], visit: Visit) -> list[Arrival]:
    """Waiting files with the instants claimed for them, each with the instant that counts, in that order.

    Files that count from their arrival and came in one visit never share an instant: their time stamps keep their order,
    and names count last.
    """
    known = []
    for path, claim in claims:
        came_at = visit.arrival_of(path, is_claimed=claim is not None)
        at, doubt = (came_at, "") if claim is None else visit.instant(claim, path)
        came_at = max(came_at, at)
        is_stated = claim is not None and at == claim
        known.append((at, _times(path).written, path.name, Arrival(path, at, came_at, is_stated, doubt)))
    ordered = [arrival for *_, arrival in sorted(known, key=lambda k: k[:3])]
    later: datetime | None = None
    for number, arrival in reversed(list(enumerate(ordered))):
        if not arrival.is_stated:
            later = arrival.at if later is None else min(arrival.at, later - _STEP)
            ordered[number] = replace(arrival, at=later, came_at=later)
    return ordered


class _Times(NamedTuple):
    """When a file was last written, and when it was put where it lies or changed there: nanoseconds since 1970."""

    written: int
    changed: int


def _times(path: Path) -> _Times:
    """The times of a file; 0 where it is gone."""
    try:
        status = path.stat()
    except OSError:
        return _Times(0, 0)
    return _Times(status.st_mtime_ns, status.st_ctime_ns)


def _instant(nanoseconds: int) -> datetime | None:
    """A time of a file; None where it cannot be."""
    try:
        at = _EPOCH + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:
        return None
    return at if at >= EARLIEST else None


def last_visit(home: Home, source_id: str) -> datetime | None:
    """When the inbox of a source was last emptied; None where nobody knows."""
    try:
        return parse_instant(_visit(home, source_id).read_text("ascii"))
    except (OSError, ValueError, OverflowError):
        return None


def record_visit(home: Home, source_id: str, at: datetime) -> None:
    """Whatever lies in the inbox of the source later than this was put there after `at`."""
    path = _visit(home, source_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(at.isoformat(), "ascii")


def _visit(home: Home, source_id: str) -> Path:
    return home.store.parent / "visited" / source_id
