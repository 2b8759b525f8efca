"""Money, yes and no, and text made comparable."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shape_tables import found, part_of, shape_table, table_of

from idtracker.ingest.shape.money import read_amounts, read_currency
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Column
from idtracker.model.text import clean, fold, fold_all, trim


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("5", 5, None),
        ("1,234.50", 1234.5, None),
        ("£5", 5, "GBP"),
        ("£1,234.50", 1234.5, "GBP"),
        ("-£5", -5, "GBP"),
        ("£-5", -5, "GBP"),
        ("(£5)", -5, "GBP"),
        ("5-", -5, None),
        ("$ 1 234", 1234, "USD"),
        ("US$5", 5, "USD"),
        ("1.234,5 €", 1234.5, "EUR"),
        ("5 EUR.", 5, "EUR"),
        ("JD5", 5, "JOD"),
        ("JOD 5", 5, "JOD"),
        ("5 jod", 5, "JOD"),
        ("(JOD 5)", -5, "JOD"),
        ("5 JD-", -5, "JOD"),
        ("1000 Dinars", 1000, "JOD"),
        ("5 دينار", 5, "JOD"),
        ("١٬٢٣٤٫٥ دينار أردني", 1234.5, "JOD"),
        ("دينار ٥", 5, "JOD"),
        ("٥٠٠ د.أ", 500, "JOD"),
        ("٥٠٠ د.إ", 500, "AED"),
        ("١٫٢٣٤ دينار", 1.234, "JOD"),
        ("5 IQD", 5, "IQD"),
        ("£5 GBP", 5, "GBP"),
        ("\u200f£5", 5, "GBP"),
        ("TRY 5", 5, "TRY"),
    ],
)
def test_an_amount_has_a_number_and_a_currency(text: str, amount: float, currency: str | None) -> None:
    read = read_amounts(pd.Series([text], dtype="str"))
    assert read.numbers.values.tolist() == [amount]
    assert read.currencies.astype("object").where(read.currencies.notna(), None).tolist() == [currency]


@pytest.mark.parametrize(
    "text", ["12%", "five", "£", "JOD", "5 JOD USD", "£5 USD", "12 persons", "$5m", "£5 10", "top 5"]
)
def test_other_text_is_no_amount(shape_column: Callable[..., Shaped], text: str) -> None:
    shaped = shape_column([text], "money", currency="GBP")
    assert shaped.frame.isna().all(axis=None)
    assert found(shaped) == [("value.money", 2, "A2", text)]


def test_a_shared_name_means_the_declared_currency() -> None:
    assert read_currency("دينار") == "JOD"
    assert read_currency("دينار", "IQD") == "IQD"
    assert read_currency("$", "AUD") == "AUD"
    assert read_currency("$", "JOD") == "USD"
    assert read_currency("shells") is None


def test_currency_comes_from_the_cell_then_from_its_column_then_from_the_definition() -> None:
    table = table_of({"spend": ["£5", "6", "7", None, "9"], "cur": ["USD", "دينار", None, "USD", "shells"]})
    columns = [Column(field="spend", currency="EUR"), Column(field="spend_currency", heading="cur")]
    shaped = shape_table(table, part_of(*columns), {"spend": "money"})
    assert list(shaped.frame.columns) == ["spend", "spend_currency"]
    assert shaped.frame["spend_currency"].fillna("-").tolist() == ["GBP", "JOD", "EUR", "-", "EUR"]
    assert found(shaped) == [("value.money", 6, "B6", "shells"), ("value.currency", 2, "A2", "£5")]


def test_an_unknown_currency_stays_open(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["5"], "money")
    assert shaped.frame["x"].tolist() == [5]
    assert shaped.frame["x_currency"].isna().all()
    assert not shaped.findings


def test_yes_and_no_in_both_languages(shape_column: Callable[..., Shaped]) -> None:
    yes, no = ["Yes", "y", "TRUE", "1", "✓", "نعم", "اجل", "أجل"], ["No", "n", "false", "0", "✗", "لا", "كلا"]
    shaped = shape_column([*yes, *no, "maybe", None], "flag")
    assert str(shaped.frame["x"].dtype) == "boolean"
    assert shaped.frame["x"].iloc[:-2].tolist() == [True] * len(yes) + [False] * len(no)
    assert shaped.frame["x"].iloc[-2:].isna().all()
    assert found(shaped) == [("value.flag", 17, "A17", "maybe")]


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  a \t b\n", "a b"),
        ("\u200fعمّان\u200f", "عمّان"),
        ("a\u00a0\u202fb", "a b"),
        ("\ufeffa\x00b\u202e", "ab"),
        ("\x07", ""),
    ],
)
def test_cleaned_text_shows_what_is_seen(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    "spellings",
    [
        ["Ma'an", "MA’AN", "maʿan", "Ma`an", " ma‘an "],
        ["Al-Ṭafīlah", "al–tafilah", "Al‑Tafilah"],
        ["إربد", "اربد", "أربد", "إِربد", "اربـــد"],
        ["الزرقاء", "الزّرقاء", "\u200fالزرقاء"],
        ["محافظة", "محافظه"],
        ["مستوى", "مستوي", "مستوی"],
        ["كرك", "کرک"],
        ["Région", "region", "REGION", "Re\u0301gion"],
        ["Zone ١٢", "zone ۱۲", "zone 12"],
        ["ﷲ", "الله"],
        ["Straße", "STRASSE"],
        ["a،b", "a,b"],
    ],
)
def test_spellings_of_one_name_fold_together(spellings: list[str]) -> None:
    assert len({fold(s) for s in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("عمان", "عجلون"), ("Ma'an", "Man"), ("a b", "ab"), ("A1", "A2"), ("a/b", "a-b")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=30))
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert clean(clean(text)) == clean(text)


def test_columns_keep_index_and_missing() -> None:
    texts = pd.Series([" A ", None, "\u200f", "É"], index=[3, 1, 2, 9], dtype="str")
    assert fold_all(texts).fillna("-").to_dict() == {3: "a", 1: "-", 2: "", 9: "e"}
    assert trim(texts).fillna("-").to_dict() == {3: "A", 1: "-", 2: "-", 9: "É"}
