"""When each waiting file arrived: as its envelope says, else by its time stamp, else when the inbox was looked into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from idtracker.ingest.landing.ledger import parse_instant
from idtracker.model.home import Home

_STEP = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A waiting file and when it arrived (UTC); `is_stated` where somebody says so, who was there."""

    path: Path
    at: datetime
    is_stated: bool = False


def in_order_of_arrival(
    waiting: Iterable[tuple[Path, datetime | None]], now: datetime, since: datetime | None
) -> list[Arrival]:
    """Waiting files with the instants stated for them, each with the instant that counts, in order of arrival.

    A file without a statement arrived at its time stamp, but not before `since`, when it was not there yet, nor after
    `now`; where nobody looked before (`since` is None) it counts as arrived now. Such files of one visit never share an
    instant: their time stamps keep their order, and names count last.
    """
    stamped = []
    for path, stated in waiting:
        nanoseconds = _stamp(path)
        stamp = datetime.fromtimestamp(nanoseconds / 1e9, UTC) if since is not None else now
        at = stated or min(max(stamp, since or now), now)
        stamped.append((at, nanoseconds, path.name, Arrival(path, at, stated is not None)))
    ordered = [arrival for *_, arrival in sorted(stamped, key=lambda s: s[:3])]
    later: datetime | None = None
    for number, arrival in reversed(list(enumerate(ordered))):
        if not arrival.is_stated:
            later = arrival.at if later is None else min(arrival.at, later - _STEP)
            ordered[number] = replace(arrival, at=later)
    return ordered


def _stamp(path: Path) -> int:
    """Nanoseconds since 1970 at which the file was last written; 0 where it is gone."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def last_visit(home: Home, source_id: str) -> datetime | None:
    """When the inbox of a source was last emptied; None where nobody knows."""
    try:
        return parse_instant(_visit(home, source_id).read_text("ascii"))
    except (OSError, ValueError):
        return None


def record_visit(home: Home, source_id: str, at: datetime) -> None:
    """Whatever lies in the inbox of the source later than this was put there after `at`."""
    path = _visit(home, source_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(at.isoformat(), "ascii")


def _visit(home: Home, source_id: str) -> Path:
    return home.store.parent / "visited" / source_id
