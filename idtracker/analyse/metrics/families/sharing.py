"""Family `flow`, second part: how long those entitled to information wait for it, and whether they get it, IM-08 and IM-11."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.indices import log_rank, waiting_time
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import PROGRAMME, Evidence, MetricResult, figure, listed, ratio
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric
from idtracker.analyse.metrics.scopes.labels import departments, of_products
from idtracker.analyse.metrics.sharing.events import (
    EVENTS,
    SHARE_EVENT,
    Entitlement,
    event_evidence,
    event_rows,
    logged,
)
from idtracker.analyse.metrics.sharing.own_log import (
    OWN_LOG_INPUTS,
    REPORTS,
    ROUNDS,
    own_evidence,
    own_rows,
    published,
    reported,
)
from idtracker.analyse.metrics.sharing.reads import (
    READ_INPUTS,
    READS,
    SHOWN,
    TABLE,
    days_of_reads,
    read,
    read_rows,
    units_of,
)

_INPUTS = {
    **SHARE_EVENT,
    **READ_INPUTS,
    **OWN_LOG_INPUTS,
    "organisation": ["org_id", "is_hmg", "group_code", "successor_org_id", "valid_from", "valid_to"],
}
_DENOMINATOR = "items and recipients entitled to them, available in the four quarters to the end of the quarter"
_LOGS = (
    "These logs count: events that organisations log (`log=events`), reports owed to the programme (`log=reports`, available at the end of "
    "their period), rounds with HMG (`log=rounds`, available when frozen) and, where programme.yml names `readers`, reports that other "
    "organisations may read (`log=reads`, available on arrival, shared when a publication made after it was first opened). That a publication was opened "
    "does not say what was looked at in it, and reads of copies are not recorded."
)


@metric(
    "IM-08",
    family="flow",
    name="Time to share",
    name_ar="الزمن اللازم لمشاركة المعلومات",
    question="How fast is information shared?",
    formula="Kaplan-Meier median and 90th percentile of shared_on - available_on, unshared items right-censored; log-rank test of recipients",
    unit="days",
    direction="lower",
    denominator=_DENOMINATOR,
    inputs=_INPUTS,
    source="Kaplan and Meier (1958); Mantel (1966)",
    measures={
        "median": "Days after which half of the items have been shared",
        "p90": "Days after which nine in ten have been shared",
        "median_inside": "The median of logged events whose recipient is in HMG",
        "median_outside": "The median of logged events whose recipient is outside HMG",
        "logrank": "Log-rank chi-square (one degree of freedom): whether recipients in and outside HMG wait differently",
        "logrank_p": "Probability of so large a difference if both waited alike",
    },
    measure_units={"logrank": "chi-square", "logrank_p": "0-1"},
    measure_directions={"logrank": "none", "logrank_p": "none"},
    elements=["B2", "U2"],
    kpqs=["K7"],
    limitations="Covers a trailing window of four quarters. Items not shared by the end of the quarter (or the day of "
    "knowledge, where earlier) are censored there. Undefined where too few have been shared to reach the percentile. "
    f"The numerator is the number shared. {_LOGS} The test says which side waits longer by its numerator, what was shared with "
    "recipients outside HMG, and its denominator, what would have been had all waited alike. It treats items as independent, and is "
    "withheld where either side has fewer than the least number. A recipient that the register does not know is on neither side.",
)
def time_to_share(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme, each log, department and objective. An item shared before it was available counts as shared at once."""
    every = _available(inputs, quarter)
    for scope, items in _scopes(inputs, quarter, every):
        for measure, still_waiting in (("median", 0.5), ("p90", 0.1)):
            yield _waiting(measure, inputs, items, still_waiting, scope)
    traits, stands_for = inputs.traits(quarter), inputs.successors(quarter)
    sides: dict[bool, list[Entitlement]] = {False: [], True: []}
    for item in every:
        known = None if item.log != EVENTS or item.taker is None else traits.get(stands_for.get(item.taker, item.taker))
        if known is not None:
            sides[known.is_external].append(item)
    yield _waiting("median_inside", inputs, sides[False], 0.5)
    yield _waiting("median_outside", inputs, sides[True], 0.5)
    yield from _compared(inputs, sides[False], sides[True])


def _waiting(
    measure: str, inputs: Inputs, items: list[Entitlement], still_waiting: float, scope: str = PROGRAMME
) -> MetricResult:
    days, is_shared = _times(items)
    return figure(
        measure,
        waiting_time(days, is_shared, still_waiting),
        partial(_entitlements, inputs, items),
        numerator=int(is_shared.sum()),
        denominator=len(items),
        n=len(items),
        scope=scope,
        evidence=_behind(inputs, items),
    )


def _compared(inputs: Inputs, inside: list[Entitlement], outside: list[Entitlement]) -> Iterator[MetricResult]:
    items = [*inside, *outside]
    found = log_rank(*_times(items), np.arange(len(items)) >= len(inside))
    for measure, value in (
        ("logrank", found.statistic if found else None),
        ("logrank_p", found.p_value if found else None),
    ):
        yield figure(
            measure,
            value,
            partial(_entitlements, inputs, items),
            numerator=found.observed if found else None,
            denominator=found.expected if found else None,
            n=len(items),
            base=min(len(inside), len(outside)),
            evidence=_behind(inputs, items),
        )


