"""Scores -> where they are heading: Mann-Kendall for whether, Theil-Sen for how fast, over a window of quarters.

Points are the scores of the window that are there and not mainly carried forward (at most the method's
maximum_carried_share of their weight), from the latest series break in the window on. With fewer than minimum_points
there is no result. Classes, in this order:
  VOLATILE      p not below the method's p, and the median distance from the line above `volatile` dead-bands
  STABLE        slope within the dead-band, or p not below the method's p
  IMPROVEMENT / DETERIORATION by the sign of the slope, STRONG_ from `strong` dead-bands per quarter
p is exact (distribution of S without ties) up to exact_up_to points without ties, else that of the normal
approximation with continuity correction, Z = (S - sign S)/sqrt(Var S), Var S = n(n - 1)(2n + 5)/18. With the method's
tie_correction each group of t equal scores takes t(t - 1)(2t + 5)/18 away from Var S.
With the method's change_point, and as many points as it asks for, the same points are asked for a change of level
(change_point.py); it is named where its p is below the method's p.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.index.change_point import ChangePoint, pettitt
from idtracker.model.marking import Marking, marking_of, united
from idtracker.model.method import Method, TrendRule
from idtracker.model.periods import quarter_code

Numbers = npt.NDArray[np.float64]
_CHANGE = ("change_after", "change_k", "change_p")
_COLUMNS = [
    *("trend_class", "slope", "mk_s", "mk_z", "p_value", "points_count", "volatility"),
    "series_break",
    *_CHANGE,
    *("classification", "releasable_to"),
]


@dataclass(frozen=True, slots=True)
class Direction:
    """Mann-Kendall S, Z and two-sided p, Theil-Sen slope per step of x and median absolute distance from its line."""

    s: int
    z: float
    p: float
    slope: float
    scatter: float


@dataclass(frozen=True, slots=True)
class _Series:
    """One place and node: its quarters with their markings, the quarters and scores of its points, where the series breaks."""

    quarters: Sequence[int]
    point_quarters: Sequence[int]
    point_scores: Sequence[float]
    markings: Sequence[Marking]
    breaks: Sequence[int]


def trend_states(
    score: pd.DataFrame,
    method: Method,
    cells: pd.DataFrame | None = None,
    indicator: pd.DataFrame | None = None,
    partition_by: Sequence[str] = (),
    scoring: tuple[str, Mapping[str, Sequence[str]]] | None = None,
) -> pd.DataFrame:
    """Trend rows, one for every row of `score`, ordered by place, node and quarter; missing quarters stay gaps in time.

    With `cells` and `indicator` a cell whose obs_status is B breaks the series of its dimension and of the root: points
    before it are not compared with those from it on. A trend is marked as all scores of its window. `partition_by` names
    columns of `score` and `cells` that tell several states apart. `scoring`: version of the tree that made the scores, and
    indicator -> its nodes; without it they are the method's own.
    """
    by = ["place_id", "node_code", *partition_by]
    known = cells is not None and indicator is not None
    version, above = scoring or (method.method_version, None)
    breaks = series_breaks(cells, indicator, method, partition_by, above) if known else {}  # type: ignore[arg-type]
    ordered = score.sort_values([*by, "period"], ignore_index=True)
    rows = [row for series in _each_series(ordered, by, method.trend, breaks) for row in _trends(series, method.trend)]
    trends = ordered[["place_id", "node_code", "period", *partition_by]].join(
        pd.DataFrame(rows, index=ordered.index, columns=_COLUMNS)
    )
    return trends.assign(method_version=version)


def series_breaks(
    cells: pd.DataFrame,
    indicator: pd.DataFrame,
    method: Method,
    partition_by: Sequence[str] = (),
    above: Mapping[str, Sequence[str]] | None = None,
) -> dict[tuple[str, ...], list[int]]:
    """Quarter numbers at which a scored series breaks, by place, node and `partition_by`, for dimensions and the root.

    `above`: indicator -> every node that it counts in, where a tree says so.
    """
    if above is None:
        pairs = zip(indicator["indicator_id"].astype("str"), indicator["dimension_code"], strict=True)
        above = {name: (code, method.root) for name, code in pairs if code in method.dimensions}
    broken = cells[(cells["obs_status"] == "B") & cells["indicator_id"].isin(list(above))]
    breaks: dict[tuple[str, ...], set[int]] = {}
    columns = [broken[name].map(str) for name in ("place_id", "indicator_id", *partition_by)]
    for place_id, name, *rest, quarter in zip(*columns, _quarter_numbers(broken["period"]), strict=True):
        for code in above[name]:
            breaks.setdefault((place_id, code, *rest), set()).add(int(quarter))
    return {key: sorted(quarters) for key, quarters in breaks.items()}


def direction(x: Numbers, y: Numbers, rule: TrendRule) -> Direction:
    """Mann-Kendall and Theil-Sen of y over x (rising, at least two points)."""
    first, second = np.triu_indices(len(y), k=1)
    rise = y[second] - y[first]
    s = int(np.sign(rise).sum())
    slope = float(np.median(rise / (x[second] - x[first])))
    residual = y - slope * x
    ties = [count for count in Counter(y.tolist()).values() if count > 1]
    z = _z(s, len(y), ties if rule.tie_correction else [])
    is_exact = not ties and len(y) <= rule.exact_up_to
    p = exact_p(s, len(y)) if is_exact else math.erfc(abs(z) / math.sqrt(2))
    return Direction(s, z, p, slope, float(np.median(np.abs(residual - np.median(residual)))))


def exact_p(s: int, n: int) -> float:
    """Two-sided probability of an S at least as far from 0 among all orders of n different values."""
    counts = _orders_by_inversions(n)
    most = n * (n - 1) // 2
    extreme = sum(count for inversions, count in enumerate(counts) if abs(most - 2 * inversions) >= abs(s))
    return extreme / math.factorial(n)


def classify(slope: Direction, rule: TrendRule) -> str:
    """The class of a direction under the method's rule."""
    is_certain = slope.p < rule.p
    if not is_certain and slope.scatter > rule.volatile * rule.dead_band:
        return "VOLATILE"
    if not is_certain or abs(slope.slope) < rule.dead_band:
        return "STABLE"
    strength = "STRONG_" if abs(slope.slope) >= rule.strong * rule.dead_band else ""
    return strength + ("IMPROVEMENT" if slope.slope > 0 else "DETERIORATION")


