"""Memory between the steps of a run: given back to the machine where it is free, and not searched too often for cycles."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_COLLECTED_AFTER = 100_000, 20, 20
"""New containers after which cycles are looked for, and how often among older ones. Python's 700 are met every few rows."""


def search_seldom() -> None:
    """For the rest of the process cycles are looked for after many new objects instead of few: what is imported stays anyway."""
    gc.set_threshold(*_COLLECTED_AFTER)


@contextmanager
def bounded_memory() -> Iterator[None]:
    """For one step: cycles are looked for after many new objects instead of few, and what is free at its end is given back.

    A search goes over everything that lives. In a step that makes a million rows it takes a quarter of the time.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECTED_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        release_memory()


def release_memory() -> None:
    """Give back what the allocators keep for later. It costs milliseconds; where a library has no such call it does nothing."""
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:
        arrow.default_memory_pool().release_unused()
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> Any:
    """The call of the GNU C library; None where there is another one."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
