"""Family `flow`, second half: whether reports come, come in time, and how old the data are, IM-13 to IM-15."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.merged import cells_of, latest_cells
from idtracker.analyse.metrics.metric_result import PROGRAMME, Evidence, MetricResult, figure, share
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric

_OBLIGATION = {
    "obligation": ["source_id", "org_id", "period", "period_end", "due_on", "overdue_on", "received_at", "is_derogated"]
}


@metric(
    "IM-13",
    family="flow",
    name="Reporting completeness",
    name_ar="اكتمال التقارير",
    question="Did everyone report everything?",
    formula="#(received and required) / #required",
    unit="%",
    denominator="reports owed for periods that end in the quarter, derogations left out, once their grace has passed",
    inputs=_OBLIGATION,
    source="European Statistical System, indicator R1 (data completeness)",
    measures={"value": "Share of required reports that have arrived"},
    elements=["B2", "B5"],
    kpqs=["K7"],
    limitations="A report counts from the day on which a missing one is overdue, so a quarter that has just ended has no "
    "value yet. A late report counts once it has arrived: an old quarter may still rise with the day of knowledge.",
)
def completeness(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme and per organisation."""
    units = _required(inputs, quarter)
    for scope, group in _per_organisation(units):
        yield share("value", group, scope=scope, evidence=_evidence(units))


@metric(
    "IM-14",
    family="flow",
    name="Punctuality",
    name_ar="الالتزام بالمواعيد",
    question="Are reports on time?",
    formula="median(received - due); #{received before the day of being overdue} / #required",
    unit="days",
    denominator="reports owed as in IM-13; for the median those that have arrived",
    inputs=_OBLIGATION,
    source="European Statistical System, indicator TP3 (punctuality)",
    measures={
        "median_days_late": "Median of arrival minus due date; negative is early",
        "on_time": "Share of required reports that arrived within due date and grace",
    },
    measure_units={"on_time": "%"},
    elements=["B2", "B5"],
    kpqs=["K7"],
    minimum_denominator=3,
    limitations="The median leaves out reports that never came; read it with the share. The least number of reports is 3, "
    "which is what a monthly reporter owes in a quarter. The numerator of the median is the number received.",
)
def punctuality(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme and per organisation."""
    required = _required(inputs, quarter)
    evidence = _evidence(required)
    for scope, group in _per_organisation(required):
        received = group[group["counts"]]
        late = (received["received_at"].dt.normalize() - received["due_on"]).dt.days
        median = float(late.median()) if len(received) else None
        yield figure(
            "median_days_late",
            median,
            group,
            numerator=len(received),
            denominator=len(group),
            base=len(received),
            scope=scope,
            evidence=evidence,
        )
        on_time = group["counts"] & (group["received_at"].dt.normalize() < group["overdue_on"])
        yield share("on_time", group.assign(counts=on_time), scope=scope, evidence=evidence)


@metric(
    "IM-15",
    family="flow",
    name="Timeliness of the data in use",
    name_ar="حداثة البيانات المستخدمة",
    question="How old is what we use?",
    formula="Σ w (end of quarter - end of origin period) / Σ w; #{last report older than its maximum age} / #series",
    unit="days",
    denominator="merged cells of the quarter; for the share every indicator and place reported so far",
    inputs={
        "merged_cell": ["indicator_id", "place_id", "period_end", "age_days"],
        "indicator": ["indicator_id", "weight", "max_age_days"],
    },
    source="European Statistical System, indicator TP1 (timeliness)",
    measures={
        "mean_age": "Mean age of the cells at the end of the quarter, weighted as the indicators are",
        "too_old": "Share of indicators and places whose last report is older than the indicator allows",
    },
    measure_units={"too_old": "%"},
    kpqs=["K7"],
    limitations="Age is measured at the end of the quarter, not on the day of knowledge. Cells beyond their maximum age "
    "leave the tracker and the mean age with it, which is why the share counts every series reported so far. "
    "Indicators without weight do not enter the mean.",
)
def timeliness(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Age is the end of the quarter minus the end of the period that the value comes from."""
    now, latest = cells_of(inputs, quarter), latest_cells(inputs, quarter)
    weights = now["weight"].fillna(0.0)
    total = float(weights.sum())
    weighted = float((weights * now["age"]).sum())
    yield figure(
        "mean_age",
        weighted / total if total > 0 else None,
        now,
        numerator=weighted,
        denominator=total,
        evidence=[Evidence("merged_cell", now, ["indicator_id", "place_id", "origin_period"])],
    )
    too_old = (latest["age"] > latest["max_age_days"].astype("float64")).astype(bool)
    yield share(
        "too_old",
        latest.assign(counts=too_old),
        evidence=[Evidence("merged_cell", latest, ["indicator_id", "place_id", "origin_period"])],
    )


def _required(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Obligations for periods that end in the quarter whose grace has passed; `counts`: arrived by the day of knowledge."""
    rows = inputs.table("obligation")
    is_owed = ~rows["is_derogated"].fillna(False).astype(bool)
    rows = rows[is_owed & rows["period_end"].between(quarter.start, quarter.end) & (rows["overdue_on"] <= inputs.as_of)]
    org = inputs.identify(rows["org_id"], quarter)
    return rows.assign(
        unit=rows["source_id"] + " " + rows["org_id"] + " " + rows["period"],
        org=org,
        counts=(rows["received_at"] <= inputs.as_of).eq(True),
    )


def _per_organisation(units: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(PROGRAMME, units), *((f"org={org}", group) for org, group in units.groupby("org", sort=True))]


def _evidence(units: pd.DataFrame) -> list[Evidence]:
    return [Evidence("obligation", units, ["source_id", "org_id", "period", "state"])]
