"""Rows of a reference table read from CSV: how cells are typed, and what is said about a broken row.

Which columns a table has stands in `table_specs.py`; what rows mean together is checked in `check.py`.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd

from idtracker.model.register.problems import RegisterProblem
from idtracker.model.register.table_specs import CODE_ALIAS, CODELIST, SPECS, Kind, TableSpec

__all__ = ["CODELIST", "CODE_ALIAS", "SPECS", "RegisterRows", "TableSpec", "read_rows"]

_DTYPE: dict[Kind, str] = {
    "text": "str",
    "integer": "Int64",
    "number": "float64",
    "flag": "boolean",
    "date": "datetime64[ns]",
}
_EXPECTED: dict[Kind, str] = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number such as 12.5",
    "flag": "true or false",
    "date": "a date such as 2020-09-01",
}


@dataclass(slots=True)
class RegisterRows:
    """Typed rows of one table, each with the file and line it stands in.

    `broken` holds the identifiers of rows that were left out, `lost` what they would have replaced; `is_whole` is false
    where a whole file was left out.
    """

    spec: TableSpec
    values: list[tuple[Any, ...]] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    lost: set[tuple[Any, ...]] = field(default_factory=set)
    is_whole: bool = True

    def extend(self, other: RegisterRows) -> None:
        self.values += other.values
        self.origins += other.origins
        self.broken |= other.broken
        self.lost |= other.lost
        self.is_whole &= other.is_whole

    def keys(self) -> list[tuple[Any, ...]]:
        """What an overlay replaces by, row by row."""
        places = [list(self.spec.columns).index(c) for c in self.spec.replaces]
        return [tuple(row[p] for p in places) for row in self.values]

    def leave_out(self, values: Mapping[str, Any]) -> None:
        """Note the identifiers of a row that is not among these, and what it would have replaced."""
        self.broken |= {str(values[c]) for c in self.spec.key if values[c] is not None}
        self.lost.add(tuple(values[c] for c in self.spec.replaces))

    def without(self, origins: Collection[str]) -> RegisterRows:
        """These rows without those that stand at `origins`."""
        remaining = RegisterRows(self.spec, broken=set(self.broken), lost=set(self.lost), is_whole=self.is_whole)
        for row, origin in zip(self.values, self.origins, strict=True):
            if origin in origins:
                remaining.leave_out(dict(zip(self.spec.columns, row, strict=True)))
            else:
                remaining.values.append(row)
                remaining.origins.append(origin)
        return remaining

    def replaced_by(self, overlay: RegisterRows) -> RegisterRows:
        """These rows without the ones that the overlay states anew, rightly or not, then the overlay's."""
        stated = {*overlay.keys(), *overlay.lost}
        remaining = [i for i, key in enumerate(self.keys()) if key not in stated]
        return RegisterRows(
            self.spec,
            [self.values[i] for i in remaining] + overlay.values,
            [self.origins[i] for i in remaining] + overlay.origins,
            self.broken | overlay.broken,
            self.lost | overlay.lost,
            self.is_whole and overlay.is_whole,
        )

    def to_frame(self) -> pd.DataFrame:
        columns = list(zip(*self.values, strict=True)) if self.values else [()] * len(self.spec.columns)
        return pd.DataFrame(
            {
                name: pd.Series(list(cells), dtype=_DTYPE[kind])
                for (name, kind), cells in zip(self.spec.columns.items(), columns, strict=True)
            }
        )


def read_rows(content: bytes, place: str, spec: TableSpec) -> tuple[RegisterRows, list[RegisterProblem]]:
    """The sound rows of a CSV file (UTF-8), and what is wrong with the others.

    Columns that are not required may be absent; empty lines are skipped.
    """
    try:
        lines = list(_lines(content.decode("utf-8-sig")))
    except (UnicodeDecodeError, csv.Error) as problem:
        text = f"not readable ({problem}); expected comma-separated text in UTF-8"
        return RegisterRows(spec, is_whole=False), [RegisterProblem(f"{place}:1", "file", text)]
    heading = [cell.strip() for cell in lines[0][1]] if lines else []
    if faults := _heading_faults(heading, spec):
        return RegisterRows(spec, is_whole=False), [RegisterProblem(f"{place}:1", "heading", fault) for fault in faults]
    rows, problems, seen = RegisterRows(spec), list[RegisterProblem](), dict[tuple[Any, ...], int]()
    for number, cells in lines[1:]:
        values, faults = _typed(heading, cells, spec)
        row_problems = [RegisterProblem(f"{place}:{number}", "row", fault) for fault in faults]
        key = tuple(values[c] for c in spec.key)
        if not row_problems and key in seen:
            text = f"repeats the {', '.join(spec.key)} of line {seen[key]}; expected one row for each"
            others = (f"{place}:{seen[key]}",)
            row_problems = [RegisterProblem(f"{place}:{number}", "repeated", text, others=others)]
        if row_problems:
            rows.leave_out(values)
        else:
            seen[key] = number
            rows.values.append(tuple(values[c] for c in spec.columns))
            rows.origins.append(f"{place}:{number}")
        problems += row_problems
    return rows, problems


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every filled record with the line it begins on."""
    reader, begun = csv.reader(io.StringIO(text, newline="")), 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begun, cells
        begun = reader.line_num + 1


def _heading_faults(heading: list[str], spec: TableSpec) -> list[str]:
    known = ", ".join(spec.columns)
    absent = [c for c in spec.required if c not in heading]
    foreign = [c for c in heading if c not in spec.columns]
    twice = sorted({c for c in heading if heading.count(c) > 1})
    return [
        *(f"column `{c}` is missing; expected {known}" for c in absent),
        *(f"column `{c}` is not known; expected {known}" for c in foreign),
        *(f"column `{c}` stands twice; expected it once" for c in twice if c in spec.columns),
    ]


def _typed(heading: list[str], cells: list[str], spec: TableSpec) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = dict.fromkeys(spec.columns)
    if len(cells) != len(heading):
        values[spec.key[0]] = dict(zip(heading, cells, strict=False)).get(spec.key[0], "").strip() or None
        return values, [f"has {len(cells)} cells; expected {len(heading)}"]
    faults = []
    for name, cell in zip(heading, cells, strict=True):
        text = cell.strip()
        if not text:
            continue
        if name in spec.choices and text not in spec.choices[name]:
            faults.append(f"`{name}` is `{text}`; expected one of {', '.join(spec.choices[name])}")
            continue
        try:
            values[name] = _PARSE[spec.columns[name]](text)
        except ValueError:
            faults.append(f"`{name}` is `{text}`; expected {_EXPECTED[spec.columns[name]]}")
    empty = [c for c in spec.required if values[c] is None and not any(f.startswith(f"`{c}`") for f in faults)]
    return values, faults + [f"`{c}` is empty; expected {_EXPECTED[spec.columns[c]]}" for c in empty]


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _day(text: str) -> datetime:
    day = date.fromisoformat(text)
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a calendar day has no zone


_PARSE: dict[Kind, Callable[[str], Any]] = {
    "text": str,
    "integer": int,
    "number": _number,
    "flag": _flag,
    "date": _day,
}
