"""Text cells column by column: ends trimmed, blanks and declared marks of 'no value' missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

type_of_text = pa.large_string()

_BLANKS_AROUND_CELLS = " \t\u00a0"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS_AROUND_HEADINGS = " \t\r\n\x0b\x0c\u00a0\u2007\u202f\u200b\u200e\u200f\u061c\ufeff"


def trim_heading(text: str) -> str:
    """Without white space, no-break spaces, byte order and direction marks at the ends; the inside stays as typed."""
    return text.strip(_MARKS_AROUND_HEADINGS)


def trim_cell(text: str) -> str:
    return text.strip(_BLANKS_AROUND_CELLS)


def columns_of(rows: Iterable[Sequence[str | None]], width: int) -> list[pa.ChunkedArray]:
    """Rows of exactly `width` cells, turned into columns."""
    by_column = list(zip(*rows, strict=True)) or [()] * width
    return [pa.chunked_array([_array_of(column)]) for column in by_column]


def whole(text: str) -> str:
    """Half a surrogate pair, which JSON can hold and no encoding can write, becomes the replacement character."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def _array_of(column: Sequence[str | None]) -> pa.Array:
    try:
        return pa.array(column, type=type_of_text)
    except UnicodeEncodeError:
        return pa.array([None if cell is None else whole(cell) for cell in column], type=type_of_text)


def missing_column(length: int) -> pa.ChunkedArray:
    return pa.chunked_array([pa.nulls(length, type=type_of_text)])


def clean(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Trimmed cells; a cell of nothing but white space is missing."""
    trimmed = pc.utf8_trim(column, characters=_BLANKS_AROUND_CELLS)
    is_blank = pc.equal(pc.binary_length(pc.utf8_trim_whitespace(trimmed)), 0)
    if not pc.any(is_blank).as_py():
        return trimmed
    return pc.if_else(is_blank, pa.scalar(None, type=type_of_text), trimmed)


def without_marks(column: pa.ChunkedArray, marks: Sequence[str]) -> pa.ChunkedArray:
    """Cells that equal one of the declared marks of 'no value' (`..`, `#N/A`) become missing."""
    if not marks:
        return column
    is_mark = pc.is_in(column, value_set=pa.array([trim_cell(m) for m in marks], type=type_of_text))
    return pc.if_else(is_mark, pa.scalar(None, type=type_of_text), column)


def frame_of(names: Sequence[str], columns: Sequence[pa.ChunkedArray], length: int) -> pd.DataFrame:
    """The columns as a frame of text with missing cells, on a fresh RangeIndex."""
    if not names:
        return pd.DataFrame(index=pd.RangeIndex(length))
    text = pd.StringDtype("pyarrow", na_value=np.nan)
    frame: pd.DataFrame = pa.table(list(columns), names=list(names)).to_pandas(types_mapper={type_of_text: text}.get)
    return frame
