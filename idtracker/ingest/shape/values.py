"""Text to typed values: one parser for each type of field, over the different texts of a column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.read.stored import DAY, Codes, Stored
from idtracker.ingest.shape.calendar.dates import DatesRead, hijri_among, read_column
from idtracker.ingest.shape.calendar.declared import expected_dates
from idtracker.ingest.shape.calendar.periods import Conventions, parse_periods, read_periods
from idtracker.ingest.shape.cells import CellProblem, Mask, Parsed, parse_apart, parse_present, to_mask
from idtracker.ingest.shape.flags import read_flags
from idtracker.ingest.shape.money import currencies_named, read_amounts
from idtracker.ingest.shape.numbers import Numbers, read_numbers
from idtracker.model.config.source import Column, FieldType, Format
from idtracker.model.messages import message
from idtracker.model.text import TEXT, arrow, as_series, fold, same_text

_ERRORS = (
    r"(?i)^(?:#(?:N/A|NA|DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!"
    r"|EXTERNAL!|PYTHON!|GETTING_DATA)|Err:5\d\d)$"
)
_WHOLE = r"^(\d+)\.0+$"  # of a number: the year 2017.0 is 2017
_TEXTS = Stored()
_LARGEST = 2**63 - 1
_EXACT = 2**53


def meant(texts: pd.Series, column: Column, fmt: Format) -> pd.Series:
    """The texts after the column's map (as typed, else under folding), without those that mean 'no value'."""
    if column.map:
        folded = {fold(typed): text for typed, text in column.map.items()}
        changed = [column.map.get(t, folded.get(fold(t), t)) for t in texts.tolist()]
        texts = pd.Series(changed, index=texts.index, dtype="str")
    typed = arrow(texts)
    absent = pc.is_in(typed, value_set=pa.array([*fmt.missing, ""], pa.large_string()))
    return as_series(pc.if_else(absent, pa.scalar(None, typed.type), typed)) if absent.true_count else texts


def parse(
    texts: pd.Series, kind: FieldType, column: Column, fmt: Format, codes: Codes | None = None, stored: Stored = _TEXTS
) -> Parsed:
    """Type the different texts of a column; missing texts stay missing, spreadsheet errors are problems of their own.

    `codes` say how the file stored each text, by `stored`: no declared mark or order is applied to what it holds as a
    number or a day.
    """
    if codes is not None and kind in _PARSERS:
        return parse_apart(texts, codes, lambda own, code: _parse_stored(own, kind, column, fmt, code, stored))
    typed = arrow(texts)
    if typed.null_count == len(typed):
        return Parsed({suffix: nothing.reindex(texts.index) for suffix, nothing in _no_values(kind).items()})
    broken = to_mask(pc.match_substring_regex(typed, _ERRORS))
    sound = texts.where(~broken, None).astype("str") if broken.any() else texts
    parsed = parse_present(sound, lambda present: _PARSERS.get(kind, _parse_text)(present, column, fmt))
    if broken.any():
        parsed.problems.append(CellProblem("value.formula_error", broken))
    return parsed


def _parse_stored(texts: pd.Series, kind: FieldType, column: Column, fmt: Format, code: int, stored: Stored) -> Parsed:
    """Texts that the file stored in one way."""
    if stored.is_number(code):
        if kind == "period":
            texts = texts.str.replace(_WHOLE, r"\1", regex=True)
        parsed = parse(texts, kind, column.model_copy(update={"decimal": "."}), fmt)
        words = stored.shown_beside(code)
        if words and kind == "number":
            parsed.columns.setdefault("_unit", pd.Series(words, index=range(len(texts)), dtype=TEXT))
        elif kind == "money" and currencies_named(words):
            parsed.columns["_name"] = parsed.columns["_name"].fillna(words)
        return parsed
    if code == DAY:
        return parse(texts, kind, column.model_copy(update={"dates": []}), fmt.model_copy(update={"dates": []}))
    return parse(texts, kind, column, fmt)


def _parse_text(texts: pd.Series, column: Column, fmt: Format) -> Parsed:
    return Parsed({"": texts})


def _parse_number(texts: pd.Series, column: Column, fmt: Format) -> Parsed:
    numbers = read_numbers(texts, column.decimal or fmt.decimal)
    values = pd.Series(_scaled(numbers, column.scale))
    problems = _problems(numbers, "value.number", column, fmt) + _out_of_range(values, column)
    columns: dict[str, pd.Series] = {"": values}
    if numbers.has_percent.any():
        columns["_unit"] = same_text("%", len(texts)).where(numbers.has_percent)
        if column.scale is not None:
            scale: dict[str, object] = {"scale": f"{column.scale:.15g}"}
            problems.append(CellProblem("value.percent_scale", numbers.has_percent, scale))
    return Parsed(columns, problems)


def _parse_integer(texts: pd.Series, column: Column, fmt: Format) -> Parsed:
    numbers = read_numbers(texts, column.decimal or fmt.decimal)
    values = np.where(numbers.has_percent, np.nan, _scaled(numbers, column.scale))
    is_number = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        fraction = is_number & (values != np.round(values))
        too_large = is_number & (np.abs(values) >= _LARGEST)
    whole = is_number & ~fraction & ~too_large
    integers = pd.Series(np.where(whole, values, 0).astype(np.int64)).astype("Int64").where(whole)
    if column.scale is None:
        for place in np.flatnonzero(whole & (np.abs(values) >= _EXACT)):
            typed = numbers.plain[int(place)].as_py()
            if typed.lstrip("-").isdigit():
                integers.iloc[int(place)] = int(typed)
    problems = _problems(numbers, "value.number", column, fmt)
    problems += [
        CellProblem("value.percent", numbers.has_percent),
        CellProblem("value.integer", fraction),
        CellProblem("value.range", too_large, bounds_details(-_LARGEST, _LARGEST)),
    ]
    return Parsed({"": integers}, problems + _out_of_range(pd.Series(np.where(whole, values, np.nan)), column))


