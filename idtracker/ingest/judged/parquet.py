"""Frames to and from Parquet: what pandas writes and reads, without working out the same schema for every file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

_ROWS_OF_A_GROUP = 1 << 17
"""Rows that are written at once; a row group of the file."""


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame without its index. Columns of plain objects have no type of their own: those pandas converts."""
    names, dtypes = tuple(frame.columns), tuple(frame.dtypes)
    if np.dtype("object") in dtypes:
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path)
    elif frame.empty:
        path.write_bytes(_empty_file(names, dtypes))
    else:
        schema = _schema_of(names, dtypes)
        with pq.ParquetWriter(path, schema) as writer:
            for at in range(0, len(frame), _ROWS_OF_A_GROUP):
                piece = frame.iloc[at : at + _ROWS_OF_A_GROUP]
                cells = [
                    pa.array(c.array, f.type, from_pandas=True) for (_, c), f in zip(piece.items(), schema, strict=True)
                ]
                writer.write_table(pa.Table.from_arrays(cells, schema=schema))


def read_frame(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Columns of one file."""
    frame: pd.DataFrame = _read(path, columns).to_pandas()
    return frame


def read_frames_as_one(paths: Iterable[Path], columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Rows of several files, one file after the other; a frame without rows where there is none.

    Files of one schema become one frame at once: what pandas does once per file costs more than the rows of a small one.
    """
    by_schema: list[list[pa.Table]] = []
    for path in paths:
        table = _read(path, columns)
        if not by_schema or by_schema[-1][0].schema != table.schema:
            by_schema.append([])
        by_schema[-1].append(table)
    frames = [pa.concat_tables(tables).to_pandas() for tables in by_schema]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(columns or []))


def _read(path: Path, columns: Sequence[str] | None) -> pa.Table:
    with pq.ParquetFile(path) as file:
        return file.read(None if columns is None else list(columns), use_threads=False)


@lru_cache(maxsize=64)
def _empty_file(names: tuple[str, ...], dtypes: tuple[Any, ...]) -> bytes:
    """The content of a file without rows."""
    written = pa.BufferOutputStream()
    pq.write_table(_schema_of(names, dtypes).empty_table(), written)
    content: bytes = written.getvalue().to_pybytes()
    return content


@lru_cache(maxsize=512)
def _schema_of(names: tuple[str, ...], dtypes: tuple[Any, ...]) -> pa.Schema:
    """The schema that pandas gives to columns of these names and types, with its own notes for reading them back."""
    empty = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in zip(names, dtypes, strict=True)})
    return pa.Schema.from_pandas(empty, preserve_index=False)
