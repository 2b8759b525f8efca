"""What reports that are owed would tell: how much narrower intervals would be if they came."""

from __future__ import annotations

from typing import ClassVar

from idtracker.model.tables.base import Integer, MadeOf, Table, column

_WEIGHTS = ("indicator.weight", "indicator.dimension_code", "method.definition")
_EXPECTED = (
    *(
        "obligation.state",
        "obligation.period_start",
        "obligation.period_end",
        "merged_cell.is_carried",
        "merged_cell.origin_period",
    ),
    *(
        "merged_cell.value",
        "merged_cell.score",
        "merged_cell.standard_error",
        "merged_cell.score_error",
        "cell_report.weight",
    ),
    *("cell_report.period", "cell_report.submission_ids", "place.population", *_WEIGHTS),
)


class MissingReport(Table):
    """What one report that is owed and has not come would do to one score of the last two quarters: its interval and coverage.

    A report that would change nothing, or of which nothing can be said, has one row without a place, whose `estimate` says why.
    """

    key = ("source_id", "org_id", "report_period", "place_id", "period", "node_code")
    has_series = False

    source_id: str = column("Source", "text", required=True)
    org_id: str = column("Organisation that owes it", "organisation", required=True)
    report_period: str = column("Period that the report is about", "period", required=True)
    state: str = column("due or overdue, as in `obligation`", "text", required=True)
    estimate: str = column(
        "Whether there is an estimate, else why not", "code", required=True, codelist="missing_estimate"
    )
    place_id: str = column("Place of the score", "place")
    period: str = column("Quarter of the score", "period")
    node_code: str = column("Node of the score", "code")
    score: float = column(
        "Score as it is; a report that has not come does not move its expected value. Empty where it is withheld",
        "number",
        ge=0,
        le=100,
        unit="0-100",
    )
    width: float = column("Width of its 90 % interval now; empty where there is none", "number", ge=0, unit="points")
    width_unknown: float = column(
        "Width now if the cells that are absent and would come were counted, as values of which nothing is known (100/√12 points); "
        "the width now where none is absent",
        "number",
        ge=0,
        unit="points",
    )
    width_with: float = column(
        "Expected width with the report; empty where there would be none, or an error is not known",
        "number",
        ge=0,
        unit="points",
    )
    narrowing: float = column(
        "width_unknown less width_with; below 0 where the report is usually less sure than what is carried",
        "number",
        unit="points",
    )
    completeness: float = column("Share of the weight that is present now", "number", ge=0, le=1)
    completeness_with: float = column("The same with the report", "number", ge=0, le=1)
    cells_count: Integer = column(
        "Cells of the place below the node that would be new; 0 where the score gains through other places alone",
        "integer",
        ge=0,
    )
    indicator_ids: str = column("Indicators of these cells, or of those of other places, `;` between", "text")
    reported_count: Integer = column(
        "In how many of the source's last quarters with reports it had these cells; the fewest of any", "integer", ge=1
    )
    of_count: Integer = column("How many quarters were looked at, 8 at most", "integer", ge=1)
    error_basis: str = column(
        "What the expected errors of these cells rest on, the weakest", "code", codelist="error_basis"
    )
    method_version: str = column("Method of the score", "text", required=True)
    made_of: ClassVar[MadeOf] = {
        **{name: (f"obligation.{name}",) for name in ("source_id", "org_id", "state")},
        "report_period": ("obligation.period",),
        "estimate": _EXPECTED,
        **{name: (f"score.{name}",) for name in ("place_id", "period", "node_code", "score", "completeness")},
        "width": ("score.low", "score.high"),
        **dict.fromkeys(("width_unknown", "width_with", "narrowing"), ("score.low", "score.high", *_EXPECTED)),
        **dict.fromkeys(("completeness_with", "cells_count"), _EXPECTED),
        "indicator_ids": ("merged_cell.indicator_id", "cell_report.indicator_id"),
        **dict.fromkeys(("reported_count", "of_count"), ("cell_report.period", "cell_report.submission_ids")),
        "error_basis": ("merged_cell.error_basis",),
        "method_version": ("method.method_version",),
        **{name: (f"score.{name}", f"obligation.{name}") for name in ("classification", "releasable_to")},
    }
