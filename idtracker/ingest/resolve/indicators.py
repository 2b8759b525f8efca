"""Indicators as typed -> identifiers, by identifier or by name in either language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from idtracker.ingest.resolve.lookup import DistinctTexts, Task
from idtracker.ingest.resolve.names import holders_of, settle_unknown
from idtracker.ingest.resolve.suggest import Suggester
from idtracker.model.frames import records
from idtracker.model.register.register import Register
from idtracker.model.text import fold


@dataclass(frozen=True, slots=True)
class IndicatorIndex:
    """The register's indicators by folded identifier or name; `shown` is the form to suggest."""

    known: dict[str, str]
    shown: dict[str, str]


@lru_cache(maxsize=4)
def index_indicators(register: Register) -> IndicatorIndex:
    """The lookups of a register, made once."""
    known: dict[str, str] = {}
    shown: dict[str, str] = {}
    for indicator, *texts in records(register.indicators, "indicator_id", "name", "name_ar"):
        for text in filter(None, (*texts, indicator)):
            known[fold(text)] = indicator
            shown[fold(text)] = text
    return IndicatorIndex(known, shown)


@lru_cache(maxsize=4)
def indicator_names(register: Register) -> Suggester:
    """The names of a register's indicators, to suggest from."""
    index = index_indicators(register)
    return Suggester((shown, index.known[folded]) for folded, shown in index.shown.items())


def resolve_indicators(task: Task) -> pd.Series:
    """The identifier of each row's indicator; missing where the cell is empty or the row is held."""
    index, different = index_indicators(task.register), DistinctTexts.of(task.texts)

    def find(text: str) -> tuple[str, ...]:
        known = index.known.get(fold(text))
        return (known,) if known else ()

    holders = holders_of(different, task.names.of("indicator"), find)
    identifiers = different.spread([one[0] if one else None for one in holders])
    if task.column.unknown != "keep":
        return settle_unknown(task, different, holders, identifiers, indicator_names, "name.indicator", None)
    scheme = task.column.scheme or "name"
    return settle_unknown(
        task, different, holders, identifiers, indicator_names, "name.indicator_kept", lambda text: f"{scheme}:{text}"
    )
