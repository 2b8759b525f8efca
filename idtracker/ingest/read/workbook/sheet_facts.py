"""What the XML of a sheet says beside its values: how far it reaches, what is hidden, merged or without a value.

A sheet written the usual way is searched piece by piece for a few patterns and never becomes a tree; one written in
another way is first put in the usual form (see `canonical`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from idtracker.ingest.read.refusal import megabytes, too_large, unreadable, worded
from idtracker.ingest.read.workbook.number_formats import NumberFormat

CellPosition = tuple[int, int]
Area = tuple[int, int, int, int]

_MOST_ROW_BYTES = 64 << 20
_FAR = 4_000_000
_CELL = re.compile(rb'<c[\s/>](?:r="([A-Z]{1,3}[0-9]{1,7})")?')
_PREFIXED_CELL = re.compile(rb"<[^\s<>/:]+:c[\s/>]")
_FILLED = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^>]*(?<!/)>\s*<(?!/)')
_REFERENCE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_AREA = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_ERROR = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*\bt="e"[^>]*>(?:(?!</c>).)*?<v>(#[^<]*)</v>', re.DOTALL)
_EMPTY_FORMULA = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"((?:\s[^>]*)?)>\s*<f\b[^>]*?(?:/>|>([^<]*)</f>)\s*'
    rb"(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_LINKED = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<f\b[^>]*>[^<]*\[[0-9]+\]')
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*?(?:encoding=[\"']([^\"'>]*)[^>]*)?\?>)?(?:\s|<!--.{0,2000}?-->)*"
    rb"<(?:([A-Za-z_][\w.-]*):)?worksheet[\s>]",
    re.DOTALL,
)
_ROW = re.compile(rb"<row\b([^>]*)>")
_COLUMN = re.compile(rb"<col\b([^>]*)>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true|on)"')
_NUMBERS = {name: re.compile(rb"\b%b=\"([0-9]{1,7})\"" % name) for name in (b"r", b"min", b"max")}
_LETTERS, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"
_HEAD = 4_096
_LAST_COLUMN = 16_384


@dataclass(slots=True)
class SheetFacts:
    """Rows are one-based, columns zero-based; an area is (first row, first column, last row, last column).

    `rows` and `columns` are how far the `cells` with a value reach; `shared_texts` is how many of them refer to a text
    kept elsewhere. `empty_formulas` maps a cell to its formula; `errors` to what it shows. `hidden_columns` are (first,
    last). `linked` are cells whose formula looks into another workbook. `styled` maps the number of a style that was
    asked for to the cells that have it; `shown` are areas with the format in which they are shown.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    shared_texts: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    is_filtered: bool = False
    merged: list[Area] = field(default_factory=list)
    errors: dict[CellPosition, str] = field(default_factory=dict)
    empty_formulas: dict[CellPosition, str] = field(default_factory=dict)
    linked: list[CellPosition] = field(default_factory=list)
    styled: dict[int, list[CellPosition]] = field(default_factory=dict)
    shown: list[tuple[Area, NumberFormat]] = field(default_factory=list)

    @property
    def last_formula(self) -> int:
        """The last row with a formula without a value."""
        return max((row for row, _ in self.empty_formulas), default=0)


class UnusualError(Exception):
    """The XML is well formed, as far as can be seen, and not written in the usual way."""


def facts_of(pieces: Iterable[bytes], styles: Collection[int] = ()) -> SheetFacts:
    """The facts of a sheet from its XML, with the cells of `styles`.

    UnusualError where it has to be put in the usual form first.
    """
    facts, styled = SheetFacts(), _styled(styles)
    extent = _Extent()
    for window in _windows(_usual(pieces)):
        extent.widen(window)
        _add_cells(window, facts)
        for column, row, style in styled.findall(window) if styled else ():
            place = int(row), column_number(column)
            facts.styled.setdefault(int(style or b"0"), []).append(place)
        _add_surroundings(window, facts)
    facts.rows, facts.columns, facts.cells = extent.rows, extent.columns, extent.cells
    return facts


