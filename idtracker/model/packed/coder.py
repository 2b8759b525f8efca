"""Columns that come in pieces, coded while they come."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from idtracker.model.packed import packings
from idtracker.model.packed.packings import CodedTexts, Codes, code_type, indices


class ColumnCoder:
    """A column that comes in pieces, coded while it comes, as long as its texts repeat."""

    def __init__(self) -> None:
        self._plain: list[pa.Array] = []
        self._coded: list[tuple[Codes, pa.Array]] = []
        self._is_coded = True

    def add(self, piece: pa.Array) -> None:
        """The next cells."""
        if self._is_coded:
            found = piece.dictionary_encode()
            self._is_coded = len(found.dictionary) <= packings.MOST_DIFFERENT * max(len(piece), packings.FEWEST_ROWS)
        if not self._is_coded:
            self._plain.append(piece)
            return
        codes = found.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        self._coded.append((codes.astype(code_type(len(found.dictionary))), found.dictionary))

    def finish(self, count: int) -> pa.ChunkedArray:
        """The first `count` cells: one piece of codes and texts, or the texts in several."""
        length = sum(len(codes) for codes, _ in self._coded)
        if not self._coded:
            return pa.chunked_array(self._plain, type=pa.large_string()).slice(0, count)
        both = pa.concat_arrays([texts for _, texts in self._coded]).dictionary_encode()
        places, at = np.append(both.indices.to_numpy(), -1).astype(code_type(len(both.dictionary))), 0
        parts = []
        for codes, texts in self._coded:
            parts.append(places[np.where(codes < 0, -1, codes.astype(np.int64) + at)])
            at += len(texts)
        whole = np.concatenate(parts)[:count]
        self._coded.clear()
        if self._plain or not packings.is_worth_it(count, len(both.dictionary)):
            texts = CodedTexts(whole, both.dictionary).texts().chunks
            rest = pa.chunked_array(self._plain, type=pa.large_string()).slice(0, max(0, count - length)).chunks
            return pa.chunked_array([*texts, *rest], type=pa.large_string())
        return pa.chunked_array([pa.DictionaryArray.from_arrays(indices(whole), both.dictionary)])
