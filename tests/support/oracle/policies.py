"""Several reports -> one value with its error, by the declared policy."""

from __future__ import annotations

from math import pi, sqrt
from statistics import median

from .given import Method, Row
from .reports import Report, grade_key

Merged = dict[str, object]


def policy_of(indicator: Row, method: Method) -> str:
    if indicator["merge_policy"]:
        return str(indicator["merge_policy"])
    return "median" if is_ordinal(indicator) else str(method["merge_policy"])


def is_ordinal(indicator: Row) -> bool:
    return indicator.get("scale") == "ordinal"


def quality_weights(reports: list[Report], method: Method) -> list[float]:
    """By quality, `ungraded_weight` where ungraded; equal where no report is usable. They add up to 1."""
    if all(r["is_unusable"] for r in reports):
        return equal_weights(reports)
    ungraded = method["grading"]["ungraded_weight"]
    weights = [ungraded if r["quality"] is None else r["quality"] for r in reports]
    return [w / sum(weights) for w in weights]


def equal_weights(reports: list[Report]) -> list[float]:
    return [1 / len(reports)] * len(reports)


def owners_report(reports: list[Report], owner: str | None) -> Report | None:
    """The owner's own statement before one it quotes, then the best graded."""
    own = [r for r in reports if owner and r["org_id"] == owner]
    return min(own, key=lambda r: (r["origin"] is not None, -grade_key(r["quality"])), default=None)


def merged(reports: list[Report], indicator: Row, method: Method) -> Merged:
    """Value, error, method code and weights (one per report) of one cell, decisions and components apart."""
    policy = policy_of(indicator, method)
    if len(reports) == 1:
        return _as_merged(reports[0]["value"], reports[0]["error"], "SINGLE", [1.0])
    owner = owners_report(reports, indicator["priority_org_id"]) if policy == "priority" else None
    if owner is not None:
        weights = [1.0 if r is owner else 0.0 for r in reports]
        return _as_merged(owner["value"], owner["error"], "PRIORITY", weights)
    if is_ordinal(indicator):
        weights = quality_weights(reports, method)
        return _as_merged(lower_median(reports, weights), median_error(reports, weights), "WEIGHTED_MEDIAN", weights)
    if policy == "median":
        weights = equal_weights(reports)
        return _as_merged(median(r["value"] for r in reports), median_error(reports, weights), "MEDIAN", weights)
    weights = quality_weights(reports, method)
    return _as_merged(mean_of(reports, weights), merged_error(reports, weights), "WEIGHTED_MEAN", weights)


def _as_merged(value: float, error: float | None, code: str, weights: list[float]) -> Merged:
    return {"value": value, "standard_error": error, "method": code, "weights": weights}


def mean_of(reports: list[Report], weights: list[float]) -> float:
    return sum(w * r["value"] for w, r in zip(weights, reports, strict=True))


def lower_median(reports: list[Report], weights: list[float]) -> float:
    """The smallest value at which the weights of the reports up to it reach half."""
    reached = 0.0
    for report, weight in sorted(zip(reports, weights, strict=True), key=lambda pair: pair[0]["value"]):
        reached += weight
        if reached >= 0.5 - 1e-9:
            return float(report["value"])
    raise AssertionError("weights that add up to 1 reach half")


def merged_error(reports: list[Report], weights: list[float]) -> float | None:
    """Standard error of a weighted mean: what the reports state and what their differences imply."""
    stated = [(w, r["error"] ** 2) for w, r in zip(weights, reports, strict=True) if r["error"] is not None]
    if not stated and len({r["value"] for r in reports}) == 1:
        return None
    usual = sum(w * s for w, s in stated) / sum(w for w, _ in stated) if stated else 0.0
    mean, squares = mean_of(reports, weights), sum(w * w for w in weights)
    within, spread = 0.0, 0.0
    for weight, report in zip(weights, reports, strict=True):
        within += weight**2 * (usual if report["error"] is None else report["error"] ** 2)
        spread += weight * (report["value"] - mean) ** 2
    return sqrt(within + squares * spread / (1 - squares))


def median_error(reports: list[Report], weights: list[float]) -> float | None:
    error = merged_error(reports, weights)
    return error * sqrt(pi / 2) if error is not None and len(reports) > 2 else error