def column_number(letters: bytes) -> int:
    """Zero-based number of a column: A is 0, XFD is 16383."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _styled(styles: Collection[int]) -> re.Pattern[bytes] | None:
    """Cells of these styles, by their column, row and style; a cell that names none is of the first."""
    if not styles:
        return None
    numbers = b"|".join(b"%d" % style for style in styles)
    named = rb'[^>]*?\ss="(%b)"' % numbers
    return re.compile(
        rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?:%b%b)' % (named, rb'|(?![^>]*\ss=")()' if 0 in styles else b"")
    )


class _Extent:
    """How far the cells reach; where cells without a value reach far, only those with one count."""

    def __init__(self) -> None:
        self.rows = self.columns = self.cells = 0

    def widen(self, window: bytes) -> None:
        references = _CELL.findall(window)
        if not references:
            return
        if b"" in references or (b":c" in window and _PREFIXED_CELL.search(window)):
            raise UnusualError
        rows, columns = _corner(references)
        if max(rows, self.rows) * max(columns, self.columns) > _FAR:
            references = _FILLED.findall(window)
            rows, columns = _corner(references) if references else (0, 0)
        self.cells += len(references)
        self.rows, self.columns = max(rows, self.rows), max(columns, self.columns)


def _corner(references: list[bytes]) -> CellPosition:
    joined = b" ".join(references)
    letters = set(joined.translate(None, _DIGITS).split())
    digits = set(joined.translate(None, _LETTERS).split())
    return max(map(int, digits)), max(map(column_number, letters)) + 1


def _windows(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The XML in pieces that end where a row ends."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        at = piece.rfind(b"</row>")
        if at < 0:
            waiting.append(piece)
            size += len(piece)
            if size > _MOST_ROW_BYTES:
                raise too_large(worded("in_row", size=megabytes(_MOST_ROW_BYTES)), worded("more"))
            continue
        yield b"".join([*waiting, piece[: at + 6]])
        waiting = [piece[at + 6 :]]
        size = len(waiting[0])
    yield b"".join(waiting)


def _usual(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces without the prefix that some programs give every element (`<x:row>`)."""
    head = b""
    pieces = iter(pieces)
    while len(head) < _HEAD and (piece := next(pieces, b"")):
        head += piece
    prefix = _prefix(head)
    if not prefix:
        yield head
        yield from pieces
        return
    waiting = b""
    for piece in chain([head], pieces):
        waiting += piece
        at = waiting.rfind(b"<")
        yield _without(prefix, waiting[:at])
        waiting = waiting[at:]
    yield _without(prefix, waiting)


def _without(prefix: bytes, text: bytes) -> bytes:
    return text.replace(b"<%b:" % prefix, b"<").replace(b"</%b:" % prefix, b"</")


def _prefix(head: bytes) -> bytes:
    """The prefix of the root element, or UnusualError where the text does not start with that element.

    RefusalError where it is no UTF-8: the parser of the values would take it for an empty sheet.
    """
    root = _ROOT.match(head)
    if b"\0" in head or (root and root[1] and root[1].lower() not in (b"utf-8", b"us-ascii")):
        raise unreadable("sheet_not_utf8")
    if root is None:
        raise UnusualError
    return root[2] or b""


def _add_cells(window: bytes, facts: SheetFacts) -> None:
    facts.shared_texts += window.count(b't="s"')
    if b't="e"' in window:
        for column, row, text in _ERROR.findall(window):
            facts.errors[int(row), column_number(column)] = html.unescape(text.decode("utf-8", "replace"))
    if b"<f" in window:
        for column, row, attributes, formula in _EMPTY_FORMULA.findall(window):
            if b't="str"' not in attributes:
                text = html.unescape(formula.decode("utf-8", "replace"))
                facts.empty_formulas[int(row), column_number(column)] = f"={text or '…'}"
        if b"[" in window:
            facts.linked += [(int(row), column_number(column)) for column, row in _LINKED.findall(window)]
    if b'hidden="' in window:
        _add_hidden(window, facts)


def _add_hidden(window: bytes, facts: SheetFacts) -> None:
    for attributes in filter(_HIDDEN.search, _ROW.findall(window)):
        if number := _number(attributes, b"r"):
            facts.hidden_rows.append(number)
    for attributes in filter(_HIDDEN.search, _COLUMN.findall(window)):
        first, last = _number(attributes, b"min"), _number(attributes, b"max")
        if 0 < first <= last <= _LAST_COLUMN:
            facts.hidden_columns.append((first - 1, last - 1))


def _add_surroundings(window: bytes, facts: SheetFacts) -> None:
    """What stands below the rows of a sheet: merged cells and filters."""
    tail = window[window.rfind(b"</row>") + 1 :]
    if b"<mergeCell" in tail:
        for left, top, right, bottom in _AREA.findall(tail):
            area = (int(top), column_number(left), int(bottom), column_number(right))
            if area[0] <= area[2] and area[1] <= area[3]:
                facts.merged.append(area)
    facts.is_filtered = facts.is_filtered or b"<filterColumn" in tail


def _number(attributes: bytes, name: bytes) -> int:
    match = _NUMBERS[name].search(attributes)
    return int(match[1]) if match else 0
