"""What each column of the tables made of judgements is computed from."""

from __future__ import annotations

from collections.abc import Mapping

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

OF_JUDGEMENTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "scenario": {
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
    },
    "calibration": {
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
    },
}
