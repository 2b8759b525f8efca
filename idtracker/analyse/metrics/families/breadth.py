"""Family `network`, second half: how broad delivery is, IM-20 to IM-23."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd

from idtracker.analyse.metrics.delivery import (
    activities,
    activity_evidence,
    located,
    paid,
    participations,
    places_known,
    spend_cells,
)
from idtracker.analyse.metrics.indices import effective_number
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import PROGRAMME, Evidence, MetricResult, figure, groups_of, ratio, share
from idtracker.analyse.metrics.products import JOINT
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric

_ACTIVITY = [
    "activity_id",
    "org_id",
    "partner_org_id",
    "status",
    "start_on",
    "end_on",
    "period_start",
    "period_end",
    "place_id",
]
_PARTICIPATION = ["activity_id", "org_id", "start_on", "end_on", "period_start", "period_end", "place_id"]
_CELL = [
    "activity_id",
    "org_id",
    "partner_org_id",
    "place_id",
    "period_start",
    "period_end",
    "start_on",
    "end_on",
    "spend",
    "spend_currency",
]
_INPUTS = {
    "activity": _ACTIVITY,
    "participation": _PARTICIPATION,
    "activity_cell": _CELL,
    "organisation": ["org_id", "group_code", "is_hmg", "is_traditional", "successor_org_id", "valid_from", "valid_to"],
}
_ACTIVE = "activities at work in the quarter (dates that meet it, or reported for a period that does)"
_STAND_IN = (
    "Where no participation in an activity is recorded at all, its reporting organisation and main counterpart stand in; "
    "where any is, an organisation that only reports the activity does not count."
)


@metric(
    "IM-20",
    family="network",
    name="Multi-agency co-delivery share",
    name_ar="نسبة التنفيذ المشترك بين عدة إدارات",
    question="How much of delivery is joint?",
    formula="#{v in V: dept(v) >= 2} / #V; the same with every activity weighted by its spend in the quarter",
    unit="%",
    denominator=_ACTIVE,
    inputs=_INPUTS,
    gathers="activities",
    existence_columns={"participation": ["activity_id"]},
    source="Itad blog on integrated delivery (2021)",
    measures={
        "value": "Share of activities at work in which two or more HMG departments take part",
        "spend": "Share of the spend of the quarter that goes to such activities",
    },
    elements=["U2"],
    kpqs=["K4"],
    limitations=f"Departments count through participation in any role. {_STAND_IN} "
    "Spend comes from activity cells, spread evenly over the days of their period and in one currency: the one that "
    "most cells of the quarter state; refunds are left in the sum of their activity, activities with no positive "
    "spend are left out. A merger of departments lowers the share without any change in behaviour.",
    has_as_is=True,
)
def co_delivery_share(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme and per place; an activity in several places counts in each."""
    evidence = activity_evidence(inputs, quarter)
    spend, cells = paid(inputs, quarter), partial(spend_cells, inputs, quarter)
    spending = [*evidence, Evidence("activity_cell", cells, ["activity_id", "place_id", "spend"])]
    units, places = activities(inputs, quarter), located(inputs, quarter)
    everywhere = [(PROGRAMME, np.arange(len(units)))]
    here = [(f"place={place}", at) for place, at in groups_of(places["place_id"])]
    whole, parts = spend[spend["place_id"].isna()].drop(columns="place_id"), spend[spend["place_id"].notna()]
    for group, spent, keys, scopes in (
        (units, whole, ["unit"], everywhere),
        (places, parts, ["unit", "place_id"], here),
    ):
        judged = group.assign(counts=group["dept"] >= JOINT)
        weighted = judged.merge(spent, on=keys, how="left")
        counts, weights = judged["counts"].to_numpy(), weighted["weight"].to_numpy(dtype="float64")
        times, paying = judged["times"].to_numpy(), weighted["paid"].fillna(0).to_numpy(dtype="int64")
        for scope, at in scopes:
            judged_here = partial(judged.take, at)
            yield ratio("value", judged_here, counts[at], times=times[at], scope=scope, evidence=evidence)
            with_any = at[weights[at] > 0]
            yield ratio(
                "spend",
                partial(weighted.take, with_any),
                counts[with_any],
                weights[with_any],
                times=paying[with_any],
                scope=scope,
                evidence=spending,
            )


