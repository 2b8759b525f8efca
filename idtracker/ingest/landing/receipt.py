"""The receipt of one file, and what its name says."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_why: str = ""

    @property
    def is_refused(self) -> bool:
        return bool(self.marking)


def by_arrival(receipt: Receipt) -> tuple[datetime, int, str]:
    """Order of arrival: by instant, then by the sequence of arrivals; the identifier only where no sequence was kept."""
    return receipt.received_at, receipt.sequence, receipt.submission_id


def name_parts(file_name: str, edition_pattern: str) -> tuple[str, str]:
    """(base name, edition) of a file name under the source's `received.edition` expression."""
    match = re.search(edition_pattern, file_name)
    if not match or "edition" not in match.re.groupindex or match["edition"] is None:
        return file_name, ""
    start, end = match.span()
    return file_name[:start] + file_name[end:], match["edition"]
