"""Cells that hold several values become several rows.

Where several columns of a part are split, the cells of a row that hold equally many values go together, first with
first; cells with a single value are repeated. Where the counts differ, only the first such cell is divided and the
others stay whole in every row, so that their text shows what did not fit.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.read.stored import SEPARATORS, TEXT, Codes, Stored

Pieces = list[str | None]


def split_rows(
    cells: pd.DataFrame, separators: Mapping[str, str], stored: Stored | None = None
) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Divide the cells of the headings in `separators` (an empty separator: blanks and line ends).

    A cell that the file stored as a list has the entries of the list, whatever the separator. Returns the longer table on
    a fresh index and, for each of its rows, the place of the row it came from.
    """
    columns = {heading: cells[heading].astype("str") for heading in separators if heading in cells}
    rows = np.arange(len(cells))
    all_text = np.zeros(len(cells), dtype=np.uint8)
    codes = {heading: (stored or Stored()).codes.get(heading, all_text) for heading in columns}
    several = np.zeros(len(cells), dtype=bool)
    for heading, texts in columns.items():
        several |= _may_divide(texts, separators[heading], codes[heading])
    if not several.any():
        return cells, rows

    known: dict[tuple[object, ...], list[Pieces]] = {}
    divided: list[list[Pieces]] = []
    marked = np.flatnonzero(several)
    codes_of_rows = zip(*(codes[heading][marked].tolist() for heading in columns), strict=True)
    texts_of_rows = zip(*(texts.iloc[marked] for texts in columns.values()), strict=True)
    for row in zip(texts_of_rows, codes_of_rows, strict=True):
        if row not in known:
            typed = [text if isinstance(text, str) else None for text in row[0]]
            known[row] = _divide(typed, [_separator(separators[h], c) for h, c in zip(columns, row[1], strict=True)])
        divided.append(known[row])

    counts = np.ones(len(cells), dtype=np.int64)
    counts[marked] = [len(pieces[0]) for pieces in divided]
    origin = np.repeat(rows, counts)
    longer = cells.take(origin).reset_index(drop=True)
    for place, (heading, texts) in enumerate(columns.items()):
        values = texts.take(origin).astype("object").to_numpy(copy=True)
        values[several[origin]] = [piece for pieces in divided for piece in pieces[place]]
        longer[heading] = pd.Series(values, dtype="str")
    return longer, origin


def _may_divide(texts: pd.Series, separator: str, codes: Codes) -> npt.NDArray[np.bool_]:
    """Which cells are lists, or texts with the separator in them."""
    holds = texts.str.contains(separator or r"\s", regex=not separator).fillna(False).to_numpy(dtype=bool)
    is_list = np.isin(codes, list(SEPARATORS)) & texts.notna().to_numpy()
    may_divide: npt.NDArray[np.bool_] = is_list | (holds & (codes == TEXT))
    return may_divide


def _separator(declared: str, code: int) -> str | None:
    """What divides a cell: nothing where the file stored it as a number or a day."""
    return SEPARATORS.get(code) or (declared if code == TEXT else None)


def _divide(texts: list[str | None], separators: list[str | None]) -> list[Pieces]:
    """One row's cells -> for each the values of the rows it becomes, all equally many."""
    pieces = [_pieces(text, separator) for text, separator in zip(texts, separators, strict=True)]
    several = [place for place, pieces_here in enumerate(pieces) if len(pieces_here) > 1]
    together = several if len({len(pieces[place]) for place in several}) == 1 else several[:1]
    if len(together) == 1:
        only = together[0]
        pieces[only] = [piece for piece in pieces[only] if piece] or pieces[only][:1]
    count = len(pieces[together[0]]) if together else 1
    return [
        pieces_here if place in together else [pieces_here[0] if len(pieces_here) == 1 else text] * count
        for place, (text, pieces_here) in enumerate(zip(texts, pieces, strict=True))
    ]


def _pieces(text: str | None, separator: str | None) -> Pieces:
    """The values of a cell; empty ones at its end do not count."""
    if text is None or separator is None:
        return [text]
    pieces: Pieces = [piece.strip() or None for piece in text.split(separator or None)]
    while len(pieces) > 1 and pieces[-1] is None:
        pieces.pop()
    return pieces or [None]
