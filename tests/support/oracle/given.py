"""What is given: tables as lists of dicts, the method as its definition, and where a value stands between the goalposts."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

Row = dict[str, Any]
Method = dict[str, Any]


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows of a table; what is missing is None, and what is a day in the table is a `date`."""
    days = [c for c in frame.columns if str(c).endswith(("_start", "_end", "_on"))]
    rows = []
    for record in frame.astype(object).to_dict("records"):
        row = {str(k): None if pd.isna(v) else v for k, v in record.items()}
        for column in days:
            row[column] = None if row[column] is None else pd.Timestamp(row[column]).date()
        rows.append(row)
    return rows


def published(folder: Path, table: str) -> list[Row]:
    return rows_of(pd.read_parquet(folder / "parquet" / f"{table}.parquet"))


def current(facts: list[Row]) -> list[Row]:
    """The vintages that stand."""
    return [f for f in facts if f["recorded_to"] is None]


def method_of(table: list[Row]) -> Method:
    (row,) = table
    definition: Method = json.loads(row["definition"])
    return definition


def share(stated: object) -> float:
    """`2/3` of a definition as a number."""
    above, _, below = str(stated).partition("/")
    return float(above) / float(below or 1)


def goalposts(indicator: Row) -> tuple[float, float] | None:
    ends = indicator["goalpost_low"], indicator["goalpost_high"]
    if None in ends or ends[0] == ends[1]:
        return None
    return min(ends), max(ends)


def position(value: float, indicator: Row) -> float | None:
    """Where a value stands on 0-100, 100 is stable; beyond a goalpost it is below 0 or above 100."""
    ends = goalposts(indicator)
    if ends is None:
        return None
    low, high = ends
    found = 100 * (value - low) / (high - low)
    return 100 - found if indicator["direction"] == -1 else found


def score(value: float, indicator: Row) -> float | None:
    """The position cut at the goalposts."""
    found = position(value, indicator)
    return None if found is None else min(max(found, 0.0), 100.0)


def score_error(error: float | None, indicator: Row) -> float | None:
    ends = goalposts(indicator)
    return None if error is None or ends is None else 100 * error / (ends[1] - ends[0])


def value_at(place: float, indicator: Row) -> float:
    """The value that stands at a position on 0-100: the inverse of `position`."""
    ends = goalposts(indicator)
    assert ends is not None
    low, high = ends
    return low + (100 - place if indicator["direction"] == -1 else place) / 100 * (high - low)


def day_of(instant: Any) -> date:
    return pd.Timestamp(instant).date()
