"""From what was handed in to numbers: one row for each unit, one column of numbers for each indicator."""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.analyse.composite.findings import finding
from idtracker.analyse.composite.stage import Numbers, Table
from idtracker.model.composite.definition import Index
from idtracker.model.composite.normalisation import Categories
from idtracker.model.composite.preparation import Denominator

NO_VALUE = ("", "NA", "N/A", "NAN", "NULL", "..")
"""How data say that there is no value; of units they are names."""


def table_of(index: Index, data: pd.DataFrame) -> Table:
    """The rows that can be used. Units are in the column that the definition names, else in `unit`, else in the index."""
    named = index.data.unit or ("unit" if "unit" in data.columns else None)
    frame = data.reset_index(drop=named in data.columns) if named else data.reset_index(names="unit")
    repeated_columns = frame.columns[frame.columns.duplicated()].unique()
    findings = [finding("repeated-column", "the data", column=column) for column in repeated_columns]
    frame = frame.drop(columns=repeated_columns)
    unit_column = named or "unit"
    for column in filter(None, (unit_column, index.data.period)):
        if column not in frame:
            findings.append(finding("no-column", "the data", column=column))
            frame = frame.assign(**{column: None})
    units = frame[unit_column].astype("string").str.strip()
    period = _periods(frame[index.data.period]) if index.data.period else None
    unnamed = units.isna() | (units == "") | (False if period is None else period.isna())
    if unnamed.any():
        findings.append(finding("unnamed-unit", "", count=int(unnamed.sum())))
    keys = pd.DataFrame({"unit": units} | ({"period": period} if period is not None else {}))
    repeated = keys.duplicated(keep=False) & ~unnamed
    names = units if period is None else units + " " + period.astype("string")
    findings += [finding("repeated-unit", "", str(name)) for name in dict.fromkeys(names[repeated])]
    kept = ~(unnamed | repeated)
    rows = frame[kept].reset_index(drop=True)
    periods = None if period is None else period[kept].reset_index(drop=True)
    return Table(rows, units[kept].reset_index(drop=True), names[kept].to_numpy(dtype=object), periods, findings)


def _periods(column: pd.Series) -> pd.Series:
    """Periods that can be put in order: numbers as such, all else as text."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    text = column.astype("string").str.strip()
    return text.where(text != "")


def raw_values(index: Index, table: Table) -> pd.DataFrame:
    """Numbers of every indicator; what is no number is empty and a finding."""
    return pd.DataFrame({code: _values(index, table, code) for code in index.indicators}, index=table.frame.index)


def _values(index: Index, table: Table, code: str) -> Numbers:
    column, constant = index.column_of(code), index.indicators[code].constant
    if constant is not None:
        return np.full(len(table.frame), constant)
    if column not in table.frame:
        table.say("no-column", code, column=column)
        return np.full(len(table.frame), np.nan)
    normalise = index.rules_of(code).normalise
    if isinstance(normalise, Categories):
        return _categories(table, code, table.frame[column], normalise)
    return numbers(table, code, table.frame[column])


def numbers(table: Table, where: str, column: pd.Series) -> Numbers:
    """A column as numbers; infinities and text are empty and findings."""
    found = _as_numbers(column)
    wrong = np.isnan(found) & ~_is_blank(column).to_numpy(dtype=bool)
    for name, value in zip(table.names[wrong], column[wrong], strict=True):
        table.findings.append(finding("not-a-number", where, str(name), value=value))
    if len(found) and np.isnan(found).all() and not wrong.any():
        table.say("all-missing", where)
    return found


def _as_numbers(column: pd.Series) -> Numbers:
    """Numbers as they are and as they are written; a day, a list or an infinity is none."""
    is_plain = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column)
    numeric = column if is_plain else pd.to_numeric(column.astype("string").str.strip(), errors="coerce")
    found = numeric.to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(found), found, np.nan)


def _is_blank(column: pd.Series) -> pd.Series:
    return column.isna() | column.astype("string").str.strip().fillna("").str.upper().isin(NO_VALUE)


def _categories(table: Table, code: str, column: pd.Series, rule: Categories) -> Numbers:
    words = column.map(_word, na_action="ignore")
    found = words.map({word.strip(): number for word, number in rule.values.items()})
    unknown = found.isna() & ~_is_blank(column)
    for name, value in zip(table.names[unknown], column[unknown], strict=True):
        table.findings.append(finding("unknown-category", code, str(name), value=value))
    return np.asarray(found.to_numpy(dtype=float, na_value=np.nan), dtype=np.float64)


def _word(value: object) -> str:
    """A category as text; 1.0 of a column with gaps is the category 1."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def denominated(table: Table, code: str, values: Numbers, rule: Denominator | None) -> Numbers:
    """Values per head, per area: divided by a column; empty and a finding where that is missing or not positive."""
    if rule is None:
        return values
    if rule.column not in table.frame:
        table.say("no-column", code, column=rule.column)
        return np.full_like(values, np.nan)
    below = _as_numbers(table.frame[rule.column])
    usable = below > 0
    table.say_of("no-denominator", code, ~usable & ~np.isnan(values), column=rule.column)
    found: Numbers = np.divide(values * rule.per, below, out=np.full_like(values, np.nan), where=usable)
    return found