@metric(
    "IM-21",
    family="network",
    name="Partner-type diversity",
    name_ar="تنوع أنواع الشركاء",
    question="How broad is the range of partners?",
    formula="1 / Σ s², s = share of the participations of the quarter held by one group of organisations",
    unit="types",
    denominator="organisations in activities at work, once per activity",
    inputs=_INPUTS,
    gathers="activities",
    existence_columns={"participation": ["activity_id"]},
    source="Herfindahl-Hirschman index, inverse (effective number)",
    measures={"value": "Number of equally frequent groups that would give the same concentration"},
    elements=["D2"],
    kpqs=["K4"],
    limitations="Groups of HMG count as well, so the value is 2 where departments and one other group are equally frequent. "
    f"Organisations that are not in the register are left out. {_STAND_IN}",
    has_as_is=True,
)
def partner_diversity(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Groups are those of the organisation register (group_code)."""
    rows = participations(inputs, quarter)
    rows = rows[rows["group_code"].notna()].assign(unit=lambda d: d["unit"] + " " + d["org"])
    units = rows.drop_duplicates("unit")[["unit", "group_code", "times"]]
    sizes = units.groupby("group_code")["times"].sum().tolist()
    evidence = [Evidence("participation", rows, ["activity_id", "org_id", "group_code"])]
    n = int(units["times"].sum())
    yield figure("value", effective_number(sizes), units, denominator=n, n=n, evidence=evidence)


@metric(
    "IM-22",
    family="network",
    name="Non-traditional participation",
    name_ar="مشاركة الإدارات غير التقليدية",
    question="Does delivery go beyond FCDO and MOD?",
    formula="#{v in V with >= 1 department outside FCO, DFID, FCDO, MOD} / #V",
    unit="%",
    denominator=_ACTIVE,
    inputs=_INPUTS,
    gathers="activities",
    existence_columns={"participation": ["activity_id"]},
    source="Itad blog on integrated delivery (2021)",
    measures={"value": "Share of activities at work with an HMG department outside FCO, DFID, FCDO and MOD"},
    elements=["D2"],
    kpqs=["K4"],
    limitations=f"Departments only: bodies of HMG that the register does not list as departments do not count. {_STAND_IN}",
)
def non_traditional(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Departments count through participation in any role."""
    units = activities(inputs, quarter)
    units = units.assign(counts=units["other_dept"] >= 1)
    counts, times = units["counts"].to_numpy(), units["times"].to_numpy()
    yield ratio("value", units, counts, times=times, evidence=activity_evidence(inputs, quarter))


@metric(
    "IM-23",
    family="network",
    name="Boundary-partner reach",
    name_ar="مدى إشراك الشركاء من خارج الحكومة البريطانية",
    question="How far does work with partners outside HMG reach?",
    formula="distinct organisations outside HMG; #{places with >= 1 joint activity with a partner outside HMG} / #places",
    unit="%",
    denominator="first-level divisions of the countries the programme works in; for the number activities at work",
    inputs={**_INPUTS, "place": ["place_id", "level", "parent_id"]},
    gathers="activities",
    existence_columns={  # the countries of all activities make the denominator
        "activity": ["place_id"],
        "participation": ["activity_id", "place_id"],
        "activity_cell": ["place_id"],
    },
    source="Itad blog on integrated delivery (2021), definition D2",
    measures={
        "partners": "Distinct organisations outside HMG in activities at work",
        "places": "Share of first-level divisions with an activity of two or more departments and a partner outside HMG",
    },
    measure_units={"partners": "count"},
    elements=["D2"],
    kpqs=["K4"],
    limitations="An activity located only at country level reaches no division. The countries are those in which any activity "
    "known on the day of knowledge is located. The number of partners is never withheld for being small. "
    f"{_STAND_IN}",
    has_as_is=True,
)
def partner_reach(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """The number of partners for the programme and per place, the share of places for the programme."""
    rows = participations(inputs, quarter)
    rows = rows[rows["is_external"]].assign(activity=lambda d: d["unit"], unit=lambda d: d["org"])
    evidence = [Evidence("participation", rows, ["activity_id", "org_id"])]
    active, places = activities(inputs, quarter), located(inputs, quarter)
    met = rows[["activity", "org"]].drop_duplicates()
    known = met.loc[met["activity"].isin(active["unit"]), "org"]
    yield _partners(PROGRAMME, known, int(active["times"].sum()), evidence)
    there = places[["unit", "place_id"]].merge(met, left_on="unit", right_on="activity", how="left")
    active_in = places.groupby("place_id")["times"].sum()
    for place, at in groups_of(there["place_id"]):
        yield _partners(f"place={place}", there["org"].take(at), int(active_in[place]), evidence)
    reached = places[(places["dept"] >= JOINT) & (places["ext"] >= 1)]
    divisions = _divisions(inputs)
    reached_evidence = [
        Evidence(e.table, partial(_by_division, e, reached), e.show) for e in activity_evidence(inputs, quarter)
    ]
    units = pd.DataFrame({"unit": divisions, "counts": divisions.isin(reached["place_id"])})
    yield share("places", units, evidence=reached_evidence)


def _partners(scope: str, partners: pd.Series, active: int, evidence: Sequence[Evidence]) -> MetricResult:
    """The number of different partners in the activities of a scope."""
    units = pd.DataFrame({"unit": partners.dropna().drop_duplicates()})
    return figure(
        "partners", len(units), units, numerator=len(units), n=active, minimum=1, scope=scope, evidence=evidence
    )


def _by_division(evidence: Evidence, reached: pd.DataFrame) -> pd.DataFrame:
    """The rows of activities that reach a division, once for each division."""
    divisions = reached.rename(columns={"unit": "activity", "place_id": "unit"})[["activity", "unit"]]
    return evidence.rows.rename(columns={"unit": "activity"}).merge(divisions, on="activity")


def _divisions(inputs: Inputs) -> pd.Series:
    """First-level divisions of every country in which an activity is located."""

    def make() -> pd.Series:
        place = inputs.table("place")
        parents = place["parent_id"].where(place["level"] != "country", place["place_id"])
        country = dict(zip(place["place_id"], parents, strict=True))
        countries = {country[used] for used in places_known(inputs) if isinstance(country.get(used), str)}
        is_division = (place["level"] == "adm1") & place["parent_id"].isin(list(countries))
        return place.loc[is_division, "place_id"].sort_values()

    return inputs.remember_for_both(("divisions",), make)
