"""Publications that a group of the machine may read; everything else of a home is its user's alone."""

from __future__ import annotations

import os
from pathlib import Path

from idtracker.model.errors import IdtrackerError

SETTING = "IDTRACKER_SHARED_GROUP"


def share(root: Path, folder: Path) -> None:
    """Let the group that the setting names read a publication below the home `root`; without the setting nobody may.

    The group may walk through the folders above it, and list no more than what is published. IdtrackerError where there is no
    such group or this user may not give files to it.
    """
    name = os.environ.get(SETTING)
    if not name:
        return
    group = _group(name)
    above = [p for p in folder.parents if p.is_relative_to(root)]
    try:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, -1, group)
            path.chmod(0o750 if path.is_dir() else 0o640)
        for path in above:
            os.chown(path, -1, group)
            path.chmod(path.stat().st_mode & 0o7777 | (0o010 if path == root else 0o050))
    except PermissionError as problem:
        raise IdtrackerError(
            f"{SETTING}: this user may not give {problem.filename} to the group {name}; make it a member, then run again"
        ) from problem


def _group(name: str) -> int:
    import grp

    try:
        return grp.getgrnam(name).gr_gid
    except KeyError as problem:
        raise IdtrackerError(
            f"{SETTING}: there is no group {name} on this machine; make it or correct the setting"
        ) from problem
