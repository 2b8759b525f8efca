"""Access and influence, progress of boundary partners, and claims of effect."""

from __future__ import annotations

import numpy as np

from idtracker.model.periods import period_bounds, periods_between
from programme import organisations as org
from programme.delivery import Cell, Delivery, Grid, arrival, day_in
from programme.world import World

_ACTORS = (
    ("ACT-01", "Government decision-maker", "OBJ-L3"),
    ("ACT-02", "Government decision-maker", "OBJ-L1"),
    ("ACT-03", "Security official", "OBJ-L4"),
    ("ACT-04", "Community leader", "OBJ-L5"),
    ("ACT-05", "Business association", "OBJ-L2"),
    ("ACT-06", "Parliamentary committee", "OBJ-C1"),
    ("ACT-07", "Municipal council", "OBJ-L1"),
    ("ACT-08", "Security official", "OBJ-C2"),
)
_OBSERVERS = ("FCDO", "HMRC Jordan team", "Home Office", "ONS")
_MARKERS = (
    ("PM-01", org.ISTD, "EXPECT", "Publishes the audit plan", 0.9),
    ("PM-02", org.ISTD, "LIKE", "Uses risk selection without help", 0.6),
    ("PM-03", org.ISTD, "LOVE", "Trains other departments", 0.3),
    ("PM-04", org.MOLA, "EXPECT", "Holds open council days", 0.8),
    ("PM-05", org.MOLA, "LIKE", "Answers complaints in public", 0.5),
    ("PM-06", org.POLICE, "EXPECT", "Records response times", 0.7),
    ("PM-07", org.POLICE, "LOVE", "Plans patrols with residents", 0.2),
    ("PM-08", org.DOS, "EXPECT", "Publishes standard errors", 1.0),
    ("PM-09", org.DOS, "LIKE", "Opens microdata to researchers", 0.5),
    ("PM-10", org.NAHR, "LIKE", "Mediates without the programme's money", 0.4),
)
_CLAIMS: list[list[Cell]] = [
    ["EC-01", "JO-IDP-REV", "2025-Q2", "T1", "IC", "Governorates with one department or none", 4, 7.6, 6.1, 9.1, 0.01, 8, 3, 3, 3, 4, 3, None, None, "VALIDATED", "ONS", None, None, None],
    ["EC-02", "JO-IDP-POST", "2025-Q2", "T1", "IC", "Governorates with one department or none", 4, 0.3, -1.2, 1.8, 0.71, 6, 3, 3, 2, 2, 3, None, None, "REJECTED", "ONS", None, None, None],
    ["EC-03", "JO-IDP-FINANCE", "2025-Q4", "T1", "DID", "Posts outside the activity", 2, 4.2, 0.5, 7.9, 0.08, 5, 2, 3, 2, 3, 2, None, None, "CLAIMED", None, None, None, None],
    ["EC-04", "JO-IDP-CELL", "2025-Q4", "T2", "BEFORE_AFTER", "Analysis before 2023", 0, None, None, None, None, 2, 3, 3, 3, 3, 4, None, None, "REVIEWED", "University of the Wadi", None, None, None],
    ["EC-05", "JO-IDP-DATA", "2026-Q1", "T3", "CONTRIBUTION", "No department could do this before", 0, None, None, None, None, 3, 3, 4, 3, 3, 3, None, None, "VALIDATED", "University of the Wadi", "CAP-03", None, None],
    ["EC-06", "JO-IDP-REV", "2026-Q1", "T4", "CONTRIBUTION", "Ministry's own plan before 2025", 0, None, None, None, None, 1, 4, 3, 3, 3, 3, "SCALE_UP", "Ministry of Local Administration", "VALIDATED", "ONS", None, "MOLA-2026-ROLLOUT", None],
    ["EC-07", "JO-IDP-WATER", "2026-Q2", "T4", "CONTRIBUTION", "Donor plan before the activity", 0, None, None, None, None, 1, 3, 3, 3, 3, 2, "FUNDS_LEVERAGED", "UNDP", "REVIEWED", "ONS", None, "UNDP-2026-014", 120000],
    ["EC-08", "JO-IDP-POLICE", "2026-Q2", "T0", "NONE", "None", 0, None, None, None, None, 1, 2, 2, 1, 1, 2, None, None, "CLAIMED", None, None, None, None],
]  # fmt: skip
_CLAIM_HEADINGS = ["Claim", "Activity", "Quarter", "Tier", "Estimator", "Compared with", "Cells", "Estimate", "Low", "High", "p", "Units", "Voice", "Appropriateness", "Triangulation", "Contribution", "Transparency", "Catalytic type", "Outside actor", "State", "Reviewer", "Capability", "Outside contribution", "Outside amount GBP"]  # fmt: skip
_CAPABILITIES: list[list[Cell]] = [
    ["CAP-01", "Weekly joint risk picture of the border", "2024-Q2", "GB-GOV-1;GB-GOV-6;GB-GOV-8", None],
    ["CAP-02", "Revenue forecasts by municipality", "2025-Q1", "GB-GOV-1;GB-GOV-11", None],
    ["CAP-03", "Small-area estimates of tension", "2025-Q4", "GB-GOV-1;GB-GOV-24", None],
    ["CAP-04", "Shared audit case selection", "2025-Q3", "GB-GOV-11;XX-LOCAL-JO-ISTD", "GB-GOV-11"],
]


