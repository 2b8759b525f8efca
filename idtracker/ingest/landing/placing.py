"""Putting a file into the inbox of a source, with what is known of its delivery."""

from __future__ import annotations

import glob
import hashlib
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from idtracker.ingest.landing.arrival import last_visit, record_visit
from idtracker.ingest.landing.envelope import SUFFIX, envelope_path, read_envelope
from idtracker.model.config.source import Source
from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.files import write_bytes, write_json
from idtracker.model.home import Home

_LONGEST_NAME = 255


def place_in_inbox(
    home: Home, source: Source, content: bytes, file_name: str, submitted_by: str | None, now: datetime | None = None
) -> Path:
    """Put a file into the source's inbox so that it appears whole or not at all; the envelope comes first.

    The envelope states when (`now`) and by whom it was sent, and the name of a file that lies beside another of that
    name under one of its own. What lies there as the last file of its name already is no delivery of its own.
    """
    folder, name = home.inbox / source.id, Path(file_name).name
    last = _last_of_name(folder, name)
    if last is not None and last.read_bytes() == content:
        return last
    target = _free_place(folder / name, content)
    _require_length(target)
    at = now or datetime.now(UTC)
    with suppress(OSError):
        if last_visit(home, source.id) is None:
            record_visit(home, source.id, at)
    stated: dict[str, object] = {"received_at": at}
    stated |= {"submitted_by": submitted_by} if submitted_by else {}
    stated |= {"file_name": name} if target.name != name else {}
    write_json(envelope_path(target), stated)
    write_bytes(target, content)
    with suppress(FileNotFoundError):  # taken in already
        os.utime(target, (at.timestamp(), at.timestamp()))
    return target


def _last_of_name(folder: Path, name: str) -> Path | None:
    """The file that was last put into an inbox under a name; None where none waits."""
    last: tuple[datetime, Path] | None = None
    for path in folder.glob(f"{glob.escape(Path(name).stem)}*") if folder.is_dir() else ():
        if path.is_file() and not path.name.endswith(SUFFIX):
            with suppress(IdtrackerError):
                envelope = read_envelope(path)
                at = envelope.received_at or datetime.fromtimestamp(path.stat().st_mtime, UTC)
                if name in (path.name, envelope.file_name) and (last is None or at >= last[0]):
                    last = at, path
    return last[1] if last else None


def _free_place(target: Path, content: bytes) -> Path:
    """A path that nothing has yet: the wanted one, else one with the beginning of the content's hash."""
    digest = hashlib.sha256(content).hexdigest()[:8]
    names = (f"{target.stem}-{digest}{more}{target.suffix}" for more in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for path in (target, *map(target.with_name, names)) if not path.exists())


def _require_length(target: Path) -> None:
    """UsageError where a file of that name, and the envelope beside it, are longer than the file system takes."""
    longest = _LONGEST_NAME - len(SUFFIX)
    if len(target.name.encode()) > longest:
        raise UsageError(
            f"The file name is longer than {longest} bytes ({target.name[:40]}…); give the file a shorter one."
        )
