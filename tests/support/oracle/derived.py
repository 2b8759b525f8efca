"""Events and survey answers -> observations of the indicators that are computed and not reported."""

from __future__ import annotations

from collections import defaultdict
from math import sqrt
from typing import Any

from .given import Row, day_of
from .markings import marked, united
from .quarters import code_of, first_day, last_day, number, number_of

FEWEST = 5
"""Respondents below which there is no figure."""


def observations(facts: dict[str, list[Row]], indicator: list[Row], place: list[Row], periods: list[str]) -> list[Row]:
    """Observation rows of every indicator with a `derived_from`."""
    found = []
    for definition in indicator:
        table, _, question = (definition["derived_from"] or "").partition(":")
        if table == "event":
            rows = event_figures(facts["event"], question, definition["level"], place, periods)
        elif table == "survey_response":
            rows = survey_figures(facts["survey_response"], question, definition["level"], place, periods)
        else:
            rows = []
        found += [{**row, "indicator_id": definition["indicator_id"]} for row in rows]
    return found


def observation(rows: list[Row], place_id: str, period: str, **known: Any) -> Row:
    """One row with the publisher's word and no grade, marked as the facts behind it."""
    nothing = dict.fromkeys(
        [
            *("lower", "upper", "standard_error", "disaggregation", "obs_status", "reliability", "credibility"),
            *("origin", "origin_org_id"),
        ]
    )
    return {
        **nothing, **marked(rows), "place_id": place_id, "period": period,
        "org_id": rows[0]["originator_org_id"], "originator_org_id": rows[0]["originator_org_id"],
        "submission_id": united(r["submission_id"] for r in rows), "waiver": united(r["waiver"] for r in rows),
        **known,
    }  # fmt: skip


def country_of(place_id: str | None, place: list[Row]) -> str | None:
    for p in place:
        if p["place_id"] == place_id:
            return str(p["place_id"] if p["level"] == "country" else p["parent_id"])
    return None


def by_source(facts: list[Row]) -> dict[str, list[Row]]:
    groups = defaultdict(list)
    for fact in facts:
        groups[fact["source_id"]].append(fact)
    return groups


def with_country(facts: list[Row], place: list[Row]) -> list[Row]:
    """The facts of one source with `country`; one without a place lies in the source's only country."""
    countries = {c for f in facts if (c := country_of(f["place_id"], place)) is not None}
    only = next(iter(countries)) if len(countries) == 1 else None
    return [{**f, "country": country_of(f["place_id"], place) if f["place_id"] else only} for f in facts]


def places_of_level(level: str, country: str, place: list[Row]) -> list[str]:
    below = [p["place_id"] for p in place if p["level"] == "adm1" and p["parent_id"] == country]
    return {"adm1": below, "country": [country], "both": [*below, country]}[level]


def event_figures(event: list[Row], measure: str, level: str, place: list[Row], periods: list[str]) -> list[Row]:
    """Events, or deaths in them, per feed, place and quarter that the feed covers; zero where it saw nothing."""
    figures = []
    for feed in by_source(event).values():
        feed = with_country(feed, place)
        for quarter in sorted(number_of(p) for p in periods):
            reached = [e for e in feed if max(e["event_on"], day_of(e["recorded_from"])) >= last_day(quarter)]
            if quarter < min(number(e["event_on"]) for e in feed) or not reached:
                continue
            cover = min(reached, key=lambda e: (e["recorded_from"], e["submission_id"]))
            for country in sorted({e["country"] for e in feed if e["country"]}):
                for place_id in places_of_level(level, country, place):
                    here = [e for e in feed if place_id in (e["place_id"], e["country"])]
                    fallen = [e for e in here if number(e["event_on"]) == quarter]
                    figures.append(one_count(fallen, feed, cover, measure, place_id, quarter))
    return figures


def one_count(fallen: list[Row], feed: list[Row], cover: Row, measure: str, place_id: str, quarter: int) -> Row:
    deaths = [e["fatalities"] for e in fallen]
    value = len(fallen) if measure == "count" else sum(d for d in deaths if d is not None)
    is_estimate = measure == "fatalities" and None in deaths
    span = {"period_start": first_day(quarter), "period_end": last_day(quarter)}
    row = observation(
        fallen or feed, place_id, code_of(quarter), value=float(value), obs_status="E" if is_estimate else "A", **span
    )
    row["recorded_from"] = max([cover["recorded_from"], *(e["recorded_from"] for e in fallen)])
    if not fallen:
        row |= {"submission_id": cover["submission_id"], "waiver": None}
    return row


def survey_figures(response: list[Row], form: str, level: str, place: list[Row], periods: list[str]) -> list[Row]:
    """The mean answer, or the percentage of certain answers, per survey, place and round."""
    question, _, wanted = form.partition("=")
    answers = wanted.split("|") if wanted else []
    start, end = first_day(min(map(number_of, periods))), last_day(max(map(number_of, periods)))
    figures: list[Row] = []
    said = "answer" if answers else "answer_score"
    asked = [
        r for r in response
        if r["question"] == question and r[said] is not None and r["period_end"] >= start and r["period_start"] <= end
    ]  # fmt: skip
    for survey in by_source(asked).values():
        groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in with_country(survey, place):
            for place_id in {row["place_id"], row["country"]} & set(places_of_level(level, row["country"], place)):
                groups[place_id, row["period"]].append(row)
        for (place_id, period), rows in sorted(groups.items()):
            is_weighted = all(r["weight"] is not None for r in survey if r["period"] == period)
            is_national = level == "both" and any(p["place_id"] == place_id and p["level"] == "country" for p in place)
            if is_weighted or not is_national:
                figures += one_average(rows, answers, place_id, period)
    return figures


def one_average(rows: list[Row], answers: list[str], place_id: str, period: str) -> list[Row]:
    """The figure of one cell, or none for fewer than five respondents."""
    respondents: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        respondents[row["response_id"]].append(row)
    n = len(respondents)
    if n < FEWEST:
        return []
    given, weights = [], []
    for said in respondents.values():
        if answers:
            given.append(100.0 if any(r["answer"] in answers for r in said) else 0.0)
        else:
            given.append(sum(r["answer_score"] for r in said) / len(said))
        weights.append(1.0 if said[0]["weight"] is None else said[0]["weight"])
    whole = sum(weights)
    mean = sum(w * x for w, x in zip(weights, given, strict=True)) / whole
    squares = sum(w * w * (x - mean) ** 2 for w, x in zip(weights, given, strict=True))
    error = sqrt(n / (n - 1) * squares) / whole if len(set(given)) > 1 else None
    span = {"period_start": rows[0]["period_start"], "period_end": rows[0]["period_end"]}
    return [observation(rows, place_id, period, value=mean, standard_error=error, obs_status="A", **span)]
