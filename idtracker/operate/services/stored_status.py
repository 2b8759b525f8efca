"""What `status` worked out last, kept beside the store for as long as it would be worked out the same.

It follows from the definitions, the publication, this code, the calendars of public holidays and the day: all of them are
compared by content. On a day before the last arrival the time of the day matters as well, so that nothing is kept for it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import idtracker
from idtracker.model.files import write_bytes
from idtracker.model.home import DEFAULT_AUDIENCE, Home

_FILE = "status.json"


@dataclass(frozen=True, slots=True)
class StatusSnapshot:
    """State of the sources on a day and of the published tables, and what decides which day is meant."""

    notice: str
    clock: date | None
    last_arrival: datetime | None
    day: date
    states: list[dict[str, Any]]
    missing: list[dict[str, Any]]
    tables: list[dict[str, Any]]
    wrong: list[dict[str, Any]]
    exit_code: int

    def speaks_of(self, at: datetime) -> bool:
        """Whether it would be the same at an instant (UTC, without a zone)."""
        return self.day == at.date() and (self.last_arrival is None or self.last_arrival <= at)


def stored_status(home: Home, signature: str | None) -> StatusSnapshot | None:
    """What was kept last under this signature; None where anything that it follows from has changed."""
    try:
        snapshot = json.loads((home.store.parent / _FILE).read_bytes())
        if snapshot.pop("signature") != signature:
            return None
        days = {name: date.fromisoformat(snapshot[name]) if snapshot[name] else None for name in ("clock", "day")}
        last = snapshot["last_arrival"] and datetime.fromisoformat(snapshot["last_arrival"])
        return StatusSnapshot(**snapshot | days | {"last_arrival": last})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def store_status(home: Home, signature: str | None, status: StatusSnapshot) -> None:
    """Keep it for the next time, where something is published and the home can be written to."""
    if signature is None or not home.store.exists():
        return
    document = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(status).items()}
    with suppress(OSError):
        write_bytes(home.store.parent / _FILE, json.dumps(document | {"signature": signature}).encode())


def signature_of(home: Home) -> str | None:
    """Hash over everything that a status follows from but the clock; None where no publication says what it holds."""
    current = (home.published / DEFAULT_AUDIENCE / "current").resolve()
    try:
        manifest = (current / "manifest.json").read_bytes()
    except OSError:
        return None
    digest = hashlib.sha256(f"{version('holidays')}\0{home.sources}\0{current.name}\0".encode() + manifest)
    for root in (Path(idtracker.__file__).parent, home.sources):
        for path in _files(root):
            content = path.read_bytes()
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for folder, inner, names in os.walk(root, followlinks=True):
        inner[:] = sorted(name for name in inner if name != "__pycache__")
        yield from (Path(folder, name) for name in sorted(names))
