"""The embedded engine that Ibis expressions run on: frames in as tables, expressions out as frames.

Whoever works on tables writes expressions over declared tables and hands them over; no other package knows an engine by name,
so that another one (Spark through Spark Connect, say) is a change of this file alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import pyarrow as pa

from idtracker.model.tables import Table, columns_of
from idtracker.store.connection import in_memory, registered, rows_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

_TYPES: Mapping[str, str] = {
    "integer": "int64",
    "number": "float64",
    "money": "float64",
    "flag": "boolean",
    "date": "date",
    "instant": "timestamp",
}
_ARROW: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
Types = Mapping[str, str]
_CODE = ("model/config", "model/register", "model/method.py", "model/periods.py", "store/history", "analyse")


def canonical_types(model: type[Table]) -> dict[str, str]:
    """The columns of a canonical table with their types in expressions."""
    return {spec.name: _TYPES.get(spec.kind, "string") for spec in columns_of(model)}


def types_of(frame: pd.DataFrame | pa.Table, columns: tuple[str, ...]) -> dict[str, str]:
    """Types in expressions of columns that stand in no contract: timestamp, int64 or float64 by what they hold, else string."""
    if isinstance(frame, pa.Table):
        frame = frame.slice(0, 0).to_pandas()
    kinds = {"M": "timestamp", "i": "int64", "u": "int64", "f": "float64", "b": "boolean"}
    return {name: kinds.get(getattr(frame[name].dtype, "kind", "O"), "string") for name in columns}


class Engine:
    """An engine with tables of its own, in memory."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def put(self, name: str, frame: pd.DataFrame | pa.Table, types: Types) -> None:
        """The columns of `types` as table `name`, each of its type; one that the rows have not is empty."""
        rows = pa.table({column: _column(frame, column, _ARROW[kind]) for column, kind in types.items()})
        with registered(self._connection, {"_rows": rows}):
            self._connection.execute(f'CREATE TEMP TABLE "{name}" AS SELECT * FROM _rows')

    def keep(self, name: str, expression: ir.Table) -> None:
        """The rows of an expression as table `name`, so that what is made from them more than once is worked out once."""
        self.make(name, compile_expression(expression))

    def make(self, name: str, statement: str) -> None:
        """The rows of a compiled expression as table `name`."""
        self._connection.execute(parsed(f'CREATE TEMP TABLE "{name}" AS {statement}'))

    def content(self, name: str) -> pd.DataFrame:
        """The rows of table `name`, in the order in which they were kept; dates and instants as datetime64."""
        rows = rows_of(self._connection, f'SELECT * FROM "{name}"')
        frame: pd.DataFrame = rows.to_pandas(date_as_object=False)
        return frame


@contextmanager
def open_engine() -> Iterator[Engine]:
    """An engine without tables, in one thread: what it works on is small, and threads would only wait for one another."""
    with in_memory(threads=1) as connection:
        yield Engine(connection)


def compile_expression(expression: ir.Table) -> str:
    """The expression in the engine's language."""
    import ibis

    return str(ibis.to_sql(expression, dialect="duckdb", pretty=False))


@lru_cache(maxsize=256)
def parsed(statement: str) -> duckdb.Statement:
    """A statement as the engine's parser reads it: the long ones of a plan are the same each time, and a third of their time."""
    (one,) = duckdb.extract_statements(statement)
    return one


@cache
def code_version() -> str:
    """Changes whenever the code that derives anything changes."""
    root, digest = Path(__file__).parents[1], hashlib.sha256()
    for name in _CODE:
        files = [root / name] if name.endswith(".py") else sorted((root / name).glob("**/*.py"))
        for file in files:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _column(frame: pd.DataFrame | pa.Table, name: str, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    if isinstance(frame, pa.Table):
        is_there = name in frame.column_names
        return frame.column(name).cast(kind, safe=False) if is_there else pa.nulls(len(frame), kind)
    if name not in frame.columns:
        return pa.nulls(len(frame), kind)
    return pa.Array.from_pandas(frame[name], type=kind, safe=False)
