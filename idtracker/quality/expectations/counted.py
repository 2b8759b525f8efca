"""Expectations answered by a count over the stored rows, without Great Expectations, whose import alone takes seconds.

Only what is sure is said here: that an expectation holds, or which rows fail it where each row answers for itself. Where a
number decides which row fails, or a form is not known here, Great Expectations is asked. It judges every table again in
the daily run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import duckdb

from idtracker.quality.expectations.outcome import ExpectationResult, held, keys_at
from idtracker.quality.expectations.suite import Expected
from idtracker.store.tables import read_table

_NUMBERS = frozenset(("DOUBLE", "FLOAT", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT"))
_TEXT, _FLAG = "VARCHAR", "BOOLEAN"
_COMPARISONS = frozenset(("<", ">="))
_LISTED = 20
_FEW = 1e-9
"""A share of rows that lies nearer to what is tolerated than this is left to Great Expectations."""


@dataclass(frozen=True, slots=True)
class _Count:
    """An aggregate over the rows, and what it says of the expectation: what was observed where it holds, else None.

    `failing` selects the rows that fail, where each row answers for itself and none of its values is a number; `fails` says
    whether it is sure that they are too many.
    """

    aggregate: str
    observed: Callable[[Any], str | None]
    failing: str | None = None
    fails: Callable[[Any], bool] = bool


def outcomes_by_count(
    connection: duckdb.DuckDBPyConnection, table: str, suite: Sequence[Expected], keys: Sequence[str]
) -> dict[int, ExpectationResult]:
    """Position in the suite -> outcome of every expectation that a count decides; failing rows by the columns `keys`."""
    described = connection.execute(f'DESCRIBE "{table}"').fetchall()
    types = {name: str(kind) for name, kind, *_ in described}
    rows = _first(connection, f'SELECT count(*) FROM "{table}"')[0]
    counts = {i: count for i, e in enumerate(suite) if (count := _count_of(e, types, rows))}
    if not counts:
        return {}
    values = _first(connection, f'SELECT {", ".join(c.aggregate for c in counts.values())} FROM "{table}"')
    results = {}
    for (i, count), value in zip(counts.items(), values, strict=True):
        observed = count.observed(value)
        if observed is not None:
            results[i] = held(table, suite[i], observed)
        elif count.failing is not None and count.fails(value):
            failing = read_table(connection, table, count.failing)
            results[i] = replace(
                held(table, suite[i], f"{len(failing):,} of {rows:,} rows fail"),
                success=False,
                failed_count=len(failing),
                failing_keys=keys_at(failing, range(len(failing)), keys),
            )
    return results


def _first(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    rows: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return rows[0]


def _count_of(expected: Expected, types: dict[str, str], rows: int) -> _Count | None:
    """The count that decides about an expectation; None where none is known for its form, arguments or columns."""
    kwargs = dict(expected.kwargs)
    if expected.type == "expect_table_columns_to_match_ordered_list":
        return _none(_Failing("0 * count(*)", None)) if list(types) == kwargs["column_list"] else None
    condition = _condition(kwargs.pop("row_condition", None), types)
    make = _FORMS.get(expected.type)
    named = [v for k, v in kwargs.items() if k in ("column", "column_A", "column_B")] + kwargs.get("column_list", [])
    if make is None or condition is None or any(name not in types for name in named):
        return None
    return make(kwargs, types, condition, rows)


def _condition(stated: dict[str, Any] | None, types: dict[str, str]) -> str | None:
    """The rows that an expectation is about, as SQL; None where the condition is of a kind that is not known here."""
    if stated is None:
        return "true"
    column = stated["column"]["name"]
    if column not in types:
        return None
    if stated["type"] == "nullity" and types[column] not in _NUMBERS:
        return f'"{column}" IS {"" if stated["is_null"] else "NOT "}NULL'
    if stated["type"] == "comparison" and stated["operator"] in _COMPARISONS and types[column] in _NUMBERS:
        return f'coalesce("{column}" {stated["operator"]} {stated["parameter"]!r}, false)'
    return None


@dataclass(frozen=True, slots=True)
class _Failing:
    """How many rows fail, and which do, where that is sure."""

    count: str
    rows: str | None


def _none(failing: _Failing) -> _Count:
    """It holds where nothing fails."""
    return _Count(failing.count, lambda count: "holds" if count == 0 else None, failing.rows)


def _failing(test: str, condition: str, types: dict[str, str], *columns: str) -> _Failing:
    """The rows of the condition that fail; one whose number is not a number counts as failing: it is not sure to hold."""
    odd = [f'isnan("{c}")' for c in columns if types[c] in ("DOUBLE", "FLOAT")]
    where = f"{condition} AND ({' OR '.join([test, *odd])})"
    is_sure = condition == "true" and not _NUMBERS & {types[c] for c in columns}
    return _Failing(f"count(*) FILTER (WHERE {where})", where if is_sure else None)


def _tolerated(failing: _Failing, candidates: str, mostly: float, rows: int) -> _Count:
    """It holds where at least the share `mostly` of the candidates does not fail."""

    def observed(count: dict[str, int]) -> str | None:
        failed, of = count["failed"], count["of"]
        holds = of > 0 and (of - failed) / of >= mostly + (_FEW if mostly < 1 else 0)
        return f"{failed:,} of {rows:,} rows fail" if holds or not of else None

    def fails(count: dict[str, int]) -> bool:
        return (count["of"] - count["failed"]) / count["of"] < mostly - _FEW if count["of"] else False

    return _Count(f"{{'failed': {failing.count}, 'of': {candidates}}}", observed, failing.rows, fails)


def _filled(kwargs: dict[str, Any], types: dict[str, str], condition: str, rows: int) -> _Count | None:
    column = kwargs["column"]
    test = f'"{column}" IS NULL' + (f' OR isnan("{column}")' if types[column] in ("DOUBLE", "FLOAT") else "")
    where = f"{condition} AND ({test})"  # what is not a number is missing, to pandas as well: every row is sure
    failing = _Failing(f"count(*) FILTER (WHERE {where})", where if condition == "true" else None)
    if "mostly" in kwargs:
        return _tolerated(failing, f"count(*) FILTER (WHERE {condition})", kwargs["mostly"], rows)
    return _none(failing)


def _empty(kwargs: dict[str, Any], types: dict[str, str], condition: str, rows: int) -> _Count | None:
    return (
        None
        if "mostly" in kwargs
        else _none(_failing(f'"{kwargs["column"]}" IS NOT NULL', condition, types, kwargs["column"]))
    )


def _in_set(kwargs: dict[str, Any], types: dict[str, str], condition: str, rows: int) -> _Count | None:
    column, values = kwargs["column"], kwargs["value_set"]
    kind = {_TEXT: str, _FLAG: bool}.get(types[column])
    if kind is None or not all(type(value) is kind for value in values):
        return None
    listed = ", ".join(str(v).lower() if kind is bool else "'" + v.replace("'", "''") + "'" for v in values)
    many = f"SELECT unnest([{listed}])" if len(values) > _LISTED else listed  # a long list is compared one by one
    test = f'"{column}" NOT IN ({many})' if values else f'"{column}" IS NOT NULL'
    failing = _failing(test, condition, types, column)
    if "mostly" in kwargs:
        return _tolerated(failing, f'count("{column}") FILTER (WHERE {condition})', kwargs["mostly"], rows)
    return _none(failing)


def _between(kwargs: dict[str, Any], types: dict[str, str], condition: str, rows: int) -> _Count | None:
    column = kwargs["column"]
    if types[column] not in _NUMBERS or "mostly" in kwargs:
        return None
    bounds = [(kwargs["min_value"], "<"), (kwargs["max_value"], ">")]
    tests = [f'"{column}" {sign} {bound!r}' for bound, sign in bounds if bound is not None]
    return _none(_failing(" OR ".join(tests), condition, types, column))


def _unique(kwargs: dict[str, Any], types: dict[str, str], condition: str, rows: int) -> _Count | None:
    column = kwargs["column"]
    if types[column] != _TEXT:
        return None
    filled = f'count("{column}") FILTER (WHERE {condition}) - count(DISTINCT "{column}") FILTER (WHERE {condition})'
    return _none(_Failing(filled, None))


def _unique_together(kwargs: dict[str, Any], types: dict[str, str], condition: str, rows: int) -> _Count | None:
    if kwargs["ignore_row_if"] != "never" or condition != "true":
        return None
    if any(
        types[name] in ("DOUBLE", "FLOAT") for name in kwargs["column_list"]
    ):  # 0 and -0 are equal, their hashes are not
        return None
    names = ", ".join(f'"{name}"' for name in kwargs["column_list"])
    return _none(_Failing(f"count(*) - count(DISTINCT hash({names}))", None))  # other hashes are sure to be other rows


def _ordered(kwargs: dict[str, Any], types: dict[str, str], condition: str, rows: int) -> _Count | None:
    high, low = kwargs["column_A"], kwargs["column_B"]
    if kwargs["ignore_row_if"] != "either_value_is_missing" or types[high] != types[low]:
        return None
    return _none(_failing(f'"{high}" {"<" if kwargs["or_equal"] else "<="} "{low}"', condition, types, high, low))


def _differing(kwargs: dict[str, Any], types: dict[str, str], condition: str, rows: int) -> _Count | None:
    names = kwargs["column_list"]
    if len(names) != 2 or kwargs["ignore_row_if"] != "any_value_is_missing" or {types[n] for n in names} != {_TEXT}:
        return None
    return _none(_failing(f'"{names[0]}" = "{names[1]}"', condition, types, *names))


def _mean(kwargs: dict[str, Any], types: dict[str, str], condition: str, rows: int) -> _Count | None:
    column, low, high = kwargs["column"], kwargs["min_value"], kwargs["max_value"]
    if types[column] not in _NUMBERS:
        return None

    def observed(of: dict[str, float | None]) -> str | None:
        mean, least, most = of["mean"], of["least"], of["most"]
        if mean is None or least is None or most is None:
            return None
        sure = (mean >= low + _FEW or least >= low) and (mean <= high - _FEW or most <= high)
        return f"{mean:.9g} was met" if sure else None

    return _Count(f"""{{'mean': avg("{column}"), 'least': min("{column}"), 'most': max("{column}")}}""", observed)


def _latest(kwargs: dict[str, Any], types: dict[str, str], condition: str, rows: int) -> _Count | None:
    column, oldest = kwargs["column"], kwargs["min_value"]
    if types[column] not in ("DATE", "TIMESTAMP") or oldest.tzinfo:
        return None

    def observed(newest: datetime | None) -> str | None:
        return f"{newest} was met" if newest is not None and newest >= oldest else None

    return _Count(f'max("{column}")::TIMESTAMP', observed)


_Form = Callable[[dict[str, Any], dict[str, str], str, int], _Count | None]
_FORMS: dict[str, _Form] = {
    "expect_column_values_to_not_be_null": _filled,
    "expect_column_values_to_be_null": _empty,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_unique": _unique,
    "expect_compound_columns_to_be_unique": _unique_together,
    "expect_column_pair_values_a_to_be_greater_than_b": _ordered,
    "expect_select_column_values_to_be_unique_within_record": _differing,
    "expect_column_mean_to_be_between": _mean,
    "expect_column_max_to_be_between": _latest,
}
