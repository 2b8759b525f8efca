"""Frames with the columns and types of a canonical table."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from idtracker.model.tables.base import Kind, Table, columns_of
from idtracker.model.text import TEXT, same_text

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
    return conform_types(pd.DataFrame(index=pd.RangeIndex(0)), model)


def conform_types(frame: pd.DataFrame, model: type[Table]) -> pd.DataFrame:
    """The same frame with exactly the table's columns, in order, each of the table's type; absent ones are empty."""
    rows = np.zeros(len(frame), dtype=np.intp)
    data: dict[str, Any] = {}
    for name, dtype in _types_of(model).items():
        if name in frame.columns:
            data[name] = _typed(frame[name], dtype).array
        elif isinstance(dtype, pd.StringDtype):
            data[name] = same_text(None, len(frame)).array
        else:
            data[name] = _missing(dtype).take(rows)
    return pd.DataFrame(data, index=frame.index, copy=False)


@cache
def _types_of(model: type[Table]) -> dict[str, Any]:
    return {spec.name: TYPES.get(spec.kind, TEXT) for spec in columns_of(model)}


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