def deliveries(world: World) -> list[Delivery]:
    """Access log each quarter, progress markers and effect claims each half year."""
    halves = periods_between("2023-H2", "2026-H1")
    return [
        *(_access(world, step, q) for step, q in enumerate(world.quarters)),
        *(_markers(world, step, h) for step, h in enumerate(halves)),
        *(_claims(world, h) for h in halves if h >= "2025-H1"),
    ]


def _access(world: World, step: int, quarter: str) -> Delivery:
    """Access opens first and influence follows; two actors stay closed."""
    source = "embassy_access_log"
    rng = world.stream(f"{source} {quarter}")
    rows: list[list[Cell]] = []
    for number, (actor, kind, objective) in enumerate(_ACTORS):
        pace = 0.0 if number in (4, 7) else 0.18 + 0.03 * number
        for ladder, delay in (("ACCESS", 0), ("INFLUENCE", 4)):
            level = int(np.clip(round(1 + pace * max(step - delay, 0) + float(rng.normal(0, 0.25))), 0, 4))
            who = _OBSERVERS[(number + step) % len(_OBSERVERS)]
            rows.append(
                [actor, kind, objective, ladder, level, day_in(quarter, rng), who, str(int(rng.integers(1, 5)))]
            )
    headings = ["Actor", "Kind of actor", "Objective", "Ladder", "Level", "Observed on", "Observer", "Evidence"]
    return Delivery(
        source, f"access_log_{quarter}.csv", arrival(quarter, rng, 5, 18), org.FCDO, "csv", [Grid(headings, rows)]
    )


def _markers(world: World, step: int, half: str) -> Delivery:
    source = "embassy_progress_markers"
    rng = world.stream(f"{source} {half}")
    rows: list[list[Cell]] = []
    for marker, partner, level, statement, pace in _MARKERS:
        progress = pace * (step + 1) / 3 + float(rng.normal(0, 0.1))
        status = "FULL" if progress > 1 else "SOME" if progress > 0.4 else "NONE"
        rows.append([marker, org.NAMES[partner], level, statement, status, period_bounds(half)[1]])
    headings = ["Marker", "Boundary partner", "Level", "Statement", "Status", "Observed on"]
    return Delivery(
        source, f"progress_markers_{half}.csv", arrival(half, rng, 12, 26), org.FCDO, "csv", [Grid(headings, rows)]
    )


def _claims(world: World, half: str) -> Delivery:
    """All claims and capabilities known by the end of the half year."""
    source = "embassy_effect_claims"
    rng = world.stream(f"{source} {half}")
    last = periods_between(half, half, "quarter")[-1]
    claims = [list(c) for c in _CLAIMS if str(c[2]) <= last]
    capabilities = []
    for ref, text, since, who, before in _CAPABILITIES:
        if str(since) <= last:
            first = period_bounds(str(since))[1]
            used = first if ref == "CAP-01" else period_bounds(half)[1]
            capabilities.append([ref, text, first, used, who, before])
    lead: list[list[Cell]] = [["Claims of effect. Invented."]]
    names = ["Capability", "What can be done", "First evidenced", "Last used", "Contributors", "Had before"]
    grids = [Grid(_CLAIM_HEADINGS, claims, "Claims", lead), Grid(names, capabilities, "Capabilities", lead)]
    return Delivery(source, f"effect_claims_{half}.xlsx", arrival(half, rng, 30, 44), org.FCDO, "xlsx", grids)
