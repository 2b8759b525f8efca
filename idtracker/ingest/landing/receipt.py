"""The receipt of one file, and what its name says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """One file as it arrived. `marking` is set where the file was refused; such a file has no hash and no bytes."""

    submission_id: str
    source_id: str
    file_name: str
    base_name: str
    edition: str
    sha256: str
    size_bytes: int
    received_at: datetime
    submitted_by: str
    marking: str = ""
    sequence: int = 0
    """Place among the arrivals of the source, from 1; it orders files of one instant. 0 in homes that kept none yet."""
    again: int = 0
    """How often the same bytes were delivered before this delivery of them."""
    arrived_at: datetime | None = None
    """When it really came, where `received_at` is an earlier instant that was claimed for it; else the same, or not kept."""
    resets_clock: bool = False
    """Whether the record stood far ahead of the clock when it came: what was stamped later before it came by then."""
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_why: str = ""
    absences: tuple[tuple[datetime, datetime], ...] = ()
    """From when until when it was withdrawn, where the withdrawal was revoked, in order."""

    @property
    def is_refused(self) -> bool:
        return bool(self.marking)

    @property
    def came_at(self) -> datetime:
        """When it really came, whatever instant it counts from; periods are closed to it by this."""
        return max(self.arrived_at or self.received_at, self.received_at)

    def is_withdrawn(self, at: datetime) -> bool:
        """Whether it was withdrawn at an instant."""
        return (self.withdrawn_at is not None and self.withdrawn_at <= at) or any(
            since <= at < until for since, until in self.absences
        )

    def presences(self) -> list[tuple[datetime, datetime | None]]:
        """From when until when it counted: from its arrival on, but for the times when it was withdrawn."""
        begins = [self.received_at, *(until for _, until in self.absences)]
        ends = [*(since for since, _ in self.absences), self.withdrawn_at]
        return [(since, until) for since, until in zip(begins, ends, strict=True) if until is None or since < until]


def by_arrival(receipt: Receipt) -> tuple[datetime, int, str]:
    """Order of arrival: by instant, then by the sequence of arrivals; the identifier only where no sequence was kept."""
    return receipt.received_at, receipt.sequence, receipt.submission_id


def as_clocked(receipts: Iterable[Receipt]) -> list[Receipt]:
    """Receipts of a source in their sequence, none later than one that came after it and says that the clock was ahead."""
    latest: datetime | None = None
    clocked = []
    for receipt in sorted(receipts, key=lambda r: (r.sequence, r.received_at), reverse=True):
        if latest is not None and receipt.came_at > latest:
            came_at = min(receipt.came_at, latest)
            receipt = replace(receipt, received_at=min(receipt.received_at, came_at), arrived_at=came_at)
        clocked.append(receipt)
        if receipt.resets_clock:
            latest = receipt.came_at if latest is None else min(latest, receipt.came_at)
    return clocked[::-1]


def name_parts(file_name: str, edition_pattern: str) -> tuple[str, str]:
    """(base name, edition) of a file name under the source's `received.edition` expression."""
    match = re.search(edition_pattern, file_name)
    if not match or "edition" not in match.re.groupindex or match["edition"] is None:
        return file_name, ""
    start, end = match.span()
    return file_name[:start] + file_name[end:], match["edition"]
