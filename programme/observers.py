"""Those who observe the country: statistics offices, ministries, a university, the defence department's open-source desk."""

from __future__ import annotations

from idtracker.model.periods import periods_between
from programme import organisations as org
from programme.delivery import Cell, Delivery, Grid, arrival
from programme.departments import SILENT_AFTER
from programme.places import BY_ISO, COUNTRY, EVERYWHERE
from programme.world import World

_EASTERN = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")
DEROGATED = "2025-Q1"


def deliveries(world: World) -> list[Delivery]:
    """All observation sources but the embassy's tracker workbook."""
    quarters = world.quarters
    return [
        *(_statistics(world, q) for q in quarters),
        *(_interior(world, q) for q in quarters),
        *(_planning(world, q) for q in quarters if q != DEROGATED),
        *(_municipal(world, half) for half in periods_between("2023-H2", "2026-H1")),
        *(_university(world, q) for q in quarters),
        *(_open_source_desk(world, q) for q in quarters if q <= SILENT_AFTER),
    ]


def _statistics(world: World, quarter: str) -> Delivery:
    """Survey estimates with standard errors and 90 % intervals, and monthly inflation."""
    source = "ons_survey_indicators"
    rng = world.stream(f"{source} {quarter}")
    rows: list[list[Cell]] = []
    for code, places in (("BSF2-UNEMP", (*EVERYWHERE, COUNTRY)), ("BSF2-NEET", EVERYWHERE)):
        for place in places:
            size = int(rng.integers(280, 900)) * (8 if place == COUNTRY else 1)
            value = world.observed(rng, code, place, quarter, error=0.8)
            error = round(100 * (max(value, 1) / 100 * (1 - value / 100) / size) ** 0.5 * 1.3, 2)
            lower, upper = round(max(value - 1.645 * error, 0), 2), round(value + 1.645 * error, 2)
            area = BY_ISO[place].name if place != COUNTRY else "Jordan"
            producer = org.NAMES[org.DOS] if quarter < "2025-Q2" else "DoS Amman"
            rows.append([world.indicators[code].name, area, quarter, producer, value, error, lower, upper, size, "%", "A"])  # fmt: skip
    for month in periods_between(quarter, quarter, "month"):
        value = world.observed(rng, "BSF2-INFL", COUNTRY, quarter, error=2.0, digits=2)
        rows.append([world.indicators["BSF2-INFL"].name, "Jordan", month, org.NAMES[org.DOS], value, None, None, None, None, "%", "P"])  # fmt: skip
    headings = ["Indicator", "Area", "Period", "Producer", "Estimate", "Standard error", "Lower 90", "Upper 90", "Sample", "Unit", "Flag"]  # fmt: skip
    received = arrival(quarter, rng, 30, 43)
    return Delivery(source, f"ons_survey_{quarter}.csv", received, org.ONS, "csv", [Grid(headings, rows)])


def _interior(world: World, quarter: str) -> Delivery:
    """Arabic headings, indicator and governorate names; Arabic-Indic digits."""
    source = "moi_security_return"
    rng = world.stream(f"{source} {quarter}")
    rows: list[list[Cell]] = []
    for code in ("BSF3-MEDIATION", "BSF4-POLICE", "BSF4-COURT"):
        for place in (p for p in EVERYWHERE if world.can_reach(p, quarter)):
            value = world.observed(rng, code, place, quarter, bias=2.0)
            name = world.indicators[code].name_ar
            rows.append([BY_ISO[place].arabic, name, quarter.translate(_EASTERN), f"{value:.1f}".translate(_EASTERN), ""])  # fmt: skip
    headings = ["المحافظة", "المؤشر", "الفترة", "القيمة", "ملاحظات"]
    received = arrival(quarter, rng, 20, 34)
    return Delivery(source, f"moi_return_{quarter}.csv", received, org.MOI, "csv", [Grid(headings, rows)])


