"""Family `network`, second half: how broad delivery is, IM-20 to IM-23."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.delivery.activities import (
    Activity,
    activities,
    located,
    paid,
    participations,
    places_known,
)
from idtracker.analyse.metrics.delivery.rows import activity_evidence, participation_rows, spend_rows
from idtracker.analyse.metrics.indices import effective_number
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import PROGRAMME, Evidence, MetricResult, figure, listed, ratio, share_of
from idtracker.analyse.metrics.products import JOINT
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric
from idtracker.model.register.places_above import with_areas

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
_PLACED = {**_INPUTS, "place": ["place_id", "level", "parent_id"]}
_SPENDING = ["activity_id", "place_id", "spend"]
_ACTIVE = "activities at work in the quarter (dates that meet it, or reported for a period that does)"
_LOCATED = "A district, a camp or any other place in a first-level division counts as that division."
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
    direction="higher",
    denominator=_ACTIVE,
    inputs=_PLACED,
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
    f"spend are left out. {_LOCATED} A merger of departments lowers the share without any change in behaviour.",
    has_as_is=True,
)
def co_delivery_share(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme and per first-level division or country; an activity in several of them counts in each."""
    evidence = activity_evidence(inputs, quarter)
    spending = [*evidence, Evidence("activity_cell", partial(spend_rows, inputs, quarter), _SPENDING)]
    spend = paid(inputs, quarter)
    for place, active in _scopes(inputs, quarter):
        scope = PROGRAMME if place is None else f"place={place}"
        units, counts = [a.unit for a in active], [a.departments >= JOINT for a in active]
        times = np.array([a.times for a in active], dtype=np.int64)
        is_joint, rows = np.array(counts, dtype=bool), partial(listed, units, counts)
        yield ratio("value", rows, is_joint, times=times, scope=scope, evidence=evidence)
        payments = [(n, spend[unit, place]) for n, unit in enumerate(units) if (unit, place) in spend]
        spent = [n for n, _ in payments]
        weights = np.array([payment.weight for _, payment in payments], dtype=np.float64)
        paying = np.array([payment.paid for _, payment in payments], dtype=np.int64)
        rows = partial(_weighted, [units[n] for n in spent], is_joint[spent], weights)
        yield ratio("spend", rows, is_joint[spent], weights, times=paying, scope=scope, evidence=spending)


def _weighted(units: Sequence[str], counts: npt.NDArray[np.bool_], weights: npt.NDArray[np.float64]) -> pd.DataFrame:
    return pd.DataFrame({"unit": units, "counts": counts, "weight": weights})


def _scopes(inputs: Inputs, quarter: Quarter) -> list[tuple[str | None, list[Activity]]]:
    """The activities at work everywhere (no place), then those in each division or country, in order."""
    at: dict[str, list[Activity]] = {}
    for place, activity in located(inputs, quarter):
        at.setdefault(place, []).append(activity)
    return [(None, activities(inputs, quarter)), *sorted(at.items())]


