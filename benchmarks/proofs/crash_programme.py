"""A country programme of three small sources for the killed runs: editions, held rows, a withdrawal, a refused file."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

PROGRAMME = """
    title: Programme of the killed runs
    country: JO
    notice: "Invented figures."
    clock: 2026-02-10
    tracker: {first: 2025-Q1, last: 2025-Q4}
"""
INDICATORS = """
    indicator_id,name,name_ar,dimension_code,unit,direction,goalpost_low,goalpost_high,weight,level,frequency,roll_up,max_age_days,merge_policy,priority_org_id,derived_from,owner_org_id,retired_on
    VOICE,Residents with a voice,سكان مسموعون,BSF1,%,1,0,100,1,adm1,quarter,mean,400,quality_weighted,,,GB-GOV-1,
    WORK,Residents out of work,سكان بلا عمل,BSF2,%,-1,0,100,1,adm1,quarter,mean,400,quality_weighted,,,GB-GOV-1,
"""
SOURCES = {
    "survey": """
        title: Household survey
        publisher: GB-GOV-24
        owner: team:survey
        received: {pattern: "survey_*.csv", edition: "_v(?P<edition>[0-9]+)"}
        format: {kind: csv}
        cadence: {every: quarter, due_after_days: 20, grace_days: 10, since: 2025-01-01}
        feeds: observation
        key: [indicator, place, period]
        revision: replace_period
        columns:
          - {field: indicator, heading: Indicator, required: true}
          - {field: place, heading: Area, required: true}
          - {field: period, heading: Quarter, required: true}
          - {field: value, heading: Value, required: true}
        bounds: {held_rate: 0.5}
        """,
    "courses": """
        title: Courses
        publisher: GB-GOV-8
        owner: team:courses
        received: {pattern: "courses_*.csv"}
        format: {kind: csv}
        cadence: {every: as_needed}
        feeds: activity
        key: [reference]
        columns:
          - {field: reference, heading: Ref, required: true}
          - {field: place, heading: Governorate}
          - {field: start_on, heading: Began}
          - {field: people_reached, heading: Trained, minimum: 0}
        bounds: {held_rate: 0.5}
        """,
    "products": """
        title: Analysis products
        publisher: GB-GOV-1
        owner: team:products
        received: {pattern: "products_*.csv"}
        format: {kind: csv}
        cadence: {every: as_needed}
        feeds: analysis_product
        key: [reference]
        columns:
          - {field: reference, heading: Product, required: true}
          - {field: product_type, heading: Type, required: true}
          - {field: completed_on, heading: Completed}
        """,
}
PLACES = ("Zarqa", "Karak", "Irbid", "Mafraq")
SURVEY, COURSES, PRODUCTS = "Indicator,Area,Quarter,Value", "Ref,Governorate,Began,Trained", "Product,Type,Completed"


def write_sources(folder: Path) -> None:
    """Definitions of the three sources."""
    (folder / "_reference").mkdir(parents=True)
    (folder / "_reference" / "indicators.csv").write_text(dedent(INDICATORS).lstrip(), "utf-8")
    (folder / "programme.yml").write_text(dedent(PROGRAMME), "utf-8")
    for source_id, text in SOURCES.items():
        (folder / source_id).mkdir()
        (folder / source_id / "source.yml").write_text(dedent(text).lstrip(), "utf-8")


def drop_first(home: Path) -> None:
    """Files of the first half year."""
    for n, quarter in enumerate(("2025-Q1", "2025-Q2")):
        _drop(home, "survey", f"survey_{quarter}.csv", SURVEY, _survey(quarter, 50 + n), f"2025-0{4 + 3 * n}-10")
    _drop(home, "courses", "courses_1.csv", COURSES, _courses(1), "2025-04-15")
    _drop(home, "products", "products_1.csv", PRODUCTS, _products(1), "2025-05-15")


def drop_rest(home: Path) -> None:
    """What comes afterwards: later quarters, a second edition, held rows, a withdrawal, a file that is refused."""
    for n, quarter in enumerate(("2025-Q3", "2025-Q4")):
        day = ("2025-10-10", "2026-01-10")[n]
        _drop(home, "survey", f"survey_{quarter}.csv", SURVEY, _survey(quarter, 55 + n), day)
    _drop(home, "survey", "survey_2025-Q2_v2.csv", SURVEY, _survey("2025-Q2", 61), "2025-11-01")
    _drop(
        home, "survey", "survey_extra.csv", SURVEY, ["VOICE,Nowhere,2025-Q4,12", *_survey("2025-Q4", 70)], "2026-01-20"
    )
    for batch in (2, 3, 4):
        rows = [*_courses(batch), f"C-{batch}-x,Zarqa,2025-08-01,many"]
        _drop(home, "courses", f"courses_{batch}.csv", COURSES, rows, f"2025-0{5 + batch}-20")
    for batch in (2, 3):
        _drop(home, "products", f"products_{batch}.csv", PRODUCTS, _products(batch), f"2025-1{batch - 1}-05")
    _drop(home, "courses", "courses_annex.csv", f"SECRET\n{COURSES}", ["C-99,Zarqa,2025-10-09,9"], "2026-01-07")
    notice = {"withdraws": "courses_1.csv", "by": "GB-GOV-8", "why": "sent in error", "at": "2025-12-01T09:00:00Z"}
    (home / "inbox" / "courses" / "courses_1.csv.withdrawal.json").write_text(json.dumps(notice), "utf-8")


def _survey(quarter: str, level: int) -> list[str]:
    return [f"{name},{place},{quarter},{level + 3 * n}" for name in ("VOICE", "WORK") for n, place in enumerate(PLACES)]


def _courses(batch: int) -> list[str]:
    return [f"C-{batch}-{n},{PLACES[n % 4]},2025-0{batch + 2}-{n + 10},{10 * batch + n}" for n in range(12)]


def _products(batch: int) -> list[str]:
    return [f"P-{batch}-{n},SITREP,2025-0{batch + 3}-0{n}" for n in range(1, 7)]


def _drop(home: Path, source_id: str, name: str, head: str, rows: list[str], day: str) -> None:
    inbox = home / "inbox" / source_id
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f"{name}.envelope.json").write_text(json.dumps({"received_at": f"{day}T09:00:00Z"}), "utf-8")
    (inbox / name).write_text("\n".join([head, *rows]) + "\n", "utf-8")
