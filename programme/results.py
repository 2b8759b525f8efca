"""The departmental logframe workbook: banner rows, two heading rows, results by governorate, annual review scores."""

from __future__ import annotations

import numpy as np

from programme import organisations as org
from programme.delivery import Cell, Delivery, Grid, arrival
from programme.places import BY_ISO
from programme.portfolio import ARMS_START, BY_REF, CELLS, MEANS, OUTCOMES
from programme.world import World

SOURCE = "fcdo_logframe_results"
_TOP = ["Result", "", "", "", "", "", "This quarter", "", "", ""]
_HEADINGS = ["Reference", "Type", "Statement", "Indicator", "Higher is better", "Governorate", "Baseline", "Target", "Actual", "Unit"]  # fmt: skip
_OTHER = (
    ("JO-IDP-POLICE", "1", "Officers trained in community policing", "yes", "JO-AZ", 20.0, 60.0),
    ("JO-IDP-VOICE", "1", "Women trained for local councils", "yes", "JO-KA", 0.0, 40.0),
    ("JO-IDP-WATER", "1", "Water disputes brought to mediation", "yes", "JO-MA", 4.0, 14.0),
    ("JO-IDP-WATER", "2", "Days until a water dispute is settled", "no", "JO-MA", 60.0, 30.0),
    ("JO-IDP-JOBS", "2", "Jobs kept for six months", "yes", "JO-IR", 0.0, 90.0),
    ("JO-IDP-SAFE", "1", "Schools with a safety plan", "yes", "JO-IR", 10.0, 45.0),
    ("JO-IDP-FOOD", "1", "Markets monitored", "yes", "JO-AT", 0.0, 12.0),
    ("JO-IDP-STATS", "1", "Survey rounds published on time", "yes", "JO", 0.0, 1.0),
    ("JO-IDP-CRISIS", "1", "Crisis exercises held", "yes", "JO", 0.0, 2.0),
)
_TYPES = {"1": "Output", "2": "Outcome"}
_REVIEWS = {
    "2024-Q1": (
        ("JO-IDP-EDGE", "2019/20", "CSSF_AR_V1", "A+"),
        ("JO-IDP-EDGE", "2020/21", "CSSF_AR_V2", "3"),
        ("JO-IDP-POLICE", "2023/24", "FCDO_AR", "A"),
        ("JO-IDP-WATER", "2023/24", "FCDO_AR", "A+"),
    ),
    "2025-Q1": (
        ("JO-IDP-REV", "2024/25", "FCDO_AR", "A+"),
        ("JO-IDP-POST", "2024/25", "FCDO_AR", "A"),
        ("JO-IDP-POLICE", "2024/25", "FCDO_AR", "B"),
        ("JO-IDP-WATER", "2024/25", "FCDO_AR", "A"),
        ("JO-IDP-JOBS", "2024/25", "FCDO_AR", "A"),
    ),
    "2026-Q1": (
        ("JO-IDP-REV", "2025/26", "FCDO_AR", "A++"),
        ("JO-IDP-POST", "2025/26", "FCDO_AR", "A"),
        ("JO-IDP-POLICE", "2025/26", "FCDO_AR", "B"),
        ("JO-IDP-WATER", "2025/26", "FCDO_AR", "A"),
        ("JO-IDP-DATA", "2025/26", "FCDO_AR", "A+"),
    ),
}


def deliveries(world: World) -> list[Delivery]:
    """One workbook a quarter; the one of 2025-Q2 comes again, corrected."""
    found = [_workbook(world, quarter) for quarter in world.quarters]
    return found


def arm_of(ref: str, place: str, quarter: str) -> str:
    """Which cell of the 2x2 a governorate is in during a quarter: neither, a, b or both."""
    started = quarter >= f"{ARMS_START.year}-Q{(ARMS_START.month + 2) // 3}"
    return next(cell for cell, places in CELLS[ref].items() if place in places) if started else "neither"


def _workbook(world: World, quarter: str) -> Delivery:
    rng = world.stream(f"{SOURCE} {quarter}")
    rows = [*_outcomes(world, quarter), *_outputs(rng, quarter)]
    lead: list[list[Cell]] = [
        ["Jordan integrated delivery programme: logframe results"],
        [f"Quarter {quarter}. Invented figures."],
        [],
    ]
    grids = [Grid(_HEADINGS, rows, "Results", lead, [_TOP, _HEADINGS], [["Note: blank actual means not yet measured"]])]
    if quarter in _REVIEWS:
        banner: list[list[Cell]] = [["Annual review scores"], ["Invented scores. Schemes are not comparable."]]
        reviews = [list(r) for r in _REVIEWS[quarter]]
        grids.append(Grid(["Reference", "Financial year", "Scheme", "Score"], reviews, "Annual review", banner))
    received = arrival(quarter, rng, 16, 33)
    return Delivery(SOURCE, f"fcdo_logframe_{quarter}.xlsx", received, org.FCDO, "xlsx", grids)


def _outcomes(world: World, quarter: str) -> list[list[Cell]]:
    """The outcome of each planted comparison in each of its governorates: cell mean plus a small error."""
    rows: list[list[Cell]] = []
    for ref, cells in CELLS.items():
        for place in sorted(p for places in cells.values() for p in places):
            error = float(world.stream(f"outcome {ref} {place} {quarter}").normal(0, 0.8))
            actual = round(MEANS[ref][arm_of(ref, place, quarter)] + error, 1)
            base = MEANS[ref]["neither"]
            rows.append([ref, "Outcome", BY_REF[ref].title, OUTCOMES[ref], "yes", BY_ISO[place].name, base, base + 12, actual, "%"])  # fmt: skip
    return rows


def _outputs(rng: np.random.Generator, quarter: str) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for ref, kind, indicator, ascending, place, baseline, target in _OTHER:
        if BY_REF[ref].start.isoformat() > f"{quarter[:4]}-{int(quarter[-1]) * 3:02d}-28":
            continue
        reached = baseline + (target - baseline) * float(rng.uniform(0.5, 1.2))
        actual: Cell = round(max(reached, 0.0)) if rng.random() > 0.08 else None
        where = BY_ISO[place].name if place in BY_ISO else "Jordan"
        unit = "days" if ascending == "no" else "number"
        rows.append([ref, _TYPES[kind], BY_REF[ref].title, indicator, ascending, where, baseline, target, actual, unit])
    return rows
