"""Markings in XML and HTML, also damaged: text across tags of style, attributes, comments, and rows of tables."""

from __future__ import annotations

import re

from idtracker.ingest.marking.folding import fold, may_matter, unescaped
from idtracker.ingest.marking.places import Place, labelled_in, marking_in
from idtracker.ingest.marking.rows import RowScan
from idtracker.ingest.marking.wording import is_label

_TAG = re.compile(r"<(/?)([\w:.-]*+)([^<>]*+)>")
_ANY_TAG = re.compile(r"<[^<>]*+>")
_BETWEEN_TAGS = re.compile(r">[^<>]++<")
_ATTRIBUTE = re.compile(r"(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_CODES = re.compile(r"&(?:\"[^\"]*+\"|K[0-9A-Fa-f]{6}|K[0-9]{2}[+-][0-9]{3}|[0-9]++|[A-Za-z&])")
_STYLE = frozenset(
    [
        "r",
        "t",
        "b",
        "i",
        "u",
        "s",
        "a",
        "em",
        "strong",
        "span",
        "font",
        "sub",
        "sup",
        "small",
        "big",
        "mark",
        "code",
        "run",
        "rpr",
        "wbr",
        "tt",
        "bdo",
        "bdi",
    ]
)
_WITH_STYLE = (
    "<html",
    "<table",
    "<body",
    "<p>",
    "openxmlformats",
    "opendocument",
    "office:",
    "<sst",
    "<worksheet",
    "<w:",
)
"""Signs of a text with tags of style in it; elsewhere `<b>` may be a field like any other."""
_SIGN_WITHIN = 4096
_BREAKS = frozenset(["br", "hr", "tab", "line-break", "cr"])
_ROW, _CELL = frozenset(["tr", "row", "table-row"]), frozenset(["td", "th", "cell", "table-cell", "covered-table-cell"])
_EDGES = frozenset(
    [
        "oddheader",
        "oddfooter",
        "evenheader",
        "evenfooter",
        "firstheader",
        "firstfooter",
        "header",
        "footer",
        "header-left",
        "header-right",
        "footer-left",
        "footer-right",
        "header-first",
        "footer-first",
        "hdr",
        "ftr",
        "annotation",
        "comment",
        "text-box",
        "caption",
    ]
)
_NAMED = frozenset(["sheet", "worksheet", "table", "definedname", "namedrange"])
_NAMES = frozenset(["name", "property", "key", "label", "id", "title"])
_HTML_ALONE = frozenset(
    ["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "center", "title", "body", "html", "li", "pre"]
)
_MAY_SPLIT = ("r>", "span>", "b>", "i>", "u>", "em>", "strong>", "font>", "small>", "a>", "]]>", "<wbr")
_EACH_SIDE = {"L": "\n", "C": "\n", "R": "\n", "&": "&"}
_LONGEST_KEPT = 20_000


def without_codes(text: str) -> str:
    """A header or footer of Excel without the codes for side, font, size, colour, page and date."""
    return _CODES.sub(lambda code: _EACH_SIDE.get(code[0][1:], ""), text)


class MarkupScan:
    """Tags and text in the order of the file, whether or not they close. `place` is where the text of it stands."""

    def __init__(self, place: Place = Place.CELL) -> None:
        self._place = place
        self._text: list[str] = []
        self._keyed = self._edge = ""
        self._cells: list[str] | None = None
        self._cell: list[str] | None = None
        self._rows = RowScan()
        self._below: str | None = None
        self._style: frozenset[str] = frozenset()
        self._is_html = self._is_begun = self._is_after_table = self._looks_at_attributes = False

    def feed(self, text: str) -> str | None:
        """The next window. One that can hold no marking and no name of classification is passed over."""
        if not self._is_begun:
            start = text[:_SIGN_WITHIN].lower()
            self._is_begun, self._is_html = True, "<html" in start
            self._style = _STYLE if any(sign in start for sign in _WITH_STYLE) else frozenset()
        if not may_hold(text):
            return None
        found = _in_comments(text)
        self._looks_at_attributes = may_hold(_BETWEEN_TAGS.sub("><", text))
        at = 0
        for tag in _TAG.finditer(text):
            if found:
                return found
            if tag.start() > at:
                self._text.append(text[at : tag.start()])
            at = tag.end()
            found = self._tag(tag[1], tag[2].rpartition(":")[2].lower(), tag[3])
        self._text.append(text[at:])
        return found

    def close(self) -> str | None:
        return self._flush() or self._rows.close() or self._below

    def _tag(self, slash: str, name: str, rest: str) -> str | None:
        if not name:
            return self._instruction(rest)
        is_closed = rest.endswith("/")
        found = None
        if name in _BREAKS:
            self._text.append("\n")
        elif name not in self._style and not is_closed:
            found = self._flush()
        if slash:
            return found or self._ended(name)
        return found or self._began(name, rest, is_closed)

    def _instruction(self, rest: str) -> str | None:
        """A comment, a processing instruction, or text that says of itself that it holds no tags."""
        if rest.startswith("![CDATA["):
            self._text.append(rest[8:].removesuffix("]]"))
            return None
        return marking_in(unescaped(rest.strip("!?-")), Place.FURNITURE) if len(rest) < _LONGEST_KEPT else None

    def _began(self, name: str, rest: str, is_closed: bool) -> str | None:
        if name in _ROW:
            self._cells, self._cell, self._below = [], None, None
        elif name in _CELL and self._cells is not None:
            self._cells += [""] * is_closed
            self._cell = None if is_closed else []
        if not is_closed:
            self._keyed = self._keyed or (name if is_label(name) else "")
            self._edge = self._edge or (name if name in _EDGES else "")
        return self._attributes(name, rest, is_closed) if self._looks_at_attributes and "=" in rest else None

    def _ended(self, name: str) -> str | None:
        if name == self._keyed:
            self._keyed = ""
        if name == self._edge:
            self._edge = ""
        if name in _CELL and self._cell is not None and self._cells is not None:
            self._cells.append("\n".join(self._cell))
            self._cell = None
        elif name in _ROW and self._cells is not None:
            cells, self._cells, self._is_after_table = self._cells, None, True
            return self._rows.add(cells) if cells else None
        elif name == "table":
            found, self._rows = self._rows.close(), RowScan()
            return found
        return None

    def _attributes(self, name: str, rest: str, is_closed: bool) -> str | None:
        if not may_matter(fold(unescaped(f"{name} {rest}"))):
            return None
        pairs = [(a[1].rpartition(":")[2].lower(), unescaped(a[2] or a[3] or "")) for a in _ATTRIBUTE.finditer(rest)]
        is_keyed = is_label(name) or any(key in _NAMES and is_label(value) for key, value in pairs)
        if is_keyed and not is_closed:
            self._keyed = self._keyed or name
        for key, value in pairs:
            if is_keyed or is_label(key):
                place = Place.KEYED
            elif name in _EDGES or (name == "meta" and key == "content"):
                place, value = Place.FURNITURE, without_codes(value)
            else:
                place = Place.NAME if name in _NAMED and key == "name" else Place.CELL
            found = marking_in(value, place)
            if found:
                return found
        return None

    def _flush(self) -> str | None:
        """Judge the text since the last tag that is no style; text of a cell waits for its row."""
        text = unescaped("".join(self._text))
        self._text = []
        if not text or text.isspace():
            return None
        if self._keyed:
            return marking_in(text, Place.KEYED)
        if self._edge or self._place == Place.FURNITURE:
            return marking_in(without_codes(text), Place.FURNITURE)
        if self._cell is not None:
            self._cell.append(text[:_LONGEST_KEPT])
            return None
        place = self._place
        if self._is_html and place == Place.CELL:
            place = Place.ROW if self._is_after_table else Place.ALONE
            self._below = marking_in(text, Place.ALONE)
        return marking_in(text, place) or next(filter(None, map(labelled_in, fold(text).splitlines())), None)


def may_hold(text: str) -> bool:
    """Whether a marking may stand in the text, with its tags or without."""
    plain = fold(unescaped(text))
    return may_matter(plain) or (any(t in plain for t in _MAY_SPLIT) and may_matter(_ANY_TAG.sub("", plain)))


def _in_comments(text: str) -> str | None:
    """The comments of a window, tags inside them included."""
    at = text.find("<!--")
    while at >= 0:
        end = text.find("-->", at)
        comment = text[at + 4 : end if end >= 0 else None]
        found = marking_in(_ANY_TAG.sub("\n", unescaped(comment)), Place.FURNITURE)
        if found:
            return found
        at = text.find("<!--", end) if end >= 0 else -1
    return None
