"""How well judgements were calibrated: Brier score with its parts, and how often stated ranges held.

Brier (1950); Murphy (1973) for the parts. Wilson (1927) for the interval of a share.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

FEWEST = 10
"""Resolved questions below which nothing is said about calibration."""
LEVEL = 0.90
BUCKETS = (("TO_3_MONTHS", 92), ("TO_6_MONTHS", 184), ("TO_12_MONTHS", 366))
ALL = "ALL"


def bucket_of(made_on: date, horizon_on: date | None) -> str:
    """How far ahead a judgement looks: a code of the codelist `judgement_horizon`."""
    if horizon_on is None:
        return "OPEN"
    days = (horizon_on - made_on).days
    return next((code for code, limit in BUCKETS if days <= limit), "BEYOND_12_MONTHS")


@dataclass(frozen=True, slots=True)
class Forecast:
    """One scored judgement: its question, likelihood and outcome from 0 to 1, and the term of its scheme that it falls into."""

    question_id: str
    likelihood: float
    outcome: float
    term: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """Brier score = reliability - resolution + uncertainty + within_terms, with its 90 % interval over questions."""

    brier: float
    low: float
    high: float
    reliability: float
    resolution: float
    uncertainty: float
    within_terms: float


def calibration_of(forecasts: Sequence[Forecast]) -> Calibration | None:
    """None below FEWEST questions. Each question counts once, however often it was judged."""
    questions = {f.question_id for f in forecasts}
    if len(questions) < FEWEST:
        return None
    times: dict[str, int] = {}
    for forecast in forecasts:
        times[forecast.question_id] = times.get(forecast.question_id, 0) + 1
    weights = [1 / times[f.question_id] / len(questions) for f in forecasts]
    squared = [(f.likelihood - f.outcome) ** 2 for f in forecasts]
    brier = math.fsum(w * s for w, s in zip(weights, squared, strict=True))
    scores: dict[str, float] = dict.fromkeys(questions, 0.0)
    for forecast, error in zip(forecasts, squared, strict=True):
        scores[forecast.question_id] += error / times[forecast.question_id]
    low, high = _interval(list(scores.values()), brier)
    reliability, resolution, uncertainty = _parts(forecasts, weights)
    return Calibration(
        brier, low, high, reliability, resolution, uncertainty, brier - (reliability - resolution + uncertainty)
    )


def _parts(forecasts: Sequence[Forecast], weights: Sequence[float]) -> tuple[float, float, float]:
    """Murphy's parts over the terms of the scheme; within a term likelihoods still differ, which the remainder tells."""
    base = math.fsum(w * f.outcome for f, w in zip(forecasts, weights, strict=True))
    reliability = resolution = 0.0
    for term in sorted({f.term for f in forecasts}):
        here = [(f, w) for f, w in zip(forecasts, weights, strict=True) if f.term == term]
        share = math.fsum(w for _, w in here)
        said = math.fsum(w * f.likelihood for f, w in here) / share
        came = math.fsum(w * f.outcome for f, w in here) / share
        reliability += share * (said - came) ** 2
        resolution += share * (came - base) ** 2
    return reliability, resolution, base * (1 - base)


def _interval(scores: Sequence[float], mean: float) -> tuple[float, float]:
    """Student's t interval of the mean score over questions, within 0 and 1."""
    from scipy.special import stdtrit

    count = len(scores)
    spread = math.sqrt(math.fsum((s - mean) ** 2 for s in scores) / (count - 1) / count)
    half = float(stdtrit(count - 1, 0.5 + LEVEL / 2)) * spread
    return max(0.0, mean - half), min(1.0, mean + half)


def hit_rate(shares: Sequence[float]) -> tuple[float, float, float] | None:
    """How often stated 90 % ranges held, with Wilson's 90 % interval; None below FEWEST questions.

    `shares` says for each question which share of the ranges stated about it held.
    """
    from scipy.special import ndtri

    count = len(shares)
    if count < FEWEST:
        return None
    share, z = math.fsum(shares) / count, float(ndtri(0.5 + LEVEL / 2))
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return share, max(0.0, middle - half), min(1.0, middle + half)
