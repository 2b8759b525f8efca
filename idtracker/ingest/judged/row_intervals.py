"""What becomes of each version of a row over time: used, held, replaced, or closed because it needs no use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pandas as pd

from idtracker.ingest.judged.archive import RowPlace
from idtracker.ingest.judged.later_word import Span

NEVER = pd.Timestamp.max


@dataclass(frozen=True, slots=True)
class WaiverInterval:
    """A interval of time in which a waiver is in force, and who gave it and why."""

    since: pd.Timestamp
    until: pd.Timestamp
    text: str


@dataclass(slots=True)
class RowVersion:
    """One version of a root row. `fate` is that of a line (see correction.LINE); present from `arrived` until `gone`.

    It is not while its file, or that of its root, is `away`: withdrawn for a while.
    """

    place: RowPlace
    fate: str
    arrived: pd.Timestamp
    gone: pd.Timestamp
    held_id: str = ""
    waived: list[WaiverInterval] = field(default_factory=list)
    away: tuple[Span, ...] = ()

    def is_present(self, at: pd.Timestamp) -> bool:
        return self.arrived <= at < self.gone and not any(since <= at < until for since, until in self.away)

    def waiver_at(self, at: pd.Timestamp) -> WaiverInterval | None:
        """The waiver in force, the latest given first."""
        return next((w for w in reversed(self.waived) if w.since <= at < w.until), None)


@dataclass(frozen=True, slots=True)
class Interval:
    """What became of one version for a while: used, held, replaced, or closed because it needs no use."""

    version: RowVersion
    what: str
    since: pd.Timestamp
    until: pd.Timestamp
    waiver: str = ""


def intervals_of(versions: Sequence[RowVersion]) -> list[Interval]:
    """What becomes of each version of one root over time; neighbouring intervals of the same are one."""
    bounds = {t for s in versions for t in (s.arrived, s.gone, *(end for span in s.away for end in span))}
    bounds |= {t for s in versions for w in s.waived for t in (w.since, w.until)}
    intervals: list[Interval] = []
    for since, until in pairwise(sorted(bounds | {NEVER})):
        present = [s for s in versions if s.is_present(since)]
        used = next((s for s in reversed(present) if s.fate in ("accepted", "left_out") or s.waiver_at(since)), None)
        for version in (s for s in versions if s.arrived <= since):
            waiver = version.waiver_at(since)
            is_last = bool(present) and version is present[-1]
            if version.fate in ("repeated", "left_out"):
                what = "closed"
            elif version is used:
                what = "used"
            else:
                what = "held" if is_last and version.fate == "held" else "replaced"
            text = waiver.text if what == "used" and waiver is not None else ""
            intervals.append(Interval(version, what, since, until, text))
    return _joined(intervals)


def _joined(intervals: list[Interval]) -> list[Interval]:
    last: dict[int, int] = {}
    joined: list[Interval] = []
    for s in intervals:
        at = last.get(id(s.version))
        before = joined[at] if at is not None else None
        if (
            before is not None
            and at is not None
            and (before.what, before.waiver, before.until) == (s.what, s.waiver, s.since)
        ):
            joined[at] = Interval(s.version, s.what, before.since, s.until, s.waiver)
        else:
            last[id(s.version)] = len(joined)
            joined.append(s)
    return joined


def until_said(interval: Interval, said: Mapping[str, Sequence[Span]]) -> list[Interval]:
    """An interval of a held row cut where later files say what the row was to say: there it is replaced."""
    spans = said.get(interval.version.held_id, ())
    if interval.what != "held" or not spans:
        return [interval]
    times = {t for span in spans for t in span if interval.since < t < interval.until}
    pieces = []
    for since, until in pairwise(sorted({interval.since, *times, interval.until})):
        what = "replaced" if any(first <= since < last for first, last in spans) else "held"
        pieces.append(replace(interval, what=what, since=since, until=until))
    return _joined(pieces)
