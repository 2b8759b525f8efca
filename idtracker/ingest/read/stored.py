"""How a file stored its cells: as text, as numbers, as days or as lists. What is declared of marks and orders is about text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

TEXT, NUMBER, DAY, LIST, LINES, FIGURES = range(6)
FIRST_WORDS = 6
SEPARATORS = {LIST: ";", LINES: "\n", FIGURES: ";"}
"""What stands between the entries of a list in its text."""
_MOST = 255

Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Stored:
    """How the cells of a table were stored; cells of a heading that is not among `codes` are text.

    A code says for each row: TEXT, NUMBER, DAY (a date or part of one), LIST, LINES or FIGURES (a list of texts or of
    numbers, its entries between SEPARATORS); from FIRST_WORDS on it is a number that the file shows beside words such as
    `£`: those of `words`.
    """

    codes: Mapping[str, Codes] = field(default_factory=dict)
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, codes: Mapping[str, Codes], words: Sequence[str] = ()) -> Stored:
        """Without the columns that are text throughout."""
        return cls({heading: cells for heading, cells in codes.items() if cells.any()}, tuple(words))

    def take(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Stored:
        """The rows of a mask, or those at given places, in that order."""
        return Stored.of({heading: cells[rows] for heading, cells in self.codes.items()}, self.words)

    def divided(self) -> Stored:
        """After lists have become rows: the entries of lists of numbers are numbers."""
        return replace(
            self, codes={h: np.where(c == FIGURES, NUMBER, c).astype(np.uint8) for h, c in self.codes.items()}
        )

    def is_number(self, code: int) -> bool:
        return code in (NUMBER, FIGURES) or code >= FIRST_WORDS

    def only(self, headings: Collection[str]) -> Stored:
        return replace(self, codes={h: cells for h, cells in self.codes.items() if h in headings})

    def shown_beside(self, code: int) -> str:
        """The words that a number is shown beside, '' where there are none."""
        return self.words[code - FIRST_WORDS] if code >= FIRST_WORDS else ""


def code_of_words(words: str, known: list[str]) -> int:
    """The code of a number shown beside these words, which are added to `known`; words beyond what a code holds are left out."""
    if not words:
        return NUMBER
    if words not in known:
        if FIRST_WORDS + len(known) >= _MOST:
            return NUMBER
        known.append(words)
    return FIRST_WORDS + known.index(words)


class Figure(str):
    """The text of a number that a file holds as a number."""


class Day(str):
    """The text of a date, or part of one, that a file holds as a date."""


class Entries(str):
    """The entries of a list, with semicolons between them."""


class LinesOfEntries(str):
    """The entries of a list that hold semicolons themselves, one to a line."""


class Figures(str):
    """The numbers of a list, with semicolons between them."""


_CODES: dict[type, int] = {Figure: NUMBER, Day: DAY, Entries: LIST, LinesOfEntries: LINES, Figures: FIGURES}


def codes_of(cells: Iterable[object]) -> Codes:
    """The code of each cell by the kind of its text; plain text is TEXT."""
    return np.frombuffer(bytes([_CODES.get(type(cell), TEXT) for cell in cells]), dtype=np.uint8)
