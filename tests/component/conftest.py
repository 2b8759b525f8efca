"""A country programme of three sources, small enough to run whole in a few seconds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import dedent

import pytest

from idtracker.ingest.judge.catalogue import Catalogue, load_catalogue
from idtracker.model.home import Settings

PROGRAMME = """
    title: Programme of a test
    country: JO
    notice: "Invented figures of a test."
    clock: 2026-02-10
    tracker: {first: 2025-Q1, last: 2025-Q4}
"""
ACTIVITY = """
    title: {title}
    publisher: GB-GOV-8
    description: One row per course.
    owner: team:{owner}
    received: {{by: folder, pattern: "*.csv"}}
    format: {{kind: csv}}
    cadence: {cadence}
    feeds: activity
    key: [reference, period]
    revision: replace_period
    columns:
      - {{field: reference, heading: Ref, required: true}}
      - {{field: place, heading: Governorate}}
      - {{field: period, heading: Quarter, required: true}}
      - {{field: status, heading: Status}}
      - {{field: people_reached, heading: Trained, minimum: 0, maximum: 5000}}
      - {{field: fund, constant: OTHER}}
      - {{field: integration_mode, constant: SINGLE}}
    bounds: {{held_rate: 0.5}}
"""
SURVEY = """
    title: Household survey
    publisher: GB-GOV-24
    owner: team:survey
    received: {by: folder, pattern: "*.csv"}
    format: {kind: csv}
    cadence: {every: quarter, due_after_days: 35, grace_days: 20, since: 2025-01-01}
    feeds: observation
    key: [indicator, place, period]
    revision: replace_period
    columns:
      - {field: indicator, heading: Indicator, required: true}
      - {field: place, heading: Area, required: true}
      - {field: period, heading: Quarter, required: true}
      - {field: value, heading: Value, required: true}
      - {field: lower, heading: Low}
      - {field: upper, heading: High}
"""
INDICATORS = """
    indicator_id,name,name_ar,dimension_code,unit,direction,goalpost_low,goalpost_high,weight,level,frequency,roll_up,max_age_days,merge_policy,priority_org_id,derived_from,owner_org_id,retired_on
    BSF1-VOICE,Residents who are heard,,BSF1,%,1,0,100,1,adm1,quarter,mean,190,quality_weighted,,,GB-GOV-1,
    BSF2-UNEMP,Unemployment rate,,BSF2,%,-1,0,50,1,adm1,quarter,mean,190,quality_weighted,,,GB-GOV-1,
"""
HEAD = "Ref,Governorate,Quarter,Status,Trained"
GOOD = [f"C-{n},Zarqa,2025-Q3,2,{10 + n}" for n in range(1, 7)]
HELD = [*GOOD[:4], "C-8,Zarqa,2025-Q3,2,many", "C-9,Zarqa,2025-Q3,2,9"]
Drop = Callable[..., Path]


@pytest.fixture
def programme(settings: Settings, write_source: Callable[[str, str], Path]) -> Settings:
    """Sources `courses` and `survey`, due every quarter, and `visits`, due when needed; nothing has arrived."""
    (settings.sources / "programme.yml").write_text(dedent(PROGRAMME), "utf-8")
    (settings.sources / "_reference").mkdir()
    (settings.sources / "_reference" / "indicators.csv").write_text(dedent(INDICATORS).lstrip(), "utf-8")
    quarter = "{every: quarter, due_after_days: 20, grace_days: 10, since: 2025-01-01}"
    write_source("courses", ACTIVITY.format(title="Courses", owner="courses", cadence=quarter))
    write_source("visits", ACTIVITY.format(title="Visits", owner="visits", cadence="{every: as_needed}"))
    write_source("survey", SURVEY)
    return settings


@pytest.fixture
def catalogue(programme: Settings) -> Catalogue:
    return load_catalogue(programme.sources)


@pytest.fixture
def drop(programme: Settings) -> Drop:
    """Put a file into an inbox, with an envelope that says when it came."""

    def put(
        source: str = "courses",
        name: str = "courses_2025-Q3.csv",
        rows: Iterable[str] = GOOD,
        head: str = HEAD,
        received_at: str = "2025-10-15T09:00:00Z",
    ) -> Path:
        folder = programme.inbox / source
        folder.mkdir(parents=True, exist_ok=True)
        envelope = {"received_at": received_at, "submitted_by": "GB-GOV-8"}
        (folder / f"{name}.envelope.json").write_text(json.dumps(envelope), "utf-8")
        path = folder / name
        path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
        return path

    return put


@pytest.fixture
def drop_survey(drop: Drop) -> Callable[[], Path]:
    """A survey of two quarters for two governorates."""
    rows = [
        f"{indicator},{place},{quarter},{value},{value - 4},{value + 4}"
        for indicator, value in (("BSF1-VOICE", 60), ("BSF2-UNEMP", 25))
        for place in ("Zarqa", "Karak")
        for quarter in ("2025-Q2", "2025-Q3")
    ]
    return lambda: drop("survey", "survey.csv", rows, "Indicator,Area,Quarter,Value,Low,High")