def _times(items: Sequence[Entitlement]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The days that items waited, and whether they were shared."""
    return np.array([i.days for i in items], dtype="float64"), np.array([i.is_shared for i in items], dtype=bool)


def _available(inputs: Inputs, quarter: Quarter) -> list[Entitlement]:
    """What became available in the four quarters to this one, by any log."""
    return [
        *logged(inputs, quarter),
        *reported(inputs, quarter),
        *published(inputs, quarter),
        *read(inputs, quarter),
    ]


def _scopes(inputs: Inputs, quarter: Quarter, items: list[Entitlement]) -> list[tuple[str, list[Entitlement]]]:
    """All items, those of each log, of each department that holds them, and of each objective that the product shared serves."""
    products, of = of_products(inputs, quarter, "objective"), departments(inputs, quarter)
    objects = inputs.values("share_event", "object_id")
    found: dict[str, dict[str, list[Entitlement]]] = {"log": {}, "department": {}, "objective": {}}
    for item in items:
        found["log"].setdefault(item.log, []).append(item)
        department = of.get(item.holder or "")
        if department is not None:
            found["department"].setdefault(department, []).append(item)
        for objective in products.get(objects[item.place][0], ()) if item.log == EVENTS else ():
            found["objective"].setdefault(objective, []).append(item)
    parts = [(f"{kind}={name}", of[name]) for kind, of in found.items() for name in sorted(of)]
    return [(PROGRAMME, items), *parts]


def _behind(inputs: Inputs, items: list[Entitlement]) -> list[Evidence]:
    return [
        *event_evidence(inputs, [item.place for item in items if item.log == EVENTS]),
        *own_evidence(inputs, items),
        *_reading(inputs, [item for item in items if item.log == READS]),
    ]


def _reading(inputs: Inputs, items: list[Entitlement]) -> list[Evidence]:
    return [Evidence(TABLE, partial(read_rows, inputs, items), SHOWN)] if items else []


@metric(
    "IM-11",
    family="flow",
    name="Entitled-share coverage",
    name_ar="تغطية المشاركة للجهات المستحقة",
    question="Do those entitled to information get it?",
    formula="Σ #(entitled and received) / Σ #entitled",
    unit="%",
    direction="higher",
    denominator=_DENOMINATOR,
    inputs=_INPUTS,
    source="Proposed for this tracker; barrier B2",
    measures={
        "value": "Share of entitlements that were met by the end of the quarter",
        "unnamed_days": "Days of the window on which users read for whom no organisation is named: these reads count for nobody",
    },
    measure_units={"unnamed_days": "days"},
    measure_directions={"unnamed_days": "lower"},
    elements=["B2", "U2"],
    kpqs=["K7"],
    limitations="Covers the same trailing window of four quarters as IM-08. Sees only entitlements that were logged. An item "
    "that became available late in the quarter has had little time to be shared; a report that has not come counts from the day on which it "
    f"is overdue. {_LOGS}",
)
def entitled_coverage(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme, each log, department and objective. Received means shared by the end of the quarter, or by the day of knowledge where that is earlier."""
    owed = [item for item in _available(inputs, quarter) if item.is_owed]
    for scope, items in _scopes(inputs, quarter, owed):
        units, (_, is_shared) = partial(_entitlements, inputs, items), _times(items)
        yield ratio("value", units, is_shared, scope=scope, evidence=_behind(inputs, items))
    yield _unnamed(inputs, quarter)


def _unnamed(inputs: Inputs, quarter: Quarter) -> MetricResult:
    """Days on which anybody read whom nobody names, of all days on which somebody read."""
    rows = days_of_reads(inputs, quarter)
    is_unnamed = rows.groupby("unit")["counts"].any()
    days = int(is_unnamed.sum())
    return figure(
        "unnamed_days",
        float(days),
        listed([str(day) for day in is_unnamed.index], is_unnamed.tolist()),
        numerator=days,
        denominator=len(is_unnamed),
        n=len(is_unnamed),
        minimum=1,
        evidence=[Evidence(TABLE, rows, SHOWN)],
    )


def _entitlements(inputs: Inputs, items: list[Entitlement]) -> pd.DataFrame:
    """The items as units, whatever log they are from."""
    events = [item for item in items if item.log == EVENTS]
    own = [own_rows(inputs, items, log)[["unit", "counts"]] for log in (REPORTS, ROUNDS)]
    rows = event_rows(inputs, [item.place for item in events]).assign(counts=[item.is_shared for item in events])
    reads = [item for item in items if item.log == READS]
    by_reading = pd.DataFrame({"unit": units_of(inputs, reads), "counts": [item.is_shared for item in reads]})
    return pd.concat([rows[["unit", "counts"]], *own, by_reading], ignore_index=True).astype(
        {"unit": "str", "counts": "bool"}
    )
