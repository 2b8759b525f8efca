"""Cells -> cells of which each has an error: stated, else from the scatter of its own past, else what the method assumes."""

from __future__ import annotations

from collections import defaultdict
from math import exp, log, pi, sqrt
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
    series: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in sorted(cells, key=lambda c: number_of(c["period"])):
        series[cell["indicator_id"], cell["place_id"]].append(cell)
    return [one_cell(c, series[c["indicator_id"], c["place_id"]], definitions[c["indicator_id"]], rule) for c in cells]


def evidence(counted: list[Row], result: dict[str, Any]) -> Cell:
    """What the reports of one cell say of its error, and whether one of them was not made for an earlier quarter already."""
    weights, code = result["weights"], result["method"]
    said = [(w, r) for w, r in zip(weights, counted, strict=True) if w > 0]
    found: Cell = {"stated": None, "of_a_report": None, "freedom": 0, "squares": 1.0}
    found["is_new"] = max(r["since"] for _, r in said) == counted[0]["quarter"]
    if code == "UNOBSERVED_COMPONENTS":
        return found
    wide = pi / 2 if code in ("MEDIAN", "WEIGHTED_MEDIAN") and len(counted) > 2 else 1.0
    known = [(w, r["error"] ** 2) for w, r in said if r["error"] is not None]
    if known:
        usual = sum(w * e for w, e in known) / sum(w for w, _ in known)
        found["stated"] = wide * sum(w * w * (usual if r["error"] is None else r["error"] ** 2) for w, r in said)
    found["squares"] = wide * sum(w * w for w, _ in said)
    if len(said) > 1 and len({r["value"] for _, r in said}) > 1:
        mean = sum(w * r["value"] for w, r in said)
        found["of_a_report"] = sum(w * (r["value"] - mean) ** 2 for w, r in said) / (1 - sum(w * w for w, _ in said))
        found["freedom"] = len(said) - 1
    return found


def decided(decision: Row) -> Cell:
    """A decision speaks for itself, whatever reports there are."""
    error = decision["standard_error"]
    stated = None if error is None else error**2
    return {"stated": stated, "of_a_report": None, "freedom": 0, "squares": None, "is_new": True}


def one_cell(cell: Cell, series: list[Cell], indicator: Row, rule: dict[str, Any]) -> Cell:
    ends = goalposts(indicator)
    if ends is None:
        return cell
    width, degrees = ends[1] - ends[0], rule["prior_degrees"]
    quarter, points = number_of(cell["period"]), 100 / width
    window = [c for c in series if quarter - rule["history"]["window"] < number_of(c["period"]) <= quarter]
    breaks = [n for n, c in enumerate(window) if c["obs_status"] == "B" and c["is_new"]]
    window = [c for c in window[breaks[-1] if breaks else 0 :] if c["is_new"]]
    past = {number_of(c["period"]): points * c["value"] for c in window}
    told = history(past, rule["history"])
    noise, drift, trend = (None, rule["assumed"]["drift"] ** 2, 0.0) if told is None else told
    grows = {
        "score_drift": drift, "value_drift": drift / points**2, "score_trend": trend, "value_trend": trend / points**2,
        "drift_basis": "ASSUMED" if told is None else "ESTIMATED",
    }  # fmt: skip
    freedom = sum(c["freedom"] for c in window) if cell["squares"] is not None else 0
    basis = "ESTIMATED" if told is not None or freedom >= degrees else "ASSUMED"
    square = rule["assumed"][kind_of(indicator)] ** 2 if noise is None else bounded(noise, rule["history"]["floor"])
    if cell["stated"]:
        square, basis = cell["stated"] * points**2, "STATED"
    before = square
    if freedom:
        apart = sum(c["freedom"] * c["of_a_report"] for c in window if c["freedom"]) / freedom
        square = (degrees * square + freedom * cell["squares"] * apart * points**2) / (degrees + freedom)
    if cell["method"] == "UNOBSERVED_COMPONENTS":
        square, basis = cell["score_error"] ** 2, "ESTIMATED"
    if basis == "STATED":
        square = max(square, before)
    else:
        rank = points / sqrt(12) if indicator.get("scale") == "ordinal" else 0.0
        square = bounded(square, max(rule["history"]["floor"], rank))
    error = sqrt(square)
    return {**cell, **grows, "score_error": error, "standard_error": error / points, "error_basis": basis}


def bounded(square: float, least: float) -> float:
    return min(max(square, least**2), NOTHING**2)


def kind_of(indicator: Row) -> str:
    source = indicator.get("derived_from") or ""
    if source.startswith("event"):
        return "event"
    if source.startswith("survey_response"):
        return "survey"
    if indicator.get("scale") == "ordinal":
        return "ordinal"
    return "percent" if indicator["unit"].lower() in ("%", "percent", "per cent") else "other"


def history(past: dict[int, float], rule: dict[str, Any]) -> tuple[float, float, float] | None:
    """Variance of the noise, drift of a quarter and squared trend, in points²; None where there is too little."""
    times = sorted(past)
    if len(times) < rule["minimum_points"]:
        return None
    x = np.array([past[q] - past[times[-1]] for q in times])
    t = np.array([float(q - times[0]) for q in times])
    design = np.array([[1.0, q] for q in t])
    logs, noises, drifts, trends = [], [], [], []
    for ratio in RATIOS:
        covariance = np.array([[float(a == b) + ratio * min(a, b) for b in t] for a in t])
        weights = np.linalg.inv(covariance)
        of_design = design.T @ weights @ design
        doubt = np.linalg.inv(of_design)
        level, trend = doubt @ design.T @ weights @ x
        rest = x - level - trend * t
        squares = max(float(rest @ weights @ rest), rule["floor"] ** 2)
        free = len(x) - 2
        logs.append(-(log(np.linalg.det(covariance)) + log(np.linalg.det(of_design)) + free * log(squares)) / 2)
        noises.append(squares / free)
        drifts.append(ratio * squares / free)
        trends.append(max(float(trend) ** 2 - doubt[1, 1] * squares / free, 0.0))
    likely = [exp(one - max(logs)) for one in logs]

    def mean(figures: list[float]) -> float:
        return sum(p * f for p, f in zip(likely, figures, strict=True)) / sum(likely)

    return mean(noises), mean(drifts), mean(trends)


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
        **{n: sum(f * f * c[n] for f, c in zip(shares, parts, strict=True)) for n in ("score_drift", "score_trend")},
        **{n: sum(f * f * c[n] for f, c in zip(factors, parts, strict=True)) for n in ("value_drift", "value_trend")},
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
    points = sqrt(cell["score_error"] ** 2 + quarters * cell["score_drift"] + quarters**2 * cell["score_trend"])
    if points >= NOTHING:
        return None
    return cell | {
        "score_error": points,
        "standard_error": sqrt(
            cell["standard_error"] ** 2 + quarters * cell["value_drift"] + quarters**2 * cell["value_trend"]
        ),
        "error_basis": weakest([cell["error_basis"], cell["drift_basis"]]),
    }
