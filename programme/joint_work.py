"""The joint-work log: objectives, analysis products, contributions, shares, decisions; light from 2020, full since 2023."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from idtracker.model.periods import period_bounds, previous_period
from programme import organisations as org
from programme.delivery import Cell, Delivery, Grid, arrival, day_in
from programme.departments import SILENT_AFTER
from programme.portfolio import MERGER
from programme.world import FIRST, World

SOURCE = "embassy_joint_work_log"
BACKLOG_ON = date(2023, 7, 13)
OBJECTIVES: list[list[Cell]] = [
    ["OBJ-N1", "NSC", None, "A stable and prosperous Middle East", "yes", 0, 0],
    ["OBJ-S1", "STRATEGY", "OBJ-N1", "Jordan remains stable and able to reform", "yes", 0, 3],
    ["OBJ-C1", "COUNTRY", "OBJ-S1", "Decisions rest on shared analysis", "yes", 2, 4],
    ["OBJ-C2", "COUNTRY", "OBJ-S1", "Departments respond to crises as one", "yes", 0, 1],
    ["OBJ-L1", "LOCAL", "OBJ-C1", "Municipalities in the north deliver services with residents", "yes", 6, 5],
    ["OBJ-L2", "LOCAL", "OBJ-S1", "Host communities gain jobs", "no", 4, 2],
    ["OBJ-L3", "LOCAL", "OBJ-S1", "Municipal revenue grows and is trusted", "yes", 3, 4],
    ["OBJ-L4", "LOCAL", "OBJ-S1", "Borders are open and safe", "yes", 2, 0],
    ["OBJ-L5", "LOCAL", "OBJ-S1", "Disputes are settled without violence", "no", 5, 6],
    ["OBJ-L6", "LOCAL", "OBJ-S1", "Refugees and hosts have equal access to services", "no", 0, 2],
]
_LOCAL = ("OBJ-C1", "OBJ-C2", "OBJ-L1", "OBJ-L3", "OBJ-L4", "OBJ-L5")
_TYPES = ("JACS", "PEA", "SITREP", "SCENARIO", "SURVEY", "EVALUATION")
_OUTSIDE = (org.DOS, org.UNDP, org.UNIVERSITY, org.HORIZON, org.MOPIC)
# Share of the products that more than one department works on, by year: joint analysis becomes the norm.
_JOINT_SHARE = {2020: 0.5, 2021: 0.5, 2022: 0.5, 2023: 0.5, 2024: 0.67, 2025: 0.67, 2026: 0.84}
_BOARDS = (("Country board", "POST"), ("Levant regional board", "REGIONAL"), ("Whitehall strategy group", "WHITEHALL"))


@dataclass(frozen=True, slots=True)
class Product:
    """An analysis product and who contributed in which role."""

    ref: str
    kind: str
    objective: str
    commissioned: date
    completed: date
    people: tuple[tuple[str, str], ...]


def deliveries(world: World) -> list[Delivery]:
    """One backlog for 2020-Q1 to 2023-Q2, then one workbook a quarter with the late reads and shares of the quarter before."""
    backlog = [q for q in world.joint_quarters if q < FIRST]
    rng = world.stream(f"{SOURCE} arrivals")
    found = [_workbook(world, "backlog_2020-Q1_2023-Q2", backlog, backlog, BACKLOG_ON, rng)]
    for quarter in world.quarters:
        recent = [previous_period(quarter), quarter]
        found.append(_workbook(world, quarter, [quarter], recent, quarter, rng))
    return found


def _workbook(world: World, label: str, new: list[str], shared: list[str], after: str | date, rng: np.random.Generator) -> Delivery:  # fmt: skip
    made = [p for q in new for p in products(world, q)]
    until = period_bounds(new[-1])[1]
    notice: list[list[Cell]] = [["Joint-work log. Invented entries."]]
    name = org.NAMES
    grids = [
        Grid(
            ["Reference", "Type", "Objective", "Commissioned", "Completed"],
            [[p.ref, p.kind, p.objective, p.commissioned, p.completed] for p in made],
            "Products",
            notice,
        ),
        Grid(
            ["Product", "Organisation", "Role"],
            [[p.ref, name[who], role] for p in made for who, role in p.people],
            "Contributions",
            notice,
        ),
        Grid(
            ["Share", "Kind", "Item", "From", "To", "Available", "Shared", "First read", "Channel"],
            [s for q in shared for s in _shares(world, q, until)],
            "Shares",
            notice,
        ),
        Grid(
            ["Decision", "Board", "Level", "Date", "Products cited", "Objectives", "Text"],
            [d for q in new for d in _decisions(world, q)],
            "Decisions",
            notice,
        ),
    ]
    if label.startswith("backlog") or label.endswith("Q1"):
        headings = ["Objective", "Level", "Parent", "Text", "Shared", "Local indicators", "Local evidence"]
        grids.insert(0, Grid(headings, [list(o) for o in OBJECTIVES], "Objectives", notice))
    received = arrival(after, rng, 0, 0) if isinstance(after, date) else arrival(after, rng, 7, 18)
    return Delivery(SOURCE, f"joint_work_log_{label}.xlsx", received, org.FCDO, "xlsx", grids)


def departments_on(day: date) -> tuple[str, ...]:
    """Departments at post on a day: FCO and DFID became FCDO on 2 September 2020; ONS and HMRC came later; MOD falls silent."""
    first = (org.FCO, org.DFID) if day < MERGER else (org.FCDO,)
    later = tuple(who for who, since in ((org.ONS, 2022), (org.HMRC, 2023), (org.HOME, 2021)) if day.year >= since)
    speaking = (org.MOD,) if day <= period_bounds(SILENT_AFTER)[1] else ()
    return (*first, *speaking, *later)


def products(world: World, quarter: str) -> list[Product]:
    """A tracker round each quarter and two or three further products; joint work grows over the years."""
    rng = world.stream(f"products {quarter}")
    found = []
    count = 2 if quarter < FIRST else 6
    for number in range(count):
        completed = day_in(quarter, rng)
        kind = "TRACKER_ROUND" if number == 0 and quarter >= FIRST else _TYPES[int(rng.integers(len(_TYPES)))]
        commissioned = completed - timedelta(days=int(rng.integers(20, 120)))
        objective = _LOCAL[int(rng.integers(len(_LOCAL)))]
        is_joint = number < round(_JOINT_SHARE[int(quarter[:4])] * count)
        people = _contributors(rng, completed, is_joint)
        found.append(Product(f"AP-{quarter}-{number + 1}", kind, objective, commissioned, completed, people))
    return found


def _contributors(rng: np.random.Generator, day: date, is_joint: bool) -> tuple[tuple[str, str], ...]:
    """Before the merger every product is by FCO and DFID together; afterwards one department leads, alone or with others."""
    here = list(departments_on(day))
    if day < MERGER:
        people = [(org.FCO, "LEAD"), (org.DFID, "AUTHOR")]
        return tuple([*people, (org.MOD, "DATA")] if rng.random() < 0.3 else people)
    lead = here.pop(0 if rng.random() < 0.55 else int(rng.integers(len(here))))
    roles = ("AUTHOR", "DATA", "REVIEW")
    certain = here[int(rng.integers(len(here)))]
    others = [who for who in here if is_joint and (rng.random() < 0.25 or who == certain)]
    others += [who for who in _OUTSIDE if rng.random() < (0.25 if is_joint else 0.1)]
    return ((lead, "LEAD"), *((who, roles[int(rng.integers(3))]) for who in others))


def _shares(world: World, quarter: str, until: date) -> list[list[Cell]]:
    """One row per product or dataset and entitled recipient, as known at the end of the reported quarter."""
    rng = world.stream(f"shares {quarter}")
    rows: list[list[Cell]] = []
    for product in products(world, quarter):
        holder = product.people[0][0]
        inside = [d for d in departments_on(product.completed) if d != holder]
        entitled = [*inside, *(w for w in _OUTSIDE if rng.random() < 0.35)]
        for who in entitled:
            wait = int(rng.exponential(14 if who in inside else 32)) + 1
            shared = product.completed + timedelta(days=wait)
            read = shared + timedelta(days=int(rng.integers(0, 20)))
            is_never, has_read = rng.random() < 0.12, rng.random() < 0.8
            shared_cell = None if is_never or shared > until else shared
            read_cell = read if shared_cell and has_read and read <= until else None
            number = len(rows) + 1
            rows.append([f"SH-{quarter}-{number:02d}", "PRODUCT", product.ref, org.NAMES[holder], org.NAMES[who], product.completed, shared_cell, read_cell, "Shared folder"])  # fmt: skip
    return rows


def _decisions(world: World, quarter: str) -> list[list[Cell]]:
    """Decisions of the quarter; most cite a product of this quarter or the one before."""
    rng = world.stream(f"decisions {quarter}")
    rows: list[list[Cell]] = []
    for number in range(2 if quarter < FIRST else 6):
        day = day_in(quarter, rng)
        known = [
            p for q in (previous_period(quarter), quarter) if q in world.joint_quarters for p in products(world, q)
        ]
        usable = [p for p in known if p.completed <= day]
        cited = usable[int(rng.integers(len(usable)))].ref if usable and rng.random() < 0.7 else None
        board, level = _BOARDS[int(rng.choice(3, p=[0.6, 0.2, 0.2]))]
        objective = _LOCAL[int(rng.integers(len(_LOCAL)))]
        rows.append([f"DEC-{quarter}-{number + 1}", board, level, day, cited, objective, f"Decision on {objective}"])
    return rows
