"""One published value by its address, with everything that has to stand beside it wherever it is quoted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from idtracker.model.document import Document
from idtracker.model.errors import UsageError
from idtracker.model.json_values import plain
from idtracker.model.published.figure_address import FigureAddress, key_columns, parse_address
from idtracker.model.tables import FACTS, TABLES, columns_of
from idtracker.store.tables import quoted

if TYPE_CHECKING:
    from idtracker.publish.reading.tracker import Tracker

_BOUNDS = {("score", "score"): ("low", "high"), ("metric_value", "value"): ("lower", "upper")}
"""Table and column of a value -> the columns of its interval or range."""
_AS_TEXT = "coalesce(CAST(\"{0}\" AS VARCHAR), '')"
_ENCODED = {
    "date": "coalesce(strftime(\"{0}\", '%Y-%m-%d'), '')",
    "instant": "coalesce(regexp_replace(strftime(\"{0}\", '%Y-%m-%dT%H:%M:%S.%f'), '\\.000000$', ''), '')",
}


class Cited(Document):
    """A published value, and what has to be said with it."""

    address: str = Field(description="its address")
    value: Any = Field(description="the value; null where there is none, which is not zero")
    unit: str | None = Field(description="its unit")
    low: float | None = Field(description="lower end of its 90 % interval or range; null where there is none")
    high: float | None = Field(description="upper end of the same")
    why_empty: str | None = Field(description="why there is no value, where the row says so")
    meaning: str = Field(description="what the column means")
    as_known_at: str = Field(description="instant of knowledge, UTC")
    classification: str = Field(description="how the row is marked")
    releasable_to: str | None = Field(description="groups that may see it; null: nobody but whoever marked it")
    notice: str = Field(description="what every reader must know")
    publication: str = Field(description="the publication that it is read from")


def cite(tracker: Tracker, text: str) -> Cited:
    """The value at an address such as `score/JO/2026-Q3/STABILITY`.

    UsageError for a text that is no address, one that names another publication, and where there is no such row.
    """
    address = parse_address(text)
    name = tracker.publication.folder.name
    if address.publication not in (None, name):
        raise UsageError(f"`{text}` is of the publication `{address.publication}`; this one is `{name}`.")
    row = _row(tracker, address)
    spec = next(s for s in columns_of(TABLES[address.table]) if s.name == address.column)
    low, high = _BOUNDS.get((address.table, address.column), (None, None))
    return Cited(
        address=str(address.of(name)),
        value=plain(row[address.column]),
        unit=str(row["unit"]) if "unit" in row and not spec.unit else spec.unit,
        low=_number(row.get(low)) if low else None,
        high=_number(row.get(high)) if high else None,
        why_empty=_text(row.get("suppressed_reason")),
        meaning=spec.description,
        as_known_at=f"{tracker.known_at.isoformat()}Z",
        classification=str(row["classification"]),
        releasable_to=_text(row.get("releasable_to")),
        notice=tracker.notice,
        publication=name,
    )


def _row(tracker: Tracker, address: FigureAddress) -> Mapping[str, Any]:
    """The row of an address as it is known; UsageError where there is none."""
    kinds = {spec.name: spec.kind for spec in columns_of(TABLES[address.table])}
    parts = [
        f"{_ENCODED.get(kinds[name], _AS_TEXT).format(name)} = {quoted(value)}"
        for name, value in zip(key_columns(address.table), address.key, strict=True)
    ]
    if address.table in FACTS:
        parts.append("recorded_to IS NULL")
    if address.table not in tracker.tables:
        raise UsageError(f"`{address}`: this publication has no table `{address.table}`.")
    rows = tracker.sql(f'SELECT * FROM "{address.table}" WHERE {" AND ".join(parts)} LIMIT 2').to_dict("records")
    if not rows:
        raise UsageError(f"`{address}`: there is no such row in this publication.")
    return {str(name): value for name, value in rows[0].items()}


def _number(value: object) -> float | None:
    number = plain(value)
    return float(number) if isinstance(number, int | float) else None


def _text(value: object) -> str | None:
    text = plain(value)
    return None if text is None else str(text)