def not_reported(score: pd.DataFrame) -> pd.Series:
    """Share of the present weight of each score that nobody reported for its quarter: carried forward, or filled in by a method."""
    filled = score["imputed_share"].fillna(0.0) if "imputed_share" in score else 0.0
    share: pd.Series = score["carried_share"].fillna(0.0) + filled
    return share


def _each_series(
    ordered: pd.DataFrame, by: Sequence[str], rule: TrendRule, breaks: Mapping[tuple[str, ...], list[int]]
) -> Iterator[_Series]:
    """One series after the other of scores that are ordered by `by` and period."""
    quarter = _quarter_numbers(ordered["period"]).to_numpy()
    score = ordered["score"].to_numpy(dtype="float64")
    is_new = not_reported(ordered).to_numpy(dtype="float64") <= rule.maximum_carried_share
    is_point = ~np.isnan(score) & is_new
    markings = _markings(ordered)
    firsts = np.flatnonzero(~ordered.duplicated(list(by)).to_numpy())
    keys = zip(
        *(ordered[name].iloc[firsts].map(str) for name in by), strict=True
    )  # a column as text depends on its rows
    ends = np.append(firsts, len(ordered))[1:]
    for key, first, end in zip(keys, firsts, ends, strict=True):
        quarters, points = quarter[first:end], is_point[first:end]
        breaks_here = breaks.get(key, [])
        scores = score[first:end][points].tolist()
        yield _Series(quarters.tolist(), quarters[points].tolist(), scores, markings[first:end], breaks_here)


