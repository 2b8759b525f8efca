"""The text of workbooks: cells and names of sheets as the reader reads them, and runs of letters in binary parts."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator, Sequence

from idtracker.ingest.marking.folding import may_matter
from idtracker.ingest.marking.markup import without_codes
from idtracker.ingest.marking.pieces import WINDOW, Allowance, Piece, Placed, Rows, plain_pieces
from idtracker.ingest.marking.places import Place
from idtracker.ingest.read.archive.containers import inflated
from idtracker.ingest.read.formats.sniff import sniff
from idtracker.ingest.read.formats.table import WORKBOOKS, XLS
from idtracker.ingest.read.refusal import RefusalError

_OVERLAP = 400
_RUNS = re.compile("[ -~\u00a0\u0600-\u06ff]{4,}")
# How the text of a header or footer begins; a lone `&` may be the length of the next text.
_CODED = re.compile(r"&[LCR0-9\"]")
# A text in the properties of a Microsoft Office 97-2003 document: its kind, its length, its letters.
_PROPERTY = re.compile(rb"[\x1e\x1f]\x00\x00\x00(..)\x00\x00", re.DOTALL)
_CELLS = ("xl/sharedstrings.xml", "xl/worksheets/")


def workbook_pieces(
    content: bytes, members: Sequence[zipfile.ZipInfo], allowance: Allowance, *, is_needed: bool
) -> Iterator[Piece]:
    """The cells of a workbook that is a ZIP file inside; where it cannot be read, its texts as those of a damaged file."""
    if not is_needed:
        return
    try:
        yield from _sheets(content, sniff(content), allowance)
    except RefusalError:
        for member in members:
            if member.filename.lower().startswith(_CELLS):
                yield from plain_pieces(_readable(content, member), Place.DAMAGED)


def compound_pieces(content: bytes, allowance: Allowance) -> Iterator[Piece]:
    """The pieces of a compound file: an XLS workbook, or any document of Microsoft Office 97-2003."""
    yield from _properties(content)
    place = Place.CELL
    try:
        if sniff(content) == XLS:
            yield from _sheets(content, XLS, allowance)
    except RefusalError:
        place = Place.DAMAGED
    yield from run_pieces(content, place)


def run_pieces(content: bytes, place: Place = Place.CELL) -> Iterator[Piece]:
    """Runs of letters in binary content, one byte or two bytes each; those with codes are headers or footers."""
    for at in range(0, len(content), WINDOW):
        window = content[max(at - _OVERLAP, 0) : at + WINDOW]
        for text in (window.decode("latin-1"), *(window[i:].decode("utf-16-le", "replace") for i in (0, 1))):
            for run in _RUNS.findall(text):
                if may_matter(run):
                    yield Placed(run, place)
                    if place == Place.DAMAGED:
                        yield Placed(run[:-1], place)
                    if _CODED.search(run):
                        yield Placed(without_codes(run), Place.FURNITURE)


def _sheets(content: bytes, kind: str, allowance: Allowance) -> Iterator[Piece]:
    """Names and cells of every sheet, hidden ones too, through the reader. RefusalError where it refuses the file."""
    if kind not in WORKBOOKS:
        return
    from idtracker.ingest.read.workbook.workbook import Workbook

    book = Workbook(content, kind, allowance.limits)
    for sheet in book.visibility:
        allowance.demand_time()
        yield Placed(sheet, Place.NAME)
        yield Rows(book.grid(sheet).rows)


def _readable(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        yield from inflated(content, member)
    except RefusalError:
        return


def _properties(content: bytes) -> Iterator[Piece]:
    for found in _PROPERTY.finditer(content):
        (length,) = struct.unpack("<H", found[1])
        if 4 <= length <= 512:
            is_wide = content[found.start()] == 0x1F
            raw = content[found.end() : found.end() + length * (1 + is_wide)]
            text = raw.decode("utf-16-le" if is_wide else "cp1256", "replace").rstrip("\0")
            if may_matter(text):
                yield Placed(text, Place.FURNITURE)
