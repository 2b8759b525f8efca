"""Tables computed from facts: merged cells, scores, trends, metric values."""

from __future__ import annotations

from typing import ClassVar

from idtracker.model.tables.base import Flag, Integer, MadeOf, Moment, Table, column
from idtracker.model.tables.outside_inputs import CLOCK, METRIC_DEFINITION, METRIC_INPUTS

_OWED = ("source_id", "period_end", "overdue_on", "received_at", "is_derogated")


class MergedCell(Table):
    """One value for one indicator, place and quarter, merged from every report about it by the declared policy."""

    key = ("indicator_id", "place_id", "period")

    indicator_id: str = column("Indicator", "indicator", required=True)
    place_id: str = column("Place", "place", required=True)
    period: str = column("Quarter", "period", required=True)
    period_start: Moment = column("First day of the quarter", "date", required=True)
    period_end: Moment = column("Last day of the quarter", "date", required=True)
    value: float = column("Merged value in the indicator's unit", "number", required=True)
    standard_error: float = column(
        "Standard error of the merged value in the indicator's unit, with what it has lost since where it is carried; empty "
        "only where no report states one and the indicator has no score",
        "number",
        ge=0,
    )
    score: float = column("Value between its goalposts, 100 is stable", "number", ge=0, le=100, unit="0-100")
    score_error: float = column("Standard error on the 0-100 scale", "number", ge=0, unit="0-100")
    error_basis: str = column(
        "What the error rests on, the weakest where on several: stated by a report, estimated from disagreement, calibration "
        "or the series' own history, or assumed by the method for that kind of indicator",
        "code",
        codelist="error_basis",
    )
    method: str = column("How the reports were merged", "code", required=True, codelist="merge_method")
    obs_count: Integer = column(
        "Observations behind the reports that count; of a carried or national cell, those behind what it was made of",
        "integer",
        required=True,
        ge=1,
    )
    org_count: Integer = column(
        "Independent organisations, one per origin; of a national cell made from governorates, the fewest behind one of them",
        "integer",
        required=True,
        ge=1,
    )
    spread: float = column(
        "Range of the reports on the 0-100 scale; empty where one report counts, and in a national cell",
        "number",
        ge=0,
        unit="0-100",
    )
    is_disagreement: Flag = column("Reports differ by more than the method allows", "flag", required=True)
    obs_status: str = column(
        "SDMX observation status; I where carried forward, U where reports disagree", "code", codelist="obs_status"
    )
    is_carried: Flag = column("Carried forward from an earlier period", "flag", required=True)
    origin_period: str = column("Period the value comes from", "period", required=True)
    age_days: Integer = column("End of the quarter minus end of the origin period", "integer", ge=0, unit="days")
    is_ungraded: Flag = column(
        "A report that counts, or a part of one, cannot be judged by its grades", "flag", required=True
    )
    classification: str = column("High-water mark of the reports", "code", codelist="classification", required=True)
    handling: str = column("Handling of all reports united", "text")
    releasable_to: str = column("Groups that may see every report", "text")
    submission_ids: str = column("Submissions behind the value, `;` between", "text", required=True)
    org_ids: str = column("Organisations behind the value, `;` between", "text", required=True)
    waivers: str = column(
        "Waivers of the rows behind the value (who, why, until when), `;` between; empty where there is none", "text"
    )
    crosswalk_ids: str = column(
        "Declared breaks by which values behind it were translated, and shares (`old>new`) by which it was taken over from "
        "another place, `;` between; empty where it is on today's basis as it was reported",
        "text",
    )
    recorded_from: Moment = column("Since when the value has been what it is", "instant", required=True)


