"""Small made-up sets of indicators, places and reports for hypothesis: every policy, kind of period, grade and status."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from idtracker.model.periods import period_bounds
from tests.support.oracle.given import Row

ORGS = ["GB-GOV-1", "GB-GOV-8", "XX-LOCAL-A", "XX-LOCAL-B"]
QUARTERS = ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"]
PERIODS = [
    *QUARTERS, "2025-Q1", "2025-10", "2025-11", "2025-12", "2026-01", "2025-W40", "2025-W43", "2025-W44", "2025-11-07",
    "2025-H2", "2025", "2025/26",
]  # fmt: skip
ARRIVED = pd.Timestamp("2026-02-01")
NAMES = ["I1", "I2", "I3", "I4"]
MARKS: dict[str, st.SearchStrategy[Any]] = {
    "classification": st.sampled_from(["OFFICIAL", "OFFICIAL-SENSITIVE"]),
    "handling": st.sampled_from([None, "HMG USE ONLY", "EMBARGOED;HMG USE ONLY"]),
    "releasable_to": st.sampled_from([None, "HMG", "HMG;PARTNERS", "PARTNERS;PUBLIC"]),
    "waiver": st.sampled_from([None, None, "GB-GOV-1: agreed"]),
}


SEVERAL = 8
"""Most countries, each with rows of its own, in one example: a merge takes as long for one of them as for all."""


def places(populations: list[int | None]) -> list[Row]:
    """A country and its three governorates."""
    inside = [
        {"place_id": f"JO-{n}", "name": n, "level": "adm1", "parent_id": "JO", "population": people}
        for n, people in zip(("AJ", "AM", "IR"), populations, strict=True)
    ]
    return [{"place_id": "JO", "name": "Jordan", "level": "country", "parent_id": None, "population": None}, *inside]


PLACES = st.sampled_from([[10, 60, 30], [10, 10, 10], [10, None, 30]]).map(places)


@st.composite
def indicators(draw: st.DrawFn, policies: tuple[str, ...]) -> list[Row]:
    """Indicators of two dimensions, and one that is kept and not scored."""
    return [draw(_indicator(n, d, policies)) for n, d in zip(NAMES, ("BSF1", "BSF1", "BSF2", None), strict=True)]


def _indicator(name: str, dimension: str | None, policies: tuple[str, ...]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries({
        "indicator_id": st.just(name), "name": st.just(name), "dimension_code": st.just(dimension),
        "unit": st.just("percent"), "direction": st.sampled_from([1, -1]),
        "goalposts": st.sampled_from([(0.0, 100.0), (80.0, 16.0), (2.0, 66.0)]),
        "weight": st.sampled_from([0.5, 1.0, 2.0]), "level": st.sampled_from(["adm1", "country", "both"]),
        "frequency": st.sampled_from(["month", "quarter", "half_year", "year"]),
        "roll_up": st.sampled_from(["mean", "sum", "last"]), "max_age_days": st.sampled_from([0, 100, 190]),
        "merge_policy": st.sampled_from(policies), "priority_org_id": st.just("GB-GOV-1"),
        "derived_from": st.none(), "owner_org_id": st.none(), "retired_on": st.sampled_from([None, None, date(2025, 12, 31)]),
    }).map(_with_goalposts)  # fmt: skip


def _with_goalposts(row: Row) -> Row:
    low, high = row.pop("goalposts")
    return {**row, "goalpost_low": low, "goalpost_high": high}


def observations(places: list[str], periods: list[str]) -> st.SearchStrategy[list[Row]]:
    """Rows that arrived one after another."""
    row = st.fixed_dictionaries({
        "indicator_id": st.sampled_from(NAMES), "place_id": st.sampled_from(places),
        "period": st.sampled_from(periods), "org_id": st.sampled_from([*ORGS, None]),
        "origin": st.sampled_from([None, None, None, "Observatory", " observatory", "Atlas", "gb-gov-8", "XX-LOCAL-A"]),
        "origin_org_id": st.sampled_from([None, None, None, None, "XX-LOCAL-A", "GB-GOV-8"]),
        "value": st.sampled_from([None, 0, 5, 10, 12, 20, 25.5, 40, 64, 90, 110]),
        "standard_error": st.sampled_from([None, 0.0, 1.5, 4.0]),
        "bounds": st.sampled_from([None, None, (1.0, 4.0)]),
        "disaggregation": st.sampled_from([None, None, None, None, "sex=f"]),
        "obs_status": st.sampled_from([None, None, None, "A", "P", "E", "B", "U", "L", "F"]),
        "reliability": st.sampled_from([None, "A", "B", "C", "D", "E", "F"]),
        "credibility": st.sampled_from(["1", "2", "3", "4", "5", "6"]),
        **MARKS,
    })  # fmt: skip
    return st.lists(row, min_size=20, max_size=60).map(lambda rows: [_whole(n, r) for n, r in enumerate(rows)])


def _whole(n: int, row: Row) -> Row:
    """The row with its days, and an arrival of its own so that the newest is never in doubt."""
    low, high = row["bounds"] or (None, None)
    start, end = period_bounds(row["period"])
    rest: dict[str, Any] = {
        "lower": low, "upper": high, "period_start": start, "period_end": end,
        "fact_id": f"f{n:02}", "source_id": "s", "submission_id": f"s{n % 4}", "sheet": "-", "row_number": n,
        "content_hash": f"h{n:02}", "recorded_from": ARRIVED + timedelta(hours=n), "recorded_to": None,
        "originator_org_id": row["org_id"],
    }  # fmt: skip
    return {k: v for k, v in row.items() if k != "bounds"} | rest


DECISIONS = st.lists(
    st.fixed_dictionaries({
        "indicator_id": st.sampled_from(NAMES), "place_id": st.sampled_from(["JO", "JO-AJ", "JO-AM"]),
        "period": st.sampled_from(QUARTERS), "value": st.sampled_from([None, 1.0, 12.0, 45.0]),
        "standard_error": st.sampled_from([None, 2.0]), "decided_by": st.just("GB-GOV-1"), "why": st.just("agreed"),
        "decided_at": st.integers(0, 60).map(lambda hours: ARRIVED + timedelta(hours=hours, minutes=30)),
        "adjudication_id": st.integers(0, 999).map(str),
    }), min_size=1, max_size=15, unique_by=lambda a: a["adjudication_id"],
)  # fmt: skip


@st.composite
def later_indicators(draw: st.DrawFn) -> list[Row]:
    """Indicators with the policies of STAB-1.1, some of them ranks."""
    policies = ("unobserved_components", "adjudicated", "median", "priority")
    return [
        {**row, "scale": "ordinal" if row["merge_policy"] != policies[0] and draw(st.booleans()) else None}
        for row in draw(indicators(policies))
    ]


EVERYWHERE = ["JO", "JO-AJ", "JO-AM", "JO-IR"]
OBSERVATIONS = st.one_of(
    observations(EVERYWHERE, PERIODS), observations(EVERYWHERE[1:], QUARTERS), observations(["JO-AJ"], PERIODS[:8])
)
"""Scattered, one cell of many quarters beside another, and many reports about the same cells."""


DENSE = st.lists(st.tuples(*[st.integers(0, 100)] * 4), min_size=8, max_size=12).map(
    lambda cells: [
        _whole(n * 4 + k, {
            "indicator_id": "I1", "place_id": EVERYWHERE[1 + n % 3], "period": QUARTERS[n // 3], "org_id": org,
            "origin": None, "origin_org_id": None, "value": float(value), "standard_error": None, "bounds": None, "disaggregation": None,
            "obs_status": None, "reliability": "B", "credibility": "2", "classification": "OFFICIAL",
            "handling": None, "releasable_to": "HMG", "waiver": None,
        })
        for n, values in enumerate(cells)
        for k, (org, value) in enumerate(zip(ORGS, values, strict=True))
    ]
)  # fmt: skip
"""Four organisations that all report of the same eight cells or more."""


LONG_QUARTERS = [f"{2022 + n // 4}-Q{n % 4 + 1}" for n in range(17)]


def _long(series: list[tuple[float | None, ...]], errors: list[float | None], yearly: int, broken: int) -> list[Row]:
    return [
        _whole(n * 17 + q, {
            "indicator_id": NAMES[n // 2 % 2], "place_id": EVERYWHERE[1 + n // 2 % 3], "org_id": ORGS[n % 2],
            "period": LONG_QUARTERS[q][:4] if n == yearly else LONG_QUARTERS[q], "origin": None, "origin_org_id": None,
            "value": value, "standard_error": errors[q], "bounds": None, "disaggregation": None,
            "obs_status": "B" if q == broken else None, "reliability": "B", "credibility": "2",
            "classification": "OFFICIAL", "handling": None, "releasable_to": "HMG", "waiver": None,
        })
        for n, values in enumerate(series)
        for q, value in enumerate(values)
        if n != yearly or q % 4 == 0
    ]  # fmt: skip


LONG = st.builds(
    _long,
    st.lists(
        st.tuples(*[st.sampled_from([None, 1.0, 3.0, 20.0, 22.0, 25.5, 31.0, 40.0, 64.0, 110.0])] * len(LONG_QUARTERS)),
        min_size=3,
        max_size=6,
    ),
    st.lists(st.sampled_from([None, None, None, 0.0, 1.5]), min_size=17, max_size=17),
    yearly=st.integers(0, 6),
    broken=st.integers(4, 30),
)
"""Series of four years with gaps, told by two: some values state an error, one series may be yearly, one quarter a break."""


def _fact(n: int, row: Row) -> Row:
    provenance = {
        "fact_id": f"f{n}", "submission_id": f"{row['source_id']}{n % 3}", "sheet": "-", "row_number": n,
        "content_hash": f"h{n}", "recorded_from": pd.Timestamp("2025-06-01") + timedelta(days=row.pop("arrived"), hours=n),
        "recorded_to": None, "originator_org_id": f"ORG-{row['source_id']}",
    }  # fmt: skip
    return {**row, **provenance}


def _event(n: int, row: Row) -> Row:
    return {**_fact(n, row), "event_id": f"e{n}", "event_on": date(2025, 2, 1) + timedelta(days=row["event_on"])}


def _response(n: int, row: Row) -> Row:
    """A respondent has one weight."""
    start, end = period_bounds(row["period"])
    weight = [1.0, 2.5, 0.5, None if row["source_id"] == "c" else 1.5][row["response_id"] % 4]
    rest = {"response_id": str(row["response_id"]), "period_start": start, "period_end": end, "weight": weight}
    return {**_fact(n, row), **rest}


_PROVENANCE: dict[str, st.SearchStrategy[Any]] = {"arrived": st.integers(0, 300), **MARKS}
_EVENT = st.fixed_dictionaries({
    "source_id": st.sampled_from("ab"), "event_on": st.integers(0, 380),
    "place_id": st.sampled_from([None, *EVERYWHERE]), "fatalities": st.sampled_from([None, 0, 1, 5]), **_PROVENANCE,
})  # fmt: skip
_RESPONSE = st.fixed_dictionaries({
    "source_id": st.sampled_from("abc"), "response_id": st.integers(0, 30), "question": st.sampled_from("qqr"),
    "period": st.sampled_from(["2025-Q3", "2025-Q3", "2025-10", "2025"]), "place_id": st.sampled_from(EVERYWHERE[:3]),
    "answer": st.sampled_from(["yes", "no", "maybe", None]), "answer_score": st.sampled_from([1.0, 2.0, 3.0, None]),
    **_PROVENANCE,
})  # fmt: skip
EVENTS = st.lists(_EVENT, min_size=1, max_size=30).map(lambda rows: [_event(n, r) for n, r in enumerate(rows)])
ANSWERS = st.lists(_RESPONSE, min_size=40, max_size=90).map(lambda rows: [_response(n, r) for n, r in enumerate(rows)])


def computed_indicators() -> list[Row]:
    """Every form of `derived_from` at every level."""
    forms = ["event:count", "event:fatalities", "survey_response:q", "survey_response:q=yes|maybe"]
    return [
        {
            "indicator_id": f"I{n}-{level}", "name": "-", "unit": "-", "direction": 1, "weight": 1.0, "level": level,
            "frequency": "quarter", "roll_up": "mean", "max_age_days": 0, "merge_policy": "median", "derived_from": form,
        }
        for n, form in enumerate(forms)
        for level in ("adm1", "country", "both")
    ]  # fmt: skip


def countries(
    *tables: st.SearchStrategy[list[Row]], own_indicators: bool = False, most: int = SEVERAL
) -> st.SearchStrategy[list[list[Row]]]:
    """The rows of each table in several countries, drawn apart for each; with indicators of their own they share nothing."""
    return st.lists(st.tuples(*tables), min_size=1, max_size=most).map(
        lambda drawn: [
            [_in_country(n, row, own_indicators) for n, one in enumerate(drawn) for row in one[at]]
            for at in range(len(tables))
        ]
    )


def _in_country(n: int, row: Row, own_indicators: bool) -> Row:
    names = ("fact_id", "event_id", "adjudication_id", *(("indicator_id",) if own_indicators else ()))
    own = {name: f"{row[name]}.{n}" for name in names if name in row}
    where = {name: row[name].replace("JO", f"J{n}") for name in ("place_id", "parent_id") if row.get(name)}
    return {**row, **own, **where, "country": n}


@st.composite
def facts_of_countries(draw: st.DrawFn) -> tuple[dict[str, list[Row]], list[Row]]:
    """Events, answers and places of one or two countries; a source reports of one country, or of both.

    A survey counts from 30 answers on: more countries would be more than an example may draw.
    """
    event, survey_response, place = draw(countries(EVENTS, ANSWERS, PLACES, most=2))
    if draw(st.booleans()):
        for row in (*event, *survey_response):
            row["source_id"] += str(row["country"])
    return {"event": event, "survey_response": survey_response}, place
