"""What is said beside a file: its envelope. A claim of whoever put it there, which is held against the clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

from idtracker.ingest.landing.chain import TOLERANCE
from idtracker.ingest.landing.ledger import parse_instant
from idtracker.model.errors import IdtrackerError

SUFFIX = ".envelope.json"
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_MOST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope says; an empty text and None where it says nothing."""

    received_at: datetime | None = None
    submitted_by: str = ""
    file_name: str = ""

    def arrival(self, now: datetime) -> tuple[datetime | None, str]:
        """The stated instant, never later than `now`; and what to say where it cannot be right."""
        at = self.received_at
        if at is None or EARLIEST <= at <= now:
            return at, ""
        if now < at <= now + TOLERANCE:
            return now, ""
        return (
            None,
            f"its envelope says that it was received on {at:%Y-%m-%d %H:%M} UTC, which cannot be; the time of its arrival counts",
        )


def envelope_path(path: Path) -> Path:
    """The envelope of a file."""
    return path.with_name(path.name + SUFFIX)


def read_envelope(path: Path) -> Envelope:
    """The envelope beside a file; IdtrackerError where it cannot be used. An absent one says nothing."""
    beside = envelope_path(path)
    if not beside.exists():
        return Envelope()
    try:
        with beside.open("rb") as file:
            document = json.loads(file.read(_MOST_BYTES).decode("utf-8"))
        if isinstance(document, dict):
            return _envelope(document)
    except (ValueError, TypeError, AttributeError, RecursionError, OSError) as problem:
        raise IdtrackerError(
            f"the envelope {beside.name} cannot be read ({problem}); correct or remove it"
        ) from problem
    raise IdtrackerError(f"the envelope {beside.name} is not a JSON object; correct or remove it")


def _envelope(document: Mapping[str, Any]) -> Envelope:
    stated = document.get("received_at")
    at = parse_instant(stated) if stated else None
    name = PurePath(str(document.get("file_name") or "").replace("\\", "/")).name
    return Envelope(at, str(document.get("submitted_by") or ""), name)
