"""Bounds that hold before a parser sees the bytes, and those that a table is held to once it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.read.raw import RawTable
from idtracker.ingest.read.refusal import megabytes, sized, too_large, unreadable, worded
from idtracker.model.config.limits import Limits
from idtracker.model.packed.array import packing_of
from idtracker.model.packed.packings import CodedTexts

_ENTITY = "<!ENTITY"
_ACTIVITY_END = b"</iati-activity>"


def check_bytes(content: bytes, limits: Limits) -> None:
    if len(content) > limits.file_bytes:
        raise too_large(megabytes(limits.file_bytes), megabytes(len(content)))


def check_json(content: bytes, limits: Limits) -> None:
    """No more values than are allowed, counted by what stands between them."""
    values = sum(map(content.count, (b",", b"[", b"{")))
    if values > limits.values:
        raise too_large(sized("values", limits.values), sized("values", values))


def check_depth(document: Any, limits: Limits) -> None:
    """A parsed JSON document level by level."""
    level: list[Any] = [document]
    for _ in range(limits.depth + 1):
        level = [inner for outer in level for inner in _containers_in(outer)]
        if not level:
            return
    most = sized("levels", limits.depth)
    raise too_large(most, worded("more_than", size=most))


def check_markup(content: bytes, limits: Limits, records: bytes = _ACTIVITY_END) -> None:
    """No entities of its own, and no more tags than are allowed in one record (the whole where it has no records)."""
    codecs = ("ascii", "utf-16-le", "utf-16-be")
    if any(_ENTITY.encode(c) in content for c in codecs):
        raise unreadable("xml_entities")
    tags = content.count(b"<")
    if tags > limits.values:
        tags = most_between(content, b"<", records)
    if tags > limits.values:
        raise too_large(sized("tags_in_record", limits.values), sized("tags", tags))


def most_between(content: bytes, mark: bytes, end: bytes) -> int:
    """How often `mark` stands at most between one `end` and the next."""
    most, start = 0, 0
    for match in re.finditer(re.escape(end), content):
        most = max(most, content.count(mark, start, match.end()))
        start = match.end()
    return max(most, content.count(mark, start))


def check_columns(count: int, limits: Limits) -> None:
    if count > limits.columns:
        raise too_large(sized("columns", limits.columns), sized("columns", count))


def check_rows(count: int, limits: Limits) -> None:
    if count > limits.rows:
        raise too_large(sized("rows", limits.rows), sized("rows", count))


def check_cells(count: int, limits: Limits) -> None:
    if count > limits.cells:
        raise too_large(sized("cells", limits.cells), sized("cells", count))


def check_table(table: RawTable, limits: Limits) -> None:
    """A table as it was read: rows, columns, cells, and characters in one cell."""
    rows, columns = table.cells.shape
    check_columns(columns, limits)
    check_rows(rows, limits)
    check_cells(rows * columns, limits)
    for heading in table.cells.columns:
        cells = different_of(table, heading)
        longest = pc.max(pc.binary_length(cells)).as_py() or 0
        if longest > limits.cell_characters:
            check_characters(pc.max(pc.utf8_length(cells)).as_py(), limits)


def check_characters(count: int, limits: Limits) -> None:
    if count > limits.cell_characters:
        raise too_large(sized("characters", limits.cell_characters), sized("characters", count))


def arrow_of(table: RawTable, heading: str) -> pa.ChunkedArray:
    """One column of a table of text, without a copy."""
    cells = pa.array(table.cells[heading])
    return cells if isinstance(cells, pa.ChunkedArray) else pa.chunked_array([cells])


def different_of(table: RawTable, heading: str) -> pa.ChunkedArray:
    """The different texts of a column that is coded, else every one."""
    packing = packing_of(table.cells[heading])
    return pa.chunked_array([packing.used()]) if isinstance(packing, CodedTexts) else arrow_of(table, heading)


def _containers_in(value: Any) -> Iterable[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (i for i in inner if isinstance(i, dict | list))
