"""The facts of an IATI file, by a mapping that is written out here: what the source of the bundled file maps, without codelists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
from published_rows import row_of

from idtracker.ingest.read.iati.reader import collect_sections, columns_of_section
from idtracker.model.tables import TABLES, columns_of

Section = dict[str, str | None]
Facts = dict[str, list[dict[str, Any]]]


def as_text(text: str | None) -> Any:
    return text


def as_day(text: str | None) -> Any:
    return pd.Timestamp(text) if text and len(text) >= 10 else None


def as_number(text: str | None) -> Any:
    try:
        return float(str(text).replace(",", ""))
    except ValueError:
        return None


def as_flag(text: str | None) -> Any:
    return {"1": True, "true": True, "0": False, "false": False}.get(text or "")


FIELDS: dict[str, tuple[str, dict[str, tuple[str, Callable[[str | None], Any]]]]] = {
    "activity": ("activity", {
        "activity_id": ("iati-identifier", as_text), "org_id": ("reporting-org.ref", as_text), "title": ("title", as_text),
        "description": ("description", as_text), "status": ("activity-status", as_text), "start_on": ("start-date", as_day),
        "end_on": ("end-date", as_day), "sector": ("sector", as_text), "place_id": ("recipient-country", as_text),
        "hierarchy": ("hierarchy", as_text),
    }),
    "participation": ("participation", {
        "activity_id": ("iati-identifier", as_text), "org_id": ("ref", as_text), "org_name": ("name", as_text), "role": ("role", as_text),
    }),
    "transaction": ("transaction", {
        "activity_id": ("iati-identifier", as_text), "reference": ("ref", as_text), "transaction_type": ("type", as_text),
        "transaction_on": ("date", as_day), "amount": ("value", as_number), "amount_currency": ("currency", as_text),
        "org_id": ("provider-org.ref", as_text), "org_name": ("provider-org.name", as_text),
        "receiver_org_id": ("receiver-org.ref", as_text), "receiver_name": ("receiver-org.name", as_text),
        "description": ("description", as_text),
    }),
    "result_value": ("result", {
        "activity_id": ("iati-identifier", as_text), "result_type": ("result-type", as_text), "result_title": ("result-title", as_text),
        "result_indicator": ("indicator-title", as_text), "measure": ("measure", as_text), "start_on": ("period-start", as_day),
        "end_on": ("period-end", as_day), "target": ("target-value", as_number), "actual": ("actual-value", as_number),
        "disaggregation": ("dimensions", as_text), "is_ascending": ("ascending", as_flag),
        "is_aggregable": ("aggregation-status", as_flag),
    }),
}  # fmt: skip
"""Table -> section, and column -> heading and how it is read."""


def facts_of(content: bytes) -> Facts:
    """Rows of each table, those that a required column keeps out of the store left out."""
    read = collect_sections(content)
    facts: Facts = {}
    for table, (section, fields) in FIELDS.items():
        required = [c.name for c in columns_of(TABLES[table]) if c.is_required and c.name in fields]
        facts[table] = []
        for number, values in enumerate(read[section]):
            own = dict(zip(columns_of_section(section), values, strict=True))
            row = {column: read_as(own[heading]) for column, (heading, read_as) in fields.items()}
            if all(row[column] is not None for column in required):
                facts[table].append(
                    row_of(table, fact_id=f"{table}{number:06}", source_id="s", recorded_to=None, **row)
                )
    return facts


def content_of(facts: Facts, without: Iterable[str] = ()) -> dict[str, Counter[tuple[Any, ...]]]:
    """What the facts say, without what identifies a row, and organisations by their reference where there is one: names are
    those of the register. `without` are facts that were not exported."""
    gone = set(without)
    names = {"org_name": "org_id", "receiver_name": "receiver_org_id"}
    return {
        table: Counter(
            tuple(
                (k, str(v))
                for k, v in sorted(row.items())
                if v is not None and k != "fact_id" and not (k in names and row[names[k]] is not None)
            )
            for row in rows
            if row["fact_id"] not in gone
        )
        for table, rows in facts.items()
    }
