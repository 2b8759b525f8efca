"""Text made comparable: invisible marks, blanks, digits, Arabic letter forms, Latin diacritics. Meaning stays elsewhere."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.model.packed.array import PackedTextArray, packing_of
from idtracker.model.packed.packings import CodedTexts

TEXT = pd.StringDtype(na_value=float("nan"))  # what pandas calls `str`
_INVISIBLE = "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
_BLANK = " \t\n\r\x0b\x0c\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_CONTROL = "".join(chr(c) for c in (*range(0x00, 0x20), *range(0x7F, 0xA0)) if chr(c) not in _BLANK)
_EDGES = _BLANK + _INVISIBLE + _CONTROL

DIGITS = {ord(digit): str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(digits)}
_CLEAN = {ord(c): None for c in _INVISIBLE + _CONTROL} | {ord(c): " " for c in _BLANK}
_FOLD = (
    DIGITS
    | {ord(c): "ا" for c in "أإآٱ"}
    | {ord("ة"): "ه", ord("ى"): "ي", ord("ی"): "ي", ord("ک"): "ك", ord("ـ"): None}
    | {ord(c): "ه" for c in "ەہھۀۃ"}
    | {ord("ے"): "ي", ord("ۍ"): "ي", ord("ې"): "ي"}
    | {ord(c): "'" for c in "’‘‛ʼʾʿ`´′＇"}
    | {ord(c): '"' for c in "“”„«»″"}
    | {ord(c): "-" for c in "‐‑‒–—―−﹣－"}
    | {ord("،"): ",", ord("؛"): ";", ord("؟"): "?", ord("٪"): "%", ord("٫"): ".", ord("٬"): ","}
    | {ord("ø"): "o", ord("ł"): "l", ord("đ"): "d", ord("ð"): "d", ord("þ"): "th", ord("æ"): "ae", ord("œ"): "oe"}
    | {ord("ı"): "i"}
)
_LONGEST_REMEMBERED = 200
_REPEATED = 1 << 14
_SPACES = re.compile(" {2,}")


def clean(text: str) -> str:
    """The text without control and direction marks, each run of blanks one blank, none at the ends."""
    return _SPACES.sub(" ", text.translate(_CLEAN)).strip(" ")


def fold(text: str) -> str:
    """The form under which two spellings of one name are equal; for matching only, never shown.

    Cleaned and in lower case; digits ASCII; Arabic without tatweel and harakat, one alef, ha for ta marbuta, ya for alef
    maqsura (after Lucene's ArabicNormalizer); Latin without diacritics; dashes, quotation marks and apostrophes unified.
    """
    return _remembered_fold(text) if len(text) <= _LONGEST_REMEMBERED else _fold(text)


@lru_cache(maxsize=65536)
def _remembered_fold(text: str) -> str:
    return _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return clean(text).lower().replace("`", "'")
    unified = unicodedata.normalize("NFKC", text).translate(_FOLD).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFKD", unified) if not unicodedata.combining(c))
    return clean(bare.translate(_FOLD))


def trim(texts: pd.Series) -> pd.Series:
    """Each text as typed, without blanks and invisible marks at its ends; an empty text is missing."""
    typed = as_text(texts)
    return pd.Series(pd.array(trim_array(arrow(typed)), dtype=TEXT), index=typed.index, name=typed.name)


def trim_array(texts: pa.Array) -> pa.Array:
    """trim() of an arrow array."""
    trimmed = pc.utf8_trim(texts, characters=_EDGES)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, trimmed.type), trimmed)


def as_text(values: pd.Series) -> pd.Series:
    """The series as text; one of text already is given back as it is."""
    return values if values.dtype == TEXT else values.astype(TEXT)


def arrow(texts: pd.Series) -> pa.Array:
    """The texts as an arrow array."""
    array = pa.array(as_text(texts), type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def encoded(texts: pd.Series) -> pa.DictionaryArray:
    """The different texts, in the order in which they first stand, and which of them each row has."""
    packing = packing_of(texts)
    return packing.encoded() if isinstance(packing, CodedTexts) else arrow(texts).dictionary_encode()


def different_texts(texts: pd.Series) -> list[str]:
    """The different texts, in the order in which they first stand."""
    different: list[str] = encoded(texts).dictionary.to_pylist()
    return different


def if_else(mask: npt.NDArray[np.bool_], texts: pd.Series, others: pd.Series) -> pd.Series:
    """Text by text the one in the rows of the mask, the other elsewhere, on a fresh RangeIndex."""
    one, other = packing_of(texts), packing_of(others)
    if isinstance(one, CodedTexts) and isinstance(other, CodedTexts):
        return pd.Series(PackedTextArray.of(one.where(mask, other)), copy=False)
    return as_series(pc.if_else(pa.array(mask), arrow(texts), arrow(others)))


def as_series(texts: pa.Array | pa.ChunkedArray) -> pd.Series:
    """Arrow texts as a series on a fresh RangeIndex, without a copy."""
    return pd.Series(as_array(texts), copy=False)


def as_array(texts: pa.Array | pa.ChunkedArray) -> pd.arrays.ArrowStringArray:
    """Arrow texts as an array of pandas, without a copy."""
    return pd.arrays.ArrowStringArray(texts, dtype=TEXT)  # type: ignore[call-arg]  # the stubs lack it


def chunks(texts: pd.Series) -> pa.ChunkedArray:
    """The texts as arrow arrays, as they lie in memory."""
    array = pa.array(as_text(texts), type=pa.large_string(), from_pandas=True)
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def same_text(text: str | None, count: int) -> pd.Series:
    """One text (or none) in every row, on a fresh RangeIndex; a million rows take the memory of a few thousand."""
    return pd.Series(same_texts(text, count), copy=False)


def same_texts(text: str | None, count: int) -> pd.arrays.ArrowStringArray:
    """same_text() as an array."""
    piece = pa.repeat(pa.scalar(text, pa.large_string()), min(count, _REPEATED))
    pieces = [piece] * (count // _REPEATED) + [piece.slice(0, count % _REPEATED)]
    return as_array(pa.chunked_array(pieces))


def select(cells: pd.Series, mask: npt.NDArray[np.bool_]) -> pd.Series:
    """The cells of the mask on a fresh RangeIndex; a column with one value in every row stays as small as it was."""
    pieces = chunks(cells).chunks if cells.dtype == TEXT and packing_of(cells) is None else []
    is_one_piece = len(pieces) > 1 and len({(p.buffers()[1].address, p.offset) for p in pieces}) == 1
    if is_one_piece and len(pieces[0].unique()) == 1:
        return same_text(pieces[0][0].as_py(), int(mask.sum()))
    if cells.dtype.kind in "fM" and cells.to_numpy(copy=False).strides == (0,):
        return pd.Series(np.broadcast_to(cells.to_numpy(copy=False)[:1], int(mask.sum())), copy=False)
    return cells[mask].reset_index(drop=True)


def fold_all(texts: pd.Series) -> pd.Series:
    """`fold` for every text of a column; missing stays missing."""
    coded = encoded(texts)
    folded = pa.array([fold(t) for t in coded.dictionary.to_pylist()], pa.large_string())
    return as_series(folded.take(coded.indices)).set_axis(texts.index)
