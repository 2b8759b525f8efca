"""What is said beside a file: its envelope. A claim of whoever put it there, which is held against the arrival."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

from idtracker.ingest.landing.side_file import instant_of, read_side_file, stated_party, stated_text

SUFFIX = ".envelope.json"
_WHAT = "envelope"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope says; an empty text and None where it says nothing."""

    received_at: datetime | None = None
    submitted_by: str = ""
    file_name: str = ""


def envelope_path(path: Path) -> Path:
    """The envelope of a file."""
    return path.with_name(path.name + SUFFIX)


def read_envelope(path: Path) -> Envelope:
    """The envelope beside a file; IdtrackerError where it cannot be used. An absent one says nothing."""
    beside = envelope_path(path)
    if not os.path.lexists(beside):
        return Envelope()
    document = read_side_file(beside, _WHAT)
    name = PurePath(stated_text(beside, _WHAT, document, "file_name").replace("\\", "/")).name
    return Envelope(
        instant_of(beside, _WHAT, document, "received_at"), stated_party(beside, _WHAT, document, "submitted_by"), name
    )
