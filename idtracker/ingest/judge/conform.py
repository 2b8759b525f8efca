"""From resolved fields to rows of a canonical table: columns filled, defaults applied, keys and contents hashed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.judge.definition import specs_of
from idtracker.ingest.resolve.resolving import STATED_PCT
from idtracker.model.config.source import Part, Source
from idtracker.model.packed.array import digests as packed_digests
from idtracker.model.packed.array import packing_of
from idtracker.model.packed.packings import Digests
from idtracker.model.tables import FACTS, PROVENANCE, ColumnSpec, columns_of, companions
from idtracker.model.tables.frames import typed_columns
from idtracker.model.text import TEXT, chunks, same_text, same_texts

_IDENTIFIED = ("organisation", "place", "indicator")
_NO_CELL = "\x00"
_STORE_COLUMNS = ["recorded_from", "recorded_to", "revision_type", "waiver"]
_BETWEEN = pa.scalar("\x1f", pa.large_string())
_DIGEST_BYTES = 8
_HASHED_AT_ONCE = 1 << 14


def to_facts(
    frame: pd.DataFrame,
    part: Part,
    source: Source,
    *,
    submission_id: str,
    sheet: str,
    row_numbers: npt.NDArray[np.int64],
    named: Callable[[pd.Series], pd.Series] | None = None,
) -> pd.DataFrame:
    """Rows of the table that `part` feeds, with every column but the store's own four, typed by the table.

    `named` gives the organisations that texts name, for columns that say this of a text beside them.
    """
    model = FACTS[part.feeds]
    specs = specs_of(part)
    data: dict[str, pd.Series] = {}
    for field, spec in specs.items():
        data[spec.name] = frame[f"{field}_id"] if spec.kind in _IDENTIFIED else frame[field]
        for companion in companions(model, spec.field):
            if not companion.names_organisation:
                data[companion.name] = _companion(frame, field, spec, companion)
    if part.feeds == "judgement" and STATED_PCT in frame:
        data["probability_pct"] = data.get("probability_pct", frame[STATED_PCT]).fillna(frame[STATED_PCT])
    for spec in columns_of(model):
        if spec.default and (default := _default(source, spec.default)):
            stated = data.get(spec.name)
            data[spec.name] = same_text(default, len(frame)) if stated is None else stated.fillna(default)
    for spec in columns_of(model):
        if named is not None and spec.names_organisation and spec.part_of in data:
            data[spec.name] = named(data[spec.part_of])
    for name, text in (("source_id", source.id), ("submission_id", submission_id), ("sheet", sheet)):
        data[name] = same_text(text, len(frame))
    data["row_number"] = pd.Series(row_numbers, index=frame.index, dtype="Int64")
    key = [data[specs[field].name].array for field in part.key]
    data["fact_id"] = _hashes([same_texts(source.id, len(frame)), same_texts(part.id, len(frame)), *key])
    typed = typed_columns(data, len(frame), model)
    typed["content_hash"] = _hashes([typed[name] for name in _content_columns(part.feeds)]).array
    content = {name: cells for name, cells in typed.items() if name not in _STORE_COLUMNS}
    return pd.DataFrame(content, index=frame.index, copy=False)


@cache
def _content_columns(table: str) -> list[str]:
    """What a row says: all but provenance, and but the spelling of names, which may vary without a change of meaning.

    Nor does it say which organisation the register knows by a text: that follows from the text.
    """
    specs = columns_of(FACTS[table])
    identified = {s.field for s in specs if s.kind in _IDENTIFIED and not s.part_of}
    content = [s for s in specs if s.name not in PROVENANCE and s.part_of not in identified]
    return [s.name for s in content if not s.names_organisation]


def _companion(frame: pd.DataFrame, field: str, spec: ColumnSpec, companion: ColumnSpec) -> pd.Series:
    if spec.kind in _IDENTIFIED:
        return frame[field]
    suffix = companion.name.rsplit("_", 1)[-1]  # period_start, period_end, spend_currency
    return frame[f"{field}_{suffix}"]


def _default(source: Source, origin: str) -> str | None:
    values: dict[str, str | None] = {
        "publisher": source.publisher,
        "handling.classification": source.handling.classification,
        "handling.handling": ";".join(sorted(source.handling.handling)) or None,
        "handling.releasable_to": ";".join(sorted(source.handling.releasable_to)),
        "grading.reliability": source.grading.reliability,
        "grading.credibility": source.grading.credibility,
        "grading.origin": source.grading.origin,
    }
    return values[origin]


def _hashes(columns: list[Any]) -> pd.Series:
    """A 16-digit hash per row over the text of its cells (BLAKE2b); a missing cell differs from an empty one."""
    writers = [_writer(cells) for cells in columns]
    digests = bytearray()
    for first in range(0, len(columns[0]), _HASHED_AT_ONCE):
        pieces = [cells[first : first + _HASHED_AT_ONCE] for cells in columns]
        texts = [write(piece) for write, piece in zip(writers, pieces, strict=True)]
        joined = pc.binary_join_element_wise(*texts, _BETWEEN, null_handling="replace", null_replacement=_NO_CELL)
        rows = joined.cast(pa.large_binary()).to_pylist()
        digests += b"".join([blake2b(row, digest_size=_DIGEST_BYTES).digest() for row in rows])
    numbers = np.frombuffer(digests, dtype=f">u{_DIGEST_BYTES}").astype(np.uint64)
    return pd.Series(packed_digests(numbers), copy=False)


def is_shared(hashes: pd.Series) -> npt.NDArray[np.bool_]:
    """Which rows have a hash of to_facts() that another row has too; compared as numbers, which takes little memory."""
    packing = packing_of(hashes)
    numbers = packing.numbers if isinstance(packing, Digests) else _numbers_of(hashes)
    in_order = np.sort(numbers)
    return np.isin(numbers, in_order[1:][in_order[1:] == in_order[:-1]])


def _numbers_of(hashes: pd.Series) -> npt.NDArray[np.uint64]:
    """Hashes that are written out as the numbers that they are."""
    whole = chunks(hashes).combine_chunks()
    width = 2 * _DIGEST_BYTES
    digits = whole.buffers()[2].slice(width * whole.offset, width * len(whole)) if len(whole) else b""
    return np.frombuffer(bytes.fromhex(str(digits, "ascii")), dtype=np.uint64)


def _writer(cells: Any) -> Callable[[Any], pa.Array]:
    """How the cells of a column are written: numbers as short as they can be, days in ISO form."""
    if cells.isna().all():
        return _write_nothing
    if cells.dtype == TEXT:
        return _write_texts
    if cells.dtype.kind == "f":
        return _write_numbers
    return _write_days if cells.dtype.kind == "M" and _are_days(cells) else _write_others


def _are_days(moments: Any) -> bool:
    known = moments[~moments.isna()].to_numpy()
    return bool((known == known.astype("datetime64[D]")).all())


def _write_nothing(piece: Any) -> pa.Array:
    return pa.nulls(len(piece), pa.large_string())


def _write_texts(piece: Any) -> pa.Array:
    texts = pa.array(piece, pa.large_string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _write_numbers(piece: Any) -> pa.Array:
    return pa.array([None if v != v else repr(v) for v in piece.to_numpy().tolist()], pa.large_string())


def _write_days(piece: Any) -> pa.Array:
    return pa.array(piece.to_numpy().astype("datetime64[D]")).cast(pa.large_string())


def _write_others(piece: Any) -> pa.Array:
    cells = pd.Series(piece)
    return _write_texts(cells.astype("str").where(cells.notna(), None))
