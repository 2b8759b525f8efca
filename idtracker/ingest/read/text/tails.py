"""Files whose end shows that it is not the end: filled up with NUL bytes, or broken off within a row."""

from __future__ import annotations

import csv
import re

from idtracker.ingest.read.formats.table import HTML, JSON, SHEET_XML, TEXT
from idtracker.ingest.read.refusal import worded
from idtracker.model.messages import Message

_FEWEST_AT_END, _FEWEST_INSIDE = 8, 64
_LINES = 20
_FEWEST_LINES = 3
_LEAST_WIDTH = 3
_LAST_BYTES = 65_536
_BOOK_ENDS = re.compile(rb"</(?:[\w.-]+:)?Workbook\s*>(?:\s|<!--.*?-->)*$", re.DOTALL)
_TABLE, _TABLE_ENDS = re.compile(rb"<table[\s>]", re.I), re.compile(rb"</table\s*>", re.I)


def broken_tail(content: bytes, detected: str) -> Message | None:
    """Why the bytes of a text file are only a part of it; None where nothing shows that."""
    if detected not in (TEXT, JSON, HTML, SHEET_XML):
        return None
    if len(content) - len(content.rstrip(b"\0")) >= _FEWEST_AT_END or b"\0" * _FEWEST_INSIDE in content:
        return worded("filled_with_nul")
    return worded("no_end") if _lacks_end(content, detected) else None


def _lacks_end(content: bytes, detected: str) -> bool:
    """Whether markup breaks off; NUL bytes are those of wide characters."""
    if detected == SHEET_XML:
        return not _BOOK_ENDS.search(content[-_LAST_BYTES:].replace(b"\0", b""))
    if detected != HTML:
        return False
    narrow = content.replace(b"\0", b"")
    return len(_TABLE.findall(narrow)) > len(_TABLE_ENDS.findall(narrow))


def is_cut(text: str, delimiter: str) -> bool:
    """Whether delimited text breaks off within its last line: without a line end, and with fewer cells than all before it."""
    if not text or text.endswith(("\n", "\r")) or len(delimiter) != 1:
        return False
    lines = text[-_LAST_BYTES:].splitlines()[-_LINES - 1 :]
    before, last = lines[1 if len(text) > _LAST_BYTES else 0 : -1], lines[-1]
    if len(before) < _FEWEST_LINES or any(line.count('"') % 2 for line in lines):
        return False
    widths = {len(cells) for cells in csv.reader(before, delimiter=delimiter)}
    cells = next(csv.reader([last], delimiter=delimiter), [])
    return len(widths) == 1 and 2 <= len(cells) < (width := widths.pop()) and width >= _LEAST_WIDTH
