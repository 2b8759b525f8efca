"""A date shown without its day is a month, or a year."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from stated_files import HEAD, SPENDING, Judge, column, rules, table, workbook

from idtracker.ingest.read.workbook.number_formats import number_format

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 17)
MONTHS = (
    "mmm-yy",
    "[$-409]mmm-yy;@",
    "mmmm yyyy",
    "yyyy-mm",
    "mm/yyyy",
    "[$-2801]mmmm\\ yyyy",
    "[$-409]mmmm yy;@",
    "mmm",
    'mmmm" of "yyyy',
)
YEARS = ("yyyy", "yy", "[$-409]yyyy;@", "e")
DAYS = ("yyyy-mm-dd", "dd/mm/yyyy", "d mmm", "[$-F800]dddd, mmmm dd, yyyy", "mm-dd-yy", "B2mmm-yy", "[$-2060401]mmm-yy")
ACROSS = [{"field": "indicator"}, {"field": "place"}, {"field": "period"}, {"field": "value"}]


def row(place: str, period: object, value: float = 4) -> tuple[object, ...]:
    return ("FED", place, period, value)


@pytest.mark.parametrize(("shown", "code"), [(f, "month") for f in MONTHS] + [(f, "year") for f in YEARS[:3]])
def test_periods_by_their_format(judge: Judge, shown: str, code: str) -> None:
    result = judge(workbook(HEAD, row("Amman", (APRIL, shown)), row("Irbid", (MAY, shown))), "xlsx")
    assert column(result, "period") == (["2026-04", "2026-05"] if code == "month" else ["2026", "2026"])


def test_what_each_format_shows() -> None:
    shown = {
        f: number_format(f).sections[0].shown
        for f in (*MONTHS, *YEARS[:3], *DAYS, "h:mm", "[mm]:ss", "yyyy-mm hh:mm", "0.0")
    }
    assert {f for f, kind in shown.items() if kind == "month"} == set(MONTHS)
    assert {f for f, kind in shown.items() if kind == "year"} == set(YEARS[:3])


def test_the_built_in_month_and_the_first_style(judge: Judge) -> None:
    content = workbook(HEAD, row("Amman", (APRIL, "mmm-yy")), row("Irbid", (APRIL, "yyyy-mm-dd")))
    assert column(judge(content, "xlsx"), "period") == ["2026-04", "2026-04-01"]


def test_headings_that_are_months(judge: Judge) -> None:
    content = workbook(("indicator", "place", (APRIL, "mmm-yy"), (MAY, "mmmm yyyy")), ("FED", "Amman", 4, 3))
    result = judge(content, "xlsx", columns=ACROSS, unpivot={"columns": r"(?P<period>\d{4}-\d\d)"})
    assert (column(result, "period"), column(result, "value")) == (["2026-04", "2026-05"], [4.0, 3.0])


def test_declared_forms_without_a_day(judge: Judge) -> None:
    rows = [
        f"FED,{p},{period},4"
        for p, period in (("Amman", "Apr-26"), ("Irbid", "04.26"), ("Karak", "2008/09"), ("Zarqa", "26"))
    ]
    result = judge(table(",".join(HEAD[:4]), *rows), format={"dates": ["%b-%y", "%m.%y", "%Y/%m", "%y"]})
    assert column(result, "period") == ["2026-04", "2026-04", "2008-09", "2026"]
    headings = judge(
        table("indicator,place,Apr-26,May-26", "FED,Amman,4,3"),
        format={"dates": ["%b-%y"]},
        columns=ACROSS,
        unpivot={"columns": r"(?P<period>\w{3}-\d\d)"},
    )
    assert column(headings, "period") == ["2026-04", "2026-05"]


def test_no_day_is_made_up(judge: Judge) -> None:
    head = ("reference", "start", "reached", "spend")
    starts = ((APRIL, "mmm-yy"), (APRIL, "yyyy-mm-dd"), (MAY, "yyyy"), "2026-04", "Apr-26")
    content = workbook(head, *((f"A{n}", start, 1, 1) for n, start in enumerate(starts)))
    result = judge(content, "xlsx", format={"dates": ["%b-%y"]}, **SPENDING)
    assert [str(d.date()) for d in column(result, "start_on")] == ["2026-04-01"]
    assert rules(result) == {"value.date_without_day": [2, 4, 5, 6]}


def test_a_form_without_a_year_is_a_fault_of_the_definition(judge: Judge) -> None:
    with pytest.raises(Exception, match="no year"):
        judge(table(",".join(HEAD[:4]), "FED,Amman,3 Apr,4"), format={"dates": ["%d %b"]})


def test_a_workbook_written_as_xml(judge: Judge) -> None:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    styles = '<Styles><Style ss:ID="m"><NumberFormat ss:Format="mmm\\-yy"/></Style></Styles>'
    head = "".join(f'<Cell><Data ss:Type="String">{h}</Data></Cell>' for h in HEAD[:4])
    texts = "".join(f'<Cell><Data ss:Type="String">{v}</Data></Cell>' for v in ("FED", "Amman"))
    day = '<Cell ss:StyleID="m"><Data ss:Type="DateTime">2026-04-01T00:00:00.000</Data></Cell>'
    rows = f'<Row>{head}</Row><Row>{texts}{day}<Cell><Data ss:Type="Number">4</Data></Cell></Row>'
    content = f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">{styles}<Worksheet ss:Name="D"><Table>{rows}</Table></Worksheet></Workbook>'
    assert column(judge(content.encode(), "xlsx"), "period") == ["2026-04"]


def test_the_shared_example(judge: Judge, cases: Path) -> None:
    fields = (("period", "Period"), ("value", "Value"))
    columns = [
        {"field": "indicator", "constant": "FED"},
        {"field": "place", "constant": "Amman"},
        *({"field": f, "heading": h} for f, h in fields),
    ]
    result = judge((cases / "months_as_dates.xlsx").read_bytes(), "xlsx", columns=columns)
    assert column(result, "period") == ["2026-04", "2026-05", "2026-06"]
