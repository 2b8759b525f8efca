"""The living event feed with its edits and deletions, and the perception survey."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from idtracker.model.periods import period_bounds
from programme import organisations as org
from programme.delivery import Cell, Delivery, Grid, arrival, day_in
from programme.places import BY_ISO, EVERYWHERE
from programme.world import World

_EXTRA_SNAPSHOTS = (date(2026, 8, 14), date(2026, 9, 11))
_TYPES = ("Protests", "Riots", "Violence against civilians", "Armed clash")
_ACTORS = ("Protesters", "Unidentified armed group", "Smuggling network", "Border guards")
_EVENT_HEADINGS = ["event_id", "event_date", "event_type", "admin1", "location", "latitude", "longitude", "actor1", "actor2", "fatalities", "fatalities_low", "fatalities_high"]  # fmt: skip
_CENTRES = {
    "JO-AJ": (32.33, 35.75), "JO-AM": (31.95, 35.93), "JO-AQ": (29.53, 35.0), "JO-AT": (30.84, 35.6),
    "JO-AZ": (32.07, 36.09), "JO-BA": (32.04, 35.73), "JO-IR": (32.55, 35.85), "JO-JA": (32.28, 35.9),
    "JO-KA": (31.18, 35.7), "JO-MA": (32.34, 36.21), "JO-MD": (31.72, 35.79), "JO-MN": (30.19, 35.73),
}  # fmt: skip
QUESTIONS = {
    "can_influence": "BSF1-VOICE",
    "income_outlook": "BSF2-OUTLOOK",
    "community_tension": "BSF3-TENSION",
    "trust_municipality": "BSF4-TRUST",
    "host_relations": "BSF5-HOST",
}
_ANSWERS = ("strongly_disagree", "disagree", "neither", "agree", "strongly_agree")
RESPONDENTS = 10


def deliveries(world: World) -> list[Delivery]:
    """Event snapshots each quarter and twice between, and one survey round a quarter."""
    return [*_snapshots(world), *(_survey(world, q) for q in world.quarters)]


@dataclass(frozen=True, slots=True)
class _Event:
    """An event as first coded, and what the feed does to it later: `edited_on` or `deleted_on`."""

    cells: list[Cell]
    known_on: date
    edited_on: date | None
    deleted_on: date | None

    def as_seen(self, on: date) -> list[Cell] | None:
        if self.known_on > on or (self.deleted_on and self.deleted_on <= on):
            return None
        if self.edited_on and self.edited_on <= on:
            deaths = int(self.cells[9]) + 1
            return [*self.cells[:9], deaths, self.cells[10], deaths + 1]
        return self.cells


def events(world: World) -> list[_Event]:
    """Every event that the feed ever held."""
    found: list[_Event] = []
    for quarter in world.quarters:
        for place in EVERYWHERE:
            rng = world.stream(f"events {place} {quarter}")
            expected = world.indicators["BSF3-EVENTS"].value(world.truth["BSF3-EVENTS", place, quarter])
            for _ in range(int(rng.poisson(expected * 0.8))):
                found.append(_event(rng, place, quarter, len(found) + 1))
    return found


def _event(rng: np.random.Generator, place: str, quarter: str, number: int) -> _Event:
    day = day_in(quarter, rng)
    kind = _TYPES[int(rng.choice(4, p=[0.6, 0.2, 0.12, 0.08]))]
    deaths = int(rng.poisson(0.05 if kind == "Protests" else 0.5))
    latitude, longitude = (round(float(c + rng.normal(0, 0.08)), 3) for c in _CENTRES[place])
    cells: list[Cell] = [
        f"LEO{number:05d}",
        day,
        kind,
        BY_ISO[place].variant,
        f"near {BY_ISO[place].name}",
        latitude,
        longitude,
    ]
    cells += [_ACTORS[0 if kind in _TYPES[:2] else 1 + number % 2], _ACTORS[3], deaths, max(deaths - 1, 0), deaths + 1]
    fate = rng.random()
    later = day + timedelta(days=int(rng.integers(60, 160)))
    known = day + timedelta(days=int(rng.integers(1, 12)))
    return _Event(cells, known, later if fate < 0.06 else None, later if 0.06 <= fate < 0.1 else None)


def _snapshots(world: World) -> list[Delivery]:
    source = "observatory_conflict_events"
    rng = world.stream(source)
    days = [period_bounds(q)[1] + timedelta(days=14) for q in world.quarters] + list(_EXTRA_SNAPSHOTS)
    known = events(world)
    found = []
    for day in sorted(days):
        rows = [cells for cells in (e.as_seen(day) for e in known) if cells is not None]
        rows.sort(key=lambda cells: (cells[1], cells[0]))
        grid = Grid(list(_EVENT_HEADINGS), [list(r) for r in rows])
        name = f"conflict_events_{day.isoformat()}.csv"
        found.append(Delivery(source, name, arrival(day, rng, 0, 0), org.OBSERVATORY, "csv", [grid]))
    return found


def _survey(world: World, quarter: str) -> Delivery:
    """Anonymous answers on five-point scales in the shape of a form server's export."""
    source = "wadi_perception_survey"
    rng = world.stream(f"{source} {quarter}")
    rows: list[list[Cell]] = []
    before = (
        int(quarter[:4]) * 4 + int(quarter[-1])
    ) * 1000  # the server counts its records; edits leave the number as it is
    for place in EVERYWHERE:
        for number in range(RESPONDENTS if world.can_reach(place, quarter) else 0):
            answers = [_answer(world, rng, code, place, quarter) for code in QUESTIONS.values()]
            weight = round(float(rng.uniform(0.7, 1.4)), 3)
            uuid = f"{quarter}-{place[3:]}-{number + 1:02d}"
            rows.append([before + len(rows) + 1, uuid, quarter, place, weight, "v4", *answers])
    headings = ["_id", "_uuid", "round", "governorate", "_weight", "__version__", *(f"views/{q}" for q in QUESTIONS)]
    received = arrival(quarter, rng, 12, 27)
    wrapper = {"count": len(rows), "next": None, "notice": "Invented answers"}
    grid = Grid(headings, rows)
    return Delivery(source, f"perception_{quarter}.json", received, org.UNIVERSITY, "json", [grid], wrapper=wrapper, records="results")  # fmt: skip


def _answer(world: World, rng: np.random.Generator, code: str, place: str, quarter: str) -> Cell:
    level = world.observed(rng, code, place, quarter, error=1.0, digits=3)
    if rng.random() < 0.03:
        return None
    return _ANSWERS[int(np.clip(round(level + float(rng.normal(0, 0.9))), 1, 5)) - 1]
