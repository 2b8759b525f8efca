"""Packages that belong to an extra of this one: imported where they are used, and asked for by the name of the extra."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from idtracker.model.errors import IdtrackerError


def extra_module(name: str, extra: str) -> Any:
    """A module of an optional package; IdtrackerError where it is not installed, which names the extra (`pip install 'idtracker[geo]'`)."""
    try:
        return import_module(name)
    except ImportError as problem:
        package = name.partition(".")[0]
        raise IdtrackerError(f"{package} is not installed: pip install 'idtracker[{extra}]'") from problem


def has_modules(*names: str) -> bool:
    """Whether these packages are installed; none of them is imported."""
    return all(find_spec(name) is not None for name in names)
