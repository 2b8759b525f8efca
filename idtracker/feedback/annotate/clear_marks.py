"""What an earlier annotated copy left behind: its notes and colours go before new ones are written."""

from __future__ import annotations

import re

from lxml import etree

from idtracker.feedback.annotate.book import Book
from idtracker.feedback.annotate.notes import AUTHOR, cell_of_box
from idtracker.feedback.annotate.package import Relations, as_utf8, parse, serialise
from idtracker.feedback.annotate.sheet import MarkedSheet
from idtracker.feedback.annotate.sheet_scan import Address, address_of

_SHAPE = re.compile(rb"<(\w+):shape\s.*?</\1:shape>", re.DOTALL)


def clear_marks(book: Book) -> None:
    """Take away the notes that this program wrote, and its colours from their cells. Notes that it extended stay."""
    for part in book.sheets.values():
        relations = Relations(book.package, part)
        cells = {cell for p in relations.parts("comments") if p in book.package for cell in _take_notes(book, p)}
        if cells:
            for drawing in relations.parts("vmlDrawing"):
                if drawing in book.package:
                    book.package.write(drawing, _without_boxes(as_utf8(book.package.read(drawing)), cells))
            sheet = MarkedSheet(book.package.read(part), cells)
            there = {c for c in cells if sheet.has(c)}
            sheet.paint(there, lambda style, _: book.styles.unmarked(style))
            book.package.write(part, sheet.to_bytes())


def _take_notes(book: Book, part: str) -> list[Address]:
    """Remove the notes of this program from a part; returns their cells."""
    root = parse(book.package.read(part))
    authors = [a.text for a in root.iterfind("{*}authors/{*}author")]
    own = [c for c in root.iterfind("{*}commentList/{*}comment") if _author(c, authors) == AUTHOR]
    for comment in own:
        comment.getparent().remove(comment)  # type: ignore[union-attr]
    if own:
        book.package.write(part, serialise(root))
    return [cell for c in own if (cell := address_of(c.get("ref", "")))]


def _author(comment: etree._Element, authors: list[str | None]) -> str | None:
    number = int(comment.get("authorId", "0") or 0)
    return authors[number] if number < len(authors) else None


def _without_boxes(drawing: bytes, cells: set[Address]) -> bytes:
    return _SHAPE.sub(lambda shape: b"" if cell_of_box(shape[0]) in cells else shape[0], drawing)
