"""A formula that was never calculated keeps its row where columns side by side become rows, so that it can be corrected."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pandas as pd

from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import load_catalogue

SOURCE = """
title: Months side by side
publisher: GB-GOV-1
format: {kind: xlsx}
cadence: {every: as_needed}
feeds: activity
key: [reference, period]
unpivot: {columns: '^(?P<month>\\d{4}-\\d{2})$', value: people}
columns:
  - {field: reference, heading: Ref, required: true}
  - {field: period, heading: month, required: true}
  - {field: people_reached, heading: people}
"""


def test_a_formula_without_a_value_is_a_held_row(tmp_path: Path) -> None:
    folder = tmp_path / "months"
    folder.mkdir()
    (folder / "source.yml").write_text(SOURCE, "utf-8")
    book = openpyxl.Workbook()
    for row in (["Ref", "2026-01", "2026-02"], ["A", 1, "=B2*2"], ["B", 3, 4]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    catalogue = load_catalogue(tmp_path)
    found = assess(
        content.getvalue(),
        "a.xlsx",
        catalogue.source("months"),
        catalogue,
        submission_id="s",
        received_at=pd.Timestamp("2026-05-01"),
    )
    assert found.rows_read == 4 and found.rows_accepted + found.rows_held == 4
    [waiting] = [cells for cells in found.held["cells"] if "=B2*2" in cells]
    assert '"2026-02"' in waiting
    assert "sheet.formula_without_value" in {g.rule.id for g in found.findings}
