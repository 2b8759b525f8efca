"""An index of any depth computed once more, in plain loops over numbers of Python, sharing no code with the engine.

It reads a definition as the plain values of its file. Only what `tree_documents` of the tests draws is known here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

Cells = dict[str, list[float | None]]


def nodes_of(document: dict[str, Any], data: Cells) -> Cells:
    """Code -> value of every unit, for every indicator and node; None where there is none."""
    count = len(next(iter(data.values())))
    found: Cells = {}
    for code, indicator in document["indicators"].items():
        found[code] = _scaled([_moved(x, indicator) for x in data[code]], indicator)
    _walk(document["tree"], document["indicators"], found, count)
    return found


def _moved(x: float | None, indicator: dict[str, Any]) -> float | None:
    if x is None:
        return None
    low, high = indicator.get("limits", {}).get("low"), indicator.get("limits", {}).get("high")
    if low is not None and x < low:
        x = low
    if high is not None and x > high:
        x = high
    if indicator.get("transform") == "square_root":
        return math.sqrt(x) if x >= 0 else None
    if indicator.get("transform") == "log1p":
        return math.log(1 + x) if x > -1 else None
    return x


def _end(x: float, indicator: dict[str, Any]) -> float:
    moved = _moved(x, {"transform": indicator.get("transform")})
    assert moved is not None
    return moved


def _scaled(column: list[float | None], indicator: dict[str, Any]) -> list[float | None]:
    rule, direction = indicator["normalise"], indicator.get("direction", 1)
    known = [x for x in column if x is not None]
    if rule["method"] == "goalposts":
        low, high = _end(rule["low"], indicator), _end(rule["high"], indicator)
        return [_between(x, low, high, direction, rule["scale"], clip=True) for x in column]
    if rule["method"] == "min_max":
        if not known or min(known) == max(known):
            return [None] * len(column)
        return [_between(x, min(known), max(known), direction, rule["scale"], clip=False) for x in column]
    if rule["method"] == "z_score":
        if len(known) < 2 or min(known) == max(known):
            return [None] * len(column)
        mean = math.fsum(known) / len(known)
        sd = math.sqrt(math.fsum((x - mean) ** 2 for x in known) / (len(known) - 1))
        return [None if x is None else direction * (x - mean) / sd * rule["sd"] + rule["mean"] for x in column]
    assert rule["method"] == "borda"
    if len(set(known)) < 2:
        return [None] * len(column)
    return [None if x is None else float(sum(direction * y < direction * x for y in known)) for x in column]


def _between(
    x: float | None, low: float, high: float, direction: int, scale: Sequence[float], clip: bool
) -> float | None:
    if x is None:
        return None
    share = (x - low) / (high - low)
    if clip:
        share = min(1.0, max(0.0, share))
    if direction < 0:
        share = 1 - share
    return scale[0] + share * (scale[1] - scale[0])


def _walk(node: dict[str, Any], indicators: dict[str, Any], found: Cells, count: int) -> None:
    codes, weights = [], []
    for child in node["children"]:
        if isinstance(child, str):
            codes.append(child)
            weights.append(indicators[child].get("weight", 1.0))
        else:
            _walk(child, indicators, found, count)
            codes.append(child["code"])
            weights.append(child.get("weight", 1.0))
    found[node["code"]] = [
        _rounded(_mean(node, [found[code][unit] for code in codes], weights), node.get("round"))
        for unit in range(count)
    ]


def _mean(node: dict[str, Any], children: list[float | None], weights: list[float]) -> float | None:
    pairs = [(x, w) for x, w in zip(children, weights, strict=True) if x is not None]
    total = sum(w for _, w in pairs)
    if not pairs or total / sum(weights) < node["coverage"] - 1e-9:
        return None
    if node.get("floor"):
        pairs = [(max(x, node["floor"]), w) for x, w in pairs]
    return FORMULAS[node["aggregation"]](pairs, total, node)


Pairs = list[tuple[float, float]]


def _arithmetic(pairs: Pairs, total: float, node: dict[str, Any]) -> float | None:
    return sum(x * w for x, w in pairs) / total


def _geometric(pairs: Pairs, total: float, node: dict[str, Any]) -> float | None:
    product = 1.0
    for x, w in pairs:
        if x <= 0:
            return None
        product *= x ** (w / total)
    return product


def _harmonic(pairs: Pairs, total: float, node: dict[str, Any]) -> float | None:
    return None if any(x <= 0 for x, _ in pairs) else total / sum(w / x for x, w in pairs)


def _power(pairs: Pairs, total: float, node: dict[str, Any]) -> float | None:
    if any(x < 0 for x, _ in pairs):
        return None
    mean: float = (sum(w * x ** node["exponent"] for x, w in pairs) / total) ** (1 / node["exponent"])
    return mean


def _minimum(pairs: Pairs, total: float, node: dict[str, Any]) -> float | None:
    return min(x for x, _ in pairs)


def _median(pairs: Pairs, total: float, node: dict[str, Any]) -> float | None:
    ordered = sorted(x for x, _ in pairs)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _balanced(pairs: Pairs, total: float, node: dict[str, Any]) -> float | None:
    mean = sum(x * w for x, w in pairs) / total
    if mean <= 0:
        return None
    deviation = math.sqrt(sum(w * (x - mean) ** 2 for x, w in pairs) / total)
    return mean - deviation * (deviation / mean)


FORMULAS = {
    "arithmetic": _arithmetic,
    "geometric": _geometric,
    "harmonic": _harmonic,
    "power": _power,
    "minimum": _minimum,
    "median": _median,
    "mazziotta_pareto": _balanced,
}


def _rounded(x: float | None, decimals: int | None) -> float | None:
    """Halves away from zero, a half as it is written with nine more decimals."""
    if x is None or decimals is None:
        return x
    scaled = float(f"{abs(x) * 10**decimals:.9f}")
    return math.copysign(math.floor(scaled + 0.5) / 10**decimals, x)
