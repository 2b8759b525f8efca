"""A country programme of three small sources, and how any small programme is written into a folder and files into a home.

Nothing here imports the library: homes of earlier versions are made with it as well (tests/system/custody/older_home).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent

INDICATOR_COLUMNS = (
    "indicator_id,name,name_ar,dimension_code,unit,direction,goalpost_low,goalpost_high,weight,level,frequency,roll_up,"
    "max_age_days,merge_policy,priority_org_id,derived_from,owner_org_id,retired_on"
)
PROGRAMME = """\
title: Programme of a test
country: JO
notice: "Invented figures [of a test]."
clock: 2026-02-10
tracker: {first: 2025-Q1, last: 2025-Q4}
"""
SURVEY = """\
title: Household survey
publisher: GB-GOV-24
owner: team:survey
received: {pattern: "survey_*.csv", may_backdate: true}
format: {kind: csv}
cadence: {every: quarter, due_after_days: 20, grace_days: 10, since: 2025-07-01}
feeds: observation
key: [indicator, place, period]
columns:
  - {field: indicator, heading: Indicator, required: true}
  - {field: place, heading: Area, required: true}
  - {field: period, heading: Quarter, required: true}
  - {field: value, heading: Value, required: true}
"""
COURSES = """\
title: Courses
publisher: GB-GOV-8
owner: team:courses
received: {pattern: "courses_*.csv", may_backdate: true}
format: {kind: csv}
cadence: {every: as_needed}
feeds: activity
key: [reference]
columns:
  - {field: reference, heading: Ref, required: true}
  - {field: place, heading: Governorate}
  - {field: start_on, heading: Began}
  - {field: people_reached, heading: Trained, minimum: 0}
"""
PRODUCTS = """\
title: Analysis products
publisher: GB-GOV-1
received: {may_backdate: true}
format: {kind: csv}
cadence: {every: as_needed}
feeds: analysis_product
key: [reference]
columns:
  - {field: reference, heading: Product, required: true}
  - {field: product_type, heading: Type, required: true}
  - {field: completed_on, heading: Completed}
"""
SOURCES = {"survey": SURVEY, "courses": COURSES, "products": PRODUCTS}
SURVEY_HEAD, COURSES_HEAD, PRODUCTS_HEAD = "Indicator,Area,Quarter,Value", "Ref,Governorate,Began,Trained", "Product,Type,Completed"  # fmt: skip


def text_of(head: str, rows: Iterable[str]) -> str:
    """A file of comma-separated values."""
    return "\n".join([head, *rows]) + "\n"


def indicators(*rows: str) -> str:
    """The table of indicators as reviewed reference data."""
    return text_of(INDICATOR_COLUMNS, rows)


INDICATORS = indicators(
    "VOICE,Residents with a voice,سكان مسموعون,BSF1,%,1,0,100,1,adm1,quarter,mean,400,quality_weighted,,,GB-GOV-1,",
    "WORK,Residents out of work,سكان بلا عمل,BSF2,%,-1,0,100,1,adm1,quarter,mean,400,quality_weighted,,,GB-GOV-1,",
)
TRUST = indicators("TRUST,Trust,ثقة,BSF4,%,1,0,100,1,adm1,quarter,mean,190,quality_weighted,,,GB-GOV-1,")


def write_programme(
    folder: Path, sources: Mapping[str, str] = SOURCES, programme: str = PROGRAMME, **reference: str
) -> Path:
    """Write the definitions of a programme; `reference` are its tables by name, where they are not the two indicators."""
    (folder / "_reference").mkdir(parents=True)
    for name, text in ({"indicators": INDICATORS} | reference).items():
        (folder / "_reference" / f"{name}.csv").write_text(text, "utf-8")
    (folder / "programme.yml").write_text(dedent(programme), "utf-8")
    for source_id, text in sources.items():
        (folder / source_id).mkdir()
        (folder / source_id / "source.yml").write_text(dedent(text), "utf-8")
    return folder


def drop(home: Path, source_id: str, name: str, content: str | bytes, received_at: str, **envelope: str) -> Path:
    """Put a file into the inbox of a source, with an envelope that says when it came; its path."""
    inbox = home / "inbox" / source_id
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f"{name}.envelope.json").write_text(json.dumps({"received_at": received_at, **envelope}), "utf-8")
    path = inbox / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
