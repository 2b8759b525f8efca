"""The embassy's own tracker: quarters across, quoted open sources, and a sheet of scenario likelihoods."""

from __future__ import annotations

from idtracker.model.periods import next_period, period_bounds, previous_period
from programme import organisations as org
from programme.delivery import Cell, Delivery, Grid, arrival
from programme.observers import protests
from programme.places import BY_ISO, COUNTRY, EVERYWHERE
from programme.world import World

_EMBASSY = ("BSF4-TAXFILE", "BSF5-REFUGEE", "BSF4-WATER", "BSF1-WOMEN", "BSF3-PROTEST")
_NATIONAL = ("BSF5-TRADE", "BSF5-RESERVES")
_SCENARIOS = (
    ("Fuel price protests spread to three or more governorates", "Jordan", 30),
    ("A border crossing closes for more than a week", "Mafraq", 20),
    ("Municipal elections are held on the announced date", "Jordan", 82),
    ("Water rationing leads to clashes", "Ma'an", 44),
)
_TERMS = ((7, "Remote chance"), (22, "Highly unlikely"), (37, "Unlikely"), (52, "Realistic possibility"), (77, "Likely"), (92, "Highly likely"), (101, "Almost certain"))  # fmt: skip
_BANDS = {"Remote chance": (0, 5), "Highly unlikely": (10, 20), "Unlikely": (25, 35), "Realistic possibility": (40, 49), "Likely": (55, 75), "Highly likely": (80, 90), "Almost certain": (95, 100)}  # fmt: skip


def deliveries(world: World) -> list[Delivery]:
    """One workbook a quarter: the last four quarters side by side."""
    return [_tracker(world, index) for index in range(len(world.quarters))]


def _tracker(world: World, index: int) -> Delivery:
    quarter = world.quarters[index]
    window = world.quarters[max(0, index - 3) : index + 1]
    rng = world.stream(f"embassy_tracker_workbook {quarter}")
    rows: list[list[Cell]] = []
    for code in (*_EMBASSY, *_NATIONAL):
        for place in (COUNTRY,) if code in _NATIONAL else EVERYWHERE:
            cells = [_embassy_value(world, code, place, quarter=q, stated_in=quarter) for q in window]
            quoted = org.NAMES[org.OBSERVATORY] if code == "BSF3-PROTEST" else None
            area = BY_ISO[place].name if place != COUNTRY else "Jordan"
            rows.append([world.indicators[code].name, area, world.indicators[code].unit, quoted, "C", "3", *cells])
    lead: list[list[Cell]] = [
        ["Jordan stability tracker"],
        ["Invented figures. Numbers of earlier quarters may be restated."],
    ]
    headings = ["Indicator", "Area", "Unit", "Quoted from", "Reliability", "Credibility", *window]
    received = arrival(quarter, rng, 26, 44)
    grids = [Grid(headings, rows, "Tracker", lead), _scenarios(world, quarter)]
    return Delivery("embassy_tracker_workbook", f"embassy_tracker_{quarter}.xlsx", received, org.FCDO, "xlsx", grids)


def _embassy_value(world: World, code: str, place: str, *, quarter: str, stated_in: str) -> Cell:
    """What the embassy says about a quarter; one value in twelve is restated once, a quarter later."""
    if code == "BSF3-PROTEST":
        return protests(world, place, quarter)
    rng = world.stream(f"embassy {code} {place} {quarter}")
    first = world.observed(rng, code, place, quarter)
    restated = world.observed(rng, code, place, quarter, error=0.5)
    is_restated, is_missing = rng.random() < 1 / 12, rng.random() < 0.03
    if is_missing:
        return None
    return restated if is_restated and stated_in > quarter else first


def _scenarios(world: World, quarter: str) -> Grid:
    """This quarter's judgements, and those of the quarter before with their outcome."""
    rows = _judgements(world, quarter, is_settled=False)
    if quarter != world.quarters[0]:
        rows = [*_judgements(world, previous_period(quarter), is_settled=True), *rows]
    headings = ["Ref", "Scenario", "Area", "Quarter", "Assessed on", "Horizon", "Term", "Low %", "Best %", "High %", "Confidence", "Resolved on", "Happened"]  # fmt: skip
    return Grid(headings, rows, "Scenarios")


def _judgements(world: World, quarter: str, *, is_settled: bool) -> list[list[Cell]]:
    """Likelihoods up to the end of the following quarter."""
    rng = world.stream(f"scenarios {quarter}")
    made, horizon = period_bounds(quarter)[1], period_bounds(next_period(quarter))[1]
    rows: list[list[Cell]] = []
    for number, (text, area, level) in enumerate(_SCENARIOS):
        likely = int(min(max(level + rng.normal(0, 9), 1), 99))
        term = next(name for limit, name in _TERMS if likely < limit)
        low, high = _BANDS[term]
        best = min(max(likely, low), high)
        happened = "yes" if rng.random() < best / 100 else "no"
        outcome = [horizon, happened] if is_settled else [None, None]
        confidence = "Moderate" if number % 2 else "Low"
        rows.append([f"SC{number + 1}-{quarter}", text, area, quarter, made, horizon, term, low, best, high, confidence, *outcome])  # fmt: skip
    return rows
