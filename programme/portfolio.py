"""Which activities the departments and their partners run together or alone, who takes part in which role, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from programme import organisations as org

MERGER = date(2020, 9, 2)
LAST_DAY_BEFORE = date(2020, 9, 1)
END = date(2027, 3, 31)

# The two planted comparisons: activity -> governorates by arm. Arm A and arm B are the departments named in ARMS.
ARMS = {"JO-IDP-REV": (org.HMRC, org.FCDO), "JO-IDP-POST": (org.MOD, org.HOME)}
CELLS: dict[str, dict[str, tuple[str, ...]]] = {
    "JO-IDP-REV": {
        "neither": ("JO-AM", "JO-MD"),
        "a": ("JO-AZ", "JO-BA"),
        "b": ("JO-JA", "JO-AJ"),
        "both": ("JO-MA", "JO-IR"),
    },
    "JO-IDP-POST": {"neither": ("JO-AM", "JO-MD"), "a": ("JO-KA",), "b": ("JO-AT",), "both": ("JO-MN", "JO-AQ")},
}
MEANS = {
    "JO-IDP-REV": {"neither": 50.0, "a": 54.0, "b": 55.0, "both": 67.0},
    "JO-IDP-POST": {"neither": 60.0, "a": 66.0, "b": 64.0, "both": 70.0},
}
OUTCOMES = {
    "JO-IDP-REV": "Municipal revenue collected against plan (%)",
    "JO-IDP-POST": "Border and community posts that meet the service standard (%)",
}
ARMS_START = date(2024, 7, 1)


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity of the register."""

    ref: str
    title: str
    objective: str
    fund: str
    mode: str
    sector: str
    start: date
    end: date
    budget: int
    place: str = "JO"


@dataclass(frozen=True, slots=True)
class Part:
    """One organisation's part in an activity."""

    ref: str
    org: str
    role: str
    contribution: str
    start: date
    end: date
    place: str = ""
    amount: int | None = None


