"""The currency that a file states comes before the one that is declared, and is reported where they differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from stated_files import Judge, column, records, rules, table, workbook

PLACE = {"field": "place", "constant": "Amman"}


def spending(**spend: Any) -> dict[str, Any]:
    columns = [{"field": "reference"}, PLACE, {"field": "spend", "currency": "GBP", **spend}]
    return {"feeds": "activity_cell", "key": ["reference"], "columns": columns}


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("US$350.00", "USD"),
        ("350 USD", "USD"),
        ("JOD 350", "JOD"),
        ("350 €", "EUR"),
        ("350 دينار أردني", "JOD"),
        ("٣٥٠ يورو", "EUR"),
    ],
)
def test_a_cell_that_names_another_currency(judge: Judge, text: str, currency: str) -> None:
    result = judge(table("reference;spend", f"A;{text}", "B;£350", "C;350"), format={"delimiter": ";"}, **spending())
    assert column(result, "spend_currency") == [currency, "GBP", "GBP"]
    assert rules(result) == {"value.currency": [2]}
    (group,) = [g for g in result.findings.groups if g.rule.id == "value.currency"]
    assert currency in group.message() and "GBP" in group.message()


@pytest.mark.parametrize("text", ["$350.00", "350 dollars", "350 دينار", "¥350", "350 ريال"])
def test_a_sign_of_several_currencies_is_held(judge: Judge, text: str) -> None:
    result = judge(table("reference,spend", f"A,{text}", "B,350"), **spending())
    assert (column(result, "activity_id"), rules(result)) == (["B"], {"value.currency_unclear": [2]})


def test_a_sign_of_several_currencies_means_the_declared_one(judge: Judge) -> None:
    for declared in ("USD", "CAD", "AUD"):
        result = judge(table("reference,spend", "A,$350.00"), **spending(currency=declared))
        assert (column(result, "spend_currency"), rules(result)) == ([declared], {})


def test_a_sign_without_anything_declared(judge: Judge) -> None:
    assert column(judge(table("reference,spend", "A,$350.00"), **spending(currency=None)), "spend_currency") == ["USD"]


@pytest.mark.parametrize("heading", ["currency", "Currency code", "spend_currency", "Spend currency", "العملة"])
def test_a_column_of_currencies_that_nobody_maps(judge: Judge, heading: str) -> None:
    content = table(f"reference,spend,{heading}", "A,350,USD", "B,350,GBP", "C,350,", "D,350,$", "E,350,unknown")
    result = judge(content, **spending())
    assert column(result, "spend_currency") == ["USD", "GBP", "GBP", "GBP"]
    assert rules(result) == {"value.currency": [2], "value.currency_unclear": [5]}


def test_a_currency_beside_an_amount_in_json(judge: Judge) -> None:
    content = records(
        {"reference": "A", "spend": {"value": 350, "currency": "USD"}}, {"reference": "B", "spend": {"value": 350}}
    )
    result = judge(content, "json", **spending(heading="spend.value"))
    assert (column(result, "spend_currency"), rules(result)) == (["USD", "GBP"], {"value.currency": [1]})


def test_a_column_of_currencies_that_is_mapped(judge: Judge) -> None:
    """Where the definition looks for the currency, the declared one is for empty cells: nothing differs from it."""
    keys = spending()
    keys["columns"].append({"field": "spend_currency", "heading": "cur"})
    result = judge(table("reference,spend,cur", "A,350,USD", "B,350,", "C,£350,USD", "D,US$350,USD"), **keys)
    assert column(result, "spend_currency") == ["USD", "GBP", "GBP", "USD"]
    assert rules(result) == {"value.currency": [4]}


@pytest.mark.parametrize(
    ("heading", "currency"),
    [("Spend (USD)", "USD"), ("spend_usd", "USD"), ("USD spent", "USD"), ("#value+spend+eur", "EUR"), ("Spend in US$", "USD"), ("Spend (US$ 000)", "USD"),
     ("Spend (€)", "EUR"), ("المبلغ بالدينار الأردني", "JOD"), ("الإنفاق (دولار أمريكي)", "USD"), ("Spend, JOD", "JOD"), ("Spend in euros", "EUR")],
)  # fmt: skip
def test_a_currency_in_the_heading(judge: Judge, heading: str, currency: str) -> None:
    result = judge(
        table(f"reference;{heading}", "A;350", "B;£350"), format={"delimiter": ";"}, **spending(heading=heading)
    )
    assert column(result, "spend_currency") == [currency, "GBP"]
    assert rules(result)["value.currency"] == [2, 3]


@pytest.mark.parametrize(
    "heading", ["Spend (GBP)", "Spend, £", "Total spend of all partners", "Try", "Spend (all)", "TOP UP", "Spend, USD to GBP", "Spend", "spend on pens"]
)  # fmt: skip
def test_headings_that_say_nothing_else(judge: Judge, heading: str) -> None:
    result = judge(table(f"reference;{heading}", "A;350"), format={"delimiter": ";"}, **spending(heading=heading))
    assert (column(result, "spend_currency"), rules(result)) == (["GBP"], {})


def test_a_shared_sign_in_the_heading(judge: Judge) -> None:
    assert rules(judge(table("reference,Spend ($)", "A,350"), **spending(heading="Spend ($)"))) == {
        "value.currency_unclear": [2]
    }
    result = judge(table("reference,Spend ($)", "A,350"), **spending(heading="Spend ($)", currency="CAD"))
    assert (column(result, "spend_currency"), rules(result)) == (["CAD"], {})


def test_currencies_in_headings_side_by_side(judge: Judge) -> None:
    keys = spending(heading="value")
    keys["columns"].append({"field": "period", "heading": "period"})
    keys = {**keys, "key": ["reference", "period"], "unpivot": {"columns": r"(?P<period>\d{4}-Q\d).*"}}
    result = judge(table("reference,2026-Q1 (USD),2026-Q2 (£)", "A,350,360"), **keys)
    assert (column(result, "spend_currency"), rules(result)) == (["USD", "GBP"], {"value.currency": [2]})


@pytest.mark.parametrize(
    ("shown", "currency"),
    [("[$€-2] #,##0.00", "EUR"), ("[$USD] #,##0", "USD"), ("[$$-409]#,##0.00", "USD"), ('#,##0.00 "JOD"', "JOD"), ("[$$-1009]#,##0", "CAD"), ('"US$"#,##0;[Red]-"US$"#,##0', "USD")],
)  # fmt: skip
def test_a_currency_in_the_number_format(judge: Judge, shown: str, currency: str) -> None:
    result = judge(
        workbook(("reference", "spend"), ("A", (350, shown)), ("B", (350, "[$£-809]#,##0")), ("C", 350)),
        "xlsx",
        **spending(),
    )
    assert column(result, "spend_currency") == [currency, "GBP", "GBP"]
    assert rules(result) == {"value.currency": [2]}


@pytest.mark.parametrize(
    "shown", ["#,##0.00", "#,##0;[Red]-#,##0", "0.00E+00", '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-']
)
def test_number_formats_that_say_nothing(judge: Judge, shown: str) -> None:
    result = judge(workbook(("reference", "spend"), ("A", (350, shown))), "xlsx", **spending())
    assert (column(result, "spend_currency"), rules(result)) == (["GBP"], {})


def test_a_held_amount_comes_back_in_its_currency(judge: Judge) -> None:
    """Held rows are exported as text, so that a number format or a heading side by side must not be lost."""
    keys = spending()
    keys["columns"][1] = {"field": "place"}
    content = workbook(
        ("reference", "place", "spend"), ("A", "Atlantis", (350.5, "[$USD] #,##0")), ("B", "Atlantis", 7)
    )
    held = judge(content, "xlsx", **keys).held["cells"].tolist()
    assert '"spend": "350.5 USD"' in held[0] and '"spend": "7"' in held[1]


def test_the_shared_example(judge: Judge, cases: Path) -> None:
    columns = [{"field": "reference", "heading": "ref"}, {"field": "transaction_on", "heading": "date"}, {"field": "amount", "heading": "value", "currency": "GBP"},
               {"field": "transaction_type", "heading": "type"}]  # fmt: skip
    content = (cases / "horizon_iati_2026-H1_usd.xml").read_bytes()
    result = judge(
        content, "iati", feeds="transaction", key=["reference"], layout={"sheet": "transaction"}, columns=columns
    )
    assert set(column(result, "amount_currency")) == {"USD"}
    assert len(rules(result)["value.currency"]) == result.rows_read
