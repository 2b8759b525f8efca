"""How a canonical table is written down: a class whose columns carry kind, field, codelist, unit and meaning.

DDL, data dictionary, pandera schema, templates and expectations are derived from these classes and never written twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal[
    "text",
    "integer",
    "number",
    "money",
    "date",
    "instant",
    "period",
    "flag",
    "code",
    "organisation",
    "place",
    "indicator",
]
Integer = int
Flag = bool
Moment = datetime


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column of a canonical table as everything else sees it."""

    name: str
    kind: Kind
    field: str
    part_of: str | None
    description: str
    is_required: bool
    codelist: str | None
    unit: str | None
    default: str | None
    minimum: float | None
    maximum: float | None

    @property
    def names_organisation(self) -> bool:
        """Whether it says which organisation the text of another field names."""
        return self.kind == "organisation" and self.part_of is not None

    @property
    def sql_type(self) -> str:
        """DuckDB type of the column."""
        return {
            "integer": "BIGINT",
            "number": "DOUBLE",
            "money": "DOUBLE",
            "flag": "BOOLEAN",
            "date": "DATE",
            "instant": "TIMESTAMP",
        }.get(self.kind, "VARCHAR")


def column(
    description: str,
    kind: Kind,
    *,
    field: str | None = None,
    part_of: str | None = None,
    required: bool = False,
    codelist: str | None = None,
    unit: str | None = None,
    default: str | None = None,
    ge: float | None = None,
    le: float | None = None,
) -> Any:
    """One column.

    `field` is the name under which a source maps it (default: the column's own name); `part_of` names the field this
    column is filled from beside its main column (the name as typed beside the identifier, the start beside the
    period, the currency beside the amount). `default` says where a value comes from when no source column gives one:
    `publisher`, `handling.…` or `grading.…` of the source.
    """
    return ColumnSpec("", kind, field or "", part_of, description, required, codelist, unit, default, ge, le)


class _Stated(type):
    """Type of a table: gathers the columns that its body states, after those of the table that it extends."""

    columns: tuple[ColumnSpec, ...]

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> None:
        super().__init__(name, bases, body)
        stated = {key: value for key, value in body.items() if isinstance(value, ColumnSpec)}
        own = (replace(spec, name=key, field=spec.field or key) for key, spec in stated.items())
        cls.columns = (*(spec for base in bases for spec in getattr(base, "columns", ())), *own)


class Table(metaclass=_Stated):
    """Base of every canonical table. The docstring of a subclass states what one row is."""


class Fact(Table):
    """A reported fact: every row knows its origin, its marking and when it was known."""

    fact_id: str = column("Identifies the fact within its source: hash of source, table and key", "text", required=True)
    source_id: str = column("Source folder that the row came through", "text", required=True)
    submission_id: str = column("Submission that first said this", "text", required=True)
    sheet: str = column("Sheet or section of the file", "text", required=True)
    row_number: Integer = column("One-based row of the sheet (ordinal of the record for JSON and XML)", "integer")
    content_hash: str = column("Hash over what the row says, provenance apart", "text", required=True)
    recorded_from: Moment = column(
        "From when this was known (arrival of the submission, UTC)", "instant", required=True
    )
    recorded_to: Moment = column("Until when this was known; empty while it is current", "instant")
    revision_type: str = column(
        "INITIAL, R1 (better data) or C (correction), after ONS", "code", codelist="revision_type"
    )
    waiver: str = column(
        "Who let a held row through, why, until when and past which rules; empty where no waiver was needed", "text"
    )
    classification: str = column(
        "Government Security Classifications marking",
        "code",
        required=True,
        codelist="classification",
        default="handling.classification",
    )
    handling: str = column("Handling instructions, `;` between", "text", default="handling.handling")
    releasable_to: str = column("Groups that may see the row, `;` between", "text", default="handling.releasable_to")
    originator_org_id: str = column(
        "Organisation that marked the row", "organisation", field="originator", default="publisher"
    )


PROVENANCE = [
    "fact_id",
    "source_id",
    "submission_id",
    "sheet",
    "row_number",
    "content_hash",
    "recorded_from",
    "recorded_to",
    "revision_type",
    "waiver",
]


def columns_of(model: type[Table]) -> tuple[ColumnSpec, ...]:
    """The columns of a table in their order."""
    return model.columns


@cache
def fields_of(model: type[Table]) -> Mapping[str, ColumnSpec]:
    """Fields that a source may map, by name; a column's own name works as well as its field name."""
    found: dict[str, ColumnSpec] = {}
    for spec in columns_of(model):
        if spec.name in PROVENANCE or spec.part_of:
            continue
        found[spec.field] = spec
    for spec in columns_of(model):
        if spec.name not in PROVENANCE and not spec.part_of:
            found.setdefault(spec.name, spec)
    return MappingProxyType(found)


@cache
def companions(model: type[Table], field: str) -> tuple[ColumnSpec, ...]:
    """Columns filled beside the main column of a field."""
    return tuple(s for s in columns_of(model) if s.part_of == field)


def grain(model: type[Table]) -> str:
    """What one row is: the model's docstring, first paragraph."""
    return (model.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
