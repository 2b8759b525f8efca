"""Reference tables as CSV: the columns of each, how cells are typed, and what is said about a broken row.

What the rows mean together (parents, validity, clashes) is checked in `check.py`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd

Kind = Literal["text", "integer", "number", "flag", "date"]
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


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One reference table.

    `name` is its attribute of the register. `key` is unique within a file; a row of an overlay replaces every earlier row with the same `replaces`. `choices`
    lists the texts a column allows.
    """

    name: str
    file: str
    columns: Mapping[str, Kind]
    required: tuple[str, ...]
    key: tuple[str, ...]
    replaces: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _texts(*names: str) -> dict[str, Kind]:
    return dict.fromkeys(names, "text")


ORGANISATION = TableSpec(
    name="organisations",
    file="organisations.csv",
    columns={
        **_texts("org_id", "name", "name_ar", "short_name", "org_type", "group_code"),
        "is_hmg": "flag",
        "is_traditional": "flag",
        **_texts("parent_org_id", "successor_org_id"),
        "valid_from": "date",
        "valid_to": "date",
    },
    required=("org_id", "name", "group_code", "is_hmg", "is_traditional"),
    key=("org_id", "valid_from"),
    replaces=("org_id",),
)
ORGANISATION_ALIAS = TableSpec(
    name="organisation_aliases",
    file="organisation_aliases.csv",
    columns=_texts("scheme", "value", "org_id"),
    required=("scheme", "value", "org_id"),
    key=("scheme", "value", "org_id"),
    replaces=("scheme", "value"),
)
PLACE = TableSpec(
    name="places",
    file="places.csv",
    columns={**_texts("place_id", "name", "name_ar", "level", "parent_id"), "population": "integer"},
    required=("place_id", "name", "level"),
    key=("place_id",),
    replaces=("place_id",),
    choices={"level": ("country", "adm1")},
)
PLACE_CODE = TableSpec(
    name="place_codes",
    file="place_codes.csv",
    columns=_texts("scheme", "code", "place_id"),
    required=("scheme", "code", "place_id"),
    key=("scheme", "code"),
    replaces=("scheme", "code"),
)
INDICATOR = TableSpec(
    name="indicators",
    file="indicators.csv",
    columns={
        **_texts("indicator_id", "name", "name_ar", "dimension_code", "unit"),
        "direction": "integer",
        "goalpost_low": "number",
        "goalpost_high": "number",
        "weight": "number",
        **_texts("level", "frequency", "roll_up"),
        "max_age_days": "integer",
        **_texts("scale", "merge_policy", "priority_org_id", "derived_from", "owner_org_id"),
        "retired_on": "date",
    },
    required=(
        *("indicator_id", "name", "unit", "direction", "weight", "level"),
        *("frequency", "roll_up", "max_age_days", "merge_policy"),
    ),
    key=("indicator_id",),
    replaces=("indicator_id",),
    choices={
        "direction": ("1", "-1"),
        "level": ("adm1", "country", "both"),
        "frequency": ("month", "quarter", "half_year", "year"),
        "roll_up": ("mean", "sum", "last"),
        "scale": ("continuous", "ordinal"),
        "merge_policy": ("priority", "quality_weighted", "median", "unobserved_components", "adjudicated"),
    },
)
CODELIST = TableSpec(
    name="codelists",
    file="codelists.csv",
    columns={
        **_texts("scheme", "version", "code", "label_en", "label_ar"),
        "rank": "integer",
        "parent_code": "text",
        "valid_from": "date",
        "valid_to": "date",
        "source": "text",
    },
    required=("scheme", "version", "code", "label_en"),
    key=("scheme", "version", "code"),
    replaces=("scheme", "version", "code"),
)
CODE_ALIAS = TableSpec(
    name="code_aliases",
    file="code_aliases.csv",
    columns=_texts("scheme", "value", "code"),
    required=("scheme", "value", "code"),
    key=("scheme", "value"),
    replaces=("scheme", "value"),
)
SPECS = (ORGANISATION, ORGANISATION_ALIAS, PLACE, PLACE_CODE, INDICATOR, CODELIST, CODE_ALIAS)


@dataclass(slots=True)
class Rows:
    """Typed rows of one table, each with the file and line it stands in."""

    spec: TableSpec
    values: list[tuple[Any, ...]] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)

    def extend(self, other: Rows) -> None:
        self.values += other.values
        self.origins += other.origins

    def replaced_by(self, overlay: Rows) -> Rows:
        """These rows without the ones that the overlay states anew, then the overlay's."""
        places = [list(self.spec.columns).index(c) for c in self.spec.replaces]
        stated = {tuple(row[p] for p in places) for row in overlay.values}
        kept = [i for i, row in enumerate(self.values) if tuple(row[p] for p in places) not in stated]
        return Rows(
            self.spec,
            [self.values[i] for i in kept] + overlay.values,
            [self.origins[i] for i in kept] + overlay.origins,
        )

    def to_frame(self) -> pd.DataFrame:
        columns = list(zip(*self.values, strict=True)) if self.values else [()] * len(self.spec.columns)
        return pd.DataFrame(
            {
                name: pd.Series(list(cells), dtype=_DTYPE[kind])
                for (name, kind), cells in zip(self.spec.columns.items(), columns, strict=True)
            }
        )


def read_rows(content: bytes, place: str, spec: TableSpec) -> tuple[Rows, list[str]]:
    """The rows of a CSV file (UTF-8) and its problems, one line each with file, line and what was expected.

    Columns that are not required may be absent; empty lines are skipped.
    """
    try:
        lines = list(_lines(content.decode("utf-8-sig")))
    except (UnicodeDecodeError, csv.Error) as problem:
        return Rows(spec), [f"{place}:1: not readable ({problem}); expected comma-separated text in UTF-8"]
    heading = [cell.strip() for cell in lines[0][1]] if lines else []
    problems = _heading_problems(heading, place, spec)
    if problems:
        return Rows(spec), problems
    rows, seen = Rows(spec), dict[tuple[Any, ...], int]()
    for number, cells in lines[1:]:
        values, faults = _typed(heading, cells, spec)
        if not faults:
            key = tuple(values[c] for c in spec.key)
            if key in seen:
                faults = [f"repeats the {', '.join(spec.key)} of line {seen[key]}; expected one row for each"]
            seen.setdefault(key, number)
        problems += [f"{place}:{number}: {fault}" for fault in faults]
        if not faults:
            rows.values.append(tuple(values[c] for c in spec.columns))
            rows.origins.append(f"{place}:{number}")
    return rows, problems


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every filled record with the line it begins on."""
    reader, begun = csv.reader(io.StringIO(text, newline="")), 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begun, cells
        begun = reader.line_num + 1


def _heading_problems(heading: list[str], place: str, spec: TableSpec) -> list[str]:
    known = ", ".join(spec.columns)
    absent = [c for c in spec.required if c not in heading]
    foreign = [c for c in heading if c not in spec.columns]
    twice = sorted({c for c in heading if heading.count(c) > 1})
    return [
        *(f"{place}:1: column `{c}` is missing; expected {known}" for c in absent),
        *(f"{place}:1: column `{c}` is not known; expected {known}" for c in foreign),
        *(f"{place}:1: column `{c}` stands twice; expected it once" for c in twice if c in spec.columns),
    ]


def _typed(heading: list[str], cells: list[str], spec: TableSpec) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = dict.fromkeys(spec.columns)
    if len(cells) != len(heading):
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
    "number": float,
    "flag": _flag,
    "date": _day,
}
