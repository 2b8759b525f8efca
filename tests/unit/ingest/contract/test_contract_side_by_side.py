"""What stands beside something else: the currency beside an amount, and sheets that feed one part together."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.model.errors import DefinitionError
from idtracker.model.home import Home

WriteSource = Callable[[str, str], Path]

SPENDING = """
    title: Spending in several currencies
    publisher: GB-GOV-3
    format: {kind: csv}
    cadence: {every: as_needed}
    feeds: transaction
    key: [reference]
    columns:
      - {field: reference, heading: Number, required: true}
      - {field: amount, heading: Amount, required: true}
      - {field: CURRENCY, heading: Currency}
"""
SHEETS = """
    title: Spending on two sheets
    publisher: GB-GOV-3
    format: {kind: xlsx}
    cadence: {every: as_needed}
    feeds: transaction
    key: [reference]
    layout: {sheet: [North, South]}
    columns:
      - {field: reference, heading: Number, required: true}
      - {field: amount, heading: Amount, currency: GBP, required: true}
"""


def judge(catalogue: ProgrammeCatalogue, content: bytes, file_name: str) -> Assessment:
    return assess(
        content,
        file_name,
        catalogue.source("spending"),
        catalogue,
        submission_id="S1",
        received_at=pd.Timestamp("2026-11-15"),
    )


def workbook(sheets: dict[str, list[tuple[str, int]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in [("Number", "Amount"), *rows]:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_column_may_name_the_currency_of_the_amount_beside_it(home: Home, write_source: WriteSource) -> None:
    write_source("spending", SPENDING.replace("CURRENCY", "amount_currency"))
    result = judge(load_catalogue(home.sources), b"Number,Amount,Currency\n1,10.5,USD\n2,-3,GBP\n", "a.csv")
    facts = result.facts["transaction"]
    assert result.verdict == "accepted"
    assert facts["amount"].tolist() == [10.5, -3.0]
    assert facts["amount_currency"].tolist() == ["USD", "GBP"]


def test_the_currency_of_an_amount_that_is_not_there_is_no_field(home: Home, write_source: WriteSource) -> None:
    write_source("spending", SPENDING.replace("CURRENCY", "budget_currency"))
    with pytest.raises(DefinitionError, match="budget_currency"):
        load_catalogue(home.sources)


def test_a_row_that_stands_on_two_sheets_counts_once_and_keys_that_clash_are_held(
    home: Home, write_source: WriteSource
) -> None:
    write_source("spending", SHEETS)
    content = workbook({"North": [("A", 1), ("B", 2), ("C", 3)], "South": [("B", 2), ("C", 4), ("D", 5)]})
    result = judge(load_catalogue(home.sources), content, "a.xlsx")
    assert sorted(result.facts["transaction"]["reference"]) == ["A", "B", "D"]
    assert result.rows_repeated == 1
    assert sorted(zip(result.held["sheet"], result.held["row_number"], strict=True)) == [("North", 4), ("South", 3)]
    assert set(result.held["rules"]) == {"row.duplicate_key"}
    assert result.rows_read == result.rows_accepted + result.rows_held + result.rows_repeated
