"""Text that other people wrote, made fit for terminals, logs and pages: control characters are shown, never obeyed."""

from __future__ import annotations

import re

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tabulator and line feed, delete, C1
    "\u2028-\u202e\u2066-\u2069"  # separators of lines, overrides and isolates of direction
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"  # anchors, lone halves, tags
)


def printable(text: str, but: str = "") -> str:
    """The text with every character that would steer a terminal, or turn the order of letters, as an escape (`\\x1b`).

    Line feeds and tabulators stay, and so do the characters in `but`. A text without such characters is itself.
    """
    return _CONTROL.sub(lambda found: found[0] if found[0] in but else _escape(ord(found[0])), text)


def printable_json(text: str) -> str:
    """The same for a JSON document: the escapes are JSON's own, so that it says what it said."""
    return _CONTROL.sub(lambda found: _utf16(found[0]), text)


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _utf16(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n] << 8 | units[n + 1]:04x}" for n in range(0, len(units), 2))
