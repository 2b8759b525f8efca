"""Packed columns say what the same texts say unpacked, whatever is done with them, and take a few bytes a row."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from idtracker.model.packed import packings
from idtracker.model.packed.array import PackedTextArray, coded, coded_array, digests
from idtracker.model.packed.coder import ColumnCoder
from idtracker.model.packed.packings import CodedTexts, Digests
from idtracker.model.text import encoded, if_else

TEXT = pd.StringDtype(na_value=np.nan)
CELLS = st.lists(st.sampled_from(["", "a", "b", "Ä", "عمان", None]), max_size=30)
DONE: list[Callable[[pd.Series], Any]] = [
    *(lambda s: s == "a", lambda s: s != "a", lambda s: s > "a", lambda s: s.isin(["a", "x"]), lambda s: s.isin([None])),
    *(lambda s: s.fillna("a"), lambda s: s.fillna("new"), lambda s: s.where(s == "a"), lambda s: s.mask(s == "b", "c")),
    *(lambda s: s.map({"a": "x", "b": "y"}), lambda s: s.dropna(), lambda s: s.duplicated(), lambda s: s.isna()),
    *(lambda s: s.str.upper(), lambda s: s.value_counts(), lambda s: s.groupby(s).size(), lambda s: s.iloc[1:4]),
    *(lambda s: s[(np.arange(len(s)) % 2 == 0)], lambda s: s.iloc[::-1], lambda s: s.reindex([0, 99, 1]), lambda s: s.shift(1)),
    *(lambda s: pd.concat([s, s]), lambda s: s.astype("object"), lambda s: s.reset_index(drop=True), lambda s: s.copy()),
    *(lambda s: s.sort_values(), lambda s: pickle.loads(pickle.dumps(s)), lambda s: s.to_frame("x").assign(y=1)),
    *(lambda s: s.combine_first(s), lambda s: pd.Series(s.unique()), lambda s: pd.Series(s.tolist(), dtype=object)),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _short_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packings, "FEWEST_ROWS", 0)
    monkeypatch.setattr(packings, "MOST_DIFFERENT", 100)


def packed(cells: list[str | None]) -> pd.Series:
    texts = pa.array(cells, pa.large_string()).dictionary_encode()
    codes = texts.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return pd.Series(PackedTextArray.of(CodedTexts(codes, texts.dictionary)), copy=False)


@pytest.mark.parametrize("number", range(len(DONE)))
@given(cells=CELLS)
@settings(max_examples=15, phases=[Phase.generate])
def test_what_is_done_with_packed_texts_gives_the_same(number: int, cells: list[str | None]) -> None:
    plain, theirs = pd.Series(cells, dtype=TEXT), packed(cells)
    assert isinstance(theirs.array, PackedTextArray) and theirs.dtype == TEXT
    one, other = DONE[number](plain), DONE[number](theirs)
    compare = pd.testing.assert_frame_equal if isinstance(one, pd.DataFrame) else pd.testing.assert_series_equal
    compare(one, other)
    pd.testing.assert_series_equal(theirs, plain)  # and what was done left it as it is


def test_a_text_that_is_set_changes_one_array_alone() -> None:
    first = packed(["a", None, "b"])
    second = first.copy()
    second[second == "a"] = "new"
    assert first.tolist()[0] == "a" and second.tolist()[0] == "new" and second.tolist()[2] == "b"


@given(cells=CELLS, keep=st.lists(st.booleans(), min_size=30, max_size=30))
@settings(max_examples=100)
def test_texts_are_encoded_as_pyarrow_does_it(cells: list[str | None], keep: list[bool]) -> None:
    mask = np.array(keep[: len(cells)], dtype=bool)
    left = [cell for cell, kept in zip(cells, mask, strict=True) if kept]
    ours, theirs = encoded(packed(cells)[mask]), pa.array(left, pa.large_string()).dictionary_encode()
    assert ours.dictionary.to_pylist() == theirs.dictionary.to_pylist()
    assert ours.indices.to_pylist() == theirs.indices.to_pylist()


@given(texts=st.lists(st.sampled_from(["a", "b", None]), min_size=1, max_size=5), data=st.data())
@settings(max_examples=60)
def test_texts_may_stand_twice_among_those_that_are_spread(texts: list[str | None], data: st.DataObject) -> None:
    codes = np.array(data.draw(st.lists(st.integers(-1, len(texts) - 1), min_size=1, max_size=20)), dtype=np.int64)
    array = coded(codes, pa.array(texts, pa.large_string()))
    assert isinstance(array, PackedTextArray)
    expected = [None if code < 0 else texts[code] for code in codes]
    assert [None if text != text else text for text in array] == expected


@given(one=CELLS, data=st.data())
@settings(max_examples=60)
def test_one_text_or_the_other(one: list[str | None], data: st.DataObject) -> None:
    other = data.draw(st.lists(st.sampled_from(["a", "z", None]), min_size=len(one), max_size=len(one)))
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(one), max_size=len(one))), dtype=bool)
    chosen = if_else(mask, packed(one), packed(other))
    expected = [a if here else b for a, b, here in zip(one, other, mask, strict=True)]
    assert [None if text != text else text for text in chosen.tolist()] == expected


@given(pieces=st.lists(CELLS.filter(len), min_size=1, max_size=5), is_worth_it=st.booleans(), data=st.data())
@settings(max_examples=80)
def test_a_column_that_comes_in_pieces_is_one_column(
    pieces: list[list[str | None]], is_worth_it: bool, data: st.DataObject
) -> None:
    cells = [cell for piece in pieces for cell in piece]
    count = data.draw(st.integers(1, len(cells)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packings, "MOST_DIFFERENT", 100 if is_worth_it else data.draw(st.sampled_from([0.0, 0.2, 0.5])))
        coder = ColumnCoder()
        for piece in pieces:
            coder.add(pa.array(piece, pa.large_string()))
        column = coder.finish(count)
    assert pa.types.is_dictionary(column.type) or not is_worth_it
    assert column.cast(pa.large_string()).to_pylist() == cells[:count]
    if is_worth_it:
        assert pd.Series(coded_array(column)).isna().tolist() == [cell is None for cell in cells[:count]]


def test_hashes_are_kept_as_numbers_and_written_as_hex_digits() -> None:
    numbers = np.array([0, 1, 2**64 - 1, 0xABC], dtype=np.uint64)
    array = digests(numbers)
    assert list(array) == [f"{n:016x}" for n in numbers.tolist()]
    assert isinstance(array[[2, 0]].packing, Digests) and list(array[[2, 0]]) == ["f" * 16, "0" * 16]
    assert array.nbytes == 8 * len(numbers)


@pytest.mark.parametrize(("different", "width"), [(100, 1), (200, 2), (40_000, 4)])
def test_a_row_takes_as_few_bytes_as_tell_its_texts_apart(different: int, width: int) -> None:
    texts = [f"a rather long name, number {n}" for n in range(different)]
    column = packed(texts * 3)
    packing = column.array.packing
    assert packing.codes.nbytes == width * len(column)
    assert column.array[: len(texts)].tolist() == texts
