"""The XML of a sheet in the usual form: UTF-8, no prefixes, double quotes, every row and cell with its reference first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, cast

from idtracker.ingest.read.refusal import megabytes, too_large, worded
from idtracker.model.findings import cell_address

if TYPE_CHECKING:
    from lxml.etree import _Element

_KEPT = ("row", "col", "mergeCell", "filterColumn")
_MOST_BYTES = 128 << 20


def canonical(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The rows, columns, merged cells and filters of a sheet, one element at a time; the tree never grows.

    Raises the errors of lxml where the XML is not well formed, is nested too deeply or declares entities.
    """
    from lxml import etree

    yield b"<worksheet>"
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    row_number, is_in_row, size = 0, False, 0
    for piece in pieces:
        size += len(piece)
        if size > _MOST_BYTES:
            raise too_large(worded("in_unusual_sheet", size=megabytes(_MOST_BYTES)), worded("more"))
        parser.feed(piece)
        for event, parsed in parser.read_events():
            element = cast("_Element", parsed)
            name = _local(element)
            is_in_row = is_in_row if name != "row" else event == "start"
            if event == "start" or is_in_row:
                continue
            if name == "row":
                row_number = _number_cells(element, row_number)
            if name in _KEPT:
                yield _written(element)
            _forget(element)
    yield b"</worksheet>"


def _number_cells(row: _Element, before: int) -> int:
    """Give a row and its cells the references that their order implies where they have none."""
    number = _whole(row.get("r"), before + 1)
    _put_first(row, str(number))
    position = -1
    for cell in row:
        if _local(cell) == "c":
            reference = str(cell.get("r") or "").upper()
            position = _position(reference) if reference else position + 1
            _put_first(cell, reference or cell_address(position, number))
    return number


def _put_first(element: _Element, reference: str) -> None:
    named = element.items()
    if named and named[0] == ("r", reference):
        return
    element.attrib.clear()
    element.set("r", reference)
    for name, value in named:
        if name != "r":
            element.set(name, value)


def _position(reference: str) -> int:
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number - 1


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise


def _written(element: _Element) -> bytes:
    from lxml import etree

    for inner in element.iter("*"):
        inner.tag = _local(inner)
    etree.cleanup_namespaces(element)
    return etree.tostring(element, encoding="UTF-8", xml_declaration=False, with_tail=False)


def _local(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _forget(element: _Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
