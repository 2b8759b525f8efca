"""Tables computed from judgements: scenarios over time, and how well those who judged were calibrated."""

from __future__ import annotations

from typing import ClassVar

from idtracker.model.tables.base import Integer, MadeOf, Moment, Table, column

_QUESTION = (
    "judgement.scenario_id",
    "judgement.scenario",
    "judgement.place_id",
    "judgement.horizon_on",
    "judgement.value_unit",
)
_WHEN = ("judgement.period", "judgement.period_end", "judgement.made_on", "judgement.recorded_from")
_WHO = ("judgement.org_id", "judgement.originator_org_id", "judgement.source_id")
_SCHEME = ("judgement.yardstick_code", "judgement.icd203_code", "judgement.value_best")
_BEST = ("judgement.probability_pct", "judgement.yardstick_code", "judgement.icd203_code", "judgement.value_best")
_GRADES = ("judgement.reliability", "judgement.credibility")
_VOICES = (*_BEST, *_GRADES, *_WHO, *_WHEN)
_ENDS = (
    "judgement.probability_low_pct",
    "judgement.probability_high_pct",
    "judgement.value_low",
    "judgement.value_high",
    *_VOICES,
)
_RANGE = (*_ENDS, "judgement.confidence_pct", "judgement.value_min", "judgement.value_max")
_CAME = ("judgement.has_occurred", "judgement.resolved_value", "resolution.outcome", "resolution.decided_at")
_RECORD = (*_VOICES, *_CAME, "judgement.resolved_on", "resolution.resolved_on")
_SCORED = ("scenario.question_id", "scenario.outcome", *_RECORD)
_HELD = (*_SCORED, *_RANGE)
_POOLED = ("scenario.assessor_count",)


class Scenario(Table):
    """What several organisations said in one quarter about one question, pooled, and what came of it.

    A question is a scenario at a place up to a horizon. Judgements in different schemes are pooled apart. Nothing of it
    enters a score.
    """

    key = ("question_id", "period", "scheme")

    question_id: str = column("Question: scenario, place, horizon and unit", "text", required=True)
    scenario_id: str = column("Scenario: as stated, else made of its text", "text", required=True)
    scenario: str = column("Scenario or question judged", "text", required=True)
    place_id: str = column("Place", "place")
    period: str = column("Quarter in which it was judged", "period", required=True)
    period_start: Moment = column("First day of the quarter", "date", required=True)
    period_end: Moment = column("Last day of the quarter", "date", required=True)
    horizon_on: Moment = column("Date up to which it speaks", "date")
    scheme: str = column("Scheme of the terms: phia_yardstick, icd203_yardstick, or quantity", "text", required=True)
    unit: str = column("Unit: % for a likelihood, else that of the quantity asked", "text", required=True)
    estimate: float = column("Linear pool with equal weights; empty where no judgement has an estimate", "number")
    low: float = column(
        "Lower end, mean of all ranges standardised to 90 %; empty unless every organisation states one", "number"
    )
    high: float = column(
        "Upper end, mean of all ranges standardised to 90 %; empty unless every organisation states one", "number"
    )
    lowest: float = column("Lowest number that anybody states, or end of a term that stands for one", "number")
    highest: float = column("Highest number that anybody states, or end of a term that stands for one", "number")
    estimate_weighted: float = column("Linear pool weighted by the record known when it was judged", "number")
    weights: str = column("PERFORMANCE, or EQUAL where the shared record is too short", "code", codelist="pool_weights")
    past_count: Integer = column("Resolved questions behind the weights, judged by all of them", "integer", ge=0)
    assessor_count: Integer = column("Organisations whose estimate counts, each once", "integer", required=True, ge=0)
    org_ids: str = column("Organisations whose estimate counts, `;` between", "text")
    derived_count: Integer = column(
        "Estimates that are the middle of a term, because no number was stated", "integer", required=True, ge=0
    )
    left_out_count: Integer = column(
        "Judgements left out: without an estimate, or graded E or 5", "integer", required=True, ge=0
    )
    spread: float = column("Range of the estimates that count; empty below two", "number", ge=0)
    change: float = column(
        "Change since the quarter before: same horizon, else one as far ahead; empty where there is none", "number"
    )
    agreement: float = column(
        "Krippendorff's alpha (interval) between organisations over this scenario up to the quarter; empty below two "
        "questions that two of them judged",
        "number",
        le=1,
    )
    ancr: str = column("Lowest analytical confidence of the judgements that count", "code", codelist="ancr")
    warning_indicators: str = column("Indicators named as warning of it, `;` between", "text")
    resolution_basis: str = column(
        "How the outcome is known; empty while it is not", "code", codelist="resolution_basis"
    )
    resolved_on: Moment = column("Date on which the outcome was known", "date")
    outcome: float = column("What came about: 100 or 0 for a likelihood, else the value; empty if disputed", "number")
    crowd_error: float = column(
        "Squared error of the equal pool (likelihoods from 0 to 1); individual_error - diversity", "number", ge=0
    )
    individual_error: float = column("Mean squared error of the organisations", "number", ge=0)
    diversity: float = column("Variance of their estimates: what asking several bought", "number", ge=0)
    made_of: ClassVar[MadeOf] = {
        "question_id": _QUESTION,
        "scenario_id": ("judgement.scenario_id", "judgement.scenario"),
        "scenario": ("judgement.scenario",),
        "place_id": ("judgement.place_id",),
        "period": _WHEN,
        "period_start": _WHEN,
        "period_end": _WHEN,
        "horizon_on": ("judgement.horizon_on",),
        "scheme": _SCHEME,
        "unit": ("judgement.value_unit",),
        "estimate": _VOICES,
        "low": _RANGE,
        "high": _RANGE,
        "lowest": _ENDS,
        "highest": _ENDS,
        "estimate_weighted": _RECORD,
        "weights": _RECORD,
        "past_count": _RECORD,
        "assessor_count": _VOICES,
        "org_ids": _VOICES,
        "derived_count": _VOICES,
        "left_out_count": _VOICES,
        "spread": ("scenario.estimate",),
        "change": ("scenario.estimate", "scenario.period", "scenario.horizon_on"),
        "agreement": ("scenario.estimate", "scenario.scenario_id", "scenario.period"),
        "ancr": ("judgement.ancr", *_VOICES),
        "warning_indicators": ("judgement.warning_indicators",),
        "resolution_basis": _CAME,
        "resolved_on": ("judgement.resolved_on", "resolution.resolved_on"),
        "outcome": _CAME,
        "crowd_error": ("scenario.estimate", *_RECORD),
        "individual_error": _RECORD,
        "diversity": _RECORD,
        "classification": ("judgement.classification",),
        "releasable_to": ("judgement.releasable_to",),
    }