class CellReport(Table):
    """One organisation's report behind one merged cell of its own quarter, used or not.

    Conflicting sources stay visible here beside the one value that was made of them. Copies that are carried forward and
    national cells made from governorates have no reports of their own.
    """

    key = ("indicator_id", "place_id", "period", "org_id", "origin")

    indicator_id: str = column("Indicator", "indicator", required=True)
    place_id: str = column("Place", "place", required=True)
    period: str = column("Quarter of the cell", "period", required=True)
    org_id: str = column(
        "Organisation whose word it is; the originator, else the source, where the row names none",
        "organisation",
        required=True,
    )
    origin: str = column(
        "Open source quoted, the identifier of an organisation where the register knows it; empty where it is the own word",
        "text",
    )
    value: float = column("Reported value of the quarter, in the indicator's unit", "number", required=True)
    standard_error: float = column("Its standard error; empty where none is stated", "number", ge=0)
    score: float = column("Value between its goalposts, 100 is stable", "number", ge=0, le=100, unit="0-100")
    quality: float = column("Quality from the Admiralty grades; empty where ungraded", "number", ge=0, le=1)
    weight: float = column("Share in the cell's value; 0 where it was not used", "number", required=True, ge=0, le=1)
    use: str = column("Whether it was used, else why not", "code", required=True, codelist="report_use")
    fact_ids: str = column("Observations that it was rolled up from, `;` between", "text", required=True)
    crosswalk_ids: str = column(
        "Declared breaks by which its rows were translated to today's basis, `;` between; empty where as reported",
        "text",
    )
    submission_ids: str = column("Submissions that it comes from, `;` between", "text", required=True)
    classification: str = column("High-water mark of its rows", "code", codelist="classification", required=True)
    handling: str = column("Handling of its rows united", "text")
    releasable_to: str = column("Groups that may see all its rows", "text")
    recorded_from: Moment = column("Since when the report has been what it is", "instant", required=True)


class Score(Table):
    """The tracker's score of one place, quarter and node of the index."""

    key = ("place_id", "period", "node_code")

    place_id: str = column("Place", "place", required=True)
    period: str = column("Quarter", "period", required=True)
    period_start: Moment = column("First day of the quarter", "date", required=True)
    period_end: Moment = column("Last day of the quarter", "date", required=True)
    node_code: str = column(
        "Node of the method: its root for the whole (STABILITY of the tracker's own), or one below it",
        "code",
        required=True,
    )
    score: float = column("Score, 100 is stable; empty below the coverage rule", "number", ge=0, le=100, unit="0-100")
    low: float = column(
        "Lower bound, 90 %, from the errors of all values, stated, estimated or assumed",
        "number",
        ge=0,
        le=100,
        unit="0-100",
    )
    high: float = column(
        "Upper bound, 90 %, from the errors of all values, stated, estimated or assumed",
        "number",
        ge=0,
        le=100,
        unit="0-100",
    )
    error_coverage: float = column(
        "Share of the present weight whose error is stated; empty where the score is withheld", "number", ge=0, le=1
    )
    error_estimated: float = column(
        "Share of the present weight whose error is estimated from disagreement, calibration or history; empty where the "
        "score is withheld",
        "number",
        ge=0,
        le=1,
    )
    error_assumed: float = column(
        "Share of the present weight whose error the method assumes; empty where the score is withheld",
        "number",
        ge=0,
        le=1,
    )
    aggregation: str = column("Aggregation below this node", "code", required=True, codelist="aggregation")
    score_alternative: float = column("The same node under the other aggregation", "number", ge=0, le=100, unit="0-100")
    band_scheme: str = column("Band scheme", "text", required=True)
    band: str = column("Band", "text")
    completeness: float = column("Share of the weight that is present", "number", required=True, ge=0, le=1)
    indicator_count: Integer = column("Indicators present", "integer", required=True, ge=0)
    expected_count: Integer = column("Indicators expected at this kind of place", "integer", required=True, ge=0)
    waived_count: Integer = column(
        "Indicators present whose value rests on a row let through by a waiver", "integer", required=True, ge=0
    )
    carried_share: float = column(
        "Share of the present weight that is carried forward, also where the score is withheld", "number", ge=0, le=1
    )
    imputed_share: float = column(
        "Share of the present weight that nobody reported and the method fills in, also where the score is withheld",
        "number",
        ge=0,
        le=1,
    )
    effective_weights: str = column(
        "Weights in force after missing ones are spread, JSON; empty where the score is withheld", "text"
    )
    method_version: str = column("Method that made the score", "text", required=True)
    classification: str = column("High-water mark of the cells", "code", codelist="classification", required=True)
    releasable_to: str = column("Groups that may see every cell", "text")
    recorded_from: Moment = column("Since when the inputs have been what they are", "instant")