def _markings(scores: pd.DataFrame) -> list[Marking]:
    """How each score is marked; one that does not say is marked highest, for nobody."""
    empty = pd.Series(None, index=scores.index, dtype="object")
    columns = (scores.get(name, empty).astype("object") for name in ("classification", "releasable_to"))
    return [marking_of(*pair) for pair in zip(*(c.where(c.notna(), None).tolist() for c in columns), strict=True)]


def _trends(series: _Series, rule: TrendRule) -> Iterator[tuple[object, ...]]:
    """Trend of one place and node at each of its quarters, in the order of _COLUMNS."""
    for place, last in enumerate(series.quarters):
        first = max([last - rule.window + 1, *(b for b in series.breaks if b <= last)])
        begin, end = bisect_left(series.point_quarters, first), bisect_right(series.point_quarters, last)
        steps = tuple(q - last for q in series.point_quarters[begin:end])
        window = frozenset(series.markings[bisect_left(series.quarters, last - rule.window + 1) : place + 1])
        scores = tuple(series.point_scores[begin:end])
        broken = max((b for b in series.breaks if last - rule.window + 1 <= b <= last), default=None)
        shown = None if broken is None else quarter_code(broken)
        yield (*_trend(steps, scores, rule), shown, *_change(last, steps, scores, rule), *_marked(window))


@lru_cache(maxsize=10_000)
def _marked(window: frozenset[Marking]) -> tuple[str | None, str | None]:
    """Classification and groups of all scores of one window."""
    whole = united(window)
    return (None, None) if whole is None else (whole.classification, whole.releasable_to)


@lru_cache(maxsize=100_000)
def _trend(steps: tuple[int, ...], scores: tuple[float, ...], rule: TrendRule) -> tuple[object, ...]:
    """Trend of the points of one window. Most windows say what they said at the moment before."""
    if len(steps) < rule.minimum_points:
        return ("INSUFFICIENT_DATA", None, None, None, None, len(steps), None)
    slope = direction(np.array(steps, dtype="float64"), np.array(scores), rule)
    return (classify(slope, rule), slope.slope, slope.s, slope.z, slope.p, len(steps), slope.scatter)


def _change(last: int, steps: tuple[int, ...], scores: tuple[float, ...], rule: TrendRule) -> tuple[object, ...]:
    """The change of level in the points of a window that ends with a quarter, in the order of _CHANGE."""
    if rule.change_point is None or len(scores) < rule.change_point.minimum_points:
        return (None, None, None)
    change = _change_of(scores)
    is_certain = change.p < rule.p
    return (quarter_code(last + steps[change.after]) if is_certain else None, change.k, change.p)


@lru_cache(maxsize=100_000)
def _change_of(scores: tuple[float, ...]) -> ChangePoint:
    return pettitt(np.array(scores))


def _z(s: int, n: int, ties: list[int]) -> float:
    tied = sum(t * (t - 1) * (2 * t + 5) for t in ties)
    variance = (n * (n - 1) * (2 * n + 5) - tied) / 18
    return (s - (s > 0) + (s < 0)) / math.sqrt(variance) if variance > 0 else 0.0


@cache
def _orders_by_inversions(n: int) -> tuple[int, ...]:
    """How many orders of n different values have 0, 1, 2 … inversions (Mahonian numbers)."""
    if n <= 1:
        return (1,)
    shorter = _orders_by_inversions(n - 1)
    return tuple(sum(shorter[max(0, k - n + 1) : k + 1]) for k in range(n * (n - 1) // 2 + 1))


def _quarter_numbers(periods: pd.Series) -> pd.Series:
    return periods.str[:4].astype("int64") * 4 + periods.str[-1:].astype("int64") - 1
