"""Cells of a workbook as their number formats show them: what is a month, a percentage, an amount in some currency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from idtracker.ingest.read.cell_text import number_text, text_of
from idtracker.ingest.read.grid import SheetGrid
from idtracker.ingest.read.refusal import refusing
from idtracker.ingest.read.stored import DAY, NUMBER, code_of_words
from idtracker.ingest.read.workbook.number_formats import BUILT_IN, NumberFormat, number_format
from idtracker.ingest.read.workbook.package import DAMAGED, PackageReader
from idtracker.ingest.read.workbook.sheet_facts import CellPosition

if TYPE_CHECKING:
    from lxml.etree import _Element

_STYLES = "xl/styles.xml"
_STORED = {float: NUMBER, int: NUMBER, dt.datetime: DAY, dt.date: DAY}


def telling_styles(package: PackageReader) -> dict[int, NumberFormat]:
    """The styles of an XLSX workbook, by number, whose format shows anything otherwise than it is stored."""
    content = package.read(_STYLES)
    if not content:
        return {}
    from lxml import etree

    with refusing(DAMAGED):
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
        root = etree.fromstring(content, parser)
    return {} if root is None else _telling(root)


def _telling(root: _Element) -> dict[int, NumberFormat]:
    codes = dict(BUILT_IN)
    for own in root.iter("{*}numFmt"):
        if (number := str(own.get("numFmtId"))).isdecimal():
            codes[int(number)] = str(own.get("formatCode", ""))
    styles = next(root.iter("{*}cellXfs"), None)
    numbers = [str(xf.get("numFmtId")) for xf in styles.iterchildren("{*}xf")] if styles is not None else []
    formats = {place: number_format(codes.get(int(n), "")) for place, n in enumerate(numbers) if n.isdecimal()}
    return {place: known for place, known in formats.items() if known.says_more}


def grid_of(
    sheet: str,
    values: Sequence[Sequence[object]],
    styled: Iterable[tuple[NumberFormat, Iterable[CellPosition]]] = (),
) -> SheetGrid:
    """The cells of a sheet as text, as they are shown where a format says more, with how each was stored.

    A percentage is written with its sign (0.615 shown as 61.5 % is `61.5%`), a day that is shown without one as
    `2026-04` or `2026`; all other numbers and days stay as they are.
    """
    rows = [[text_of(cell) for cell in row] for row in values]
    stored = [bytearray([_STORED.get(type(cell), 0) for cell in row]) for row in values]
    words: list[str] = []
    for known, places in styled:
        texts: dict[object, tuple[str, int]] = {}
        for row, column in places:
            if row <= len(rows) and column < len(rows[row - 1]) and (code := stored[row - 1][column]):
                value = values[row - 1][column]
                if value not in texts:
                    text, beside = as_shown(value, known)
                    texts[value] = text, code_of_words(beside, words) if beside else code
                rows[row - 1][column], stored[row - 1][column] = texts[value]
    return SheetGrid(sheet, rows, stored, tuple(words))


def as_shown(value: object, known: NumberFormat) -> tuple[str, str]:
    """The text of a cell, and the words that are shown beside it."""
    if isinstance(value, dt.date):
        shown = known.sections[0].shown
        return value.strftime({"month": "%Y-%m", "year": "%Y"}.get(shown, "")) or text_of(value), ""
    number = float(value) if isinstance(value, int | float) else 0.0
    section = known.section(number)
    if section.shown == "percent":
        return f"{number_text(number * 100)}%", ""
    is_percent = section.words in ("%", "٪")
    return (f"{text_of(value)}%", "") if is_percent else (text_of(value), section.words)
