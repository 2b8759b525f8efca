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

Pieces = list[str | None]


def split_rows(cells: pd.DataFrame, separators: Mapping[str, str]) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Divide the cells of the headings in `separators` (an empty separator: blanks and line ends).

    Returns the longer table on a fresh index and, for each of its rows, the place of the row it came from.
    """
    columns = {heading: cells[heading].astype("str") for heading in separators if heading in cells}
    rows = np.arange(len(cells))
    several = np.zeros(len(cells), dtype=bool)
    for heading, texts in columns.items():
        pattern = separators[heading] or r"\s"
        several |= texts.str.contains(pattern, regex=not separators[heading]).fillna(False).to_numpy(dtype=bool)
    if not several.any():
        return cells, rows

    known: dict[tuple[object, ...], list[Pieces]] = {}
    divided: list[list[Pieces]] = []
    marked = np.flatnonzero(several)
    for texts_of_row in zip(*(texts.iloc[marked] for texts in columns.values()), strict=True):
        if texts_of_row not in known:
            typed = [text if isinstance(text, str) else None for text in texts_of_row]
            known[texts_of_row] = _divide(typed, [separators[heading] for heading in columns])
        divided.append(known[texts_of_row])

    counts = np.ones(len(cells), dtype=np.int64)
    counts[marked] = [len(pieces[0]) for pieces in divided]
    origin = np.repeat(rows, counts)
    longer = cells.take(origin).reset_index(drop=True)
    for place, (heading, texts) in enumerate(columns.items()):
        values = texts.take(origin).astype("object").to_numpy(copy=True)
        values[several[origin]] = [piece for pieces in divided for piece in pieces[place]]
        longer[heading] = pd.Series(values, dtype="str")
    return longer, origin


def _divide(texts: list[str | None], separators: list[str]) -> list[Pieces]:
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


def _pieces(text: str | None, separator: str) -> Pieces:
    """The values of a cell; empty ones at its end do not count."""
    if text is None:
        return [None]
    pieces: Pieces = [piece.strip() or None for piece in text.split(separator or None)]
    while len(pieces) > 1 and pieces[-1] is None:
        pieces.pop()
    return pieces or [None]
