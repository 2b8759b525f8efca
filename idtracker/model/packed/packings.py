"""Texts packed: codes of the different ones, or the numbers of digests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

FEWEST_ROWS = 1 << 16
"""Shorter columns have nothing to gain."""
MOST_DIFFERENT = 0.25
"""Share of different texts above which a column stays as it is."""
_TEXT = pd.StringDtype(na_value=float("nan"))
_AT_ONCE = 1 << 20
_DIGITS = 16

Codes = npt.NDArray[np.signedinteger[Any]]
Rows = npt.NDArray[Any]


def is_worth_it(rows: int, different: int) -> bool:
    """Whether coding so many rows with so many different texts saves anything."""
    return rows >= FEWEST_ROWS and different <= MOST_DIFFERENT * rows


class Packing(Protocol):
    """Texts of a column, packed."""

    def __len__(self) -> int: ...

    def take(self, rows: Rows | slice) -> Self:
        """The rows of a mask, of places or of a slice."""
        ...

    def texts(self) -> pa.ChunkedArray:
        """Every text written out."""
        ...

    def is_missing(self) -> npt.NDArray[np.bool_]: ...


class CodedTexts:
    """Each row's place among `different` texts, none of which is missing; -1 where the cell is empty."""

    def __init__(self, codes: Codes, different: pa.Array) -> None:
        self.codes, self.different = codes.astype(code_type(len(different)), copy=False), different

    @classmethod
    def of(cls, codes: Codes, texts: pa.Array) -> CodedTexts:
        """From places among texts of which some may be missing, or stand there twice."""
        coded = texts.dictionary_encode()
        places = np.append(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), -1)
        if len(coded.dictionary) == len(texts):
            return cls(codes, texts)
        return cls(places.astype(code_type(len(coded.dictionary)))[codes], coded.dictionary)

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: Rows | slice) -> CodedTexts:
        return CodedTexts(self.codes[rows], self.different)

    def texts(self) -> pa.ChunkedArray:
        pieces = [self._written(self.codes[at : at + _AT_ONCE]) for at in range(0, len(self.codes) or 1, _AT_ONCE)]
        return pa.chunked_array(pieces, type=pa.large_string())

    def _written(self, codes: Codes) -> pa.Array:
        return self.different.take(indices(codes))

    def is_missing(self) -> npt.NDArray[np.bool_]:
        missing: npt.NDArray[np.bool_] = self.codes < 0
        return missing

    def encoded(self) -> pa.DictionaryArray:
        """As pyarrow encodes the texts: those that are there, in the order in which they first stand."""
        used = self._used()
        order = used[np.argsort(self._first_places()[used], kind="stable")]
        if len(order) == len(self.different) and (order == np.arange(len(order))).all():
            return pa.DictionaryArray.from_arrays(indices(self.codes), self.different)
        numbers = np.full(len(self.different) + 1, -1, dtype=code_type(len(order)))
        numbers[order] = np.arange(len(order))
        return pa.DictionaryArray.from_arrays(indices(numbers[self.codes]), self.different.take(pa.array(order)))

    def used(self) -> pa.Array:
        """The different texts that stand in any row."""
        return self.different.take(pa.array(self._used()))

    def _used(self) -> npt.NDArray[np.intp]:
        is_used = np.zeros(len(self.different) + 1, dtype=bool)
        is_used[self.codes] = True
        return np.flatnonzero(is_used[:-1])

    def _first_places(self) -> npt.NDArray[np.int64]:
        """The first row of each text; of several values that are set at one place, numpy keeps the last."""
        first = np.zeros(len(self.different) + 1, dtype=np.int64)
        for end in range(len(self.codes), 0, -_AT_ONCE):
            piece = self.codes[max(0, end - _AT_ONCE) : end]
            first[piece[::-1]] = np.arange(end - 1, end - 1 - len(piece), -1)
        return first

    def where(self, mask: npt.NDArray[np.bool_], others: CodedTexts) -> CodedTexts:
        """These texts in the rows of the mask, the `others` elsewhere."""
        codes = others.codes.astype(np.int64)
        codes = np.where(mask, self.codes, np.where(codes < 0, -1, codes + len(self.different)))
        return CodedTexts.of(codes, pa.concat_arrays([self.different, others.different]))

    def filled(self, text: str) -> CodedTexts:
        """With a text in place of every missing one."""
        codes = np.where(self.codes < 0, np.int64(len(self.different)), self.codes)
        return CodedTexts.of(codes, pa.concat_arrays([self.different, pa.array([text], pa.large_string())]))

    def spread(self, made: Callable[[pd.arrays.ArrowStringArray], Any]) -> Any:
        """What is `made` of each different text, one per row."""
        has_missing = bool((self.codes < 0).any())
        texts = pa.concat_arrays([self.different, pa.nulls(1, pa.large_string())]) if has_missing else self.different
        return made(plain(texts)).take(self.codes)


class Digests:
    """Hashes of sixteen hex digits as numbers."""

    def __init__(self, numbers: npt.NDArray[np.uint64]) -> None:
        self.numbers = numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, rows: Rows | slice) -> Digests:
        return Digests(self.numbers[rows])

    def texts(self) -> pa.ChunkedArray:
        pieces = [self._written(self.numbers[at : at + _AT_ONCE]) for at in range(0, len(self.numbers) or 1, _AT_ONCE)]
        return pa.chunked_array(pieces, type=pa.large_string())

    def _written(self, numbers: npt.NDArray[np.uint64]) -> pa.Array:
        digits = numbers.astype(">u8").tobytes().hex().encode("ascii")
        places = np.arange(0, len(digits) + 1, _DIGITS, dtype=np.int64)
        return pa.LargeStringArray.from_buffers(len(numbers), pa.py_buffer(places), pa.py_buffer(digits))

    def is_missing(self) -> npt.NDArray[np.bool_]:
        return np.zeros(len(self.numbers), dtype=bool)


def code_type(different: int) -> np.dtype[np.signedinteger[Any]]:
    """The shortest numbers that tell so many texts apart."""
    return np.dtype(np.int8 if different < 1 << 7 else np.int16 if different < 1 << 15 else np.int32)


def indices(codes: Codes) -> pa.Array:
    return pa.array(codes, mask=codes < 0)


def plain(texts: pa.Array | pa.ChunkedArray) -> pd.arrays.ArrowStringArray:
    """Texts as pandas holds them."""
    return pd.arrays.ArrowStringArray(texts, dtype=_TEXT)  # type: ignore[call-arg]  # the stubs lack it
