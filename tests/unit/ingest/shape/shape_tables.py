"""Small tables, parts and findings for the tests of shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from idtracker.ingest.read.raw import RawTable
from idtracker.ingest.shape.shaped import Shaped
from idtracker.ingest.shape.shaping import shape
from idtracker.model.config.source import Column, Format, Part, Received

Cells = Mapping[str, Sequence[str | None]]


def table_of(cells: Cells, *, duplicates: dict[str, list[int]] | None = None, sheet: str = "Data") -> RawTable:
    """A table whose first data row is row 2 of the sheet, its columns from A on."""
    frame = pd.DataFrame(cells, dtype="str")
    positions = {str(heading): place for place, heading in enumerate(frame.columns)}
    return RawTable(sheet, frame, np.arange(2, len(frame) + 2), positions, duplicates or {})


def part_of(*columns: Column, **options: Any) -> Part:
    return Part(feeds="observation", key=[columns[0].field], columns=list(columns), **options)


def shape_table(
    table: RawTable,
    part: Part,
    kinds: Mapping[str, Any] | None = None,
    *,
    file_name: str = "report.csv",
    received: Received | None = None,
    others: Sequence[Part] = (),
    **options: Any,
) -> Shaped:
    fmt = Format(kind="csv", **options)
    return shape(table, part, fmt, kinds or {}, file_name, received or Received(), others)


def found(shaped: Shaped) -> list[tuple[str, int | None, str, str | None]]:
    """Findings as (rule, row, cell, value), in the order of the report."""
    frame = shaped.findings.to_frame()
    return [
        (r.rule, None if pd.isna(r.row) else int(r.row), r.cell, None if pd.isna(r.value) else r.value)
        for r in frame.itertuples()
    ]
