"""Frames written to Parquet: what `DataFrame.to_parquet` writes, without working out the same schema for every file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame without its index. Columns of plain objects have no type of their own: those pandas converts."""
    dtypes = tuple(frame.dtypes)
    if np.dtype("object") in dtypes:
        table = pa.Table.from_pandas(frame, preserve_index=False)
    else:
        schema = _schema_of(tuple(frame.columns), dtypes)
        cells = [pa.array(c.array, f.type, from_pandas=True) for (_, c), f in zip(frame.items(), schema, strict=True)]
        table = pa.Table.from_arrays(cells, schema=schema)
    pq.write_table(table, path)


@lru_cache(maxsize=512)
def _schema_of(names: tuple[str, ...], dtypes: tuple[Any, ...]) -> pa.Schema:
    """The schema that pandas gives to columns of these names and types, with its own notes for reading them back."""
    empty = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in zip(names, dtypes, strict=True)})
    return pa.Schema.from_pandas(empty, preserve_index=False)
