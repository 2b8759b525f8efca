"""Who read what is published, by organisation, publication and day: from the lines of the log of access, and from what is kept of days whose lines go.

Lines name users and may be removed after some time (`audit_days` in programme.yml). Before that, while they are still there, each run keeps of every closed day by which
organisations which publication was read, how often and when first, without a user: one sealed document a day
(`landing/ledger/_readership/2026-11-30.json`). Where one is, it goes before lines. A day that has neither is said to be one of which nothing is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from idtracker.ingest.access.log import Access, AccessLog
from idtracker.ingest.landing.chain import Chain
from idtracker.model.errors import IdtrackerError
from idtracker.model.files import private_folder, write_json
from idtracker.model.home import Home
from idtracker.model.instants import parse_instant
from idtracker.model.published.readers import ReaderEntry, organisation_of

FOLDER = "_readership"
BEFORE_DAYS = 30
"""So many days before its lines may go the reads of a day are kept by organisation. Until then a corrected programme.yml still reaches it."""
_PUBLISHED = "publish"


@dataclass(frozen=True, slots=True)
class DayOfReads:
    """Reads of one publication by one organisation (None: of users for whom none is named) on one day (UTC).

    `published_at` is when the publication was made; None where that is not on record.
    """

    day: date
    org_id: str | None
    audience_id: str
    publication: str
    published_at: datetime | None
    first_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Readership:
    """Every read that is known, in order; the day on which the log begins (None: there is none); days of which nothing is kept."""

    reads: Sequence[DayOfReads]
    begun: date | None
    not_kept: Sequence[date]


def readership_of(home: Home, readers: Sequence[ReaderEntry], until: datetime | None = None) -> Readership:
    """What was read until an instant. IdtrackerError where a line or a document cannot be read."""
    log, kept = AccessLog(home), dict(_kept(home))
    entries = log.entries(until)
    published = _published(entries, kept.values())
    reads = [read for document in kept.values() for read in _reads_kept(document)]
    reads += reads_of(entries, readers, published, but=kept)
    gone = [date.fromisoformat(day) for day in log.removed()]
    days = sorted({*(e.at.astimezone(UTC).date() for e in entries), *kept, *gone})
    known = sorted((r for r in reads if until is None or r.first_at <= until), key=_order)
    not_kept = [day for day in sorted(gone) if day not in kept and (until is None or day <= until.date())]
    return Readership(known, days[0] if days else None, not_kept)


def reads_of(
    entries: Iterable[Access],
    readers: Sequence[ReaderEntry],
    published: Mapping[tuple[str, str], datetime],
    but: Iterable[date] = (),
) -> list[DayOfReads]:
    """Reads by day, organisation and publication; acts of publishing and reads of the programme's own team left out, and days in `but`.

    Two lines of one command about one publication (it was opened; it ended) are one read.
    """
    found: dict[tuple[date, str | None, str, str], DayOfReads] = {}
    left_out, seen = set(but), set()
    for entry in entries:
        at, command = entry.at.astimezone(UTC), (entry.at, entry.user, entry.command, entry.audience, entry.publication)
        if entry.command == _PUBLISHED or at.date() in left_out or command in seen:
            continue
        seen.add(command)
        named = organisation_of(readers, entry.user, entry.audience, at.date())
        if named.is_named and named.org_id is None:
            continue
        key = at.date(), named.org_id, entry.audience, entry.publication
        made = published.get((entry.audience, entry.publication))
        before = found.get(key)
        if before is None:
            found[key] = DayOfReads(*key, made, at, 1)
        else:
            found[key] = replace(before, first_at=min(before.first_at, at), count=before.count + 1)
    return list(found.values())


def keep_readership(home: Home, readers: Sequence[ReaderEntry], now: datetime, kept_days: int) -> int:
    """Keep and seal the reads of closed days whose lines may be removed after `kept_days` days, or soon; how many days.

    Nothing where no readers are named.
    """
    log = AccessLog(home)
    last = (now.astimezone(UTC) - timedelta(days=max(0, kept_days - BEFORE_DAYS))).date()
    if not readers or not log.is_possible:
        return 0
    kept = dict(_kept(home))
    closed = [date.fromisoformat(day) for day in log.closed()]
    wanted = {day for day in closed if day <= last and day not in kept}
    if not wanted:
        return 0
    entries = log.entries()
    published = _published(entries, kept.values())
    reads = reads_of((e for e in entries if e.at.astimezone(UTC).date() in wanted), readers, published)
    folder = log.folder.parent / FOLDER
    private_folder(folder)
    for day in sorted(wanted):
        made = {key: at for key, at in published.items() if at.date() == day}
        write_json(folder / f"{day}.json", _document(day, sorted((r for r in reads if r.day == day), key=_order), made))
    Chain(home).seal(now, FOLDER)
    return len(wanted)


def _published(entries: Iterable[Access], kept: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], datetime]:
    """When each publication of an audience was made."""
    made: dict[tuple[str, str], datetime] = {}
    acts = [
        (p["audience"], p["publication"], parse_instant(p["at"])) for document in kept for p in document["published"]
    ]
    acts += [(e.audience, e.publication, e.at.astimezone(UTC)) for e in entries if e.command == _PUBLISHED]
    for audience, publication, at in acts:
        made[audience, publication] = min(at, made.get((audience, publication), at))
    return made


def _document(day: date, reads: Sequence[DayOfReads], made: Mapping[tuple[str, str], datetime]) -> dict[str, Any]:
    return {
        "day": str(day),
        "published": [{"audience": a, "publication": p, "at": at.isoformat()} for (a, p), at in sorted(made.items())],
        "reads": [
            {
                "org_id": read.org_id,
                "audience": read.audience_id,
                "publication": read.publication,
                "published_at": read.published_at.isoformat() if read.published_at else None,
                "first_at": read.first_at.isoformat(),
                "count": read.count,
            }
            for read in reads
        ],
    }


def _kept(home: Home) -> Iterator[tuple[date, dict[str, Any]]]:
    """What is kept of each day, in order."""
    for path in sorted((home.landing / "ledger" / FOLDER).glob("*.json")):
        yield date.fromisoformat(path.stem), _read(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
        _ = document["published"], list(_reads_kept(document))
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise IdtrackerError(
            f"{path}: the reads of a day cannot be read ({problem}); restore it from a backup"
        ) from problem
    return document


def _reads_kept(document: Mapping[str, Any]) -> Iterator[DayOfReads]:
    for read in document["reads"]:
        made = parse_instant(read["published_at"]) if read["published_at"] else None
        yield DayOfReads(
            date.fromisoformat(document["day"]),
            read["org_id"],
            read["audience"],
            read["publication"],
            made,
            parse_instant(read["first_at"]),
            int(read["count"]),
        )


def _order(read: DayOfReads) -> tuple[date, str, str, str]:
    return read.day, read.org_id or "", read.audience_id, read.publication