class Calibration(Table):
    """How well one organisation, all of them or their pools judged resolved questions, by scheme and horizon."""

    key = ("assessor", "scheme", "horizon")

    assessor: str = column(
        "Organisation; ALL for every judgement, CROWD for pools of two or more organisations", "text", required=True
    )
    scheme: str = column("Scheme of the terms: phia_yardstick, icd203_yardstick, or quantity", "text", required=True)
    horizon: str = column("How far ahead it looked", "code", codelist="judgement_horizon", required=True)
    question_count: Integer = column("Resolved questions, each counted once", "integer", required=True, ge=0)
    judgement_count: Integer = column("Judgements or pools about them", "integer", required=True, ge=0)
    brier: float = column("Brier score, 0 is best; empty below ten questions", "number", ge=0, le=1)
    brier_low: float = column("Lower bound, 90 %, over questions", "number", ge=0, le=1)
    brier_high: float = column("Upper bound, 90 %, over questions", "number", ge=0, le=1)
    reliability: float = column("Part of the score: likelihoods unlike the frequencies that followed", "number", ge=0)
    resolution: float = column("Part of the score: frequencies told apart by term", "number", ge=0)
    uncertainty: float = column("Part of the score: of the questions themselves", "number", ge=0)
    within_terms: float = column(
        "Rest of the score, of likelihoods that differ within a term: brier - reliability + resolution - uncertainty",
        "number",
    )
    range_count: Integer = column("Questions with a stated range", "integer", required=True, ge=0)
    hit_rate: float = column(
        "How often ranges standardised to 90 % held the value; empty below ten questions", "number", ge=0, le=1
    )
    hit_low: float = column("Lower bound, 90 %", "number", ge=0, le=1)
    hit_high: float = column("Upper bound, 90 %", "number", ge=0, le=1)
    crowd_error: float = column("Mean squared error of the pools; individual_error - diversity", "number", ge=0)
    individual_error: float = column("Mean over the pools of the mean squared error of their members", "number", ge=0)
    diversity: float = column("Mean over the pools of the variance of their members: the dividend", "number", ge=0)
    made_of: ClassVar[MadeOf] = {
        "assessor": _WHO,
        "scheme": ("scenario.scheme",),
        "horizon": ("judgement.made_on", "judgement.horizon_on"),
        "question_count": _SCORED,
        "judgement_count": _SCORED,
        **dict.fromkeys(("brier", "brier_low", "brier_high"), _SCORED),
        **dict.fromkeys(("reliability", "resolution", "uncertainty", "within_terms"), _SCORED),
        **dict.fromkeys(("range_count", "hit_rate", "hit_low", "hit_high"), _HELD),
        **dict.fromkeys(("crowd_error", "individual_error", "diversity"), (*_SCORED, *_POOLED)),
        "classification": ("judgement.classification",),
        "releasable_to": ("judgement.releasable_to",),
    }
