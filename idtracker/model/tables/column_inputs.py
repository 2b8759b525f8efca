"""What each column of a derived table is computed from: `table.column` of facts, reference data or another derived table.

A table states it as `made_of` in its class. What stands here and in the modules that are gathered here are the tables whose parts
would else be too long. Where a column follows from no column, it names an input of `outside_inputs`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from idtracker.model.tables import DERIVED, INDICES, SIMULATED
from idtracker.model.tables.framework.inputs import OF_FRAMEWORK

_PERIOD = (
    "observation.period_start",
    "observation.period_end",
    "event.event_on",
    "survey_response.period_start",
    "survey_response.period_end",
)
_WHOSE = (
    "observation.org_id",
    "observation.originator_org_id",
    "observation.source_id",
    "event.originator_org_id",
    "survey_response.originator_org_id",
)
_STATED = (
    "observation.value",
    "observation.disaggregation",
    "observation.obs_status",
    "event.event_on",
    "event.fatalities",
    "survey_response.question",
    "survey_response.answer",
    "survey_response.answer_score",
    "survey_response.weight",
)
_ERROR = (
    "observation.standard_error",
    "observation.lower",
    "observation.upper",
    "survey_response.answer_score",
    "survey_response.weight",
)
_SCALE = ("indicator.goalpost_low", "indicator.goalpost_high", "indicator.direction")
_DECIDED = ("adjudication.value", "adjudication.standard_error", "adjudication.decided_at")
_POLICY = ("indicator.merge_policy", "indicator.priority_org_id", "indicator.scale", "method.definition", *_DECIDED)
_NATION = ("place.parent_id", "place.population", "indicator.roll_up", "indicator.level", *_POLICY)
_KIND = ("indicator.derived_from", "indicator.scale", "indicator.unit")
_CARRY = ("indicator.max_age_days",)
_WEIGHTS = ("indicator.weight", "indicator.dimension_code", "method.definition")
_LEAVES = ("merged_cell.value", "place.population", "place.area_km2", "place.parent_id")
"""What leaves of a tree may be made of beside the scores of cells."""
_IN_FORCE = ("merged_cell.score", *_LEAVES, *_WEIGHTS)
"""What the weights of a tree may follow from."""
_POINTS = ("score.score", "score.carried_share", "score.period", "merged_cell.obs_status", "method.definition")


_TRANSLATED = ("series_break.break_id", "series_break.valid_from", "observation.period_start", "observation.period_end")
_CROSSWALKS = (
    "cell_report.crosswalk_ids",
    "place_share.from_place_id",
    "place_share.to_place_id",
    "place_share.valid_from",
)


def _each(column: str) -> tuple[str, ...]:
    """The column of every fact table that cells are made of."""
    return tuple(f"{table}.{column}" for table in ("observation", "event", "survey_response"))


MADE_OF: dict[str, Mapping[str, tuple[str, ...]]] = {
    **{name: model.made_of for name, model in {**DERIVED, **SIMULATED, **INDICES}.items() if "made_of" in vars(model)},
    **OF_FRAMEWORK,
    "cell_report": {
        "indicator_id": ("observation.indicator_id", "indicator.indicator_id"),
        "place_id": (*_each("place_id"), "place.parent_id", "place.level"),
        "period": _PERIOD,
        "org_id": _WHOSE,
        "origin": ("observation.origin", "observation.origin_org_id"),
        "value": (*_STATED, "indicator.derived_from", "indicator.roll_up", "indicator.frequency"),
        "standard_error": _ERROR,
        "score": ("cell_report.value", *_SCALE),
        "quality": ("observation.reliability", "observation.credibility", "method.definition"),
        "weight": ("cell_report.quality", "cell_report.score", *_POLICY),
        "use": ("cell_report.quality", "cell_report.origin", "cell_report.org_id", *_POLICY),
        "fact_ids": ("observation.fact_id",),
        "crosswalk_ids": _TRANSLATED,
        "submission_ids": ("observation.submission_id", "event.submission_id", "survey_response.submission_id"),
        "classification": _each("classification"),
        "handling": _each("handling"),
        "releasable_to": _each("releasable_to"),
        "recorded_from": _each("recorded_from"),
    },
    "merged_cell": {
        "indicator_id": ("cell_report.indicator_id",),
        "place_id": ("cell_report.place_id", "place.parent_id"),
        "period": ("cell_report.period", *_CARRY),
        "period_start": ("merged_cell.period",),
        "period_end": ("merged_cell.period",),
        "value": ("cell_report.value", "cell_report.weight", *_NATION),
        "standard_error": (
            "cell_report.standard_error",
            "merged_cell.value",
            "cell_report.weight",
            *_NATION,
            *_KIND,
            *_CARRY,
        ),
        "error_basis": ("cell_report.standard_error", "merged_cell.value", *_NATION, *_KIND, *_CARRY),
        "score": ("merged_cell.value", *_SCALE),
        "score_error": ("merged_cell.standard_error", *_SCALE),
        "method": ("cell_report.use", *_POLICY),
        "obs_count": ("cell_report.use", "observation.fact_id"),
        "org_count": ("cell_report.org_id", "cell_report.origin"),
        "spread": ("cell_report.score",),
        "is_disagreement": ("merged_cell.spread", "method.definition"),
        "obs_status": ("observation.obs_status", "merged_cell.is_disagreement", "merged_cell.is_carried"),
        "is_carried": ("merged_cell.origin_period",),
        "origin_period": ("cell_report.period", *_CARRY),
        "age_days": ("merged_cell.origin_period",),
        "is_ungraded": ("cell_report.quality",),
        "classification": ("cell_report.classification",),
        "handling": ("cell_report.handling",),
        "releasable_to": ("cell_report.releasable_to",),
        "submission_ids": ("cell_report.submission_ids",),
        "org_ids": ("cell_report.org_id",),
        "waivers": _each("waiver"),
        "crosswalk_ids": _CROSSWALKS,
        "recorded_from": ("cell_report.recorded_from", "adjudication.decided_at"),
    },
    "score": {
        "place_id": ("place.place_id", "place.level"),
        "period": ("merged_cell.period",),
        "period_start": ("score.period",),
        "period_end": ("score.period",),
        "node_code": ("indicator.dimension_code", "method.definition"),
        "score": ("merged_cell.score", *_LEAVES, *_WEIGHTS),
        "low": ("score.score", "merged_cell.score_error", "merged_cell.standard_error", *_WEIGHTS),
        "high": ("score.score", "merged_cell.score_error", "merged_cell.standard_error", *_WEIGHTS),
        "error_coverage": ("merged_cell.error_basis", *_IN_FORCE),
        "error_estimated": ("merged_cell.error_basis", *_IN_FORCE),
        "error_assumed": ("merged_cell.error_basis", *_IN_FORCE),
        "aggregation": ("method.definition",),
        "score_alternative": ("merged_cell.score", *_LEAVES, *_WEIGHTS),
        "band_scheme": ("method.definition",),
        "band": ("score.score", "method.definition"),
        "completeness": _IN_FORCE,
        "indicator_count": ("merged_cell.indicator_id",),
        "expected_count": ("indicator.level", "indicator.retired_on", "place.level"),
        "waived_count": ("merged_cell.waivers",),
        "carried_share": ("merged_cell.is_carried", *_IN_FORCE),
        "imputed_share": _IN_FORCE,
        "effective_weights": ("merged_cell.indicator_id", *_IN_FORCE),
        "method_version": ("method.method_version",),
        "classification": ("merged_cell.classification",),
        "releasable_to": ("merged_cell.releasable_to",),
        "recorded_from": ("merged_cell.recorded_from",),
    },
    "trend": {
        "place_id": ("score.place_id",),
        "node_code": ("score.node_code",),
        "period": ("score.period",),
        "trend_class": _POINTS,
        "slope": _POINTS,
        "mk_s": _POINTS,
        "mk_z": _POINTS,
        "p_value": _POINTS,
        "points_count": _POINTS,
        "volatility": _POINTS,
        "series_break": ("merged_cell.obs_status", "merged_cell.period", "score.period", "method.definition"),
        "change_after": _POINTS,
        "change_k": _POINTS,
        "change_p": _POINTS,
        "method_version": ("method.method_version",),
        "classification": ("score.classification",),
        "releasable_to": ("score.releasable_to",),
    },
}

for _table in ("score", "trend"):
    MADE_OF[f"method_{_table}"] = {
        name: tuple(f"method_{made}" if made.startswith(("score.", "trend.")) else made for made in inputs)
        for name, inputs in MADE_OF[_table].items()
    } | {"method_id": ("method.method_id",), "role": ("method.role",)}


def inputs_of(table: str, column: str, within: Collection[str] = ()) -> tuple[str, ...]:
    """What a derived column is made of, sorted; columns of its own table and of those `within` are followed to their origin.

    A column of no derived table is made of nothing.
    """
    inner, inputs = {table, *within}, set()
    waiting, seen = [f"{table}.{column}"], set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        of, _, what = name.partition(".")
        for part in MADE_OF.get(of, {}).get(what, ()):
            if part.partition(".")[0] not in inner:
                inputs.add(part)
            elif part not in seen:
                waiting.append(part)
    return tuple(sorted(inputs))
