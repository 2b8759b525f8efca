"""Protective markings are looked for in memory, before a byte is written.

What counts where is listed in `forms.yml`. Time and memory grow with the file and no faster, whatever is in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice
from typing import NamedTuple, Protocol

from idtracker.ingest.marking.delimited import DelimitedScan
from idtracker.ingest.marking.json_text import JsonScan
from idtracker.ingest.marking.markup import MarkupScan
from idtracker.ingest.marking.pieces import Allowance, Piece, Placed, Rows, Text, UnsearchedError, pieces_of
from idtracker.ingest.marking.places import Place, marking_in
from idtracker.ingest.marking.rows import RowScan
from idtracker.ingest.read.formats.signatures import is_json
from idtracker.model.config.limits import Limits

_ROWS_BETWEEN_LOOKS = 10_000


class Searched(NamedTuple):
    """The first marking above OFFICIAL, in capitals, or None; and whether a part was beyond the limits of searching."""

    marking: str | None
    is_complete: bool


class _Scan(Protocol):
    def feed(self, text: str) -> str | None: ...

    def close(self) -> str | None: ...


def find_marking(content: bytes, limits: Limits | None = None, file_name: str = "") -> str | None:
    """The first marking above OFFICIAL that the file carries, in capitals, or None. See `search` for what is not searched."""
    return search(content, limits, file_name).marking


def search(content: bytes, limits: Limits | None = None, file_name: str = "") -> Searched:
    """Look for a marking in the name and in every layer of the file, as far as the limits allow."""
    limits = limits or Limits()
    if len(content) > limits.file_bytes:
        return Searched(None, is_complete=False)
    allowance = Allowance.of(limits, len(content))
    pieces: Iterable[Piece] = chain([Placed(file_name, Place.NAME)], pieces_of(content, allowance))
    try:
        for piece in pieces:
            marking = _in_piece(piece, allowance)
            if marking:
                return Searched(marking, is_complete=True)
    except UnsearchedError:
        return Searched(None, is_complete=False)
    return Searched(None, is_complete=True)


def _in_piece(piece: Piece, allowance: Allowance) -> str | None:
    if isinstance(piece, Placed):
        return marking_in(piece.text, piece.place)
    if isinstance(piece, Rows):
        return _in_rows(piece, allowance)
    return _in_text(piece if isinstance(piece, Text) else Text([piece]), allowance)


def _in_rows(piece: Rows, allowance: Allowance) -> str | None:
    scan = RowScan()
    rows = iter(piece.rows)
    while part := list(islice(rows, _ROWS_BETWEEN_LOOKS)):
        allowance.demand_time()
        for row in part:
            found = scan.add(row)
            if found:
                return found
    return scan.close()


def _in_text(piece: Text, allowance: Allowance) -> str | None:
    windows = iter(piece.windows)
    first = next(windows, "")
    scan = _scan_for(first, piece.place)
    for window in chain([first], windows):
        allowance.demand_time()
        found = scan.feed(window)
        if found:
            return found
    return scan.close()


def _scan_for(first: str, place: Place) -> _Scan:
    """By how a text begins."""
    start = first[:4096].lstrip("\ufeff \r\n\t")
    if start.startswith("<"):
        return MarkupScan(place)
    return JsonScan() if is_json(start) else DelimitedScan()
