"""What stands for the expectations that a programme states; asked by every run, so that nothing that takes long is imported."""

from __future__ import annotations

import hashlib
from pathlib import Path

FOLDER = "_expectations"
"""Beside the sources: the expectations of a programme."""


def stated_files(sources: Path) -> list[Path]:
    """The files of a programme's expectations, in a fixed order."""
    return sorted((sources / FOLDER).glob("*.yml"))


def stated_fingerprint(sources: Path) -> str:
    """What stands for the content of every file of them."""
    digest = hashlib.sha256()
    for path in stated_files(sources):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