@metric(
    "IM-21",
    family="network",
    name="Partner-type diversity",
    name_ar="تنوع أنواع الشركاء",
    question="How broad is the range of partners?",
    formula="1 / Σ s², s = share of the participations of the quarter held by one group of organisations",
    unit="types",
    direction="higher",
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
    held = {(row.unit, row.org): row for row in participations(inputs, quarter) if row.traits.group_code is not None}
    sizes = Counter[str]()
    for row in held.values():
        sizes[str(row.traits.group_code)] += row.times
    units, n = [f"{unit} {org}" for unit, org in held], sum(sizes.values())
    evidence = [Evidence("participation", partial(_grouped, inputs, quarter), ["activity_id", "org_id", "group_code"])]
    value = effective_number([size for _, size in sorted(sizes.items())])
    yield figure("value", value, partial(listed, units, [True] * len(units)), denominator=n, n=n, evidence=evidence)


def _grouped(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The participations of organisations that are in the register."""
    rows = participation_rows(inputs, quarter)
    return rows[rows["group_code"].notna()].assign(unit=lambda d: d["unit"] + " " + d["org"])


@metric(
    "IM-22",
    family="network",
    name="Non-traditional participation",
    name_ar="مشاركة الإدارات غير التقليدية",
    question="Does delivery go beyond FCDO and MOD?",
    formula="#{v in V with >= 1 department outside FCO, DFID, FCDO, MOD} / #V",
    unit="%",
    direction="higher",
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
    active = activities(inputs, quarter)
    counts, times = [a.other_departments >= 1 for a in active], np.array([a.times for a in active], dtype=np.int64)
    units, evidence = partial(listed, [a.unit for a in active], counts), activity_evidence(inputs, quarter)
    yield ratio("value", units, np.array(counts, dtype=bool), times=times, evidence=evidence)


@metric(
    "IM-23",
    family="network",
    name="Boundary-partner reach",
    name_ar="مدى إشراك الشركاء من خارج الحكومة البريطانية",
    question="How far does work with partners outside HMG reach?",
    formula="distinct organisations outside HMG; #{places with >= 1 joint activity with a partner outside HMG} / #places",
    unit="%",
    direction="higher",
    denominator="first-level divisions of the countries the programme works in; for the number activities at work",
    inputs=_PLACED,
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
    limitations=f"An activity located only at country level reaches no division. {_LOCATED} The countries are those in which any activity "
    "known on the day of knowledge is located. The number of partners is never withheld for being small. "
    f"{_STAND_IN}",
    has_as_is=True,
)
def partner_reach(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """The number of partners for the programme and per division or country, the share of places for the programme."""
    partners: dict[str, set[str]] = {}
    for row in participations(inputs, quarter):
        if row.traits.is_external:
            partners.setdefault(row.unit, set()).add(row.org)
    evidence = [Evidence("participation", partial(_external, inputs, quarter), ["activity_id", "org_id"])]
    scopes = _scopes(inputs, quarter)
    for place, active in scopes:
        met, n = sorted(set().union(*(partners.get(a.unit, ()) for a in active))), sum(a.times for a in active)
        yield figure(
            "partners",
            len(met),
            partial(listed, met, [True] * len(met)),
            numerator=len(met),
            n=n,
            minimum=1,
            scope=PROGRAMME if place is None else f"place={place}",
            evidence=evidence,
        )
    reached = [
        (place, a.unit) for place, active in scopes[1:] for a in active if a.departments >= JOINT and a.outsiders
    ]
    divisions, places = _divisions(inputs), {place for place, _ in reached}
    reached_evidence = [
        Evidence(e.table, partial(_by_division, e, reached), e.show) for e in activity_evidence(inputs, quarter)
    ]
    yield share_of("places", divisions, [place in places for place in divisions], evidence=reached_evidence)


def _external(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The participations of organisations outside HMG, which are the units."""
    rows = participation_rows(inputs, quarter)
    return rows[rows["is_external"]].assign(unit=lambda d: d["org"])


def _by_division(evidence: Evidence, reached: Sequence[tuple[str | None, str]]) -> pd.DataFrame:
    """The rows of activities that reach a division, once for each division."""
    divisions = pd.DataFrame(reached, columns=["unit", "activity"], dtype="str")
    return evidence.rows.rename(columns={"unit": "activity"}).merge(divisions, on="activity")


def _divisions(inputs: Inputs) -> list[str]:
    """First-level divisions of every country in which an activity is located."""

    def make() -> list[str]:
        place = with_areas(inputs.table("place"))
        is_used = place["place_id"].isin(list(places_known(inputs)))
        countries = place.loc[is_used, "country_id"].dropna().unique()
        is_division = (place["level"] == "adm1") & place["country_id"].isin(countries)
        return sorted(place.loc[is_division, "place_id"].tolist())

    return inputs.remember_for_both(("divisions",), make)
