"""CSV as RFC 4180 has it: lossless, UTF-8 without a byte order mark, lines end in CR LF.

A missing value is an empty field, an empty text is `""`. Nothing is put before a text that a spreadsheet would take for a
formula: such cells are counted, and the workbook is what spreadsheets get (decision 0061).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite, isnan
from pathlib import Path

FORMULA_SIGNS = tuple("=+-@\t\r")
"""What a text begins with that a spreadsheet may run."""
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$')


@dataclass(slots=True)
class CsvContent:
    """What was seen while a file was written: its rows, and by column texts like formulas and texts that are empty."""

    rows: int = 0
    formula_like: Counter[str] = field(default_factory=Counter)
    empty_texts: Counter[str] = field(default_factory=Counter)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> CsvContent:
    """Write a heading and rows of plain Python values, as the store gives them; OSError where the disk will not have them."""
    content = CsvContent()
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(map(quoted_text, columns)) + "\r\n")
        for row in rows:
            content.rows += 1
            for name, value in zip(columns, row, strict=True):
                if isinstance(value, str):
                    _count(content, name, value)
            file.write(_line(row))
    return content


def _count(content: CsvContent, name: str, text: str) -> None:
    if not text:
        content.empty_texts[name] += 1
    elif text.startswith(FORMULA_SIGNS):
        content.formula_like[name] += 1


def _line(row: Sequence[object]) -> str:
    fields = [csv_field(value) for value in row]
    return (",".join(fields) if fields != [""] else '""') + "\r\n"  # a line of one empty field would be an empty line


def csv_field(value: object) -> str:
    """A value as a field: instants and days in ISO 8601 (UTC), numbers so that reading gives the same, texts as they are."""
    if value is None:
        return ""
    if isinstance(value, str):
        return quoted_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if isfinite(value) else "NaN" if isnan(value) else "INF" if value > 0 else "-INF"
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, int | date):
        return value.isoformat() if isinstance(value, date) else str(value)
    raise TypeError(f"no column holds a {type(value).__name__}")


def quoted_text(text: str) -> str:
    """A text as a field; quoted where it would otherwise be read as something else."""
    return '"' + text.replace('"', '""') + '"' if not text or _QUOTED.search(text) else text
