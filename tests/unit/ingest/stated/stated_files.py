"""Small files of observations and amounts, and what became of them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pandas as pd

from idtracker.ingest.judge.assess import Assessment

Judge = Callable[..., Assessment]
INDICATORS = (
    "indicator_id,name,unit,direction,weight,level,frequency,roll_up,max_age_days,merge_policy\n"
    "RATE,A rate,%,1,1,adm1,quarter,mean,100,median\n"
    "PART,A share of one,share,1,1,adm1,quarter,mean,100,median\n"
    "FED,People fed,people,1,1,adm1,quarter,sum,100,median\n"
    "WAIT,A wait,minutes,-1,1,adm1,quarter,mean,100,median\n"
)
OBSERVATIONS = {
    "feeds": "observation",
    "key": ["indicator", "place", "period"],
    "columns": [{"field": f} for f in ("indicator", "place", "period", "value", "unit", "note")],
}
SPENDING = {
    "feeds": "activity_cell",
    "key": ["reference"],
    "columns": [
        {"field": "reference"},
        {"field": "place", "constant": "Amman"},
        {"field": "start_on", "heading": "start"},
        {"field": "people_reached", "heading": "reached"},
        {"field": "spend", "currency": "GBP"},
    ],
}
HEAD = ("indicator", "place", "period", "value", "unit", "note")


def workbook(head: Sequence[Any], *rows: Sequence[Any]) -> bytes:
    """A workbook of one sheet; a cell given as a pair is a value and its number format."""
    book = openpyxl.Workbook()
    sheet = book.active
    for line, cells in enumerate((head, *rows), start=1):
        for column, given in enumerate(cells, start=1):
            value, shown = given if isinstance(given, tuple) else (given, None)
            cell = sheet.cell(line, column, value)
            if shown:
                cell.number_format = shown
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def table(head: str, *rows: str) -> bytes:
    return "\n".join([head, *rows]).encode()


def records(*rows: dict[str, Any]) -> bytes:
    return json.dumps(list(rows)).encode()


def column(result: Assessment, name: str) -> list[Any]:
    """A column of the facts of the only part; missing is None."""
    if not result.facts:
        return []
    (facts,) = result.facts.values()
    return [None if pd.isna(v) else v for v in facts[name]]


def rules(result: Assessment) -> dict[str, list[int]]:
    """Rule -> rows that it is reported for, but for what says nothing of values."""
    reported: dict[str, list[int]] = {}
    for group in result.findings.groups:
        if not group.rule.id.startswith(("heading.", "period.future", "history.")):
            reported.setdefault(group.rule.id, []).extend(group.rows)
    return reported
