"""Text in the one spelling in which markings are looked for: plain blanks, dashes and letters, and nothing that nobody sees.

Every step takes time in proportion to the text. Unicode's own normal forms do not: they sort runs of accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_UNSEEN = ((0xAD, 0xAD), (0x300, 0x36F), (0x610, 0x61C), (0x640, 0x640), (0x64B, 0x65F), (0x670, 0x670),
           (0x6D6, 0x6ED), (0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
           (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF))  # fmt: skip
_COMPATIBLE = ((0xA0, 0xA0), (0x2000, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0x2100, 0x214F),
               (0x24B6, 0x24E9), (0xFB50, 0xFDF9), (0xFE70, 0xFEFC), (0xFF01, 0xFF5E), (0x1D400, 0x1D7FF))  # fmt: skip
_SAME = {"‐‑‒–—―−﹘﹣": "-", "⁄∕": "/", "éèêë": "e", "ÉÈÊË": "E", "أإآٱ": "ا", "ىیې": "ي", "ةہە": "ه", "ک": "ك"}

LEVEL_WORDS = ("secret", "confiden", "restr", "protect", "ue/eu", "s e c r e t", "سري", "مكتوم", "محدود", "مقيد")
"""Folded and in lower case, one of these is part of every marking."""
LABEL_WORDS = ("classif", "marking", "gsc", "تصنيف", "السري")
"""One of these is part of every heading that speaks of classification."""


def _table() -> Iterator[tuple[int, str]]:
    for first, last in _COMPATIBLE:
        for code in range(first, last + 1):
            yield code, unicodedata.normalize("NFKC", chr(code))
    for letters, one in _SAME.items():
        yield from ((ord(letter), one) for letter in letters)
    for first, last in _UNSEEN:
        yield from ((code, "") for code in range(first, last + 1))


_FOLDED = dict(_table())
# Compatible forms of letters that are themselves folded further, such as the final forms of Arabic letters.
_FOLDED |= {code: text.translate(_FOLDED) for code, text in _FOLDED.items()}
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def fold(text: str) -> str:
    """The text with every blank, dash and letter in one form, without vowel signs, stretches and what nobody sees."""
    return text if text.isascii() else text.translate(_FOLDED)


def unescaped(text: str) -> str:
    """The text with what XML and HTML, and Excel inside it, write for a character by its number or name."""
    import html

    if "_x" in text:
        text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    return html.unescape(text) if "&" in text else text


def may_mark(folded: str) -> bool:
    """Whether part of a marking stands anywhere in folded text."""
    return _holds(folded, LEVEL_WORDS)


def may_be_labelled(folded: str) -> bool:
    """Whether part of a heading that speaks of classification stands anywhere in folded text."""
    return _holds(folded, LABEL_WORDS)


def may_matter(folded: str) -> bool:
    """Whether part of a marking, or of a heading that speaks of classification, stands anywhere in folded text."""
    return _holds(folded, _ANY_WORDS)


def _holds(folded: str, words: tuple[str, ...]) -> bool:
    if folded.isascii():
        words = _ASCII[words]
    lowered = folded.lower()
    for word in words:  # noqa: SIM110 (half the time of `any`, for every line of a file)
        if word in lowered:
            return True
    return False


_ANY_WORDS: tuple[str, ...] = LEVEL_WORDS + LABEL_WORDS
_ASCII: dict[tuple[str, ...], tuple[str, ...]] = {
    words: tuple(filter(str.isascii, words)) for words in (LEVEL_WORDS, LABEL_WORDS, _ANY_WORDS)
}
