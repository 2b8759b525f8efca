"""Family `flow`, third part: whether reports come, come in time, and how old the data are, IM-13 to IM-15."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs, plain_rows
from idtracker.analyse.metrics.merged import cell_rows, cells_of, latest_cells
from idtracker.analyse.metrics.metric_result import PROGRAMME, Evidence, MetricResult, figure, listed, ratio, share_of
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
    direction="higher",
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
    owed = _required(inputs, quarter)
    evidence = _evidence(inputs, owed)
    for scope, reports in _per_organisation(owed):
        counts = [report.is_received for report in reports]
        yield share_of("value", [report.unit for report in reports], counts, scope=scope, evidence=evidence)


@metric(
    "IM-14",
    family="flow",
    name="Punctuality",
    name_ar="الالتزام بالمواعيد",
    question="Are reports on time?",
    formula="median(received - due); #{received before the day of being overdue} / #required",
    unit="days",
    direction="lower",
    measure_directions={"on_time": "higher"},
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
    owed = _required(inputs, quarter)
    evidence = _evidence(inputs, owed)
    for scope, reports in _per_organisation(owed):
        units, received = [report.unit for report in reports], [report.is_received for report in reports]
        late = [report.days_late for report in reports if report.is_received]
        yield figure(
            "median_days_late",
            float(np.median(late)) if late else None,
            partial(listed, units, received),
            numerator=len(late),
            denominator=len(reports),
            n=len(reports),
            base=len(late),
            scope=scope,
            evidence=evidence,
        )
        on_time = [report.is_received and report.is_on_time for report in reports]
        yield share_of("on_time", units, on_time, scope=scope, evidence=evidence)


@metric(
    "IM-15",
    family="flow",
    name="Timeliness of the data in use",
    name_ar="حداثة البيانات المستخدمة",
    question="How old is what we use?",
    formula="Σ w (end of quarter - end of origin period) / Σ w; #{last report older than its maximum age} / #series",
    unit="days",
    direction="lower",
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
    weights = np.nan_to_num(now.weight)
    total, weighted = float(weights.sum()), float((weights * now.age).sum())
    shown = ["indicator_id", "place_id", "origin_period"]
    yield figure(
        "mean_age",
        weighted / total if total > 0 else None,
        partial(cell_rows, inputs, now.places, weight=now.weight, age=now.age),
        numerator=weighted,
        denominator=total,
        n=len(now.places),
        evidence=[Evidence("merged_cell", partial(cell_rows, inputs, now.places), shown)],
    )
    too_old = latest.age > latest.max_age_days
    units = partial(cell_rows, inputs, latest.places, counts=too_old)
    yield ratio("too_old", units, too_old, evidence=[Evidence("merged_cell", units, shown)])


class Owed(NamedTuple):
    """A report that is owed, and whether and when it arrived by the day of knowledge."""

    place: int
    unit: str
    org: str
    is_received: bool
    is_on_time: bool
    days_late: int


def _required(inputs: Inputs, quarter: Quarter) -> list[Owed]:
    """Reports for periods that end in the quarter, derogations left out, whose grace has passed."""
    return inputs.remember(("required", quarter), lambda: _owed(inputs, quarter))


def _owed(inputs: Inputs, quarter: Quarter) -> list[Owed]:
    rows, now = inputs.table("obligation"), inputs.as_of.to_datetime64()
    places = inputs.places_in("obligation", "period_end", quarter)
    is_due = rows["overdue_on"].to_numpy()[places] <= now
    places = places[is_due & ~rows["is_derogated"].to_numpy(dtype=bool, na_value=False)[places]]
    has_come = (rows["received_at"].to_numpy()[places] <= now).tolist()
    columns = ("source_id", "org_id", "period", "received_at", "due_on", "overdue_on")
    stands_for, owed = inputs.successors(quarter), []
    for place, is_received, (source, org, period, came, due, overdue) in zip(
        places.tolist(), has_come, plain_rows(rows, columns, places), strict=True
    ):
        on_time, late = (came < overdue, came - due) if is_received else (False, 0)
        owed.append(Owed(place, f"{source} {org} {period}", stands_for.get(org, org), is_received, on_time, late))
    return owed


def _per_organisation(owed: list[Owed]) -> list[tuple[str, list[Owed]]]:
    """All of them, and those of each organisation, in order."""
    of: dict[str, list[Owed]] = {}
    for report in owed:
        of.setdefault(report.org, []).append(report)
    return [(PROGRAMME, owed), *((f"org={org}", of[org]) for org in sorted(of))]


def _evidence(inputs: Inputs, owed: list[Owed]) -> list[Evidence]:
    return [Evidence("obligation", partial(_rows, inputs, owed), ["source_id", "org_id", "period", "state"])]


def _rows(inputs: Inputs, owed: list[Owed]) -> pd.DataFrame:
    rows = inputs.table("obligation").take([report.place for report in owed])
    return rows.assign(unit=[report.unit for report in owed])
