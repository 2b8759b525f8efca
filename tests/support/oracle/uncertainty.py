"""Cells -> cells of which each has an error: stated, else from the scatter of its own past, else what the method assumes."""

from __future__ import annotations

from collections import defaultdict
from math import exp, log, sqrt
from typing import Any

import numpy as np

from .given import Method, Row, goalposts
from .quarters import number_of

Cell = dict[str, Any]
RATIOS = [0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
"""Variance of a quarter's step in units of the noise, each as likely as the other before the values are seen."""
NOTHING = 100 / sqrt(12)
WEAKEST_FIRST = ["ASSUMED", "ESTIMATED", "STATED"]


def complete(cells: list[Cell], indicator: list[Row], method: Method) -> list[Cell]:
    """The cells of own quarters with an error each, and what a quarter without a report adds to its square."""
    rule = method.get("uncertainty")
    if rule is None:
        return cells
    definitions = {i["indicator_id"]: i for i in indicator}
    series: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for cell in cells:
        ends = goalposts(definitions[cell["indicator_id"]])
        if ends is not None:
            place = 100 * cell["value"] / (ends[1] - ends[0])
            series[cell["indicator_id"], cell["place_id"]][number_of(cell["period"])] = place
    return [one_cell(c, series[c["indicator_id"], c["place_id"]], definitions[c["indicator_id"]], rule) for c in cells]


def one_cell(cell: Cell, past: dict[int, float], indicator: Row, rule: dict[str, Any]) -> Cell:
    ends = goalposts(indicator)
    if ends is None:
        return cell
    width, least = ends[1] - ends[0], rule["history"]["floor"]
    told = history(past, number_of(cell["period"]), rule["history"])
    drift = rule["assumed"]["drift"] ** 2 if told is None else told[1]
    grows = {
        "score_drift": drift, "value_drift": drift * (width / 100) ** 2,
        "drift_basis": "ASSUMED" if told is None else "ESTIMATED",
    }  # fmt: skip
    if cell["score_error"] and cell["error_basis"] == "STATED":
        return {**cell, **grows}
    if cell["score_error"]:
        points, basis = min(max(cell["score_error"], least), NOTHING), "ESTIMATED"
    elif told is not None:
        points, basis = min(max(sqrt(told[0]), least), NOTHING), "ESTIMATED"
    else:
        points, basis = rule["assumed"][kind_of(indicator)], "ASSUMED"
    return {**cell, **grows, "score_error": points, "standard_error": points * width / 100, "error_basis": basis}


def kind_of(indicator: Row) -> str:
    source = indicator.get("derived_from") or ""
    if source.startswith("event"):
        return "event"
    if source.startswith("survey_response"):
        return "survey"
    if indicator.get("scale") == "ordinal":
        return "ordinal"
    return "percent" if indicator["unit"].lower() in ("%", "percent", "per cent") else "other"


def history(past: dict[int, float], quarter: int, rule: dict[str, Any]) -> tuple[float, float] | None:
    """Variance of the noise and drift of a quarter, in points²; None where there is too little in the window."""
    times = [q for q in sorted(past) if quarter - rule["window"] < q <= quarter]
    if len(times) < rule["minimum_points"]:
        return None
    x = np.array([past[q] - past[quarter] for q in times])
    t = np.array([float(q - times[0]) for q in times])
    design = np.array([[1.0, q] for q in t])
    logs, noises, drifts = [], [], []
    for ratio in RATIOS:
        covariance = np.array([[float(a == b) + ratio * min(a, b) for b in t] for a in t])
        weights = np.linalg.inv(covariance)
        of_design = design.T @ weights @ design
        level, trend = np.linalg.inv(of_design) @ design.T @ weights @ x
        rest = x - level - trend * t
        squares = max(float(rest @ weights @ rest), rule["floor"] ** 2)
        free = len(x) - 2
        logs.append(-(log(np.linalg.det(covariance)) + log(np.linalg.det(of_design)) + free * log(squares)) / 2)
        noises.append(squares / free)
        drifts.append(ratio * squares / free + float(trend) ** 2)
    likely = [exp(one - max(logs)) for one in logs]
    return (
        sum(p * n for p, n in zip(likely, noises, strict=True)) / sum(likely),
        sum(p * d for p, d in zip(likely, drifts, strict=True)) / sum(likely),
    )


def weakest(found: list[str | None]) -> str | None:
    """The weakest basis; a part without one was taken to be as uncertain as the others."""
    if all(b is None for b in found):
        return None
    return min((b or "ESTIMATED" for b in found), key=WEAKEST_FIRST.index)


def growth(parts: list[Cell], shares: list[float], factors: list[float]) -> dict[str, Any]:
    """What a quarter adds to the squared error of a mean or sum of cells."""
    if any(c.get("score_drift") is None for c in parts):
        return {}
    return {
        "score_drift": sum(f * f * c["score_drift"] for f, c in zip(shares, parts, strict=True)),
        "value_drift": sum(f * f * c["value_drift"] for f, c in zip(factors, parts, strict=True)),
        "drift_basis": weakest([c["drift_basis"] for c in parts]),
    }


def short(
    parts: list[Cell], weights: dict[str, float], indicator: Row, error: float | None, basis: str | None
) -> tuple[float | None, str | None]:
    """The error of a country's mean with what its absent governorates may differ by."""
    ends = goalposts(indicator)
    if ends is None or error is None:
        return error, basis
    here = [weights[c["place_id"]] for c in parts]
    shares = [w / sum(here) for w in here]
    missing = sum(w * w for place, w in weights.items() if place not in {c["place_id"] for c in parts})
    if len(parts) == 1:
        between, how = (ends[1] - ends[0]) ** 2 / 12, "ASSUMED"
    else:
        mean = sum(f * c["value"] for f, c in zip(shares, parts, strict=True))
        scatter = sum(f * (c["value"] - mean) ** 2 for f, c in zip(shares, parts, strict=True))
        between, how = scatter / (1 - sum(f * f for f in shares)), "ESTIMATED"
    added = between * (missing + (1 - sum(here)) ** 2 * sum(f * f for f in shares))
    return sqrt(error**2 + added), weakest([basis, how])


def aged(cell: Cell, quarters: int) -> Cell | None:
    """The cell some quarters later; None once it says no more than any score would."""
    if cell.get("score_drift") is None:
        return cell
    points = sqrt(cell["score_error"] ** 2 + quarters * cell["score_drift"])
    if points >= NOTHING:
        return None
    return cell | {
        "score_error": points,
        "standard_error": sqrt(cell["standard_error"] ** 2 + quarters * cell["value_drift"]),
        "error_basis": weakest([cell["error_basis"], cell["drift_basis"]]),
    }
