"""What an engine may hold in memory before it writes to disk, and what is said where that is not enough."""

from __future__ import annotations

import os
import re

import duckdb

from idtracker.model.errors import IdtrackerError, UsageError

SETTING = "IDTRACKER_MEMORY"
USUAL_MIB, LEAST_MIB = 512, 64
"""On every machine: what fits on one does not fail on another."""
_SIZE = re.compile(r"\s*(\d{1,9})\s*(MiB|GiB|MB|GB)\s*", re.IGNORECASE)
_BYTES = {"mib": 1 << 20, "gib": 1 << 30, "mb": 10**6, "gb": 10**9}


def memory_limit() -> int:
    """MiB that the engine of the store may hold; one in memory beside it may hold half. UsageError where the setting is no such size."""
    stated = os.environ.get(SETTING, "").strip()
    if not stated:
        return USUAL_MIB
    size = _SIZE.fullmatch(stated)
    mebibytes = int(size[1]) * _BYTES[size[2].lower()] >> 20 if size else 0
    if mebibytes < LEAST_MIB:
        raise UsageError(f"{SETTING}={stated}: a size such as 512MiB or 2GiB is expected, at least {LEAST_MIB}MiB.")
    return mebibytes


def no_room(problem: BaseException) -> IdtrackerError | None:
    """An error that says what to set, where an engine had no room; also where what was tidied up after it failed too. Else None."""
    cause: BaseException | None = problem
    while cause is not None and not isinstance(cause, duckdb.OutOfMemoryException):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return None
    why = str(cause).split("\n", 1)[0]
    return IdtrackerError(
        f"The engine had no room to go on: {why}. It may hold {memory_limit()} MiB in memory, one beside it half of that, and the rest on the "
        f"disk of the home. Give it more by {SETTING}, such as {SETTING}={2 * memory_limit()}MiB, or see that the disk has room; then run again: "
        "what was done before stays."
    )
