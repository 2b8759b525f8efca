"""How a canonical table is written down: a class whose columns carry kind, field, codelist, unit and meaning.

DDL, data dictionary, pandera schema, templates, expectations and the rules between the columns of a row and between
tables are derived from these classes and never written twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Literal

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
MadeOf = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """What a column has to do with other columns, of its own row unless a table is named."""

    references: str | None = None
    """Identifier of a fact table (`activity.activity_id`) that its values are looked up in."""
    may_reference: str | None = None
    """The same for a column that may also hold something else; it is not looked up."""
    codelist_from: str | None = None
    """Column that names the codelist of its codes."""
    not_before: str | None = None
    """Date that it never lies before."""
    follows: str | None = None
    """The same for a date that must be filled where this one is: the start of an end."""
    by_arrival: bool = False
    """A date that never lies after the arrival of the file."""
    between: tuple[str, str] | None = None
    """Columns of its lower and upper bound."""
    at_most: str | None = None
    """Number that it usually does not exceed."""
    other_than: str | None = None
    """Organisation that it differs from."""
    about_day: bool = False
    """The day that a row without a period speaks of."""
    about_until: str | None = None
    """Last of the days that a row without a period speaks of, of which this is the first."""
    count_once: bool = False
    """An amount of a whole activity: counted for one of its identifiers where it is reported under several."""
    is_measure: bool = True
    """Whether its values are compared with earlier ones; errors, weights and baselines are not."""

    @property
    def beside(self) -> tuple[str, ...]:
        """The other columns of the row."""
        named = (self.codelist_from, self.not_before, self.follows, self.at_most, self.other_than, self.about_until)
        return tuple(name for name in (*named, *(self.between or ())) if name)


@dataclass(frozen=True, slots=True)
class ColumnSpec(Relations):
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
    **relations: Any,
) -> Any:
    """One column.

    `field` is the name under which a source maps it (default: the column's own name); `part_of` names the field this
    column is filled from beside its main column (the name as typed beside the identifier, the start beside the
    period, the currency beside the amount). `default` says where a value comes from when no source column gives one:
    `publisher`, `handling.…` or `grading.…` of the source. `relations` are those of Relations,
    under their names.
    """
    return ColumnSpec(
        "", kind, field or "", part_of, description, required, codelist, unit, default, ge, le, **relations
    )


_MARKING = tuple(
    replace(spec, name=name, field=name)
    for name, spec in {
        "classification": column(
            "High-water mark of what stands behind the row", "code", required=True, codelist="classification"
        ),
        "releasable_to": column("Groups that may see all that stands behind the row, `;` between", "text"),
    }.items()
)


class _Stated(type):
    """Type of a table: gathers the columns that its body states, after those of the table that it extends.

    A table that states no marking has one all the same, last.
    """

    columns: tuple[ColumnSpec, ...]

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> None:
        super().__init__(name, bases, body)
        stated = {key: value for key, value in body.items() if isinstance(value, ColumnSpec)}
        own = (replace(spec, name=key, field=spec.field or key) for key, spec in stated.items())
        cls.columns = (*(spec for base in bases for spec in getattr(base, "columns", ())), *own)
        if bases and not any(spec.name == "classification" for spec in cls.columns):
            cls.columns += _MARKING  # no table goes without
        names = {spec.name for spec in cls.columns}
        missing = {*body.get("key", ()), *(other for spec in stated.values() for other in spec.beside)} - names
        if missing:
            raise TypeError(f"{name} has no column {', '.join(sorted(missing))}, which its key or a column names")


class Table(metaclass=_Stated):
    """Base of every canonical table. The docstring of a subclass states what one row is.

    `key` names the columns that tell its rows apart, where they have no identifier of their own. `made_of` says of each
    column of a derived table which `table.column` of others it is computed from. Rows form series over time unless the
    table says `has_series = False`.
    """

    key: ClassVar[tuple[str, ...]] = ()
    made_of: ClassVar[MadeOf] = {}
    has_series: ClassVar[bool] = True


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
    by_field: dict[str, ColumnSpec] = {}
    for spec in columns_of(model):
        if spec.name in PROVENANCE or spec.part_of:
            continue
        by_field[spec.field] = spec
    for spec in columns_of(model):
        if spec.name not in PROVENANCE and not spec.part_of:
            by_field.setdefault(spec.name, spec)
    return MappingProxyType(by_field)


@cache
def companions(model: type[Table], field: str) -> tuple[ColumnSpec, ...]:
    """Columns filled beside the main column of a field."""
    return tuple(s for s in columns_of(model) if s.part_of == field)


def referring(model: type[Table], target: str) -> tuple[str, ...]:
    """Columns of a table that refer to the fact table `target`."""
    return tuple(s.name for s in columns_of(model) if s.references and s.references.partition(".")[0] == target)


def days_of(model: type[Table]) -> tuple[tuple[str, str], ...]:
    """Columns of the first and last day that a row speaks of, where one is filled: period, else dates, else one day."""
    specs = columns_of(model)
    periods = [(f"{s.name}_start", f"{s.name}_end") for s in specs if s.kind == "period"]
    intervals = [(s.name, s.about_until) for s in specs if s.about_until]
    return (*periods, *intervals, *((s.name, s.name) for s in specs if s.about_day))


def bounds_of(model: type[Table]) -> frozenset[str]:
    """Columns of a table that are the lower or upper bound of another."""
    return frozenset(name for spec in columns_of(model) for name in spec.between or ())


def name_of(model: type[Table]) -> str:
    """The name of a table: that of its class, as SQL writes it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()


def grain(model: type[Table]) -> str:
    """What one row is: the model's docstring, first paragraph."""
    return (model.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
