"""Arabic as it is typed: digits, marks, letters, months, the Hijri calendar, two languages in one cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shape_tables import found, part_of, shape_table, table_of

from idtracker.ingest.shape.calendar.dates import hijri_among, read_dates
from idtracker.ingest.shape.calendar.hijri import gregorian
from idtracker.ingest.shape.calendar.periods import parse_period
from idtracker.ingest.shape.flags import read_flags
from idtracker.ingest.shape.money import read_amounts
from idtracker.ingest.shape.numbers import read_numbers
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Column
from idtracker.model.findings import rule
from idtracker.model.text import fold

EASTERN, PERSIAN = "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"
MARKS = ["", "\u200f", "\u200e", "\u061c", "\u202b", "\u2067"]
MONTHS = (
    "كانون الثاني|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين الأول|تشرين الثاني|كانون الأول",
    "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
    "جانفي|فيفري|مارس|أفريل|ماي|جوان|جويلية|أوت|شتنبر|أكتوبر|نونبر|دجنبر",
    "ك2|شباط|اذار|نيسان|ايار|حزيران|تموز|اب|ايلول|ت1|ت2|ك1",
)


def texts(*typed: str) -> pd.Series:
    return pd.Series(list(typed), dtype="str")


def day(text: str, *formats: str) -> str | None:
    read = read_dates(texts(text), formats)[0]
    return None if pd.isna(read) else read.strftime("%Y-%m-%d")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (")٥(", -5),
        ("\u200f(٥٫٥)\u200f", -5.5),
        ("\u200f٥-", -5),
        ("\u061c−٥", -5),
        ("٥ بالمئة", 5),
        ("٥ في المائة", 5),
        ("٥٪", 5),
        ("5 per cent", 5),
        ("５００", 500),
        ("١٬٢٣٤٬٥٦٧٫٨٩", 1234567.89),
    ],
)
def test_numbers_with_arabic_marks(text: str, value: float) -> None:
    assert read_numbers(texts(text)).values.tolist() == [value]


@pytest.mark.parametrize("text", ["١٢ ألف", "٣ ملايين", "ـ٥", "٥٫", ")٥)", "بالمئة", "٥ بالمئة تقريبا"])
def test_words_for_numbers_are_no_guess(text: str) -> None:
    assert pd.isna(read_numbers(texts(text)).values[0])


@given(
    st.decimals(-(10**9), 10**9, places=3),
    st.sampled_from([EASTERN, PERSIAN]),
    st.sampled_from(MARKS),
    st.booleans(),
)
def test_both_digit_systems_read_equal(number: object, digits: str, mark: str, groups: bool) -> None:
    latin = f"{number:,.3f}" if groups else f"{number:.3f}"
    eastern = latin.translate({ord(str(n)): d for n, d in enumerate(digits)} | {ord("."): "٫", ord(","): "٬"})
    one, other = (read_numbers(texts(t)).values[0] for t in (latin, mark + eastern + mark))
    assert one == other


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("٥٠٠ ديناراً", 500, "JOD"),
        ("٥٠٠ دنانير أردنية", 500, "JOD"),
        ("٥٠٠ دولارات", 500, "USD"),
        ("(٥٠٠) دينار", -500, "JOD"),
        ("JOD (500)", -500, "JOD"),
        ("٥٠٠ د.ك", 500, "KWD"),
        ("٥٠٠ ر.ي", 500, "YER"),
        ("٥٠٠ جنيه إسترليني", 500, "GBP"),
    ],
)
def test_amounts_in_words_of_the_region(text: str, amount: float, currency: str) -> None:
    read = read_amounts(texts(text))
    assert (read.numbers.values.tolist(), read.currencies.tolist()) == ([amount], [currency])


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("نَعَم", True), ("ﻧﻌﻢ", True), ("نعم / Yes", True), ("No (لا)", False), ("لا يوجد", False), ("غير صحيح", False)],
)
def test_yes_and_no_in_one_or_both_languages(text: str, meaning: bool) -> None:
    assert read_flags(texts(text)).tolist() == [meaning]


@pytest.mark.parametrize("text", ["نعم / No", "yes no", "ربما", "نعم ولكن", "/", "-"])
def test_what_says_both_or_neither_is_no_answer(text: str) -> None:
    assert read_flags(texts(text)).isna().all()


@pytest.mark.parametrize(
    "spellings",
    [
        ["الرحمٰن", "الرحمن", "ٱلرحمن", "الرحمـن"],
        ["مؤسسة", "موسسه", "مؤسّسة"],
        ["شئون", "شيون"],
        ["ﻻجئون", "لاجئون", "لاجیون"],
        ["قرية", "قریه", "قريہ"],
        ["\u202bعمّان\u202c", "\u2067عمان\u2069", "عمان\u061c"],
        ["مدرسة 12", "مدرسة ١٢", "مدرسة ۱۲"],
    ],
)
def test_letter_forms_fold_together(spellings: list[str]) -> None:
    assert len({fold(s) for s in spellings}) == 1


@given(st.text(st.characters(codec="utf-8", min_codepoint=0x600, max_codepoint=0x6FF), max_size=20))
def test_folding_arabic_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(
    st.dates(date(1901, 1, 1), date(2199, 12, 31)),
    st.sampled_from(MONTHS),
    st.sampled_from(["0123456789", EASTERN, PERSIAN]),
    st.sampled_from(["{d} {m} {y}", "{d} {m}، {y}", "{d} {m} {y}م", "{d} من {m} {y}", "{y} {m} {d}", "{d}-{m}-{y}"]),
    st.sampled_from(MARKS),
)
def test_dates_survive_arabic_months(on: date, names: str, digits: str, form: str, mark: str) -> None:
    shown = {ord(str(n)): d for n, d in enumerate(digits)}
    text = form.format(
        d=str(on.day).translate(shown), m=names.split("|")[on.month - 1], y=str(on.year).translate(shown)
    )
    assert day(mark + text) == on.isoformat()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("الخميس، ١٥ كانون الثاني ٢٠٢٦", "2026-01-15"),
        ("يوم الخميس الموافق 15 يناير 2026", "2026-01-15"),
        ("Thu, 15 Jan 2026", "2026-01-15"),
        ("الجمعة 15 يناير 2026", None),
        ("15 نيسان 2025 10:30", "2025-04-15"),
        ("2025-03-15 10:30 ص", "2025-03-15"),
        ("15 مارس 2025 ميلادي", "2025-03-15"),
        ("30 شباط 2026", None),
    ],
)
def test_what_stands_around_a_date(text: str, iso: str | None) -> None:
    assert day(text) == iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("15 رمضان 1446", "2025-03-15"),
        ("١٥ رمضان ١٤٤٦ هـ", "2025-03-15"),
        ("1446/09/15 هـ", "2025-03-15"),
        ("١٥/٩/١٤٤٦هـ", "2025-03-15"),
        ("15 من شهر رمضان 1446 هجري", "2025-03-15"),
        ("15 Ramadan 1446 AH", "2025-03-15"),
        ("1 محرّم 1447 هـ", "2025-06-27"),
        ("29 جمادى الآخرة 1446", "2024-12-31"),
        ("10 ذو الحجّة 1446", "2025-06-07"),
    ],
)
def test_hijri_dates_are_converted_and_marked(text: str, iso: str) -> None:
    assert day(text) == iso
    assert hijri_among(texts(text)).tolist() == [True]


@pytest.mark.parametrize(
    "text", ["1446/09/15", "31 رمضان 1446", "15/13/1446 هـ", "رمضان 1446", "2025/09/15 هـ", "1446 هـ"]
)
def test_what_is_not_surely_a_hijri_day_is_none(text: str) -> None:
    assert day(text) is None


def test_the_tabular_calendar_has_no_gaps() -> None:
    months = [gregorian(year, month, 1) for year in range(1400, 1431) for month in range(1, 13)]
    assert {(later - day).days for day, later in pairwise(filter(None, months))} == {29, 30}
    assert months[360] is not None and months[0] is not None and (months[360] - months[0]).days == 10_631
    assert gregorian(1389, 10, 22) == date(1970, 1, 1)


def test_two_calendars_in_one_cell_must_agree() -> None:
    assert day("15 رمضان 1446 هـ الموافق 15 مارس 2025") == "2025-03-15"
    assert day("15 رمضان 1446 هـ الموافق 16/3/2025", "%d/%m/%Y") == "2025-03-16"
    assert day("15 رمضان 1446 هـ الموافق 25 مارس 2025") is None
    assert not hijri_among(texts("15 رمضان 1446 هـ الموافق 15 مارس 2025")).any()


def test_a_hijri_date_is_reported_with_the_day_it_was_read_as(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["2025-03-01", "١٥ رمضان ١٤٤٦ هـ", None, "soon"], "date")
    assert found(shaped) == [("value.date", 5, "A5", "soon"), ("calendar.hijri", 3, "A3", "١٥ رمضان ١٤٤٦ هـ")]
    (group,) = [g for g in shaped.findings if g.rule.id == "calendar.hijri"]
    assert (group.suggestions, rule("calendar.hijri").severity) == (["2025-03-15"], "warning")
    period = shape_column(["15 رمضان 1446", "2026-Q1"], "period")
    assert period.frame["x"].tolist() == ["2025-03-15", "2026-Q1"]
    assert [f[0] for f in found(period)] == ["calendar.hijri"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ربع أول 2026", "2026-Q1"),
        ("الربع الأول للعام ٢٠٢٦", "2026-Q1"),
        ("الرُّبْع الأوّل (2026)", "2026-Q1"),
        ("2026 - الربع الأول", "2026-Q1"),
        ("الربع الأخير 2026", "2026-Q4"),
        ("٢٠٢٦ النصف الثاني", "2026-H2"),
        ("من كانون الثاني إلى آذار ٢٠٢٦", "2026-Q1"),
        ("السنة المالية ٢٠٢٥/٢٦، الربع الأول", "2025-Q2"),
        ("الربع الرابع للسنة المالية 2025-2026", "2026-Q1"),
        ("للسنة المالية 2025-2026", "2025/26"),
        ("لعام 2026", "2026"),
        ("سنة 2026م", "2026"),
        ("شهر آذار 2026", "2026-03"),
        ("الأسبوع ١٤ من عام ٢٠٢٦", "2026-W14"),
        ("النصف الأخير 2026", None),
        ("1446 هـ", None),
    ],
)
def test_periods_in_arabic(text: str, code: str | None) -> None:
    assert parse_period(text) == code


def test_headings_match_whatever_their_letter_forms() -> None:
    table = table_of({"المُحافظـة": ["إربد"], "\u200fعدد المستفيدين (إجمالي)": ["١٢"], "ملاحظات إضافيّة": [None]})
    columns = (Column(field="place", heading="المحافظه"), Column(field="count", heading="عدد المستفيدين (اجمالي)"))
    shaped = shape_table(table, part_of(*columns, ignore=["ملاحظات اضافيه*"]), {"count": "integer"})
    assert (shaped.frame["place"].tolist(), shaped.frame["count"].tolist()) == (["إربد"], [12])
    assert not shaped.findings
    assert shaped.raw.columns.tolist()[:2] == ["المُحافظـة", "\u200fعدد المستفيدين (إجمالي)"]
