"""Judgements as assessments: who says what about which question, when, and since when that is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from idtracker.analyse.judgement.elicitation import LIKELIHOOD_LIMITS, NO_LIMITS, standardised
from idtracker.ingest.resolve.yardstick import ICD203, SCHEME, SCHEMES
from idtracker.model.marking import Marking, marking_of
from idtracker.model.periods import current_period
from idtracker.model.text import fold

QUANTITY = "quantity"
LIKELIHOOD_UNIT = "%"
EXCLUDED_GRADES = ("E", "5")
_TERMS = {scheme: {band.code: band for band in bands} for scheme, bands in SCHEMES.items()}


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that comes about or not, or takes one value: a scenario at a place up to a day, in one unit."""

    scenario_id: str
    place_id: str | None
    horizon_on: date | None
    unit: str

    @property
    def question_id(self) -> str:
        """Twelve hex digits of the SHA-256 over what it asks."""
        text = "\0".join(map(str, (self.scenario_id, self.place_id, self.horizon_on, self.unit)))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one organisation says about one question. Likelihoods are in per cent, quantities in the unit of the question."""

    fact_id: str
    judgement_id: str
    question: Question
    question_id: str
    scenario: str
    assessor: str
    scheme: str
    period: str
    made_on: date
    estimate: float | None
    is_derived: bool
    interval: tuple[float, float] | None
    ends: tuple[float, ...]
    is_excluded: bool
    ancr: str | None
    indicators: tuple[str, ...]
    outcome: float | None
    resolved_on: date | None
    known_from: pd.Timestamp
    known_to: pd.Timestamp | None
    marking: Marking

    def is_known(self, at: pd.Timestamp) -> bool:
        return self.known_from <= at and (self.known_to is None or self.known_to > at)


def assessments_of(rows: pd.DataFrame) -> list[Assessment]:
    """The assessments of every vintage of the table `judgement`; a row may state a likelihood and a quantity."""
    plain = rows.astype("object").where(rows.notna(), None)
    records = (
        dict(zip(map(str, plain.columns), cells, strict=True)) for cells in plain.itertuples(index=False, name=None)
    )
    return [assessment for row in records for assessment in _of_row(row)]


def _of_row(row: dict[str, Any]) -> Iterator[Assessment]:
    quantity = any(row[name] is not None for name in ("value_low", "value_best", "value_high", "resolved_value"))
    likelihood = any(
        row[name] is not None
        for name in ("probability_low_pct", "probability_pct", "probability_high_pct", "yardstick_code", "icd203_code")
    )
    if likelihood or not quantity or row["has_occurred"] is not None:
        yield _likelihood(row)
    if quantity:
        yield _quantity(row)


def _likelihood(row: dict[str, Any]) -> Assessment:
    scheme = ICD203 if row["icd203_code"] is not None and row["yardstick_code"] is None else SCHEME
    band = _TERMS[scheme].get(row["icd203_code"] if scheme == ICD203 else row["yardstick_code"])
    low, best, high = row["probability_low_pct"], row["probability_pct"], row["probability_high_pct"]
    is_derived = best is None and band is not None
    estimate = band.midpoint if best is None and band is not None else best
    interval = standardised(low, best, high, row["confidence_pct"], LIKELIHOOD_LIMITS)
    ends = [low, best, high, *((band.low, band.high) if is_derived and band is not None else ())]
    occurred = row["has_occurred"]
    outcome = None if occurred is None else 100.0 * bool(occurred)
    return _assessment(row, scheme, LIKELIHOOD_UNIT, (estimate, is_derived, interval), ends, outcome)


def _quantity(row: dict[str, Any]) -> Assessment:
    low, best, high = row["value_low"], row["value_best"], row["value_high"]
    least, most = (row[name] if row[name] is not None else end for name, end in zip(("value_min", "value_max"), NO_LIMITS, strict=True))  # fmt: skip
    interval = standardised(low, best, high, row["confidence_pct"], (least, most))
    unit = row["value_unit"] or "number"
    return _assessment(row, QUANTITY, unit, (best, False, interval), [low, best, high], row["resolved_value"])


def _assessment(
    row: dict[str, Any],
    scheme: str,
    unit: str,
    said: tuple[float | None, bool, tuple[float, float] | None],
    ends: list[float | None],
    outcome: float | None,
) -> Assessment:
    made_on = _day(row["made_on"]) or _day(row["period_end"]) or row["recorded_from"].date()
    scenario_id = row["scenario_id"] or hashlib.sha256(fold(row["scenario"]).encode()).hexdigest()[:12]
    question = Question(scenario_id, row["place_id"], _day(row["horizon_on"]), unit)
    quarter = current_period(_day(row["period_end"]) or made_on, "quarter")
    grades = (row["reliability"], row["credibility"])
    estimate, is_derived, interval = said
    listed = (part.strip() for part in (row["warning_indicators"] or "").split(";"))
    return Assessment(
        fact_id=row["fact_id"],
        judgement_id=row["judgement_id"],
        question=question,
        question_id=question.question_id,
        scenario=row["scenario"],
        assessor=row["org_id"] or row["originator_org_id"] or row["source_id"],
        scheme=scheme,
        period=quarter,
        made_on=made_on,
        estimate=estimate,
        is_derived=is_derived,
        interval=interval,
        ends=tuple(end for end in ends if end is not None),
        is_excluded=any(grade in EXCLUDED_GRADES for grade in grades),
        ancr=row["ancr"],
        indicators=tuple(part for part in listed if part),
        outcome=outcome,
        resolved_on=_day(row["resolved_on"]),
        known_from=row["recorded_from"],
        known_to=row["recorded_to"],
        marking=marking_of(row["classification"], row["releasable_to"]),
    )


def _day(at: Any) -> date | None:
    return None if at is None else at.date()
