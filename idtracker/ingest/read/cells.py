"""Text cells column by column: ends trimmed, blanks and declared marks of 'no value' missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.model.packed.array import coded_array
from idtracker.model.text import as_array

type_of_text = pa.large_string()

_BLANKS_AROUND_CELLS = " \t\u00a0"
# Bytes with which white space begins in UTF-8.
_MAY_BE_BLANK = np.zeros(256, dtype=bool)
_MAY_BE_BLANK[[*range(0x21), 0xC2, 0xE1, 0xE2, 0xE3]] = True
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
    """Trimmed cells; a cell of nothing but white space is missing. What is clean already is given back as it is."""
    if pa.types.is_dictionary(column.type):
        return of_different(column, clean)
    chunks = [c if _is_clean(c) else _cleaned(c) for c in column.chunks]
    return pa.chunked_array(chunks, type=column.type)


def written_out(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A coded column as its texts; any other as it is."""
    return column.cast(type_of_text) if pa.types.is_dictionary(column.type) else column


def of_different(column: pa.ChunkedArray, change: Callable[[pa.ChunkedArray], pa.ChunkedArray]) -> pa.ChunkedArray:
    """What is made of each text of a column, of each different one where it is coded (in one piece)."""
    if not pa.types.is_dictionary(column.type):
        return change(column)
    (cells,) = column.chunks
    changed = change(pa.chunked_array([cells.dictionary]))
    if changed.equals(pa.chunked_array([cells.dictionary])):
        return column
    again = changed.combine_chunks().dictionary_encode()
    places = again.indices.take(cells.indices).cast(cells.indices.type)
    return pa.chunked_array([pa.DictionaryArray.from_arrays(places, again.dictionary)])


def _cleaned(cells: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim(cells, characters=_BLANKS_AROUND_CELLS)
    is_blank = pc.equal(pc.binary_length(pc.utf8_trim_whitespace(trimmed)), 0)
    if not pc.any(is_blank).as_py():
        return trimmed
    return pc.if_else(is_blank, pa.scalar(None, type=type_of_text), trimmed)


def _is_clean(cells: pa.Array) -> bool:
    """Whether no cell is empty, or begins or ends with a byte that white space could be made of."""
    _, places, values = cells.buffers()
    if not pa.types.is_large_string(cells.type) or cells.null_count == len(cells) or values is None:
        return False
    offsets = np.frombuffer(places, dtype=np.int64)[cells.offset : cells.offset + len(cells) + 1]
    filled = offsets[1:] > offsets[:-1]
    if np.count_nonzero(filled) != len(cells) - cells.null_count:
        return False
    starts, ends = offsets[:-1][filled], offsets[1:][filled]
    data = np.frombuffer(values, dtype=np.uint8)
    last = data[ends - 1]
    is_no_break = (last == 0xA0) & (data[np.maximum(ends - 2, 0)] == 0xC2)
    return not (_MAY_BE_BLANK[data[starts]].any() or (last <= 0x20).any() or is_no_break.any())


def without_marks(column: pa.ChunkedArray, marks: Sequence[str]) -> pa.ChunkedArray:
    """Cells that equal one of the declared marks of 'no value' (`..`, `#N/A`) become missing."""
    if not marks:
        return column
    if pa.types.is_dictionary(column.type):
        return of_different(column, lambda texts: without_marks(texts, marks))
    is_mark = pc.is_in(column, value_set=pa.array([trim_cell(m) for m in marks], type=type_of_text))
    return pc.if_else(is_mark, pa.scalar(None, type=type_of_text), column)


def frame_of(names: Sequence[str], columns: Sequence[pa.ChunkedArray], length: int) -> pd.DataFrame:
    """The columns as a frame of text with missing cells, on a fresh RangeIndex."""
    if not names:
        return pd.DataFrame(index=pd.RangeIndex(length))
    if any(pa.types.is_dictionary(column.type) for column in columns):
        cells = [coded_array(c) if pa.types.is_dictionary(c.type) else as_array(c) for c in columns]
        return pd.DataFrame(dict(zip(names, cells, strict=True)), copy=False)
    text = pd.StringDtype("pyarrow", na_value=np.nan)
    frame: pd.DataFrame = pa.table(list(columns), names=list(names)).to_pandas(types_mapper={type_of_text: text}.get)
    return frame
