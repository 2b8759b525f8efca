"""Returns of the departments that each report their own work: defence, border, tax."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from idtracker.model.periods import period_bounds
from programme import organisations as org
from programme.delivery import Cell, Delivery, Grid, arrival, day_in
from programme.places import BY_ISO
from programme.world import World

SILENT_AFTER = "2025-Q4"

_MOD_WORK = (
    "Patrol planning course",
    "Medical training",
    "Engineer exchange",
    "Logistics course",
    "Staff college visit",
)
_MOD_PLACES = ("JO-AZ", "JO-KA", "JO-MN", "JO-AQ", "JO-MA")
_POSTS = (
    ("HO-01", "Jaber crossing", "JO-MA"),
    ("HO-02", "Sheikh Hussein crossing", "JO-IR"),
    ("HO-03", "Queen Alia airport", "JO-AM"),
    ("HO-04", "Port of Aqaba", "JO-AQ"),
    ("HO-05", "Wadi Araba crossing", "JO-AQ"),
    ("HO-06", "Omari crossing", "JO-AZ"),
    ("HO-07", "Mudawwara crossing", "JO-MN"),
    ("HO-08", "Karameh crossing", "JO-MA"),
    ("HO-09", "Al-Hasa post", "JO-AT"),
)
# Activities shared with other departments: reference, first quarter, governorates
_JOINT = (
    ("JO-IDP-FINANCE", "2023-Q4", ("JO-MN",)),
    ("JO-IDP-MIGRATE", "2024-Q2", ("JO-AM",)),
    ("JO-IDP-POST", "2024-Q3", ("JO-AT", "JO-MN", "JO-AQ")),
)
_THEMES = ("Document checks", "Risk profiling", "Passenger data")
_TAX_WORK = (
    "Audit practice",
    "Taxpayer service",
    "Risk selection",
    "Debt collection",
    "Electronic filing",
    "Transfer pricing",
)
_TAX_PLACES = ("JO-AM", "JO-AM", "JO-AZ", "JO-BA", "JO-MA", "JO-IR")


def deliveries(world: World) -> list[Delivery]:
    """Military co-operation (until the department falls silent), border capacity, tax capacity."""
    quarters = world.quarters
    spoken = [q for q in quarters if q <= SILENT_AFTER]
    return [
        *(_military(world, q) for q in spoken),
        *(_border(world, q) for q in quarters),
        *(_tax(world, q) for q in quarters),
    ]


def _military(world: World, quarter: str) -> Delivery:
    source = "mod_military_cooperation"
    rng = world.stream(f"{source} {quarter}")
    rows: list[list[Cell]] = []
    for number in range(int(rng.integers(8, 12))):
        start = day_in(quarter, rng)
        planned = int(rng.integers(10, 40))
        rows.append(
            [
                f"MOD-{quarter}-{number + 1:02d}",
                _MOD_WORK[int(rng.integers(len(_MOD_WORK)))],
                org.NAMES[org.ARMY],
                BY_ISO[_MOD_PLACES[number % len(_MOD_PLACES)]].variant,
                quarter,
                "2" if number % 4 else "4",
                start.strftime("%d/%m/%Y"),
                (start + timedelta(days=int(rng.integers(4, 60)))).strftime("%d/%m/%Y"),
                planned,
                int(rng.integers(planned // 2, planned + 1)),
                int(rng.integers(8, 90)) * 1000,
            ]
        )
    headings = ["Ref", "Title", "Counterpart", "Governorate", "Quarter", "Status", "Start", "End", "Places planned", "Personnel trained", "Cost (GBP)"]  # fmt: skip
    received = arrival(quarter, rng, 9, 24)
    return Delivery(source, f"mod_cooperation_{quarter}.csv", received, org.MOD, "csv", [Grid(headings, rows)])


def _border(world: World, quarter: str) -> Delivery:
    source = "homeoffice_border_capacity"
    rng = world.stream(f"{source} {quarter}")
    rows: list[list[Cell]] = []
    for reference, location, place in _POSTS:
        for theme in _THEMES:
            if rng.random() >= 0.35:
                rows.append(_border_row(rng, f"{reference}-{theme[:4].upper()}", location, place, theme, quarter))
    for reference, since, where in _JOINT:
        if quarter >= since:
            rows += [_border_row(rng, reference, "several posts", place, "Joint work", quarter) for place in where]
    headings = ["Reference", "Counterpart", "Theme", "Governorate", "Location", "Quarter", "Status", "Officers planned", "Officers trained", "Spend (GBP)"]  # fmt: skip
    received = arrival(quarter, rng, 12, 27)
    return Delivery(source, f"border_capacity_{quarter}.csv", received, org.HOME, "csv", [Grid(headings, rows)])


def _border_row(
    rng: np.random.Generator, reference: str, location: str, place: str, theme: str, quarter: str
) -> list[Cell]:
    planned = int(rng.integers(12, 60))
    return [
        reference,
        org.NAMES[org.CUSTOMS] if rng.random() < 0.7 else org.NAMES[org.POLICE],
        theme,
        "Aqaba special zone" if location == "Port of Aqaba" else BY_ISO[place].name,
        location,
        quarter,
        "2",
        planned,
        int(rng.integers(planned // 2, planned + 1)),
        int(rng.integers(3, 40)) * 1000,
    ]


def _tax(world: World, quarter: str) -> Delivery:
    source = "hmrc_capacity_records"
    rng = world.stream(f"{source} {quarter}")
    rows = [_tax_record(rng, quarter, number) for number in range(int(rng.integers(22, 34)))]
    headings = [
        "ref",
        "quarter",
        "title",
        "counterpart",
        "governorate",
        "participants",
        "started",
        "ended",
        "internal_notes",
    ]
    return Delivery(
        source,
        f"hmrc_capacity_{quarter}.json",
        arrival(quarter, rng, 8, 19),
        org.HMRC,
        "json",
        [Grid(headings, rows)],
        wrapper={"reporter": "HMRC", "quarter": quarter, "notice": "Invented figures"},
        records="activities",
    )


def _tax_record(rng: np.random.Generator, quarter: str, number: int) -> list[Cell]:
    start = day_in(quarter, rng)
    end = min(start + timedelta(days=int(rng.integers(0, 12))), period_bounds(quarter)[1])
    has_partner = rng.random() < 0.95
    return [
        f"HMRC-{quarter}-{number + 1:03d}",
        quarter,
        _TAX_WORK[number % len(_TAX_WORK)],
        org.NAMES[org.ISTD if rng.random() < 0.75 else org.CUSTOMS] if has_partner else None,
        BY_ISO[_TAX_PLACES[int(rng.integers(len(_TAX_PLACES)))]].name,
        int(rng.integers(6, 45)),
        start,
        end,
        "Room booked",
    ]
