"""The result of a query as a file: which format is meant, and the writing of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idtracker.model.errors import UsageError
from idtracker.model.messages import Lang
from idtracker.model.printable import printable, printable_json

if TYPE_CHECKING:
    from idtracker.publish.reading.sandbox import Result

FORMATS = ("table", "csv", "json", "parquet", "xlsx")
FILES = FORMATS[1:]
_IN_FILES_ONLY = {"parquet": "Parquet goes into a file", "xlsx": "A workbook goes into a file"}
_TITLES: dict[Lang, str] = {"en": "Result", "ar": "النتيجة"}
_LOOKED_AT, _WIDEST = 200, 40  # rows that tell how wide a column is, and the width in letters that is enough for any


def format_of(form: str | None, output: str | None, as_json: bool) -> str:
    """The format that is asked for, by `--json`, `--format` or the ending of the file; UsageError where these do not go.

    A file without an ending is CSV.
    """
    chosen = "json" if as_json else form
    if output is None:
        if chosen in _IN_FILES_ONLY:
            raise UsageError(f"{_IN_FILES_ONLY[chosen]}; name one with -o.")
        return chosen or "table"
    ending = Path(output).suffix.removeprefix(".").lower()
    known = ", ".join(f".{name}" for name in FILES)
    if chosen == "table" or (chosen and ending in FILES and ending != chosen):
        raise UsageError(f"{output}: {chosen} does not go into such a file; the endings are {known}.")
    if chosen is None and ending and ending not in FILES:
        raise UsageError(f"{output}: nothing is written as .{ending}; the endings are {known}, or name a --format.")
    if not Path(output).absolute().parent.is_dir():
        raise UsageError(f"{output}: there is no folder {Path(output).absolute().parent}.")
    return chosen or ending or "csv"


def write_frame(frame: Any, form: str, output: str | None) -> None:
    """CSV, JSON or Parquet; CSV and JSON also on stdout."""
    if form == "parquet":
        frame.to_parquet(output, index=False)
        return
    text = _as_json(frame) if form == "json" else frame.to_csv(index=False)
    if output:
        Path(output).write_text(text, "utf-8")
    else:
        shown = printable_json(text) if form == "json" else printable(text)
        click.echo(shown, nl=not text.endswith("\n"))


def _as_json(frame: Any) -> str:
    """One record a row; every number so that reading it gives the same bits, where pandas would round it to ten decimals."""
    records = json.loads(frame.to_json(orient="records", date_format="iso", force_ascii=False, double_precision=15))
    for name in frame.columns:
        if frame[name].dtype.kind in "fO":
            for record, value in zip(records, frame[name], strict=True):
                record[name] = _exact(value, record[name])
    return json.dumps(records, ensure_ascii=False, indent=1)


def _exact(value: Any, written: Any) -> Any:
    """What was written of a value, with the numbers in it as they are."""
    if isinstance(written, float):
        return float(value)
    if isinstance(written, list):
        return [_exact(one, shown) for one, shown in zip(value, written, strict=True)]
    if isinstance(written, dict):
        return {key: _exact(value.get(key, shown), shown) for key, shown in written.items()}
    return written


def write_workbook(result: Result, output: str, lang: Lang, notice: str) -> None:
    """One sheet with the columns of a result: numbers, dates and texts as such, read from right to left in Arabic.

    Texts are never formulas. UsageError where a sheet does not hold the result.
    """
    import openpyxl
    from openpyxl.utils import get_column_letter

    from idtracker.publish.export.sheet_cells import heading_cell, value_cell
    from idtracker.publish.export.sheet_text import MOST_COLUMNS, MOST_ROWS

    if len(result.columns) > MOST_COLUMNS:
        raise UsageError(f"{len(result.columns):,} columns do not fit on a sheet, which has {MOST_COLUMNS:,}.")
    rows = result.rows(MOST_ROWS)
    if len(rows) == MOST_ROWS:
        raise UsageError(
            f"The result does not fit on a sheet, which has {MOST_ROWS:,} rows, headings included: "
            "ask for less with WHERE or LIMIT, or write .parquet or .csv."
        )
    book = openpyxl.Workbook(write_only=True)
    book.properties.title, book.properties.description = _TITLES[lang], notice
    sheet = book.create_sheet(_TITLES[lang])
    sheet.sheet_view.rightToLeft = lang == "ar"
    sheet.freeze_panes = "A2"
    for number, name in enumerate(result.columns, 1):
        widths = [len(str(row[number - 1])) for row in rows[:_LOOKED_AT] if row[number - 1] is not None]
        sheet.column_dimensions[get_column_letter(number)].width = min(max([len(name), *widths]) + 2, _WIDEST)
    sheet.append([heading_cell(sheet, name) for name in result.columns])
    for row in rows:
        sheet.append([value_cell(sheet, value) for value in row])
    book.save(output)
