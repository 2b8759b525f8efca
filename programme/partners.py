"""Partners outside government: UN operational presence with HXL tags, and an NGO's activities in IATI 2.03."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from lxml import etree

from idtracker.model.periods import period_bounds, periods_between
from programme import organisations as org
from programme.delivery import Cell, Delivery, Grid, arrival
from programme.places import BY_ISO, EVERYWHERE
from programme.world import World

_TAGS = ["#org+name", "#org+impl+name", "#sector", "#adm1+code", "#loc+name", "#date+start", "#date+end", "#status", "#beneficiary+type", "#targeted", "#reached"]  # fmt: skip
_HEADINGS = ["Organisation", "Implementing partner", "Sector", "Governorate code", "Location", "Start", "End", "Status", "For whom", "Targeted", "Reached"]  # fmt: skip
_SECTORS = ("Protection", "Education", "Food Security", "Livelihoods", "Shelter", "WASH")
_UN = (org.UNHCR, org.UNICEF, org.WFP, org.UNDP, org.IOM)
_LOCAL_NAMES = (*(org.NAMES[o] for o in (org.HORIZON, org.NAHR, org.WOMEN)), "Nahr Ctr.")


def deliveries(world: World) -> list[Delivery]:
    """Presence of every quarter but the latest, which is still due; one IATI file each half year."""
    halves = periods_between("2023-H2", "2026-H1")
    return [*(_presence(world, q) for q in world.quarters[:-1]), *(_iati(world, half) for half in halves)]


def _presence(world: World, quarter: str) -> Delivery:
    source = "unhcr_operational_presence"
    rng = world.stream(f"{source} {quarter}")
    start, end = period_bounds(quarter)
    rows: list[list[Cell]] = []
    for place in EVERYWHERE:
        busy = 6 if place in ("JO-MA", "JO-IR", "JO-AM", "JO-AZ") else 3
        for choice in sorted(int(c) for c in rng.choice(30, size=busy, replace=False)):
            who, sector = _UN[choice % 5], _SECTORS[choice // 5]
            partner = _LOCAL_NAMES[int(rng.integers(4))] if rng.random() < 0.6 else None
            targeted = int(rng.integers(60, 2400))
            reached = int(targeted * rng.uniform(0.4, 1.0))
            groups = "Refugees" if rng.random() < 0.6 else "Host community"
            rows.append([org.NAMES[who], partner, sector, BY_ISO[place].progres, BY_ISO[place].name, start, end, "2", groups, targeted, reached])  # fmt: skip
    grid = Grid(_TAGS, rows, heads=[_HEADINGS, _TAGS])
    return Delivery(source, f"jor_presence_{quarter}.csv", arrival(quarter, rng, 14, 29), org.UNHCR, "csv", [grid])


_WORK = (
    ("XX-LOCAL-JO-HORIZON-WATER", "Water dispute mediation", "JO-MA", "15220", date(2023, 1, 1), 420000),
    ("XX-LOCAL-JO-HORIZON-YOUTH", "Youth mediators in schools", "JO-IR", "15220", date(2023, 7, 1), 260000),
    ("XX-LOCAL-JO-HORIZON-LEGAL", "Legal advice for tenants", "JO-AZ", "15130", date(2024, 1, 1), 310000),
    ("XX-LOCAL-JO-HORIZON-SKILLS", "Skills for haulage workers", "JO-AQ", "11330", date(2024, 7, 1), 180000),
)
_POINTS = {"JO-MA": "32.34 36.21", "JO-IR": "32.55 35.85", "JO-AZ": "32.07 36.09", "JO-AQ": "29.53 35.00"}


def _iati(world: World, half: str) -> Delivery:
    """Every activity that has begun, with all its transactions and results so far: each file is the whole truth."""
    source = "horizon_iati_activities"
    rng = world.stream(f"{source} {half}")
    end = period_bounds(half)[1]
    root = etree.Element("iati-activities", version="2.03")
    root.append(etree.Comment(" Invented figures "))
    for work in _WORK:
        if work[4] <= end:
            root.append(_iati_activity(world, work, half))
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    name = f"horizon_iati_{half}.xml"
    return Delivery(source, name, arrival(half, rng, 20, 40), org.HORIZON, "bytes", content=content)


def _narrative(parent: etree._Element, tag: str, text: str, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, tag, attributes)
    etree.SubElement(element, "narrative").text = text
    return element


def _iati_activity(world: World, work: tuple[str, str, str, str, date, int], half: str) -> etree._Element:
    ref, title, place, sector, start, budget = work
    activity = etree.Element("iati-activity", hierarchy="2")
    activity.set("default-currency", "GBP")
    etree.SubElement(activity, "iati-identifier").text = ref
    _narrative(activity, "reporting-org", "Horizon Bridges", ref=org.HORIZON, type="21")
    _narrative(activity, "title", title)
    _narrative(activity, "description", f"{title}. Invented activity.")
    members = [(org.FCDO, "FCDO", "10", "1"), (org.HORIZON, "Horizon Bridges", "21", "4")]
    members += [(org.NAHR, org.NAMES[org.NAHR], "24", "4")] if place == "JO-MA" else []
    for who, name, kind, role in members:
        _narrative(activity, "participating-org", name, ref=who, type=kind, role=role)
    etree.SubElement(activity, "activity-status", code="2")
    etree.SubElement(activity, "activity-date", {"iso-date": start.isoformat(), "type": "2"})
    etree.SubElement(activity, "activity-date", {"iso-date": "2027-03-31", "type": "3"})
    etree.SubElement(activity, "recipient-country", code="JO", percentage="100")
    _location(activity, place)
    etree.SubElement(activity, "sector", vocabulary="1", code=sector, percentage="100")
    _money(activity, ref, start, budget, half)
    for transaction in periods_between(start, half, "half_year"):
        _transaction(world, activity, ref, transaction)
    _results(world, activity, ref, start, half)
    return activity


def _location(activity: etree._Element, place: str) -> None:
    location = etree.SubElement(activity, "location", ref=place)
    _narrative(location, "name", BY_ISO[place].name)
    etree.SubElement(location, "administrative", vocabulary="A4", level="1", code=place)
    point = etree.SubElement(location, "point", srsName="http://www.opengis.net/def/crs/EPSG/0/4326")
    etree.SubElement(point, "pos").text = _POINTS[place]


def _money(activity: etree._Element, ref: str, start: date, budget: int, half: str) -> None:
    element = etree.SubElement(activity, "budget", type="1", status="2")
    etree.SubElement(element, "period-start", {"iso-date": start.isoformat()})
    etree.SubElement(element, "period-end", {"iso-date": (start + timedelta(days=364)).isoformat()})
    etree.SubElement(element, "value", {"currency": "GBP", "value-date": start.isoformat()}).text = str(budget)


def _transaction(world: World, activity: etree._Element, ref: str, half: str) -> None:
    rng = world.stream(f"iati {ref} {half}")
    for kind, provider, receiver, low, high in (
        ("1", (org.FCDO, "FCDO"), (org.HORIZON, "Horizon Bridges"), 40, 90),
        ("4", (org.HORIZON, "Horizon Bridges"), (org.NAHR, org.NAMES[org.NAHR]), 10, 60),
    ):
        day = period_bounds(half)[0] + timedelta(days=int(rng.integers(5, 170)))
        element = etree.SubElement(activity, "transaction", ref=f"{ref}-{half}-{kind}")
        etree.SubElement(element, "transaction-type", code=kind)
        etree.SubElement(element, "transaction-date", {"iso-date": day.isoformat()})
        value = etree.SubElement(element, "value", {"currency": "GBP", "value-date": day.isoformat()})
        value.text = str(int(rng.integers(low, high)) * 1000)
        _narrative(element, "description", f"Half year {half}")
        _narrative(element, "provider-org", provider[1], ref=provider[0])
        _narrative(element, "receiver-org", receiver[1], ref=receiver[0])


def _results(world: World, activity: etree._Element, ref: str, start: date, half: str) -> None:
    """One result that should rise and one that should fall; an actual may be absent, which is not zero."""
    for number, (text, ascending, base, target) in enumerate(
        (("People who took part", "1", 0, 400), ("Days until a case is closed", "0", 60, 30)), 1
    ):
        result = etree.SubElement(
            activity, "result", {"type": str(number), "aggregation-status": "1" if number == 1 else "0"}
        )
        _narrative(result, "title", text)
        indicator = etree.SubElement(result, "indicator", measure="1", ascending=ascending)
        _narrative(indicator, "title", text)
        etree.SubElement(indicator, "baseline", year=str(start.year), value=str(base))
        for covered in periods_between(start, half, "half_year"):
            _result_period(world.stream(f"result {ref} {number} {covered}"), indicator, covered, base, target)


def _result_period(rng: np.random.Generator, indicator: etree._Element, half: str, base: int, target: int) -> None:
    first, last = period_bounds(half)
    period = etree.SubElement(indicator, "period")
    etree.SubElement(period, "period-start", {"iso-date": first.isoformat()})
    etree.SubElement(period, "period-end", {"iso-date": last.isoformat()})
    etree.SubElement(period, "target", value=str(target))
    if rng.random() > 0.15:
        etree.SubElement(period, "actual", value=str(round(base + (target - base) * float(rng.uniform(0.4, 1.1)))))
