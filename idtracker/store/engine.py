"""The embedded engine that Ibis expressions run on: frames in as tables, expressions out as frames.

Whoever works on tables asks for a backend here and knows no engine by name, so that another one (Spark through Spark
Connect, say) is a change of this file alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from idtracker.contract.tables import Table, columns_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

_ARROW: Mapping[str, pa.DataType] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "money": pa.float64(),
    "flag": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us"),
}


@contextmanager
def open_engine() -> Iterator[Any]:
    """An Ibis backend without tables, in memory; closed at the end."""
    import ibis

    backend = ibis.duckdb.connect()
    try:
        yield backend
    finally:
        backend.disconnect()


def as_table(
    backend: Any, name: str, frame: pd.DataFrame, model: type[Table], also: Sequence[str] = ()
) -> ir.Table:
    """The frame as table `name` of the backend: the columns of `model` with its types, absent ones empty, and `also`."""
    columns = {spec.name: _column(frame, spec.name, _ARROW.get(spec.kind, pa.string())) for spec in columns_of(model)}
    keys = {key: pa.Array.from_pandas(frame[key]) for key in also}
    return _stored(backend, name, pa.table({**columns, **keys}))


def plain_table(backend: Any, name: str, frame: pd.DataFrame) -> ir.Table:
    """A frame that is no canonical table as table `name` of the backend, each column by the type it has."""
    return _stored(backend, name, pa.Table.from_pandas(frame, preserve_index=False))


def kept(backend: Any, name: str, expression: ir.Table) -> ir.Table:
    """The rows of an expression as a table of the backend, so that what is made from it twice is worked out once."""
    return backend.create_table(name, expression, temp=True)


def as_frame(backend: Any, expression: ir.Table) -> pd.DataFrame:
    """The rows of an expression; dates and instants as datetime64."""
    frame: pd.DataFrame = backend.to_pyarrow(expression).to_pandas(date_as_object=False)
    return frame


def _stored(backend: Any, name: str, rows: pa.Table) -> ir.Table:
    import ibis

    return backend.create_table(name, ibis.memtable(rows), temp=True)


def _column(frame: pd.DataFrame, name: str, kind: pa.DataType) -> pa.Array:
    if name not in frame.columns:
        return pa.nulls(len(frame), kind)
    return pa.Array.from_pandas(frame[name], type=kind, safe=False)
