"""Cells of an XLSX workbook that show an error such as #N/A, which python-calamine hands over as blank."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile

from idtracker.read.refusal import refusing

_ERROR_CELL = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>(.*?)</(?:\w+:)?c>', re.DOTALL
)
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</(?:\w+:)?v>")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def errors_by_sheet(content: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """Sheet name -> zero-based (row, column) -> text of the error. Sheets without errors are left out."""
    found: dict[str, dict[tuple[int, int], str]] = {}
    with (
        refusing("the workbook is damaged or is not what it claims to be"),
        zipfile.ZipFile(io.BytesIO(content)) as book,
    ):
        if "xl/workbook.xml" not in book.namelist():
            return found
        for sheet, path in _sheet_paths(book).items():
            cells = book.read(path) if path in book.namelist() else b""
            if b't="e"' in cells:
                found[sheet] = _errors_of(cells)
    return found


def _errors_of(cells: bytes) -> dict[tuple[int, int], str]:
    errors = {}
    for column, row, inside in _ERROR_CELL.findall(cells):
        value = _VALUE.search(inside)
        if value and value[1].startswith(b"#"):
            errors[int(row) - 1, _column_number(column)] = value[1].decode("utf-8", errors="replace")
    return errors


def _sheet_paths(book: zipfile.ZipFile) -> dict[str, str]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    targets = {
        r.get("Id"): r.get("Target", "") for r in etree.fromstring(book.read("xl/_rels/workbook.xml.rels"), parser)
    }
    sheets = etree.fromstring(book.read("xl/workbook.xml"), parser).iter("{*}sheet")
    return {
        s.get("name", ""): posixpath.normpath(posixpath.join("xl", targets.get(s.get(_RELATION), ""))).lstrip("/")
        for s in sheets
    }


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
