"""The programme of the readings: its indicators with their units, and the few places that the bundled register lacks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from benchmarks.independent_reading.specimen import Specimen

PROGRAMME = "title: Independent reading\ncountry: JO\nclock: 2026-11-15\ntracker: {first: 2025-Q1, last: 2025-Q2}\n"
_HEAD = "indicator_id,name,unit,direction,weight,level,frequency,roll_up,max_age_days,merge_policy,owner_org_id\n"
UNITS = {
    "IR-PERCENT": ("Share", "%"),
    "IR-NUMBER": ("Count", "number"),
    "IR-INDEX": ("Index", "index points"),
    "IR-PEOPLE": ("People", "people"),
    "IR-USD": ("Amount", "USD"),
    "IR-UNEMPLOYMENT": ("Unemployment rate", "%"),
    "IR-COURT": ("Court cases closed within a year", "%"),
    "IR-WATER": ("Hours of piped water a week", "hours"),
    "IR-POLICE": ("Median police response time", "minutes"),
    "IR-BORDER": ("Cross-border incidents", "incidents"),
}
"""Indicator -> its name and the unit in which it is kept."""
_RATINGS = "_reference"


def write_sources(folder: Path, specimens: Iterable[Specimen]) -> Path:
    """The definitions of the readings, made in a folder; JSON is YAML as well."""
    reference = folder / _RATINGS
    reference.mkdir(parents=True)
    rows = [
        f"{code},{name},{unit},1,0,country,year,last,800,quality_weighted,GB-GOV-1\n"
        for code, (name, unit) in UNITS.items()
    ]
    (reference / "indicators.csv").write_text(_HEAD + "".join(rows), "utf-8")
    (folder / "programme.yml").write_text(PROGRAMME, "utf-8")
    for one in specimens:
        own = folder / one.source
        own.mkdir()
        (own / "source.yml").write_text(json.dumps(one.definition, ensure_ascii=False, indent=1), "utf-8")
        if one.names:
            lines = [f'{kind},"{typed}",{identifier},data team,2026-11-23\n' for kind, typed, identifier in one.names]
            (own / "names.csv").write_text("kind,typed,identifier,reviewed_by,reviewed_on\n" + "".join(lines), "utf-8")
    return folder
