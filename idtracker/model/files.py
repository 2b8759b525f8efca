"""Files written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any


def be_private() -> None:
    """What this process writes from now on is for its user alone, whatever the umask was. For the beginning of a program."""
    os.umask(0o077)


def private_folder(path: Path) -> Path:
    """The folder, made with those above it where they are missing, for its user alone; one that exists stays as it is."""
    for folder in [*reversed([p for p in path.parents if not p.exists()]), path]:
        folder.mkdir(mode=0o700, exist_ok=True)
    return path


def write_bytes(path: Path, content: bytes) -> None:
    """Write atomically, for this user alone: a reader sees the whole file or none, also after a crash."""
    private_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a JSON document atomically; instants and days become ISO 8601 text."""
    plain = {k: v.isoformat() if isinstance(v, date) else v for k, v in document.items()}
    write_bytes(path, (json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())


def take_place(draft: Path, target: Path) -> None:
    """Give a file or folder that was written beside the target its name. What it replaces goes last, and comes back where the draft cannot take its place."""
    if not target.exists():
        draft.rename(target)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    before = aside / target.name
    try:
        target.rename(before)
        draft.rename(target)
    except OSError:
        if before.exists():
            before.rename(target)
        aside.rmdir()
        raise
    shutil.rmtree(aside, ignore_errors=True)
