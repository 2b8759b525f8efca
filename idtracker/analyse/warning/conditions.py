"""Whether the condition of a rule holds in one quarter of a series; None where it cannot be judged.

Nothing is compared across a break of the series: what a quarter is compared with has to lie on its side of every break.
The probability takes the value's error as normal and, of a change, the errors of both quarters as independent.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist, median

import numpy as np

from idtracker.analyse.index.change_point import pettitt
from idtracker.analyse.warning.low_base import is_limited_change
from idtracker.model.marking import Marking
from idtracker.model.warnings.rule import ChangePoint, Deterioration, Probability, Side, Threshold, When


@dataclass(frozen=True, slots=True)
class Point:
    """A value and its standard error (None: not known)."""

    value: float
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a place: its quarters in sight (numbers, rising), the values among them, where it breaks.

    A break is the first quarter after which earlier ones are comparable no more. `is_count` where it counts events.
    """

    quarters: Sequence[int]
    points: Mapping[int, Point]
    breaks: Sequence[int] = ()
    is_count: bool = False
    markings: Mapping[int, frozenset[Marking]] | None = None

    def comparable_from(self, quarter: int) -> int | None:
        """The last break up to a quarter; None: there is none."""
        place = bisect_right(self.breaks, quarter)
        return self.breaks[place - 1] if place else None

    @property
    def marking_parts(self) -> frozenset[Marking]:
        """The markings of everything in it."""
        return frozenset().union(*(self.markings or {}).values())

    def until(self, quarter: int) -> Series:
        """The same up to a quarter, which it has even where nothing is known of it."""
        quarters = range(self.quarters[0], quarter + 1)
        marked = {q: m for q, m in (self.markings or {}).items() if q <= quarter}
        return replace(self, quarters=quarters, markings=marked)

    def earlier(self, quarter: int, over: int) -> Point | None:
        """The value some quarters before, if it can be compared."""
        since = self.comparable_from(quarter)
        return self.points.get(quarter - over) if since is None or quarter - over >= since else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the condition holds, on what figures; `is_limited` where the counts are too small for a change that there is."""

    holds: bool | None
    value: float | None = None
    threshold: float | None = None
    probability: float | None = None
    p_value: float | None = None
    is_limited: bool = False


def judge(when: When, side: Side, series: Series, quarter: int) -> Judgement:
    """The condition of a rule in one quarter."""
    latest = series.points.get(quarter)
    if latest is None:
        return Judgement(None)
    if isinstance(when, Threshold):
        return Judgement(_is_beyond(latest.value, when.level, side), latest.value, when.level)
    if isinstance(when, Deterioration):
        return _guarded(_deterioration(when, side, series, quarter, latest), series, quarter, when.over)
    if isinstance(when, ChangePoint):
        return _guarded(_change_point(when, side, series, quarter, latest), series, quarter, when.window - 1)
    over = when.over or 0
    told = _probability(when, side, latest, series.earlier(quarter, over) if over else None)
    return _guarded(told, series, quarter, over) if over else told


def _is_beyond(value: float, level: float, side: Side) -> bool:
    return value < level if side == "below" else value > level


def _sign(side: Side) -> int:
    return -1 if side == "below" else 1


def _deterioration(when: Deterioration, side: Side, series: Series, quarter: int, latest: Point) -> Judgement:
    base = series.earlier(quarter, when.over)
    if base is None:
        return Judgement(None, latest.value)
    by = when.by if when.by is not None else (when.by_share or 0.0) * abs(base.value)
    limit = base.value + _sign(side) * by
    return Judgement(_is_beyond(latest.value, limit, side), latest.value, limit)


def _change_point(when: ChangePoint, side: Side, series: Series, quarter: int, latest: Point) -> Judgement:
    since = series.comparable_from(quarter)
    first = max(quarter - when.window + 1, quarter - when.window + 1 if since is None else since)
    values = [series.points[q].value for q in range(first, quarter + 1) if q in series.points]
    if len(values) < when.minimum_points:
        return Judgement(None, latest.value)
    change = pettitt(np.array(values))
    before, after = median(values[: change.after + 1]), median(values[change.after + 1 :])
    holds = change.p < when.p and _is_beyond(after, before, side)
    return Judgement(holds, latest.value, when.p, p_value=change.p)


def _probability(when: Probability, side: Side, latest: Point, base: Point | None) -> Judgement:
    error = latest.error
    if when.level is not None:
        limit = when.level
    elif base is None or base.error is None or error is None:
        return Judgement(None, latest.value)
    else:
        limit = base.value + _sign(side) * (when.by or 0.0)
        error = math.hypot(error, base.error)
    if error is None:
        return Judgement(None, latest.value, limit)
    probability = probability_beyond(latest.value, error, limit, side)
    return Judgement(probability >= when.at_least, latest.value, limit, probability)


def probability_beyond(value: float, error: float, limit: float, side: Side) -> float:
    """Probability that what is known as value +- error (normal) lies beyond a limit; without an error it is 0 or 1."""
    if error <= 0:
        return float(_is_beyond(value, limit, side))
    return NormalDist().cdf(-_sign(side) * (limit - value) / error)


def _guarded(judged: Judgement, series: Series, quarter: int, over: int) -> Judgement:
    """The same, but no change where it is one of counts too small to tell."""
    if not series.is_count or not judged.holds or judged.value is None:
        return judged
    baseline = [point.value for back in range(1, over + 1) if (point := series.earlier(quarter, back)) is not None]
    if not is_limited_change(baseline, judged.value):
        return judged
    return Judgement(False, judged.value, judged.threshold, judged.probability, judged.p_value, is_limited=True)
