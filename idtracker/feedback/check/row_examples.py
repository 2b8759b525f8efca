"""Rows that a file would add, change or remove, each named by the submitter's own key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from idtracker.ingest.judge.definition import specs_of
from idtracker.ingest.shape.calendar.periods import parse_period
from idtracker.model.config.source import Part
from idtracker.model.tables import FACTS, companions
from idtracker.model.text import fold

Key = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of a row before and after, under the field that a source maps."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowExample:
    """One row that would be added, changed or removed; `row` is its place in the file, where it is in it.

    `is_held` is true of a removed row that the file does hold, among its held rows.
    """

    part: str
    period: str
    key: dict[str, str]
    sheet: str = ""
    row: int | None = None
    differences: tuple[Difference, ...] = ()
    is_held: bool = False


def periods_of(facts: pd.DataFrame) -> pd.Series:
    """Period of each row; empty where the table has none."""
    if "period" not in facts:
        return pd.Series("", index=facts.index, dtype="str")
    return facts["period"].astype("str").fillna("")


def held_in_file(part: Part, gone: pd.DataFrame, held: pd.DataFrame) -> pd.Series:
    """Which of the rows that would go stand, by the key as typed, in a held row of the file; False where that is not to be told."""
    is_current = pd.Series(False, index=gone.index)
    own = held[held["part"] == part.id] if len(held) else held
    if gone.empty or own.empty:
        return is_current
    typed = set(_held_keys(part, own))
    fields = [f for f in part.key if any(key[part.key.index(f)] is not None for key in typed)]
    if len(fields) < len(_headed(part)):
        return is_current
    places = [part.key.index(f) for f in fields]
    wanted = {tuple(key[i] for i in places) for key in typed}
    known = [[_comparable(_typed(part, f, row)) for f in fields] for _, row in gone.iterrows()]
    return pd.Series([tuple(key) in wanted for key in known], index=gone.index)


def _headed(part: Part) -> list[str]:
    """Fields of the key that a column of the file holds."""
    return [c.field for c in part.columns if c.field in part.key and c.constant is None and c.headings[0][0] != "@"]


def _held_keys(part: Part, held: pd.DataFrame) -> Iterator[Key]:
    """The key of each held row as typed, made comparable; None for what no column holds."""
    headings = {c.field: [fold(h) for h in c.headings] for c in part.columns if c.constant is None}
    for text in held["cells"]:
        cells = {fold(str(h)): str(v) for h, v in json.loads(text).items() if v is not None}
        cells_of_key = (next((cells[h] for h in headings.get(f, []) if h in cells), None) for f in part.key)
        yield tuple(None if v is None else _comparable(v) for v in cells_of_key)


def _comparable(text: str) -> str:
    return parse_period(text) or fold(text)


def examples_of(
    part: Part, kind: str, frame: pd.DataFrame, known: pd.DataFrame, held: pd.Series, wanted: int
) -> list[RowExample]:
    """The first `wanted` rows of a kind: in the order of the file, removed ones by their key, those not held first."""
    if wanted <= 0 or frame.empty:
        return []
    in_file = kind != "removed"
    frame = (frame if in_file else _by_key(part, frame, held)).head(wanted)
    earlier = known.drop_duplicates("fact_id").set_index("fact_id")
    examples = []
    for place, period in zip(range(len(frame)), periods_of(frame), strict=True):
        row = frame.iloc[place]
        examples.append(
            RowExample(
                part.id,
                str(period),
                _key_of(part, row),
                str(row["sheet"]) if in_file and pd.notna(row["sheet"]) else "",
                int(row["row_number"]) if in_file and pd.notna(row["row_number"]) else None,
                _differences(part, earlier.loc[row["fact_id"]], row) if kind == "changed" else (),
                not in_file and bool(held.loc[frame.index[place]]),
            )
        )
    return examples


def _by_key(part: Part, frame: pd.DataFrame, held: pd.Series) -> pd.DataFrame:
    names = [specs_of(part)[f].name for f in part.key]
    return frame.assign(_held=held).sort_values(["_held", *names], kind="stable")


def _key_of(part: Part, row: pd.Series) -> dict[str, str]:
    """Fields of the key that a column of the file holds, each with its value as typed where that is kept."""
    constant = {c.field for c in part.columns if c.constant is not None}
    return {f: _typed(part, f, row) for f in part.key if f not in constant}


def _differences(part: Part, before: pd.Series, after: pd.Series) -> tuple[Difference, ...]:
    specs = specs_of(part)
    both = [(f, _value_text(before.get(specs[f].name)), _value_text(after.get(specs[f].name))) for f in specs]
    return tuple(Difference(f, _typed(part, f, before), _typed(part, f, after)) for f, then, now in both if then != now)


def _typed(part: Part, field_name: str, row: pd.Series) -> str:
    """A value as its submitter wrote it, else as it is kept."""
    names = [s.name for s in companions(FACTS[part.feeds], field_name) if s.name.endswith("_name")]
    texts = [_value_text(row.get(name)) for name in (*names, specs_of(part)[field_name].name)]
    return next((t for t in texts if t), "")


def _value_text(value: object) -> str:
    """A value as text; missing is empty, a day has no time, a whole number no point."""
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value).removesuffix(" 00:00:00")
    return f"{value:.15g}" if isinstance(value, float) else str(value)
