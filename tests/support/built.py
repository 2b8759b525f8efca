"""Homes made once for all processes of a test session, and copies of them for whoever changes something."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from idtracker.model.home import Home

Make = Callable[[Home], None]


def built(factory: pytest.TempPathFactory, name: str, make: Make) -> Home:
    """The home of that name with its sources, made by whichever process asks first; nobody may change it."""
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = root / f"built_{name}", root / f"built_{name}.done"
    home = Home(folder / "home", folder / "sources")
    with FileLock(root / f"built_{name}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(home)
            done.touch()
    return home


def copy_of(home: Home, folder: Path) -> Home:
    """A home and its sources in another folder."""
    copy = Home(folder / "home", folder / "sources")
    shutil.copytree(home.root, copy.root, symlinks=True)
    shutil.copytree(home.sources, copy.sources)
    return copy
