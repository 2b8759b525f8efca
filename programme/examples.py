"""A tiny example of every source: the first records of a clean report, the last of them spoilt."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from programme.delivery import Cell, Delivery
from programme.inbox import clean_deliveries
from programme.index_data import FILE, human_development
from programme.world import World
from programme.writing import render


@dataclass(frozen=True, slots=True)
class Example:
    """Which report is shortened to how many records a sheet, and what is mistyped in the last record of one sheet."""

    source: str
    made_from: str
    heading: str = ""
    value: Cell = None
    sheet: str = ""
    records: int = 4
    period: str = ""


EXAMPLES = (
    Example("fcdo_logframe_results", "fcdo_logframe_2026-Q1.xlsx", "Actual", "#DIV/0!", "Results", period=".2026-Q1"),
    Example("mod_military_cooperation", "mod_cooperation_2025-Q3.csv", "Start", "31/09/2025"),
    Example("homeoffice_border_capacity", "border_capacity_2026-Q1.csv", "Governorate", "Azraq"),
    Example("hmrc_capacity_records", "hmrc_capacity_2026-Q1.json", "participants", "a dozen"),
    Example("ons_survey_indicators", "ons_survey_2026-Q1.csv", "Lower 90", 60.0),
    Example("embassy_tracker_workbook", "embassy_tracker_2025-Q4.xlsx", "Best %", 52, "Scenarios", 3),
    Example("moi_security_return", "moi_return_2026-Q1.csv", "القيمة", "غير متوفر"),
    Example("mopic_public_works", "mopic_works_2026-Q1.xlsx", "Value / القيمة", "61,5"),
    Example("mola_municipal_return", "mola_municipal_2026-H1.csv", "القيمة", 640),
    Example("unhcr_operational_presence", "jor_presence_2026-Q1.csv", "#adm1+code", "JO001", period=".2026-Q1"),
    Example("horizon_iati_activities", "horizon_iati_2023-H2.xml"),
    Example("observatory_conflict_events", "conflict_events_2026-08-14.csv", "event_date", "2023-02-30"),
    Example("wadi_perception_survey", "perception_2026-Q1.json", "views/trust_municipality", "yes and no", records=3),
    Example("embassy_joint_work_log", "joint_work_log_2026-Q1.xlsx", "Type", "MEMO", "Products", 3),
    Example("embassy_integration_review", "integration_review_2026-Q1.xlsx", "Filled", "maybe", "Roles", 3, ".2026-Q1"),
    Example("embassy_access_log", "access_log_2026-Q1.csv", "Level", 7),
    Example("embassy_progress_markers", "progress_markers_2026-H1.csv", "Level", "HOPE"),
    Example("embassy_effect_claims", "effect_claims_2026-H1.xlsx", "Tier", "T9", "Claims", 3),
    Example("embassy_participation_register", "participation_2026-Q1.csv", "Activity", None),
    Example("embassy_joint_activities", "joint_activities_2026_midyear.csv", "End", "2018-01-01"),
    Example("wadi_university_barometer", "barometer_2026-Q1.csv", "share", 54.2),
    Example("mod_security_assessment", "mod_assessment_2025-Q3.csv", "Reliability", "F"),
)


def write_examples(sources: Path, world: World) -> list[Path]:
    """Write `example.<ext>` (with its period in the name where the source reads it there) into every source folder, and the data of the index."""
    clean = {d.name: d for d in clean_deliveries(world)}
    written = []
    for example in EXAMPLES:
        delivery = deepcopy(clean[example.made_from])
        _shorten(delivery, example)
        path = sources / example.source / f"example{example.period}{Path(example.made_from).suffix}"
        path.write_bytes(render(delivery))
        written.append(path)
    index = sources / FILE
    index.parent.mkdir(exist_ok=True)
    index.write_text(human_development(world), "utf-8", newline="\n")
    return [*written, index]


def _shorten(delivery: Delivery, example: Example) -> None:
    for grid in delivery.grids:
        del grid.rows[example.records :]
        if "count" in delivery.wrapper:
            delivery.wrapper["count"] = len(grid.rows)
    if example.heading:
        grid = delivery.grid(example.sheet)
        grid.put(len(grid.rows) - 1, example.heading, example.value)
