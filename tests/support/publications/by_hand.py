"""Publications of a few rows, written by hand: what `publish` makes of a store is not needed to compare two of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from idtracker.model.home import Home
from idtracker.model.tables import TABLES, columns_of
from idtracker.model.tables.version import create_table_sql
from idtracker.publish.manifest import DATABASE
from idtracker.store.connection import connect

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
ALWAYS = ("place", "indicator", "organisation", "codelist", "method", "submission")
"""Tables that are there without rows as well; others only with rows."""
_SOMETHING = {"instant": "2025-12-31", "date": "2025-12-31", "flag": False, "integer": 1, "number": 0.0}
MARKS = {"classification": "OFFICIAL", "releasable_to": "HMG"}
QUARTERS = {
    "2025-Q3": {"period": "2025-Q3", "period_start": "2025-07-01", "period_end": "2025-09-30"},
    "2025-Q4": {"period": "2025-Q4", "period_start": "2025-10-01", "period_end": "2025-12-31"},
}


def publish(home: Home, name: str, as_of: str, rows: Rows, versions: Mapping[str, str] | None = None) -> Path:
    """Write the publication of that name and make it the current one."""
    folder = home.published / "hmg" / name
    folder.mkdir(parents=True)
    with connect(str(folder / DATABASE)) as connection:
        for table in sorted({*ALWAYS, *rows}):
            connection.execute(create_table_sql(table, TABLES[table]))
            if rows.get(table):
                frame = pd.DataFrame([MARKS | required(table) | dict(row) for row in rows[table]])
                connection.register("_rows", frame)
                connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM _rows")
                connection.unregister("_rows")
    manifest = {"as_of": as_of, "content": name, "notice": "Invented <b>figures</b>", "versions": dict(versions or {})}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    link = home.published / "hmg" / "current"
    link.unlink(missing_ok=True)
    link.symlink_to(name)
    return folder


def required(table: str) -> dict[str, Any]:
    """Something for every column of a table that must not be empty."""
    kinds = {spec.name: spec.kind for spec in columns_of(TABLES[table]) if spec.is_required}
    return {name: _SOMETHING.get(kind, "-") for name, kind in kinds.items() if name not in MARKS}


def cell(
    value: float | None, error: float | None = 1.0, place: str = "JO-AM", quarter: str = "2025-Q3", **more: Any
) -> dict[str, Any]:
    """A row of merged_cell."""
    named = {"indicator_id": "WATER", "place_id": place, "method": "SINGLE", "obs_status": "A", **QUARTERS[quarter]}
    flags = dict.fromkeys(("is_disagreement", "is_carried", "is_ungraded"), False) | {"obs_count": 1, "org_count": 1}
    ids = {"submission_ids": "s1", "org_ids": "ORG-1", "origin_period": quarter}
    return {**named, **flags, **ids, "value": value, "standard_error": error, **more}


def report(org: str, value: float, submission: str, place: str = "JO-AM", quarter: str = "2025-Q3") -> dict[str, Any]:
    """A row of cell_report."""
    named = {"indicator_id": "WATER", "place_id": place, "period": quarter, "org_id": org}
    return {**named, "value": value, "standard_error": 1.0, "weight": 1.0, "use": "USED", "submission_ids": submission}


def submission(identifier: str, received_at: str, source: str = "water", **more: Any) -> dict[str, Any]:
    """A row of submission."""
    counts = {"rows_read": 3, "rows_accepted": 2, "rows_held": 1, "rows_unchanged": 0, "rows_superseded": 0}
    about = {"submission_id": identifier, "source_id": source, "file_name": f"{identifier}.csv", "state": "accepted"}
    sums = {"sha256": "0" * 64, "size_bytes": 10, "state_since": received_at, "rule_set_version": "1", "edition": "1"}
    return {**about, **counts, **sums, "received_at": received_at, "submitted_by": "ORG-1", **more}


def metric(
    value: float | None, lower: float | None, upper: float | None, day: str = "2025-11-01", **more: Any
) -> dict[str, Any]:
    """A row of metric_value."""
    named = {"metric_id": "IM-01", "metric_version": "1", "measure": "share", "scope": "programme", "as_of_on": day}
    counts = {"unit": "%", "numerator": 3.0, "denominator": 6.0, "n": 6, "is_stale": False}
    return {**named, **QUARTERS["2025-Q3"], **counts, "value": value, "lower": lower, "upper": upper, **more}


def names() -> Rows:
    """Names of places, organisations and the indicator."""
    return {
        "place": [
            {"place_id": "JO", "name": "Jordan", "level": "country"},
            {"place_id": "JO-AM", "name": "Amman", "name_ar": "عمّان", "level": "adm1", "parent_id": "JO"},
        ],
        "organisation": [
            {"org_id": f"ORG-{n}", "name": f"Body {n}", "is_hmg": n == 1, "is_traditional": False} for n in (1, 2, 3)
        ],
        "indicator": [{"indicator_id": "WATER", "name": "Hours of water", "name_ar": "ساعات المياه"}],
    }
