"""Frames with the columns and types of a canonical table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from idtracker.model.packed.array import coded_array
from idtracker.model.packed.coder import ColumnCoder
from idtracker.model.tables.base import Kind, Table, columns_of
from idtracker.model.text import TEXT, as_array, same_texts

_INSTANT = np.dtype("datetime64[ns]")
TYPES: dict[Kind, Any] = {
    "integer": pd.Int64Dtype(),
    "number": np.dtype("float64"),
    "money": np.dtype("float64"),
    "flag": pd.BooleanDtype(),
    "date": _INSTANT,
    "instant": _INSTANT,
}
"""Type of the columns of each kind; every other kind is text."""


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


def frame_of(rows: pa.Table, model: type[Table]) -> pd.DataFrame:
    """Rows of an engine as a frame: each column by its type in the table, one that the table does not have as an instant."""
    types = _types_of(model)
    cells = {
        name: _of_arrow(column, types.get(name, _INSTANT))
        for name, column in zip(rows.column_names, rows.columns, strict=True)
    }
    return pd.DataFrame(cells, index=pd.RangeIndex(len(rows)), copy=False)


def frame_of_batches(batches: pa.RecordBatchReader, model: type[Table]) -> pd.DataFrame:
    """frame_of() of rows that come a batch at a time: texts that repeat are held in codes (`model/packed`), in a table of several batches."""
    first, second = next(batches, None), next(batches, None)
    if first is None or second is None:
        return frame_of(pa.Table.from_batches([] if first is None else [first], batches.schema), model)
    types = {name: _types_of(model).get(name, _INSTANT) for name in batches.schema.names}
    coders = {name: ColumnCoder() for name, dtype in types.items() if isinstance(dtype, pd.StringDtype)}
    others: dict[str, list[Any]] = {name: [] for name in types if name not in coders}
    count = 0
    for batch in chain((first, second), batches):
        count += len(batch)
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name in coders:
                coders[name].add(column.cast(pa.large_string()))
            else:
                others[name].append(_of_arrow(pa.chunked_array([column]), types[name]))
    cells: dict[str, Any] = {}
    for name in types:  # one column at a time: its pieces go when it is whole
        cells[name] = _in_codes(coders.pop(name).finish(count)) if name in coders else _joined(others.pop(name))
    return pd.DataFrame(cells, index=pd.RangeIndex(count), copy=False)


def _in_codes(column: pa.ChunkedArray) -> Any:
    return coded_array(column) if pa.types.is_dictionary(column.type) else as_array(column.combine_chunks())


def _joined(pieces: list[Any]) -> Any:
    if isinstance(pieces[0], np.ndarray):
        return np.concatenate(pieces)
    return type(pieces[0])._concat_same_type(pieces)


def _of_arrow(column: pa.ChunkedArray, dtype: Any) -> Any:
    if isinstance(dtype, pd.StringDtype):
        return as_array(column.cast(pa.large_string()).combine_chunks())
    if isinstance(dtype, np.dtype):
        plain = column.cast(pa.timestamp("ns")) if dtype.kind == "M" else column
        return np.array(plain.to_numpy(), dtype=dtype)
    return dtype.__from_arrow__(column)


def typed_columns(columns: Mapping[str, pd.Series], count: int, model: type[Table]) -> dict[str, Any]:
    """Every column of a table as an array of the table's type, in order; absent ones are empty, others are left out."""
    data: dict[str, Any] = {}
    for name, dtype in _types_of(model).items():
        if name in columns:
            data[name] = _typed(columns[name], dtype).array
        elif isinstance(dtype, pd.StringDtype):
            data[name] = same_texts(None, count)
        else:
            data[name] = _all_missing(dtype, count)
    return data


@cache
def _types_of(model: type[Table]) -> dict[str, Any]:
    return {spec.name: TYPES.get(spec.kind, TEXT) for spec in columns_of(model)}


def _all_missing(dtype: Any, count: int) -> Any:
    """So many missing values of a type, in the memory of one where the type lets them."""
    one = _missing(dtype)
    if isinstance(dtype, np.dtype):
        cells = np.broadcast_to(one.to_numpy(dtype=dtype), count)
        return pd.Series(cells, copy=False).array
    return one.take(np.zeros(count, dtype=np.intp))


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
