"""Protective markings are looked for in memory, before a byte is written. Only the standard library is used.

A marking counts where people put one: in a cell or line of its own, in a page header or footer, in the document
properties, or under a key or heading that speaks of classification. A word inside running text does not count.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from idtracker.ingest.marking.text_pieces import UnsearchedError, texts_of
from idtracker.model.config.limits import Limits

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
_WORDS = [w.encode() for w in ("secret", "confidential", "restricted", "protect", "سر")]
_ALONE = re.compile(rf"^\W*(?:{_LABEL}\s*[:=,;\t|-]\s*)?(?P<marking>{_WORD}){_TAIL}\W*$", re.IGNORECASE)
_EXACT = re.compile(rf"^\W*(?P<marking>{_WORD})\b")
_KEYED = re.compile(
    rf"[\"'<]?{_LABEL}[\"']?\s*(?:[:=>,;\t|]\s*)+[\"']?(?P<marking>{_VALUE}){_CAVEAT}?"
    r"[\"']?\s*(?:[<,;}\]\t|/\n\r(–—-]|$)",
    re.IGNORECASE,
)
_HEADING = re.compile(rf"^[\"'\s]*{_LABEL}[\"'\s]*$", re.IGNORECASE)
_SPLIT = re.compile(r"[,;\t|]")
_BANNER_LINES = 40


class Searched(NamedTuple):
    """The first marking above OFFICIAL, in capitals, or None; and whether a part was beyond the limits of searching."""

    marking: str | None
    is_complete: bool


def find_marking(content: bytes, limits: Limits | None = None) -> str | None:
    """The first marking above OFFICIAL that the file carries, in capitals, or None. See `search` for what is not searched."""
    return search(content, limits).marking


def search(content: bytes, limits: Limits | None = None) -> Searched:
    """Look for a marking in every layer of the file, as far as the limits allow."""
    try:
        for text in texts_of(content, limits or Limits()):
            marking = _in_text(text)
            if marking:
                return Searched(re.sub(r"[\s-]+", " ", marking).upper(), is_complete=True)
    except UnsearchedError:
        return Searched(None, is_complete=False)
    return Searched(None, is_complete=True)


def _in_text(text: str) -> str | None:
    lowered = text.encode("utf-8", "replace").lower()
    if not any(word in lowered for word in _WORDS):
        return None
    lines = text.splitlines()
    for number, line in enumerate(lines):
        is_edge = number < _BANNER_LINES or number >= len(lines) - _BANNER_LINES
        if not is_edge and "SECRET" not in line:
            continue
        stripped = line.strip().strip(",;\t|")
        match = _ALONE.match(stripped) if len(stripped) <= 200 else None
        if match and _EXACT.match(stripped) and (is_edge or "SECRET" in match["marking"]):
            return match["marking"]
    keyed = _KEYED.search(text)
    if keyed:
        return keyed["marking"]
    return _in_column(lines) or _in_banner(lines)


def _in_banner(lines: list[str]) -> str | None:
    """A cell of its own among the first or last lines of a delimited file."""
    for line in [*lines[:_BANNER_LINES], *lines[-_BANNER_LINES:]]:
        for cell in _SPLIT.split(line):
            match = _ALONE.match(cell.strip(" \"'"))
            if match and cell.strip(" \"'").isupper():
                return match["marking"]
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
                    match = _ALONE.match(values[place].strip(" \"'")) if place < len(values) else None
                    if match:
                        return match["marking"]
    return None
