"""Protective markings are looked for in memory, before a byte is written. Only the standard library is used.

A marking counts where people put one: in a cell or line of its own, in a page header or footer, in the document
properties, or under a key or heading that speaks of classification. A word inside running text does not count.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

# Tiers above OFFICIAL, and the markings in use before 2014, which are refused as well.
_OWNER = r"(?:UK|US|AUS|CAN|NZ|EU|NATO|COSMIC|FVEY)"
_OWNERS = rf"{_OWNER}(?:[ /,-]+{_OWNER})*"
_ARABIC = r"سر[يى]ة?\s+(?:للغاية|جد[اًا]+)"
_WORD = rf"(?:(?:{_OWNERS}[ -]+)?(?:TOP[ -]SECRET|SECRET|CONFIDENTIAL|RESTRICTED|PROTECT)|{_ARABIC})"
# Under a heading or key that speaks of classification the plain Arabic word for secret counts too.
_VALUE = rf"(?:{_WORD}|سر[يى])"
# What may follow a marking: a caveat, a limit of circulation, the number of the page or copy.
_LIMITS = r"STRAP|ATOMIC|CODEWORD|NOFORN|REL\b|RELEASABLE|PAGE\b|COPY\b"
_CAVEAT = rf"(?:\s+(?:(?:{_OWNERS}\s+)?EYES\b|{_OWNERS}\W*$|{_LIMITS})[^\"'\n]*)"
_LABEL = r"(?:(?:protective|security)[ _-]*marking|marking|(?:security[ _-]*)?classification|التصنيف)"
_TAIL = rf"(?:\s*[-–—/:(].*|{_CAVEAT})?"
_ALONE = re.compile(rf"^\W*(?:{_LABEL}\s*[:=,;\t|-]\s*)?(?P<marking>{_WORD}){_TAIL}\W*$", re.IGNORECASE)
_EXACT = re.compile(rf"^\W*(?P<marking>{_WORD})\b")
_KEYED = re.compile(
    rf"[\"'<]?{_LABEL}[\"']?\s*(?:[:=>,;\t|]\s*)+[\"']?(?P<marking>{_VALUE}){_CAVEAT}?"
    r"[\"']?\s*(?:[<,;}\]\t|/\n\r(–—-]|$)",
    re.IGNORECASE,
)
_HEADING = re.compile(rf"^[\"'\s]*{_LABEL}[\"'\s]*$", re.IGNORECASE)
_XML_TEXT = re.compile(r">([^<>]{4,200})<")
_HEADER_FOOTER = re.compile(r"<(?:odd|even|first)(?:Header|Footer)>([^<]*)<", re.IGNORECASE)
_HEADER_CODES = re.compile(r"&(?:amp;)?(?:[LCRPNDTFAZGBIUESXYOH]|\d+|K[0-9A-F]{6}|&quot;[^&]*&quot;|\"[^\"]*\")")
_SPLIT = re.compile(r"[,;\t|]")
_BANNER_LINES = 40
_PIECE, _OVERLAP = 1 << 23, 64
# Without one of these no line inside a text is marked: SECRET, or a word that speaks of classification. Letters that
# Unicode takes for S, I or K where case does not count are signs too.
_SIGNS = [w.encode() for w in ("SECRET", "CLASSIFICATION", "MARKING", "التصنيف", "ſ", "ı", "\u212a", "İ")]
_MEMBER_LIMIT = 64 * 1024 * 1024


def find_marking(content: bytes) -> str | None:
    """The first marking above OFFICIAL that the file carries, in capitals, or None."""
    for text in _texts(content):
        found = _in_text(text)
        if found:
            return re.sub(r"[\s-]+", " ", found).upper()
    return None


def _texts(content: bytes) -> Iterator[str]:
    if content[:4] == b"PK\x03\x04":
        yield from _zip_texts(content)
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        yield "\n".join(re.findall(r"[ -~]{4,}", content.decode("latin-1")))
        yield "\n".join(re.findall(r"[ -~]{4,}", content.decode("utf-16-le", "replace")))
    elif content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield content.decode("utf-16", "replace")
    else:
        yield (content if _may_be_marked(content) else _edges(content)).decode("utf-8", "replace")


def _may_be_marked(content: bytes) -> bool:
    """Whether a marking can stand further inside than the first and last lines: looked for piece by piece, cheaply."""
    for start in range(0, len(content), _PIECE):
        piece = content[start : start + _PIECE + _OVERLAP].upper()
        if any(word in piece for word in _SIGNS):
            return True
    return False


def _edges(content: bytes) -> bytes:
    """The lines at the beginning and the end in which a marking may stand alone; all of a short file."""
    start = end = 0
    for _ in range(_BANNER_LINES + 1):
        start = content.find(b"\n", start) + 1
        end = content.rfind(b"\n", 0, end - 1 if end else len(content)) + 1
        if not start or not end:
            return content
    return content[:start] + content[end:] if start < end else content


def _zip_texts(content: bytes) -> Iterator[str]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError):
        return
    with archive:
        for member in archive.infolist():
            if member.file_size > _MEMBER_LIMIT or not member.filename.lower().endswith(
                (".xml", ".rels", ".csv", ".txt")
            ):
                continue
            try:
                text = archive.read(member).decode("utf-8", "replace")
            except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
                continue
            headers = (_HEADER_CODES.sub("\n", h) for h in _HEADER_FOOTER.findall(text))
            yield "\n".join([*_XML_TEXT.findall(text), *headers])


def _in_text(text: str) -> str | None:
    lines = text.splitlines()
    for number, line in enumerate(lines):
        is_edge = number < _BANNER_LINES or number >= len(lines) - _BANNER_LINES
        if not is_edge and "SECRET" not in line:
            continue
        stripped = line.strip().strip(",;\t|")
        found = _ALONE.match(stripped) if len(stripped) <= 200 else None
        if found and _EXACT.match(stripped) and (is_edge or "SECRET" in found["marking"]):
            return found["marking"]
    keyed = _KEYED.search(text)
    if keyed:
        return keyed["marking"]
    return _in_column(lines) or _in_banner(lines)


def _in_banner(lines: list[str]) -> str | None:
    """A cell of its own among the first or last lines of a delimited file."""
    for line in [*lines[:_BANNER_LINES], *lines[-_BANNER_LINES:]]:
        for cell in _SPLIT.split(line):
            found = _ALONE.match(cell.strip(" \"'"))
            if found and cell.strip(" \"'").isupper():
                return found["marking"]
    return None


def _in_column(lines: list[str]) -> str | None:
    """A value under a heading that speaks of classification."""
    for number, line in enumerate(lines[:_BANNER_LINES]):
        cells = _SPLIT.split(line)
        places = [i for i, cell in enumerate(cells) if _HEADING.match(cell)]
        if places and len(cells) > 1:
            for row in lines[number + 1 :]:
                values = _SPLIT.split(row)
                for place in places:
                    found = _ALONE.match(values[place].strip(" \"'")) if place < len(values) else None
                    if found:
                        return found["marking"]
    return None
