"""What was named as a sign of a scenario stands beside the warnings about it, for its place and those within it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pandas as pd
import pytest

from idtracker.model.tables import TABLES, conform_types
from idtracker.operate.services.judgements.signs import signs_of

ROWS: dict[str, list[dict[str, Any]]] = {
    "place": [{"place_id": "JO"}, *({"place_id": p, "parent_id": "JO"} for p in ("JO-AM", "JO-AZ"))],
    "indicator": [{"indicator_id": "EVENTS"}, {"indicator_id": "WATER"}],
    "score": [{"place_id": "JO", "node_code": "STABILITY", "period": "2026-Q3"}],
    "warning_skill": [{"rule_id": rule, "title": rule, "verdict": "BETTER"} for rule in ("rise", "fall")],
    "warning": [
        {"rule_id": "rise", "indicator_id": "EVENTS", "place_id": "JO-AZ", "period": "2026-Q3", "state": "RAISED"},
        {"rule_id": "rise", "indicator_id": "EVENTS", "place_id": "JO-AM", "period": "2026-Q3", "state": "CLEARED"},
        {"rule_id": "rise", "indicator_id": "EVENTS", "place_id": "JO-AM", "period": "2026-Q2", "state": "RAISED"},
        {"rule_id": "fall", "node_code": "STABILITY", "place_id": "JO", "period": "2026-Q3", "state": "UNJUDGED"},
    ],
}


SAID = {"since_period": "2026-Q3", "value": 6.0, "threshold": 4.5, "as_of_on": pd.Timestamp("2026-11-15")}


@pytest.fixture
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, rows in ROWS.items():
            rows = [SAID | row for row in rows] if name == "warning" else rows
            connection.register("_rows", conform_types(pd.DataFrame(rows), TABLES[name]))
            connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM _rows')
        yield connection


@pytest.mark.parametrize(
    ("place", "listed", "warned"),
    [
        ("JO-AZ", "EVENTS", {"EVENTS": (True, 1)}),
        ("JO", "EVENTS; STABILITY", {"EVENTS": (True, 1), "STABILITY": (True, 1)}),
        ("JO-AM", "EVENTS;WATER", {"EVENTS": (True, 0), "WATER": (True, 0)}),
        (None, "EVENTS", {"EVENTS": (True, 1)}),
        ("JO-AZ", "STABILITY", {"STABILITY": (True, 0)}),
        ("JO", "price of bread", {"price of bread": (False, 0)}),
        ("JO", None, {}),
    ],
)
def test_signs_of_a_place(
    published: duckdb.DuckDBPyConnection, place: str | None, listed: str | None, warned: dict[str, tuple[bool, int]]
) -> None:
    (signs,) = signs_of(published, [(place, listed)])
    assert {sign.code: (sign.is_known, len(sign.warnings)) for sign in signs} == warned
    assert all("2026-Q3" in line for sign in signs for line in sign.warnings)
