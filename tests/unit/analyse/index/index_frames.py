"""Small frames of any canonical table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from idtracker.model.tables import TABLES, conform_types, empty_frame

Rows = list[dict[str, Any]]


def table(name: str, rows: Rows) -> pd.DataFrame:
    return conform_types(pd.DataFrame(rows), TABLES[name]) if rows else empty_frame(TABLES[name])
