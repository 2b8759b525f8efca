"""The quarterly integration review: key performance questions, enablers B1-B6, governance roles, collaboration ties."""

from __future__ import annotations

import numpy as np

from programme import organisations as org
from programme.delivery import Cell, Delivery, Grid, arrival, day_in
from programme.world import World

SOURCE = "embassy_integration_review"
SCOPE = "JO-IDP"
_ROLES = ("SRO_COUNTRY", "SRO_WHITEHALL", "DELIVERY_LEAD", "DATA_OWNER", "MEL_LEAD", "RISK_OWNER")
_SCOPES = (
    "OBJ-C1",
    "OBJ-C2",
    "OBJ-L1",
    "OBJ-L3",
    "OBJ-L4",
    "JO-IDP-REV",
    "JO-IDP-POST",
    "JO-IDP-CRISIS",
    "JO-IDP-FINANCE",
)
_STAGES = {1: "ANALYSE", 2: "ANALYSE", 3: "DESIGN", 4: "DESIGN", 5: "MOBILISE", 6: "MOBILISE", 7: "DELIVER", 8: "DELIVER", 9: "DELIVER", 10: "REVIEW", 11: "REVIEW", 12: "REVIEW"}  # fmt: skip
_ROSTER = (*org.DEPARTMENTS, org.MOPIC, org.POLICE, org.UNDP, org.HORIZON)
SILENT_FROM = "2026-Q1"


def deliveries(world: World) -> list[Delivery]:
    """One workbook a quarter with four sheets."""
    return [_workbook(world, step, quarter) for step, quarter in enumerate(world.quarters)]


def _workbook(world: World, step: int, quarter: str) -> Delivery:
    rng = world.stream(f"{SOURCE} {quarter}")
    departments = [d for d in org.DEPARTMENTS if not (d == org.MOD and quarter >= SILENT_FROM)]
    lead: list[list[Cell]] = [[f"Integration review {quarter}"], ["Invented ratings"]]
    grids = [
        Grid(
            ["Question", "Scope", "Stage", "Organisation", "Answer", "Confidence", "Evidence"],
            _questions(rng, step, departments),
            "Questions",
            lead,
        ),
        Grid(
            ["Scope", "Barrier", "Organisation", "Rating", "Action", "Logged", "Resolved"],
            _enablers(world, rng, step, departments),
            "Enablers",
            lead,
        ),
        Grid(["Scope", "Role", "Organisation", "Filled"], _governance(rng, step), "Roles", lead),
        Grid(
            ["From", "To", "Level", "Reliability", "Mission", "Openness", "Power", "Involvement", "Resources"],
            _ties(world, step, quarter),
            "Ties",
            lead,
        ),
    ]
    received = arrival(quarter, rng, 10, 22)
    return Delivery(SOURCE, f"integration_review_{quarter}.xlsx", received, org.FCDO, "xlsx", grids)


def _questions(rng: np.random.Generator, step: int, departments: list[str]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for number in range(1, 13):
        for who in departments:
            mood = 0.25 + 0.04 * step + float(rng.normal(0, 0.2))
            answer = "YES" if mood > 0.6 else "PARTLY" if mood > 0.25 else "NO" if mood > 0 else "NOT_YET"
            evidence = "Board minutes" if rng.random() < 0.4 + 0.03 * step else None
            confidence = ("LOW", "MODERATE", "HIGH")[int(rng.choice(3, p=[0.3, 0.5, 0.2]))]
            rows.append([f"K{number}", SCOPE, _STAGES[number], org.NAMES[who], answer, confidence, evidence])
    return rows


def _enablers(world: World, rng: np.random.Generator, step: int, departments: list[str]) -> list[list[Cell]]:
    """Ratings rise slowly; B2 (sharing) rises most, B6 (guidance) stays low. Some constraints are logged and resolved."""
    pace = {"B1": 0.06, "B2": 0.12, "B3": 0.05, "B4": 0.08, "B5": 0.04, "B6": 0.0}
    rows: list[list[Cell]] = []
    for barrier, gain in pace.items():
        for who in departments:
            rating = int(np.clip(round(1.9 + gain * step + float(rng.normal(0, 0.6))), 1, 4))
            rows.append([SCOPE, barrier, org.NAMES[who], rating, *_action(world, rng, step, barrier)])
    return rows


def _action(world: World, rng: np.random.Generator, step: int, barrier: str) -> list[Cell]:
    if rng.random() > 0.25:
        return [None, None, None]
    days = sorted((day_in(world.quarters[step], rng), day_in(world.quarters[step], rng)))
    return [f"Remove a constraint under {barrier}", days[0], days[1] if rng.random() < 0.6 else None]


def _governance(rng: np.random.Generator, step: int) -> list[list[Cell]]:
    holders = {"SRO_COUNTRY": org.FCDO, "SRO_WHITEHALL": org.FCDO, "DELIVERY_LEAD": org.HMRC, "DATA_OWNER": org.ONS, "MEL_LEAD": org.FCDO, "RISK_OWNER": org.HOME}  # fmt: skip
    rows: list[list[Cell]] = []
    for place, scope in enumerate(_SCOPES):
        for role in _ROLES:
            is_filled = role == "SRO_COUNTRY" or (place * 7 + len(role)) % 5 < 2 + step // 4
            rows.append([scope, role, org.NAMES[holders[role]] if is_filled else None, "yes" if is_filled else "no"])
    return rows


def _ties(world: World, step: int, quarter: str) -> list[list[Cell]]:
    """Every organisation of the roster rates most others; a silent department gives no ratings but still receives them."""
    rows: list[list[Cell]] = []
    for first in _ROSTER:
        for second in _ROSTER:
            rng = world.stream(f"tie {first} {second} {quarter}")
            base = float(world.stream(f"tie {min(first, second)} {max(first, second)}").uniform(0.2, 3.2))
            is_asked = first != second and rng.random() < 0.85
            if not is_asked or (first == org.MOD and quarter >= SILENT_FROM):
                continue
            level = int(np.clip(round(base + 0.09 * step + float(rng.normal(0, 0.4))), 0, 5))
            marks = [int(np.clip(round(1.6 + 0.4 * level + float(rng.normal(0, 0.5))), 1, 4)) for _ in range(6)]
            rows.append([org.NAMES[first], org.NAMES[second], level, *(marks if level else [None] * 6)])
    return rows
