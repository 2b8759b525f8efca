"""Numbers in every form that is read, and every form that is refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shape_tables import found

from idtracker.ingest.shape.numbers import read_numbers
from idtracker.ingest.shape.shaped import Shaped

ASCII, ARABIC, PERSIAN = "0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"
NBSP, NARROW = "\u00a0", "\u202f"

NO_NUMBERS = (
    "n/a|12 persons|1,2,3|1.2.3|1,,234|12 3|5.|5,|5+|--5|(-5)|-5-|(5|5)|()|-|%|%5%||inf|-inf|nan|NaN|Infinity|1e999|1D5"
    "|D5|1_000|0x10|1/2|2026-04-03|1,23,456|1 23|1,234.567.8|1e5.5|1 234e2|½|²|१२|5 6|12,34.5"
)


def read(text: str, decimal: str = ".") -> float:
    return float(read_numbers(pd.Series([text], dtype="str"), decimal).values[0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3.5", -3.5),
        ("007", 7),
        ("+5", 5),
        (".5", 0.5),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("12,5", 12.5),
        ("0,123", 0.123),
        ("1234,567", 1234.567),
        ("1,2345", 1.2345),
        ("١٢٣", 123),
        ("۱۲۳", 123),
        ("١٢٫٥", 12.5),
        ("١٬٢٣٤٫٥", 1234.5),
        ("١,٢٣٤.٥", 1234.5),
        ("٣،٥", 3.5),
        ("1 234,5", 1234.5),
        (f"1{NBSP}234.5", 1234.5),
        (f"1{NARROW}234{NARROW}567", 1234567),
        ("1'234", 1234),
        ("1’234.5", 1234.5),
        ("\u200f45", 45),
        ("\u200e-45\u200e", -45),
        ("\u061c٤٥", 45),
        ("(5)", -5),
        ("(1,234.5)", -1234.5),
        ("5-", -5),
        ("\u22125", -5),
        ("5\u2212", -5),
        ("- 5", -5),
        ("12%", 12),
        ("12 %", 12),
        ("%12", 12),
        ("١٢٪", 12),
        ("(12%)", -12),
        ("(12)%", -12),
        ("1e5", 100000),
        ("1.5E-3", 0.0015),
        ("1,5e3", 1500),
        ("-2E+2", -200),
        ("  7 ", 7),
    ],
)
def test_a_number_is_read_by_its_form(text: str, value: float) -> None:
    assert read(text, ".") == value
    assert read(text, ",") == value


@pytest.mark.parametrize(("text", "with_point", "with_comma"), [("1,234", 1234, 1.234), ("1.234", 1.234, 1234)])
def test_the_declared_mark_decides_where_both_readings_are_possible(
    text: str, with_point: float, with_comma: float
) -> None:
    assert read(text, ".") == with_point
    assert read(text, ",") == with_comma
    assert read(f"-{text}", ".") == -with_point


@pytest.mark.parametrize("text", NO_NUMBERS.split("|"))
def test_other_text_is_no_number(text: str) -> None:
    assert np.isnan(read(text, "."))
    assert np.isnan(read(text, ","))


DIGITS = st.sampled_from([ASCII, ARABIC, PERSIAN])
GROUPS = st.sampled_from(["", ",", ".", "٬", "'", " ", NBSP, NARROW])
MARKS = st.sampled_from([".", ",", "٫"])
SIGNS = st.sampled_from(["{}", "-{}", "{}-", "\u2212{}", "({})", "\u200f{}", "{}%", "+{}", "\u061c-{}\u200e"])


@given(
    whole=st.integers(0, 10**12),
    fraction=st.integers(0, 99),
    digits=DIGITS,
    group=GROUPS,
    mark=MARKS,
    sign=SIGNS,
    declared=st.sampled_from([".", ","]),
)
def test_a_written_number_is_read_back(
    whole: int, fraction: int, digits: str, group: str, mark: str, sign: str, declared: str
) -> None:
    if group == mark:
        group = ""
    text = f"{whole:,}".replace(",", group) + mark + f"{fraction:02d}"
    text = sign.format(text.translate({ord(str(place)): digit for place, digit in enumerate(digits)}))
    is_negative = any(c in text for c in "-\u2212(")
    value = Decimal(whole) + Decimal(fraction) / 100
    assert read(text, declared) == float(-value if is_negative else value)


@given(st.integers(-(10**15), 10**15), DIGITS, GROUPS, st.sampled_from([".", ","]))
def test_a_written_whole_number_is_read_back(number: int, digits: str, group: str, declared: str) -> None:
    text = f"{number:,}"
    group = "" if group == declared and text.count(",") == 1 else group
    text = text.replace(",", group).translate({ord(str(place)): digit for place, digit in enumerate(digits)})
    assert read(text, declared) == number


NEARLY = st.text(st.sampled_from(f"0123456789٠٣٩.,٫٬'eEkKmM+-()% {NBSP}"), max_size=12)
VAST = st.tuples(st.sampled_from(["9", "-1", "1.", "٩", "(1"]), st.integers(1, 400)).map(lambda t: t[0] + "0" * t[1])
BEYOND = st.tuples(st.integers(-9, 9), st.integers(290, 400)).map(lambda t: f"{t[0]}e{t[1]}")


@given(st.lists(st.text(max_size=12) | NEARLY | VAST | BEYOND, max_size=8), st.sampled_from([".", ","]))
def test_reading_never_fails_and_never_gives_infinity(texts: list[str], decimal: str) -> None:
    numbers = read_numbers(pd.Series(texts, dtype="str"), decimal)
    assert len(numbers.values) == len(texts)
    assert not np.isinf(numbers.values).any()


def test_a_number_in_the_other_form_is_read_and_reported_once(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["1.234,5", "7", "12,5"], "number")
    assert shaped.frame["x"].tolist() == [1234.5, 7, 12.5]
    assert found(shaped) == [("value.digits", 2, "A2", "1.234,5"), ("value.digits", 4, "A4", "12,5")]
    assert len(shaped.findings.groups) == 1


def test_an_ambiguous_number_alone_is_read_as_declared(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["1,234", "2,500.5"], "number")
    assert shaped.frame["x"].tolist() == [1234, 2500.5]
    assert not shaped.findings


def test_an_ambiguous_number_among_numbers_of_the_other_form_is_reported(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["1,234", "12,5", "1.234", "3"], "number")
    assert shaped.frame["x"].tolist() == [1234, 12.5, 1.234, 3]
    assert found(shaped) == [
        ("value.ambiguous_number", 2, "A2", "1,234"),
        ("value.ambiguous_number", 4, "A4", "1.234"),
        ("value.digits", 3, "A3", "12,5"),
    ]
    assert "“.”" in shaped.findings.groups[1].message()


def test_the_mark_of_a_column_goes_before_that_of_the_file(shape_column: Callable[..., Shaped]) -> None:
    assert shape_column(["1,234"], "number", decimal=",").frame["x"].tolist() == [1.234]
    assert shape_column(["1,234"], "number", fmt={"decimal": ","}).frame["x"].tolist() == [1.234]


def test_text_is_reported_with_its_cell(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["5", "12 persons", None, "n/a"], "number")
    assert shaped.frame["x"].isna().tolist() == [False, True, True, True]
    assert found(shaped) == [("value.number", 3, "A3", "12 persons"), ("value.number", 5, "A5", "n/a")]


@pytest.mark.parametrize(
    "text", ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#n/a", "Err:502"]
)
@pytest.mark.parametrize("kind", ["number", "integer", "money", "date", "period", "flag", "text", "place"])
def test_a_spreadsheet_error_is_no_value_of_any_type(shape_column: Callable[..., Shaped], text: str, kind: str) -> None:
    shaped = shape_column([text], kind)
    assert shaped.frame["x"].isna().all()
    assert found(shaped) == [("value.formula_error", 2, "A2", text)]


def test_whole_numbers(shape_column: Callable[..., Shaped]) -> None:
    texts = ["5", "5.0", "1,234", "2.5", None, "9007199254740993", "9223372036854775808", "x"]
    shaped = shape_column(texts, "integer")
    assert str(shaped.frame["x"].dtype) == "Int64"
    assert shaped.frame["x"].dropna().tolist() == [5, 5, 1234, 9007199254740993]
    assert [(rule, row) for rule, row, _, _ in found(shaped)] == [
        ("value.integer", 5),
        ("value.range", 8),
        ("value.number", 9),
    ]


def test_scale_is_applied_before_bounds_and_without_noise(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["0.07", "0.5", "1.2", "7%"], "number", scale=100, minimum=0, maximum=100)
    assert shaped.frame["x"].tolist() == [7, 50, 120, 7]
    assert [(rule, row) for rule, row, _, _ in found(shaped)] == [("value.range", 4), ("value.percent_scale", 5)]
    assert shape_column(["0.07"], "integer", scale=100).frame["x"].tolist() == [7]


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({"minimum": 0, "maximum": 100}, "0 to 100"),
        ({"minimum": 0}, "at least 0"),
        ({"maximum": -1}, "at most -1"),
        ({"minimum": 0.5, "maximum": 0.75}, "0.5 to 0.75"),
    ],
)
@pytest.mark.parametrize("kind", ["number", "integer", "money"])
def test_bounds_are_said_in_words(
    shape_column: Callable[..., Shaped], kind: str, bounds: dict[str, Any], words: str
) -> None:
    value = "101" if "maximum" in bounds else "-7"
    shaped = shape_column([value], kind, **bounds)
    assert shaped.frame["x"].tolist() == [float(value)]
    assert shaped.findings.groups[0].message() == f"The value in “x” is outside the bounds: {words}."
    assert not any(c.isascii() and c.isalpha() and c != "x" for c in shaped.findings.groups[0].message("ar"))
