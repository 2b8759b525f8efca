"""A country programme of three small sources, and the command line called in this process."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from click.testing import CliRunner, Result

from idtracker.cli import cli
from idtracker.model.home import Settings

PROGRAMME = """
    title: Programme of a test
    country: JO
    notice: "Invented figures [of a test]."
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
        received: {pattern: "survey_*.csv"}
        format: {kind: csv}
        cadence: {every: quarter, due_after_days: 20, grace_days: 10, since: 2025-07-01}
        feeds: observation
        key: [indicator, place, period]
        columns:
          - {field: indicator, heading: Indicator, required: true}
          - {field: place, heading: Area, required: true}
          - {field: period, heading: Quarter, required: true}
          - {field: value, heading: Value, required: true}
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
        """,
    "products": """
        title: Analysis products
        publisher: GB-GOV-1
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
SURVEY = "Indicator,Area,Quarter,Value"
COURSES = "Ref,Governorate,Began,Trained"
SURVEY_ROWS = [
    f"{i},{place},{quarter},{v}"
    for i, v in (("VOICE", 60), ("WORK", 25))
    for place in ("Zarqa", "Karak")
    for quarter in ("2025-Q3", "2025-Q4")
]
COURSE_ROWS = [f"C-{n},Zarqa,2025-10-0{n},{10 + n}" for n in range(1, 6)]
PRODUCT_ROWS = [f"P-{n},SITREP,2025-11-0{n}" for n in range(1, 7)]
CODEWORD = "zebra falcon"
SECRET = f"SECRET\n{COURSES}\nC-9,Zarqa,2025-10-09,9\n{CODEWORD},Zarqa,2025-10-10,7\n"


def text_of(head: str, rows: Iterable[str]) -> str:
    return "\n".join([head, *rows]) + "\n"


@dataclass(frozen=True)
class Program:
    """The command line over one home and one folder of sources."""

    settings: Settings

    def __call__(self, *words: str | Path, code: int = 0) -> Result:
        """Call it; the exit code must be as told and no other exception may come through."""
        place = ["--home", str(self.settings.home), "--sources", str(self.settings.sources)]
        result = CliRunner().invoke(cli, [*place, *map(str, words)], prog_name="idtracker")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == code, result.output
        return result

    def document(self, *words: str | Path, code: int = 0) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self(*words, "--json", code=code).stdout)


def write_sources(folder: Path) -> None:
    (folder / "_reference").mkdir(parents=True)
    (folder / "_reference" / "indicators.csv").write_text(dedent(INDICATORS).lstrip(), "utf-8")
    (folder / "programme.yml").write_text(dedent(PROGRAMME), "utf-8")
    for source_id, text in SOURCES.items():
        (folder / source_id).mkdir()
        (folder / source_id / "source.yml").write_text(dedent(text).lstrip(), "utf-8")


def drop(settings: Settings, source_id: str, name: str, text: str, received_at: str) -> None:
    inbox = settings.inbox / source_id
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f"{name}.envelope.json").write_text(json.dumps({"received_at": received_at}), "utf-8")
    (inbox / name).write_text(text, "utf-8")


@dataclass(frozen=True)
class Prepared:
    """A home after its first run: where it is, and what the run said."""

    settings: Settings
    said: Result
