"""Packed texts as an array of pandas.

What pandas has no shorter way for is done on the texts written out, one column at a time, which are not kept. What it does so is
its own code; this class only says what is held. The attributes `_pa_array` and `_from_pyarrow_array` are those of pandas 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from idtracker.model.packed import packings
from idtracker.model.packed.packings import CodedTexts, Codes, Digests, Packing, indices, plain

_TEXT = pd.StringDtype(na_value=float("nan"))


class PackedTextArray(pd.arrays.ArrowStringArray):
    """Text to pandas, packed in memory."""

    _packing: Packing | None
    _dtype: Any
    _cache: dict[str, Any]
    _readonly: bool

    def __new__(cls, *_: Any, **__: Any) -> Self:
        array = super().__new__(cls)
        array._packing = None
        return array

    @classmethod
    def of(cls, packing: Packing) -> PackedTextArray:
        """An array over packed texts."""
        array = cls.__new__(cls)
        array._packing, array._dtype, array._cache = packing, _TEXT, {}
        return array

    @property
    def packing(self) -> Packing | None:
        """How the texts are packed; None once one of them was set."""
        return self._packing

    @property
    def _pa_array(self) -> pa.ChunkedArray:
        return self._texts if self._packing is None else self._packing.texts()

    @_pa_array.setter
    def _pa_array(self, texts: pa.ChunkedArray) -> None:
        self._packing, self._texts = None, texts

    def _from_pyarrow_array(self, pa_array: Any) -> pd.arrays.ArrowStringArray:
        return plain(pa_array)

    def _like(self, packing: Packing) -> PackedTextArray:
        return type(self).of(packing)

    def __len__(self) -> int:
        return len(self._texts if self._packing is None else self._packing)

    @property
    def nbytes(self) -> int:
        match self._packing:
            case CodedTexts() as packing:
                return int(packing.codes.nbytes + packing.different.nbytes)
            case Digests() as packing:
                return int(packing.numbers.nbytes)
        return int(self._texts.nbytes)

    @property
    def _hasna(self) -> bool:
        return bool(self.isna().any())

    def isna(self) -> npt.NDArray[np.bool_]:
        return super().isna() if self._packing is None else self._packing.is_missing()

    def __reduce__(self) -> Any:
        return plain, (self._pa_array,)

    def view(self, dtype: Any = None) -> Any:
        if dtype is not None or self._packing is None:
            return super().view(dtype)
        same = self._like(self._packing)
        same._readonly = self._readonly
        return same

    def copy(self) -> Any:
        return super().copy() if self._packing is None else self._like(self._packing)

    def __getitem__(self, item: Any) -> Any:
        packing = self._packing
        if packing is None:
            return super().__getitem__(item)
        if isinstance(item, slice):
            return self._like(packing.take(item))
        rows = pd.api.indexers.check_array_indexer(self, item)
        if isinstance(rows, np.ndarray):
            return self._like(packing.take(rows))
        if isinstance(rows, int | np.integer):
            place = range(len(packing))[int(rows)]
            return plain(packing.take(slice(place, place + 1)).texts())[0]
        return super().__getitem__(item)

    def take(self, indices: Any, allow_fill: bool = False, fill_value: Any = None) -> Any:
        packing, rows = self._packing, np.asanyarray(indices)
        is_plain = len(rows) == 0 or (int(rows.min()) >= 0 and int(rows.max()) < len(self))
        if packing is not None and is_plain and rows.dtype.kind in "iu":
            return self._like(packing.take(rows))
        if isinstance(packing, CodedTexts) and allow_fill and pd.isna(fill_value) and len(self) and rows.min() >= -1:
            return self._like(CodedTexts(np.where(rows < 0, -1, packing.codes[rows]), packing.different))
        return super().take(indices, allow_fill=allow_fill, fill_value=fill_value)

    def _cmp_method(self, other: Any, op: Callable[[Any, Any], Any]) -> Any:
        if isinstance(self._packing, CodedTexts) and isinstance(other, str):
            return self._packing.spread(lambda texts: op(texts, other))
        return super()._cmp_method(other, op)  # type: ignore[misc]  # the stubs lack it

    def isin(self, values: Any) -> npt.NDArray[np.bool_]:
        if isinstance(self._packing, CodedTexts):
            found: npt.NDArray[np.bool_] = self._packing.spread(lambda texts: pd.Series(texts).isin(values).to_numpy())
            return found
        isin: npt.NDArray[np.bool_] = super().isin(values)  # type: ignore[misc]  # the stubs lack it
        return isin

    def fillna(self, value: Any, limit: int | None = None, copy: bool = True) -> Any:
        if isinstance(self._packing, CodedTexts) and isinstance(value, str) and limit is None:
            return self._like(self._packing.filled(value))
        return super().fillna(value, limit=limit, copy=copy)

    def map(self, mapper: Any, na_action: Any = None) -> Any:
        if isinstance(self._packing, CodedTexts) and isinstance(mapper, Mapping):
            coded = self._packing.encoded()
            codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            return CodedTexts(codes, coded.dictionary).spread(lambda texts: texts.map(mapper, na_action))
        return super().map(mapper, na_action)


def packing_of(cells: pd.Series) -> Packing | None:
    """How a column is packed, if it is."""
    array = cells.array
    return array.packing if isinstance(array, PackedTextArray) else None


def coded(codes: Codes, texts: pa.Array) -> pd.arrays.ArrowStringArray:
    """One of `texts` in each row, by its place; -1 for none. Packed where that saves something."""
    if not packings.is_worth_it(len(codes), len(texts)):
        return plain(texts.take(indices(codes)))
    return PackedTextArray.of(CodedTexts.of(codes, texts))


def coded_array(column: pa.ChunkedArray) -> PackedTextArray:
    """A column of arrow that is coded in one piece, as ColumnCoder gives it."""
    cells = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    codes = cells.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return PackedTextArray.of(CodedTexts.of(codes, cells.dictionary))


def digests(numbers: npt.NDArray[np.uint64]) -> pd.arrays.ArrowStringArray:
    """Hashes of sixteen hex digits."""
    packing = Digests(numbers)
    return PackedTextArray.of(packing) if len(numbers) >= packings.FEWEST_ROWS else plain(packing.texts())
