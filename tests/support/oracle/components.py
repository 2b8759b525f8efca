"""Unobserved components: biases and errors of those who report, from how they differed over the cells they share."""

from __future__ import annotations

from itertools import combinations
from math import sqrt
from statistics import mean, variance
from typing import Any

import numpy as np

from .given import Method, Row, position, value_at
from .policies import Merged
from .reports import Report, word_of

Calibration = dict[str, Any]
Table = dict[tuple[str, int], dict[str, float]]
"""x of each component of each cell (place, quarter)."""


def component_of(report: Report) -> str:
    return word_of(report)


def calibrate(cells: dict[tuple[str, int], list[Report]], indicator: Row, method: Method) -> Calibration | None:
    """bias and error by component, mu and tau2; None where the policy does not apply to the indicator."""
    rule = method["merging"]["unobserved_components"]
    table: Table = {}
    for cell, reports in cells.items():
        table[cell] = {component_of(r): float(position(r["value"], indicator) or 0.0) for r in reports}
    names = qualified(table, rule["minimum_cells"])
    if len(names) < rule["minimum_components"]:
        return None
    pairs = [p for p in combinations(names, 2) if len(common(table, *p)) >= rule["minimum_cells"]]
    bias = biases(table, names, pairs)
    errors = component_errors(table, names, pairs)
    if errors is None:
        return None
    errors = {k: max(s, rule["minimum_error"]) for k, s in errors.items()}
    means = []
    for reported in table.values():
        known = [x - bias[k] for k, x in reported.items() if k in bias]
        if len(known) >= 2:
            means.append(mean(known))
    return {"bias": bias, "error": errors, "mu": mean(means), "tau2": max(variance(means), rule["minimum_error"] ** 2)}


def common(table: Table, k: str, other: str) -> list[tuple[str, int]]:
    return sorted(cell for cell, reported in table.items() if k in reported and other in reported)


def qualified(table: Table, minimum_cells: int) -> list[str]:
    """Components with two partners or more among those that remain."""
    remaining = sorted({k for reported in table.values() for k in reported})
    while True:
        kept = []
        for k in remaining:
            partners = [o for o in remaining if o != k and len(common(table, k, o)) >= minimum_cells]
            if len(partners) >= 2:
                kept.append(k)
        if kept == remaining:
            return kept
        remaining = kept


def differences(table: Table, pair: tuple[str, str]) -> list[float]:
    return [table[c][pair[0]] - table[c][pair[1]] for c in common(table, *pair)]


def biases(table: Table, names: list[str], pairs: list[tuple[str, str]]) -> dict[str, float]:
    """Weighted least squares of a_k - a_l; the solution of least norm, whose sum is 0."""
    design, target = [], []
    for k, other in pairs:
        apart = differences(table, (k, other))
        root = sqrt(len(apart))
        design.append([root * ((n == k) - (n == other)) for n in names])
        target.append(root * mean(apart))
    found = np.linalg.lstsq(np.array(design), np.array(target), rcond=None)[0]
    return dict(zip(names, map(float, found), strict=True))


def component_errors(table: Table, names: list[str], pairs: list[tuple[str, str]]) -> dict[str, float] | None:
    """Weighted least squares of s2_k + s2_l without negative ones; None where the pairs do not tell the components apart."""
    design, target = [], []
    for k, other in pairs:
        apart = differences(table, (k, other))
        root = sqrt(len(apart))
        design.append([root * float(n in (k, other)) for n in names])
        target.append(root * variance(apart))
    a, b = np.array(design), np.array(target)
    if np.linalg.matrix_rank(a) < len(names):
        return None
    return dict(zip(names, (sqrt(s2) for s2 in non_negative(a, b)), strict=True))


def non_negative(a: Any, b: Any) -> list[float]:
    """Least squares without negative unknowns the obvious way: try every choice of which are zero, keep the best."""
    best, best_rest = [0.0] * a.shape[1], float(b @ b)
    for size in range(1, a.shape[1] + 1):
        for free in combinations(range(a.shape[1]), size):
            found = np.linalg.lstsq(a[:, free], b, rcond=None)[0]
            rest = float(((a[:, free] @ found - b) ** 2).sum())
            if (found >= 0).all() and rest < best_rest:
                best = [0.0] * a.shape[1]
                for at, value in zip(free, found, strict=True):
                    best[at] = float(value)
                best_rest = rest
    return best


def merge_components(reports: list[Report], indicator: Row, found: Calibration) -> Merged | None:
    """The cell's posterior mean; None where fewer than two of its reports are of calibrated components."""
    known = [r for r in reports if component_of(r) in found["bias"]]
    if len(known) < 2:
        return None
    precision, pull, shares = 1 / found["tau2"], found["mu"] / found["tau2"], []
    for report in reports:
        if report not in known:
            shares.append(0.0)
            continue
        k = component_of(report)
        shares.append(1 / found["error"][k] ** 2)
        precision += shares[-1]
        pull += (float(position(report["value"], indicator) or 0.0) - found["bias"][k]) * shares[-1]
    at, width = pull / precision, abs(indicator["goalpost_high"] - indicator["goalpost_low"])
    return {
        "value": value_at(at, indicator), "standard_error": precision**-0.5 * width / 100,
        "method": "UNOBSERVED_COMPONENTS", "weights": [s / precision for s in shares],
    }  # fmt: skip
