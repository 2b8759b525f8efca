"""Derived tables over time: for each of them a table of the same rows with from when to when they were known."""

from __future__ import annotations

from idtracker.model.tables.base import Moment, Table, column, name_of
from idtracker.model.tables.derived import CellReport, MergedCell, MetricValue, Score, Trend
from idtracker.model.tables.judgements.tables import Calibration, Scenario
from idtracker.model.tables.operations import Obligation
from idtracker.model.tables.rounds.tables import Round, RoundAction, RoundOrganisation
from idtracker.model.tables.scores.method_scores import MethodScore, MethodTrend
from idtracker.model.tables.scores.warnings import Warning, WarningSkill

SUFFIX = "_vintage"
KNOWN = ("known_from", "known_to")
RECORDED = ("recorded_from", "recorded_to")
"""The same of a fact table, which holds every version of its rows itself."""
SINCE = dict.fromkeys(("metric_value", "warning", "warning_skill"), ("as_of_on",))
"""Columns that say since when a row says what it says, and so make no new version of it."""
_KEPT: tuple[type[Table], ...] = (
    *(MergedCell, CellReport, Score, MethodScore, Trend, MethodTrend, MetricValue, Warning, WarningSkill, Obligation),
    *(Scenario, Calibration, Round, RoundOrganisation, RoundAction),
)
"""The tables that are kept over time."""
_KEYS = {
    "trend": ("place_id", "node_code", "period"),
    "method_trend": ("method_id", "place_id", "node_code", "period"),
    "obligation": ("source_id", "period"),
}
"""Where what names a row over time is not the key of the table, in this order: whoever owes a report may change."""


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


def vintages_of(table: str) -> str:
    """Name of the table that holds a derived table over time."""
    return f"{table}{SUFFIX}"


def _key(table: str, model: type[Table]) -> tuple[str, ...]:
    return _KEYS.get(table) or tuple(name for name in model.key if name not in SINCE.get(table, ()))


KEYS: dict[str, tuple[str, ...]] = {name_of(model): _key(name_of(model), model) for model in _KEPT}
"""What names a row of a table that is kept over time."""
OVER_TIME: dict[str, type[Table]] = {vintages_of(name_of(model)): _as_vintages(model) for model in _KEPT}
"""The tables that hold them."""


def versions_of_rows(table: str) -> tuple[str, tuple[str, str]]:
    """The table that holds every version of the rows of a fact table, or of a derived one that is kept over time; and from when to when each was known."""
    return (vintages_of(table), KNOWN) if table in KEYS else (table, RECORDED)