def _parse_money(texts: pd.Series, column: Column, fmt: Format) -> Parsed:
    amounts = read_amounts(texts, column.decimal or fmt.decimal, column.currency)
    values = pd.Series(_scaled(amounts.numbers, column.scale))
    problems = _problems(amounts.numbers, "value.money", column, fmt)
    return Parsed(
        {"": values, "_currency": amounts.currencies, "_name": amounts.names}, problems + _out_of_range(values, column)
    )


def _parse_date(texts: pd.Series, column: Column, fmt: Format) -> Parsed:
    formats = column.dates or fmt.dates
    read = read_column(texts, formats)
    unread = read.days.isna().to_numpy() & ~read.mixed
    periods = unread
    if unread.any():
        periods = parse_periods(texts.where(unread).astype("str"), formats)["code"].notna().to_numpy()
    problems = [
        CellProblem("value.date", unread & ~periods, {"expected": expected_dates(formats)}),
        CellProblem("value.date_without_day", periods),
        *_in_other_forms(read, formats),
    ]
    return Parsed({"": read.days}, [*problems, *_converted(texts, read.days)])


def _parse_period(texts: pd.Series, column: Column, fmt: Format) -> Parsed:
    formats = column.dates or fmt.dates
    read = read_periods(texts, Conventions.of(column, fmt))
    parsed = read.frame
    problems = [*read.problems, *_in_other_forms(read.dates, formats), *_converted(texts, parsed["start"])]
    return Parsed({"": parsed["code"], "_start": parsed["start"], "_end": parsed["end"]}, problems)


def _in_other_forms(read: DatesRead, formats: Sequence[str]) -> list[CellProblem]:
    """Dates that the declared forms do not fit: those of no one form, and those of another."""
    if not (read.mixed.any() or read.undeclared.any()):
        return []
    details: dict[str, object] = {"expected": expected_dates(formats).partition(", ")[2]}
    return [
        CellProblem("value.dates_mixed", read.mixed, details),
        CellProblem("value.date_form", read.undeclared, details, read.days.dt.strftime("%Y-%m-%d")),
    ]


def _converted(texts: pd.Series, days: pd.Series) -> list[CellProblem]:
    """The days that were written in the Hijri calendar, with the day they were read as."""
    hijri = hijri_among(texts) & days.notna().to_numpy()
    return [CellProblem("calendar.hijri", hijri, suggestions=days.dt.strftime("%Y-%m-%d"))] if hijri.any() else []


def _parse_flag(texts: pd.Series, column: Column, fmt: Format) -> Parsed:
    flags = read_flags(texts)
    return Parsed({"": flags}, [CellProblem("value.flag", flags.isna().to_numpy())])


_PARSERS: dict[FieldType, Callable[[pd.Series, Column, Format], Parsed]] = {
    "number": _parse_number,
    "integer": _parse_integer,
    "money": _parse_money,
    "date": _parse_date,
    "period": _parse_period,
    "flag": _parse_flag,
}


@cache
def _no_values(kind: FieldType) -> dict[str, pd.Series]:
    """The columns that a type of field has, by suffix, without a value."""
    column = Column(field="none", constant="")
    return _PARSERS.get(kind, _parse_text)(pd.Series(dtype=TEXT), column, Format(kind="csv")).columns


def _scaled(numbers: Numbers, scale: float | None) -> npt.NDArray[np.float64]:
    """Times the scale, to 15 significant digits so that 0.07 times 100 is 7; a percentage says its own scale."""
    if scale is None:
        return numbers.values
    scaled = np.array([float(f"{value:.15g}") for value in numbers.values * scale], dtype=np.float64)
    return np.where(numbers.has_percent, numbers.values, scaled)


def _problems(numbers: Numbers, rule: str, column: Column, fmt: Format) -> list[CellProblem]:
    """What is no number, what was read against the declaration, and what such neighbours make doubtful."""
    problems = [CellProblem(rule, ~numbers.is_number)]
    if numbers.other_form.any():
        decimal = column.decimal or fmt.decimal
        problems.append(CellProblem("value.digits", numbers.other_form))
        problems.append(CellProblem("value.ambiguous_number", numbers.is_ambiguous, {"decimal": decimal}))
    return problems


def _out_of_range(values: pd.Series, column: Column) -> list[CellProblem]:
    low, high = column.minimum, column.maximum
    if low is None and high is None:
        return []
    outside: Mask = np.zeros(len(values), dtype=bool)
    if low is not None:
        outside |= (values < low).to_numpy()
    if high is not None:
        outside |= (values > high).to_numpy()
    return [CellProblem("value.range", outside, bounds_details(low, high))]


def bounds_details(low: float | None, high: float | None) -> dict[str, Any]:
    """Bounds in the words of each language: '0 to 100', 'at least 0', 'at most 100'."""
    least, most = (str(b) if isinstance(b, int) else f"{b or 0:.15g}" for b in (low, high))
    name = "at_most" if low is None else "at_least" if high is None else "between"
    return {"bounds": message("ingest/shape/values", name, least=least, most=most)}
