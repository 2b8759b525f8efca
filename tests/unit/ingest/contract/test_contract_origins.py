"""Whose word a report quotes: an origin that names an organisation of the register says which, as typed or as the source states it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import load_catalogue

SOURCE = """
title: Assessment
publisher: GB-GOV-8
format: {kind: csv}
cadence: {every: as_needed}
feeds: observation
key: [indicator, place, period]
GRADING
columns:
  - {field: indicator, heading: Indicator, required: true}
  - {field: place, heading: Area, required: true}
  - {field: period, heading: Quarter, required: true}
  - {field: value, heading: Value, required: true}
ORIGIN
"""
INDICATOR = """indicator_id,name,name_ar,dimension_code,unit,direction,goalpost_low,goalpost_high,weight,level,frequency,roll_up,\
max_age_days,merge_policy,priority_org_id,derived_from,owner_org_id,retired_on
WORK,Residents out of work,,BSF2,%,-1,0,100,1,adm1,quarter,mean,100,median,,,GB-GOV-1,
"""


@pytest.mark.parametrize(
    ("grading", "column", "typed", "expected"),
    [
        ("", "  - {field: origin, heading: From}", ["WHO", "منظمة الصحة العالمية", "a feed", ""], ["XM-DAC-41143"] * 2),
        ("grading: {origin: WHO}", "", [], ["XM-DAC-41143"] * 4),
        ("", "", [], []),
    ],
    ids=["typed", "stated for the source", "not said"],
)
def test_an_origin_that_names_an_organisation_says_which(
    tmp_path: Path, grading: str, column: str, typed: list[str], expected: list[str]
) -> None:
    (tmp_path / "_reference").mkdir()
    (tmp_path / "_reference" / "indicators.csv").write_text(INDICATOR.replace("\\\n", ""), "utf-8")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "source.yml").write_text(SOURCE.replace("GRADING", grading).replace("ORIGIN", column), "utf-8")
    rows = [f"WORK,{place},2026-Q1,5" for place in ("Zarqa", "Karak", "Irbid", "Amman")]
    rows = [",".join([row, *origin]) for row, origin in zip(rows, [[t] for t in typed] or [[]] * 4, strict=True)]
    heading = ",".join(["Indicator,Area,Quarter,Value", *(["From"] if typed else [])])
    catalogue = load_catalogue(tmp_path)
    found = assess(
        "\n".join([heading, *rows]).encode(), "a.csv", catalogue.source("s"), catalogue,
        submission_id="s", received_at=pd.Timestamp("2026-05-01"),
    )  # fmt: skip
    (facts,) = found.facts.values()
    assert facts["origin_org_id"].dropna().tolist() == expected
    assert len(facts) == 4
    if typed:
        assert facts["origin"].fillna("").tolist() == typed, "the text itself stays as typed"
