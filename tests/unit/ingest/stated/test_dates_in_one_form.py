"""A declared form of dates comes before guessing, and a column is never read in two orders of day and month."""

from __future__ import annotations

from datetime import date

from stated_files import SPENDING, Judge, column, rules, table, workbook


def starts(judge: Judge, forms: list[str], *texts: str) -> tuple[list[str | None], dict[str, list[int]]]:
    rows = (f"A{n},{text},1,1" for n, text in enumerate(texts))
    result = judge(table("reference,start,reached,spend", *rows), format={"dates": forms}, **SPENDING)
    return [day and str(day.date()) for day in column(result, "start_on")], rules(result)


def test_a_declared_form_comes_before_iso(judge: Judge) -> None:
    texts = ("2010-06-03T00:00:00", "2010-13-04T10:30:00Z", "2010-01-02", "2010-30-12T23:59:59.5+03:00")
    right = ["2010-03-06", "2010-04-13", "2010-02-01", "2010-12-30"]
    for form in ("%Y-%d-%mT%H:%M:%S", "%Y-%d-%m", "%Y-%d-%mT%H:%M:%SZ", "%Y-%d-%m %H:%M"):
        assert starts(judge, [form], *texts) == (right, {})


def test_the_date_as_written_counts_whatever_the_offset(judge: Judge) -> None:
    assert starts(judge, ["%Y-%m-%dT%H:%M:%S%z"], "2026-04-04T01:00:00+0300") == (["2026-04-04"], {})


def test_iso_works_beside_a_form_that_cannot_be_confused_with_it(judge: Judge) -> None:
    texts = ("03/04/2026", "2026-04-05", "2026-04-06T10:00:00", "20260407", "8 April 2026")
    assert starts(judge, ["%d/%m/%Y"], *texts) == ([f"2026-04-0{n}" for n in (3, 5, 6, 7, 8)], {})


def test_one_form_for_all_that_look_alike(judge: Judge) -> None:
    forms = ["%m/%d/%Y", "%d/%m/%Y"]
    assert starts(judge, forms, "03/04/2026", "05/06/2026")[0] == ["2026-03-04", "2026-05-06"]
    assert starts(judge, forms, "03/04/2026", "13/04/2026")[0] == ["2026-04-03", "2026-04-13"]


def test_a_column_that_parses_only_mixed_is_held(judge: Judge) -> None:
    assert starts(judge, ["%d/%m/%Y", "%m/%d/%Y"], "03/04/2026", "13/04/2026", "04/25/2026") == (
        [],
        {"value.dates_mixed": [2, 3, 4]},
    )
    days, found = starts(judge, ["%Y-%d-%m"], "2010-06-03T00:00:00", "2010-13-04", "2010-04-13", "5 May 2010")
    assert (days, found) == (["2010-05-05"], {"value.dates_mixed": [2, 3, 4]})
    assert starts(judge, ["%Y-%d-%m"], "2010-13-04", "2010-04-13") == ([], {"value.dates_mixed": [2, 3]})


def test_a_mistake_is_no_other_form(judge: Judge) -> None:
    assert starts(judge, ["%d/%m/%Y"], "03/04/2026", "13/13/2026", "04/25/2026") == (
        ["2026-04-03"],
        {"value.date": [3, 4]},
    )


def test_a_column_that_only_the_exchanged_order_reads_is_held(judge: Judge) -> None:
    """The days up to the twelfth fit the declared form by accident; the others say that it is wrong."""
    texts = ("06/04/2010", "08/04/2010", "13/04/2010", "30/04/2010")
    assert starts(judge, ["%m/%d/%Y"], *texts) == ([], {"value.dates_mixed": [2, 3, 4, 5]})
    assert starts(judge, ["%m/%d/%Y"], *texts, "04/30/2010")[0] == ["2010-06-04", "2010-08-04", "2010-04-30"]


def test_a_column_in_one_other_form_is_read_so(judge: Judge) -> None:
    """The file says year-month-day throughout, and not what is declared: it counts, and nobody is left in the dark."""
    days, found = starts(judge, ["%Y-%d-%m"], "2026-04-03", "2026-04-13")
    assert (days, found) == (["2026-04-03", "2026-04-13"], {"value.date_form": [2, 3]})


def test_forms_that_cannot_be_confused_may_stand_together(judge: Judge) -> None:
    assert starts(judge, ["%d%m%Y"], "19012012", "20120103") == (["2012-01-19", "2012-01-03"], {})


def test_dates_that_the_workbook_holds_as_dates(judge: Judge) -> None:
    rows = (("A", (date(2026, 6, 3), "yyyy-mm-dd"), 1, 1), ("B", "2026-06-03", 1, 1))
    content = workbook(("reference", "start", "reached", "spend"), *rows)
    result = judge(content, "xlsx", format={"dates": ["%Y-%d-%m"]}, **SPENDING)
    assert [str(d.date()) for d in column(result, "start_on")] == ["2026-06-03", "2026-03-06"]


def test_days_in_a_column_of_periods(judge: Judge) -> None:
    forms = {"dates": ["%d/%m/%Y", "%m/%d/%Y"]}
    head = "indicator,place,period,value"
    held = judge(table(head, "FED,Amman,13/04/2026,1", "FED,Amman,04/25/2026,1"), format=forms)
    assert rules(held) == {"value.dates_mixed": [2, 3]}
    result = judge(table(head, "FED,Amman,13/04/2026,1", "FED,Amman,03/04/2026,1"), format=forms)
    assert column(result, "period") == ["2026-04-13", "2026-04-03"]
