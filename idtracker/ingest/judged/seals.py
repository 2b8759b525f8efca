"""What makes the folder of a judged submission whole: its outcome names every file beside it by hash, and itself.

A folder that a crash left half-written, or in which a file was changed, is as good as none: the submission is judged again
from its received bytes.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

OUTCOME = "outcome.json"


def write_sealed(folder: Path, outcome: dict[str, Any]) -> None:
    """Write the outcome with the hashes of every file that stands in the folder."""
    files = {path.name: file_hash(path) for path in sorted(folder.iterdir())}
    document = outcome | {"files": files}
    (folder / OUTCOME).write_text(json.dumps(document | {"sha256": _seal(document)}, indent=1) + "\n", "utf-8")


def read_sealed(folder: Path) -> dict[str, Any] | None:
    """The outcome of a whole folder; None where there is none or the folder is not whole."""
    document = _load(folder)
    if document is None or _faults(folder, document):
        return None
    return {key: value for key, value in document.items() if key not in ("files", "sha256")}


def seal_of(folder: Path) -> str | None:
    """The hash of the outcome and of every file that it names; None where there is none."""
    return (_load(folder) or {}).get("sha256")


def is_broken(folder: Path) -> bool:
    """Whether a folder has an outcome that it does not keep."""
    return (folder / OUTCOME).exists() and read_sealed(folder) is None


def folder_faults(folder: Path) -> list[str]:
    """What is wrong with a folder: files that are missing, changed or too many; empty where it is whole."""
    if not (folder / OUTCOME).exists():
        return [f"{OUTCOME} is missing"]
    document = _load(folder)
    return [f"{OUTCOME} cannot be read"] if document is None else _faults(folder, document)


def is_hashed(folder: Path) -> bool:
    """Whether the outcome names its files by hash; those of an earlier form do not."""
    return "files" in (_load(folder) or {})


def _load(folder: Path) -> dict[str, Any] | None:
    try:
        document = json.loads((folder / OUTCOME).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _faults(folder: Path, document: dict[str, Any]) -> list[str]:
    if "files" not in document:
        return []
    files = document["files"]
    if document.get("sha256") != _seal({k: v for k, v in document.items() if k != "sha256"}):
        return [f"{OUTCOME} was changed"]
    present = {path.name for path in folder.iterdir()} - {OUTCOME}
    faults = [f"{name} is missing" for name in sorted(set(files) - present)]
    faults += [f"{name} does not belong here" for name in sorted(present - set(files))]
    changed = (name for name in sorted(present & set(files)) if file_hash(folder / name) != files[name])
    return faults + [f"{name} was changed or half-written" for name in changed]


def _seal(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def file_hash(path: Path) -> str:
    """Hash of the bytes of a file, which is read once for each state of it; empty for a folder."""
    known = path.stat()
    return _hash_of(path, known.st_size, known.st_mtime_ns, known.st_ctime_ns, known.st_ino)


@lru_cache(maxsize=1 << 16)
def _hash_of(path: Path, *state: int) -> str:
    """Hash of a file, read once for each state of it that this process sees."""
    if not path.is_file():
        return ""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