def _activity(
    code: str,
    title: str,
    objective: str,
    mode: str,
    sector: str,
    since: int,
    until: int,
    budget: int,
    place: str = "JO",
    fund: str = "CSSF",
) -> Activity:
    start = date(since // 100, since % 100, 1)
    end = END if until >= 202703 else date(until // 100, until % 100, 28)
    return Activity(f"JO-IDP-{code}", title, objective, fund, mode, sector, start, end, budget, place)


ACTIVITIES = (
    _activity(
        "COMPACT", "Municipal services compact", "OBJ-L1", "JOINT_DELIVERY", "15112", 201910, 202203, 2400000, "JO-MA"
    ),
    _activity(
        "EDGE", "Border community stabilisation", "OBJ-L4", "COORDINATED", "15220", 202001, 202303, 1800000, "JO-MA"
    ),
    _activity(
        "JOBS20",
        "Economic opportunities in host communities",
        "OBJ-L2",
        "SINGLE",
        "16020",
        202001,
        202112,
        3100000,
        "JO-IR",
        "ODA_DEPT",
    ),
    _activity("CELL", "Joint analysis cell", "OBJ-C1", "FUSED", "15220", 202001, 202703, 600000),
    _activity(
        "REV", "Municipal revenue partnership", "OBJ-L3", "JOINT_DELIVERY", "15114", 202407, 202703, 2900000, fund="ISF"
    ),
    _activity(
        "POST", "Border and community posts", "OBJ-L4", "JOINT_DELIVERY", "15136", 202407, 202703, 3300000, fund="ISF"
    ),
    _activity(
        "STATS", "Statistics twinning", "OBJ-C1", "COORDINATED", "15196", 202110, 202703, 900000, fund="ODA_DEPT"
    ),
    _activity("TAX", "Tax audit academy", "OBJ-L3", "SINGLE", "15114", 202204, 202703, 1100000, "JO-AM", "ODA_DEPT"),
    _activity("POLICE", "Community policing reform", "OBJ-L5", "PARALLEL", "15132", 202104, 202703, 2200000, "JO-AZ"),
    _activity(
        "VOICE", "Women in local decisions", "OBJ-L1", "SINGLE", "15170", 202207, 202703, 800000, "JO-KA", "ODA_DEPT"
    ),
    _activity("WATER", "Water dispute mediation", "OBJ-L5", "SINGLE", "15220", 202301, 202703, 950000, "JO-MA"),
    _activity(
        "JOBS", "Jobs in haulage and storage", "OBJ-L2", "SINGLE", "32130", 202201, 202612, 1900000, "JO-IR", "ODA_DEPT"
    ),
    _activity("SCREEN", "Border screening", "OBJ-L4", "SINGLE", "15136", 202104, 202703, 1400000, "JO-AQ"),
    _activity(
        "TRAIN", "Military training team", "OBJ-L4", "SINGLE", "15210", 202001, 202703, 2600000, "JO-AZ", "OTHER"
    ),
    _activity("CRISIS", "Crisis planning across departments", "OBJ-C2", "FUSED", "74020", 202304, 202703, 500000),
    _activity(
        "FINANCE", "Illicit finance on the border", "OBJ-L4", "COORDINATED", "15113", 202310, 202703, 700000, "JO-MN"
    ),
    _activity(
        "REGISTER",
        "Refugee registration support",
        "OBJ-L6",
        "SINGLE",
        "72010",
        202001,
        202612,
        1600000,
        "JO-MA",
        "ODA_DEPT",
    ),
    _activity("SAFE", "Safe schools", "OBJ-L6", "SINGLE", "11220", 202304, 202612, 1200000, "JO-IR", "ODA_DEPT"),
    _activity("DATA", "Data for resilience", "OBJ-C1", "JOINT_DELIVERY", "15196", 202404, 202703, 650000, fund="ISF"),
    _activity("MIGRATE", "Migration data partnership", "OBJ-L6", "COORDINATED", "15190", 202404, 202703, 540000),
    _activity(
        "FOOD", "Food security monitoring", "OBJ-L2", "SINGLE", "52010", 202307, 202612, 730000, "JO-AT", "ODA_DEPT"
    ),
)
BY_REF = {a.ref: a for a in ACTIVITIES}

# activity -> (organisation, role, contribution, first month or 0 for the whole activity)
_WHO: dict[str, list[tuple[str, str, str, int]]] = {
    "COMPACT": [
        (org.FCO, "2", "CONVENING", 0),
        (org.DFID, "1", "FUNDS", 0),
        (org.MOLA, "BOUNDARY_PARTNER", "ACCESS", 0),
        (org.UNDP, "4", "STAFF", 0),
    ],
    "EDGE": [(org.FCO, "2", "FUNDS", 0), (org.MOD, "4", "STAFF", 0), (org.ARMY, "BOUNDARY_PARTNER", "ACCESS", 0)],
    "JOBS20": [(org.DFID, "1", "FUNDS", 0), (org.LABOUR, "BOUNDARY_PARTNER", "ACCESS", 0)],
    "CELL": [
        (org.FCO, "2", "CONVENING", 0),
        (org.DFID, "JOINT_ANALYST", "EXPERTISE", 0),
        (org.MOD, "JOINT_ANALYST", "EXPERTISE", 0),
        (org.ONS, "DATA_PROVIDER", "DATA", 202204),
        (org.HMRC, "JOINT_ANALYST", "EXPERTISE", 202310),
    ],
    "REV": [
        (org.FCDO, "2", "FUNDS", 0),
        (org.ISTD, "BOUNDARY_PARTNER", "ACCESS", 0),
        (org.MOLA, "BOUNDARY_PARTNER", "ACCESS", 0),
    ],
    "POST": [
        (org.HOME, "2", "FUNDS", 0),
        (org.CUSTOMS, "BOUNDARY_PARTNER", "ACCESS", 0),
        (org.ARMY, "BOUNDARY_PARTNER", "ACCESS", 0),
    ],
    "STATS": [(org.ONS, "4", "EXPERTISE", 0), (org.FCDO, "1", "FUNDS", 0), (org.DOS, "BOUNDARY_PARTNER", "DATA", 0)],
    "TAX": [(org.HMRC, "4", "EXPERTISE", 0), (org.ISTD, "BOUNDARY_PARTNER", "ACCESS", 0)],
    "POLICE": [
        (org.FCDO, "1", "FUNDS", 0),
        (org.HOME, "CAPABILITY_PROVIDER", "EXPERTISE", 0),
        (org.POLICE, "BOUNDARY_PARTNER", "ACCESS", 0),
    ],
    "VOICE": [(org.FCDO, "1", "FUNDS", 0), (org.WOMEN, "4", "STAFF", 0), (org.MOLA, "BOUNDARY_PARTNER", "ACCESS", 0)],
    "WATER": [
        (org.FCDO, "1", "FUNDS", 0),
        (org.HORIZON, "4", "STAFF", 0),
        (org.NAHR, "4", "ACCESS", 0),
        (org.COMMITTEE, "BOUNDARY_PARTNER", "ACCESS", 202406),
    ],
    "JOBS": [
        (org.FCDO, "1", "FUNDS", 0),
        (org.LOGISTICS, "4", "ASSET", 0),
        (org.LABOUR, "BOUNDARY_PARTNER", "ACCESS", 0),
    ],
    "SCREEN": [(org.HOME, "4", "EXPERTISE", 0), (org.CUSTOMS, "BOUNDARY_PARTNER", "ACCESS", 0)],
    "TRAIN": [(org.MOD, "4", "STAFF", 0), (org.ARMY, "BOUNDARY_PARTNER", "ACCESS", 0)],
    "CRISIS": [
        (org.FCDO, "2", "CONVENING", 0),
        (org.MOD, "4", "STAFF", 0),
        (org.HOME, "4", "STAFF", 202401),
        (org.MOI, "BOUNDARY_PARTNER", "ACCESS", 0),
    ],
    "FINANCE": [
        (org.HMRC, "2", "EXPERTISE", 0),
        (org.HOME, "4", "STAFF", 0),
        (org.FCDO, "1", "FUNDS", 0),
        (org.CUSTOMS, "BOUNDARY_PARTNER", "ACCESS", 0),
    ],
    "REGISTER": [(org.FCO, "1", "FUNDS", 0), (org.UNHCR, "4", "STAFF", 0)],
    "SAFE": [(org.FCDO, "1", "FUNDS", 0), (org.UNICEF, "4", "STAFF", 0)],
    "DATA": [
        (org.ONS, "4", "EXPERTISE", 0),
        (org.FCDO, "2", "FUNDS", 0),
        (org.UNIVERSITY, "DATA_PROVIDER", "DATA", 0),
        (org.DOS, "BOUNDARY_PARTNER", "DATA", 202501),
    ],
    "MIGRATE": [(org.HOME, "2", "FUNDS", 0), (org.ONS, "4", "EXPERTISE", 202501), (org.IOM, "4", "DATA", 0)],
    "FOOD": [(org.FCDO, "1", "FUNDS", 0), (org.WFP, "4", "STAFF", 0)],
}


def parts() -> list[Part]:
    """Every participation in its order; FCO and DFID hand over to FCDO on the day of the merger."""
    found: list[Part] = []
    for code, members in _WHO.items():
        activity = BY_REF[f"JO-IDP-{code}"]
        for who, role, contribution, since in members:
            start = date(since // 100, since % 100, 1) if since else activity.start
            amount = activity.budget if contribution == "FUNDS" else None
            found.append(Part(activity.ref, who, role, contribution, start, activity.end, "", amount))
    return [late for early in found for late in _handed_over(early)] + _arm_parts()


def _handed_over(part: Part) -> list[Part]:
    if part.org not in (org.FCO, org.DFID) or part.end < MERGER:
        return [part]
    before = Part(part.ref, part.org, part.role, part.contribution, part.start, LAST_DAY_BEFORE, "", part.amount)
    if part.org == org.DFID and part.ref == "JO-IDP-CELL":
        return [before]
    return [before, Part(part.ref, org.FCDO, part.role, part.contribution, MERGER, part.end, "", part.amount)]


def _arm_parts() -> list[Part]:
    """The departments that deliver in each governorate of the two planted comparisons."""
    found = []
    for ref, (first, second) in ARMS.items():
        cells = CELLS[ref]
        for who, places in ((first, (*cells["a"], *cells["both"])), (second, (*cells["b"], *cells["both"]))):
            found += [Part(ref, who, "4", "EXPERTISE", ARMS_START, END, place) for place in places]
    return found
