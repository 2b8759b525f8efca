"""The pandera schema of each canonical table."""

from __future__ import annotations

from functools import cache

import pandera.pandas as pa

from idtracker.model.tables.base import ColumnSpec, Table, columns_of
from idtracker.model.tables.frames import TYPES


@cache
def schema_of(model: type[Table]) -> pa.DataFrameSchema:
    """The pandera schema of a table: exactly its columns, each of its type and within its bounds."""
    columns = {spec.name: _column(spec) for spec in columns_of(model)}
    return pa.DataFrameSchema(columns, strict=True, name=model.__name__)


@cache
def values_schema_of(model: type[Table], names: tuple[str, ...]) -> pa.DataFrameSchema:
    """The part of a table's schema that judges values, for frames that have the columns `names`.

    Columns that may be empty and have no bounds take any value. The types are left out: conform_types() sees to them.
    """
    schema = schema_of(model)
    judged = [name for name, col in schema.columns.items() if name in names and (col.checks or not col.nullable)]
    return schema.select_columns(judged).update_columns({name: {"dtype": None} for name in judged})


def _column(spec: ColumnSpec) -> pa.Column:
    checks = [] if spec.minimum is None else [pa.Check.ge(spec.minimum)]
    checks += [] if spec.maximum is None else [pa.Check.le(spec.maximum)]
    return pa.Column(TYPES.get(spec.kind, str), checks, nullable=not spec.is_required, description=spec.description)
