"""From resolved fields to rows of a canonical table: columns filled, defaults applied, keys and contents hashed."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.catalog.source import Part, Source
from idtracker.contract.definition import specs_of
from idtracker.contract.tables import FACTS, PROVENANCE, ColumnSpec, columns_of, companions, conform_types

_IDENTIFIED = ("organisation", "place", "indicator")
_NO_CELL = "\x00"
_STORE_COLUMNS = ["recorded_from", "recorded_to", "revision_type"]
FACT_COLUMNS = [c for c in PROVENANCE if c not in _STORE_COLUMNS]


def to_facts(
    frame: pd.DataFrame,
    part: Part,
    source: Source,
    *,
    submission_id: str,
    sheet: str,
    row_numbers: npt.NDArray[np.int64],
) -> pd.DataFrame:
    """Rows of the table that `part` feeds, with every column but the store's own three, typed by the table."""
    model = FACTS[part.feeds]
    specs = specs_of(part)
    data: dict[str, pd.Series] = {}
    for field, spec in specs.items():
        data[spec.name] = frame[f"{field}_id"] if spec.kind in _IDENTIFIED else frame[field]
        for companion in companions(model, spec.field):
            data[companion.name] = _companion(frame, field, spec, companion)
    for spec in columns_of(model):
        if spec.default and (default := _default(source, spec.default)):
            stated = data.get(spec.name)
            data[spec.name] = _all(default, frame.index) if stated is None else stated.fillna(default)
    for name, text in (("source_id", source.id), ("submission_id", submission_id), ("sheet", sheet)):
        data[name] = _all(text, frame.index)
    data["row_number"] = pd.Series(row_numbers, index=frame.index, dtype="Int64")
    key = [data[specs[field].name] for field in part.key]
    data["fact_id"] = _hashes(key, frame.index, f"{source.id}\x1f{part.id}\x1f")
    typed = conform_types(pd.DataFrame(data, index=frame.index), model)
    typed["content_hash"] = _hashes([typed[name] for name in _content_columns(part.feeds)], frame.index, "")
    return typed.drop(columns=_STORE_COLUMNS)


def _all(text: str, index: pd.Index) -> pd.Series:
    """The same text in every row."""
    return pd.Series(text, index=index, dtype="str")


def _content_columns(table: str) -> list[str]:
    """What a row says: all but provenance, and but the spelling of names, which may vary without a change of meaning."""
    specs = columns_of(FACTS[table])
    identified = {s.field for s in specs if s.kind in _IDENTIFIED and not s.part_of}
    return [s.name for s in specs if s.name not in PROVENANCE and s.part_of not in identified]


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


def _hashes(columns: list[pd.Series], index: pd.Index, salt: str) -> pd.Series:
    """A 16-digit hash per row over the text of its cells; a missing cell differs from an empty one."""
    rows = zip(*map(_texts, columns), strict=True) if columns else [()] * len(index)
    joined = ["\x1f".join(cells) for cells in rows]
    digest = [hashlib.blake2b(f"{salt}{t}".encode(), digest_size=8).hexdigest() for t in joined]
    return pd.Series(digest, index=index, dtype="str")


def _texts(cells: pd.Series) -> list[str]:
    absent = cells.isna().to_numpy()
    if absent.all():
        return [_NO_CELL] * len(cells)
    texts = [repr(v) for v in cells.tolist()] if cells.dtype.kind == "f" else cells.astype("str").tolist()
    if absent.any():
        return [_NO_CELL if is_absent else text for text, is_absent in zip(texts, absent.tolist(), strict=True)]
    return texts
