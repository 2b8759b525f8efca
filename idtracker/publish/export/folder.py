"""One folder, written whole or not at all, that replaces nothing but an export of ours which nobody touched."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.files import take_place
from idtracker.model.home import Home

DESCRIPTION = "datapackage.json"
MADE_BY = "idtracker export"
"""Value of `madeBy` in the description: what says that a folder is an export."""
_AT_ONCE = 1 << 20


@contextmanager
def new_folder(home: Home, folder: Path) -> Iterator[tuple[Path, Path]]:
    """(draft, target): the draft becomes the target at the end of the block; after any error nothing of it stays.

    UsageError where the target may not be replaced, IdtrackerError where it cannot be written: read-only or full.
    """
    target = folder.resolve()
    check_target(home, target)
    draft: Path | None = None
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        yield draft, target
        take_place(draft, target)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise IdtrackerError(f"{problem.filename or target}: {reason}. Nothing was exported to {target}.") from problem
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


def check_target(home: Home, target: Path) -> None:
    """UsageError unless the folder is new, empty, or an export that is as it was written; and outside the home."""
    if target == home.root or home.root in target.parents:
        raise UsageError(f"{target} is inside the home; name a folder outside {home.root}.")
    if not target.parent.is_dir():
        raise UsageError(f"{target}: there is no folder {target.parent}.")
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(f"{target} is a file; name a folder.")
    if any(target.iterdir()):
        _check_untouched(target)


def _check_untouched(target: Path) -> None:
    """UsageError where the folder holds anything that an export did not write, or no longer holds it as it was written."""
    stated = _stated_files(target)
    if stated is None:
        raise UsageError(f"{target} is not empty and not an export; name another folder.")
    for path in sorted(p for p in target.rglob("*") if not p.is_dir() or p.is_symlink()):
        name = path.relative_to(target).as_posix()
        if name == DESCRIPTION:
            continue
        if path.is_symlink() or name not in stated or f"sha256:{sha256_of(path)}" != stated[name]:
            raise UsageError(f"{path} is not as the export wrote it; move it away, or name another folder.")


def _stated_files(target: Path) -> dict[str, str] | None:
    """Path -> hash of the files that an export says it wrote; None where the folder is no export."""
    try:
        description: Any = json.loads((target / DESCRIPTION).read_text("utf-8"))
        if description["madeBy"] != MADE_BY:
            return None
        return {str(r["path"]): str(r["hash"]) for r in description["resources"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()
