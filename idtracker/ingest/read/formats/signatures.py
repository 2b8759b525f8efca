"""How the bytes of one format are told from those of others: a row of the table of formats holds one of these."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_XML = re.compile(r"<(\?xml|!--|!DOCTYPE|[A-Za-z_][\w:.-]*[\s>/])")
_HTML = re.compile(r"(<!--.*?-->\s*)?<(!DOCTYPE\s+html|html|head|meta|body|style|div|table)\b", re.I | re.DOTALL)
_JSON = re.compile(r'(\[\s*([\[\]{"]|-?\d|true\b|false\b|null\b|$)|\{\s*(["}]|$))')
_XML_DECLARATION = re.compile(r"(<\?xml[^>]*\?>|<!--.*?-->|\s)+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Starts:
    """One of these runs of bytes stands at a fixed place, most often the beginning."""

    marks: tuple[bytes, ...]
    at: int = 0

    def fits(self, content: bytes) -> bool:
        return content.startswith(self.marks, self.at)


@dataclass(frozen=True, slots=True)
class Zipped:
    """A ZIP archive; `fits` is given the names of its members and the text of the member `mimetype`."""

    fits: Callable[[set[str], bytes], bool]


@dataclass(frozen=True, slots=True)
class Compound:
    """A compound file of Microsoft Office 97-2003 that holds a stream with one of these names."""

    streams: tuple[str, ...]

    def fits(self, content: bytes) -> bool:
        return any(name.encode("utf-16-le") in content for name in self.streams)


@dataclass(frozen=True, slots=True)
class Written:
    """Text; `fits` is given how it begins, without blanks before it."""

    fits: Callable[[str], bool]


Signature = Starts | Zipped | Compound | Written


def is_excel(names: set[str], _: bytes) -> bool:
    return any(n.startswith("xl/workbook.") for n in names) or "xl/worksheets/sheet1.xml" in names


def is_html(start: str) -> bool:
    text = _XML_DECLARATION.sub("", start, count=1) if start.startswith("<?xml") else start
    return bool(_HTML.match(text))


def is_xml(start: str) -> bool:
    return bool(_XML.match(start))


def is_sheet_xml(start: str) -> bool:
    return is_xml(start) and "urn:schemas-microsoft-com:office:spreadsheet" in start


def is_json(start: str) -> bool:
    return bool(_JSON.match(start[:4096]))
