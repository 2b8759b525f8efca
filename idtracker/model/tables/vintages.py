"""Derived tables over time: for each of them a table of the same rows with from when to when they were known."""

from __future__ import annotations

from idtracker.model.tables.base import Moment, Table, column
from idtracker.model.tables.derived import CellReport, MergedCell, MetricValue, Score, Trend
from idtracker.model.tables.judgements.tables import Calibration, Scenario
from idtracker.model.tables.operations import Obligation
from idtracker.model.tables.rounds.tables import Round, RoundAction, RoundOrganisation
from idtracker.model.tables.scores.method_scores import MethodScore, MethodTrend
from idtracker.model.tables.scores.warnings import Warning, WarningSkill

SUFFIX = "_vintage"
KNOWN = ("known_from", "known_to")
KEYS: dict[str, tuple[str, ...]] = {
    "merged_cell": ("indicator_id", "place_id", "period"),
    "cell_report": ("indicator_id", "place_id", "period", "org_id", "origin"),
    "score": ("place_id", "period", "node_code"),
    "method_score": ("method_id", "place_id", "period", "node_code"),
    "trend": ("place_id", "node_code", "period"),
    "method_trend": ("method_id", "place_id", "node_code", "period"),
    "metric_value": ("metric_id", "measure", "scope", "period"),
    "warning": ("rule_id", "place_id", "period"),
    "warning_skill": ("rule_id",),
    "obligation": ("source_id", "period"),
    "scenario": ("question_id", "period", "scheme"),
    "calibration": ("assessor", "scheme", "horizon"),
    "round": ("round_id",),
    "round_organisation": ("round_id", "org_id"),
    "round_action": ("round_id", "action_number"),
}
"""What names a row of a table that is kept over time."""
SINCE = dict.fromkeys(("metric_value", "warning", "warning_skill"), ("as_of_on",))
"""Columns that say since when a row says what it says, and so make no new version of it."""


def _as_vintages(model: type[Table]) -> type[Table]:
    """A model with the columns of another and the time of knowledge."""
    name = f"{model.__name__}Vintage"
    summary = (model.__doc__ or "").strip().split("\n\n")[0].rstrip(".")
    moments = {
        "known_from": column("From when this was what the table said, UTC", "instant", required=True),
        "known_to": column("Until when; empty while it says so", "instant"),
    }
    return type(
        name,
        (model,),
        {
            "__doc__": f"One version of a row over time: {summary[0].lower()}{summary[1:]}, as it was known.",
            "__module__": __name__,
            "key": (),
            "__annotations__": dict.fromkeys(KNOWN, Moment),
            **moments,
        },
    )


MergedCellVintage = _as_vintages(MergedCell)
CellReportVintage = _as_vintages(CellReport)
ScoreVintage = _as_vintages(Score)
MethodScoreVintage = _as_vintages(MethodScore)
TrendVintage = _as_vintages(Trend)
MethodTrendVintage = _as_vintages(MethodTrend)
MetricValueVintage = _as_vintages(MetricValue)
WarningVintage = _as_vintages(Warning)
WarningSkillVintage = _as_vintages(WarningSkill)
ObligationVintage = _as_vintages(Obligation)
ScenarioVintage = _as_vintages(Scenario)
CalibrationVintage = _as_vintages(Calibration)
RoundVintage = _as_vintages(Round)
RoundOrganisationVintage = _as_vintages(RoundOrganisation)
RoundActionVintage = _as_vintages(RoundAction)


def vintages_of(table: str) -> str:
    """Name of the table that holds a derived table over time."""
    return f"{table}{SUFFIX}"
