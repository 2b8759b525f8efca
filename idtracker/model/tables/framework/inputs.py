"""What each column of the tables of the framework is made of."""

from __future__ import annotations

from collections.abc import Mapping

from idtracker.model.tables.base import Table, columns_of
from idtracker.model.tables.framework.tables import (
    FrameworkAnswer,
    FrameworkElement,
    FrameworkEvidence,
    FrameworkGap,
    KpqView,
)
from idtracker.model.tables.outside_inputs import CLOCK, FRAMEWORK

_DEFINED = (
    *("framework_version", "subject_code", "subject_kind", "evidence_code", "stage_code", "function_code"),
    *("question_code", "group_code", "element_code", "states", "metric_id", "measure", "unit"),
)
_TEAM = ("kpq_response.org_id", "kpq_response.scope_id", "organisation.successor_org_id", "organisation.valid_to")
_REPLIED = ("kpq_response.kpq_code", "kpq_response.answer", "kpq_response.period_end", *_TEAM)
_FIGURE = ("metric_value.value", "metric_value.lower", "metric_value.upper")
_CHANGED = (*_FIGURE, "metric_value.numerator", "metric_value.denominator", "metric_value.n", FRAMEWORK)
_OWED = ("obligation.state", "obligation.period_start", "obligation.period_end", FRAMEWORK)
_OF_METRICS = {n: (f"metric_value.{n}",) for n in ("value", "lower", "upper", "n", "suppressed_reason", "scope")}
_OF_ANSWERS = {
    "answer": _REPLIED,
    "ancr": ("kpq_response.ancr", *_REPLIED),
    "has_evidence": ("kpq_response.evidence", *_REPLIED),
    "rank_difference": _REPLIED,
    "baseline_answer": _REPLIED,
    "last_answered_period": _REPLIED,
    "cited_count": ("kpq_response.evidence", *_REPLIED),
    "other_stage_count": ("kpq_response.stage", FRAMEWORK, *_REPLIED),
    **{
        f"confidence_{name}_count": ("kpq_response.ancr", *_REPLIED) for name in ("high", "moderate", "low", "unstated")
    },
    **dict.fromkeys(("lowest_answer", "highest_answer", "is_disagreement"), _REPLIED),
    **{f"{name}_count": _REPLIED for name in ("roster", "answered", "silent", "yes", "partly", "no", "not_yet", "na")},
    **{f"{name}_count": _REPLIED for name in ("paired", "rose", "fell")},
}
_OF_COUNTS = {
    **dict.fromkeys(("evidence_count", "value_count", "missing_count"), ("metric_value.value", FRAMEWORK)),
    **{
        f"{name}_count": _CHANGED
        for name in (
            *("improved", "worsened", "unchanged", "indistinct", "no_interval", "unjudged", "unknown"),
            *("point_better", "point_worse"),
        )
    },
    "overdue_count": _OWED,
}
_OF_CHANGES = dict.fromkeys(
    ("baseline_value", "change", "change_lower", "change_upper", "interval_basis", "direction", "point_direction"),
    _CHANGED,
)


def _marked(*tables: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(f"{table}.{name}" for table in tables) for name in ("classification", "releasable_to")}


def _made(model: type[Table], own: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """What the columns of a table are made of: of the definition, of the clock, or as `own` or the parts above say."""
    known: dict[str, tuple[str, ...]] = {
        **dict.fromkeys(_DEFINED, (FRAMEWORK,)),
        **dict.fromkeys(("period", "period_start", "period_end"), (CLOCK,)),
        **_OF_METRICS,
        **_OF_ANSWERS,
        **_OF_COUNTS,
        **_OF_CHANGES,
        **own,
    }
    return {spec.name: known[spec.name] for spec in columns_of(model)}


OF_FRAMEWORK: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "kpq_view": _made(
        KpqView,
        {"scope": _TEAM, "baseline_period": _REPLIED} | _marked("metric_value", "kpq_response", "obligation"),
    ),
    "framework_element": _made(FrameworkElement, _marked("metric_value", "obligation")),
    "framework_evidence": _made(
        FrameworkEvidence, {"baseline_period": ("metric_value.period", "metric_value.value")} | _marked("metric_value")
    ),
    "framework_answer": _made(
        FrameworkAnswer,
        {"org_id": _TEAM, "scope_id": _TEAM, "baseline_period": _REPLIED} | _marked("kpq_response"),
    ),
    "framework_gap": _made(
        FrameworkGap,
        {
            "gap": ("metric_value.value", *_REPLIED, *_OWED),
            "source_id": ("obligation.source_id", FRAMEWORK),
            "org_id": ("obligation.org_id", *_TEAM),
            "scope_id": _TEAM,
            "report_period": ("obligation.period", *_OWED),
        }
        | _marked("metric_value", "kpq_response", "obligation"),
    ),
}
