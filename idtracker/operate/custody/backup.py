"""A home in one archive: what cannot be made again, with the hash of every file and of the content that follows from it.

The archive is a gzip-compressed tar. Its first member, `manifest.json`, lists every other one with size and SHA-256, in the
order in which they stand. The inbox is not in it: what lies there has not been received yet, or was refused.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from idtracker.ingest.access.log import FOLDER as READS
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.landing.chain import Chain
from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.home import Home
from idtracker.model.tables import TABLES
from idtracker.model.tables.version import model_version
from idtracker.operate.definition_versions import versions_of
from idtracker.operate.steps.expectations import data_docs_folder
from idtracker.store.connection import open_store, writing_turn
from idtracker.store.copies import LOGS, content_hashes
from idtracker.store.schema import recall, store_version

FORMAT = "idtracker-backup-1"
MANIFEST = "manifest.json"
RUNS = "runs.jsonl"
Entry = tuple[str, int, str]
"""Name in the archive, size and SHA-256 of a file."""
_BYTES = tuple(f"landing/{n:02x}/" for n in range(256))


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What an archive holds, and which received files were damaged before it was made: they are in it as they are."""

    path: Path
    files: int
    size_bytes: int
    archive_bytes: int
    is_whole: bool
    sha256: str
    damaged: list[str]


def back_up(home: Home, catalogue: ProgrammeCatalogue, path: Path, whole: bool = False) -> BackedUp:
    """Write an archive of a home, whole or not at all; with `whole`, of what could be made again as well.

    UsageError where there is nothing to keep, or something else is at `path`; StoreBusyError while another run writes.
    """
    if not home.landing.is_dir():
        raise UsageError(f"{home.root} has received nothing yet; there is nothing to back up.")
    if path.exists():
        raise UsageError(f"{path} exists already; name a new file.")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is not a folder; name a file in one that exists.")
    with writing_turn(home):
        about = _about(home, catalogue, whole)
        members = dict(_members(home, whole))
        files: list[Entry] = [(name, *_measured(p)) for name, p in sorted(members.items())]
        digest = _write(path, about, files, members)
    damaged = [name for name, _, own in files if name.startswith(_BYTES) and not name.endswith(own)]
    size = sum(size for _, size, _ in files)
    return BackedUp(path, len(files), size, path.stat().st_size, whole, digest, damaged)


def _about(home: Home, catalogue: ProgrammeCatalogue, whole: bool) -> dict[str, object]:
    """What the archive was made of and with: versions, day, content of the store, head of the audit chain."""
    about: dict[str, object] = {
        "format": FORMAT,
        "programme": catalogue.programme.title,
        "notice": catalogue.programme.notice,
        "versions": versions_of(home, catalogue) | {"model": model_version()},
        "whole": whole,
        **Chain(home).anchor(),
        "store_model": None,
        "as_of": None,
        "until": None,
        "content": {},
        "current": {},
    }
    if home.store.exists():
        with open_store(home) as connection:
            model = recall(connection, "model")
            about |= {"store_model": model, "as_of": recall(connection, "as_of"), "until": recall(connection, "until")}
            if model == store_version():
                about["content"] = content_hashes(connection, [t for t in TABLES if t not in LOGS])
    if whole:
        about["current"] = {audience: link.resolve().name for audience, link in _current(home)}
    return about


def _current(home: Home) -> Iterator[tuple[str, Path]]:
    for link in sorted(home.published.glob("*/current")):
        if link.exists():
            yield link.parent.name, link


def _members(home: Home, whole: bool) -> Iterator[tuple[str, Path]]:
    """Name in the archive and place of every file that is kept."""
    roots = [home.landing]
    if whole:
        roots += [home.accepted, data_docs_folder(home)]
        roots += [link.with_name(link.resolve().name) for _, link in _current(home)]
    singles = [home.root / RUNS, *([home.store] if whole else [])]
    files = [p for root in roots if root.is_dir() for p in root.rglob("*") if not p.is_dir()]
    for place in [*files, *(p for p in singles if p.exists())]:
        name = place.relative_to(home.root)
        if any(part.startswith(".") for part in name.parts):
            continue  # drafts and locks
        if place.is_symlink() or not place.is_file():
            raise IdtrackerError(f"{place}: it is no file; nothing else belongs here. Remove it and back up again.")
        yield name.as_posix(), place


def _write(path: Path, manifest: dict[str, object], files: Sequence[Entry], members: dict[str, Path]) -> str:
    """Write the archive beside its place and move it there; the SHA-256 of the archive."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as out:
            with (
                gzip.GzipFile(fileobj=out, mode="wb", filename="", mtime=0) as packed,
                tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
            ):
                text = json.dumps(manifest | {"files": files}, ensure_ascii=False, indent=1).encode()
                _add(archive, MANIFEST, len(text), io.BytesIO(text))
                for name, size, digest in files:
                    with members[name].open("rb") as content:
                        read = _HashedReader(content)
                        _add(archive, name, size, read)  # as many bytes as were there
                    if read.digest() != digest:
                        raise IdtrackerError(f"{members[name]}: it changed while it was backed up; back up again.")
            out.flush()
            os.fsync(out.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return _hash(path)


class _HashedReader:
    """A file that is read once, and its hash afterwards."""

    def __init__(self, content: BinaryIO) -> None:
        self._content, self._hash = content, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._content.read(size)
        self._hash.update(chunk)
        return chunk

    def digest(self) -> str:
        return self._hash.hexdigest()


def _add(archive: tarfile.TarFile, name: str, size: int, content: Any) -> None:
    """Add a file of fixed owner, mode and time: the same home makes the same archive."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    archive.addfile(member, content)


def _measured(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file; of a log of access, which readers go on with meanwhile, as far as it is now."""
    size = path.stat().st_size
    if path.parent.name != READS:
        return size, _hash(path)
    with path.open("rb") as content:
        return size, hashlib.sha256(content.read(size)).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
