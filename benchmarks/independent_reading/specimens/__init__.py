"""The files that are read, by what they are about; each with its own definition and its own reading."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.independent_reading.specimen import Specimen
from benchmarks.independent_reading.specimens import (
    aid,
    cases,
    days_and_names,
    dirty,
    events,
    hxl,
    indicators,
    presence,
    shapes,
    spending,
    surveys,
)

_MODULES = (aid, cases, days_and_names, dirty, events, hxl, indicators, presence, shapes, spending, surveys)


def all_specimens() -> Iterator[Specimen]:
    """Every specimen; the names of their sources differ."""
    for module in _MODULES:
        yield from module.specimens()
