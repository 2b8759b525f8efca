"""Periods as people type them, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shape_tables import found

from idtracker.ingest.shape.calendar.periods import parse_period, parse_periods
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.periods import current_period, period

FORMS = {
    "2026-04": "2026-04|2026/04|2026.04|04/2026|4/2026|04-2026|Apr 2026|April 2026|april, 2026|APR-2026|2026 April"
    "|2026M04|2026-M04|نيسان 2026|نيسان ٢٠٢٦|أبريل 2026|ابريل ٢٠٢٦|إبريل ٢٠٢٦|نيسان/أبريل 2026|نيسان من عام ٢٠٢٦"
    "|\u200f2026-04|۲۰۲۶-۰۴|2026–04| 2026-04 |2026-04-01/2026-04-30",
    "2026-09": "Sept 2026|Sep. 2026|أيلول 2026|سبتمبر ٢٠٢٦",
    "2026-01": "كانون الثاني 2026|كانون الثاني ٢٠٢٦|يناير 2026|كانون الثاني/يناير 2026|كانون ثاني 2026",
    "2026-10": "تشرين الأول 2026|تشرين الاول 2026|أكتوبر 2026|تِشرين الأوّل 2026",
    "2026-12": "كانون الأول 2026|ديسمبر 2026",
    "2026-Q2": "2026-Q2|2026Q2|2026 Q2|Q2 2026|Q2-2026|q2/2026|Qtr 2 2026|Quarter 2, 2026|2nd quarter 2026"
    "|second quarter of 2026|الربع الثاني 2026|الربع الثاني من عام ٢٠٢٦|الربع الثاني لعام 2026|الرّبع الثانـي ٢٠٢٦"
    "|ربع 2 2026|April-June 2026|Apr–Jun 2026|نيسان - حزيران 2026|2026-04-01 to 2026-06-30|Q1 2026/27|Q1 FY2026-27",
    "2025-Q2": "Q1 2025/26|Q1 FY 2025/26|2025/26 Q1|FY2025-26 Q1",
    "2026-Q1": "Q4 2025/26|Q4 2025-26|Jan to Mar 2026|الربع الأول ٢٠٢٦|1st quarter of 2026",
    "2026-Q4": "الربع الرابع 2026|4th quarter 2026",
    "2026-H1": "2026-H1|2026H1|H1 2026|H1-2026|2026-S1|first half of 2026|1st half 2026|النصف الأول 2026"
    "|النصف الاول من عام ٢٠٢٦|Jan-Jun 2026",
    "2026-H2": "H2 2026|النصف الثاني 2026",
    "2026": "2026|٢٠٢٦|۲۰۲۶|CY2026|عام 2026|سنة ٢٠٢٦|2026 م|Jan-Dec 2026",
    "2025/26": "2025/26|2025-26|2025/2026|2025-2026|FY2025/26|FY 2025/26|FY 2025-26|FY25/26|fy 25-26"
    "|2025/26 financial year|السنة المالية 2025/26|السنة المالية ٢٠٢٥/٢٦",
    "1999/00": "1999/00|FY1999-00",
    "2026-W14": "2026-W14|2026W14|W14 2026|week 14 2026",
    "2026-04-03": "2026-04-03|2026/04/03|3 April 2026|٣ نيسان ٢٠٢٦|2026-04-03T12:00:00",
}


NO_PERIODS = (
    "n/a|Q2|Q5 2026|2026-Q0|2026-Q5|2026-13|13/2026|2026-H3|2025/27|2025-27|1800|2301|12|April|Apr-26|Feb-Apr 2026"
    "|H1 2025/26|2026-02-30|2025-W53|الربع الخامس 2026|2026-04-02/2026-06-30|Q2 26|٢|Quarter 2026|mayor 2026"
    "|2026-Q2 (provisional)"
)


@pytest.mark.parametrize(("text", "code"), [(text, code) for code, texts in FORMS.items() for text in texts.split("|")])
def test_a_period_as_typed_has_one_code(text: str, code: str) -> None:
    read = parse_periods(pd.Series([text], dtype="str"))
    assert read["code"].tolist() == [code]
    bounds = period(code)
    assert (read["start"][0].date(), read["end"][0].date()) == (bounds.start, bounds.end)


@pytest.mark.parametrize("text", NO_PERIODS.split("|"))
def test_other_text_is_no_period(text: str) -> None:
    assert parse_period(text) is None


def test_the_mark_decides_between_month_and_financial_year() -> None:
    assert parse_period("2008-09") == "2008-09"
    assert parse_period("2008/09") == "2008/09"
    assert parse_period("2011/12") == "2011/12"
    assert parse_period("2025/12") == "2025-12"


WRITTEN: dict[str, list[str]] = {
    "month": ["{y}-{m:02d}", "{y}/{m:02d}", "{m:02d}/{y}", "{name} {y}", "{name}-{y}"],
    "quarter": [
        "{y}-Q{q}",
        "Q{q} {y}",
        "Q{q}-{y}",
        "{y}Q{q}",
        "{nth} quarter {y}",
        "الربع {rank} {y}",
        "الربع {rank} من عام {y}",
    ],
    "half_year": ["{y}-H{h}", "H{h} {y}", "النصف {half} {y}"],
    "year": ["{y}", "CY{y}", "عام {y}"],
    "financial_year": ["{f}/{g:02d}", "FY{f}/{g:02d}", "FY {f}-{g:02d}", "{f}/{f1}"],
}
MONTHS = "January February March April May June July August September October November December"


@given(
    day=st.dates(date(1901, 1, 1), date(2199, 12, 31)),
    length=st.sampled_from(sorted(WRITTEN)),
    pick=st.integers(0, 6),
    digits=st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"]),
    mark=st.sampled_from(["", "\u200f", "\u200e", " "]),
)
def test_a_written_period_is_read_back(day: date, length: str, pick: int, digits: str, mark: str) -> None:
    forms = WRITTEN[length]
    form = forms[pick % len(forms)]
    quarter, half = (day.month + 2) // 3, (day.month + 5) // 6
    first = day.year if day.month >= 4 else day.year - 1
    follows = (first + 1) % 100
    if form in ("{y}/{m:02d}",) and day.month == (day.year + 1) % 100:
        form = "{y}-{m:02d}"
    text = form.format(
        y=day.year, m=day.month, name=MONTHS.split()[day.month - 1], q=quarter, h=half, f=first, g=follows, f1=first + 1,
        nth=["1st", "2nd", "3rd", "4th"][quarter - 1], rank=["الأول", "الثاني", "الثالث", "الرابع"][quarter - 1],
        half=["الأول", "الثاني"][half - 1],
    )  # fmt: skip
    if "nth" not in form:
        text = text.translate({ord(str(place)): digit for place, digit in enumerate(digits)})
    assert parse_period(mark + text) == current_period(day, length)


PARTS = (
    *("2026", "1899", "26", "٢٠٢٦", "07", "12", "13", "1", "Q1", "H2", "H3", "W53", "W54", "FY2025", "P1Y", "to"),
    *("Jan", "February", "1st quarter", "الربع الأول", "النصف الثاني", "عام"),
)


@settings(max_examples=300)
@given(
    st.text(max_size=20)
    | st.builds(
        str.join, st.sampled_from(["-", "/", " ", ""]), st.lists(st.sampled_from(PARTS), min_size=1, max_size=3)
    )
)
def test_what_is_read_is_always_a_code(text: str) -> None:
    code = parse_period(text)
    assert code is None or period(code).code == code


def test_index_and_missing_are_kept() -> None:
    read = parse_periods(pd.Series(["Q2 2026", None, "x"], dtype="str", index=[4, 9, 7]))
    assert read.index.tolist() == [4, 9, 7]
    assert read["code"].isna().tolist() == [False, True, True]
    assert read["end"].isna().tolist() == [False, True, True]
    assert list(read.dtypes.astype("str")) == ["str", "datetime64[ns]", "datetime64[ns]"]


def test_a_period_fills_three_columns_or_is_reported(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["الربع الثاني ٢٠٢٦", "soon", "03/04/2026"], "period", dates=["%d/%m/%Y"])
    assert shaped.frame["x"].tolist()[::2] == ["2026-Q2", "2026-04-03"]
    assert shaped.frame["x_start"].dt.strftime("%Y-%m-%d").tolist()[::2] == ["2026-04-01", "2026-04-03"]
    assert shaped.frame["x_end"].dt.strftime("%Y-%m-%d").tolist()[::2] == ["2026-06-30", "2026-04-03"]
    assert shaped.frame.loc[1].isna().all()
    assert found(shaped) == [("value.period", 3, "A3", "soon")]
