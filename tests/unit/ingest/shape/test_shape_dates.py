"""Dates as people type them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shape_tables import found

from idtracker.ingest.shape.calendar.dates import read_dates
from idtracker.ingest.shape.calendar.declared import expected_dates
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.errors import DefinitionError

THIRD_OF_MARCH = (
    "2026-03-03|2026-3-3|2026/03/03|20260303|2026-03-03T10:11:12Z|2026-03-03 00:00:00|2026-03-03T23:59:59.123+03:00"
    "|2026-03-03 10:11|٢٠٢٦-٠٣-٠٣|۲۰۲۶/۰۳/۰۳|\u200f2026-03-03\u200f|3 March 2026|3rd March 2026|3 of March, 2026"
    "|March 3, 2026|Mar 3 2026|3-Mar-2026|03 MAR 2026|2026-Mar-03|3 آذار 2026|٣ آذار ٢٠٢٦|3 مارس 2026"
    "|٣ آذار/مارس ٢٠٢٦|3 آذار من عام 2026|٣\u00a0آذار ٢٠٢٦"
)
MONTHS = (
    "كانون الثاني|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين الأول|تشرين الثاني|كانون الأول",
    "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
    "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec",
    "january|february|march|april|may|june|july|august|september|october|november|december",
)
NO_DATES = (
    "2026-02-30|2026-13-01|2026-00-10|2025-02-29|1899-12-31|2201-01-01|0001-01-01|31/02/2026|30 February 2026"
    "|31 أيلول 2026|45000|20546|03/04/2026|3 Mars 2026|n/a|2026-04|2026|3 March|2026-04-03 25|tomorrow|99999999"
    "|2026-04-03x|3/2026|Mayday 3 2026"
)


def read(text: str, *formats: str) -> str | None:
    day = read_dates(pd.Series([text], dtype="str"), formats)[0]
    return None if pd.isna(day) else day.strftime("%Y-%m-%d")


@pytest.mark.parametrize("text", THIRD_OF_MARCH.split("|"))
def test_these_forms_always_work(text: str) -> None:
    assert read(text) == "2026-03-03"


@pytest.mark.parametrize(
    ("name", "month"), [(name, place % 12 + 1) for place, name in enumerate("|".join(MONTHS).split("|"))]
)
def test_every_month_by_name(name: str, month: int) -> None:
    assert read(f"15 {name} 2026") == f"2026-{month:02d}-15"
    assert read(f"١٥ {name} ٢٠٢٦") == f"2026-{month:02d}-15"


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("03/04/2026", "%d/%m/%Y", "2026-04-03"),
        ("٠٣/٠٤/٢٠٢٦", "%d/%m/%Y", "2026-04-03"),
        ("03/04/2026", "%m/%d/%Y", "2026-03-04"),
        ("03.04.26", "%d.%m.%y", "2026-04-03"),
        ("03/04/2026 14:05", "%d/%m/%Y %H:%M", "2026-04-03"),
        ("2026-04-03T23:00:00+0300", "%Y-%m-%dT%H:%M:%S%z", "2026-04-03"),
        ("20120103", "%d%m%Y", "2012-01-03"),
        ("19012012", "%d%m%Y", "2012-01-19"),
        ("20546", "epoch_days", "2026-04-03"),
        ("-1", "epoch_days", "1969-12-31"),
        ("46115", "excel", "2026-04-03"),
        ("46115.75", "excel", "2026-04-03"),
    ],
)
def test_declared_forms(text: str, form: str, day: str) -> None:
    assert read(text, form) == day


def test_the_first_declared_form_that_fits_is_taken() -> None:
    assert read("03/04/2026", "%m/%d/%Y", "%d/%m/%Y") == "2026-03-04"
    assert read("13/04/2026", "%m/%d/%Y", "%d/%m/%Y") == "2026-04-13"


@pytest.mark.parametrize("text", NO_DATES.split("|"))
def test_other_text_is_no_date(text: str) -> None:
    assert read(text) is None


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%Y%m%d"]))
def test_a_written_date_is_read_back(day: date, form: str) -> None:
    assert read(day.strftime(form), "%d/%m/%Y") == day.isoformat()


@given(st.lists(st.text(max_size=15), max_size=6))
def test_reading_never_fails(texts: list[str]) -> None:
    days = read_dates(pd.Series(texts, dtype="str"), ["%d/%m/%Y", "excel", "epoch_days"])
    assert len(days) == len(texts)


def test_an_unknown_form_is_a_fault_of_the_definition() -> None:
    with pytest.raises(DefinitionError, match="date format"):
        read("x", "%Q")


def test_a_bad_date_says_what_is_expected(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["2026-02-30", "03/04/2026", None], "date", fmt={"dates": ["%d/%m/%Y"]})
    assert str(shaped.frame["x"].dtype) == "datetime64[ns]"
    assert shaped.frame["x"].isna().tolist() == [True, False, True]
    assert found(shaped) == [("value.date", 2, "A2", "2026-02-30")]
    assert "(YYYY-MM-DD, DD/MM/YYYY)" in shaped.findings.groups[0].message()


def test_a_column_has_its_own_forms(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["03/04/2026"], "date", dates=["%m/%d/%Y"], fmt={"dates": ["%d/%m/%Y"]})
    assert shaped.frame["x"][0] == pd.Timestamp(2026, 3, 4)


def test_forms_are_shown_in_letters() -> None:
    assert expected_dates(["%d-%b-%y", "epoch_days", "excel"]) == (
        "YYYY-MM-DD, DD-Mon-YY, days since 1970-01-01, serial day of a spreadsheet"
    )