def _planning(world: World, quarter: str) -> Delivery:
    """A workbook with headings in two languages above each other in one cell."""
    source = "mopic_public_works"
    rng = world.stream(f"{source} {quarter}")
    rows: list[list[Cell]] = []
    for code in ("BSF2-PROJECTS", "BSF4-WATER"):
        for place in EVERYWHERE:
            value = world.observed(rng, code, place, quarter)
            spot, indicator = BY_ISO[place], world.indicators[code]
            rows.append([spot.name, spot.arabic, indicator.name, quarter, value, indicator.unit, None])
    headings = ["Governorate / المحافظة", "الاسم بالعربية", "Indicator / المؤشر", "Period / الفترة", "Value / القيمة", "Unit / الوحدة", "Remarks / ملاحظات"]  # fmt: skip
    lead: list[list[Cell]] = [
        ["Ministry of Planning: public works return / تقرير الأشغال العامة"],
        ["Invented figures / أرقام افتراضية"],
    ]
    grid = Grid(
        headings, rows, "Return - التقرير", lead, tail=[["Total rows / مجموع الصفوف", None, None, None, len(rows)]]
    )
    return Delivery(source, f"mopic_works_{quarter}.xlsx", arrival(quarter, rng, 25, 38), org.MOPIC, "xlsx", [grid])


def _municipal(world: World, half: str) -> Delivery:
    """A half-yearly return in the old Arabic encoding, both quarters in one file."""
    source = "mola_municipal_return"
    rng = world.stream(f"{source} {half}")
    rows: list[list[Cell]] = []
    for quarter in periods_between(half, half, "quarter"):
        for code in ("BSF1-WOMEN", "BSF1-COMPLAINTS"):
            for place in EVERYWHERE:
                value = world.observed(rng, code, place, quarter)
                rows.append([BY_ISO[place].arabic, world.indicators[code].name_ar, quarter, value])
    grid = Grid(["المحافظة", "المؤشر", "الفترة", "القيمة"], rows)
    return Delivery(source, f"mola_municipal_{half}.csv", arrival(half, rng, 28, 44), org.MOLA, "csv", [grid], "cp1256")


def _university(world: World, quarter: str) -> Delivery:
    """A second, independent observer; shares between 0 and 1. It sees unemployment in Tafilah very differently."""
    source = "wadi_university_barometer"
    rng = world.stream(f"{source} {quarter}")
    rows: list[list[Cell]] = []
    for code in ("BSF2-UNEMP", "BSF2-NEET", "BSF2-FOOD", "BSF1-COMPLAINTS", "BSF3-MEDIATION"):
        for place in EVERYWHERE:
            bias = -24.0 if (code, place) == ("BSF3-MEDIATION", "JO-AT") else -1.5
            value = world.observed(rng, code, place, quarter, bias=bias, error=2.5) / 100
            rows.append([code, BY_ISO[place].variant, quarter, round(value, 3), int(rng.integers(90, 240))])
    grid = Grid(["indicator_code", "governorate", "quarter", "share", "respondents"], rows)
    return Delivery(source, f"barometer_{quarter}.csv", arrival(quarter, rng, 22, 36), org.UNIVERSITY, "csv", [grid])


def _open_source_desk(world: World, quarter: str) -> Delivery:
    """Graded observations; the protest counts quote the same open source as the embassy does."""
    source = "mod_security_assessment"
    rng = world.stream(f"{source} {quarter}")
    rows: list[list[Cell]] = []
    for place in EVERYWHERE:
        value = protests(world, place, quarter)
        rows.append(
            ["BSF3-PROTEST", BY_ISO[place].variant, quarter, value, None, None, "B", "2", org.NAMES[org.OBSERVATORY]]
        )
    for month in periods_between(quarter, quarter, "month"):
        value = round(world.observed(rng, "BSF5-INCIDENT", COUNTRY, quarter, error=2.0) / 3)
        rows.append(["BSF5-INCIDENT", "Jordan", month, value, max(value - 3, 0), value + 3, "B", "2", None])
    headings = ["Indicator", "Area", "Period", "Value", "Low", "High", "Reliability", "Credibility", "Quoted from"]
    received = arrival(quarter, rng, 10, 26)
    return Delivery(source, f"mod_assessment_{quarter}.csv", received, org.MOD, "csv", [Grid(headings, rows)])


def protests(world: World, place: str, quarter: str) -> int:
    """Protests as the open source counts them: one figure, whoever quotes it."""
    rng = world.stream(f"protests {place} {quarter}")
    return max(round(world.observed(rng, "BSF3-PROTEST", place, quarter, error=2.0)), 0)
