"""What a cell states, by its type and its declared form: numbers, money, days, periods, texts, countries.

Each function gives a reading of a line; a file's definition of its own says which heading holds what. What cannot be
read is `Unreadable`: whatever the store then holds must be held back or have a finding. `UNSTATED` is not compared.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from benchmarks.independent_reading.opening import Cell, Line

Reading = Callable[[Line], object]
UNSTATED = "\x00 not stated"
MISSING = ("", "..", "NA", "N/A", "n/a", "#N/A", "null", "NULL", "-")
_SIGNS = {"£": "GBP", "$": "USD", "€": "EUR"}
_LOCALE = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
"""A currency in a number format with its locale, `[$€-2]`, or a locale alone, `[$-409]`."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that holds something else than its column says."""

    text: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What one row of the store must say."""

    table: str
    sheet: str
    row: int
    values: Mapping[str, object]


def facts(
    lines: Iterator[Line], table: str, when: Callable[[Line], bool] | None = None, **columns: object
) -> Iterator[Expected]:
    """One fact for each line, each column by its reading or a constant."""
    for line in lines:
        if when is None or when(line):
            yield Expected(table, line.sheet, line.row, _read(line, columns))


def across(
    lines: Iterator[Line],
    table: str,
    measure: str,
    headings: Mapping[str, Mapping[str, object]],
    read: Callable[[str], Reading],
    **columns: object,
) -> Iterator[Expected]:
    """One fact for each filled cell of the headings that stand side by side; what each heading says of its values is given."""
    for line in lines:
        for heading, says in headings.items():
            if not (line[heading].is_empty or _text_of(line[heading]) in MISSING):
                values = _read(line, {**columns, **says, measure: read(heading)})
                yield Expected(table, line.sheet, line.row, values)


def divided(expected: Iterator[Expected], column: str, separator: str) -> Iterator[Expected]:
    """Facts whose text holds several values: one fact for each."""
    for one in expected:
        pieces = [p.strip() for p in str(one.values[column] or "").split(separator)]
        for piece in [p for p in pieces if p] or [None]:
            yield Expected(one.table, one.sheet, one.row, {**one.values, column: piece})


def _read(line: Line, columns: Mapping[str, object]) -> dict[str, object]:
    return {name: read(line) if callable(read) else read for name, read in columns.items()}


def text(heading: str, missing: Sequence[str] = ()) -> Reading:
    """The text of a cell; whole numbers of workbooks without their `.0`."""

    def read(line: Line) -> object:
        found = _text_of(line[heading])
        return None if found in ("", *missing) else found

    return read


def number(heading: str, *, decimal: str = ".", times: float = 1, missing: Sequence[str] = MISSING) -> Reading:
    """A number: of a workbook as stored, or as shown where it is shown in per cent; of a text by its decimal mark."""

    def read(line: Line) -> object:
        cell = line[heading]
        if cell.is_empty or (isinstance(cell.value, str) and cell.value.strip() in missing):
            return None
        if isinstance(cell.value, bool):
            return Unreadable(str(cell.value))
        if isinstance(cell.value, int | float):
            return _scaled(cell.value, 100 if "%" in cell.form else 1) if times == 1 else _scaled(cell.value, times)
        return _number_in(str(cell.value), decimal, times)

    return read


def _scaled(value: float, times: float) -> float:
    return value if times == 1 else float(f"{value * times:.15g}")


def _number_in(typed: str, decimal: str, times: float) -> object:
    plain = "".join(typed.split()).replace("\u2212", "-").strip("%")
    for sign in (*_SIGNS, *_SIGNS.values()):
        plain = plain.replace(sign, "")
    plain = plain.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    return _scaled(float(plain), times) if _NUMBER.fullmatch(plain) else Unreadable(typed)


def currency(heading: str, otherwise: str | None) -> Reading:
    """The currency that a cell names by its sign or code, or its number format does; else the one given."""

    def read(line: Line) -> object:
        cell = line[heading]
        if cell.is_empty:
            return None
        form = _LOCALE.sub(r"\1", cell.form)
        shown = f"{cell.value} {form}" if isinstance(cell.value, str) else form
        return next((code for sign, code in _SIGNS.items() if sign in shown or code in shown), otherwise)

    return read


def day(heading: str, *forms: str, missing: Sequence[str] = MISSING) -> Reading:
    """A day: of a date cell itself, of a text by the first declared form (strptime) that fits, else year-month-day."""

    def read(line: Line) -> object:
        cell = line[heading]
        if cell.is_empty or (isinstance(cell.value, str) and cell.value.strip() in missing):
            return None
        if isinstance(cell.value, datetime):
            return cell.value.date()
        if isinstance(cell.value, date):
            return cell.value
        return _day_in(str(cell.value).strip(), forms)

    return read


def _day_in(typed: str, forms: Sequence[str]) -> object:
    for form in forms:
        try:
            return datetime.strptime(typed, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    try:
        return date.fromisoformat(typed[:10])
    except ValueError:
        return Unreadable(typed)


def epoch_day(heading: str) -> Reading:
    """A day counted from 1 January 1970."""

    def read(line: Line) -> object:
        cell = line[heading]
        return None if cell.is_empty else date(1970, 1, 1) + timedelta(days=int(str(cell.value)))

    return read


def month(heading: str, form: str = "%Y-%m") -> Reading:
    """A month, as the code 2026-04: of a date cell or a text."""

    def read(line: Line) -> object:
        value = line[heading].value
        if isinstance(value, date):
            return f"{value.year}-{value.month:02d}"
        try:
            return datetime.strptime(str(value).strip(), form).strftime("%Y-%m")  # noqa: DTZ007
        except ValueError:
            return Unreadable(str(value))

    return read


def one_of(heading: str, meanings: Mapping[str, object], otherwise: object = UNSTATED) -> Reading:
    """What a text means by a list."""
    return lambda line: meanings.get(_text_of(line[heading]), otherwise)


def flag_free(_: Line) -> object:
    """Nothing to compare."""
    return UNSTATED


def country(heading: str, code: str = "cca3") -> Callable[[Path], Reading]:
    """ISO 3166-1 alpha-2 of a country by another code, as `05_geo/mledoze_countries.csv` lists them."""

    def of(data: Path) -> Reading:
        known = countries(data, code)
        return lambda line: known.get(_text_of(line[heading]), UNSTATED)

    return of


@cache
def countries(data: Path, code: str) -> Mapping[str, str]:
    """Code or name of a country -> its ISO 3166-1 alpha-2."""
    with (data / "05_geo" / "mledoze_countries.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row[code]: row["cca2"] for row in csv.DictReader(file)}


def _text_of(cell: Cell) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value).strip()
