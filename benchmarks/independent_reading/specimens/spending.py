"""Payments and grants of departments of the United Kingdom: days, amounts and currencies in the forms that each office uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.independent_reading.opening import Line, text_lines
from benchmarks.independent_reading.specimen import Specimen, source
from benchmarks.independent_reading.stated import Expected, currency, day, facts, number, text

_FOLDER = "10_ukgov/spend25k"


@dataclass(frozen=True, slots=True)
class Office:
    """How one office writes its file: headings of reference, day, amount and supplier, the form of days; the encoding is not declared.

    `declared` is the currency of the definition; where it is not GBP, the file itself says that it is wrong;
    so does a column whose days cannot all be read by `declared_form`.
    """

    reference: str
    on: str
    amount: str
    supplier: str
    form: str
    header: int = 1
    encoding: str = "utf-8-sig"
    declared: str = "GBP"
    declared_form: str = ""


FILES: Mapping[str, Office] = {
    "cabinetoffice_2013_04.csv": Office("Transaction Number", "Date", "Amount", "Supplier", "%d/%m/%y", 1, "cp1252"),
    "cabinetoffice_2015_08.csv": Office("Transaction Number", "Date", "Amount", "Supplier", "%d/%m/%y"),
    "defra_2016_05.csv": Office("Transaction Number", "Date", "Amount", "Supplier", "%d/%m/%Y", 1, "cp1252"),
    "fco_2012_08.csv": Office(
        "Transactions Number", "Payment Date", "Amount (£)", "Supplier Name", "%d-%b-%y", 1, "cp1252"
    ),
    "fco_2013_05.csv": Office("Transaction Number", "Date", "GBP Amount", "Supplier", "%d-%b-%y", 1, "cp1252", "EUR"),
    "fco_2015_03.csv": Office(
        "Transaction Number", "Payment date", "Invoice Amount", "Supplier", "%d/%m/%Y", 1, "cp1252"
    ),
    "fco_2015_04.csv": Office("Transaction Number", "Payment date", "Invoice Amount", "Supplier", "%d/%m/%Y"),
    "fco_2016_01.csv": Office("Transaction Number", "Payment date", "Invoice Amount", "Supplier", "%d/%m/%Y"),
    "hmt_2010_04.csv": Office("Transaction Number", "Date", "Amount", "Supplier", "%d/%m/%Y", declared_form="%m/%d/%Y"),
    "hmt_2013_06.csv": Office("Voucher Number", "Date", "Amount", "Supplier", "%d-%b-%Y", 1, "cp1252"),
    "ukef_2011_03.csv": Office(
        "Transaction Number", "Date of Payment", "Amount in Sterling", "Supplier", "%d-%b-%y", 2, "cp1252"
    ),
    "ukef_2011_11.csv": Office(
        "Transaction Number", "Date of Payment", "Amount in Sterling", "Supplier", "%d-%b-%y", 1, "cp1252"
    ),
}


def specimens() -> Iterator[Specimen]:
    for number_, (file, office) in enumerate(FILES.items(), 1):
        yield _office(f"spend_{number_:02d}", f"{_FOLDER}/{file}", office)
    yield _london()
    yield _grants_13()
    yield _grants_16()
    yield _rates()


def _office(name: str, file: str, office: Office) -> Specimen:
    """One payment has several lines: the row of the file identifies a line."""
    definition = _payments(
        {"reference": "@row", "activity": office.reference, "transaction_on": office.on, "receiver": office.supplier},
        {"heading": office.amount, "currency": office.declared},
        format={"dates": [office.declared_form or office.form]},
        **({"layout": {"header_rows": [office.header]}} if office.header > 1 else {}),
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path, encoding=office.encoding, header=office.header),
            "transaction",
            reference=_row,
            activity_id=text(office.reference),
            transaction_on=day(office.on, office.form),
            amount=number(office.amount),
            amount_currency=currency(office.amount, "GBP"),
            receiver_name=text(office.supplier),
        )

    return Specimen(name, (file,), definition, read)


def _row(line: Line) -> object:
    return str(line.row)


def _payments(fields: Mapping[str, Any], amount: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return source("transaction", ("reference",), {**fields, "amount": amount}, **more)


def _london() -> Specimen:
    columns = {"reference": "ID", "transaction_on": "Date", "receiver": "Vendor", "description": "AccountDescription"}
    definition = _payments(columns, {"heading": "Amount", "currency": "GBP"})

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "transaction",
            reference=text("ID"),
            transaction_on=day("Date"),
            amount=number("Amount"),
            amount_currency=currency("Amount", "GBP"),
            receiver_name=text("Vendor"),
            description=text("AccountDescription"),
        )

    return Specimen("spend_london", ("10_ukgov/gla_spend_over_500_all.csv",), definition, read)


def _grants_13() -> Specimen:
    """Amounts in thousands of pounds, as the heading says."""
    heading = "Amount (£,000s)"
    definition = _payments(
        {"reference": "@row", "entity": "Department", "description": "Grants Description"},
        {"heading": heading, "currency": "GBP", "scale": 1000},
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "transaction",
            reference=_row,
            entity=text("Department"),
            description=text("Grants Description"),
            amount=number(heading, times=1000),
            amount_currency=currency(heading, "GBP"),
        )

    return Specimen("grants_13", ("10_ukgov/government-grant-schemes-2013-14.csv",), definition, read)


def _grants_16() -> Specimen:
    form = "%d/%m/%y"
    definition = source(
        "activity",
        ("reference",),
        {
            "reference": "Grant Programme:Code",
            "title": "Grant Programme:Title",
            "budget": {"heading": "Value per year", "currency": "GBP"},
            "start_on": "Start Date",
            "end_on": "End Date",
        },
        format={"dates": [form]},
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "activity",
            activity_id=text("Grant Programme:Code"),
            title=text("Grant Programme:Title"),
            budget=number("Value per year"),
            budget_currency=currency("Value per year", "GBP"),
            start_on=day("Start Date", form),
            end_on=day("End Date", form),
        )

    return Specimen("grants_16", ("10_ukgov/government-grant-schemes-2016-17.csv",), definition, read)


def _rates() -> Specimen:
    """Exchange rates as payments of one unit: the currency of each stands beside it."""
    columns = {"reference": "@row", "transaction_on": "Date", "amount_currency": "Currency", "entity": "Country code"}
    definition = _payments(columns, {"heading": "Rate"})

    def read(path: Path, _: Path) -> Iterator[Expected]:
        return facts(
            text_lines(path),
            "transaction",
            reference=_row,
            transaction_on=day("Date"),
            amount=number("Rate"),
            amount_currency=text("Currency"),
            entity=text("Country code"),
        )

    return Specimen("imf_rates", ("02_iati/imf_exchangerates.csv",), definition, read)
