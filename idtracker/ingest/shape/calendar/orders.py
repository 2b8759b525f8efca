"""Which of several forms the dates of a column are written in: one for all that look alike, never one row by row.

`03/04/2026` is a day of April or of March; what stands beside it in the column tells which, and where it tells both, the
column says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idtracker.ingest.shape.calendar.declared import TIME, Days
from idtracker.ingest.shape.cells import Mask

_TIME = re.compile(rf"{TIME}$")
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one form makes of the texts; `order` is that of day, month and year."""

    days: Days
    order: tuple[str, ...]
    is_declared: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """The days as read; `mixed` are those that only several contradicting forms together could read, and are missing.

    `undeclared` are read by another form than the declared one, which does not fit the column.
    """

    days: Days
    mixed: Mask
    undeclared: Mask


def settle(texts: Sequence[str | None], readings: Sequence[Reading]) -> Settled:
    """The days of texts by the first form that reads all that look alike; by several only where they cannot be confused."""
    count = len(texts)
    settled = Settled(np.full(count, "NaT", dtype="datetime64[D]"), np.zeros(count, bool), np.zeros(count, bool))
    if not np.isnat(readings[0].days).any():
        settled.days[:] = readings[0].days
        return settled
    looks = np.array([_look(text) for text in texts], dtype=object)
    days = np.stack([reading.days for reading in readings])
    is_read = ~np.isnat(days)
    for look in dict.fromkeys(looks[is_read.any(axis=0)].tolist()):
        _settle_alike(np.flatnonzero((looks == look) & is_read.any(axis=0)), days, readings, settled)
    return settled


def _look(text: str | None) -> str:
    """`3/4/2026 10:00` looks like `03/04/2026`."""
    return _DIGITS.sub("9", _TIME.sub("", text)) if text else ""


def _settle_alike(rows: npt.NDArray[np.int64], all_days: Days, readings: Sequence[Reading], settled: Settled) -> None:
    days = all_days[:, rows]
    is_read = ~np.isnat(days)
    whole = np.flatnonzero(is_read.all(axis=1))
    if len(whole):
        chosen = int(whole[0])
        settled.days[rows] = days[chosen]
        before = [n for n in range(chosen) if readings[n].is_declared and is_read[n].any()]
        if not readings[chosen].is_declared and any(_differ(days[n], days[chosen]) for n in before):
            settled.undeclared[rows] = True
        return
    first = is_read.argmax(axis=0)
    used = np.unique(first).tolist()
    if any(_clash(days, readings, one, two) for place, one in enumerate(used) for two in used[:place]):
        settled.mixed[rows] = True
    else:
        settled.days[rows] = days[first, np.arange(len(rows))]


def _clash(days: Days, readings: Sequence[Reading], one: int, two: int) -> bool:
    """Whether two forms read any text differently, or exchange day and month."""
    exchanged = tuple({"d": "m", "m": "d"}.get(part, part) for part in readings[one].order)
    return (len(exchanged) == 3 and exchanged == readings[two].order) or _differ(days[one], days[two])


def _differ(one: Days, two: Days) -> bool:
    return bool((~np.isnat(one) & ~np.isnat(two) & (one != two)).any())
