"""Scores -> where they are heading: Mann-Kendall and Theil-Sen the slow way, the exact p by counting orders."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import combinations
from math import erfc, exp, factorial, sqrt
from statistics import median
from typing import Any

from .cells import Cell
from .given import Method, Row
from .markings import highest, shared
from .quarters import code_of, number_of
from .scores import Score

Trend = dict[str, Any]
Points = list[tuple[int, float]]


def trends(scores: list[Score], cells: list[Cell], indicator: list[Row], method: Method) -> list[Trend]:
    """One row for every score."""
    breaks = series_breaks(cells, indicator, method)
    series: dict[tuple[str, str], list[Score]] = defaultdict(list)
    for row in scores:
        series[row["place_id"], row["node_code"]].append(row)
    found = []
    for (place_id, node), rows in sorted(series.items()):
        for row in sorted(rows, key=lambda r: r["period"]):
            points = window(rows, number_of(row["period"]), breaks[place_id, node], method)
            about = {"place_id": place_id, "node_code": node, "period": row["period"], "points_count": len(points)}
            about |= {"method_version": method["method_version"]} | marking(rows, number_of(row["period"]), method)
            about |= {"series_break": last_break(breaks[place_id, node], number_of(row["period"]), method)}
            found.append(about | direction(points, method["trend"]) | change_of_level(points, method["trend"]))
    return found


def series_breaks(cells: list[Cell], indicator: list[Row], method: Method) -> dict[tuple[str, str], set[int]]:
    dimension = {i["indicator_id"]: i["dimension_code"] for i in indicator}
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for cell in cells:
        if cell["obs_status"] == "B" and dimension[cell["indicator_id"]] is not None:
            for node in (dimension[cell["indicator_id"]], method["root"]):
                found[cell["place_id"], node].add(number_of(cell["period"]))
    return found


def last_break(breaks: set[int], last: int, method: Method) -> str | None:
    seen = [b for b in breaks if last - method["trend"]["window"] < b <= last]
    return code_of(max(seen)) if seen else None


def marking(rows: list[Score], last: int, method: Method) -> Trend:
    """That of every score of the window, whether it counts as a point or not."""
    seen = [r for r in rows if last - method["trend"]["window"] < number_of(r["period"]) <= last]
    return {
        "classification": highest(r["classification"] for r in seen),
        "releasable_to": shared(r["releasable_to"] for r in seen),
    }


def window(rows: list[Score], last: int, breaks: set[int], method: Method) -> Points:
    """Quarter and score of the points that count, from the latest break in the window on."""
    rule = method["trend"]
    first = max([last - rule["window"] + 1, *(b for b in breaks if b <= last)])
    return sorted(
        (number_of(r["period"]), r["score"])
        for r in rows
        if first <= number_of(r["period"]) <= last
        and r["score"] is not None
        and r["carried_share"] <= float(rule["maximum_carried_share"])
    )


def direction(points: Points, rule: dict[str, Any]) -> Trend:
    n = len(points)
    if n < rule["minimum_points"]:
        return {
            "trend_class": "INSUFFICIENT_DATA",
            "slope": None,
            "mk_s": None,
            "mk_z": None,
            "p_value": None,
            "volatility": None,
        }
    pairs = list(combinations(points, 2))
    s = sum((b[1] > a[1]) - (b[1] < a[1]) for a, b in pairs)
    slope = median((b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs)
    levels = [y - slope * x for x, y in points]
    scatter = median(abs(e - median(levels)) for e in levels)
    var = n * (n - 1) * (2 * n + 5) / 18
    ties = [sum(y == other for _, other in points) for y in {y for _, y in points}]
    if rule["tie_correction"]:
        var -= sum(t * (t - 1) * (2 * t + 5) for t in ties) / 18
    z = (s - (s > 0) + (s < 0)) / sqrt(var) if var > 0 else 0.0
    is_exact = max(ties) == 1 and n <= rule["exact_up_to"]
    p = exact_p(s, n) if is_exact else erfc(abs(z) / sqrt(2))
    return {
        "trend_class": classify(p, slope, scatter, rule), "slope": slope, "mk_s": s, "mk_z": z, "p_value": p,
        "volatility": scatter,
    }  # fmt: skip


def change_of_level(points: Points, rule: dict[str, Any]) -> Trend:
    """Pettitt's test, its exact p by working through the orders of all values but those that stand before a point."""
    n, values = len(points), [y for _, y in points]
    if not rule.get("change_point") or n < rule["change_point"]["minimum_points"]:
        return {"change_after": None, "change_k": None, "change_p": None}
    u = [abs(sum((a > b) - (a < b) for a in values[:t] for b in values[t:])) for t in range(1, n)]
    k = max(u)
    p = share_as_far(k, n) if n <= 12 and len(set(values)) == n else min(1.0, 2 * exp(-6 * k**2 / (n**3 + n**2)))
    after = code_of(points[u.index(k)][0])
    return {"change_after": after if p < rule["p"] else None, "change_k": k, "change_p": p}


@cache
def share_as_far(k: int, n: int) -> float:
    """Share of the orders of 1 … n in which some |U| reaches k: what remains of those in which none does."""

    @cache
    def orders_below(before: frozenset[int]) -> int:
        if not before:
            return 1
        if abs(2 * sum(before) - len(before) * (n + 1)) >= k:
            return 0
        return sum(orders_below(before - {last}) for last in before)

    return (factorial(n) - orders_below(frozenset(range(1, n + 1)))) / factorial(n)


def exact_p(s: int, n: int) -> float:
    """Share of all orders of n different values whose S is at least as far from 0.

    The orders of n values with a given S follow from those of n - 1: the n-th stands above k of the others, for every k.
    """
    orders = {0: 1}
    for size in range(2, n + 1):
        grown: dict[int, int] = defaultdict(int)
        for found, ways in orders.items():
            for above in range(size):
                grown[found + above - (size - 1 - above)] += ways
        orders = grown
    return sum(ways for found, ways in orders.items() if abs(found) >= abs(s)) / factorial(n)


def classify(p: float, slope: float, scatter: float, rule: dict[str, Any]) -> str:
    band = rule["dead_band"]
    if p >= rule["p"] and scatter > rule["volatile"] * band:
        return "VOLATILE"
    if abs(slope) <= band or p >= rule["p"]:
        return "STABLE"
    name = "IMPROVEMENT" if slope > 0 else "DETERIORATION"
    return f"STRONG_{name}" if abs(slope) >= rule["strong"] * band else name
