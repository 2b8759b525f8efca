"""The whole in a breakdown: “Both sexes”, “Total”, `sex=_T` and كلا الجنسين name no part, and mean the same as an empty cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

import pandas as pd
import pyarrow as pa

from idtracker.model.config.source import Part
from idtracker.model.text import TEXT, arrow, as_series, fold

_WHOLE = (
    *("total", "totals", "grand total", "overall", "all", "any", "everyone", "everybody", "whole population"),
    *("both", "both sexes", "all sexes", "both genders", "all genders", "male and female", "female and male"),
    *(
        "men and women",
        "women and men",
        "boys and girls",
        "girls and boys",
        "all ages",
        "all age groups",
        "all persons",
    ),
    *("all people", "all groups", "all categories", "total population", "not disaggregated", "no disaggregation"),
    *("ensemble", "les deux sexes", "tous", "tous ages"),
    *("المجموع", "المجموع الكلي", "مجموع", "الإجمالي", "إجمالي", "الاجمالي العام", "الكل", "الجميع", "كلا الجنسين"),
    *(
        "الجنسان",
        "الجنسين",
        "كلا النوعين",
        "ذكور وإناث",
        "ذكور و إناث",
        "ذكر وأنثى",
        "الذكور والإناث",
        "جميع الأعمار",
        "كل الأعمار",
    ),
    *("جميع الفئات", "كل الفئات", "جميع الفئات العمرية", "إجمالي السكان", "بدون تفصيل"),
)
_CODES = frozenset({"_t", "_z", "t", "tot"})
"""SDMX: the total of a dimension, and a dimension that does not apply; `T` and `TOT` are its forms without underscore."""
_BETWEEN = re.compile(r"\s*[;,|،؛]\s*")
_PAIR = re.compile(r"([^=:]{1,40})[=:](.*)", re.DOTALL)
_ARABIC = re.compile(r"[\u0621-\u064a]")
_LIST_MARKS = re.compile("[;|؛]")
_SIGNS = re.compile(r"\s*[/&+]\s*")


def without_totals(breakdown: pd.Series) -> pd.Series:
    """A column of breakdowns in which the whole is an empty cell, dimensions that name their whole are left out, and the others
    stand in one order."""
    coded = arrow(breakdown).dictionary_encode()
    texts = pa.array([_parts_of(text) for text in coded.dictionary.to_pylist()], pa.large_string())
    return as_series(texts.take(coded.indices)).set_axis(breakdown.index)


def by_dimension(part: Part) -> Part:
    """The part with a field of its own for each dimension of its breakdown."""
    if all(column.dimension is None for column in part.columns):
        return part
    own = {c.field: [d.own_field for d in part.columns if d.field == c.field] for c in part.columns}
    columns = [column.model_copy(update={"field": column.own_field}) for column in part.columns]
    return part.model_copy(update={"columns": columns, "key": [name for field in part.key for name in own[field]]})


def breakdown_of(dimensions: Mapping[str, pd.Series]) -> pd.Series:
    """One breakdown of the cells of each dimension, in the order of their names: `age=5-17;sex=f`; the whole is empty."""
    names = sorted(dimensions)
    rows = list(zip(*(arrow(dimensions[name]).to_pylist() for name in names), strict=True))
    known = {row: _joined(zip(names, row, strict=True)) for row in set(rows)}
    return pd.Series([known[row] for row in rows], index=dimensions[names[0]].index, dtype=TEXT)


def _joined(values: Iterable[tuple[str, str | None]]) -> str | None:
    entries = []
    for name, value in values:
        text = _LIST_MARKS.sub(",", (value or "").strip())
        pair = _PAIR.fullmatch(text)
        text = pair[2].strip() if pair and pair[1].strip().casefold() == name else text
        if text and not _is_whole(f"{name}={text}"):
            entries.append(f"{name}={text}")
    return ";".join(entries) or None


def _parts_of(text: str | None) -> str | None:
    if text is None or not text.strip():
        return text
    entries = _BETWEEN.split(text.strip())
    parts = [entry for entry in entries if not _is_whole(entry)]
    if len(parts) > 1 and all(_PAIR.fullmatch(entry) for entry in parts):
        return ";".join(sorted(parts, key=str.casefold))
    if len(parts) == len(entries):
        return text
    return ";".join(parts) or None


@cache
def _names() -> frozenset[str]:
    return frozenset(fold(name) for name in _WHOLE)


def _is_whole(entry: str) -> bool:
    pair = _PAIR.fullmatch(entry)
    text = (pair[2] if pair else entry).strip()
    name = fold(_SIGNS.sub(" و " if _ARABIC.search(text) else " and ", text))
    if name in _names() or name in _CODES:
        return True
    return pair is not None and name in ("", "na", "n/a")
