"""Small valid tables for the expectations, and one run of Great Expectations that the whole folder shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from idtracker.model.tables import TABLES, ColumnSpec, columns_of, conform_types

CODES = {s.codelist: ["A", "B"] for model in TABLES.values() for s in columns_of(model) if s.codelist}
DAY = pd.Timestamp("2026-01-01")


def _value(spec: ColumnSpec, row: int) -> Any:
    if spec.name == "recorded_to":
        return None
    if spec.codelist:
        return "A"
    least = spec.minimum if spec.minimum is not None else 0
    by_kind = {
        "integer": int(max(least, 1)),
        "number": least + 0.9,
        "money": 10.0,
        "flag": True,
        "date": DAY,
        "instant": DAY,
        "place": "JO-AM",
        "indicator": "I1",
    }
    return by_kind.get(spec.kind, f"{spec.name}-{row}")


@pytest.fixture(scope="session")
def valid() -> Callable[[str, int], pd.DataFrame]:
    """A table of n rows in which every expectation holds."""

    def build(table: str, rows: int) -> pd.DataFrame:
        model = TABLES[table]
        data = {s.name: [_value(s, i) for i in range(rows)] for s in columns_of(model)}
        if table == "indicator":
            data["indicator_id"] = ["I1"]
        if table == "place":
            data["place_id"] = ["JO-AM"]
        return conform_types(pd.DataFrame(data), model)

    return build


@pytest.fixture(scope="session")
def codes() -> dict[str, list[str]]:
    return CODES
