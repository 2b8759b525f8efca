"""The planted faults: each is declared once, with the file, sheet, row and rule at which a reader must find it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta

from programme.delivery import Cell, Delivery
from programme.spoiling import (
    Change,
    again,
    as_per_cent,
    blank,
    cell,
    content_of,
    cut_short,
    everywhere,
    first_rows,
    heading_twice,
    marked_secret,
    more,
    settings,
    whole,
    with_extra_cell,
    with_new_column,
    without_column,
    without_sheet,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake. `change` alters the delivery and returns the sheet and the records that it spoils (none for the whole file).

    `made_from` names the clean file of which `file` is a spoiled extra copy that came `days` later (three days earlier
    where nothing else is said); without it the mistake is made in the file itself.
    """

    rule: str
    source: str
    file: str
    change: Change
    made_from: str = ""
    why: str = ""
    days: int = -3


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault with the rows of the written file where it stands; no rows: it concerns the whole file."""

    fault: Fault
    sheet: str
    rows: tuple[int, ...]


_NEW_ACTORS: list[list[Cell]] = [
    [f"ACT-{n}", "Community leader", "OBJ-L5", "ACCESS", 1, date(2025, 11, n), "FCDO", "3"] for n in range(11, 17)
]
_LATE_DFID: list[Cell] = ["JO-IDP-POLICE", "Community policing reform", "DFID", "Extending", "EXPERTISE", None, date(2021, 5, 1), date(2022, 3, 28), None]  # fmt: skip

_BORDER, _MOD, _HMRC, _ONS = "homeoffice_border_capacity", "mod_military_cooperation", "hmrc_capacity_records", "ons_survey_indicators"  # fmt: skip
_BAROMETER, _PRESENCE, _ASSESSMENT = (
    "wadi_university_barometer",
    "unhcr_operational_presence",
    "mod_security_assessment",
)
_MOPIC, _MOLA, _MOI, _TRACKER = (
    "mopic_public_works",
    "mola_municipal_return",
    "moi_security_return",
    "embassy_tracker_workbook",
)
_LOG, _REVIEW, _ACCESS, _LOGFRAME = (
    "embassy_joint_work_log",
    "embassy_integration_review",
    "embassy_access_log",
    "fcdo_logframe_results",
)

FAULTS = (
    Fault("value.number", _ONS, "ons_survey_2024-Q1.csv", cell(5, Estimate="about 18")),
    Fault("interval.order", _ONS, "ons_survey_2024-Q3.csv", cell(3, Lower_90=60.0)),
    Fault("row.duplicate", _BORDER, "border_capacity_2024-Q1.csv", again(2)),
    Fault("row.duplicate_key", _BORDER, "border_capacity_2024-Q4.csv", again(4, Officers_trained=1)),
    Fault("value.period", _BORDER, "border_capacity_2025-Q2.csv", cell(1, Quarter="Q5 2025")),
    Fault("name.place", _BORDER, "border_capacity_2025-Q3.csv", cell(0, Governorate="Azraq")),
    Fault("heading.unmapped", _BORDER, "border_capacity_2024-Q2.csv", whole(with_new_column)),
    Fault("value.digits", _BORDER, "border_capacity_2026-Q2.csv", cell(2, Spend="9500,50"), why="decimal comma"),
    Fault(
        "value.ambiguous_number",
        _BORDER,
        "border_capacity_2026-Q2.csv",
        cell(3, Spend="12,500"),
        why="beside a decimal comma: twelve thousand five hundred, or twelve and a half",
    ),
    Fault("file.delimiter", _BORDER, "border_capacity_2025-Q1.csv", whole(settings(delimiter=";"))),
    Fault("file.encoding", _BORDER, "border_capacity_2025-Q4.csv", whole(settings(encoding="utf-16"))),
    Fault("value.required", _HMRC, "hmrc_capacity_2024-Q2.json", cell(6, ref=None)),
    Fault("value.integer", _HMRC, "hmrc_capacity_2024-Q4.json", cell(3, participants=12.5)),
    Fault("bounds.filled", _HMRC, "hmrc_capacity_2025-Q2.json", whole(blank("counterpart", 9))),
    Fault("value.date", _MOD, "mod_cooperation_2024-Q1.csv", cell(2, Start="31/02/2024")),
    Fault("period.order", _MOD, "mod_cooperation_2024-Q3.csv", cell(1, End="01/01/2024")),
    Fault("value.code", _MOD, "mod_cooperation_2024-Q4.csv", cell(0, Status="9")),
    Fault("value.money", _MOD, "mod_cooperation_2025-Q1.csv", cell(3, Cost="to be confirmed")),
    Fault("value.digits", _MOPIC, "mopic_works_2024-Q2.xlsx", cell(3, Value="61,5"), why="decimal comma typed as text"),
    Fault("period.future", _MOPIC, "mopic_works_2026-Q2.xlsx", cell(4, Period="2026-Q3")),
    Fault("value.formula_error", _LOGFRAME, "fcdo_logframe_2024-Q3.xlsx", cell(15, "Results", Actual="#DIV/0!")),
    Fault(
        "judgement.yardstick_gap",
        _TRACKER,
        "embassy_tracker_2024-Q4.xlsx",
        cell(7, "Scenarios", Low_pct=40, Best_pct=52, High_pct=60),
    ),
    Fault("grade.ungraded", _ASSESSMENT, "mod_assessment_2024-Q2.csv", cell(4, Reliability="F", Credibility="6")),
    Fault(
        "name.place",
        _PRESENCE,
        "jor_presence_2024-Q2.csv",
        cell(2, **{"#adm1+code": "JO001"}),
        why="a code of the ICRC scheme under the UNHCR scheme",
    ),
    Fault(
        "name.organisation",
        _PRESENCE,
        "jor_presence_2024-Q4.csv",
        cell(5, **{"#org+impl+name": "Bani Hasan Farmers' Union"}),
    ),
    Fault("count.subset", _PRESENCE, "jor_presence_2025-Q1.csv", cell(7, **{"#reached": 99999})),
    Fault(
        "value.range",
        _BAROMETER,
        "barometer_2024-Q3.csv",
        cell(10, share=54.2),
        why="per cent where a share between 0 and 1 is due",
    ),
    Fault("name.indicator", _BAROMETER, "barometer_2024-Q4.csv", cell(6, indicator_code="BSF9-MOOD")),
    Fault("heading.missing_optional", _BAROMETER, "barometer_2025-Q2.csv", whole(without_column("respondents"))),
    Fault("row.ragged", _ACCESS, "access_log_2024-Q2.csv", with_extra_cell(3)),
    Fault("bounds.rows_many", _ACCESS, "access_log_2025-Q4.csv", whole(more(*_NEW_ACTORS))),
    Fault("value.flag", _REVIEW, "integration_review_2024-Q2.xlsx", cell(2, "Roles", Filled="maybe")),
    Fault("value.code", _LOG, "joint_work_log_2024-Q4.xlsx", cell(1, "Products", Type="MEMO")),
    Fault(
        "name.organisation_inactive",
        "embassy_participation_register",
        "participation_backlog_2020-Q1_2023-Q2.csv",
        more(_LATE_DFID),
        why="a department named after its merger",
    ),
    Fault(
        "file.empty",
        _BORDER,
        "border_capacity_2024-Q3_draft.csv",
        whole(content_of(b"")),
        made_from="border_capacity_2024-Q3.csv",
    ),
    Fault(
        "file.unknown_type",
        _MOI,
        "moi_return_2025-Q1_scan.csv",
        whole(content_of(b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n")),
        made_from="moi_return_2025-Q1.csv",
    ),
    Fault(
        "heading.missing",
        _BAROMETER,
        "barometer_2024-Q2_first.csv",
        whole(without_column("share")),
        made_from="barometer_2024-Q2.csv",
    ),
    Fault(
        "bounds.held_rate",
        _BAROMETER,
        "barometer_2024-Q1_first.csv",
        whole(as_per_cent),
        made_from="barometer_2024-Q1.csv",
        why="every share sent as per cent",
    ),
    Fault(
        "heading.duplicate",
        _ASSESSMENT,
        "mod_assessment_2025-Q1_first.csv",
        whole(heading_twice("Value")),
        made_from="mod_assessment_2025-Q1.csv",
    ),
    Fault(
        "file.protective_marking",
        _ASSESSMENT,
        "mod_assessment_2025-Q2_annex.csv",
        whole(marked_secret),
        made_from="mod_assessment_2025-Q2.csv",
        why="refused at the door, never landed",
    ),
    Fault(
        "bounds.rows_few",
        _MOLA,
        "mola_municipal_2025-H1_part.csv",
        whole(first_rows(6)),
        made_from="mola_municipal_2025-H1.csv",
    ),
    Fault(
        "file.sheet_missing",
        "embassy_effect_claims",
        "effect_claims_2025-H2_first.xlsx",
        whole(without_sheet("Claims")),
        made_from="effect_claims_2025-H2.xlsx",
    ),
    Fault(
        "file.unreadable",
        _MOPIC,
        "mopic_works_2025-Q3_broken.xlsx",
        whole(cut_short),
        made_from="mopic_works_2025-Q3.xlsx",
    ),
    Fault(
        "history.unit",
        _MOPIC,
        "mopic_works_2026-Q1_first.xlsx",
        cell(0, Value=0.64),
        made_from="mopic_works_2026-Q1.xlsx",
        why="a share where a percentage is due",
    ),
    Fault(
        "history.outlier",
        _MOPIC,
        "mopic_works_2026-Q3_first.xlsx",
        cell(1, Value=6.9),
        made_from="mopic_works_2026-Q3.xlsx",
        why="69.5 with a digit and the mark astray",
    ),
    Fault(
        "history.sign",
        _LOGFRAME,
        "fcdo_logframe_2026-Q3_first.xlsx",
        cell(22, "Results", Actual=-2),
        made_from="fcdo_logframe_2026-Q3.xlsx",
    ),
    Fault(
        "history.copy",
        _BAROMETER,
        "barometer_2026-Q2_first.csv",
        whole(everywhere(quarter="2026-Q2")),
        made_from="barometer_2026-Q1.csv",
        why="the figures of the quarter before under the new quarter",
        days=63,
    ),
    Fault(
        "file.other_source",
        _ONS,
        "ons_survey_2025-Q3_misdirected.csv",
        whole(lambda d: None),
        made_from="mod_cooperation_2025-Q3.csv",
    ),
)


def plant(found: list[Delivery]) -> list[Delivery]:
    """The deliveries with every fault made."""
    return _plant(found)[0]


def planted(found: list[Delivery]) -> list[Planted]:
    """Where each fault stands in the written files."""
    return _plant(found)[1]


def _plant(found: list[Delivery]) -> tuple[list[Delivery], list[Planted]]:
    clean = {d.name: d for d in found}
    spoiled = {(d.source, d.name): deepcopy(d) for d in found}
    places: list[Planted] = []
    for fault in FAULTS:
        if fault.made_from:
            base = clean[fault.made_from]
            copy = replace(deepcopy(base), source=fault.source, name=fault.file, withdrawn_at=None)
            copy.received_at = base.received_at + timedelta(days=fault.days)
            spoiled[fault.source, fault.file] = copy
        delivery = spoiled[fault.source, fault.file]
        sheet, records = fault.change(delivery)
        places.append(_placed(fault, delivery, sheet, records))
    return list(spoiled.values()), places


def _placed(fault: Fault, delivery: Delivery, sheet: str, records: list[int]) -> Planted:
    if not records:
        return Planted(fault, "", ())
    if delivery.kind == "json":
        return Planted(fault, delivery.records, tuple(r + 1 for r in records))
    grid = delivery.grid(sheet)
    return Planted(fault, grid.sheet, tuple(grid.first_row + r for r in records))
