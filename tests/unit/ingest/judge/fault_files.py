"""Files in which each rule is broken once at a known place: CSV, workbook and JSON, in English and in Arabic."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import openpyxl
from fault_tables import TABLES
from fault_words import Cell, Lang, Said, Table

from idtracker.model.config.source import Source

Kind = Literal["csv", "xlsx", "json"]
Place = tuple[str, str, int | None, str]
KINDS: tuple[Kind, ...] = ("csv", "xlsx", "json")
LANGS: tuple[Lang, ...] = ("en", "ar")
_EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass(slots=True)
class Sheet:
    """A table as it is written: headings and rows of cells, and the places at which findings are due."""

    table: Table
    lang: Lang
    headings: list[str]
    rows: list[list[Cell]] = field(default_factory=list)
    due: set[Place] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class FaultFile:
    """Bytes with the source that reads them and every finding that is due: (rule, sheet, row, heading)."""

    name: str
    content: bytes
    source: Source
    due: frozenset[Place]


def written(table: Table, kind: Kind, lang: Lang, *, with_faults: bool = True) -> Sheet:
    """The clean rows of a table, then the rows of each fault that the kind of file can hold."""
    sheet = Sheet(table, lang, [table.heading(f, lang) for f in table.headings])
    for number in range(1, table.clean + 1):
        _write(sheet, {}, number)
    for place, fault in enumerate(table.faults if with_faults else ()):
        if kind not in fault.formats:
            continue
        number = table.clean + 1 + place
        first = len(sheet.rows)
        for cells in (fault.cells, *({**fault.cells, **more} for more in fault.rows)):
            _write(sheet, cells, number)
        name = table.name if kind != "csv" else ""
        for added in fault.found:
            row = first + added + (1 if kind == "json" else 2)
            sheet.due.add((fault.rule, name, row, table.heading(fault.at, lang) if fault.at else ""))
    return sheet


def _write(sheet: Sheet, changes: dict[str, Cell], number: int) -> None:
    cells = {**sheet.table.example, **changes}
    sheet.rows.append([_spoken(value, sheet.lang, number) for value in cells.values()])


def _spoken(value: Cell, lang: Lang, number: int) -> Cell:
    """A cell in the language of the file: Arabic files hold numbers and dates in Arabic-Indic digits."""
    if isinstance(value, Said):
        return value.en if lang == "en" else value.ar
    if isinstance(value, str):
        return value.replace("#", str(number)) if value != "#DIV/0!" else value
    if lang == "en" or value is None:
        return value
    return str(value).translate(_EASTERN).replace(".", "٫")


def definition(tables: Sequence[Table], kind: Kind, lang: Lang) -> dict[str, Any]:
    """The source.yml of the tables as data."""
    parts = []
    for table in tables:
        columns = [{"field": f, "heading": table.heading(f, lang), **table.columns.get(f, {})} for f in table.headings]
        layout = {"xlsx": {"sheet": table.name}, "json": {"records": table.name}, "csv": {}}[kind]
        parts.append(
            {"name": table.name, "feeds": table.feeds, "key": list(table.key), "columns": columns, "layout": layout}
        )
    fmt = {"kind": kind, **({"delimiter": ",", "encoding": "utf-8"} if kind == "csv" else {})}
    return {
        "title": "Returns", "publisher": "GB-GOV-11", "format": fmt, "cadence": {"every": "quarter"}, "parts": parts
    }  # fmt: skip


def source_of(tables: Sequence[Table], kind: Kind, lang: Lang, **changes: Any) -> Source:
    return Source.model_validate({**definition(tables, kind, lang), **changes}).located("returns", Path(), "x")


def fault_files(kind: Kind, lang: Lang, *, with_faults: bool = True) -> list[FaultFile]:
    """A workbook or a document with every table, or a text file for each table."""
    batches = [(t,) for t in TABLES] if kind == "csv" else [TABLES]
    found = []
    for tables in batches:
        sheets = [written(t, kind, lang, with_faults=with_faults) for t in tables]
        due = frozenset(place for s in sheets for place in s.due)
        name = f"{tables[0].name}.{kind}"
        found.append(FaultFile(name, render(sheets, kind), source_of(tables, kind, lang), due))
    return found


def tagged(lang: Lang) -> FaultFile:
    """The table of returns with a row of HXL tags below its headings; findings are due at the tags."""
    table = TABLES[0]
    sheet = written(table, "csv", lang)
    tags = {table.heading(f, lang): f"#meta+{f.replace('_', '+')}" for f in table.headings}
    sheet.rows.insert(0, [tags[h] for h in sheet.headings])
    definition_of_it = definition([table], "csv", lang)
    for column in definition_of_it["parts"][0]["columns"]:
        column["heading"] = tags[column["heading"]]
    source = Source.model_validate({**definition_of_it, "format": {"kind": "hxl"}}).located("returns", Path(), "x")
    due = {(rule, name, (row or 0) + 1, tags.get(heading, "")) for rule, name, row, heading in sheet.due}
    return FaultFile("tagged.csv", _as_csv(sheet), source, frozenset(due))


def render(sheets: Sequence[Sheet], kind: Kind) -> bytes:
    """The bytes of a file."""
    if kind == "csv":
        return _as_csv(sheets[0])
    return _as_workbook(sheets) if kind == "xlsx" else _as_json(sheets)


def _as_csv(sheet: Sheet) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([sheet.headings, *sheet.rows])
    return out.getvalue().encode()


def _as_workbook(sheets: Sequence[Sheet]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet.table.name)
        page.sheet_view.rightToLeft = sheet.lang == "ar"
        for row in (sheet.headings, *sheet.rows):
            page.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _as_json(sheets: Sequence[Sheet]) -> bytes:
    document = {s.table.name: [_record(s.headings, row) for row in s.rows] for s in sheets}
    return json.dumps(document, ensure_ascii=False).encode()


def _record(headings: list[str], row: list[Cell]) -> dict[str, Cell]:
    return {h: c.isoformat() if isinstance(c, date) else c for h, c in zip(headings, row, strict=True)}
