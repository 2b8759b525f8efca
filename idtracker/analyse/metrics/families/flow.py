"""Family `flow`, first half: sharing and handling of information, IM-08 to IM-12. Reporting on time is in reporting.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from idtracker.analyse.metrics.indices import ei_index, expected_ei, waiting_time
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.markings import marking_columns, official_rows
from idtracker.analyse.metrics.metric_result import Evidence, MetricResult, figure, share, shares
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric
from idtracker.model.tables import FACTS

_SHARED = ["object_id", "from_org_id", "to_org_id"]
_SHARE_EVENT = {"share_event": ["object_id", "from_org_id", "to_org_id", "available_on", "shared_on"]}
_WITH_ORGANISATIONS = {**_SHARE_EVENT, "organisation": ["org_id", "is_hmg", "group_code", "parent_org_id"]}


@metric(
    "IM-08",
    family="flow",
    name="Time to share",
    name_ar="الزمن اللازم لمشاركة المعلومات",
    question="How fast is information shared?",
    formula="Kaplan-Meier median and 90th percentile of shared_on - available_on, unshared items right-censored",
    unit="days",
    denominator="items and recipients entitled to them, available in the four quarters to the end of the quarter",
    inputs=_SHARE_EVENT,
    source="Kaplan and Meier (1958)",
    measures={
        "median": "Days after which half of the items have been shared",
        "p90": "Days after which nine in ten have been shared",
    },
    elements=["B2", "U2"],
    kpqs=["K7"],
    limitations="Covers a trailing window of four quarters. Items not shared by the end of the quarter (or the day of "
    "knowledge, where earlier) are censored there. Undefined where too few have been shared to reach the percentile. "
    "The numerator is the number shared.",
)
def time_to_share(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """An item shared before it was available counts as shared at once."""
    units = _available(inputs, quarter)
    until = units["shared_on"].where(units["counts"], inputs.last_day(quarter))
    days = (until - units["available_on"]).dt.days.clip(lower=0).to_numpy(dtype="float64")
    is_shared = units["counts"].to_numpy(dtype=bool)
    for measure, still_waiting in (("median", 0.5), ("p90", 0.1)):
        value = waiting_time(days, is_shared, still_waiting)
        yield figure(
            measure,
            value,
            units,
            numerator=int(is_shared.sum()),
            denominator=len(units),
            evidence=[Evidence("share_event", units, _SHARED)],
        )


@metric(
    "IM-09",
    family="flow",
    name="Outward sharing index",
    name_ar="مؤشر المشاركة نحو الخارج",
    question="Does information flow inward or outward?",
    formula="(E - I) / (E + I) over share events, groups = departments and HMG / outside HMG; minus the expected value "
    "(Σ n_g n_h - Σ n_g (n_g - 1) / 2) / (n (n - 1) / 2)",
    unit="-1 to 1",
    denominator="items shared in the quarter, once per recipient",
    inputs=_WITH_ORGANISATIONS,
    source="E-I index, Krackhardt and Stern (1988); barrier B2",
    measures={
        "department": "Index over departments: 1 all sharing leaves the department, -1 none does",
        "department_expected": "The same under random mixing of the organisations",
        "department_excess": "Index over departments minus its expected value",
        "hmg": "Index over HMG and outside HMG: 1 all sharing crosses the border of HMG, -1 none does",
        "hmg_expected": "The same under random mixing of the organisations",
        "hmg_excess": "Index over HMG and outside HMG minus its expected value",
    },
    elements=["B2", "U2"],
    kpqs=["K7"],
    limitations="A body of HMG counts with its parent department, an organisation outside HMG is its own department. Group "
    "sizes come from the holders and entitled recipients of the four quarters to this one. The numerator is E - I; "
    "n is the number of those organisations.",
    has_as_is=True,
)
def outward_sharing(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Sharing between teams of one organisation is internal."""
    sides, members = _shared(inputs, quarter), _members(inputs, quarter)
    evidence = [Evidence("share_event", sides, _SHARED)]
    for group, column in (("department", "department"), ("hmg", "is_hmg")):
        units = sides.assign(counts=sides[f"from_{column}"] != sides[f"to_{column}"])
        external, ties = int(units["counts"].sum()), len(units)
        value = ei_index(external, ties - external)
        expected = expected_ei(members.groupby(column).size().tolist())
        excess = None if value is None or expected is None else value - expected
        for measure, result in ((group, value), (f"{group}_expected", expected), (f"{group}_excess", excess)):
            yield figure(
                measure,
                result,
                units,
                numerator=None if measure.endswith("_expected") else 2 * external - ties,
                denominator=ties,
                n=len(members),
                base=len(members) if measure.endswith("_expected") else ties,
                evidence=evidence,
            )


