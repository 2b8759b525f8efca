"""Homes made once for all processes of a test session, and copies of them for whoever changes something."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from idtracker.model.home import Settings

Make = Callable[[Settings], None]


def built(factory: pytest.TempPathFactory, name: str, make: Make) -> Settings:
    """The home of that name with its sources, made by whichever process asks first; nobody may change it."""
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = root / f"built_{name}", root / f"built_{name}.done"
    settings = Settings(folder / "home", folder / "sources")
    with FileLock(root / f"built_{name}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(settings)
            done.touch()
    return settings


def copy_of(settings: Settings, folder: Path) -> Settings:
    """A home and its sources in another folder."""
    copy = Settings(folder / "home", folder / "sources")
    shutil.copytree(settings.home, copy.home, symlinks=True)
    shutil.copytree(settings.sources, copy.sources)
    return copy
