"""What a cell of a workbook can hold as text."""

from __future__ import annotations

import re

LONGEST_CELL = 32_767
"""Characters of a cell, a limit of the format."""
MOST_ROWS = 1_048_576
"""Rows of a sheet, its headings among them."""
MOST_COLUMNS = 16_384
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def sound_text(text: str) -> str:
    """The text with characters that XML cannot hold replaced by U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def as_sheet_text(text: str) -> str:
    """The text with characters that XLSX cannot hold replaced by U+FFFD, and cut where it is longer than a cell."""
    return sound_text(text)[:LONGEST_CELL]


def whole_or_cut(text: str) -> str:
    """The same, for a reader who must see that it was cut; what looks like an escape of the format stays as typed."""
    sound = _ESCAPE.sub("_x005F_", sound_text(text))
    if len(sound) <= LONGEST_CELL:
        return sound
    mark = f"… [cut: {len(text):,} characters]"
    return sound[: LONGEST_CELL - len(mark)] + mark