@metric(
    "IM-10",
    family="flow",
    name="Sharing reciprocity",
    name_ar="تبادلية المشاركة",
    question="Does information flow both ways?",
    formula="#{(u, v) in E: (v, u) in E} / #E over the directed graph of who shared with whom",
    unit="0-1",
    denominator="ordered pairs of organisations of which one shared something with the other in the quarter",
    inputs=_WITH_ORGANISATIONS,
    source="Reciprocity of a directed graph (as in NetworkX)",
    measures={"value": "Share of sharing relations that are returned in the same quarter"},
    elements=["B2", "U2"],
    kpqs=["K7"],
    limitations="Volume does not matter: one item each way is reciprocal. Sharing inside one organisation is left out. n is "
    "the number of holders and entitled recipients of the four quarters to this one.",
    has_as_is=True,
)
def reciprocity(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Undefined where nothing was shared between organisations."""
    sides = _shared(inputs, quarter)
    sides = sides[sides["from_org"] != sides["to_org"]]
    sides = sides.assign(
        unit=sides["from_org"] + " → " + sides["to_org"], back=sides["to_org"] + " → " + sides["from_org"]
    )
    ties = sides.drop_duplicates("unit")
    result = share(
        "value",
        ties.assign(counts=ties["back"].isin(ties["unit"])),
        evidence=[Evidence("share_event", sides, _SHARED)],
    )
    yield replace(result, n=len(_members(inputs, quarter)), base=len(ties))


@metric(
    "IM-11",
    family="flow",
    name="Entitled-share coverage",
    name_ar="تغطية المشاركة للجهات المستحقة",
    question="Do those entitled to information get it?",
    formula="Σ #(entitled and received) / Σ #entitled",
    unit="%",
    denominator="items and recipients entitled to them, available in the four quarters to the end of the quarter",
    inputs=_SHARE_EVENT,
    source="Proposed for this tracker; barrier B2",
    measures={"value": "Share of entitlements that were met by the end of the quarter"},
    elements=["B2", "U2"],
    kpqs=["K7"],
    limitations="Covers the same trailing window of four quarters as IM-08. Sees only entitlements that were logged. An item "
    "that became available late in the quarter has had little time to be shared.",
)
def entitled_coverage(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Received means shared by the end of the quarter, or by the day of knowledge where that is earlier."""
    units = _available(inputs, quarter)
    yield share("value", units, evidence=[Evidence("share_event", units, _SHARED)])


@metric(
    "IM-12",
    family="flow",
    name="Over-restriction rate",
    name_ar="معدل الإفراط في تقييد التداول",
    question="Are handling limits blocking the flow?",
    formula="#{OFFICIAL, not -SENSITIVE, releasable to the originator only} / #{OFFICIAL, not -SENSITIVE}",
    unit="%",
    denominator="rows marked OFFICIAL that speak of the quarter",
    inputs={table: marking_columns(table) for table in FACTS},
    gathers="markings",
    source="Government Security Classifications Policy",
    measures={"value": "Share of OFFICIAL rows that only their originator may see"},
    elements=["B2"],
    kpqs=["K7"],
    limitations="Reads every fact table. Counts rows, so a large feed outweighs a small return: read the value per source "
    "as well. `releasable_to` must be exactly the originator or ORIGINATOR. A row without any date counts in every "
    "quarter. The metric must be measured over all rows: a reader who may not see restricted rows finds none.",
)
def over_restriction(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme and per source."""
    units = official_rows(inputs, quarter)
    evidence = [Evidence("", units, ["releasable_to"])]
    yield share("value", units, evidence=evidence)
    yield from shares("value", units, "source_id", "source", evidence=evidence)


def _available(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Share events whose item became available in the four quarters; `counts`: shared by the last day."""
    rows = inputs.table("share_event")
    last = inputs.last_day(quarter)
    rows = rows[rows["available_on"].between(quarter.window()[0].start, last)]
    return rows.assign(unit=rows["share_id"] + " " + rows["fact_id"], counts=(rows["shared_on"] <= last).eq(True))


def _shared(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """What was shared in the quarter, with the traits of both sides as `from_…` and `to_…`."""

    events = inputs.table("share_event")
    events = events[events["shared_on"].between(quarter.start, inputs.last_day(quarter))]

    def make() -> pd.DataFrame:
        rows = events.assign(unit=events["share_id"] + " " + events["fact_id"])
        for side in ("from", "to"):
            org = inputs.identify(rows[f"{side}_org_id"], quarter)
            traits = inputs.organisations.describe(org, inputs.day_of(quarter))
            named = pd.DataFrame({"org": org, "department": traits["department"], "is_hmg": traits["is_hmg"]})
            rows = pd.concat([rows, named.add_prefix(f"{side}_")], axis=1)
        return rows

    return inputs.remember(("shared", quarter if len(events) else None), make)


def _members(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Holders and entitled recipients of the four quarters: `org`, `department`, `is_hmg`, one row each."""
    rows = inputs.table("share_event")
    rows = rows[rows["available_on"] <= quarter.end]
    recent = (rows["available_on"] >= quarter.window()[0].start) | (rows["shared_on"] >= quarter.start)
    rows = rows[recent]

    def make() -> pd.DataFrame:
        ids = pd.concat([rows["from_org_id"], rows["to_org_id"]]).drop_duplicates().reset_index(drop=True)
        org = inputs.identify(ids, quarter).drop_duplicates().reset_index(drop=True)
        traits = inputs.organisations.describe(org, inputs.day_of(quarter))
        return pd.DataFrame({"org": org, "department": traits["department"], "is_hmg": traits["is_hmg"]})

    return inputs.remember(("members", quarter if len(rows) else None), make)
