"""Cells of an OpenDocument spreadsheet say by their type and style what they show."""

from __future__ import annotations

import io
import zipfile

from stated_files import HEAD, Judge, column, rules

_NAMES = "".join(
    f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
    )
)
STYLES = (
    '<number:date-style style:name="N1"><number:month number:textual="true"/><number:text>-</number:text><number:year/></number:date-style>'
    '<number:date-style style:name="N2"><number:day/><number:month/><number:year/></number:date-style>'
    '<number:date-style style:name="N3"><number:year number:style="long"/></number:date-style>'
    + "".join(
        f'<style:style style:name="ce{n}" style:family="table-cell" style:data-style-name="N{n}"/>' for n in (1, 2, 3)
    )
)


def text(value: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def number(value: float, kind: str = "float", more: str = "") -> str:
    return f'<table:table-cell office:value-type="{kind}" office:value="{value}"{more}><text:p>?</text:p></table:table-cell>'


def day(value: str, style: str = "") -> str:
    named = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell office:value-type="date" office:date-value="{value}"{named}><text:p>?</text:p></table:table-cell>'


def spreadsheet(*rows: str, columns: str = "<table:table-column/>") -> bytes:
    """The bytes of a spreadsheet of these rows of cells."""
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    content = (
        f"<office:document-content{_NAMES}><office:automatic-styles>{STYLES}</office:automatic-styles><office:body>"
        f'<office:spreadsheet><table:table table:name="D">{columns}{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
        archive.writestr("content.xml", content)
    return buffer.getvalue()


HEADINGS = "".join(map(text, HEAD[:4]))


def test_percentages_and_numbers(judge: Judge) -> None:
    rows = [text("RATE") + text(p) + text("2026-Q3") for p in ("Amman", "Irbid", "Karak")]
    content = spreadsheet(
        HEADINGS, rows[0] + number(0.615, "percentage"), rows[1] + number(14.125), rows[2] + text("14,125")
    )
    assert column(judge(content, "xlsx", format={"decimal": ","}), "value") == [61.5, 14.125, 14.125]


def test_months_and_years(judge: Judge) -> None:
    rows = [text("FED") + text("Amman") + day("2026-04-01", f"ce{n}") + number(n) for n in (1, 2, 3)]
    assert column(judge(spreadsheet(HEADINGS, *rows), "xlsx"), "period") == ["2026-04", "2026-04-01", "2026"]


def test_a_month_by_the_style_of_its_column(judge: Judge) -> None:
    columns = '<table:table-column table:number-columns-repeated="2"/><table:table-column table:default-cell-style-name="ce1"/><table:table-column/>'
    content = spreadsheet(HEADINGS, text("FED") + text("Amman") + day("2026-04-01") + number(1), columns=columns)
    assert column(judge(content, "xlsx"), "period") == ["2026-04"]


def test_currencies(judge: Judge) -> None:
    columns = [{"field": "reference"}, {"field": "place", "constant": "Amman"}, {"field": "spend", "currency": "GBP"}]
    rows = [
        text(f"A{n}") + number(350, "currency", f' office:currency="{code}"') for n, code in enumerate(("USD", "GBP"))
    ]
    content = spreadsheet(text("reference") + text("spend"), *rows)
    result = judge(content, "xlsx", feeds="activity_cell", key=["reference"], columns=columns)
    assert (column(result, "spend_currency"), rules(result)["value.currency"]) == (["USD", "GBP"], [2])


def test_cells_that_are_repeated(judge: Judge) -> None:
    columns = [{"field": "indicator"}, {"field": "place"}, {"field": "period"}, {"field": "value"}]
    repeated = number(0.5, "percentage", ' table:number-columns-repeated="2"')
    content = spreadsheet(
        "".join(map(text, ("indicator", "place", "2026-Q1", "2026-Q2"))), text("RATE") + text("Amman") + repeated
    )
    result = judge(content, "xlsx", columns=columns, unpivot={"columns": r"(?P<period>\d{4}-Q\d)"})
    assert column(result, "value") == [50.0, 50.0]
