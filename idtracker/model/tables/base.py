"""How a canonical table is written down: a pandera model whose columns carry kind, field, codelist, unit and meaning.

DDL, data dictionary, checks, templates and expectations are derived from these models and never written twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.engines import pandas_engine

from idtracker.model.text import TEXT, same_texts

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
Integer = pd.Int64Dtype
Flag = pd.BooleanDtype
Moment = Annotated[pandas_engine.DateTime, {}, "ns", None, False, {}]


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
    isin: Sequence[str] | None = None,
) -> Any:
    """One column.

    `field` is the name under which a source maps it (default: the column's own name); `part_of` names the field this
    column is filled from beside its main column (the name as typed beside the identifier, the start beside the
    period, the currency beside the amount). `default` says where a value comes from when no source column gives one:
    `publisher`, `handling.…` or `grading.…` of the source.
    """
    return pa.Field(
        nullable=not required,
        description=description,
        ge=ge,
        le=le,
        isin=list(isin) if isin else None,
        metadata={
            "kind": kind,
            "field": field,
            "part_of": part_of,
            "codelist": codelist,
            "unit": unit,
            "default": default,
        },
    )


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


class Table(pa.DataFrameModel):
    """Base of every canonical table. The docstring of a subclass states what one row is."""

    class Config:
        strict = True
        coerce = False


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


@cache
def schema_of(model: type[Table]) -> pa.DataFrameSchema:
    """The pandera schema of a table."""
    return model.to_schema()


@cache
def values_schema_of(model: type[Table], names: tuple[str, ...]) -> pa.DataFrameSchema:
    """The part of a table's schema that judges values, for frames that have the columns `names`.

    Columns that may be empty and have no bounds take any value. The types are left out: conform_types() sees to them.
    """
    schema = schema_of(model)
    judged = [name for name, col in schema.columns.items() if name in names and (col.checks or not col.nullable)]
    return schema.select_columns(judged).update_columns({name: {"dtype": None} for name in judged})


@cache
def columns_of(model: type[Table]) -> tuple[ColumnSpec, ...]:
    """The columns of a table in their order."""
    specs = []
    for name, col in schema_of(model).columns.items():
        meta = col.metadata or {}
        limits = {c.name: c.statistics for c in col.checks}
        specs.append(
            ColumnSpec(
                name=str(name),
                kind=meta["kind"],
                field=meta["field"] or str(name),
                part_of=meta["part_of"],
                description=col.description or "",
                is_required=not col.nullable,
                codelist=meta["codelist"],
                unit=meta["unit"],
                default=meta["default"],
                minimum=limits.get("greater_than_or_equal_to", {}).get("min_value"),
                maximum=limits.get("less_than_or_equal_to", {}).get("max_value"),
            )
        )
    return tuple(specs)


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


def empty_frame(model: type[Table]) -> pd.DataFrame:
    """No rows, every column with its type."""
    return _no_rows(model).copy(deep=False)


@cache
def _no_rows(model: type[Table]) -> pd.DataFrame:
    return conform_types(pd.DataFrame(index=pd.RangeIndex(0)), model)


def conform_types(frame: pd.DataFrame, model: type[Table]) -> pd.DataFrame:
    """The same frame with exactly the table's columns, in order, each of the table's type; absent ones are empty."""
    types = _types_of(model)
    if list(frame.columns) == list(types) and list(frame.dtypes) == list(types.values()):
        return frame.copy(deep=False)
    typed = typed_columns({str(name): cells for name, cells in frame.items()}, len(frame), model)
    return pd.DataFrame(typed, index=frame.index, copy=False)


def typed_columns(columns: Mapping[str, pd.Series], count: int, model: type[Table]) -> dict[str, Any]:
    """Every column of a table as an array of the table's type, in order; absent ones are empty, others are left out."""
    data: dict[str, Any] = {}
    for name, dtype in _types_of(model).items():
        if name in columns:
            data[name] = _typed(columns[name], dtype).array
        elif isinstance(dtype, pd.StringDtype):
            data[name] = same_texts(None, count)
        else:
            data[name] = _missing(dtype).take(np.zeros(count, dtype=np.intp))
    return data


@cache
def _types_of(model: type[Table]) -> dict[str, Any]:
    return {str(name): _type_named(str(col.dtype)) for name, col in schema_of(model).columns.items()}


def _type_named(name: str) -> Any:
    if name.startswith("string") or name == "str":
        return TEXT
    return np.dtype("datetime64[ns]") if name.startswith("datetime") else pd.api.types.pandas_dtype(name)


@cache
def _missing(dtype: Any) -> Any:
    """One missing value of a type."""
    return pd.Series([None]).astype(dtype).array


def _typed(series: pd.Series, dtype: Any) -> pd.Series:
    if series.dtype == dtype or series.dtype == "str" == dtype:
        return series  # texts stay in the storage that they are in
    if isinstance(dtype, pd.StringDtype):
        return series.astype(dtype).where(series.notna(), None).astype(dtype)
    return pd.to_datetime(series).astype(dtype) if dtype.kind == "M" else series.astype(dtype)
