"""Text as a cell of a workbook can hold it, and the XML of such cells. Text stays text: nothing written here is a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from idtracker.model.findings import cell_address

MOST_CHARACTERS = 32_767
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
LONGEST_NAME = 31

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff]")


def writable(text: str) -> str:
    """Control characters as their pictures (NUL is ␀), what else XML cannot hold as the replacement character."""
    return _UNWRITABLE.sub(lambda m: chr(0x2400 + ord(m[0])) if m[0] < " " else "\ufffd", text)


def fits(text: str) -> bool:
    """A cell holds 32,767 UTF-16 units."""
    return len(text) + sum(c > "\uffff" for c in text) <= MOST_CHARACTERS if len(text) > MOST_CHARACTERS // 2 else True


def shortened(text: str, most: int = MOST_CHARACTERS) -> str:
    """Cut to `most` UTF-16 units, the cut shown by an ellipsis."""
    if len(text.encode("utf-16-le", "surrogatepass")) <= 2 * most:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: 2 * (most - 1)].decode("utf-16-le", "ignore") + "…"


def xml_text(text: str) -> str:
    """Text between tags: limited, cleaned and escaped. A literal `_x000A_` is kept from being read as a character."""
    text_kept = writable(text if fits(text) else shortened(text))
    return escape(_ESCAPED.sub("_x005F_", text_kept), {"\r": "_x000D_"})


def text_cell(row: int, position: int, text: str, style: int) -> str:
    """One cell of text by one-based row and zero-based column."""
    return (
        f'<c r="{cell_address(position, row)}" s="{style}" t="inlineStr"><is>'
        f'<t xml:space="preserve">{xml_text(text)}</t></is></c>'
    )


def rows_of_text(rows: Iterable[Sequence[str]], style: int) -> Iterable[str]:
    """The rows of a sheet in which every filled cell is text; blank rows and cells are left out."""
    letters: list[str] = []
    for number, row in enumerate(rows, 1):
        while len(letters) < len(row):
            letters.append(cell_address(len(letters), 1)[:-1])
        cells = "".join(
            f'<c r="{letters[i]}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{xml_text(c)}</t></is></c>'
            for i, c in enumerate(row)
            if c
        )
        if cells:
            yield f'<row r="{number}">{cells}</row>'


def encoded(pieces: Iterable[str]) -> bytes:
    """Text in UTF-8, a piece at a time, so that a long sheet stands in memory once."""
    buffer = io.BytesIO()
    for piece in pieces:
        buffer.write(piece.encode())
    return buffer.getvalue()


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """A name that a sheet may have: 31 characters, none of `[]:*?/\\`, not in use."""
    base = _NOT_IN_NAMES.sub("-", wanted).strip().strip("'")[:LONGEST_NAME] or "Data"
    used = {name.casefold() for name in taken}
    name, number = base, 2
    while name.casefold() in used:
        suffix = f" ({number})"
        name, number = base[: LONGEST_NAME - len(suffix)] + suffix, number + 1
    return name


def quoted_sheet(name: str) -> str:
    """The name of a sheet as it stands in an address."""
    return "'" + name.replace("'", "''") + "'"
