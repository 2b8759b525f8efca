"""Editions of the data files of indices: what each file held, and from when on.

An edition is a JSON document of the ledger, so that it is in the audit chain and in every backup; its bytes lie beside it under
their SHA-256. Neither is ever changed. A file that goes back to what it held before is a new edition of the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from idtracker.model.errors import DamagedFileError
from idtracker.model.files import write_bytes, write_json
from idtracker.model.home import Home
from idtracker.model.instants import parse_instant

FOLDER = "_indices"
"""Folder of the ledger that the editions lie in."""
_BYTES = "_bytes"


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the data file of one index: its number from 1 on, and the instant (UTC) from which it counts."""

    index_id: str
    number: int
    data_file: str
    sha256: str
    seen_at: datetime


class IndexEditions:
    """The editions of one home."""

    def __init__(self, home: Home) -> None:
        self.folder = home.landing / "ledger" / FOLDER

    def of(self, index_id: str) -> list[Edition]:
        """Every edition of an index, oldest first. DamagedFileError where a document cannot be read."""
        return [_edition(path) for path in sorted((self.folder / index_id).glob("[!.]*.json"))]

    def latest(self, index_id: str, until: datetime | None = None) -> Edition | None:
        """The edition that counts, or counted at an instant; None where there was none. DamagedFileError."""
        known = [edition for edition in self.of(index_id) if until is None or edition.seen_at <= until]
        return known[-1] if known else None

    def keep(self, index_id: str, data_file: str, content: bytes, at: datetime) -> Edition:
        """The edition of this content: the latest one where it is the same file with the same bytes, else a new one.

        It counts from `at`, or from when the one before it does, where a clock was set back. DamagedFileError.
        """
        digest, before = hashlib.sha256(content).hexdigest(), self.latest(index_id)
        if before is not None and (before.sha256, before.data_file) == (digest, data_file):
            return before
        place = self.folder / _BYTES / digest
        if not place.is_file() or place.read_bytes() != content:
            write_bytes(place, content)
        number, seen_at = (1, at) if before is None else (before.number + 1, max(at, before.seen_at))
        edition = Edition(index_id, number, data_file, digest, seen_at)
        write_json(self.folder / index_id / f"{number:06d}.json", asdict(edition))
        return edition

    def content(self, edition: Edition) -> bytes:
        """The bytes of an edition. DamagedFileError where they are missing or were changed."""
        place = self.folder / _BYTES / edition.sha256
        named = f"edition {edition.number} of {edition.data_file} ({place.name[:12]})"
        try:
            content = place.read_bytes()
        except OSError as problem:
            raise DamagedFileError(f"{named} cannot be read ({problem.strerror})") from problem
        if hashlib.sha256(content).hexdigest() != edition.sha256:
            raise DamagedFileError(f"{named} was changed since it was kept")
        return content

    def faults(self) -> Iterator[tuple[Path, str]]:
        """Documents and bytes that are missing or were changed: place and what is wrong."""
        for path in sorted(self.folder.glob("[!_.]*/[!.]*.json")):
            try:
                edition = _edition(path)
            except DamagedFileError as problem:
                yield path, str(problem)
                continue
            try:
                self.content(edition)
            except DamagedFileError as problem:
                yield self.folder / _BYTES / edition.sha256, str(problem)


def _edition(path: Path) -> Edition:
    try:
        document = json.loads(path.read_text("utf-8"))
        return Edition(**document | {"seen_at": parse_instant(document["seen_at"])})
    except (OSError, ValueError, TypeError, KeyError, OverflowError) as problem:
        raise DamagedFileError(f"{path.parent.name}/{path.name} cannot be read ({problem})") from problem