class Trend(Table):
    """Where a score is heading, over a window of quarters that ends in the named one."""

    key = ("place_id", "period", "node_code")

    place_id: str = column("Place", "place", required=True)
    node_code: str = column("Node of the index", "code", required=True)
    period: str = column("Last quarter of the window", "period", required=True)
    trend_class: str = column("Direction", "code", required=True, codelist="trend_class")
    slope: float = column("Theil-Sen slope", "number", unit="points per quarter")
    mk_s: Integer = column("Mann-Kendall S", "integer")
    mk_z: float = column("Mann-Kendall Z with continuity correction", "number")
    p_value: float = column("Two-sided p of the Mann-Kendall test", "number", ge=0, le=1)
    points_count: Integer = column("Points in the window, carried ones left out", "integer", required=True, ge=0)
    volatility: float = column(
        "Median absolute distance of the points from the Theil-Sen line, from their own median",
        "number",
        ge=0,
        unit="points",
    )
    series_break: str = column(
        "Quarter of the last break in the window; points before it are not compared. Empty where there is none",
        "period",
    )
    change_after: str = column("Last quarter before the level changes; empty where no change is significant", "period")
    change_k: Integer = column("Pettitt K of the most likely change of level", "integer", ge=0)
    change_p: float = column("Two-sided p of Pettitt's test", "number", ge=0, le=1)
    method_version: str = column("Method that made the trend", "text", required=True)


class MetricValue(Table):
    """One measure of one integration metric for one scope and period."""

    key = ("metric_id", "measure", "scope", "period", "as_of_on")

    metric_id: str = column("Metric", "code", required=True)
    metric_version: str = column("Version of the metric's definition", "text", required=True)
    measure: str = column("Which figure of the metric (`value` where there is one)", "text", required=True)
    scope: str = column("`programme`, or what the value is about, such as `place=JO-MA`", "text", required=True)
    period: str = column("Quarter", "period", required=True)
    period_start: Moment = column("First day of the quarter", "date", required=True)
    period_end: Moment = column("Last day of the quarter", "date", required=True)
    value: float = column("Value; empty where suppressed", "number")
    lower: float = column(
        "Lower end of the 90 % interval, or of the range that conflicting claims or unreported ties leave; empty where there is none",
        "number",
    )
    upper: float = column("Upper end of the same; empty where there is none", "number")
    unit: str = column("Unit", "text", required=True)
    numerator: float = column("Numerator", "number")
    denominator: float = column("Denominator", "number")
    n: Integer = column("Units behind the value", "integer", required=True, ge=0)
    suppressed_reason: str = column("Why there is no value", "code", codelist="suppression_reason")
    is_stale: Flag = column(
        "Whether a source that feeds the inputs owed a report by then that is newer than any it sent; empty where not worked out",
        "flag",
    )
    overdue_source_ids: str = column("These sources, `;` between", "text")
    as_of_on: Moment = column(
        "Day of the first reading (month end, publication of a round or day of knowledge) since which the figure has been what it is",
        "date",
        required=True,
    )
    made_of: ClassVar[MadeOf] = {
        "metric_id": (METRIC_DEFINITION,),
        "metric_version": (METRIC_DEFINITION,),
        "measure": (METRIC_DEFINITION,),
        "unit": (METRIC_DEFINITION,),
        "scope": (METRIC_INPUTS,),
        "value": (METRIC_INPUTS,),
        "lower": (METRIC_INPUTS,),
        "upper": (METRIC_INPUTS,),
        "numerator": (METRIC_INPUTS,),
        "denominator": (METRIC_INPUTS,),
        "n": (METRIC_INPUTS,),
        "suppressed_reason": (METRIC_INPUTS,),
        "is_stale": tuple(f"obligation.{name}" for name in _OWED),
        "overdue_source_ids": tuple(f"obligation.{name}" for name in _OWED),
        "period": (CLOCK,),
        "period_start": (CLOCK,),
        "period_end": (CLOCK,),
        "as_of_on": (CLOCK,),
        "classification": (METRIC_INPUTS,),
        "releasable_to": (METRIC_INPUTS,),
    }
