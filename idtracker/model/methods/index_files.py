"""The files behind the indices that a programme names: their methods and their data, and what stands for the content of all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from idtracker.model.methods.chosen import known_files
from idtracker.model.methods.named_indices import IndexEntry


def method_bytes(sources: Path, entry: IndexEntry) -> bytes:
    """The file of the method of an index; nothing where there is none of its name."""
    return _bytes(_methods(sources).get(entry.method.casefold()))


def indices_fingerprint(sources: Path, entries: Iterable[IndexEntry]) -> str:
    """What stands for the entries, methods and data files of indices; nothing is judged."""
    digest, methods = hashlib.sha256(), None
    for entry in entries:
        methods = _methods(sources) if methods is None else methods
        path = methods.get(entry.method.casefold())
        for part in (entry.model_dump_json().encode(), _bytes(path), _bytes(sources / entry.data)):
            digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _methods(sources: Path) -> dict[str, Path]:
    return {name.casefold(): path for name, path in known_files(sources).items()}


def _bytes(path: Path | None) -> bytes:
    try:
        return b"" if path is None else path.read_bytes()
    except OSError:
        return b""
