"""Notes on cells: the part with their text and the drawing with their boxes. Notes that are there already stay and grow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from idtracker.feedback.annotate.book import Book
from idtracker.feedback.annotate.package import (
    Relations,
    UneditableError,
    as_utf8,
    namespace_of,
    new_root,
    office_namespace,
    parse,
    serialise,
)
from idtracker.feedback.annotate.sheet import MarkedSheet
from idtracker.feedback.annotate.sheet_scan import Address
from idtracker.feedback.annotate.xml_text import shortened, writable
from idtracker.model.findings import cell_address
from idtracker.model.messages import Lang

AUTHOR = "idtracker"
_LONGEST_NOTE = 4_000
_IDS_PER_BLOCK = 1024
_LINE_CHARACTERS = 46
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_VML = ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"'
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_IDMAP = re.compile(rb"""(<(?:\w+:)?idmap\b[^>]*\bdata\s*=\s*["'])([\d, ]*)(["'])""")
_SHAPE_ID = re.compile(rb"_x0000_s(\d{1,9})")
_BOX = re.compile(rb"<(?:\w+:)?ClientData\b[^>]*ObjectType=[\"']Note[\"'].*?</(?:\w+:)?ClientData>", re.DOTALL)
_BOX_ROW = re.compile(rb"<(?:\w+:)?Row>\s*(\d+)")
_BOX_COLUMN = re.compile(rb"<(?:\w+:)?Column>\s*(\d+)")
_END = re.compile(rb"</\s*xml\s*>\s*$")


@dataclass(frozen=True, slots=True)
class Note:
    """What is written on a cell: pairs of a bold heading and the text below it, one for each finding."""

    entries: tuple[tuple[str, str], ...]

    @property
    def lines(self) -> int:
        """How many lines the box should show."""
        texts = [line for head, text in self.entries for line in (head, *text.split("\n"), "")]
        return sum(len(t) // _LINE_CHARACTERS + 1 for t in texts)


class NoteWriter:
    """Writes the notes of one workbook; numbers of boxes are unique in it."""

    def __init__(self, book: Book, lang: Lang) -> None:
        self._book, self._lang = book, lang
        self._block: int | None = None

    def attach(self, part: str, sheet: MarkedSheet, notes: Mapping[Address, Note]) -> None:
        """Put notes on cells of the sheet that is kept in `part`."""
        relations = Relations(self._book.package, part)
        boxed = self._write_texts(relations, notes)
        if boxed:
            self._write_boxes(relations, sheet, {c: notes[c] for c in boxed})

    def _write_texts(self, relations: Relations, notes: Mapping[Address, Note]) -> list[Address]:
        """Write the text of each note; returns the cells that need a box if they have none."""
        package = self._book.package
        known = [p for p in relations.parts("comments") if p in package]
        root = parse(package.read(known[0])) if known else self._new_comments()
        listed, author = self._lists(root)
        old_authors = [a.text or "" for a in root.iterfind("{*}authors/{*}author")]
        there = {c.get("ref", ""): c for c in listed}
        boxed = []
        for cell, note in notes.items():
            comment = there.get(cell_address(cell[1], cell[0]))
            if comment is None:
                comment = etree.SubElement(listed, _tag(root, "comment"))
                comment.set("ref", cell_address(cell[1], cell[0]))
                comment.set("authorId", str(author))
            elif _is_thread(comment, old_authors):
                continue
            _extend(comment, note)
            boxed.append(cell)
        if known:
            package.write(known[0], serialise(root))
        elif boxed:
            name = package.free_name("xl/comments{}.xml")
            package.add(name, serialise(root), _COMMENTS)
            relations.add("comments", name, is_strict=self._book.is_strict)
        return boxed

    def _new_comments(self) -> etree._Element:
        return new_root(self._book.namespace, "comments")

    def _lists(self, root: etree._Element) -> tuple[etree._Element, int]:
        """The list of comments, and the number of this program among the authors."""
        authors, listed = root.find("{*}authors"), root.find("{*}commentList")
        if authors is None:
            authors = etree.Element(_tag(root, "authors"))
            root.insert(0, authors)
        if listed is None:
            listed = etree.Element(_tag(root, "commentList"))
            authors.addnext(listed)
        names = [a.text for a in authors.iterchildren("{*}author")]
        if AUTHOR not in names:
            etree.SubElement(authors, _tag(root, "author")).text = AUTHOR
            return listed, len(names)
        return listed, names.index(AUTHOR)

    def _write_boxes(self, relations: Relations, sheet: MarkedSheet, notes: Mapping[Address, Note]) -> None:
        package = self._book.package
        known = relations.part(sheet.scan.legacy_drawing) if sheet.scan.legacy_drawing else None
        if known and known in package:
            package.write(known, self._extended(as_utf8(package.read(known)), notes))
            return
        first, data = self._next_ids(len(notes))
        boxes = _boxes(notes, first, self._lang, "")
        layout = f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{data}"/></o:shapelayout>'
        name = package.free_name("xl/drawings/vmlDrawing{}.vml")
        package.write(name, f"<xml{_VML}>{layout}{_SHAPE_TYPE}{boxes}</xml>".encode())
        package.know_extension("vml", _DRAWING)
        relation_id = relations.add("vmlDrawing", name, is_strict=self._book.is_strict)
        sheet.refer_to_notes(relation_id, office_namespace(self._book.is_strict))

    def _extended(self, drawing: bytes, notes: Mapping[Address, Note]) -> bytes:
        """An old drawing with boxes for the cells that have none in it."""
        boxed = _boxed_cells(drawing)
        absent = {c: n for c, n in notes.items() if c not in boxed}
        end = _END.search(drawing)
        if not absent:
            return drawing
        if end is None:
            raise UneditableError("the drawing of the notes is not closed")
        first, data = self._next_ids(len(absent))
        head, tail = drawing[: end.start()], drawing[end.start() :]
        head = _IDMAP.sub(lambda m: m[1] + m[2] + b"," + data.encode() + m[3], head, count=1)
        shape_type = "" if b'id="_x0000_t202"' in head else _SHAPE_TYPE
        names = "" if all(f"xmlns:{p}=".encode() in head for p in "vox") else _VML
        if names and shape_type:
            shape_type = shape_type.replace("<v:shapetype", f"<v:shapetype{names}")
        return head + (shape_type + _boxes(absent, first, self._lang, names)).encode() + tail

    def _next_ids(self, count: int) -> tuple[int, str]:
        """The first of `count` numbers that no box of the workbook has, and the blocks of 1,024 that they are in."""
        if self._block is None:
            drawings = [n for n in self._book.package.names() if n.casefold().endswith(".vml")]
            self._block = max((_last_block(self._book.package.read(n)) for n in drawings), default=0)
        first = self._block + 1
        self._block += count // _IDS_PER_BLOCK + 1
        return first * _IDS_PER_BLOCK + 1, ",".join(map(str, range(first, self._block + 1)))


def _extend(comment: etree._Element, note: Note) -> None:
    """Write the note behind what the comment says already."""
    text = comment.find("{*}text")
    if text is None:
        text = etree.Element(_tag(comment, "text"))
        comment.insert(0, text)
    plain = text.find("{*}t")
    if plain is not None:
        run = etree.Element(_tag(comment, "r"))
        text.replace(plain, run)
        run.append(plain)
    is_first = not len(text)
    at = sum(1 for e in text if isinstance(e.tag, str) and etree.QName(e).localname in ("r", "t"))
    text_so_far = "".join(map(str, text.itertext()))
    for head, body in note.entries:
        if f"{head}\n{body}" in text_so_far:
            continue
        for words, is_bold in ((f"{'' if is_first else chr(10) * 2}{head}", True), (f"\n{body}", False)):
            text.insert(at, _run(comment, words, is_bold))
            at += 1
        is_first = False


def _run(near: etree._Element, words: str, is_bold: bool) -> etree._Element:
    run = etree.Element(_tag(near, "r"))
    style = etree.SubElement(run, _tag(near, "rPr"))
    if is_bold:
        etree.SubElement(style, _tag(near, "b"))
    for name, value in (("sz", "9"), ("color", "FF000000"), ("rFont", "Tahoma"), ("family", "2")):
        etree.SubElement(style, _tag(near, name)).set("rgb" if name == "color" else "val", value)
    text = etree.SubElement(run, _tag(near, "t"))
    text.text = writable(shortened(words, _LONGEST_NOTE)).replace("\r", "")
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run


def _is_thread(comment: etree._Element, authors: list[str]) -> bool:
    """Whether the comment only stands in for a conversation, which Excel shows from a part of its own."""
    number = int(comment.get("authorId", "0") or 0)
    return number < len(authors) and authors[number].startswith("tc=")


def _boxes(notes: Mapping[Address, Note], first: int, lang: Lang, names: str) -> str:
    return "".join(_box(cell, note, first + n, lang, names) for n, (cell, note) in enumerate(notes.items()))


def _box(cell: Address, note: Note, number: int, lang: Lang, names: str) -> str:
    row, column = cell[0] - 1, cell[1]
    lines = min(max(note.lines, 4), 30)
    left_column, top = min(column + 1, 16_379), min(max(row - 1, 0), 1_048_540)
    side = "direction:RTL;text-align:right" if lang == "ar" else "text-align:left"
    style = f"position:absolute;margin-left:60pt;margin-top:2pt;width:220pt;height:{lines * 13}pt;z-index:{number % 1000 + 1};visibility:hidden"
    anchor = f"{left_column}, 12, {top}, 4, {left_column + 4}, 40, {top + lines * 3 // 4 + 1}, 4"
    return (
        f'<v:shape{names} id="_x0000_s{number}" type="#_x0000_t202" style="{style}" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        f'<v:textbox style="mso-direction-alt:auto"><div style="{side}"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{escape(anchor)}</x:Anchor>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _boxed_cells(drawing: bytes) -> set[Address]:
    """The cells that have a box in a drawing."""
    return set(filter(None, map(cell_of_box, _BOX.findall(drawing))))


def cell_of_box(box: bytes) -> Address | None:
    """The cell that a box belongs to."""
    row, column = _BOX_ROW.search(box), _BOX_COLUMN.search(box)
    return (int(row[1]) + 1, int(column[1])) if row and column else None


def _last_block(drawing: bytes) -> int:
    blocks = [int(n) for m in _IDMAP.findall(drawing) for n in _numbers(m[1])]
    return max([*blocks, *(int(n) // _IDS_PER_BLOCK for n in _SHAPE_ID.findall(drawing))], default=0)


def _numbers(data: bytes) -> Iterable[bytes]:
    return (n.strip() for n in data.split(b",") if n.strip())


def _tag(near: etree._Element, name: str) -> str:
    return f"{{{namespace_of(near)}}}{name}"
