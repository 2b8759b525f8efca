"""Why scores moved: differences of scores by cause, indicator and organisation."""

from __future__ import annotations

from typing import ClassVar

from idtracker.model.tables.base import MadeOf, Moment, Table, column
from idtracker.model.tables.outside_inputs import METRIC_DEFINITION, METRIC_INPUTS

_SCALE = ("indicator.goalpost_low", "indicator.goalpost_high", "indicator.direction")
_WEIGHTS = ("indicator.weight", "indicator.dimension_code", "method.definition")
_MOVED = (
    *("score.score", "merged_cell.score", "merged_cell.value", "merged_cell.is_carried", "cell_report.value"),
    *("cell_report.weight", "place.population", *_SCALE, *_WEIGHTS),
)


class ScoreChange(Table):
    """One part of the difference of a score: from the quarter before (PERIOD), or from what was known before (KNOWLEDGE).

    The points of one change add up to its difference. Where one side has no score there is no difference: a row of cause
    APPEARED or WITHHELD says so, and no row has points.
    """

    key = ("place_id", "period", "node_code", "basis", "cause", "indicator_id", "org_id")

    place_id: str = column("Place", "place", required=True)
    period: str = column("Quarter", "period", required=True)
    node_code: str = column("Node: STABILITY for the whole, or a dimension", "code", required=True)
    basis: str = column(
        "What the score is compared with: the quarter before, or the last other score of the same quarter",
        "code",
        required=True,
        codelist="change_basis",
    )
    since_period: str = column("Quarter of the score before", "period", required=True)
    since_known: Moment = column(
        "Instant from which the score before was known, of KNOWLEDGE; both quarters as known now where empty", "instant"
    )
    cause: str = column("Why it moved", "code", required=True, codelist="change_cause")
    indicator_id: str = column("Indicator; empty where the cause is of none, such as another aggregation", "indicator")
    org_id: str = column("Organisation whose reports did it; empty where it is nobody's", "organisation")
    points: float = column("Part of the difference; empty where one side has no score", "number", unit="points")
    points_error: float = column(
        "Standard error of the part where orders were sampled; 0 where it is exact", "number", ge=0, unit="points"
    )
    score_before: float = column("Score before; empty where it was withheld", "number", ge=0, le=100, unit="0-100")
    score_after: float = column("Score after; empty where it is withheld", "number", ge=0, le=100, unit="0-100")
    method_version: str = column("Method of the score after", "text", required=True)
    classification: str = column(
        "The higher of both scores' markings", "code", required=True, codelist="classification"
    )
    releasable_to: str = column("Groups that may see both scores", "text")
    made_of: ClassVar[MadeOf] = {
        "place_id": ("score.place_id",),
        "period": ("score.period",),
        "node_code": ("score.node_code",),
        "basis": ("score.period", "score.recorded_from"),
        "since_period": ("score.period",),
        "since_known": ("score.recorded_from",),
        "cause": _MOVED,
        "indicator_id": ("merged_cell.indicator_id",),
        "org_id": ("cell_report.org_id",),
        "points": _MOVED,
        "points_error": _MOVED,
        "score_before": ("score.score",),
        "score_after": ("score.score",),
        "method_version": ("method.method_version",),
        "classification": ("score.classification",),
        "releasable_to": ("score.releasable_to",),
    }


class NetworkChange(Table):
    """One part of the difference of a network metric from the quarter before, as known now.

    The parts of one difference add up to it. Where the figure is withheld on one side there is no difference: a row of cause
    APPEARED or WITHHELD says so, without a contribution.
    """

    key = ("metric_id", "measure", "period", "cause")

    metric_id: str = column("Metric", "code", required=True)
    measure: str = column(
        "Which figure of the metric, with organisations as they were in each quarter", "text", required=True
    )
    period: str = column("Quarter", "period", required=True)
    since_period: str = column("Quarter before", "period", required=True)
    cause: str = column("Why it differs", "code", required=True, codelist="network_change_cause")
    contribution: float = column("Part of the difference; empty where the figure is withheld on one side", "number")
    value_before: float = column("Value in the quarter before; empty where it was withheld", "number")
    value_after: float = column("Value in the quarter; empty where it is withheld", "number")
    classification: str = column(
        "The higher of both figures' markings", "code", required=True, codelist="classification"
    )
    releasable_to: str = column("Groups that may see both figures", "text")
    made_of: ClassVar[MadeOf] = {
        "metric_id": (METRIC_DEFINITION,),
        "measure": (METRIC_DEFINITION,),
        "period": ("metric_value.period",),
        "since_period": ("metric_value.period",),
        "cause": (METRIC_INPUTS,),
        "contribution": (METRIC_INPUTS,),
        "value_before": ("metric_value.value",),
        "value_after": ("metric_value.value",),
        "classification": ("metric_value.classification",),
        "releasable_to": ("metric_value.releasable_to",),
    }
