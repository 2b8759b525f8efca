"""How the rows of a part form series over time, and what a source has said of them before."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from idtracker.ingest.judge.definition import specs_of
from idtracker.model.config.part import Part
from idtracker.model.tables import FACTS, ColumnSpec, bounds_of, columns_of, companions, referenced

IN_FORCE = ("scope", "fact_id", "is_deleted", "day")
"""What a row's word is about as one text, the row, whether it was deleted, and the day that it is about."""


@dataclass(frozen=True, slots=True)
class EarlierReports:
    """What the source said before one submission arrived: by part, the strongest statement for each key.

    A frame has the columns of `history_columns()`. `version` changes with the submissions it was made from.
    """

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    version: str = ""
    in_force: dict[str, pd.DataFrame] = field(default_factory=dict)
    """By part that replaces more than single rows or deletes: the rows in force, as the columns of `IN_FORCE`."""

    def identifiers(self, parts: list[Part]) -> dict[str, frozenset[str]]:
        """Identifiers given so far, by canonical table that other tables refer to."""
        known_identifiers: dict[str, frozenset[str]] = {}
        identifiers = referenced()
        for part in parts:
            if part.feeds in identifiers and part.id in self.frames:
                named = frozenset(self.frames[part.id][identifiers[part.feeds]].dropna())
                known_identifiers[part.feeds] = known_identifiers.get(part.feeds, frozenset()) | named
        return known_identifiers


@dataclass(frozen=True, slots=True)
class Series:
    """How the rows of a part form series: canonical columns of the series, of the time, and of what is measured."""

    by: tuple[str, ...]
    start: str
    code: str | None
    measures: tuple[ColumnSpec, ...]


def series_of(part: Part) -> Series | None:
    """The series of a part; None where its key has no period or date, or nothing is measured."""
    specs = specs_of(part)
    key = [specs[name] for name in part.key]
    times = [s for s in key if s.kind == "period"] or [s for s in key if s.kind == "date"]
    model = FACTS[part.feeds]
    bounds = bounds_of(model)
    measures = tuple(s for s in specs.values() if _is_measure(s) and s.name not in bounds)
    if not model.has_series or not times or not measures:
        return None
    time = times[0]
    by = tuple(s.name for s in key if s is not time)
    is_period = time.kind == "period"
    return Series(by, f"{time.name}_start" if is_period else time.name, time.name if is_period else None, measures)


def _is_measure(spec: ColumnSpec) -> bool:
    """Open-ended numbers; ladders and shares with both ends have bounds of their own."""
    is_bounded = spec.minimum is not None and spec.maximum is not None
    return spec.is_measure and spec.kind in ("number", "money", "integer") and not is_bounded


def history_columns(part: Part) -> list[str]:
    """Columns of the accepted rows of a part that its history needs; empty where it has none."""
    names = ["fact_id"]
    series = series_of(part) if part.history is not False else None
    if series is not None:
        names += [*series.by, series.start, *([series.code] if series.code else [])]
        names += [name for spec in series.measures for name in (spec.name, *beside(part, spec))]
    if identifier := referenced().get(part.feeds):
        names.append(identifier)
    return list(dict.fromkeys(names)) if len(names) > 1 else []


def beside(part: Part, spec: ColumnSpec) -> list[str]:
    """Columns in which two values of a measure must agree to be compared: currency, and unit where it is as reported.

    Values of observations stand in the unit of their indicator, whatever unit was reported.
    """
    model = FACTS[part.feeds]
    is_reported = part.feeds != "observation" and any(c.name == "unit" for c in columns_of(model))
    unit = ["unit"] if is_reported else []
    return [c.name for c in companions(model, spec.field)] + unit
