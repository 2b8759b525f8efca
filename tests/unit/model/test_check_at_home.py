"""`sources check` judges an example by the register that a run has: districts of other countries mean nothing at home."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from idtracker.operate.services.sources import check_sources

SOURCE = """\
title: Courses
publisher: GB-GOV-8
format: {kind: csv}
cadence: {every: as_needed}
feeds: activity
key: [reference]
columns: [{field: reference, heading: Ref, required: true}, {field: place, heading: Where, required: true}]
"""


@pytest.mark.parametrize(("country", "held"), [("JO", 0), ("LB", 1)])
def test_a_district_of_another_country_is_not_known_at_home(tmp_path: Path, country: str, held: int) -> None:
    folder = tmp_path / "sources" / "courses"
    folder.mkdir(parents=True)
    (tmp_path / "sources" / "programme.yml").write_text(f"title: t\ncountry: {country}\n", "utf-8")
    (folder / "source.yml").write_text(SOURCE, "utf-8")
    (folder / "example.csv").write_text("Ref,Where\nC-1,Koura\n", "utf-8")
    problems, [checked] = check_sources(tmp_path / "sources", None, pd.Timestamp("2026-11-29"))
    assert problems == [] and checked.example is not None
    assert checked.example.assessment.rows_held == held
