"""Other people's calendars: financial years from any month, identifiers of DHIS2, spans of years; read rightly or held."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shape_tables import found, part_of, shape_table, table_of

from idtracker.ingest.shape.calendar.periods import Conventions, parse_period, read_periods
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Column, Source
from idtracker.model.periods import next_period, period, previous_period

Days = tuple[date, date]


def months_from(year: int, month: int, count: int) -> Days:
    """The days of some months from the first of one of them."""
    last = month - 1 + count - 1
    year_of_last, month_of_last = year + last // 12, last % 12 + 1
    return date(year, month, 1), date(year_of_last, month_of_last, calendar.monthrange(year_of_last, month_of_last)[1])


def week_of(year: int, week: int) -> Days:
    first = date.fromisocalendar(year, week, 1)
    return first, first + timedelta(days=6)


def read(texts: Sequence[str], **conventions: Any) -> tuple[list[str | None], dict[str, list[str]]]:
    """The codes of a column of texts, and the texts that each rule was reported for."""
    made = read_periods(pd.Series(list(texts), dtype="str"), Conventions(**conventions))
    codes = [None if pd.isna(code) else str(code) for code in made.frame["code"]]
    rules: dict[str, list[str]] = {}
    for problem in made.problems:
        rules.setdefault(problem.rule, []).extend(t for t, m in zip(texts, problem.mask, strict=True) if m)
    return codes, rules


FINANCIAL = (
    "{y}/{yy}", "FY{y}/{yy}", "FY {y}-{yy}", "FY{y}-{next}", "{y}-{next}", "{y}/{next}", "FY{next}", "FY {next}",
    "السنة المالية {y}/{next}", "السنة المالية {next}", "fiscal year {y}/{yy}", "{next} financial year",
)  # fmt: skip
QUARTERS = ("Q{n} FY{y}/{yy}", "FY{y}/{yy} Q{n}", "Q{n} {y}/{yy}", "Q{n} FY{next}")
DHIS2: dict[str, Callable[[int, int], Days]] = {
    "{y}Feb": lambda y, n: months_from(y, 2, 12),
    "{y}April": lambda y, n: months_from(y, 4, 12),
    "{y}July": lambda y, n: months_from(y, 7, 12),
    "{y}Aug": lambda y, n: months_from(y, 8, 12),
    "{y}Sep": lambda y, n: months_from(y, 9, 12),
    "{y}Oct": lambda y, n: months_from(y, 10, 12),
    "{y}Nov": lambda y, n: months_from(y, 11, 12),
    "{y}": lambda y, n: months_from(y, 1, 12),
    "{y}{month:02d}": lambda y, n: months_from(y, n + 1, 1),
    "{y}{month:02d}03": lambda y, n: (date(y, n + 1, 3), date(y, n + 1, 3)),
    "{y}W{week}": lambda y, n: week_of(y, n * 4 + 1),
    "{y}Q{quarter}": lambda y, n: months_from(y, n % 4 * 3 + 1, 3),
    "{y}S{half}": lambda y, n: months_from(y, n % 2 * 6 + 1, 6),
    "{y}AprilS{half}": lambda y, n: months_from(y, 4 + n % 2 * 6, 6),
}
UNSUPPORTED = ("{y}WedW5", "{y}ThuW5", "{y}SatW5", "{y}SunW52", "{y}BiW3", "{y}01B", "{y}NovQ1", "{y}NovS2")
SEVERAL = ("{y}/{sixth}", "{y}-{sixth4}", "{y}–{sixth4}", "{y}/{sixth4}", "{y} to {sixth4}", "من {y} إلى {sixth4}")

# Columns of up to 20 texts: about 300 cases are drawn for each test, every form, but not every form in every year and from
# every month.
years = st.integers(2012, 2060)


def column_of(*cell: st.SearchStrategy[Any]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    return st.lists(st.tuples(years, *cell), min_size=1, max_size=20)


@given(column_of(st.sampled_from(FINANCIAL)), st.integers(1, 12))
@settings(max_examples=40)
def test_a_financial_year_spans_twelve_months_from_the_declared_one(cells: list[tuple[int, str]], starts: int) -> None:
    texts = [form.format(y=year, yy=f"{(year + 1) % 100:02d}", next=year + 1) for year, form in cells]
    codes, rules = read(texts, year_starts=starts)
    for (year, form), text, code in zip(cells, texts, codes, strict=True):
        if starts == 1 and not form.endswith(("FY{next}", "FY {next}", "المالية {next}", "financial year")):
            assert code is None
            assert [held for held in rules.values() if text in held]
        else:
            assert code is not None
            assert (period(code).start, period(code).end) == months_from(year + 1 if starts == 1 else year, starts, 12)
    kept = [code for code in codes if code]
    assert read(kept)[0] == kept


@given(column_of(st.integers(1, 4), st.sampled_from(QUARTERS)), st.integers(2, 12))
@settings(max_examples=40)
def test_a_financial_quarter_is_its_months_or_held(cells: list[tuple[int, int, str]], starts: int) -> None:
    texts = [form.format(y=y, yy=f"{(y + 1) % 100:02d}", next=y + 1, n=number) for y, number, form in cells]
    codes, rules = read(texts, year_starts=starts)
    for (year, number, _), text, code in zip(cells, texts, codes, strict=True):
        first = starts + (number - 1) * 3
        if starts % 3 == 1:
            assert code is not None
            expected = months_from(year + (first - 1) // 12, (first - 1) % 12 + 1, 3)
            assert (period(code).start, period(code).end) == expected
        else:
            assert code is None
            assert [held for held in rules.values() if text in held]


@given(column_of(st.integers(0, 11), st.sampled_from(sorted(DHIS2))))
@settings(max_examples=40)
def test_an_identifier_of_dhis2_spans_the_days_it_means(cells: list[tuple[int, int, str]]) -> None:
    texts = [f.format(y=y, month=n + 1, week=n * 4 + 1, quarter=n % 4 + 1, half=n % 2 + 1) for y, n, f in cells]
    codes, rules = read(texts, is_generated=True)
    assert rules == {}
    for (year, n, form), code in zip(cells, codes, strict=True):
        assert code is not None
        assert (period(code).start, period(code).end) == DHIS2[form](year, n)
    assert read([code for code in codes if code])[0] == codes


@given(years, st.sampled_from(UNSUPPORTED), st.booleans())
def test_identifiers_without_a_code_are_held_and_named(year: int, form: str, is_generated: bool) -> None:
    text = form.format(y=year)
    assert read([text], is_generated=is_generated) == ([None], {"period.unsupported": [text]})


@given(column_of(st.integers(2, 39), st.sampled_from(SEVERAL)), st.sampled_from([None, 1, 4, 7, 10]))
@settings(max_examples=40)
def test_several_years_are_held_and_named(cells: list[tuple[int, int, str]], starts: int | None) -> None:
    texts = [form.format(y=y, sixth=f"{(y + span) % 100:02d}", sixth4=y + span) for y, span, form in cells]
    codes, rules = read(texts, year_starts=starts)
    assert codes == [None] * len(texts)
    assert rules.keys() <= {"period.several_years", "period.ambiguous"}
    assert sorted(text for held in rules.values() for text in held) == sorted(texts)


@pytest.mark.parametrize(
    "text", ["2015/21", "2015-2021", "2015–2020", "2023/24-2025/26", "FY2023-FY2025", "2015-01-01/2020-12-31"]
)
def test_spans_that_were_seen_are_held(text: str) -> None:
    assert read([text]) == ([None], {"period.several_years": [text]})


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (["2025Oct"], [None]),
        (["2025Oct", "2025Nov"], [None, None]),
        (["2025Oct", "2026-Q1"], [None, "2026-Q1"]),
        (["2025Oct", "2025Jan"], ["2025-10", "2025-01"]),
        (["2025Oct", "2026AprilS1"], ["2025-10/P1Y", "2026-04/P6M"]),
        (["2025April", "202607"], ["2025/26", "2026-07"]),
        (["Oct 2025", "2025 Oct", "2025-Oct"], ["2025-10", "2025-10", "2025-10"]),
        (["201011"], [None]),
        (["201011", "201103"], ["2010-11", "2011-03"]),
        (["2008/12"], [None]),
        (["1998/02"], [None]),
        (["2008/12", "2008/03"], ["2008-12", "2008-03"]),
    ],
)
def test_the_column_tells_which_of_two_readings_is_meant(texts: list[str], codes: list[str | None]) -> None:
    made, rules = read(texts)
    assert made == codes
    held = [text for text, code in zip(texts, codes, strict=True) if code is None]
    assert rules.get("period.ambiguous", []) == held


def test_a_program_writes_identifiers_and_a_person_months() -> None:
    assert read(["2025Oct", "2026April"], is_generated=True)[0] == ["2025-10/P1Y", "2026/27"]
    assert read(["2025Oct", "2025Dec"], is_generated=True)[0] == ["2025-10", "2025-12"]
    assert read(["2025Oct", "autumn"], is_generated=True)[0] == [None, None]
    assert read(["201011"], is_generated=True)[0] == [None]
    assert read(["2025Oct"], dates=["%Y%b"])[0] == ["2025-10"]
    assert read(["190501", "202607"], dates=["%y%m%d"])[0] == ["2019-05-01", "2026-07"]
    assert parse_period("2025Oct") is None


def test_both_readings_are_named(shape_column: Callable[..., Shaped]) -> None:
    shaped = shape_column(["2025Oct", "2026-Q1"], "period")
    assert found(shaped) == [("period.ambiguous", 2, "A2", "2025Oct")]
    (group,) = shaped.findings.groups
    assert group.details == {"first": "2025-10", "second": "2025-10/P1Y"}


@pytest.mark.parametrize(
    ("text", "starts", "code"),
    [
        ("FY2025/26 (Oct-Sep)", 10, "2025-10/P1Y"),
        ("FY Oct-Sep 2025/26", 10, "2025-10/P1Y"),
        ("FY2025/26 (Apr-Mar)", None, "2025/26"),
        ("FY2025/26 (Oct-Sep)", None, None),
        ("FY2025/26 (Jul-Jun)", 10, None),
        ("FY2025/26, starting 1 October", None, None),
        ("السنة المالية 2025/26 (تشرين الأول - أيلول)", None, None),
    ],
)
def test_a_year_that_the_file_says_begins_elsewhere_is_held(text: str, starts: int | None, code: str | None) -> None:
    codes, rules = read([text], year_starts=starts)
    assert codes == [code]
    assert rules == ({} if code else {"calendar.year_start": [text]})


def test_a_heading_that_says_otherwise_holds_the_years_below_it() -> None:
    heading = "Fiscal year (October to September)"
    table = table_of({heading: ["2025/26", "2026-Q1", "2025-10/P1Y", "2008-09"]})
    column = Column(field="period", heading=heading, type="period")
    shaped = shape_table(table, part_of(column))
    assert found(shaped) == [("calendar.year_start", 2, "A2", "2025/26")]
    assert shaped.frame["period"].tolist()[1:] == ["2026-Q1", "2025-10/P1Y", "2008-09"]


def test_days_and_months_of_a_year_say_what_it_is_without_a_definition() -> None:
    texts = ["2025-10-01/2026-09-30", "Oct 2025 - Sep 2026", "July 2025 to June 2026", "Apr 2026 - Sep 2026"]
    assert read(texts) == (["2025-10/P1Y", "2025-10/P1Y", "2025-07/P1Y", "2026-04/P6M"], {})


def test_a_year_named_by_its_end_is_read_with_a_warning_and_only_where_declared() -> None:
    assert read(["FY26", "Q1 FY26"], year_starts=10) == (
        ["2025-10/P1Y", "2025-Q4"],
        {"calendar.year_by_end": ["FY26", "Q1 FY26"]},
    )
    assert read(["FY26"]) == ([None], {"value.period": ["FY26"]})
    assert read(["FY26", "السنة المالية 2026"], year_starts=1) == (["2026", "2026"], {})


def source_of(**changes: Any) -> Source:
    columns = [{"field": name} for name in ("indicator", "place", "period", "value")]
    return Source.model_validate(
        {
            "title": "T", "publisher": "XM-DAC-41122", "format": {"kind": "csv"}, "cadence": {"every": "as_needed"},
            "feeds": "observation", "key": ["indicator", "place", "period"], "columns": columns, **changes,
        }
    )  # fmt: skip


def test_a_source_says_in_which_month_its_years_begin() -> None:
    source = source_of(calendar={"year_starts": 10})
    assert source.format.calendar.year_starts == 10
    assert source_of().format.calendar.year_starts is None
    column = Column(field="period")
    changed = source.format.model_copy(update={"dates": []})
    assert Conventions.of(column, changed) == Conventions([], 10, None, False)


@pytest.mark.parametrize("starts", [0, 13, "October"])
def test_a_month_that_does_not_exist_is_refused(starts: object) -> None:
    with pytest.raises(ValueError, match="year_starts"):
        source_of(calendar={"year_starts": starts})


def test_a_report_owed_by_another_financial_year_is_refused_not_reckoned_from_april() -> None:
    with pytest.raises(ValueError, match="from April only"):
        source_of(calendar={"year_starts": 10}, cadence={"every": "financial_year"})
    assert source_of(calendar={"year_starts": 4}, cadence={"every": "financial_year"}).cadence.every == "financial_year"


def test_a_year_and_its_neighbours() -> None:
    assert (previous_period("2025-10/P1Y"), next_period("2025-10/P1Y")) == ("2024-10/P1Y", "2026-10/P1Y")
