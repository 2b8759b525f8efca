"""Deliveries to bytes: the same delivery always gives the same bytes, whatever the clock or the machine."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import date, datetime
from typing import Any

from programme.delivery import Cell, Delivery, Grid

_STAMP = (2020, 1, 1, 0, 0, 0)
_DOCUMENT_TIME = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(<)")


def render(delivery: Delivery) -> bytes:
    """The bytes of a delivery."""
    if delivery.kind == "csv":
        return _delimited(delivery.grids[0], delivery.delimiter).encode(delivery.encoding)
    if delivery.kind == "xlsx":
        return _workbook(delivery.grids)
    if delivery.kind == "json":
        return _document(delivery)
    return delivery.content


def _lines(grid: Grid) -> list[list[Cell]]:
    return [*grid.lead, *(grid.heads or [grid.headings]), *grid.rows, *grid.tail]


def _delimited(grid: Grid, delimiter: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([["" if c is None else _text(c) for c in line] for line in _lines(grid)])
    return out.getvalue()


def _text(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _document(delivery: Delivery) -> bytes:
    grid = delivery.grids[0]
    records = [
        {
            h: _plain(c)
            for h, c in zip(grid.headings, row, strict=True)
            if c is not None or delivery.records != "results"
        }
        for row in grid.rows
    ]
    document: dict[str, Any] = {**delivery.wrapper, delivery.records: records}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _plain(cell: Cell) -> Any:
    return cell.isoformat() if isinstance(cell, date) else cell


def _workbook(grids: list[Grid]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for grid in grids:
        sheet = book.create_sheet(grid.sheet)
        for line in _lines(grid):
            sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return _settled(out.getvalue())


def _settled(content: bytes) -> bytes:
    """The same archive with fixed member times and document times."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _DOCUMENT_TIME.sub(rb"\g<1>2020-01-01T00:00:00Z\g<3>", data)
            target.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def instant(moment: datetime) -> str:
    """An instant as envelopes write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
