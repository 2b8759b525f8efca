"""The register of joint activities and the register of who takes part in them."""

from __future__ import annotations

from datetime import date

import numpy as np

from idtracker.model.periods import period_bounds
from programme import organisations as org
from programme.delivery import Cell, Delivery, Grid, arrival
from programme.places import BY_ISO
from programme.portfolio import ACTIVITIES, parts
from programme.world import World

_ROLES = {"1": "Funding", "2": "Accountable", "3": "Extending", "4": "Implementing"}
BACKLOG_ON = date(2023, 7, 13)


def deliveries(world: World) -> list[Delivery]:
    """A backlog since 2019, then every participation and, once a year, every activity that is alive."""
    rng = world.stream("register arrivals")
    found = [
        _participation(world, "backlog_2020-Q1_2023-Q2", date(2019, 1, 1), date(2023, 6, 30), BACKLOG_ON, rng),
        _activities("2023_backlog", date(2023, 6, 30), BACKLOG_ON, rng),
    ]
    for quarter in world.quarters:
        start, end = period_bounds(quarter)
        found.append(_participation(world, quarter, start, end, quarter, rng))
        if quarter.endswith("Q4"):
            found.append(_activities(quarter[:4], end, quarter, rng))
    found.append(_activities("2026_midyear", date(2026, 6, 30), date(2026, 7, 14), rng))
    return found


def _participation(
    world: World, label: str, start: date, end: date, after: str | date, rng: np.random.Generator
) -> Delivery:
    """Everyone who took part at some time between two days."""
    titles = {a.ref: a.title for a in ACTIVITIES}
    rows: list[list[Cell]] = []
    for part in parts():
        if part.start > end or part.end < start:
            continue
        place = BY_ISO[part.place].name if part.place else None
        role = _ROLES.get(part.role, part.role)
        who = org.NAMES[part.org]
        rows.append(
            [part.ref, titles[part.ref], who, role, part.contribution, place, part.start, part.end, part.amount]
        )
    headings = [
        "Activity",
        "Title",
        "Organisation",
        "Role",
        "Contribution",
        "Governorate",
        "From",
        "To",
        "Amount (GBP)",
    ]
    received = arrival(after, rng, 0, 0) if isinstance(after, date) else arrival(after, rng, 6, 17)
    grid = Grid(headings, rows, lead=[[f"Register of participation on {end.isoformat()}. Invented entries."]])
    return Delivery("embassy_participation_register", f"participation_{label}.csv", received, org.FCDO, "csv", [grid])


def _activities(label: str, known: date, after: str | date, rng: np.random.Generator) -> Delivery:
    """Every activity that had begun by a day."""
    rows: list[list[Cell]] = []
    for a in ACTIVITIES:
        if a.start > known:
            continue
        status = "4" if a.end < known else "2"
        place = BY_ISO[a.place].name if a.place in BY_ISO else "Jordan"
        rows.append([a.ref, a.title, a.objective, a.fund, a.mode, a.sector, place, status, a.start, a.end, a.budget])
    headings = ["Activity", "Title", "Objective", "Fund", "Way of working", "Sector", "Area", "Status", "Start", "End", "Budget (GBP)"]  # fmt: skip
    received = arrival(after, rng, 0, 0) if isinstance(after, date) else arrival(after, rng, 6, 17)
    grid = Grid(headings, rows, lead=[[f"Register of joint activities on {known.isoformat()}. Invented entries."]])
    return Delivery("embassy_joint_activities", f"joint_activities_{label}.csv", received, org.FCDO, "csv", [grid])
