"""Indicators as typed -> identifiers, by identifier or by name in either language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from idtracker.resolve.lookup import Different, Task, nearest, records
from idtracker.resolve.register import Register
from idtracker.shape.text import fold


@dataclass(frozen=True, slots=True)
class Index:
    """The register's indicators by folded identifier or name; `shown` is the form to suggest."""

    known: dict[str, str]
    shown: dict[str, str]


@lru_cache(maxsize=4)
def index_indicators(register: Register) -> Index:
    """The lookups of a register, made once."""
    known: dict[str, str] = {}
    shown: dict[str, str] = {}
    for indicator, *texts in records(register.indicators, "indicator_id", "name", "name_ar"):
        for text in filter(None, (*texts, indicator)):
            known[fold(text)] = indicator
            shown[fold(text)] = text
    return Index(known, shown)


def resolve_indicators(task: Task) -> pd.Series:
    """The identifier of each row's indicator; missing where the cell is empty or the row is held."""
    index, different = index_indicators(task.register), Different.of(task.texts)
    reviewed = task.names.of("indicator")
    found = [reviewed.get(fold(text)) or index.known.get(fold(text)) for text in different.texts]
    unknown = different.rows(indicator is None for indicator in found)
    if not unknown.any():
        return different.spread(found)
    pairs = list(zip(different.texts, found, strict=True))
    near = different.spread([None if indicator else nearest(text, index.shown) for text, indicator in pairs])
    shown = near.astype(object).where(near.notna(), None)
    if task.column.unknown != "keep":
        task.report("name.indicator", unknown, shown)
        return different.spread(found)
    task.report("name.indicator_kept", unknown, shown)
    return different.spread([indicator or f"{task.column.scheme or 'name'}:{text}" for text, indicator in pairs])
